//! `GET /v1/{index}/search`: the engine's search as query parameters.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use tutti_engine::search::{
    FacetValuesRequest, HighlightRequest, HybridCount, Near, SearchRequest, SortBy, SortKey, VectorFilter, apply_corrections,
};

use super::curation::Curated;
use super::wire::{self, HitAnswer, IndexAnswer, IndexSummary, Indexes, SearchResult};
use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::clock::Clock;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::http::taste::Raters;
use crate::query_parameters::{self, Syntax};

const ONCE: [&str; 27] = [
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
    "rules",
    "pretty",
    "tasteOf",
    "tasteWeight",
    "distinct",
    "like",
    "near",
    "within",
    "profile",
    "vector_filter",
];
const REPEATED: [&str; 4] = ["facet", "choose", "vector", "parameter"];

/// Hits of a page, unless asked otherwise, and at most.
const TOP: usize = 10;
/// Hits that are ranked by taste, at least.
const RANKED: usize = 100;
const MOST: usize = 1000;

pub(super) async fn search(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(index): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<wire::Answer, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&ONCE, &REPEATED)?;
    let request = request(&parameters)?;
    let text = parameters.get("q").unwrap_or_default().to_owned();
    let pretty = parameters.flag("pretty", false)?;
    let taste = Taste::of(&parameters, &index)?;
    let curated = Curated::of(&parameters)?;
    let body = state
        .on_taste(move |tastes, engine| {
            let started = Instant::now();
            let top = request.top;
            let index = engine.index(&index)?;
            let mut request = match &taste {
                Some(_) => SearchRequest { top: (top * 5).clamp(RANKED, MOST), ..request },
                None => request,
            };
            let raters = taste.as_ref().map(|taste| Raters::named(tastes, &taste.names)).transpose()?;
            let rules = curated.resolve(&index, &mut request)?;
            let response = index.search(&request).map_err(|error| match error {
                tutti_engine::Error::Query(error) => ApiError::from_query("q", &text, &error),
                error => error.into(),
            })?;
            let corrected = (!response.corrections.is_empty()).then(|| apply_corrections(&text, &response.corrections));
            let mut body = wire::response(response, corrected, started.elapsed());
            body.rules = rules;
            if let (Some(taste), Some(raters)) = (taste, raters) {
                taste.rank(&raters, top, &mut body);
            }
            Ok(body)
        })
        .await?;
    Ok(wire::Answer { body, pretty })
}

/// `GET /v1/{index}/facets/{field}`: values of a facet by what is typed.
pub(super) async fn facet_values(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path((index, field)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Json<wire::FacetValuesAnswer>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["q", "filter", "top"], &[])?;
    let text = |name| parameters.get(name).unwrap_or_default();
    let filter = query_parameters::filter(text("filter")).map_err(|error| ApiError::in_parameter("filter", text("filter"), error))?;
    // In a path the dot stands for the slash of a sub-field.
    let field = field.replace('.', "/");
    let request = FacetValuesRequest { field, text: text("q").to_owned(), filter, top: parameters.number("top", TOP, 100)? };
    let answer = state
        .on_engine(move |engine| {
            let started = Instant::now();
            let found = engine.index(&index)?.searcher().facet_values(&request)?;
            let values = found.values.into_iter().map(|(value, count)| wire::FacetValue { value, count }).collect();
            Ok(wire::FacetValuesAnswer { field: request.field, values, total: found.total, took_ms: wire::milliseconds(started.elapsed()) })
        })
        .await?;
    Ok(Json(answer))
}

/// Whose taste the first hits are ranked by.
struct Taste {
    /// People, separated by commas.
    names: String,
    weight: f64,
}

