//! `/v1/guests`, `/v1/accounts` and `/v1/sessions`: the ways in and out.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::BODY;
use super::wire::{Guest, GuestBody, LogInBody, RefreshBody, Session, Sessions, SignUpBody, SignedIn};
use crate::access::{Caller, ClientAddress, EarlierToken, MaybeUser, Public, User};
use crate::accounts::{AccountError, NewAccount};
use crate::app::AppState;
use crate::http::{ApiError, json_body};

type Created<T> = Result<(StatusCode, Json<T>), ApiError>;

/// `POST /v1/guests`. With the token of an earlier guest the new one is on the same device.
pub(super) async fn guest(
    Caller(earlier): Caller<EarlierToken>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Created<Guest> {
    state.accounts.admit_guest(origin.address)?;
    let GuestBody { name } = json_body::read(body, BODY).await?;
    let device = earlier.and_then(|signed| signed.caller.device);
    let guest = match device {
        Some(device) => state.accounts.guest_on(&name, &device)?,
        None => state.accounts.guest(&name)?,
    };
    Ok((StatusCode::CREATED, Json(Guest { user_id: guest.user_id, token: guest.token })))
}

/// `POST /v1/accounts`. With a guest's token the guest becomes the user.
pub(super) async fn sign_up(
    Caller(signed): Caller<MaybeUser>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Created<SignedIn> {
    let SignUpBody { email, password, name } = json_body::read(body, BODY).await?;
    let caller = signed.map(|signed| signed.caller);
    let name = name.or_else(|| caller.as_ref().map(|guest| guest.name.clone()));
    let name = name.ok_or_else(|| AccountError::bad("name", "it is missing"))?;
    let signed_in = state.accounts.sign_up(NewAccount { email, password, name }, caller.as_ref(), &origin).await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// `POST /v1/sessions`.
pub(super) async fn log_in(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Created<SignedIn> {
    let LogInBody { email, password } = json_body::read(body, BODY).await?;
    let signed_in = state.accounts.log_in(&email, &password, &origin).await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// `POST /v1/sessions/refresh`.
pub(super) async fn refresh(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Json<SignedIn>, ApiError> {
    let RefreshBody { refresh_token } = json_body::read(body, BODY).await?;
    Ok(Json(state.accounts.refresh(&refresh_token, &origin).await?.into()))
}

/// `GET /v1/sessions`.
pub(super) async fn sessions(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<Json<Sessions>, ApiError> {
    let sessions = state.accounts.sessions(&signed).await?;
    Ok(Json(Sessions { sessions: sessions.into_iter().map(Session::from).collect() }))
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
