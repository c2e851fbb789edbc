//! `/v1/{index}/rules`: the curation rules of an index.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use tutti_engine::index::{Rule, RuleError, StoredRule};

use super::wire_rules::{RuleAnswer, RuleList};
use crate::access::{AdminKey, Caller};
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::{ApiError, body_limits, preconditions};

/// A rule with its ETag.
type Tagged = ([(HeaderName, HeaderValue); 1], Json<RuleAnswer>);

pub(super) async fn list(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path(index): Path<String>,
) -> Result<Json<RuleList>, ApiError> {
    state.on_engine(move |engine| Ok(Json(RuleList::new(&*engine.index(&index)?.rules()?)))).await
}

pub(super) async fn read(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path((index, name)): Path<(String, String)>,
) -> Result<Tagged, ApiError> {
    state
        .on_engine(move |engine| {
            let rules = engine.index(&index)?.rules()?;
            rules.get(&name).map(tagged).ok_or_else(|| missing(&index, &name))
        })
        .await
}

pub(super) async fn write(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path((index, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Tagged), ApiError> {
    let body = body_limits::read(body, state.max_body).await?;
    state
        .on_definitions(move |engine| {
            let index = engine.index(&index)?;
            let body: Value = serde_json::from_slice(&body).map_err(|error| ApiError::bad(format!("the body is not JSON: {error}")))?;
            let rule = Rule::read(&name, body).map_err(refused)?;
            let known = index.rules()?.get(&name).map(StoredRule::etag);
            check_conditions(&headers, known)?;
            let stored = index.put_rule(&name, rule).map_err(refused)?;
            Ok((if known.is_some() { StatusCode::OK } else { StatusCode::CREATED }, tagged(&stored)))
        })
        .await
}

pub(super) async fn delete(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    Path((index, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    state
        .on_definitions(move |engine| {
            let known = engine.index(&index)?;
            check_conditions(&headers, known.rules()?.get(&name).map(StoredRule::etag))?;
            if known.delete_rule(&name)? { Ok(StatusCode::NO_CONTENT) } else { Err(missing(&index, &name)) }
        })
        .await
}

fn tagged(stored: &StoredRule) -> Tagged {
    // Digits and quotes are a header's value.
    let etag = HeaderValue::from_str(&preconditions::etag(stored.etag())).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
    ([(header::ETAG, etag)], Json(RuleAnswer::from(stored)))
}

fn missing(index: &str, name: &str) -> ApiError {
    ApiError::new(ErrorCode::NotFound, format!("index `{index}` has no rule `{name}`"))
}

fn refused(error: RuleError) -> ApiError {
    match error {
        RuleError::Shape(message) => ApiError::bad(message),
        RuleError::Filter { place, text, error } => ApiError::from_query(&place, &text, &error),
        RuleError::Engine(error) => error.into(),
    }
}

/// Whether `If-Match` and `If-None-Match` allow a change of what now has this tag (`None`: is not there).
fn check_conditions(headers: &HeaderMap, tag: Option<u64>) -> Result<(), ApiError> {
    if preconditions::hold(headers, tag) { Ok(()) } else { Err(ApiError::new(ErrorCode::PreconditionFailed, preconditions::FAILED)) }
}
