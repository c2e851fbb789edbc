//! `/v1/venue-owners`: who owns which venue.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::wire::{OwnVenues, Owners, Ownership};
use crate::access::{Caller, User, UserOrAdminKey};
use crate::app::AppState;
use crate::http::ApiError;

/// `GET /v1/venue-owners/{venue}`.
pub(super) async fn owners(
    Caller(caller): Caller<UserOrAdminKey>,
    State(state): State<AppState>,
    Path(venue): Path<String>,
) -> Result<Json<Owners>, ApiError> {
    let owners = state.accounts.owners(&caller, &venue).await?;
    Ok(Json(Owners { owners: owners.into_iter().map(Ownership::from).collect() }))
}

/// `GET /v1/me/venues`.
pub(super) async fn mine(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<Json<OwnVenues>, ApiError> {
    let venues = state.accounts.venues(&signed.caller).await?;
    Ok(Json(OwnVenues { venues: venues.into_iter().map(Ownership::from).collect() }))
}

/// `PUT /v1/venue-owners/{venue}/{user}`.
pub(super) async fn add(
    Caller(caller): Caller<UserOrAdminKey>,
    State(state): State<AppState>,
    Path((venue, user)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    state.accounts.add_owner(&caller, &venue, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/venue-owners/{venue}/{user}`.
pub(super) async fn remove(
    Caller(caller): Caller<UserOrAdminKey>,
    State(state): State<AppState>,
    Path((venue, user)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    state.accounts.remove_owner(&caller, &venue, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
