//! `/v1/me`: one's own account.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::people;
use super::request::Fields;
use crate::access::{Caller, ClientAddress, User};
use crate::accounts::{Changes, Erased, Me, PrivacyChanges};
use crate::app::AppState;
use crate::http::ApiError;

/// `GET /v1/me`.
pub(super) async fn read(Caller(signed): Caller<User>, State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    Ok(Json(shown(&state.accounts.me(&signed.caller).await?)))
}

/// `PATCH /v1/me`.
pub(super) async fn change(Caller(signed): Caller<User>, State(state): State<AppState>, body: Body) -> Result<Json<Value>, ApiError> {
    let mut fields = Fields::read(body).await?;
    let mut privacy = fields.object("privacy")?;
    let changes = Changes {
        name: fields.maybe_text("name")?,
        avatar: fields.maybe_text("avatar")?,
        privacy: PrivacyChanges {
            discoverable: privacy.maybe_flag("discoverable")?,
            share_taste: privacy.maybe_flag("shareTaste")?,
            presence: privacy.maybe_flag("presence")?,
        },
    };
    Ok(Json(shown(&state.accounts.change(&signed.caller, &changes).await?)))
}

/// `PUT /v1/me/password`.
pub(super) async fn change_password(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let mut fields = Fields::read(body).await?;
    let (old, new) = (fields.text("password")?, fields.text("newPassword")?);
    state.accounts.change_password(&signed, &old, &new, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/export`.
pub(super) async fn export(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>), ApiError> {
    let all = state.accounts.export(&signed.caller).await?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")], Json(all)))
}

/// `DELETE /v1/me`: 204 when nothing is left, 202 when a part will go later.
pub(super) async fn erase(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    ClientAddress(origin): ClientAddress,
    body: Body,
) -> Result<Response, ApiError> {
    let password = Fields::read(body).await?.maybe_text("password")?;
    match state.accounts.erase(&signed.caller, password.as_deref(), &origin).await? {
        Erased::Done => Ok(StatusCode::NO_CONTENT.into_response()),
        Erased::UnderWay => Ok((StatusCode::ACCEPTED, Json(json!({"state": "underWay"}))).into_response()),
    }
}

fn shown(me: &Me) -> Value {
    let mut shown = people::shown(&me.profile);
    shown["role"] = json!(me.role);
    shown["email"] = json!(me.email);
    shown["createdAt"] = json!(me.created_at);
    let privacy = me.privacy;
    shown["privacy"] = json!({"discoverable": privacy.discoverable, "shareTaste": privacy.share_taste, "presence": privacy.presence});
    shown
}
