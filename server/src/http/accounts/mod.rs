//! Accounts over HTTP: guests, sign-up, sessions, one's own account, other people, roles and owners of venues. What is allowed is
//! decided in `accounts`; here are paths, wire names and statuses.
//!
//! Sign-up is at `/v1/accounts`, because `/v1/users` is the index of that name.

mod entry;
mod me;
mod operations;
mod people;
#[cfg(test)]
mod tests;
mod venues;
mod wire;

use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::access::Routes;

/// Bytes of a body.
const BODY: usize = 16 << 10;

/// All of it.
pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/v1/guests", entry::guest, operations::guest)
        .post("/v1/accounts", entry::sign_up, operations::sign_up)
        .post("/v1/sessions", entry::log_in, operations::log_in)
        .get("/v1/sessions", entry::sessions, operations::sessions)
        .delete("/v1/sessions", entry::log_out_everywhere, operations::log_out_everywhere)
        .post("/v1/sessions/refresh", entry::refresh, operations::refresh)
        .delete("/v1/sessions/{session}", entry::log_out, operations::log_out)
        .get("/v1/me", me::read, operations::read_me)
        .patch("/v1/me", me::change, operations::change_me)
        .delete("/v1/me", me::erase, operations::erase_me)
        .put("/v1/me/password", me::change_password, operations::change_password)
        .get("/v1/me/export", me::export, operations::export_me)
        .get("/v1/me/followers", people::followers, operations::followers)
        .get("/v1/me/following", people::following, operations::following)
        .get("/v1/me/blocked", people::blocked, operations::blocked)
        .get("/v1/me/venues", venues::mine, operations::my_venues)
        .get("/v1/people", people::search, operations::find_people)
        .get("/v1/people/{id}", people::read, operations::read_person)
        .put("/v1/people/{id}/follow", people::follow, operations::follow)
        .delete("/v1/people/{id}/follow", people::unfollow, operations::unfollow)
        .put("/v1/people/{id}/block", people::block, operations::block)
        .delete("/v1/people/{id}/block", people::unblock, operations::unblock)
        .put("/v1/people/{id}/role", people::set_role, operations::set_role)
        .get("/v1/venue-owners/{venue}", venues::owners, operations::owners)
        .put("/v1/venue-owners/{venue}/{user}", venues::add, operations::add_owner)
        .delete("/v1/venue-owners/{venue}/{user}", venues::remove, operations::remove_owner)
        .map(|router| router.layer(axum::middleware::map_response(not_stored)))
}

/// Tokens and personal data stay out of caches.
async fn not_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    std::future::ready(response).await
}
