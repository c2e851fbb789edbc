//! `GET /v1/{index}/search`: the engine's search as query parameters.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde_json::{Value, json};
use tutti_engine::search::{HighlightRequest, SearchRequest, apply_corrections};

use super::Shared;
use super::error::Failure;
use super::parameters::Parameters;
use super::wire;
use crate::words::{self, Syntax};

pub(super) const ONCE: [&str; 18] = [
    "q",
    "syntax",
    "mode",
    "fields",
    "filter",
    "sort",
    "top",
    "skip",
    "cursor",
    "count",
    "select",
    "highlight",
    "highlight_pre",
    "highlight_post",
    "highlight_chars",
    "explain",
    "did_you_mean",
    "pretty",
];
pub(super) const REPEATED: [&str; 2] = ["facet", "choose"];

/// Hits of a page, unless asked otherwise, and at most.
const TOP: usize = 10;
const MOST: usize = 1000;

pub(crate) async fn search(
    State(shared): State<Shared>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<wire::Answer, Failure> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&ONCE, &REPEATED)?;
    let request = request(&parameters)?;
    let text = parameters.get("q").unwrap_or_default().to_owned();
    let pretty = parameters.flag("pretty", false)?;
    let body = shared
        .work(move |engine| {
            let started = Instant::now();
            let response = engine.index(&index)?.search(&request).map_err(|error| match error {
                tutti_engine::Error::Query(error) => Failure::from_query("q", &text, &error),
                error => error.into(),
            })?;
            let corrected = (!response.corrections.is_empty()).then(|| apply_corrections(&text, &response.corrections));
            Ok(wire::response(response, corrected, started.elapsed()))
        })
        .await?;
    Ok(wire::Answer { body, pretty })
}

fn request(parameters: &Parameters) -> Result<SearchRequest, Failure> {
    let text = |name| parameters.get(name).unwrap_or_default();
    let at = |name| move |error| Failure::in_parameter(name, text(name), error);
    let syntax: Syntax = parameters.get("syntax").map_or(Ok(Syntax::default()), str::parse).map_err(at("syntax"))?;
    let mode = parameters.get("mode").map_or(Ok(Default::default()), words::mode).map_err(at("mode"))?;
    let highlight = words::highlight(text("highlight")).map_err(at("highlight"))?;
    let highlight = (!highlight.is_empty()).then(|| HighlightRequest {
        fields: highlight,
        pre_tag: parameters.get("highlight_pre").unwrap_or("<em>").to_owned(),
        post_tag: parameters.get("highlight_post").unwrap_or("</em>").to_owned(),
        fragment_chars: 0,
    });
    let highlight_chars = parameters.number("highlight_chars", 160, 10_000)?;
    let repeated = |name: &'static str| parameters.all(name);
    Ok(SearchRequest {
        query: words::query(text("q"), syntax).map_err(at("q"))?,
        mode,
        fields: words::fields(text("fields")).map_err(at("fields"))?,
        filter: words::filter(text("filter")).map_err(at("filter"))?,
        selected: repeated("choose")
            .map(|text| words::choice(text).map_err(|error| Failure::in_parameter("choose", text, error)))
            .collect::<Result<_, _>>()?,
        facets: repeated("facet")
            .map(|text| words::facet(text).map_err(|error| Failure::in_parameter("facet", text, error)))
            .collect::<Result<_, _>>()?,
        sort: words::sort(text("sort")).map_err(at("sort"))?,
        skip: parameters.number("skip", 0, 100_000)?,
        top: parameters.number("top", TOP, MOST)?,
        cursor: parameters.get("cursor").map(str::to_owned),
        count: parameters.flag("count", true)?,
        select: parameters.get("select").map(words::names),
        highlight: highlight.map(|highlight| HighlightRequest { fragment_chars: highlight_chars, ..highlight }),
        explain: parameters.flag("explain", false)?,
        did_you_mean: parameters.flag("did_you_mean", true)?,
        ..SearchRequest::default()
    })
}

/// `GET /v1`: the indexes and how many documents each has.
pub(crate) async fn indexes(State(shared): State<Shared>) -> Result<Json<Value>, Failure> {
    let list = shared
        .work(|engine| {
            let mut list = Vec::new();
            for name in engine.index_names()? {
                let documents = engine.index(&name)?.count();
                list.push(json!({"name": name, "documents": documents, "search": format!("/v1/{name}/search?q=")}));
            }
            Ok(list)
        })
        .await?;
    Ok(Json(json!({"indexes": list})))
}

/// `GET /v1/{index}`: its definition and size.
pub(crate) async fn index(State(shared): State<Shared>, Path(index): Path<String>) -> Result<Json<Value>, Failure> {
    let body = shared
        .work(move |engine| {
            let index = engine.index(&index)?;
            Ok(json!({"name": index.name(), "documents": index.count(), "bytes": index.size()?, "definition": index.definition().to_json()}))
        })
        .await?;
    Ok(Json(body))
}
