//! `tutti serve`: the HTTP server, its clockwork and its end.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum_server::accept::{TcpConfigAcceptor, TcpSocketConfig};
use axum_server::tls_rustls::RustlsAcceptor;
use tokio::net::TcpListener;
use tutti_engine::{Access, Engine};

use super::{Data, house};
use crate::http::web::Tiles;
use crate::http::{self, Limits, Scheme};
use crate::keys::ApiKeys;
use crate::taste::Tastes;
use crate::tls::Tls;

/// How often what was written is made visible and a new build is looked for. A search sees an acknowledged document
/// within a second.
const TICK: Duration = Duration::from_millis(300);
/// Bytes of stack of every thread. Queries nest up to [`tutti_engine::query::MAX_DEPTH`] deep, and so do their scorers; pages that
/// are not touched cost nothing.
const STACK: usize = 32 << 20;
/// Threads for what blocks. Each keeps some memory of its own, and more of them than these make nothing faster.
const BLOCKING: usize = 64;
/// How long requests under way may take to end after a signal.
const GRACE: Duration = Duration::from_secs(20);
/// How long a client may take for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a new connection may take to send its first request.
const FIRST_REQUEST: Duration = Duration::from_secs(30);
/// How long a connection may take to send the head of another request. Connections kept alive are closed after this.
const NEXT_REQUEST: Duration = Duration::from_secs(75);

/// Serve the indexes of a data directory over HTTP.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti serve
  tutti serve --data /var/lib/tutti --listen 0.0.0.0:7070
  tutti serve --listen 0.0.0.0:7070 --tls-cert fullchain.pem --tls-key privkey.pem
  TUTTI_LOG=tutti_server=debug,tower_http=debug tutti serve --log-json

The shipped indexes (songs, artists, users, venues, playlists, activities) are made empty when they are missing.
Fill them with `tutti index`, also while this runs, or with POST /v1/{index}/documents.
Ctrl-C or SIGTERM ends it: requests under way are answered, what was written is committed.")]
pub(super) struct Serve {
    #[command(flatten)]
    data: Data,
    /// Address and port; port 0 takes a free one and prints it
    #[arg(long, env = "TUTTI_LISTEN", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// Certificate chain in PEM; HTTPS is served instead of HTTP, and the file is read again when it changes
    #[arg(long, value_name = "FILE", env = "TUTTI_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", env = "TUTTI_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Seconds after which a request is answered 503, or 408 when its body is not there by then
    #[arg(long, env = "TUTTI_REQUEST_TIMEOUT", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    request_timeout: u64,
    /// Largest request body, in bytes
    #[arg(long, env = "TUTTI_MAX_BODY", default_value_t = 64 << 20)]
    max_body: usize,
    /// Requests at work at once; more are answered 503 at once
    #[arg(long, env = "TUTTI_MAX_REQUESTS", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65536))]
    max_requests: u32,
    /// The API key that opens everything; otherwise the one kept in the data directory (`tutti keys`)
    #[arg(long, env = "TUTTI_ADMIN_KEY", hide_env_values = true, value_parser = key)]
    admin_key: Option<String>,
    /// The API key that reads documents; otherwise the one kept in the data directory
    #[arg(long, env = "TUTTI_QUERY_KEY", hide_env_values = true, value_parser = key)]
    query_key: Option<String>,
    #[command(flatten)]
    joint: Joint,
    /// Write the log as JSON lines
    #[arg(long, env = "TUTTI_LOG_JSON")]
    log_json: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        start_log(self.log_json, "info");
        let limits =
            Limits { timeout: Duration::from_secs(self.request_timeout), body: self.max_body, concurrency: self.max_requests as usize };
        let tls = self.tls_cert.zip(self.tls_key).map(|(certificate, key)| Tls::open(certificate, key)).transpose()?;
        let engine = open(&self.data.folder)?;
        let keys = ApiKeys::open(&self.data.folder, self.admin_key, self.query_key).context("cannot keep the API keys")?;
        let ground = Ground { folder: self.data.folder, engine: engine.0, tastes: engine.1, keys };
        serve(ground, self.joint, self.listen, limits, tls, |base| println!("listening on {base}"))
    }
}

