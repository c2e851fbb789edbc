//! The HTTP face: routes, parameters, wire names, errors to statuses. It calls the engine on blocking threads and knows
//! neither tantivy nor files.

pub(crate) mod accounts;
mod azure;
mod covers;
mod documents;
mod error;
mod health;
mod intake;
mod openapi;
mod parameters;
mod rooms;
mod search;
pub(crate) mod taste;
mod unread;
pub(crate) mod web;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tutti_engine::Engine;

use crate::accounts::Accounts;
use crate::keys::{ApiKeys, Role};
use crate::limits::{Buckets, Rate};
use crate::rooms::Rooms;
use crate::taste::Tastes;
use crate::venues::Styles;
pub(crate) use error::Failure;

/// Limits of one server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A request that takes longer is answered 503, or 408 when its body is not there by then.
    pub timeout: Duration,
    /// Bytes of a request body.
    pub body: usize,
    /// Requests at work at once; more are answered 503 at once.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { timeout: Duration::from_secs(30), body: 64 << 20, concurrency: 1024 }
    }
}

/// What the server speaks itself, without what may stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        })
    }
}

/// What a server is made of.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) tastes: Arc<Tastes>,
    pub(crate) keys: ApiKeys,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) styles: Styles,
    pub(crate) realtime: Arc<tutti_realtime::Server>,
    /// Where people reach it in a browser, when that is not where requests say.
    pub(crate) public: Option<String>,
    /// Where tiles of maps come from.
    pub(crate) tiles: Option<web::Tiles>,
}

/// Wrong codes of one address.
const GUESSES: Rate = Rate { per_second: 10.0 / 60.0, burst: 10.0 };
/// Addresses whose wrong codes are counted.
const GUESSERS: usize = 100_000;

/// What every handler sees.
#[derive(Clone)]
pub(crate) struct Shared {
    accounts: Arc<Accounts>,
    rooms: Arc<Rooms>,
    styles: Styles,
    public: Option<Arc<str>>,
    tiles: Option<Arc<web::Tiles>>,
    guesses: Arc<Buckets<std::net::IpAddr>>,
    scheme: Scheme,
    engine: Arc<Engine>,
    tastes: Arc<Tastes>,
    keys: Arc<ApiKeys>,
    /// Held while definitions are made, changed and removed, so that preconditions hold until the change is done.
    definitions: Arc<std::sync::Mutex<()>>,
    running: Arc<tokio::sync::Semaphore>,
    /// Bytes of a request body.
    body: usize,
}

/// The application over one house.
pub(crate) fn router(house: House, limits: Limits, scheme: Scheme) -> Router {
    let House { engine, tastes, keys, accounts, rooms, styles, realtime, public, tiles } = house;
    let tiles = tiles.map(Arc::new);
    let (keys, public, guesses) = (Arc::new(keys), public.map(Arc::from), Arc::new(Buckets::new(GUESSES, GUESSERS)));
    let definitions = Arc::default();
    let running = Arc::new(tokio::sync::Semaphore::new(limits.concurrency));
    let shared =
        Shared { accounts, rooms, styles, public, tiles, guesses, scheme, engine, tastes, keys, definitions, running, body: limits.body };
    let trace = TraceLayer::new_for_http()
        .make_span_with(DefaultMakeSpan::new().level(tracing::Level::INFO))
        .on_response(DefaultOnResponse::new().level(tracing::Level::INFO));
    let layers = ServiceBuilder::new()
        .layer(trace)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(axum::middleware::from_fn_with_state(limits.timeout, intake::in_time));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/v1", get(search::indexes))
        .route("/v1/openapi.json", get(openapi::description))
        .merge(taste::routes())
        .merge(accounts::routes())
        .merge(rooms::routes())
        .merge(web::routes())
        .route("/v1/{index}", get(search::index))
        .route("/v1/{index}/search", get(search::search))
        .route("/v1/songs/{id}/cover.svg", get(covers::of_song))
        .route("/v1/{index}/documents", post(documents::write))
        .route("/v1/{index}/documents/{key}", get(documents::read))
        .fallback(azure::serve)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(layers)
        .merge(realtime.routes())
        .layer(axum::middleware::from_fn_with_state(limits.timeout, unread::discard))
        .with_state(shared)
}

impl Shared {
    /// Refuses what only the admin key opens.
    fn needs_admin(&self, headers: &HeaderMap) -> Result<(), error::Failure> {
        let key = headers.get("api-key").and_then(|key| key.to_str().ok());
        match key.map(|key| self.keys.role(key)) {
            Some(Some(Role::Admin)) => Ok(()),
            Some(_) => Err(error::Failure::new(StatusCode::FORBIDDEN, "Forbidden", "writing needs the admin key; this is not it")),
            None => {
                let message = "writing needs the admin key in the `api-key` header; `tutti keys` shows it";
                Err(error::Failure::new(StatusCode::UNAUTHORIZED, "Unauthorized", message))
            }
        }
    }

    /// As [`Shared::work`], one at a time: for changes of definitions.
    async fn change<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Engine) -> Result<T, error::Failure> + Send + 'static,
    ) -> Result<T, error::Failure> {
        let definitions = Arc::clone(&self.definitions);
        self.work(move |engine| {
            let _one = definitions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            job(engine)
        })
        .await
    }

    /// As [`Shared::work`], with the taste beside the indexes.
    async fn taste_work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tastes, &Engine) -> Result<T, error::Failure> + Send + 'static,
    ) -> Result<T, error::Failure> {
        let tastes = Arc::clone(&self.tastes);
        self.work(move |engine| job(&tastes, engine)).await
    }

    /// Refuses who does not own a venue: the admin key, an admin, and its owners do. A key counts before a token.
    async fn needs_owner(&self, headers: &HeaderMap, venue: &str) -> Result<(), error::Failure> {
        if headers.contains_key("api-key") || !headers.contains_key(axum::http::header::AUTHORIZATION) {
            return self.needs_admin(headers);
        }
        let caller = rooms::caller(self, headers)?;
        let owns =
            caller.role == crate::accounts::Role::Admin || self.accounts.owns(&caller.user, venue).await.map_err(accounts::failure)?;
        if owns {
            return Ok(());
        }
        Err(error::Failure::new(StatusCode::FORBIDDEN, "FORBIDDEN", "only owners of the venue may do this"))
    }

    /// Runs engine work off the async threads. Too many at once are refused rather than queued without end.
    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Engine) -> Result<T, error::Failure> + Send + 'static,
    ) -> Result<T, error::Failure> {
        let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else { return Err(error::Failure::busy()) };
        let engine = Arc::clone(&self.engine);
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(|| job(&engine))
        });
        done.await.unwrap_or_else(|_| Err(error::Failure::internal()))
    }
}