impl Taste {
    fn of(parameters: &Parameters, index: &str) -> Result<Option<Taste>, ApiError> {
        let Some(names) = parameters.get("tasteOf") else { return Ok(None) };
        if index != "songs" {
            return Err(ApiError::bad("parameter `tasteOf`: songs are ranked by taste, no other index"));
        }
        if let Some(other) = ["sort", "skip", "cursor"].into_iter().find(|name| parameters.get(name).is_some()) {
            return Err(ApiError::bad(format!("parameter `tasteOf`: the first hits are ranked anew, so it does not go with `{other}`")));
        }
        let text = parameters.get("tasteWeight").unwrap_or("0.5");
        let weight = text.parse::<f64>().ok().filter(|weight| (0.0..=1.0).contains(weight));
        let weight = weight.ok_or_else(|| ApiError::bad(format!("parameter `tasteWeight`: `{text}` is no number between 0 and 1")))?;
        Ok(Some(Taste { names: names.to_owned(), weight }))
    }

    /// Ranks hits by `(1 - w) score / best score + w taste`, where `taste` is the part of the catalogue that the people like less, the
    /// mean over them; 0.5 for songs the model does not know. Each hit shows its `score`, `taste` and `rank`.
    fn rank(&self, raters: &Raters, top: usize, body: &mut SearchResult) {
        let hits = &mut body.hits;
        let found = raters.ranks(&hits.iter().map(|hit| hit.key.as_str()).collect::<Vec<_>>());
        let most = hits.iter().map(|hit| hit.score).fold(f64::MIN_POSITIVE, f64::max);
        for (hit, taste) in hits.iter_mut().zip(found) {
            let taste = taste.map(f64::from);
            hit.taste = Some(taste);
            hit.rank = Some((1.0 - self.weight) * hit.score / most + self.weight * taste.unwrap_or(0.5));
        }
        let rank = |hit: &HitAnswer| hit.rank.unwrap_or(0.0);
        hits.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
        hits.truncate(top);
        body.next = None;
    }
}

fn request(parameters: &Parameters) -> Result<SearchRequest, ApiError> {
    let text = |name| parameters.get(name).unwrap_or_default();
    let at = |name| move |error| ApiError::in_parameter(name, text(name), error);
    let syntax: Syntax = parameters.get("syntax").map_or(Ok(Syntax::default()), str::parse).map_err(at("syntax"))?;
    let mode = parameters.get("mode").map_or(Ok(Default::default()), query_parameters::mode).map_err(at("mode"))?;
    let highlight = query_parameters::highlight(text("highlight")).map_err(at("highlight"))?;
    let highlight = (!highlight.is_empty()).then(|| HighlightRequest {
        fields: highlight,
        pre_tag: parameters.get("highlight_pre").unwrap_or("<em>").to_owned(),
        post_tag: parameters.get("highlight_post").unwrap_or("</em>").to_owned(),
        fragment_chars: 0,
    });
    let highlight_chars = parameters.number("highlight_chars", 160, 10_000)?;
    let repeated = |name: &'static str| parameters.all(name);
    let near = match (parameters.get("near"), parameters.get("within")) {
        (Some(near), within) => Some(query_parameters::near(near, within).map_err(|error| ApiError::in_parameter("near", near, error))?),
        (None, Some(_)) => return Err(ApiError::bad("parameter `within`: it needs `near`")),
        (None, None) => None,
    };
    Ok(SearchRequest {
        query: query_parameters::query(text("q"), syntax).map_err(at("q"))?,
        mode,
        fields: query_parameters::fields(text("fields")).map_err(at("fields"))?,
        filter: query_parameters::filter(text("filter")).map_err(at("filter"))?,
        post_filter: repeated("choose")
            .map(|text| query_parameters::choice(text).map_err(|error| ApiError::in_parameter("choose", text, error)))
            .collect::<Result<_, _>>()?,
        facets: repeated("facet")
            .map(|text| query_parameters::facet(text).map_err(|error| ApiError::in_parameter("facet", text, error)))
            .collect::<Result<_, _>>()?,
        sort: sort_with_distance(query_parameters::sort(text("sort")).map_err(at("sort"))?, near.as_ref()),
        near,
        distinct: distinct(parameters)?,
        like: parameters.get("like").map(str::to_owned),
        vectors: repeated("vector")
            .map(|text| query_parameters::vector(text).map_err(|error| ApiError::in_parameter("vector", text, error)))
            .collect::<Result<_, _>>()?,
        vector_filter: vector_filter(parameters)?,
        hybrid_count: HybridCount::Listed,
        profile: parameters.get("profile").map(str::to_owned),
        profile_parameters: repeated("parameter").map(profile_parameter).collect::<Result<_, _>>()?,
        now_micros: Some(Clock::System.now_micros()),
        skip: parameters.number("skip", 0, 100_000)?,
        top: parameters.number("top", TOP, MOST)?,
        cursor: parameters.get("cursor").map(str::to_owned),
        count: parameters.flag("count", true)?,
        select: parameters.get("select").map(query_parameters::names),
        highlight: highlight.map(|highlight| HighlightRequest { fragment_chars: highlight_chars, ..highlight }),
        explain: parameters.flag("explain", false)?,
        did_you_mean: parameters.flag("did_you_mean", true)?,
        ..SearchRequest::default()
    })
}

