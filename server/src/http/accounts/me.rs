//! `/v1/me`: one's own account.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::BODY;
use super::wire::{ChangeBody, EraseBody, Erasing, Export, Me, PasswordBody};
use crate::access::{Caller, ClientAddress, User};
use crate::accounts::{Changes, Erased};
use crate::app::AppState;
use crate::http::{ApiError, json_body};

/// `GET /v1/me`.
pub(super) async fn read(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<Json<Me>, ApiError> {
    Ok(Json(state.accounts.me(&signed.caller).await?.into()))
}

/// `PATCH /v1/me`.
pub(super) async fn change(Caller(signed): Caller<User>, State(state): State<AppState>, body: Body) -> Result<Json<Me>, ApiError> {
    let ChangeBody { name, avatar, privacy } = json_body::read(body, BODY).await?;
    let changes = Changes { name, avatar, privacy: privacy.unwrap_or_default().into() };
    Ok(Json(state.accounts.change(&signed.caller, &changes).await?.into()))
}

/// `PUT /v1/me/password`.
pub(super) async fn change_password(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let PasswordBody { password, new_password } = json_body::read(body, BODY).await?;
    state.accounts.change_password(&signed, &password, &new_password, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/export`.
pub(super) async fn export(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
) -> Result<([(HeaderName, &'static str); 1], Json<Export>), ApiError> {
    let all = state.accounts.export(&signed.caller).await?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")], Json(Export(all))))
}

/// `DELETE /v1/me`: 204 when nothing is left, 202 when a part will go later.
pub(super) async fn erase(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Response, ApiError> {
    let EraseBody { password } = json_body::read(body, BODY).await?;
    match state.accounts.erase(&signed.caller, password.as_deref(), &origin).await? {
        Erased::Done => Ok(StatusCode::NO_CONTENT.into_response()),
        Erased::UnderWay => Ok((StatusCode::ACCEPTED, Json(Erasing { state: "underWay" })).into_response()),
    }
}
