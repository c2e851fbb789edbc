//! Aliases: other names of indexes in document operations.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_engine::Engine;
use tutti_engine::index::Alias;
use tutti_index_schema::is_index_name;

use super::body::{self, Members};
use super::call::Call;
use super::{Answer, failure, wire};
use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::preconditions;

fn shown(name: &str, alias: &Alias) -> Value {
    json!({"name": name, "indexes": [alias.index]})
}

pub(super) fn list(engine: &Engine, call: &Call) -> Result<Answer, ApiError> {
    let all = engine.aliases().all();
    let all = all.iter().map(|(name, alias)| {
        let mut body = shown(name, alias);
        body["@odata.etag"] = preconditions::etag(alias.revision).into();
        body
    });
    Ok(Answer::ok(wire::list(all.collect(), call.parameters.get("$select"))))
}

pub(super) fn get(engine: &Engine, name: &str) -> Result<Answer, ApiError> {
    let alias = engine.aliases().get(name).ok_or_else(|| failure::not_found("alias", name))?;
    Ok(Answer::ok(shown(name, &alias)).tagged(alias.revision))
}

pub(super) async fn create(state: &AppState, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            let (name, index) = read(engine, &call, None)?;
            if engine.aliases().get(&name).is_some() {
                return Err(failure::new(StatusCode::CONFLICT, "ResourceNameAlreadyInUse", format!("an alias '{name}' exists already")));
            }
            store(engine, &name, &index, StatusCode::CREATED)
        })
        .await
}

pub(super) async fn put(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            let (name, index) = read(engine, &call, Some(&name))?;
            let known = engine.aliases().get(&name);
            call.check_conditions(known.as_ref().map(|alias| alias.revision))?;
            store(engine, &name, &index, if known.is_some() { StatusCode::OK } else { StatusCode::CREATED })
        })
        .await
}

pub(super) async fn delete(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            call.check_conditions(engine.aliases().get(&name).map(|alias| alias.revision))?;
            engine.aliases().remove(&name)?;
            Ok(Answer::nothing())
        })
        .await
}

fn store(engine: &Engine, name: &str, index: &str, status: StatusCode) -> Result<Answer, ApiError> {
    let alias = engine.aliases().put(name, index)?;
    Ok(Answer::json(status, shown(name, &alias)).tagged(alias.revision))
}

/// The alias in the body: its name, which must be free, and its index, which must be there.
fn read(engine: &Engine, call: &Call, path: Option<&str>) -> Result<(String, String), ApiError> {
    let object = body::object(&call.body)?;
    let members = Members(&object);
    members.allow(&["name", "indexes"])?;
    let name = match (members.text("name")?, path) {
        (Some(name), Some(path)) if name != path => {
            return Err(failure::bad(format!("the alias in the path is '{path}' and in the body '{name}'")));
        }
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => return Err(failure::bad("the property 'name' is missing")),
    };
    if !is_index_name(&name) {
        let message = format!("'{name}' cannot name an alias: use 2 to 128 lower-case letters, digits, '-' or '_'");
        return Err(failure::new(StatusCode::BAD_REQUEST, "InvalidName", message));
    }
    let indexes = members.texts("indexes")?;
    let [index] = indexes.as_slice() else {
        return Err(failure::bad(format!("an alias stands for exactly one index, 'indexes' names {}", indexes.len())));
    };
    if engine.index(index).is_err() {
        return Err(failure::bad(format!("there is no index '{index}' for the alias to stand for")));
    }
    if engine.index(&name).is_ok() {
        return Err(failure::new(StatusCode::CONFLICT, "ResourceNameAlreadyInUse", format!("'{name}' is the name of an index")));
    }
    Ok((name, index.clone()))
}
