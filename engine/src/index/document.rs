//! A JSON document to tantivy's, following a layout. The document was checked against the definition before; what does
//! not fit is skipped here, not reported.

use serde_json::{Map, Value};
use tantivy::TantivyDocument;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tutti_index_schema::ValueType;

use super::layout::{FieldLayout, Layout};

/// Between the values of a collection in the text handed to the analyzer (see `analysis::multi_value`).
pub(crate) const VALUE_SEPARATOR: char = '\u{1F}';

/// Builds the tantivy document of `document`. `source` is its text, kept as it is.
pub(crate) fn build(layout: &Layout, key: &str, document: &Map<String, Value>, source: &[u8]) -> TantivyDocument {
    let mut out = TantivyDocument::new();
    out.add_text(layout.key, key);
    out.add_bytes(layout.source, source);
    let mut values = Vec::new();
    for field in &layout.fields {
        if field.text.is_none() && field.value.is_none() {
            continue;
        }
        values.clear();
        gather_from(document, &field.path, &mut values);
        if !values.is_empty() {
            add(&mut out, field, &values);
        }
    }
    out
}

/// The values at `path`, collections and parents that are collections flattened, nulls left out.
pub(crate) fn gather<'a>(document: &'a Map<String, Value>, path: &str) -> Vec<&'a Value> {
    let mut out = Vec::new();
    gather_from(document, path, &mut out);
    out
}

fn gather_from<'a>(object: &'a Map<String, Value>, path: &str, out: &mut Vec<&'a Value>) {
    let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match object.get(name) {
        None | Some(Value::Null) => {}
        Some(Value::Array(items)) => {
            for item in items {
                step(item, rest, out);
            }
        }
        Some(value) => step(value, rest, out),
    }
}

fn step<'a>(value: &'a Value, rest: Option<&str>, out: &mut Vec<&'a Value>) {
    match (rest, value) {
        (_, Value::Null) => {}
        (Some(rest), Value::Object(object)) => gather_from(object, rest, out),
        (Some(_), _) => {}
        (None, value) => out.push(value),
    }
}

fn add(out: &mut TantivyDocument, field: &FieldLayout, values: &[&Value]) {
    for text in field.text.iter().chain(&field.suggest) {
        match values {
            [Value::String(only)] => out.add_text(text.slot, without_separator(only)),
            _ => {
                let texts: Vec<_> = values.iter().filter_map(|value| value.as_str()).map(without_separator).collect();
                out.add_text(text.slot, texts.join(VALUE_SEPARATOR.encode_utf8(&mut [0; 4])));
            }
        }
    }
    let Some((_, column)) = &field.value else { return };
    match field.field.field_type.value {
        ValueType::String => {
            for (i, value) in values.iter().enumerate() {
                // A value that stands twice counts once.
                if let Some(text) = value.as_str()
                    && !values[..i].contains(value)
                {
                    out.add_text(column.slot, text);
                }
            }
        }
        ValueType::Int32 | ValueType::Int64 | ValueType::Boolean | ValueType::DateTimeOffset => {
            let mut seen = Vec::new();
            for number in values.iter().filter_map(|value| whole(field.field.field_type.value, value)) {
                if !seen.contains(&number) {
                    out.add_i64(column.slot, number);
                    seen.push(number);
                }
            }
        }
        ValueType::Double | ValueType::Single => {
            let mut seen = Vec::new();
            for number in values.iter().filter_map(|value| decimal(value)) {
                if !seen.contains(&number) {
                    out.add_f64(column.slot, number);
                    seen.push(number);
                }
            }
        }
        ValueType::GeographyPoint => {
            for point in values.iter().filter_map(|value| point(value)) {
                out.add_f64(column.slot, point.1);
                if let Some(longitude) = &field.longitude {
                    out.add_f64(longitude.slot, point.0);
                }
            }
        }
        ValueType::Complex => {}
    }
}

fn without_separator(text: &str) -> std::borrow::Cow<'_, str> {
    if text.as_bytes().contains(&(VALUE_SEPARATOR as u8)) { text.replace(VALUE_SEPARATOR, " ").into() } else { text.into() }
}

/// A whole number, boolean (0, 1) or date (microseconds since 1970) as the `whole` column holds it.
pub(crate) fn whole(value_type: ValueType, value: &Value) -> Option<i64> {
    match value_type {
        ValueType::Boolean => value.as_bool().map(i64::from),
        ValueType::DateTimeOffset => value.as_str().and_then(micros),
        _ => value
            .as_i64()
            .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9.0e15).map(|number| number as i64)),
    }
}

/// A decimal, also the strings `INF`, `-INF` and `NaN` of OData.
pub(crate) fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            "INF" => Some(f64::INFINITY),
            "-INF" => Some(f64::NEG_INFINITY),
            "NaN" => Some(f64::NAN),
            _ => None,
        },
        _ => None,
    }
}

/// Longitude and latitude of a GeoJSON point.
pub(crate) fn point(value: &Value) -> Option<(f64, f64)> {
    let coordinates = value.get("coordinates")?.as_array()?;
    Some((coordinates.first()?.as_f64()?, coordinates.get(1)?.as_f64()?))
}

/// A date and time with offset (RFC 3339) as microseconds since 1970 in UTC; `None` when the text is no such date.
pub fn micros(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1000).ok()
}

/// The other way: RFC 3339 in UTC.
pub(crate) fn from_micros(micros: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()?;
    moment.format(&Rfc3339).ok()
}
