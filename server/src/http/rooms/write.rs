//! Changing rooms: making one, ops of scripts, closing.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::wire::{OpAnswer, RoomCode, RoomMade};
use super::{json_body, link};
use crate::access::{Caller, Host, OwnerAccount, User};
use crate::accounts::Identity;
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::ApiError;
use crate::rooms::{Code, Refusal, random_id, rest};

/// Metres around a venue that belong to it.
const RADIUS: u32 = 100;

pub(super) async fn create(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<RoomMade>), ApiError> {
    let (body, _) = json_body(body).await?;
    made(&state, &signed.caller, &headers, &body, None).await
}

async fn made(
    state: &AppState,
    caller: &Identity,
    headers: &HeaderMap,
    body: &Value,
    venue: Option<String>,
) -> Result<(StatusCode, Json<RoomMade>), ApiError> {
    let made = state.rooms.create(caller, body, venue).await?;
    let link = link(state, headers, &made.code);
    let screen = state.accounts.screen_token(&made.id).map_err(|error| {
        tracing::error!(%error, "a screen cannot be given a token");
        ApiError::internal()
    })?;
    let made = RoomMade { id: made.id.to_string(), code: made.code, link, rev: 1, screen_token: screen };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes the room of a venue: it has its place from the index of venues, and runs until it is closed. One at a time.
pub(super) async fn of_venue(
    Caller(owner): Caller<OwnerAccount>,
    State(state): State<AppState>,
    Path(venue): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<RoomMade>), ApiError> {
    let (mut body, _) = json_body(body).await?;
    let key = venue.clone();
    let known = state.on_engine(move |engine| Ok(engine.index("venues")?.get(&key)?)).await?;
    let known = known.ok_or_else(|| ApiError::new(ErrorCode::NotFound, format!("there is no venue `{venue}`")))?;
    if state.rooms.of_venue(&venue).await?.is_some() {
        return Err(Refusal::new(Code::Conflict, "this venue has an open room").into());
    }
    let fields = body.as_object_mut().ok_or_else(|| Refusal::bad("the body must be an object"))?;
    let name = known.get("name").and_then(Value::as_str).unwrap_or("Venue").chars().take(40).collect::<String>();
    fields.entry("name").or_insert_with(|| json!(name));
    if let Some([lon, lat]) = known.get("location").and_then(|at| at["coordinates"].as_array()).map(Vec::as_slice) {
        fields.entry("venue").or_insert_with(|| json!({"lat": lat, "lon": lon, "radiusM": RADIUS}));
    }
    made(&state, &owner, &headers, &body, Some(venue)).await
}

/// `PATCH {name?, settings?}`.
pub(super) async fn settings(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<OpAnswer>, ApiError> {
    run(&state, &signed.caller, &id, "room:settings", body).await.map(|answer| Json(OpAnswer(answer)))
}

pub(super) async fn close(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    run(&state, &signed.caller, &id, "room:close", Body::empty()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn code(
    Caller(here): Caller<Host>,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<RoomCode>, ApiError> {
    let code = state.rooms.renew_code(&here.room).await?;
    let link = link(&state, &headers, &code);
    Ok(Json(RoomCode { code, link }))
}

/// Makes the caller a member. `room:join` without a device.
pub(super) async fn join(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<OpAnswer>, ApiError> {
    let (body, _) = with_op(body).await?;
    Ok(Json(OpAnswer(rest::join(&state.rooms, &signed.caller, &id, &body).await?)))
}

/// Any op of the contract by its name, such as `song:add`.
pub(super) async fn command(
    Caller(signed): Caller<User>,
    State(state): State<AppState>,
    Path((id, name)): Path<(String, String)>,
    body: Body,
) -> Result<Json<OpAnswer>, ApiError> {
    run(&state, &signed.caller, &id, &name, body).await.map(|answer| Json(OpAnswer(answer)))
}

async fn run(state: &AppState, caller: &Identity, id: &str, name: &str, body: Body) -> Result<Map<String, Value>, ApiError> {
    let (body, size) = with_op(body).await?;
    Ok(rest::command(&state.rooms, caller, id, name, &body, size).await?)
}

/// The body; a script that does not care to repeat itself need not give an `op`.
async fn with_op(body: Body) -> Result<(Value, usize), ApiError> {
    let (mut body, size) = json_body(body).await?;
    match body.as_object_mut() {
        Some(fields) => {
            fields.entry("op").or_insert_with(|| json!(random_id::<String>()));
            Ok((body, size))
        }
        None => Err(Refusal::bad("the body must be an object").into()),
    }
}
