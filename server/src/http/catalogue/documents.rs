//! `POST /v1/{index}/documents` and `GET /v1/{index}/documents/{key}`: single documents, durable when answered.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use serde_json::{Map, Value};
use tutti_engine::index::{Done, Refusal};
use tutti_engine::{Action, ActionKind};

use super::wire::{OutcomeAnswer, Outcomes};
use crate::access::{AdminKey, Caller, Public};
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::parameters::Parameters;
use crate::http::{ApiError, body_limits};

/// Actions of one batch.
const MAX_ACTIONS: usize = 1000;

/// Takes `{"value":[{"@search.action":"upload", ...}]}`, as Azure's SDKs send it, or one document or a list of documents
/// to upload. Answers 200 when every action was done, 207 when some were not.
pub(super) async fn write(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
    body: Body,
) -> Result<(StatusCode, Json<Outcomes>), ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["refresh"], &[])?;
    let refresh = parameters.flag("refresh", false)?;
    let body = body_limits::read(body, state.max_body).await?;
    state
        .on_engine(move |engine| {
            let index = engine.index(&index)?;
            let outcomes = index.write(&actions(&body)?)?;
            if refresh {
                index.refresh()?;
            }
            let mut all_done = true;
            let value = outcomes
                .into_iter()
                .map(|outcome| {
                    let (status, message) = match &outcome.result {
                        Ok(Done::Created) => (201, None),
                        Ok(Done::Updated | Done::Deleted) => (200, None),
                        Err(Refusal::NotFound(_)) => (404, outcome.result.as_ref().err().map(ToString::to_string)),
                        Err(Refusal::Invalid(_)) => (400, outcome.result.as_ref().err().map(ToString::to_string)),
                    };
                    all_done &= message.is_none();
                    OutcomeAnswer { key: outcome.key, status: message.is_none(), error_message: message, status_code: status }
                })
                .collect();
            let status = if all_done { StatusCode::OK } else { StatusCode::MULTI_STATUS };
            Ok((status, Json(Outcomes { value })))
        })
        .await
}

pub(super) async fn read(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path((index, key)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    state
        .on_engine(move |engine| match engine.index(&index)?.get(&key)? {
            Some(document) => Ok(Json(Value::Object(document))),
            None => Err(ApiError::new(ErrorCode::DocumentNotFound, format!("index `{index}` has no document with key `{key}`"))),
        })
        .await
}

fn actions(body: &[u8]) -> Result<Vec<Action>, ApiError> {
    let bad = |message: String| ApiError::bad(message);
    let parsed: Value = serde_json::from_slice(body).map_err(|error| bad(format!("the body is not JSON: {error}")))?;
    let list = match parsed {
        Value::Object(mut object) => match object.remove("value") {
            Some(Value::Array(list)) if object.is_empty() => list,
            Some(value) => {
                object.insert("value".to_owned(), value);
                vec![Value::Object(object)]
            }
            None => vec![Value::Object(object)],
        },
        Value::Array(list) => list,
        _ => return Err(bad("the body must be a document, a list of documents, or {\"value\": [...]}".to_owned())),
    };
    if list.len() > MAX_ACTIONS {
        return Err(bad(format!("the batch has {} actions; at most {MAX_ACTIONS} are allowed", list.len())));
    }
    list.into_iter().enumerate().map(|(i, item)| action(i, item).map_err(bad)).collect()
}

fn action(position: usize, item: Value) -> Result<Action, String> {
    let Value::Object(mut document): Value = item else { return Err(format!("/value/{position}: a document is a JSON object")) };
    let kind = match document.shift_remove("@search.action") {
        None => ActionKind::Upload,
        Some(Value::String(name)) => match name.as_str() {
            "upload" => ActionKind::Upload,
            "merge" => ActionKind::Merge,
            "mergeOrUpload" => ActionKind::MergeOrUpload,
            "delete" => ActionKind::Delete,
            _ => return Err(format!("/value/{position}/@search.action: `{name}` is none of upload, merge, mergeOrUpload, delete")),
        },
        Some(_) => return Err(format!("/value/{position}/@search.action: must be a string")),
    };
    Ok(Action { kind, document: document as Map<String, Value> })
}
