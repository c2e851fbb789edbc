//! Accounts over HTTP: guests, sign-up, sessions, one's own account, other people, roles and owners of venues. What is allowed is
//! decided in `accounts`; here are paths, wire names and statuses.
//!
//! Sign-up is at `/v1/accounts`, because `/v1/users` is the index of that name.

mod entry;
mod me;
mod people;
pub(crate) mod refusal;
pub(crate) mod request;
#[cfg(test)]
mod tests;
mod venues;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{delete, get, post, put};

use super::{Failure, Shared};
use crate::accounts::AccountError;
use refusal::Refusal;

/// All of it.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/guests", post(entry::guest))
        .route("/v1/accounts", post(entry::sign_up))
        .route("/v1/sessions", post(entry::log_in).get(entry::sessions).delete(entry::log_out_everywhere))
        .route("/v1/sessions/refresh", post(entry::refresh))
        .route("/v1/sessions/{session}", delete(entry::log_out))
        .route("/v1/me", get(me::read).patch(me::change).delete(me::erase))
        .route("/v1/me/password", put(me::change_password))
        .route("/v1/me/export", get(me::export))
        .route("/v1/me/followers", get(people::followers))
        .route("/v1/me/following", get(people::following))
        .route("/v1/me/blocked", get(people::blocked))
        .route("/v1/me/venues", get(venues::mine))
        .route("/v1/people", get(people::search))
        .route("/v1/people/{id}", get(people::read))
        .route("/v1/people/{id}/follow", put(people::follow).delete(people::unfollow))
        .route("/v1/people/{id}/block", put(people::block).delete(people::unblock))
        .route("/v1/people/{id}/role", put(people::set_role))
        .route("/v1/venue-owners/{venue}", get(venues::owners))
        .route("/v1/venue-owners/{venue}/{user}", put(venues::add).delete(venues::remove))
        .layer(axum::middleware::map_response(unstored))
}

/// A refusal of accounts as any other route answers it.
pub(super) fn failure(error: AccountError) -> Failure {
    let refusal = Refusal(error);
    Failure::new(refusal.status(), refusal.0.code(), refusal.0.to_string())
}

/// Tokens and what people keep to themselves stay out of caches.
async fn unstored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    std::future::ready(response).await
}