/// What accounts and rooms need to know.
#[derive(clap::Args)]
pub(super) struct Joint {
    /// Signs tokens, at least 32 bytes; otherwise the one kept in the data directory
    #[arg(long, env = "TUTTI_JWT_SECRET", hide_env_values = true)]
    pub(super) jwt_secret: Option<String>,
    /// Joins servers: rooms and accounts are kept in this Redis, such as redis://127.0.0.1:6379
    #[arg(long, env = "TUTTI_REDIS_URL", hide_env_values = true)]
    pub(super) redis_url: Option<String>,
    /// Where people reach this server in a browser, such as https://party.example; otherwise what their requests say
    #[arg(long, env = "TUTTI_PUBLIC_URL")]
    pub(super) public_url: Option<String>,
    /// Memory for reading rooms and accounts, in MiB; open rooms are in memory besides
    #[arg(long, value_name = "MIB", env = "TUTTI_STORE_CACHE", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=65536))]
    pub(super) store_cache: u64,
    /// Web pages that may connect to sockets, such as https://party.example; otherwise any may
    #[arg(long = "allow-origin", value_name = "ORIGIN", env = "TUTTI_ALLOW_ORIGIN", value_delimiter = ',')]
    pub(super) allow_origin: Vec<String>,
    /// Take the addresses of clients from X-Forwarded-For; only behind a proxy that sets it
    #[arg(long, env = "TUTTI_TRUST_FORWARDED")]
    pub(super) trust_forwarded: bool,
    /// Tiles for the maps, such as https://tiles.example/{z}/{x}/{y}.png; otherwise maps are plain, and no other host is asked
    #[arg(long, value_name = "URL", env = "TUTTI_TILE_URL", value_parser = Tiles::url)]
    pub(super) tile_url: Option<String>,
    /// Whom the licence of the tiles wants named on the map
    #[arg(long, value_name = "TEXT", env = "TUTTI_TILE_CREDIT", requires = "tile_url")]
    pub(super) tile_credit: Option<String>,
}

impl Default for Joint {
    fn default() -> Joint {
        Joint {
            jwt_secret: None,
            redis_url: None,
            public_url: None,
            store_cache: 16,
            allow_origin: Vec::new(),
            trust_forwarded: false,
            tile_url: None,
            tile_credit: None,
        }
    }
}

/// What is on disk.
pub(super) struct Ground {
    pub(super) folder: PathBuf,
    pub(super) engine: Arc<Engine>,
    pub(super) tastes: Arc<Tastes>,
    pub(super) keys: ApiKeys,
}

/// A key given by hand.
pub(super) fn key(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err("a key is one or more visible ASCII characters".to_owned()) }
}

