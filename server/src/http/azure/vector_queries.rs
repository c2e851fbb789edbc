//! `vectorQueries` and `vectorFilterMode` of a search.

use serde_json::Value;
use tutti_engine::search::{VectorFilter, VectorQuery};

use super::body::Members;
use super::failure::{bad, not_supported};
use crate::http::error::ApiError;
use crate::query_parameters;

const PROPERTIES: [&str; 6] = ["kind", "vector", "k", "fields", "exhaustive", "weight"];
/// Neighbours unless asked otherwise.
const NEIGHBOURS: i64 = 50;

/// The vectors to look for.
pub(super) fn read(members: &Members<'_>) -> Result<Vec<VectorQuery>, ApiError> {
    let list = match members.get("vectorQueries") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(bad("The request is invalid. Details: the property 'vectorQueries' must be a list of objects.")),
    };
    list.iter().enumerate().map(|(at, query)| one(query).map_err(|failure| failure.within(&format!("vectorQueries[{at}]")))).collect()
}

fn one(query: &Value) -> Result<VectorQuery, ApiError> {
    let Value::Object(object) = query else { return Err(bad("a vector query must be a JSON object.")) };
    let members = Members(object);
    match members.required_text("kind")? {
        "vector" => {}
        kind @ ("text" | "imageUrl" | "imageBinary") => {
            return Err(not_supported(format!(
                "The kind '{kind}' needs a model that makes vectors, which is not here: send the vector itself with the kind 'vector'."
            )));
        }
        kind => return Err(bad(format!("The value '{kind}' of 'kind' is none of vector, text, imageUrl, imageBinary."))),
    }
    if members.get("oversampling").is_some() {
        return Err(not_supported("'oversampling' belongs to compressed vectors, which are not here: leave it out."));
    }
    members.allow(&PROPERTIES)?;
    let k = members.whole("k")?.unwrap_or(NEIGHBOURS);
    Ok(VectorQuery {
        vector: vector(&members)?,
        k: usize::try_from(k).map_err(|_| bad(format!("The value of 'k' must be 1 or more, it is {k}.")))?,
        fields: fields(&members)?,
        exhaustive: members.flag("exhaustive")?.unwrap_or(false),
        weight: members.number("weight")?.unwrap_or(1.0) as f32,
    })
}

fn vector(members: &Members<'_>) -> Result<Vec<f32>, ApiError> {
    let wrong = || bad("The property 'vector' must be a list of numbers.");
    let list = members.get("vector").ok_or_else(|| bad("The property 'vector' is missing."))?.as_array().ok_or_else(wrong)?;
    list.iter().map(|number| number.as_f64().map(|number| number as f32).ok_or_else(wrong)).collect()
}

fn fields(members: &Members<'_>) -> Result<Vec<String>, ApiError> {
    let fields = query_parameters::names(&members.joined("fields")?.unwrap_or_default());
    if fields.is_empty() {
        return Err(bad("The property 'fields' is missing: name the fields of vectors to look in."));
    }
    Ok(fields)
}

/// When a filter meets the neighbours.
pub(super) fn filter_mode(members: &Members<'_>) -> Result<VectorFilter, ApiError> {
    match members.text("vectorFilterMode")? {
        None | Some("preFilter") => Ok(VectorFilter::Pre),
        Some("postFilter") => Ok(VectorFilter::Post),
        Some(other) => Err(bad(format!("The value '{other}' of 'vectorFilterMode' is none of preFilter, postFilter."))),
    }
}
