//! Synonym maps: rules in Solr's format that fields name and searches apply.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_engine::index::StoredSynonymMap;
use tutti_engine::{Engine, Error};
use tutti_index_schema::is_index_name;

use super::body::{self, Members};
use super::call::Call;
use super::{Answer, failure, wire};
use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::preconditions;

fn shown(map: &StoredSynonymMap) -> Value {
    json!({"name": map.name, "format": "solr", "synonyms": map.text})
}

pub(super) fn list(engine: &Engine, call: &Call) -> Result<Answer, ApiError> {
    let mut all = Vec::new();
    for name in engine.synonym_map_names()? {
        match engine.synonym_map(&name) {
            Ok(map) => {
                let mut body = shown(&map);
                body["@odata.etag"] = preconditions::etag(map.etag()).into();
                all.push(body);
            }
            // Removed since the names were read.
            Err(Error::NoSuchSynonymMap(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Answer::ok(wire::list(all, call.parameters.get("$select"))))
}

pub(super) fn get(engine: &Engine, name: &str) -> Result<Answer, ApiError> {
    match find(engine, name)? {
        Some(map) => Ok(Answer::ok(shown(&map)).tagged(map.etag())),
        None => Err(failure::not_found("synonym map", name)),
    }
}

pub(super) async fn create(state: &AppState, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            let (name, rules) = read(&call, None)?;
            if find(engine, &name)?.is_some() {
                let message = format!("a synonym map '{name}' exists already");
                return Err(failure::new(StatusCode::CONFLICT, "ResourceNameAlreadyInUse", message));
            }
            store(engine, &name, &rules, StatusCode::CREATED)
        })
        .await
}

pub(super) async fn put(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            let (name, rules) = read(&call, Some(&name))?;
            let known = find(engine, &name)?;
            call.check_conditions(known.as_ref().map(|map| map.etag()))?;
            store(engine, &name, &rules, if known.is_some() { StatusCode::OK } else { StatusCode::CREATED })
        })
        .await
}

pub(super) async fn delete(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            call.check_conditions(find(engine, &name)?.map(|map| map.etag()))?;
            engine.delete_synonym_map(&name)?;
            Ok(Answer::nothing())
        })
        .await
}

fn find(engine: &Engine, name: &str) -> Result<Option<std::sync::Arc<StoredSynonymMap>>, ApiError> {
    match engine.synonym_map(name) {
        Ok(map) => Ok(Some(map)),
        Err(Error::NoSuchSynonymMap(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn store(engine: &Engine, name: &str, rules: &str, status: StatusCode) -> Result<Answer, ApiError> {
    let map = engine.put_synonym_map(name, rules)?;
    Ok(Answer::json(status, shown(&map)).tagged(map.etag()))
}

/// Name and rules in the body.
fn read(call: &Call, path: Option<&str>) -> Result<(String, String), ApiError> {
    let object = body::object(&call.body)?;
    let members = Members(&object);
    members.allow(&["name", "format", "synonyms", "encryptionKey"])?;
    if members.get("encryptionKey").is_some() {
        return Err(failure::not_supported("customer-managed keys are a cloud service: leave 'encryptionKey' out"));
    }
    if let Some(format) = members.text("format")?.filter(|format| *format != "solr") {
        return Err(failure::bad(format!("the format '{format}' is not known; use solr")));
    }
    let name = match (members.text("name")?, path) {
        (Some(name), Some(path)) if name != path => {
            return Err(failure::bad(format!("the synonym map in the path is '{path}' and in the body '{name}'")));
        }
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => return Err(failure::bad("the property 'name' is missing")),
    };
    if !is_index_name(&name) {
        let message = format!("'{name}' cannot name a synonym map: use 2 to 128 lower-case letters, digits, '-' or '_'");
        return Err(failure::new(StatusCode::BAD_REQUEST, "InvalidName", message));
    }
    // The wire has one text; a list of rules means the same.
    let rules = match members.get("synonyms") {
        Some(Value::Array(_)) => members.texts("synonyms")?.join("\n"),
        _ => members.required_text("synonyms")?.to_owned(),
    };
    Ok((name, rules))
}
