//! What leaves the server: ETags, whole documents with their nulls, hits, facets.

use serde_json::{Map, Value, json};
use tutti_engine::index::{micros, moment};
use tutti_engine::search::{Bucket, BucketValue, Facet, Hit};
use tutti_index_schema::{Field, IndexDefinition, ValueType};

/// A list of things, or of their names when `$select` asks for no more.
pub(super) fn list(items: Vec<Value>, select: Option<&str>) -> Value {
    let items = match select {
        Some(names) if names != "*" => {
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            items.into_iter().map(|item| only(item, &names)).collect()
        }
        _ => items,
    };
    json!({ "value": items })
}

fn only(item: Value, names: &[&str]) -> Value {
    match item {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(name, _)| names.contains(&name.as_str()) || name == "@odata.etag").collect())
        }
        other => other,
    }
}

/// A document as the service returns it: the selected fields in the definition's order, null or empty when it has none,
/// dates in UTC, points with their coordinate system.
pub(super) fn document(definition: &IndexDefinition, found: &Map<String, Value>, selected: Option<&[String]>) -> Map<String, Value> {
    let mut out = Map::new();
    complete(&definition.fields, found, "", selected, &mut out);
    out
}

fn complete(fields: &[Field], found: &Map<String, Value>, prefix: &str, selected: Option<&[String]>, out: &mut Map<String, Value>) {
    for field in fields {
        let path = if prefix.is_empty() { field.name.clone() } else { format!("{prefix}/{}", field.name) };
        let whole = selected.is_none_or(|paths| paths.contains(&path));
        let part = selected.is_some_and(|paths| paths.iter().any(|p| p.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))));
        let complex = field.field_type.value == ValueType::Complex;
        if !(whole || part) || (!complex && !field.retrievable) {
            continue;
        }
        let inner = if whole { None } else { selected };
        let value = match (found.get(&field.name), field.field_type.collection) {
            (None | Some(Value::Null), true) if field.field_type.is_vector() => Value::Null,
            (None | Some(Value::Null), true) => Value::Array(Vec::new()),
            (None | Some(Value::Null), false) => Value::Null,
            (Some(Value::Array(items)), _) => items.iter().map(|item| one(field, item, &path, inner)).collect(),
            (Some(value), _) => one(field, value, &path, inner),
        };
        out.insert(field.name.clone(), value);
    }
}

fn one(field: &Field, value: &Value, path: &str, selected: Option<&[String]>) -> Value {
    match (field.field_type.value, value) {
        (ValueType::Complex, Value::Object(parts)) => {
            let mut out = Map::new();
            complete(&field.fields, parts, path, selected, &mut out);
            Value::Object(out)
        }
        (ValueType::DateTimeOffset, Value::String(text)) => micros(text).and_then(moment).map_or_else(|| value.clone(), Value::String),
        (ValueType::GeographyPoint, Value::Object(point)) => json!({
            "type": "Point",
            "coordinates": point.get("coordinates"),
            "crs": {"type": "name", "properties": {"name": "EPSG:4326"}},
        }),
        (ValueType::Double, Value::Number(number)) => number.as_f64().map_or(Value::Null, Value::from),
        _ => value.clone(),
    }
}

/// A hit with its score and marks before the fields.
pub(super) fn hit(definition: &IndexDefinition, hit: Hit, selected: Option<&[String]>) -> Value {
    let mut out = Map::new();
    out.insert("@search.score".to_owned(), crate::http::catalogue::shown(hit.score).into());
    if !hit.highlights.is_empty() {
        let marks: Map<String, Value> = hit.highlights.into_iter().map(|(field, marks)| (field, marks.into())).collect();
        out.insert("@search.highlights".to_owned(), Value::Object(marks));
    }
    out.extend(document(definition, &hit.document, selected));
    Value::Object(out)
}

/// Facets by field.
pub(super) fn facets(facets: &[Facet]) -> Value {
    let mut out: Map<String, Value> = Map::new();
    // Values first, then the metrics of the same field in the order asked.
    let metrics = |facet: &&Facet| facet.metric.is_some();
    for facet in facets.iter().filter(|facet| !metrics(facet)).chain(facets.iter().filter(metrics)) {
        let entries = match &facet.metric {
            Some((metric, value)) => vec![json!({ metric.name(): value })],
            None => facet.buckets.iter().map(bucket).collect(),
        };
        if let Value::Array(list) = out.entry(facet.field.clone()).or_insert_with(|| Value::Array(Vec::new())) {
            list.extend(entries);
        }
    }
    Value::Object(out)
}

fn bucket(bucket: &Bucket) -> Value {
    let mut out = Map::new();
    match &bucket.value {
        BucketValue::Value(value) => {
            out.insert("value".to_owned(), value.clone());
        }
        BucketValue::Range { from, to } => {
            for (name, end) in [("from", from), ("to", to)] {
                if let Some(end) = end {
                    out.insert(name.to_owned(), end.clone());
                }
            }
        }
    }
    out.insert("count".to_owned(), bucket.count.into());
    Value::Object(out)
}
