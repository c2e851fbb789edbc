//! Index definitions: made, listed, changed, removed; and what their analyzers do to a text.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_engine::index::{AnalyzeWith, Index};
use tutti_engine::{Engine, Error};
use tutti_index_schema::{Component, CustomAnalyzer, IndexDefinition};

use super::body::{self, Members};
use super::call::Call;
use super::{Answer, failure, wire};
use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::preconditions;

/// Characters of a text to analyze.
const MAX_ANALYZED: usize = 1 << 20;

pub(super) fn list(engine: &Engine, call: &Call) -> Result<Answer, ApiError> {
    let mut all = Vec::new();
    for name in engine.index_names()? {
        let index = match engine.index(&name) {
            Ok(index) => index,
            // Removed since the names were read.
            Err(Error::NoSuchIndex(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut body = index.definition().to_json();
        body["@odata.etag"] = preconditions::etag(index.revision()).into();
        all.push(body);
    }
    Ok(Answer::ok(wire::list(all, call.parameters.get("$select"))))
}

pub(super) fn get(engine: &Engine, name: &str) -> Result<Answer, ApiError> {
    let index = engine.index(name).map_err(missing(name))?;
    Ok(Answer::ok(index.definition().to_json()).tagged(index.revision()))
}

pub(super) async fn create(state: &AppState, call: Call) -> Result<Answer, ApiError> {
    let definition = definition(&call, None)?;
    state.on_definitions(move |engine| make(engine, &definition)).await
}

fn make(engine: &Engine, definition: &IndexDefinition) -> Result<Answer, ApiError> {
    if engine.aliases().get(&definition.name).is_some() {
        return Err(failure::new(
            StatusCode::CONFLICT,
            "ResourceNameAlreadyInUse",
            format!("'{}' is the name of an alias", definition.name),
        ));
    }
    let index = engine.create_index(definition)?;
    Ok(Answer::json(StatusCode::CREATED, index.definition().to_json()).tagged(index.revision()))
}

pub(super) async fn put(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    let definition = definition(&call, Some(&name))?;
    let downtime = match call.parameters.get("allowIndexDowntime") {
        None | Some("false" | "False") => false,
        Some("true" | "True") => true,
        Some(other) => return Err(failure::bad(format!("the parameter allowIndexDowntime is `{other}`; it must be true or false"))),
    };
    state
        .on_definitions(move |engine| {
            let index = match engine.index(&name) {
                Ok(index) => index,
                Err(Error::NoSuchIndex(_)) => {
                    call.check_conditions(None)?;
                    return make(engine, &definition);
                }
                Err(error) => return Err(error.into()),
            };
            call.check_conditions(Some(index.revision()))?;
            analysis_may_change(&index.definition(), &definition, downtime)?;
            index.update_definition(&definition, None)?;
            Ok(Answer::ok(index.definition().to_json()).tagged(index.revision()))
        })
        .await
}

pub(super) async fn delete(state: &AppState, name: String, call: Call) -> Result<Answer, ApiError> {
    state
        .on_definitions(move |engine| {
            let revision = match engine.index(&name) {
                Ok(index) => Some(index.revision()),
                Err(Error::NoSuchIndex(_) | Error::BadIndexName(_)) => None,
                Err(error) => return Err(error.into()),
            };
            call.check_conditions(revision)?;
            engine.delete_index(&name).map_err(missing(&name))?;
            Ok(Answer::nothing())
        })
        .await
}

/// The error for an index that is asked for by name: one with an impossible name is as absent as any other.
pub(super) fn missing(name: &str) -> impl FnOnce(Error) -> ApiError + '_ {
    move |error| match error {
        Error::NoSuchIndex(_) | Error::BadIndexName(_) => failure::not_found("index", name),
        error => error.into(),
    }
}

/// The definition in the body; its name is the path's, when there is one.
fn definition(call: &Call, name: Option<&str>) -> Result<IndexDefinition, ApiError> {
    let mut object = body::object(&call.body)?;
    if let Some(name) = name {
        match object.get("name").and_then(Value::as_str) {
            None => {
                object.insert("name".to_owned(), name.into());
            }
            Some(other) if other != name => {
                return Err(failure::bad(format!("the index in the path is '{name}' and in the body '{other}'")));
            }
            Some(_) => {}
        }
    }
    IndexDefinition::from_value(&Value::Object(object)).map_err(|errors| {
        let named = errors.errors.iter().all(|mistake| mistake.pointer == "/name");
        let code = if named { "InvalidName" } else { "InvalidRequestParameter" };
        failure::new(StatusCode::BAD_REQUEST, code, format!("The request is invalid. Details: definition : {errors}"))
    })
}

/// Defined analyzers stay as they are; new ones need downtime in the cloud and its flag here.
fn analysis_may_change(old: &IndexDefinition, new: &IndexDefinition, downtime: bool) -> Result<(), ApiError> {
    let refuse = |name: &str, what: &str| {
        let message = format!("'{name}' {what}");
        Err(failure::new(StatusCode::BAD_REQUEST, "CannotChangeExistingField", message))
    };
    let named = |list: &[Component]| list.iter().map(|part| (part.name.clone(), format!("{part:?}"))).collect::<Vec<_>>();
    let analyzers = |list: &[CustomAnalyzer]| list.iter().map(|part| (part.name.clone(), format!("{part:?}"))).collect::<Vec<_>>();
    let normalizers = |d: &IndexDefinition| d.normalizers.iter().map(|part| (part.name.clone(), format!("{part:?}"))).collect();
    let all = |d: &IndexDefinition| -> [Vec<(String, String)>; 5] {
        [analyzers(&d.analyzers), named(&d.tokenizers), named(&d.token_filters), named(&d.char_filters), normalizers(d)]
    };
    for (old, new) in all(old).into_iter().zip(all(new)) {
        for (name, content) in &old {
            match new.iter().find(|(other, _)| other == name) {
                Some((_, same)) if same == content => {}
                Some(_) => return refuse(name, "is defined already and cannot be changed; build the index anew"),
                None => return refuse(name, "is defined and cannot be removed; build the index anew"),
            }
        }
        if let Some((name, _)) = new.iter().find(|(name, _)| !downtime && !old.iter().any(|(other, _)| other == name)) {
            return refuse(name, "is new: adding analyzers needs the parameter allowIndexDowntime=true");
        }
    }
    Ok(())
}

pub(super) fn analyze(engine: &Engine, name: &str, call: &Call) -> Result<Answer, ApiError> {
    let object = body::object(&call.body)?;
    let members = Members(&object);
    members.allow(&["text", "analyzer", "tokenizer", "tokenFilters", "charFilters", "normalizer"])?;
    let text = members.required_text("text")?;
    if text.len() > MAX_ANALYZED {
        return Err(failure::bad(format!("the text has {} bytes; at most {MAX_ANALYZED} are analyzed", text.len())));
    }
    let (token_filters, char_filters) = (members.texts("tokenFilters")?, members.texts("charFilters")?);
    let parts = !token_filters.is_empty() || !char_filters.is_empty();
    let with = match (members.text("analyzer")?, members.text("tokenizer")?, members.text("normalizer")?) {
        (Some(analyzer), None, None) if !parts => AnalyzeWith::Analyzer(analyzer.to_owned()),
        (None, None, Some(normalizer)) if !parts => AnalyzeWith::Normalizer(normalizer.to_owned()),
        (None, Some(tokenizer), None) => AnalyzeWith::Parts { tokenizer: tokenizer.to_owned(), char_filters, token_filters },
        _ => {
            return Err(failure::bad(
                "give exactly one of 'analyzer', 'tokenizer' (with 'tokenFilters' and 'charFilters') and 'normalizer'",
            ));
        }
    };
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    Ok(Answer::ok(json!({ "tokens": tokens(&index, &with, text)? })))
}

/// Tokens with offsets in UTF-16 units, as the service counts.
fn tokens(index: &Index, with: &AnalyzeWith, text: &str) -> Result<Vec<Value>, ApiError> {
    let mut units = vec![0usize; text.len() + 1];
    let mut count = 0;
    for (at, c) in text.char_indices() {
        units[at..at + c.len_utf8()].fill(count);
        count += c.len_utf16();
    }
    units[text.len()] = count;
    let unit = |byte: usize| units[byte.min(text.len())];
    let tokens = index.analyze(with, text)?;
    Ok(tokens
        .into_iter()
        .map(|token| {
            json!({"token": token.text, "startOffset": unit(token.start), "endOffset": unit(token.end), "position": token.position})
        })
        .collect())
}
