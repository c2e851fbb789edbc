//! `/v1/guests`, `/v1/accounts` and `/v1/sessions`: the ways in and out.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::request::{Bearer, Fields, MaybeBearer, Origin};
use super::{Refusal, Shared};
use crate::accounts::{NewAccount, SessionShown, SignedIn};

type Made = (StatusCode, Json<Value>);

/// `POST /v1/guests`. With the token of an earlier guest the new one is on the same device.
pub(super) async fn guest(
    State(shared): State<Shared>,
    Origin(origin): Origin,
    earlier: Result<MaybeBearer, Refusal>,
    body: Body,
) -> Result<Made, Refusal> {
    shared.accounts.admit_guest(origin.address)?;
    let name = Fields::read(body).await?.text("name")?;
    // A token that is over is no reason to keep somebody out.
    let device = earlier.ok().and_then(|MaybeBearer(signed)| signed?.caller.device);
    let guest = match device {
        Some(device) => shared.accounts.guest_on(&name, &device)?,
        None => shared.accounts.guest(&name)?,
    };
    Ok((StatusCode::CREATED, Json(json!({"userId": guest.user_id, "token": guest.token}))))
}

/// `POST /v1/accounts`. With a guest's token the guest becomes the user.
pub(super) async fn sign_up(
    State(shared): State<Shared>,
    Origin(origin): Origin,
    MaybeBearer(signed): MaybeBearer,
    body: Body,
) -> Result<Made, Refusal> {
    let mut fields = Fields::read(body).await?;
    let caller = signed.map(|signed| signed.caller);
    let name = fields.maybe_text("name")?.or_else(|| caller.as_ref().map(|guest| guest.name.clone()));
    let name = name.ok_or_else(|| crate::accounts::AccountError::bad("name", "it is missing"))?;
    let new = NewAccount { email: fields.text("email")?, password: fields.text("password")?, name };
    let signed_in = shared.accounts.sign_up(new, caller.as_ref(), &origin).await?;
    Ok((StatusCode::CREATED, Json(tokens(&signed_in))))
}

/// `POST /v1/sessions`.
pub(super) async fn log_in(State(shared): State<Shared>, Origin(origin): Origin, body: Body) -> Result<Made, Refusal> {
    let mut fields = Fields::read(body).await?;
    let (email, password) = (fields.text("email")?, fields.text("password")?);
    let signed_in = shared.accounts.log_in(&email, &password, &origin).await?;
    Ok((StatusCode::CREATED, Json(tokens(&signed_in))))
}

/// `POST /v1/sessions/refresh`.
pub(super) async fn refresh(State(shared): State<Shared>, Origin(origin): Origin, body: Body) -> Result<Json<Value>, Refusal> {
    let token = Fields::read(body).await?.text("refreshToken")?;
    Ok(Json(tokens(&shared.accounts.refresh(&token, &origin).await?)))
}

/// `GET /v1/sessions`.
pub(super) async fn sessions(State(shared): State<Shared>, Bearer(signed): Bearer) -> Result<Json<Value>, Refusal> {
    let sessions = shared.accounts.sessions(&signed).await?;
    Ok(Json(json!({"sessions": sessions.into_iter().map(session).collect::<Vec<_>>()})))
}

/// `DELETE /v1/sessions/{session}`, or `/current`.
pub(super) async fn log_out(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
    Path(session): Path<String>,
) -> Result<StatusCode, Refusal> {
    let session = Some(session.as_str()).filter(|session| *session != "current");
    shared.accounts.log_out(&signed, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/sessions`.
pub(super) async fn log_out_everywhere(State(shared): State<Shared>, Bearer(signed): Bearer) -> Result<StatusCode, Refusal> {
    shared.accounts.log_out_everywhere(&signed).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn tokens(signed_in: &SignedIn) -> Value {
    let SignedIn { user_id, access_token, refresh_token, expires_in } = signed_in;
    json!({"userId": user_id, "accessToken": access_token, "refreshToken": refresh_token, "expiresIn": expires_in})
}

fn session(session: SessionShown) -> Value {
    let SessionShown { id, created_at, used_at, expires_at, agent, current } = session;
    json!({"id": id, "createdAt": created_at, "usedAt": used_at, "expiresAt": expires_at, "agent": agent, "current": current})
}
