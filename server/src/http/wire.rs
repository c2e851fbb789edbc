//! What search answers are called on the wire of `/v1` and in `tutti search --json`.

use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tutti_engine::search::{Bucket, BucketValue, Explanation, Facet, Hit, SearchResponse};

/// A JSON answer, indented when asked for.
pub(crate) struct Answer {
    pub(crate) body: Value,
    pub(crate) pretty: bool,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let text = if self.pretty { serde_json::to_vec_pretty(&self.body) } else { serde_json::to_vec(&self.body) };
        ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text.unwrap_or_default()).into_response()
    }
}

/// A search response. `corrected` is the query text in a better spelling.
pub(crate) fn response(response: SearchResponse, corrected: Option<String>, took: Duration) -> Value {
    let mut out = Map::new();
    if let Some(total) = response.total {
        out.insert("total".to_owned(), total.into());
    }
    out.insert("hits".to_owned(), response.hits.into_iter().map(hit).collect());
    if !response.facets.is_empty() {
        out.insert("facets".to_owned(), response.facets.iter().map(facet).collect());
    }
    if let Some(next) = response.next {
        out.insert("next".to_owned(), next.into());
    }
    if let Some(corrected) = corrected {
        out.insert("did_you_mean".to_owned(), corrected.into());
    }
    if !response.warnings.is_empty() {
        out.insert("warnings".to_owned(), response.warnings.into());
    }
    out.insert("took_ms".to_owned(), ((took.as_secs_f64() * 1e6).round() / 1e3).into());
    Value::Object(out)
}

fn hit(hit: Hit) -> Value {
    let mut out = Map::new();
    out.insert("key".to_owned(), hit.key.into());
    out.insert("score".to_owned(), shown(hit.score));
    out.insert("document".to_owned(), Value::Object(hit.document));
    if !hit.highlights.is_empty() {
        let marks: Map<String, Value> = hit.highlights.into_iter().map(|(field, marks)| (field, marks.into())).collect();
        out.insert("highlights".to_owned(), Value::Object(marks));
    }
    if let Some(part) = &hit.explanation {
        out.insert("explanation".to_owned(), explanation(part));
    }
    Value::Object(out)
}

fn explanation(part: &Explanation) -> Value {
    let mut out = json!({"description": part.description, "value": shown(part.value)});
    if !part.details.is_empty() {
        out["details"] = part.details.iter().map(explanation).collect();
    }
    out
}

fn facet(facet: &Facet) -> Value {
    json!({"field": facet.field, "buckets": facet.buckets.iter().map(bucket).collect::<Vec<_>>()})
}

fn bucket(bucket: &Bucket) -> Value {
    match &bucket.value {
        BucketValue::Value(value) => json!({"value": value, "count": bucket.count}),
        BucketValue::Range { from, to } => json!({"from": from, "to": to, "count": bucket.count}),
    }
}

/// A score without the digits that single precision does not have.
pub(crate) fn shown(score: f32) -> Value {
    score.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