/// The field hits are told apart by; none is not the empty one.
fn distinct(parameters: &Parameters) -> Result<Option<String>, ApiError> {
    match parameters.get("distinct") {
        Some("") => Err(ApiError::bad("parameter `distinct`: name a field")),
        field => Ok(field.map(str::to_owned)),
    }
}

fn vector_filter(parameters: &Parameters) -> Result<VectorFilter, ApiError> {
    match parameters.get("vector_filter") {
        None | Some("pre") => Ok(VectorFilter::Pre),
        Some("post") => Ok(VectorFilter::Post),
        Some(text) => Err(ApiError::bad(format!("parameter `vector_filter` is `{text}`; it must be pre or post"))),
    }
}

/// `who-Ann,Bob`: the values of a scoring profile's parameter.
fn profile_parameter(text: &str) -> Result<(String, Vec<String>), ApiError> {
    query_parameters::profile_parameter(text).map_err(|error| ApiError::in_parameter("parameter", text, error))
}

/// With places, `distance` sorts by how near documents are.
pub(crate) fn sort_with_distance(mut sort: Vec<SortKey>, near: Option<&Near>) -> Vec<SortKey> {
    if let Some(near) = near {
        for key in sort.iter_mut().filter(|key| key.by == SortBy::Field("distance".to_owned())) {
            key.by = SortBy::Distance { field: near.field.clone(), from: near.points.clone() };
        }
    }
    sort
}

/// `GET /v1`: the indexes and how many documents each has.
pub(super) async fn indexes(Caller(()): Caller<Public>, State(state): State<AppState>) -> Result<Json<Indexes>, ApiError> {
    let list = state
        .on_engine(|engine| {
            let mut indexes = Vec::new();
            for name in engine.index_names()? {
                let documents = engine.index(&name)?.count();
                indexes.push(IndexSummary { documents, search: format!("/v1/{name}/search?q="), name });
            }
            Ok(Indexes { indexes })
        })
        .await?;
    Ok(Json(list))
}

/// `GET /v1/{index}`: its definition and size.
pub(super) async fn index(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(index): Path<String>,
) -> Result<Json<IndexAnswer>, ApiError> {
    let answer = state
        .on_engine(move |engine| {
            let index = engine.index(&index)?;
            let (name, definition) = (index.name().to_owned(), index.definition().to_json());
            Ok(IndexAnswer { name, documents: index.count(), bytes: index.size()?, definition })
        })
        .await?;
    Ok(Json(answer))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{ONCE, REPEATED};

    #[test]
    fn every_parameter_of_a_search_is_described() {
        let description: Value = serde_json::from_str(crate::http::openapi::text()).unwrap();
        let parameters = description.pointer("/paths/~1v1~1{index}~1search/get/parameters").unwrap().as_array().unwrap();
        let mut described: Vec<&str> = parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap()).collect();
        let mut known: Vec<&str> = ONCE.iter().chain(&REPEATED).copied().collect();
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(described, known);
    }
}
