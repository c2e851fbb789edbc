//! `/v1/venue-owners`: who owns which venue.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::request::{Anybody, Bearer};
use super::{Refusal, Shared};
use crate::accounts::Ownership;

/// `GET /v1/venue-owners/{venue}`.
pub(super) async fn owners(
    State(shared): State<Shared>,
    Anybody(caller): Anybody,
    Path(venue): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let owners = shared.accounts.owners(&caller, &venue).await?;
    Ok(Json(json!({"owners": owners.iter().map(shown).collect::<Vec<_>>()})))
}

/// `GET /v1/me/venues`.
pub(super) async fn mine(State(shared): State<Shared>, Bearer(signed): Bearer) -> Result<Json<Value>, Refusal> {
    let venues = shared.accounts.venues(&signed.caller).await?;
    Ok(Json(json!({"venues": venues.iter().map(shown).collect::<Vec<_>>()})))
}

/// `PUT /v1/venue-owners/{venue}/{user}`.
pub(super) async fn add(
    State(shared): State<Shared>,
    Anybody(caller): Anybody,
    Path((venue, user)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    shared.accounts.add_owner(&caller, &venue, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/venue-owners/{venue}/{user}`.
pub(super) async fn remove(
    State(shared): State<Shared>,
    Anybody(caller): Anybody,
    Path((venue, user)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    shared.accounts.remove_owner(&caller, &venue, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(ownership: &Ownership) -> Value {
    json!({"venue": ownership.venue, "userId": ownership.user_id, "since": ownership.since})
}
