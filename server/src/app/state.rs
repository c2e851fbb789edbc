//! What every handler sees: the parts of a running server.

use std::fmt;
use std::sync::Arc;

use tutti_engine::Engine;

use super::Tasks;
use crate::access::api_keys::ApiKeys;
use crate::accounts::Accounts;
use crate::http::ApiError;
use crate::http::web::Tiles;
use crate::limits::RateLimits;
use crate::rooms::Rooms;
use crate::taste::TasteService;
use crate::venues::Styles;

/// What the server speaks itself, without what may stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        })
    }
}

/// What every handler sees. Clones share it.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) engine: Arc<Engine>,
    pub(crate) tastes: Arc<TasteService>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) styles: Styles,
    pub(crate) keys: Arc<ApiKeys>,
    pub(crate) limits: Arc<RateLimits>,
    pub(crate) tasks: Tasks,
    /// Where a browser reaches the server, when that is not where requests say.
    pub(crate) public_url: Option<Arc<str>>,
    /// Where tiles of maps come from.
    pub(crate) tiles: Option<Arc<Tiles>>,
    pub(crate) scheme: Scheme,
    /// Bytes of a request body.
    pub(crate) max_body: usize,
    /// Held while definitions are made, changed and removed, so that preconditions hold until the change is done.
    pub(super) definitions: Arc<std::sync::Mutex<()>>,
    pub(super) running: Arc<tokio::sync::Semaphore>,
}

impl AppState {
    /// Runs engine work off the async threads. Too many at once are refused rather than queued without end.
    ///
    /// # Errors
    /// `BUSY`, or what the work says.
    pub(crate) async fn on_engine<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else { return Err(ApiError::busy()) };
        let engine = Arc::clone(&self.engine);
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(|| work(&engine))
        });
        done.await.unwrap_or_else(|_| Err(ApiError::internal()))
    }

    /// As [`AppState::on_engine`], one at a time: for changes of definitions.
    pub(crate) async fn on_definitions<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let definitions = Arc::clone(&self.definitions);
        self.on_engine(move |engine| {
            let _one = definitions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            work(engine)
        })
        .await
    }

    /// As [`AppState::on_engine`], with the taste beside the indexes.
    pub(crate) async fn on_taste<T: Send + 'static>(
        &self,
        work: impl FnOnce(&TasteService, &Engine) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let tastes = Arc::clone(&self.tastes);
        self.on_engine(move |engine| work(&tastes, engine)).await
    }
}
