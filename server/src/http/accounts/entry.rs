//! `/v1/guests`, `/v1/accounts` and `/v1/sessions`: the ways in and out.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::request::Fields;
use crate::access::{Caller, ClientAddress, EarlierToken, MaybeUser, Public, User};
use crate::accounts::{NewAccount, SessionShown, SignedIn};
use crate::app::AppState;
use crate::http::ApiError;

type Made = (StatusCode, Json<Value>);

/// `POST /v1/guests`. With the token of an earlier guest the new one is on the same device.
pub(super) async fn guest(
    Caller(earlier): Caller<EarlierToken>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Made, ApiError> {
    state.accounts.admit_guest(origin.address)?;
    let name = Fields::read(body).await?.text("name")?;
    let device = earlier.and_then(|signed| signed.caller.device);
    let guest = match device {
        Some(device) => state.accounts.guest_on(&name, &device)?,
        None => state.accounts.guest(&name)?,
    };
    Ok((StatusCode::CREATED, Json(json!({"userId": guest.user_id, "token": guest.token}))))
}

/// `POST /v1/accounts`. With a guest's token the guest becomes the user.
pub(super) async fn sign_up(
    Caller(signed): Caller<MaybeUser>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Made, ApiError> {
    let mut fields = Fields::read(body).await?;
    let caller = signed.map(|signed| signed.caller);
    let name = fields.maybe_text("name")?.or_else(|| caller.as_ref().map(|guest| guest.name.clone()));
    let name = name.ok_or_else(|| crate::accounts::AccountError::bad("name", "it is missing"))?;
    let new = NewAccount { email: fields.text("email")?, password: fields.text("password")?, name };
    let signed_in = state.accounts.sign_up(new, caller.as_ref(), &origin).await?;
    Ok((StatusCode::CREATED, Json(tokens(&signed_in))))
}

/// `POST /v1/sessions`.
pub(super) async fn log_in(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Made, ApiError> {
    let mut fields = Fields::read(body).await?;
    let (email, password) = (fields.text("email")?, fields.text("password")?);
    let signed_in = state.accounts.log_in(&email, &password, &origin).await?;
    Ok((StatusCode::CREATED, Json(tokens(&signed_in))))
}

/// `POST /v1/sessions/refresh`.
pub(super) async fn refresh(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Json<Value>, ApiError> {
    let token = Fields::read(body).await?.text("refreshToken")?;
    Ok(Json(tokens(&state.accounts.refresh(&token, &origin).await?)))
}

/// `GET /v1/sessions`.
pub(super) async fn sessions(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    let sessions = state.accounts.sessions(&signed).await?;
    Ok(Json(json!({"sessions": sessions.into_iter().map(session).collect::<Vec<_>>()})))
}

/// `DELETE /v1/sessions/{session}`, or `/current`.
pub(super) async fn log_out(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(session): Path<String>,
) -> Result<StatusCode, ApiError> {
    let session = Some(session.as_str()).filter(|session| *session != "current");
    state.accounts.log_out(&signed, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/sessions`.
pub(super) async fn log_out_everywhere(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    state.accounts.log_out_everywhere(&signed).await?;
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
