//! `/v1/people`: finding, following, blocking people; their roles.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::BODY;
use super::wire::{People, Person, RoleBody};
use crate::access::{Caller, User, UserOrAdminKey};
use crate::accounts::{AccountError, Role};
use crate::app::AppState;
use crate::http::{ApiError, json_body};

/// Which people, and from where on.
#[derive(Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    after: Option<String>,
}

type Asked = Result<Query<Wanted>, QueryRejection>;

fn wanted(asked: Asked) -> Result<Wanted, AccountError> {
    let Query(wanted) = asked.map_err(|rejection| AccountError::bad("query", rejection.body_text()))?;
    Ok(wanted)
}

/// `GET /v1/people?name=`.
pub(super) async fn search(Caller(signed): Caller<User>, State(state): State<AppState>, asked: Asked) -> Result<Json<People>, ApiError> {
    let wanted = wanted(asked)?;
    let name = wanted.name.ok_or_else(|| AccountError::bad("name", "it is missing"))?;
    Ok(Json(state.accounts.search(&signed.caller, &name, wanted.after.as_deref()).await?.into()))
}

/// `GET /v1/people/{id}`.
pub(super) async fn read(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Person>, ApiError> {
    Ok(Json(state.accounts.person(&signed.caller, &id).await?.into()))
}

/// `PUT /v1/people/{id}/follow`.
pub(super) async fn follow(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.accounts.follow(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/people/{id}/follow`.
pub(super) async fn unfollow(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.accounts.unfollow(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/people/{id}/block`.
pub(super) async fn block(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.accounts.block(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/people/{id}/block`.
pub(super) async fn unblock(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.accounts.unblock(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/followers`.
pub(super) async fn followers(Caller(signed): Caller<User>, State(state): State<AppState>, asked: Asked) -> Result<Json<People>, ApiError> {
    Ok(Json(state.accounts.followers(&signed.caller, wanted(asked)?.after.as_deref()).await?.into()))
}

/// `GET /v1/me/following`.
pub(super) async fn following(Caller(signed): Caller<User>, State(state): State<AppState>, asked: Asked) -> Result<Json<People>, ApiError> {
    Ok(Json(state.accounts.following(&signed.caller, wanted(asked)?.after.as_deref()).await?.into()))
}

/// `GET /v1/me/blocked`.
pub(super) async fn blocked(Caller(signed): Caller<User>, State(state): State<AppState>, asked: Asked) -> Result<Json<People>, ApiError> {
    Ok(Json(state.accounts.blocked(&signed.caller, wanted(asked)?.after.as_deref()).await?.into()))
}

/// `PUT /v1/people/{id}/role`.
pub(super) async fn set_role(
    Caller(caller): Caller<UserOrAdminKey>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let RoleBody { role } = json_body::read(body, BODY).await?;
    let role = match role.as_str() {
        "user" => Role::User,
        "venueOwner" => Role::VenueOwner,
        "admin" => Role::Admin,
        _ => return Err(AccountError::bad("role", "there are user, venueOwner and admin to give").into()),
    };
    state.accounts.set_role(&caller, &id, role).await?;
    Ok(StatusCode::NO_CONTENT)
}
