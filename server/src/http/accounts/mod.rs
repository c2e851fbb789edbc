//! Accounts over HTTP: guests, sign-up, sessions, one's own account, other people, roles and owners of venues. What is allowed is
//! decided in `accounts`; here are paths, wire names and statuses.
//!
//! Sign-up is at `/v1/accounts`, because `/v1/users` is the index of that name.

mod entry;
mod me;
mod people;
pub(crate) mod request;
#[cfg(test)]
mod tests;
mod venues;

use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::access::Routes;

/// All of it.
pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/v1/guests", entry::guest)
        .post("/v1/accounts", entry::sign_up)
        .post("/v1/sessions", entry::log_in)
        .get("/v1/sessions", entry::sessions)
        .delete("/v1/sessions", entry::log_out_everywhere)
        .post("/v1/sessions/refresh", entry::refresh)
        .delete("/v1/sessions/{session}", entry::log_out)
        .get("/v1/me", me::read)
        .patch("/v1/me", me::change)
        .delete("/v1/me", me::erase)
        .put("/v1/me/password", me::change_password)
        .get("/v1/me/export", me::export)
        .get("/v1/me/followers", people::followers)
        .get("/v1/me/following", people::following)
        .get("/v1/me/blocked", people::blocked)
        .get("/v1/me/venues", venues::mine)
        .get("/v1/people", people::search)
        .get("/v1/people/{id}", people::read)
        .put("/v1/people/{id}/follow", people::follow)
        .delete("/v1/people/{id}/follow", people::unfollow)
        .put("/v1/people/{id}/block", people::block)
        .delete("/v1/people/{id}/block", people::unblock)
        .put("/v1/people/{id}/role", people::set_role)
        .get("/v1/venue-owners/{venue}", venues::owners)
        .put("/v1/venue-owners/{venue}/{user}", venues::add)
        .delete("/v1/venue-owners/{venue}/{user}", venues::remove)
        .map(|router| router.layer(axum::middleware::map_response(not_stored)))
}

/// Tokens and personal data stay out of caches.
async fn not_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    std::future::ready(response).await
}
