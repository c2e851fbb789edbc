//! What the catalogue's answers are called on the wire of `/v1`, and in `tutti search --json`.

use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use tutti_engine::search::{Bucket, BucketValue, Explanation, Facet, Hit, LikeTerm, SearchResponse};
use utoipa::ToSchema;

/// The indexes.
#[derive(Serialize, ToSchema)]
pub(crate) struct Indexes {
    pub(super) indexes: Vec<IndexSummary>,
}

/// An index in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct IndexSummary {
    pub(super) name: String,
    /// Documents in it.
    pub(super) documents: u64,
    /// Where it is searched: a query goes behind the `=`.
    pub(super) search: String,
}

/// An index.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(crate) struct IndexAnswer {
    pub(super) name: String,
    /// Documents in it.
    pub(super) documents: u64,
    /// Bytes on disk.
    pub(super) bytes: u64,
    /// Its definition in Azure AI Search's JSON.
    #[schema(value_type = Object)]
    pub(super) definition: Value,
}

/// What a search found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchResult {
    /// How many match; left out with `count=false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) total: Option<u64>,
    pub(crate) hits: Vec<HitAnswer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) facets: Vec<FacetAnswer>,
    /// Passed as `cursor`, gives the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) next: Option<String>,
    /// The query in a better spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) did_you_mean: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) warnings: Vec<String>,
    /// With `like` and `explain`: the terms that documents were looked for by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) like: Option<LikeAnswer>,
    /// With `explain=true`: the curation rules that held, by precedence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) rules: Vec<String>,
    pub(crate) took_ms: f64,
}

/// What makes documents alike.
#[derive(Serialize, ToSchema)]
#[schema(as = Like)]
pub(crate) struct LikeAnswer {
    /// Heaviest first.
    pub(crate) terms: Vec<LikeTermAnswer>,
}

/// A term of the document that others are to be like.
#[derive(Serialize, ToSchema)]
#[schema(as = LikeTerm)]
pub(crate) struct LikeTermAnswer {
    pub(crate) field: String,
    pub(crate) term: String,
    /// Occurrences times the inverse document frequency.
    pub(crate) weight: f64,
}

/// A document that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Hit)]
pub(crate) struct HitAnswer {
    pub(crate) key: String,
    pub(crate) score: f64,
    #[schema(value_type = Object)]
    pub(crate) document: Map<String, Value>,
    /// Fragments of fields with what matched marked.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, Vec<String>>, required = false)]
    pub(crate) highlights: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) explanation: Option<ExplanationPart>,
    /// The curation rule that put it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) pinned: Option<String>,
    /// With `tasteOf`: the part of the catalogue that these people like less, 0 to 1; null for songs the model does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub(crate) taste: Option<Option<f64>>,
    /// With `tasteOf`: what the hits are in the order of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) rank: Option<f64>,
    /// With `distinct`: the group it is the first of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) group: Option<GroupAnswer>,
    /// With `near`: kilometres to the nearest place; null for a document without a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, required = false)]
    pub(crate) distance: Option<Option<f64>>,
}

/// Matches that share a value.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupAnswer {
    /// The value; null for a document without one, which is a group of its own.
    pub(crate) value: Option<Value>,
    /// Matches in the group.
    pub(crate) count: u64,
}

/// A part of a score; the value of a part follows from those below it.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationPart {
    pub(crate) description: String,
    pub(crate) value: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, no_recursion)]
    pub(crate) details: Vec<ExplanationPart>,
}

/// What the matches have in a field.
#[derive(Serialize, ToSchema)]
#[schema(as = Facet)]
pub(crate) struct FacetAnswer {
    pub(crate) field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) buckets: Option<Vec<FacetBucket>>,
    /// Instead of buckets: `sum`, `min`, `max`, `avg` or `cardinality`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) metric: Option<&'static str>,
    /// The metric's value, null of nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Option<Value>)]
    pub(crate) value: Option<Value>,
}

/// Values of a facet by what is typed.
#[derive(Serialize, ToSchema)]
#[schema(as = FacetValues)]
pub(crate) struct FacetValuesAnswer {
    pub(super) field: String,
    pub(super) values: Vec<FacetValue>,
    /// How many values match.
    pub(super) total: u64,
    pub(super) took_ms: f64,
}

