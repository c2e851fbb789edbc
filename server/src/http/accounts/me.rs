//! `/v1/me`: one's own account.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::request::{Bearer, Fields, Origin};
use super::{Refusal, Shared, people};
use crate::accounts::{Changes, Erased, Me, PrivacyChanges};

/// `GET /v1/me`.
pub(super) async fn read(State(shared): State<Shared>, Bearer(signed): Bearer) -> Result<Json<Value>, Refusal> {
    Ok(Json(shown(&shared.accounts.me(&signed.caller).await?)))
}

/// `PATCH /v1/me`.
pub(super) async fn change(State(shared): State<Shared>, Bearer(signed): Bearer, body: Body) -> Result<Json<Value>, Refusal> {
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
    Ok(Json(shown(&shared.accounts.change(&signed.caller, &changes).await?)))
}

/// `PUT /v1/me/password`.
pub(super) async fn change_password(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
    Origin(origin): Origin,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let mut fields = Fields::read(body).await?;
    let (old, new) = (fields.text("password")?, fields.text("newPassword")?);
    shared.accounts.change_password(&signed, &old, &new, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/export`.
pub(super) async fn export(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>), Refusal> {
    let all = shared.accounts.export(&signed.caller).await?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")], Json(all)))
}

/// `DELETE /v1/me`: 204 when nothing is left, 202 when a part will go later.
pub(super) async fn erase(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
    Origin(origin): Origin,
    body: Body,
) -> Result<Response, Refusal> {
    let password = Fields::read(body).await?.maybe_text("password")?;
    match shared.accounts.erase(&signed.caller, password.as_deref(), &origin).await? {
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
