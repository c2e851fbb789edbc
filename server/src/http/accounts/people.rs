//! `/v1/people`: finding, following, blocking people; their roles.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{Anybody, Bearer, Fields};
use super::{Refusal, Shared};
use crate::accounts::{AccountError, Page, Profile, Role};

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
pub(super) async fn search(State(shared): State<Shared>, Bearer(signed): Bearer, asked: Asked) -> Result<Json<Value>, Refusal> {
    let wanted = wanted(asked)?;
    let name = wanted.name.ok_or_else(|| AccountError::bad("name", "it is missing"))?;
    Ok(Json(page(&shared.accounts.search(&signed.caller, &name, wanted.after.as_deref()).await?)))
}

/// `GET /v1/people/{id}`.
pub(super) async fn read(State(shared): State<Shared>, Bearer(signed): Bearer, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    Ok(Json(shown(&shared.accounts.person(&signed.caller, &id).await?)))
}

/// `PUT /v1/people/{id}/follow`.
pub(super) async fn follow(State(shared): State<Shared>, Bearer(signed): Bearer, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    shared.accounts.follow(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/people/{id}/follow`.
pub(super) async fn unfollow(State(shared): State<Shared>, Bearer(signed): Bearer, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    shared.accounts.unfollow(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/people/{id}/block`.
pub(super) async fn block(State(shared): State<Shared>, Bearer(signed): Bearer, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    shared.accounts.block(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/people/{id}/block`.
pub(super) async fn unblock(State(shared): State<Shared>, Bearer(signed): Bearer, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    shared.accounts.unblock(&signed.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/followers`.
pub(super) async fn followers(State(shared): State<Shared>, Bearer(signed): Bearer, asked: Asked) -> Result<Json<Value>, Refusal> {
    Ok(Json(page(&shared.accounts.followers(&signed.caller, wanted(asked)?.after.as_deref()).await?)))
}

/// `GET /v1/me/following`.
pub(super) async fn following(State(shared): State<Shared>, Bearer(signed): Bearer, asked: Asked) -> Result<Json<Value>, Refusal> {
    Ok(Json(page(&shared.accounts.following(&signed.caller, wanted(asked)?.after.as_deref()).await?)))
}

/// `GET /v1/me/blocked`.
pub(super) async fn blocked(State(shared): State<Shared>, Bearer(signed): Bearer, asked: Asked) -> Result<Json<Value>, Refusal> {
    Ok(Json(page(&shared.accounts.blocked(&signed.caller, wanted(asked)?.after.as_deref()).await?)))
}

/// `PUT /v1/people/{id}/role`.
pub(super) async fn set_role(
    State(shared): State<Shared>,
    Anybody(caller): Anybody,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let role = match Fields::read(body).await?.text("role")?.as_str() {
        "user" => Role::User,
        "venueOwner" => Role::VenueOwner,
        "admin" => Role::Admin,
        _ => return Err(AccountError::bad("role", "there are user, venueOwner and admin to give").into()),
    };
    shared.accounts.set_role(&caller, &id, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person as others see him.
pub(super) fn shown(profile: &Profile) -> Value {
    json!({"userId": profile.user_id, "name": profile.name, "avatar": profile.avatar})
}

fn page(page: &Page<Profile>) -> Value {
    json!({"people": page.items.iter().map(shown).collect::<Vec<_>>(), "next": page.next})
}
