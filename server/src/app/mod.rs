//! The program put together: [`Config`] in, a running server out, and its orderly end. Nothing else opens the data directory for
//! serving, spawns a task that outlives a request, or listens on a port.
//!
//! `App::build` opens everything and binds the port; `App::run` serves until its token is cancelled, then lets requests under way end,
//! closes sockets and streams with a close frame, and waits for every task.

mod background;
mod build;
mod error;
mod listen;
mod log;
mod state;
mod tasks;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsAcceptor;
use tokio::net::TcpListener;
pub use tokio_util::sync::CancellationToken;

use crate::accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::http;
pub(crate) use build::{STORE, Services, collections, open_indexes};
pub use error::AppError;
pub(crate) use log::{log_filter, start_log};
pub(crate) use state::{AppState, Scheme};
pub(crate) use tasks::Tasks;
use tls::Tls;

/// Bytes of stack of every thread. Queries nest up to [`tutti_engine::query::MAX_DEPTH`] deep, and so do their scorers; pages that
/// are not touched cost nothing.
const STACK: usize = 32 << 20;
/// Threads for what blocks. Each keeps some memory of its own, and more of them than these make nothing faster.
const BLOCKING: usize = 64;
/// How long a client may take for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long background tasks and sockets may take to end once requests have.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A server that is open and bound to its port, and not serving yet.
pub struct App {
    config: Config,
    listener: TcpListener,
    tls: Option<Tls>,
    state: AppState,
    services: build::Services,
    base: String,
}

/// The runtime that a server needs: threads with stacks for deep queries.
///
/// # Errors
/// When the operating system gives no threads.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).max_blocking_threads(BLOCKING).build()
}

impl App {
    /// Opens the data directory, its store or the Redis it is joined with, and binds the port. On a runtime of [`runtime`].
    ///
    /// # Errors
    /// The first thing that cannot be opened.
    pub async fn build(config: Config) -> Result<App, AppError> {
        App::build_at(config, Clock::System).await
    }

    /// As [`App::build`], by a clock of one's own: what fades with time fades by it.
    ///
    /// # Errors
    /// As [`App::build`].
    pub async fn build_at(config: Config, clock: Clock) -> Result<App, AppError> {
        App::assemble(config, accounts::Settings::default(), clock).await
    }

    /// As [`App::build`], with other lives of tokens and another cost of hashing.
    pub(crate) async fn assemble(config: Config, accounts: accounts::Settings, clock: Clock) -> Result<App, AppError> {
        let tls = match (&config.tls.cert, &config.tls.key) {
            (Some(certificate), Some(key)) => Some(Tls::open(certificate.clone(), key.clone())?),
            _ => None,
        };
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(|error| AppError::Listen(listen, error))?;
        let address = listener.local_addr().map_err(|error| AppError::Listen(listen, error))?;
        let scheme = if tls.is_some() { Scheme::Https } else { Scheme::Http };
        let (state, services) = build::build(&config, scheme, accounts, clock).await?;
        Ok(App { config, listener, tls, state, services, base: format!("{scheme}://{address}") })
    }

    /// Where it listens, like `http://127.0.0.1:7070`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Everything it answers over HTTP.
    pub(crate) fn router(&self) -> axum::Router {
        http::router(self.state.clone(), &self.services, &self.config)
    }

    /// What its handlers share.
    pub(crate) fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until `stop` is cancelled, and ends in order: requests under way are answered, sockets and streams get a close frame,
    /// what was written is committed.
    ///
    /// # Errors
    /// When the server stops on its own.
    pub async fn run(self, stop: CancellationToken) -> Result<(), AppError> {
        let router = self.router().into_make_service_with_connect_info::<std::net::SocketAddr>();
        let App { config, listener, tls, state, services, base } = self;
        tracing::info!(address = base, "listening");
        let tasks = state.tasks.clone();
        background::start(&state, &services);
        let handle = axum_server::Handle::new();
        let server = listen::server(listener, handle.clone(), &config.server);
        let mut server = match tls {
            None => tokio::spawn(server.serve(router)),
            Some(tls) => {
                let secure = RustlsAcceptor::new(tls.config.clone()).handshake_timeout(HANDSHAKE);
                tasks.spawn("tls", tls.follow(tasks.stopping()));
                tokio::spawn(server.map(|plain| secure.acceptor(plain)).serve(router))
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            ended = &mut server => return Err(AppError::Ended(ended.map_or_else(|error| error.to_string(), |ended| format!("{ended:?}")))),
        }
        tracing::info!("stopping");
        state.tastes.stop();
        services.realtime.close();
        tasks.close_streams();
        handle.graceful_shutdown(None);
        let drain = config.server.drain_timeout;
        match tokio::time::timeout(drain, &mut server).await {
            Ok(ended) => ended.map_err(|error| AppError::Ended(error.to_string()))?.map_err(|error| AppError::Ended(error.to_string()))?,
            Err(_) => {
                tracing::warn!(seconds = drain.as_secs(), "requests were still under way and are cut off");
                server.abort();
            }
        }
        let sockets = async {
            while services.realtime.count() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(LAST_WORDS, sockets).await.is_err() {
            tracing::warn!(sockets = services.realtime.count(), "sockets did not close in time");
        }
        for name in tasks.stop(LAST_WORDS).await {
            tracing::warn!(task = name, "a task did not end in time");
        }
        let engine = Arc::clone(&state.engine);
        tokio::task::spawn_blocking(move || background::refresh_all(&engine)).await.map_err(|error| AppError::Ended(error.to_string()))?;
        Ok(())
    }
}
