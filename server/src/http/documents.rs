//! `POST /v1/{index}/documents` and `GET /v1/{index}/documents/{key}`: single documents, durable when answered.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use tutti_engine::index::{Done, Refusal};
use tutti_engine::{Action, ActionKind};

use super::Shared;
use super::error::Failure;
use super::intake;
use super::parameters::Parameters;

/// Actions of one batch.
const MAX_ACTIONS: usize = 1000;

/// Takes `{"value":[{"@search.action":"upload", ...}]}`, as Azure's SDKs send it, or one document or a list of documents
/// to upload. Answers 200 when every action was done, 207 when some were not.
pub(crate) async fn write(
    State(shared): State<Shared>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    shared.needs_admin(&headers)?;
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["refresh"], &[])?;
    let refresh = parameters.flag("refresh", false)?;
    let body = intake::read(body, shared.body).await?;
    shared
        .work(move |engine| {
            let index = engine.index(&index)?;
            let outcomes = index.write(&actions(&body)?)?;
            if refresh {
                index.refresh()?;
            }
            let mut all_done = true;
            let list: Vec<Value> = outcomes
                .into_iter()
                .map(|outcome| {
                    let (status, message) = match &outcome.result {
                        Ok(Done::Created) => (201, None),
                        Ok(Done::Updated | Done::Deleted) => (200, None),
                        Err(Refusal::NotFound(_)) => (404, outcome.result.as_ref().err().map(ToString::to_string)),
                        Err(Refusal::Invalid(_)) => (400, outcome.result.as_ref().err().map(ToString::to_string)),
                    };
                    all_done &= message.is_none();
                    json!({"key": outcome.key, "status": message.is_none(), "errorMessage": message, "statusCode": status})
                })
                .collect();
            let status = if all_done { StatusCode::OK } else { StatusCode::MULTI_STATUS };
            Ok((status, Json(json!({"value": list}))))
        })
        .await
}

pub(crate) async fn read(State(shared): State<Shared>, Path((index, key)): Path<(String, String)>) -> Result<Json<Value>, Failure> {
    shared
        .work(move |engine| match engine.index(&index)?.get(&key)? {
            Some(document) => Ok(Json(Value::Object(document))),
            None => {
                Err(Failure::new(StatusCode::NOT_FOUND, "DocumentNotFound", format!("index `{index}` has no document with key `{key}`")))
            }
        })
        .await
}

fn actions(body: &[u8]) -> Result<Vec<Action>, Failure> {
    let bad = |message: String| Failure::new(StatusCode::BAD_REQUEST, "InvalidBody", message);
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
