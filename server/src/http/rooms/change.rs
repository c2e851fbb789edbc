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
use crate::rooms::{Refusal, fresh_id};

pub(super) async fn create(
    State(shared): State<Shared>,
    Bearer(signed): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let caller = signed.caller;
    let (body, _) = json_body(body).await?;
    let made = shared.rooms.create(&caller, &body, None).await?;
    let link = link(&shared, &headers, &made.code);
    let screen = shared.accounts.screen_token(&made.id).map_err(|error| {
        tracing::error!(%error, "a screen cannot be given a token");
        Failure::internal()
    })?;
    let answer = json!({"id": made.id, "code": made.code, "link": link, "rev": 1, "screenToken": screen});
    Ok((StatusCode::CREATED, Json(answer)))
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
    let live = shared.rooms.find(&id).await?;
    live.needs_host(&caller)?;
    let code = shared.rooms.renew_code(&live).await?;
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
    Ok(Json(Value::Object(shared.rooms.enter(&caller, &id, &body).await?)))
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
    Ok(shared.rooms.command(caller, id, name, &body, size).await?)
}

/// The body; a script that does not care to repeat itself need not give an `op`.
async fn with_op(body: Body) -> Result<(Value, usize), Failure> {
    let (mut body, size) = json_body(body).await?;
    match body.as_object_mut() {
        Some(fields) => {
            fields.entry("op").or_insert_with(|| json!(fresh_id()));
            Ok((body, size))
        }
        None => Err(Refusal::bad("the body must be an object").into()),
    }
}
