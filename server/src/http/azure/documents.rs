//! Documents by key: batches of actions, look-up, count.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_engine::index::{Action, ActionKind, Done, Outcome, Refusal};
use tutti_engine::{Engine, Index};
use tutti_index_schema::{DocumentError, DocumentErrorKind};

use super::body::{self, Members};
use super::call::Call;
use super::indexes::missing;
use super::{Answer, failure, wire};
use crate::http::error::ApiError;

/// Actions of one batch.
const MAX_ACTIONS: usize = 1000;

pub(super) fn write(engine: &Engine, name: &str, call: &Call) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    let mut object = body::object(&call.body)?;
    Members(&object).allow(&["value"])?;
    let Some(Value::Array(list)) = object.remove("value") else {
        return Err(invalid("the property 'value' must be a list of documents"));
    };
    if list.is_empty() || list.len() > MAX_ACTIONS {
        return Err(invalid(&format!("the batch has {} actions; send 1 to {MAX_ACTIONS}", list.len())));
    }
    let mut actions = list.into_iter().enumerate().map(|(at, item)| action(at, item)).collect::<Result<Vec<_>, _>>()?;
    // As the service does: its own quickstarts send `"false"` for a boolean.
    actions.iter_mut().for_each(|action| index.read_text_values(&mut action.document));
    let too_large = check(&index, &actions)?;
    let outcomes = if too_large.iter().all(Option::is_none) { index.write(&actions)? } else { write_others(&index, actions, too_large)? };
    let all_done = outcomes.iter().all(|outcome| outcome.result.is_ok());
    let status = if all_done { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    Ok(Answer::json(status, json!({ "value": outcomes.iter().map(shown).collect::<Vec<_>>() })))
}

fn invalid(what: &str) -> ApiError {
    failure::bad(format!("The request is invalid. Details: actions : {what}."))
}

fn action(at: usize, item: Value) -> Result<Action, ApiError> {
    let wrong = |what: String| failure::bad(format!("The request is invalid. Details: actions : {at}: {what}"));
    let Value::Object(mut document) = item else { return Err(wrong("a document is a JSON object".to_owned())) };
    let kind = match document.shift_remove("@search.action") {
        None | Some(Value::Null) => ActionKind::Upload,
        Some(Value::String(name)) => match name.as_str() {
            "upload" => ActionKind::Upload,
            "merge" => ActionKind::Merge,
            "mergeOrUpload" => ActionKind::MergeOrUpload,
            "delete" => ActionKind::Delete,
            _ => return Err(wrong(format!("the action '{name}' is none of upload, merge, mergeOrUpload, delete"))),
        },
        Some(other) => return Err(wrong(format!("the action {other} must be a string"))),
    };
    document.retain(|name, _| !name.starts_with("@odata."));
    Ok(Action { kind, document })
}

/// Refuses the whole batch for a mistake in any document, but for values that are only too large: those fail alone, with
/// the message returned here.
fn check(index: &Index, actions: &[Action]) -> Result<Vec<Option<String>>, ApiError> {
    let mut alone = Vec::with_capacity(actions.len());
    for (at, action) in actions.iter().enumerate() {
        let mistakes = index.validation_errors(action);
        let large = |mistake: &DocumentError| matches!(mistake.kind, DocumentErrorKind::TermTooLarge | DocumentErrorKind::TooManyElements);
        if let Some(mistake) = mistakes.iter().find(|mistake| !large(mistake)) {
            let what = match mistake.kind {
                DocumentErrorKind::Key if mistake.what.starts_with("the key") && !mistake.what.contains("characters") => {
                    format!("Document key cannot be missing or empty. ({mistake})")
                }
                _ => mistake.to_string(),
            };
            return Err(failure::bad(format!("The request is invalid. Details: actions : {at}: {what}")));
        }
        alone.push(mistakes.first().map(|mistake| match mistake.kind {
            DocumentErrorKind::TermTooLarge => {
                let field = mistake.pointer.trim_start_matches('/');
                format!("Field '{field}' contains a term that is too large to process. {}; {}", mistake.what, mistake.remedy)
            }
            _ => mistake.to_string(),
        }));
    }
    Ok(alone)
}

/// Carries out the actions that may be, in order, and puts the refusals of the others in between.
fn write_others(index: &Index, actions: Vec<Action>, refused: Vec<Option<String>>) -> Result<Vec<Outcome>, ApiError> {
    let key_name = index.definition().key_field().map(|field| field.name.clone()).unwrap_or_default();
    let mut kept = Vec::new();
    let mut places = Vec::new();
    for (action, refusal) in actions.into_iter().zip(refused) {
        match refusal {
            None => {
                places.push(None);
                kept.push(action);
            }
            Some(reason) => {
                let key = action.document.get(&key_name).and_then(Value::as_str).unwrap_or_default().to_owned();
                places.push(Some(Outcome { key, result: Err(Refusal::Invalid(reason)) }));
            }
        }
    }
    let mut written = index.write(&kept)?.into_iter();
    Ok(places.into_iter().filter_map(|refused| refused.or_else(|| written.next())).collect())
}

fn shown(outcome: &Outcome) -> Value {
    let (status, message) = match &outcome.result {
        Ok(Done::Created) => (201, None),
        Ok(Done::Updated | Done::Deleted) => (200, None),
        Err(Refusal::NotFound(_)) => (404, Some("Document not found.".to_owned())),
        Err(Refusal::Invalid(reason)) => (400, Some(reason.clone())),
    };
    json!({"key": outcome.key, "status": message.is_none(), "errorMessage": message, "statusCode": status})
}

pub(super) fn look_up(engine: &Engine, name: &str, key: &str, call: &Call) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    let definition = index.definition();
    let selected = select(&index, call.parameters.get("$select"))?;
    match index.get(key)? {
        Some(document) => Ok(Answer::ok(Value::Object(wire::document(&definition, &document, selected.as_deref())))),
        None => Err(failure::new(StatusCode::NOT_FOUND, "ResourceNotFound", format!("no document with the key '{key}' was found"))),
    }
}

/// The selected paths; `None` is all. Unknown and hidden fields are refused.
pub(super) fn select(index: &Index, text: Option<&str>) -> Result<Option<Vec<String>>, ApiError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let paths: Vec<String> = text.split(',').map(|path| path.trim().to_owned()).collect();
    if paths.iter().any(|path| path == "*") {
        return Ok(None);
    }
    let definition = index.definition();
    for path in &paths {
        if definition.field(path).is_none_or(|field| !field.retrievable) {
            return Err(failure::bad(format!(
                "Invalid expression: Could not find a property named '{path}' on type 'search.document'.\r\nParameter name: $select"
            )));
        }
    }
    Ok(Some(paths))
}

pub(super) fn count(engine: &Engine, name: &str) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    // What was acknowledged counts, visible to searches or not.
    if index.is_writable() {
        index.refresh()?;
    }
    Ok(Answer::text(index.count().to_string()))
}
