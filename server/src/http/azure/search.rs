//! Search by GET and POST, with continuation to the last match.

use serde_json::{Map, Value};
use tutti_engine::{Engine, Error};

use super::call::Call;
use super::indexes::missing;
use super::search_parameters::{self as parameters, Asked};
use super::{Answer, body, failure, wire};
use crate::http::error::ApiError;

pub(super) fn by_post(engine: &Engine, name: &str, call: &Call) -> Result<Answer, ApiError> {
    let body = if call.body.is_empty() { Map::new() } else { body::object(&call.body)? };
    let next = format!("{}?api-version={}", call.address(), call.version());
    search(engine, name, &body, |_| next.clone())
}

pub(super) fn by_get(engine: &Engine, name: &str, call: &Call) -> Result<Answer, ApiError> {
    let body = parameters::from_query_string(&call.parameters)?;
    search(engine, name, &body, |next| {
        let kept = call.parameters.pairs().filter(|(name, _)| !matches!(*name, "$skip" | "$top" | "api-key"));
        let mut query: Vec<String> = kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        for (name, property) in [("$skip", "skip"), ("$top", "top")] {
            query.extend(next.get(property).map(|value| format!("{name}={value}")));
        }
        format!("{}?{}", call.address(), query.join("&"))
    })
}

fn search(
    engine: &Engine,
    name: &str,
    body: &Map<String, Value>,
    link: impl Fn(&Map<String, Value>) -> String,
) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    let Asked { request, selected, top, coverage } = parameters::read(&index, body)?;
    let response = index.search(&request).map_err(|error| explained(error, body))?;
    let mut out = Map::new();
    if let Some(total) = response.total {
        out.insert("@odata.count".to_owned(), total.into());
    }
    if coverage {
        out.insert("@search.coverage".to_owned(), 100.0.into());
    }
    if !request.facets.is_empty() {
        out.insert("@search.facets".to_owned(), wire::facets(&response.facets));
    }
    // The page was full and was not all that was asked for.
    let left = top.map(|top| top.saturating_sub(request.top));
    let more = response.next.is_some() && left != Some(0);
    let next = more.then(|| {
        let mut next = body.clone();
        next.insert("skip".to_owned(), (request.skip + request.top).into());
        if let Some(left) = left {
            next.insert("top".to_owned(), left.into());
        }
        next
    });
    if let Some(next) = &next {
        out.insert("@search.nextPageParameters".to_owned(), Value::Object(next.clone()));
    }
    let definition = index.definition();
    let hits = response.hits.into_iter().map(|hit| wire::hit(&definition, hit, selected.as_deref()));
    out.insert("value".to_owned(), hits.collect());
    if let Some(next) = &next {
        out.insert("@odata.nextLink".to_owned(), link(next).into());
    }
    Ok(Answer::ok(Value::Object(out)))
}

/// An engine's error with the text it points into.
pub(super) fn explained(error: Error, body: &Map<String, Value>) -> ApiError {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match error {
        Error::Filter(error) => parameters::in_expression(&error, &text("filter"), "$filter"),
        Error::Query(error) => parameters::unparsable(&text("search"), &error),
        Error::NoSuchField { field, nearest, .. } => {
            let near = nearest.map(|near| format!(" Did you mean '{near}'?")).unwrap_or_default();
            failure::bad(format!("Invalid expression: Could not find a property named '{field}' on type 'search.document'.{near}"))
        }
        error => error.into(),
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'$' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
