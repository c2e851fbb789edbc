//! `GET /v1/{index}/suggest` and `/complete`: documents and words for what is being typed. The same request has the same answer as on
//! Azure's routes.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use tutti_engine::query::ast::Query;
use tutti_engine::search::{AutocompleteMode, AutocompleteRequest, SuggestRequest};
use tutti_engine::{Error, Index};

use super::wire;
use super::wire_typeahead::{Completions, SuggestionAnswer, Suggestions};
use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::query_parameters;

const SUGGEST: [&str; 10] = ["q", "suggester", "fuzzy", "filter", "fields", "sort", "select", "top", "highlight_pre", "highlight_post"];
const COMPLETE: [&str; 9] = ["q", "suggester", "mode", "fuzzy", "filter", "fields", "top", "highlight_pre", "highlight_post"];
const TOP: usize = 5;
const MOST: usize = 100;

pub(super) async fn suggest(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Suggestions>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&SUGGEST, &[])?;
    let asked = Asked::of(&parameters)?;
    let select = parameters.get("select").map(query_parameters::names);
    let sort = parameters.get("sort").unwrap_or_default();
    let sort = query_parameters::sort(sort).map_err(|error| ApiError::in_parameter("sort", sort, error))?;
    state
        .on_engine(move |engine| {
            let started = Instant::now();
            let index = engine.index(&index)?;
            let suggester = asked.suggester(&index)?;
            let Asked { text, filter, filter_text, fuzzy, fields, top, tags, .. } = asked;
            let select = Some(select.unwrap_or_else(|| retrievable(&index)));
            let request = SuggestRequest { text, suggester, filter, fuzzy, fields, select, sort, top, tags };
            let found = index.suggest(&request).map_err(|error| explained(error, &filter_text))?;
            let suggestions =
                found.into_iter().map(|one| SuggestionAnswer { key: one.key, text: one.text, document: one.document }).collect();
            Ok(Json(Suggestions { suggestions, took_ms: wire::milliseconds(started.elapsed()) }))
        })
        .await
}

pub(super) async fn complete(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Completions>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&COMPLETE, &[])?;
    let asked = Asked::of(&parameters)?;
    let mode = match parameters.get("mode") {
        None | Some("oneTerm") => AutocompleteMode::OneTerm,
        Some("twoTerms") => AutocompleteMode::TwoTerms,
        Some("oneTermWithContext") => AutocompleteMode::OneTermWithContext,
        Some(other) => {
            return Err(ApiError::bad(format!("parameter `mode`: `{other}` is none of oneTerm, twoTerms, oneTermWithContext")));
        }
    };
    state
        .on_engine(move |engine| {
            let started = Instant::now();
            let index = engine.index(&index)?;
            let suggester = asked.suggester(&index)?;
            let Asked { text, filter, filter_text, fuzzy, fields, top, tags, .. } = asked;
            let request = AutocompleteRequest { text, suggester, mode, filter, fuzzy, fields, top, tags };
            let found = index.autocomplete(&request).map_err(|error| explained(error, &filter_text))?;
            Ok(Json(Completions::new(found, wire::milliseconds(started.elapsed()))))
        })
        .await
}

/// What both take.
struct Asked {
    text: String,
    suggester: Option<String>,
    filter: Option<Query>,
    filter_text: String,
    fuzzy: bool,
    fields: Vec<String>,
    top: usize,
    tags: Option<(String, String)>,
}

impl Asked {
    fn of(parameters: &Parameters) -> Result<Asked, ApiError> {
        let text = parameters.get("q").unwrap_or_default();
        if !(1..=100).contains(&text.chars().count()) {
            return Err(ApiError::bad("parameter `q`: what was typed has 1 to 100 characters"));
        }
        let top = parameters.number("top", TOP, MOST)?;
        if top == 0 {
            return Err(ApiError::bad(format!("parameter `top` is `0`; it must be a number from 1 to {MOST}")));
        }
        let filter_text = parameters.get("filter").unwrap_or_default().to_owned();
        let tags = match (parameters.get("highlight_pre"), parameters.get("highlight_post")) {
            (None, None) => None,
            (Some(pre), Some(post)) => Some((pre.to_owned(), post.to_owned())),
            _ => return Err(ApiError::bad("parameters `highlight_pre` and `highlight_post` go together: give both or none")),
        };
        Ok(Asked {
            text: text.to_owned(),
            suggester: parameters.get("suggester").map(str::to_owned),
            filter: query_parameters::filter(&filter_text).map_err(|error| ApiError::in_parameter("filter", &filter_text, error))?,
            filter_text,
            fuzzy: parameters.flag("fuzzy", false)?,
            fields: parameters.get("fields").map(query_parameters::names).unwrap_or_default(),
            top,
            tags,
        })
    }

    /// The suggester asked for, or the index's own.
    fn suggester(&self, index: &Index) -> Result<String, ApiError> {
        let definition = index.definition();
        let found = match &self.suggester {
            Some(name) => definition.suggesters.iter().find(|known| known.name == *name),
            None => definition.suggesters.first(),
        };
        found.map(|found| found.name.clone()).ok_or_else(|| {
            ApiError::bad(match &self.suggester {
                Some(name) => format!("parameter `suggester`: index `{}` has no suggester `{name}`", index.name()),
                None => format!("index `{}` has no suggester: put `suggesters` into its definition", index.name()),
            })
        })
    }
}

fn retrievable(index: &Index) -> Vec<String> {
    let definition = index.definition();
    definition.fields.iter().filter(|field| field.retrievable || !field.fields.is_empty()).map(|field| field.name.clone()).collect()
}

fn explained(error: Error, filter: &str) -> ApiError {
    match error {
        Error::Filter(error) | Error::Query(error) => ApiError::from_query("filter", filter, &error),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{COMPLETE, SUGGEST};

    #[test]
    fn every_parameter_is_described() {
        let description: Value = serde_json::from_str(crate::http::openapi::text()).unwrap();
        for (path, known) in [("suggest", &SUGGEST[..]), ("complete", &COMPLETE[..])] {
            let parameters = description.pointer(&format!("/paths/~1v1~1{{index}}~1{path}/get/parameters")).unwrap().as_array().unwrap();
            let described: Vec<&str> = parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap()).collect();
            assert_eq!(described, known);
        }
    }
}
