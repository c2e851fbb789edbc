//! Every setting of the server: one [`Config`], filled from defaults, a TOML file, the environment and flags, each stronger than
//! the one before. `keys` lists the settings with their names, meanings and limits; a new one is a field here and an entry there.
//!
//! What a setting does is decided where it is used; nothing here opens a port, a file of the data directory or a store.

mod file;
pub(crate) mod flags;
mod keys;
mod load;
mod print;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::limits::{Rate, TrustedProxies};

pub(crate) use load::{ConfigError, Loaded, Sources, unknown_variables};
pub(crate) use print::{as_json, as_toml, defaults, explain};

/// The settings of one server.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it listens and what one request may take.
    pub server: Server,
    /// Certificate and key of HTTPS.
    pub tls: Tls,
    /// Keys, tokens and who may connect from a web page.
    pub security: Security,
    /// How often something may be asked for.
    pub rates: Rates,
    /// The embedded store of accounts and rooms.
    pub store: Store,
    /// The Redis that joins several servers.
    pub redis: Redis,
    /// What is written to the log.
    pub log: Log,
    /// The pages.
    pub web: Web,
}

/// Section `[server]`.
#[derive(Clone, Debug)]
pub struct Server {
    /// The data directory.
    pub data_dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where a browser reaches this server, when that is not what requests say.
    pub public_url: Option<String>,
    /// A request that takes longer is answered 503, or 408 when its body is not there by then.
    pub request_timeout: Duration,
    /// Bytes of a request body.
    pub max_body: usize,
    /// Requests at work at once; more are answered 503.
    pub max_requests: usize,
    /// How long requests under way may take to end after a signal.
    pub drain_timeout: Duration,
    /// How long a new connection may take to send its first request.
    pub first_request_timeout: Duration,
    /// How long a kept connection may be silent before it is closed.
    pub idle_timeout: Duration,
    /// Handlers for the protocol suites and the load tool.
    pub conformance: Conformance,
    /// Whose `X-Forwarded-For` is believed.
    pub trust_forwarded: TrustedProxies,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            data_dir: PathBuf::from("tutti-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 7070)),
            public_url: None,
            request_timeout: Duration::from_secs(30),
            max_body: 64 << 20,
            max_requests: 1024,
            drain_timeout: Duration::from_secs(20),
            first_request_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            conformance: Conformance::Off,
            trust_forwarded: TrustedProxies::None,
        }
    }
}

/// Handlers that only suites and load tools need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conformance {
    /// None of them.
    #[default]
    Off,
    /// Those of the suites of both protocols, with their short heartbeat.
    On,
    /// Those that the own tests of `socket.io-client` expect, with recovery in every namespace.
    Client,
    /// Those of the load tool, and no rates.
    Bench,
}

/// Section `[tls]`.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Certificate chain in PEM.
    pub cert: Option<PathBuf>,
    /// Its private key in PEM.
    pub key: Option<PathBuf>,
}

/// Section `[security]`.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// The API key that opens everything; otherwise the one kept in the data directory.
    pub admin_key: Option<String>,
    /// The API key that reads documents; otherwise the one kept in the data directory.
    pub query_key: Option<String>,
    /// Signs tokens; otherwise the one kept in the data directory.
    pub jwt_secret: Option<String>,
    /// Web pages that may connect to sockets; empty: any may.
    pub allow_origin: Vec<String>,
}

/// Section `[rates]`: token buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Guests made from one address. A whole venue may come from one.
    pub guests: Rate,
    /// Accounts made from one address.
    pub sign_ups: Rate,
    /// Wrong passwords from one address; an account has the same rate and half the burst.
    pub log_ins: Rate,
    /// Wrong codes of rooms from one address.
    pub codes: Rate,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            guests: Rate { per_second: 100.0, burst: 2000.0 },
            sign_ups: Rate { per_second: 20.0 / 3600.0, burst: 20.0 },
            log_ins: Rate { per_second: 0.2, burst: 60.0 },
            codes: Rate { per_second: 10.0 / 60.0, burst: 10.0 },
        }
    }
}

/// Section `[store]`.
#[derive(Clone, Debug)]
pub struct Store {
    /// Bytes of memory for reading accounts and rooms; open rooms are in memory besides.
    pub cache: u64,
}

impl Default for Store {
    fn default() -> Store {
        Store { cache: 16 << 20 }
    }
}

/// Section `[redis]`.
#[derive(Clone, Debug, Default)]
pub struct Redis {
    /// The server that joins several Tuttis.
    pub url: Option<String>,
}

/// Section `[log]`.
#[derive(Clone, Debug)]
pub struct Log {
    /// What is written, as `tracing` filters read it: `info`, or `info,tutti_server=debug`.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Log {
        Log { level: "info".to_owned(), format: LogFormat::Text }
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Section `[web]`.
#[derive(Clone, Debug, Default)]
pub struct Web {
    /// Tiles of the maps, with `{z}`, `{x}` and `{y}`; without it maps are plain and no other host is asked.
    pub tile_url: Option<String>,
    /// Whom the licence of the tiles wants named on the map.
    pub tile_credit: Option<String>,
}

#[cfg(test)]
mod tests;
