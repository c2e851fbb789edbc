//! The list of settings. One entry is everything about one: its name, what it means, how it is written, where it comes from, and
//! which field of [`Config`] it fills.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::values::{Input, duration_text, rate_text, size_text};
use super::{Config, Conformance, LogFormat};
use crate::access::api_keys::valid_key;
use crate::app::log_filter;
use crate::http::web::Tiles;

/// One setting.
pub(crate) struct Key {
    /// Section and name, `server.listen`.
    pub(crate) name: &'static str,
    /// What it means, in a sentence or two.
    pub(crate) meaning: &'static str,
    /// How a value is written.
    pub(super) form: &'static str,
    /// Further names in the environment, the strongest first. The regular name is stronger than all of them.
    pub(super) aliases: &'static [Alias],
    /// The flag of `serve`, without its dashes.
    pub(super) flag: &'static str,
    /// Never printed; may be read from a file by the key `NAME_file`.
    pub(super) secret: bool,
    pub(super) read: fn(&mut Config, Input<'_>) -> Result<(), String>,
    pub(super) show: fn(&Config) -> Shown,
}

/// Another name of a setting in the environment.
pub(super) struct Alias {
    pub(super) name: &'static str,
    /// What the alias' text is in the regular form.
    pub(super) regular: fn(&str) -> String,
}

/// A value as it is printed.
pub(super) enum Shown {
    /// The setting is not set.
    Nothing,
    Text(String),
    Number(u64),
    /// Bytes.
    Size(u64),
    List(Vec<String>),
    Switch(bool),
}

impl Shown {
    fn maybe(text: Option<&String>) -> Shown {
        text.map_or(Shown::Nothing, |text| Shown::Text(text.clone()))
    }

    fn path(path: Option<&PathBuf>) -> Shown {
        path.map_or(Shown::Nothing, |path| Shown::Text(path.display().to_string()))
    }

    /// As JSON; sizes are bytes.
    pub(super) fn json(&self) -> Value {
        match self {
            Shown::Nothing => Value::Null,
            Shown::Text(text) => Value::from(text.as_str()),
            Shown::Number(number) | Shown::Size(number) => Value::from(*number),
            Shown::List(items) => Value::from(items.clone()),
            Shown::Switch(on) => Value::from(*on),
        }
    }

    /// As TOML, if there is a value.
    pub(super) fn toml(&self) -> Option<String> {
        let quoted = |text: &str| Value::from(text).to_string();
        Some(match self {
            Shown::Nothing => return None,
            Shown::Text(text) => quoted(text),
            Shown::Number(number) => number.to_string(),
            Shown::Size(bytes) => quoted(&size_text(*bytes)),
            Shown::List(items) => format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")),
            Shown::Switch(on) => on.to_string(),
        })
    }
}

impl Key {
    /// Section and name apart.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }

    /// What stands for a value in a help text.
    pub(super) fn form_name(&self) -> &'static str {
        match self.form.split_whitespace().find(|word| word.len() > 2).unwrap_or("value") {
            "directory" => "DIR",
            "path" => "FILE",
            "address:port" => "ADDRESS",
            "URL" => "URL",
            "duration" => "DURATION",
            "size" => "SIZE",
            "number" => "NUMBER",
            "rate" => "RATE",
            _ => "VALUE",
        }
    }