/// A value and the documents that have it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetValue {
    pub(super) value: String,
    pub(super) count: u64,
}

/// A value, or a range from `from` up to `to`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum FacetBucket {
    Value { value: Value, count: u64 },
    Range { from: Option<Value>, to: Option<Value>, count: u64 },
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct Outcomes {
    pub(super) value: Vec<OutcomeAnswer>,
}

/// What became of one action.
#[derive(Serialize, ToSchema)]
#[schema(as = Outcome)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutcomeAnswer {
    pub(super) key: String,
    /// Whether it was done.
    pub(super) status: bool,
    pub(super) error_message: Option<String>,
    pub(super) status_code: u16,
}

/// A batch. One document alone, or a list of them, is taken too.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the batch is read by hand, so that each mistake has its place; this is its shape for the description")]
pub(crate) struct DocumentBatch {
    value: Vec<DocumentAction>,
}

/// A document with an action; upload when none is given. Its fields stand beside the action.
#[derive(ToSchema)]
#[schema(as = Action)]
#[expect(dead_code, reason = "as DocumentBatch")]
pub(crate) struct DocumentAction {
    /// `upload` (default), `merge`, `mergeOrUpload` or `delete`.
    #[schema(rename = "@search.action")]
    action: Option<String>,
}

/// A JSON answer, indented when asked for.
pub(crate) struct Answer {
    pub(crate) body: SearchResult,
    pub(crate) pretty: bool,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let text = if self.pretty { serde_json::to_vec_pretty(&self.body) } else { serde_json::to_vec(&self.body) };
        ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text.unwrap_or_default()).into_response()
    }
}

/// A search response. `corrected` is the query text in a better spelling.
pub(crate) fn response(response: SearchResponse, corrected: Option<String>, took: Duration) -> SearchResult {
    SearchResult {
        total: response.total,
        hits: response.hits.into_iter().map(hit).collect(),
        facets: response.facets.into_iter().map(facet).collect(),
        next: response.next,
        did_you_mean: corrected,
        warnings: response.warnings,
        like: response.like.map(like),
        rules: Vec::new(),
        took_ms: milliseconds(took),
    }
}

/// The terms of a search by likeness.
fn like(terms: Vec<LikeTerm>) -> LikeAnswer {
    let term = |like: LikeTerm| LikeTermAnswer { field: like.field, term: like.term, weight: shown(like.weight) };
    LikeAnswer { terms: terms.into_iter().map(term).collect() }
}

/// Milliseconds with three decimals.
pub(super) fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

fn hit(hit: Hit) -> HitAnswer {
    HitAnswer {
        key: hit.key,
        score: shown(hit.score),
        document: hit.document,
        highlights: hit.highlights.into_iter().map(|(field, marks)| (field, marks.into())).collect(),
        explanation: hit.explanation.as_ref().map(explanation),
        taste: None,
        rank: None,
        group: hit.group.map(|group| GroupAnswer { value: group.value, count: group.count }),
        distance: hit.distance.map(|kilometres| kilometres.map(|kilometres| (kilometres * 1e3).round() / 1e3)),
        pinned: hit.pinned,
    }
}

fn explanation(part: &Explanation) -> ExplanationPart {
    let details = part.details.iter().map(explanation).collect();
    ExplanationPart { description: part.description.clone(), value: shown(part.value), details }
}

fn facet(facet: Facet) -> FacetAnswer {
    match facet.metric {
        Some((metric, value)) => FacetAnswer { field: facet.field, buckets: None, metric: Some(metric.name()), value: Some(value) },
        None => {
            let buckets = Some(facet.buckets.into_iter().map(bucket).collect());
            FacetAnswer { field: facet.field, buckets, metric: None, value: None }
        }
    }
}

fn bucket(bucket: Bucket) -> FacetBucket {
    match bucket.value {
        BucketValue::Value(value) => FacetBucket::Value { value, count: bucket.count },
        BucketValue::Range { from, to } => FacetBucket::Range { from, to, count: bucket.count },
    }
}

/// A score without the digits that single precision does not have.
pub(crate) fn shown(score: f32) -> f64 {
    score.to_string().parse().unwrap_or(f64::NAN)
}