/// Opens a data directory for serving, with the shipped indexes in it.
pub(super) fn open(folder: &Path) -> anyhow::Result<(Arc<Engine>, Arc<Tastes>)> {
    let engine = Engine::open(folder, Access::Write)?;
    for name in tutti_index_schema::shipped_names() {
        match engine.index(name) {
            Ok(_) => {}
            Err(tutti_engine::Error::NoSuchIndex(_)) => {
                let definition = tutti_index_schema::shipped(name).context("a shipped definition is missing")?;
                engine.create_index(&definition)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    for name in engine.index_names()? {
        engine.index(&name)?;
    }
    Ok((Arc::new(engine), Arc::new(Tastes::open(folder)?)))
}

/// Serves until a signal ends it; `ready` is told the address, as `http://127.0.0.1:7070`.
pub(super) fn serve(
    ground: Ground,
    joint: Joint,
    listen: SocketAddr,
    limits: Limits,
    tls: Option<Tls>,
    ready: impl FnOnce(&str),
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .max_blocking_threads(BLOCKING)
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let scheme = if tls.is_some() { Scheme::Https } else { Scheme::Http };
        let base = format!("{scheme}://{}", listener.local_addr()?);
        let (engine, tastes) = (Arc::clone(&ground.engine), Arc::clone(&ground.tastes));
        let house = house::furnish(ground, joint).await?;
        let (rooms, realtime) = (Arc::clone(&house.rooms), Arc::clone(&house.realtime));
        tracing::info!(address = base, "listening");
        ready(&base);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let ticking = tokio::spawn(tick(Arc::clone(&engine), Arc::clone(&tastes), stopped.clone()));
        let clockwork = tokio::spawn(Arc::clone(&rooms).run());
        tokio::spawn(crate::rooms::heartbeat::run(Arc::clone(&rooms)));
        tokio::spawn(rooms.resume());
        let checked = Arc::clone(&tastes);
        tokio::task::spawn_blocking(move || checked.taste.verify());
        let handle = axum_server::Handle::new();
        let app = http::router(house, limits, scheme).into_make_service_with_connect_info::<SocketAddr>();
        let server = connections(listener, handle.clone());
        let server = match tls {
            None => tokio::spawn(server.serve(app)),
            Some(tls) => {
                let secure = RustlsAcceptor::new(tls.config.clone()).handshake_timeout(HANDSHAKE);
                tokio::spawn(tls.follow(stopped));
                tokio::spawn(server.map(|plain| secure.acceptor(plain)).serve(app))
            }
        };
        end_signal().await;
        tastes.stop();
        tracing::info!("stopping");
        let _ = stop.send(true);
        realtime.close();
        handle.graceful_shutdown(None);
        match tokio::time::timeout(GRACE, server).await {
            Ok(ended) => ended.context("the server stopped on its own")??,
            Err(_) => tracing::warn!(seconds = GRACE.as_secs(), "requests were still under way and are cut off"),
        }
        clockwork.abort();
        ticking.await.context("the clockwork stopped on its own")?;
        tokio::task::spawn_blocking(move || refresh(&engine)).await?;
        Ok(())
    })
}

/// A server that does not wait for silent clients without end.
fn connections(listener: TcpListener, handle: axum_server::Handle<SocketAddr>) -> axum_server::Server<SocketAddr, TcpConfigAcceptor> {
    let mut server = axum_server::Server::from_listener(listener)
        .handle(handle)
        .acceptor(TcpConfigAcceptor::new(TcpSocketConfig::new().nodelay(true)))
        .first_request_timeout(FIRST_REQUEST)
        .accept_error_handler(|client, error| match client {
            // A scanner, a client that does not trust the certificate, plain HTTP.
            Some(client) => tracing::debug!(%client, %error, "a connection was not made"),
            None => tracing::error!(%error, "cannot accept connections"),
        });
    server.http_builder().http1().header_read_timeout(NEXT_REQUEST);
    server.http_builder().http2().keep_alive_interval(NEXT_REQUEST);
    server
}

/// Makes what was written visible, over and over.
async fn tick(engine: Arc<Engine>, tastes: Arc<Tastes>, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let engine = Arc::clone(&engine);
        let tastes = Arc::clone(&tastes);
        let work = move || {
            refresh(&engine);
            if tastes.refresh(&engine) {
                tracing::info!("a new model is in use");
            }
        };
        if tokio::task::spawn_blocking(work).await.is_err() {
            tracing::error!("a refresh panicked");
        }
    }
}

fn refresh(engine: &Engine) {
    for index in engine.opened() {
        if let Err(error) = index.refresh() {
            tracing::error!(index = index.name(), %error, "cannot make what was written visible; it is kept in the log");
        }
    }
}

async fn end_signal() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}

/// Starts the log on standard error. `TUTTI_LOG` sets what is written.
pub(super) fn start_log(json: bool, otherwise: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TUTTI_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(format!("{otherwise},tantivy=warn")));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    if json {
        let _ = log.json().try_init();
    } else {
        let _ = log.with_target(false).try_init();
    }
}
