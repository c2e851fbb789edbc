//! Changing a room: making it, ops of scripts, closing it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::{json_body, link};
use crate::accounts::Caller;
use crate::http::accounts::request::Bearer;
use crate::http::{Failure, Shared};
use crate::rooms::{Code, Refusal, random_id, rest};

/// Metres around a venue that belong to it.
const RADIUS: u32 = 100;

pub(super) async fn create(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let (body, _) = json_body(body).await?;
    made(&shared, &signed.caller, &headers, &body, None).await
}

async fn made(
    shared: &Shared,
    caller: &Caller,
    headers: &HeaderMap,
    body: &Value,
    venue: Option<String>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let made = shared.rooms.create(caller, body, venue).await?;
    let link = link(shared, headers, &made.code);
    let screen = shared.accounts.screen_token(&made.id).map_err(|error| {
        tracing::error!(%error, "a screen cannot be given a token");
        Failure::internal()
    })?;
    let answer = json!({"id": made.id, "code": made.code, "link": link, "rev": 1, "screenToken": screen});
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Makes the room of a venue: it has its place from the index of venues, and runs until it is closed. One at a time.
pub(super) async fn of_venue(
    State(shared): State<Shared>,
    Path(venue): Path<String>,
    Bearer(signed): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    shared.needs_owner(&headers, &venue).await?;
    let (mut body, _) = json_body(body).await?;
    let key = venue.clone();
    let known = shared.work(move |engine| Ok(engine.index("venues")?.get(&key)?)).await?;
    let known = known.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("there is no venue `{venue}`")))?;
    if shared.rooms.of_venue(&venue).await?.is_some() {
        return Err(Refusal::new(Code::Conflict, "this venue has an open room").into());
    }
    let fields = body.as_object_mut().ok_or_else(|| Refusal::bad("the body must be an object"))?;
    let name = known.get("name").and_then(Value::as_str).unwrap_or("Venue").chars().take(40).collect::<String>();
    fields.entry("name").or_insert_with(|| json!(name));
    if let Some([lon, lat]) = known.get("location").and_then(|at| at["coordinates"].as_array()).map(Vec::as_slice) {
        fields.entry("venue").or_insert_with(|| json!({"lat": lat, "lon": lon, "radiusM": RADIUS}));
    }
    made(&shared, &signed.caller, &headers, &body, Some(venue)).await
}

/// `PATCH {name?, settings?}`.
pub(super) async fn settings(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Bearer(signed): Bearer,
    body: Body,
) -> Result<Json<Value>, Failure> {
    run(&shared, &signed.caller, &id, "room:settings", body).await.map(|answer| Json(Value::Object(answer)))
}

pub(super) async fn close(State(shared): State<Shared>, Path(id): Path<String>, Bearer(signed): Bearer) -> Result<StatusCode, Failure> {
    run(&shared, &signed.caller, &id, "room:close", Body::empty()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn code(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Bearer(signed): Bearer,
    headers: HeaderMap,
) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let room = shared.rooms.find(&id).await?;
    room.needs_host(&caller)?;
    let code = shared.rooms.renew_code(&room).await?;
    Ok(Json(json!({"code": code, "link": link(&shared, &headers, &code)})))
}

/// Makes the caller a member. `room:join` without a device.
pub(super) async fn join(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Bearer(signed): Bearer,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let (body, _) = with_op(body).await?;
    Ok(Json(Value::Object(rest::join(&shared.rooms, &caller, &id, &body).await?)))
}

/// Any op of the contract by its name, such as `song:add`.
pub(super) async fn command(
    State(shared): State<Shared>,
    Path((id, name)): Path<(String, String)>,
    Bearer(signed): Bearer,
    body: Body,
) -> Result<Json<Value>, Failure> {
    run(&shared, &signed.caller, &id, &name, body).await.map(|answer| Json(Value::Object(answer)))
}

async fn run(shared: &Shared, caller: &Caller, id: &str, name: &str, body: Body) -> Result<Map<String, Value>, Failure> {
    let (body, size) = with_op(body).await?;
    Ok(rest::command(&shared.rooms, caller, id, name, &body, size).await?)
}

/// The body; a script that does not care to repeat itself need not give an `op`.
async fn with_op(body: Body) -> Result<(Value, usize), Failure> {
    let (mut body, size) = json_body(body).await?;
    match body.as_object_mut() {
        Some(fields) => {
            fields.entry("op").or_insert_with(|| json!(random_id::<String>()));
            Ok((body, size))
        }
        None => Err(Refusal::bad("the body must be an object").into()),
    }
}