    /// Its regular name in the environment.
    pub(super) fn variable(&self) -> String {
        format!("TUTTI_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }
}

/// The key of a name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// An alias that is written as the regular name is.
const fn same(name: &'static str) -> Alias {
    Alias { name, regular: str::to_owned }
}

/// An API key.
fn api_key(input: Input<'_>) -> Result<String, String> {
    valid_key(&input.text()?)
}

/// A secret that signs tokens.
fn jwt_secret(input: Input<'_>) -> Result<String, String> {
    let text = input.text()?;
    if text.len() >= 32 { Ok(text) } else { Err(format!("has {} bytes; a secret of tokens has 32 or more", text.len())) }
}

fn public_url(input: Input<'_>) -> Result<String, String> {
    let text = input.text()?;
    let right = text.starts_with("https://") || text.starts_with("http://");
    if right { Ok(text) } else { Err(format!("`{text}` is not an address of a page; it begins with https:// or http://")) }
}

fn redis_url(input: Input<'_>) -> Result<String, String> {
    let text = input.text()?;
    let right = ["redis://", "rediss://", "unix://", "redis+unix://"].iter().any(|scheme| text.starts_with(scheme));
    if !right {
        return Err(format!("`{text}` is no Redis address; write redis://127.0.0.1:6379"));
    }
    Ok(text)
}

fn tile_url(input: Input<'_>) -> Result<String, String> {
    Tiles::url(&input.text()?)
}

fn level(input: Input<'_>) -> Result<String, String> {
    let text = input.text()?;
    log_filter(&text).map_err(|error| format!("`{text}` is no filter like info or info,tutti_server=debug: {error}"))?;
    Ok(text)
}

/// A URL with its password masked.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let name = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{name}:***@{host}")
}

const CONFORMANCE: [(&str, Conformance); 7] = [
    ("off", Conformance::Off),
    ("on", Conformance::On),
    ("client", Conformance::Client),
    ("bench", Conformance::Bench),
    ("1", Conformance::On),
    ("0", Conformance::Off),
    ("true", Conformance::On),
];
const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Every setting, in the order in which `config print` lists them.
pub(super) static KEYS: &[Key] = &[
    Key {
        name: "server.data_dir",
        meaning: "The data directory: everything that is kept is in here.",
        form: "a directory",
        aliases: &[same("TUTTI_DATA_DIR")],
        flag: "data",
        secret: false,
        read: |config, input| input.text().map(|text| config.server.data_dir = PathBuf::from(text)),
        show: |config| Shown::path(Some(&config.server.data_dir)),
    },
    Key {
        name: "server.listen",
        meaning: "Address and port; port 0 takes a free one and prints it.",
        form: "address:port",
        aliases: &[same("TUTTI_LISTEN"), Alias { name: "PORT", regular: |port| format!("0.0.0.0:{port}") }],
        flag: "listen",
        secret: false,
        read: |config, input| input.address().map(|address| config.server.listen = address),
        show: |config| Shown::Text(config.server.listen.to_string()),
    },
    Key {
        name: "server.public_url",
        meaning: "Where a browser reaches this server, for the links it gives; otherwise what requests say.",
        form: "a URL",
        aliases: &[same("TUTTI_PUBLIC_URL")],
        flag: "public-url",
        secret: false,
        read: |config, input| public_url(input).map(|url| config.server.public_url = Some(url)),
        show: |config| Shown::maybe(config.server.public_url.as_ref()),
    },
    Key {
        name: "server.request_timeout",
        meaning: "A request that takes longer is answered 503, or 408 when its body is not there by then.",
        form: "a duration from 1s to 1h",
        aliases: &[same("TUTTI_REQUEST_TIMEOUT")],
        flag: "request-timeout",
        secret: false,
        read: |config, input| input.duration(&(SECOND..=HOUR)).map(|time| config.server.request_timeout = time),
        show: |config| Shown::Text(duration_text(config.server.request_timeout)),
    },
    Key {
        name: "server.max_body",
        meaning: "The largest request body; a larger one is answered 413.",
        form: "a size from 1KiB to 16GiB",
        aliases: &[same("TUTTI_MAX_BODY")],
        flag: "max-body",
        secret: false,
        read: |config, input| input.size(&(1 << 10..=16 << 30)).map(|bytes| config.server.max_body = bytes as usize),
        show: |config| Shown::Size(config.server.max_body as u64),
    },
    Key {
        name: "server.max_requests",
        meaning: "Requests at work at once; more are answered 503 at once.",
        form: "a number from 1 to 65536",
        aliases: &[same("TUTTI_MAX_REQUESTS")],
        flag: "max-requests",
        secret: false,
        read: |config, input| input.number(&(1..=65_536)).map(|number| config.server.max_requests = number as usize),
        show: |config| Shown::Number(config.server.max_requests as u64),
    },
    Key {
        name: "server.drain_timeout",
        meaning: "How long requests under way may take to end after SIGTERM or Ctrl-C before they are cut off.",
        form: "a duration up to 1h",
        aliases: &[],
        flag: "drain-timeout",
        secret: false,
        read: |config, input| input.duration(&(Duration::ZERO..=HOUR)).map(|time| config.server.drain_timeout = time),
        show: |config| Shown::Text(duration_text(config.server.drain_timeout)),
    },
    Key {
        name: "server.first_request_timeout",
        meaning: "How long a new connection may take to send its first request.",
        form: "a duration from 1s to 1h",
        aliases: &[],
        flag: "first-request-timeout",
        secret: false,
        read: |config, input| input.duration(&(SECOND..=HOUR)).map(|time| config.server.first_request_timeout = time),
        show: |config| Shown::Text(duration_text(config.server.first_request_timeout)),
    },
    Key {
        name: "server.idle_timeout",
        meaning: "How long a connection that is kept open may take to send the head of another request.",
        form: "a duration from 1s to 1h",
        aliases: &[],
        flag: "idle-timeout",
        secret: false,
        read: |config, input| input.duration(&(SECOND..=HOUR)).map(|time| config.server.idle_timeout = time),
        show: |config| Shown::Text(duration_text(config.server.idle_timeout)),
    },
    Key {
        name: "server.conformance",
        meaning: "For suites and load tools on loopback only: `on` adds the protocol suites' handlers and short heartbeat, `client` those of socket.io-client's own tests, `bench` the load tool's handlers and no rates.",
        form: "off, on, client or bench",
        aliases: &[same("TUTTI_CONFORMANCE")],
        flag: "conformance",
        secret: false,
        read: |config, input| input.choice(&CONFORMANCE).map(|wanted| config.server.conformance = wanted),
        show: |config| {
            let word = CONFORMANCE.iter().find(|(_, value)| *value == config.server.conformance);
            Shown::Text(word.map_or("off", |(word, _)| *word).to_owned())
        },
    },
    Key {
        name: "server.trust_forwarded",
        meaning: "Whose X-Forwarded-For is believed: the proxies' networks, or true for every peer. Limits by address count the last entry that no proxy of these wrote.",
        form: "networks, true or false",
        aliases: &[same("TUTTI_TRUST_FORWARDED")],
        flag: "trust-forwarded",
        secret: false,
        read: |config, input| input.proxies().map(|proxies| config.server.trust_forwarded = proxies),
        show: |config| match config.server.trust_forwarded.shown() {
            Some(networks) => Shown::List(networks),
            None => Shown::Switch(true),
        },
    },
    Key {
        name: "tls.cert",
        meaning: "Certificate chain in PEM. With it HTTPS is served instead of HTTP, and the file is read again when it changes.",
        form: "a path",
        aliases: &[],
        flag: "tls-cert",
        secret: false,
        read: |config, input| input.text().map(|text| config.tls.cert = Some(PathBuf::from(text))),
        show: |config| Shown::path(config.tls.cert.as_ref()),
    },
    Key {
        name: "tls.key",
        meaning: "Private key of the certificate, in PEM.",
        form: "a path",
        aliases: &[],
        flag: "tls-key",
        secret: false,
        read: |config, input| input.text().map(|text| config.tls.key = Some(PathBuf::from(text))),
        show: |config| Shown::path(config.tls.key.as_ref()),
    },
    Key {
        name: "security.admin_key",
        meaning: "The API key that opens everything; otherwise the one kept in the data directory (`tutti keys`).",
        form: "visible ASCII characters",
        aliases: &[same("TUTTI_ADMIN_KEY")],
        flag: "admin-key",
        secret: true,
        read: |config, input| api_key(input).map(|key| config.security.admin_key = Some(key)),
        show: |config| Shown::maybe(config.security.admin_key.as_ref()),
    },
    Key {
        name: "security.query_key",
        meaning: "The API key that reads documents; otherwise the one kept in the data directory (`tutti keys`).",
        form: "visible ASCII characters",
        aliases: &[same("TUTTI_QUERY_KEY")],
        flag: "query-key",
        secret: true,
        read: |config, input| api_key(input).map(|key| config.security.query_key = Some(key)),
        show: |config| Shown::maybe(config.security.query_key.as_ref()),
    },
    Key {
        name: "security.jwt_secret",
        meaning: "Signs tokens; otherwise the one kept in the data directory.",
        form: "32 bytes or more",
        aliases: &[same("TUTTI_JWT_SECRET")],
        flag: "jwt-secret",
        secret: true,
        read: |config, input| jwt_secret(input).map(|secret| config.security.jwt_secret = Some(secret)),
        show: |config| Shown::maybe(config.security.jwt_secret.as_ref()),
    },
    Key {
        name: "security.allow_origin",
        meaning: "Web pages that may connect to sockets, such as https://party.example; empty: any may.",
        form: "a list of origins",
        aliases: &[same("TUTTI_ALLOW_ORIGIN")],
        flag: "allow-origin",
        secret: false,
        read: |config, input| input.list().map(|origins| config.security.allow_origin = origins),
        show: |config| Shown::List(config.security.allow_origin.clone()),
    },
    Key {
        name: "rates.guests",
        meaning: "Guests made from one address. A whole venue may come from one.",
        form: "a rate",
        aliases: &[],
        flag: "rates-guests",
        secret: false,
        read: |config, input| input.rate().map(|rate| config.rates.guests = rate),
        show: |config| Shown::Text(rate_text(config.rates.guests)),
    },
    Key {
        name: "rates.sign_ups",
        meaning: "Accounts made from one address.",
        form: "a rate",
        aliases: &[],
        flag: "rates-sign-ups",
        secret: false,
        read: |config, input| input.rate().map(|rate| config.rates.sign_ups = rate),
        show: |config| Shown::Text(rate_text(config.rates.sign_ups)),
    },
    Key {
        name: "rates.log_ins",
        meaning: "Wrong passwords from one address. An account has the same rate and half the burst, from wherever its owner is not signed in.",
        form: "a rate",
        aliases: &[],
        flag: "rates-log-ins",
        secret: false,
        read: |config, input| input.rate().map(|rate| config.rates.log_ins = rate),
        show: |config| Shown::Text(rate_text(config.rates.log_ins)),
    },
    Key {
        name: "rates.codes",
        meaning: "Wrong codes of rooms tried from one address.",
        form: "a rate",
        aliases: &[],
        flag: "rates-codes",
        secret: false,
        read: |config, input| input.rate().map(|rate| config.rates.codes = rate),
        show: |config| Shown::Text(rate_text(config.rates.codes)),
    },
    Key {
        name: "store.cache",
        meaning: "Memory for reading accounts and rooms; open rooms are in memory besides.",
        form: "a size from 1MiB to 64GiB",
        aliases: &[Alias { name: "TUTTI_STORE_CACHE", regular: mebibytes }],
        flag: "store-cache",
        secret: false,
        read: |config, input| input.size(&(1 << 20..=64 << 30)).map(|bytes| config.store.cache = bytes),
        show: |config| Shown::Size(config.store.cache),
    },
    Key {
        name: "redis.url",
        meaning: "Joins servers: accounts and rooms are kept in this Redis. A password in it is not printed.",
        form: "a URL like redis://127.0.0.1:6379",
        aliases: &[same("TUTTI_REDIS_URL")],
        flag: "redis-url",
        secret: false,
        read: |config, input| redis_url(input).map(|url| config.redis.url = Some(url)),
        show: |config| Shown::maybe(config.redis.url.as_deref().map(masked).as_ref()),
    },
    Key {
        name: "log.level",
        meaning: "What is written to the log: error, warn, info, debug, trace, or a filter by module like info,tutti_server=debug.",
        form: "a level or filter",
        aliases: &[same("TUTTI_LOG")],
        flag: "log-level",
        secret: false,
        read: |config, input| level(input).map(|level| config.log.level = level),
        show: |config| Shown::Text(config.log.level.clone()),
    },
    Key {
        name: "log.format",
        meaning: "How a line of the log looks: text for people, json for programs.",
        form: "text or json",
        aliases: &[Alias { name: "TUTTI_LOG_JSON", regular: json_switch }],
        flag: "log-format",
        secret: false,
        read: |config, input| input.choice(&FORMATS).map(|format| config.log.format = format),
        show: |config| {
            let word = FORMATS.iter().find(|(_, value)| *value == config.log.format);
            Shown::Text(word.map_or("text", |(word, _)| *word).to_owned())
        },
    },
    Key {
        name: "web.tile_url",
        meaning: "Tiles for the maps, such as https://tiles.example/{z}/{x}/{y}.png; otherwise maps are plain, and no other host is asked.",
        form: "a URL with {z}, {x} and {y}",
        aliases: &[same("TUTTI_TILE_URL")],
        flag: "tile-url",
        secret: false,
        read: |config, input| tile_url(input).map(|url| config.web.tile_url = Some(url)),
        show: |config| Shown::maybe(config.web.tile_url.as_ref()),
    },
    Key {
        name: "web.tile_credit",
        meaning: "Whom the licence of the tiles wants named on the map.",
        form: "a text",
        aliases: &[same("TUTTI_TILE_CREDIT")],
        flag: "tile-credit",
        secret: false,
        read: |config, input| input.text().map(|text| config.web.tile_credit = Some(text)),
        show: |config| Shown::maybe(config.web.tile_credit.as_ref()),
    },
];

/// A bare number is mebibytes under the old name of `store.cache`.
fn mebibytes(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text}MiB") } else { text.to_owned() }
}

/// The old switch of `log.format`.
fn json_switch(text: &str) -> String {
    match Input::Text(text).switch() {
        Ok(true) => "json".to_owned(),
        Ok(false) => "text".to_owned(),
        Err(_) => text.to_owned(),
    }
}
