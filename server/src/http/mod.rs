//! The HTTP face: routes, parameters, wire names, errors to statuses. It calls the engine on blocking threads and knows
//! neither tantivy nor files.

mod accounts;
mod azure;
mod body_limits;
pub(crate) mod catalogue;
mod describe;
pub(crate) mod error;
mod health;
mod json_body;
pub(crate) mod openapi;
mod parameters;
mod preconditions;
mod rooms;
pub(crate) mod taste;
pub(crate) mod web;
mod wire;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};

use crate::access::Routes;
use crate::app::{AppState, Services};
use crate::config::Config;
use crate::limits::TrustedProxies;
pub(crate) use describe::{Kind, Operation};
pub(crate) use error::ApiError;

/// Every route of the server but those of others' wires: Azure's, Socket.IO's.
fn routes() -> Routes {
    health::routes().merge(taste::routes()).merge(accounts::routes()).merge(rooms::routes()).merge(web::routes()).merge(catalogue::routes())
}

/// The whole of HTTP over one state.
pub(crate) fn router(state: AppState, services: &Services, config: &Config) -> Router {
    let (timeout, proxies) = (config.server.request_timeout, config.server.trust_forwarded.clone());
    let trace = TraceLayer::new_for_http()
        .make_span_with(DefaultMakeSpan::new().level(tracing::Level::INFO))
        .on_response(DefaultOnResponse::new().level(tracing::Level::INFO));
    let layers = ServiceBuilder::new()
        .layer(trace)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(timeout, body_limits::in_time));
    let (_, router) = routes().into_parts();
    router
        .fallback(azure::serve)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(layers)
        .merge(services.realtime.routes())
        .merge(services.engine.as_ref().map(|engine| engine.routes_at("/engine.io")).unwrap_or_default())
        .layer(middleware::from_fn_with_state(timeout, body_limits::discard))
        .layer(middleware::from_fn_with_state(proxies, resolve_client))
        .with_state(state)
}

/// Puts the client's address in the place of a trusted proxy's, for everything behind: limits, sessions, sockets, streams.
async fn resolve_client(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().copied() {
        let client = proxies.client(peer.ip(), request.headers());
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(client, peer.port())));
    }
    next.run(request).await
}
