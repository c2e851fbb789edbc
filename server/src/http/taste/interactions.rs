//! `POST /v1/interactions`: what people do, durable when answered. `PUT /v1/taste/consents/{user}`: who may be counted.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;
use tutti_engine::taste::interactions::{Interaction, Kind};
use utoipa::ToSchema;

use super::body;
use super::wire::{Consent, InteractionsTaken};
use crate::access::{AdminKey, Caller};
use crate::app::AppState;
use crate::http::{ApiError, json_body};

/// Bytes of an id.
const ID: usize = 1024;

/// Whether a user may be counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentBody {
    nearby: bool,
}

/// One interaction, a list of them, or `{"value": [...]}`.
#[derive(ToSchema)]
#[schema(value_type = Vec<InteractionBody>)]
#[expect(dead_code, reason = "a batch is read one by one, so that each mistake has its place; this is its shape for the description")]
pub(super) struct InteractionBatch(Vec<InteractionBody>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Batch {
    Many(Vec<Value>),
    Value { value: Vec<Value> },
    One(Value),
}

/// Something a user did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InteractionBody {
    user: String,
    item: String,
    /// `listen`, `like`, `dislike`, `skip`, and others; a wrong one is answered with the list.
    kind: String,
    /// Seconds since 1970, or a time like `2026-11-25T20:30:00Z`; now unless given.
    #[schema(value_type = Option<serde_json::Value>)]
    at: Option<Value>,
    /// How often; 1 unless given.
    times: Option<f32>,
    /// Where.
    venue: Option<String>,
}

pub(super) async fn append(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    body: Body,
) -> Result<Json<InteractionsTaken>, ApiError> {
    let batch: Batch = json_body::read_needed(body, state.max_body).await?;
    let list = match batch {
        Batch::Many(list) | Batch::Value { value: list } => list,
        Batch::One(one) => vec![one],
    };
    if list.len() > 10 * body::MOST {
        return Err(ApiError::bad(format!("a batch has at most {} interactions", 10 * body::MOST)));
    }
    let time = state.tastes.now();
    let read = |(at, value): (usize, Value)| interaction(value, time).map_err(|what| ApiError::bad(format!("/{at}: {what}")));
    let batch: Vec<Interaction> = list.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    state
        .on_taste(move |tastes, _| {
            let sequence = tastes.taste.history().append(&batch)?;
            Ok(Json(InteractionsTaken { appended: batch.len(), sequence }))
        })
        .await
}

fn interaction(value: Value, now: i64) -> Result<Interaction, String> {
    let one: InteractionBody = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let known = || Kind::ALL.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    let kind = Kind::named(&one.kind).ok_or_else(|| format!("`{}` is no kind of interaction: there are {}", one.kind, known()))?;
    for id in [Some(&one.user), Some(&one.item), one.venue.as_ref()].into_iter().flatten() {
        if id.is_empty() || id.len() > ID {
            return Err(format!("an id has 1 to {ID} bytes"));
        }
    }
    let at = match one.at {
        None => now,
        Some(Value::Number(number)) => number.as_i64().ok_or("`at` is in whole seconds since 1970")?,
        Some(Value::String(text)) => time::OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc3339)
            .map_err(|_| format!("`at`: `{text}` is no time like 2026-11-25T20:30:00Z"))?
            .unix_timestamp(),
        Some(_) => return Err("`at` is seconds since 1970, or a time like 2026-11-25T20:30:00Z".to_owned()),
    };
    let times = one.times.unwrap_or(1.0);
    if !times.is_finite() || times <= 0.0 {
        return Err("`times` is a number above 0".to_owned());
    }
    Ok(Interaction { user: one.user, item: one.item, kind, at, times, venue: one.venue })
}

pub(super) async fn consent(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path(user): Path<String>,
    body: Body,
) -> Result<Json<Consent>, ApiError> {
    let consent: ConsentBody = json_body::read_needed(body, state.max_body).await?;
    state
        .on_taste(move |tastes, _| {
            tastes.taste.set_consent(&user, consent.nearby)?;
            Ok(Json(Consent { user, nearby: consent.nearby }))
        })
        .await
}
