//! A JSON document to tantivy's, following a layout, and its text back. The document was checked against the definition before; what does
//! not fit is skipped here, not reported.

use serde_json::{Map, Value};
use tantivy::TantivyDocument;
use tantivy::schema::{Field as Slot, Value as _};
use tutti_index_schema::ValueType;

use super::analysis::VALUE_SEPARATOR;
use super::layout::{CollectionLayout, FieldLayout, Layout, element_id};
use crate::error::{Error, Result};

/// Builds the tantivy document of `document`. `source` is its text, kept as it is.
pub(crate) fn build(layout: &Layout, key: &str, document: &Map<String, Value>, source: &[u8]) -> TantivyDocument {
    let mut out = TantivyDocument::new();
    out.add_text(layout.key, key);
    out.add_bytes(layout.source, source);
    let mut values = Vec::new();
    for field in layout.fields() {
        if field.text.is_none() && field.value.is_none() {
            continue;
        }
        values.clear();
        gather_from(document, &field.info.path, &mut values);
        if !values.is_empty() {
            add_text(&mut out, field, &values);
            match &field.element_ids {
                None => add_values(&mut out, field, &values),
                Some(column) => add_nested_values(&mut out, field, column.slot, document),
            }
        }
    }
    for collection in layout.collections() {
        add_elements(&mut out, collection, document);
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

fn add_text(out: &mut TantivyDocument, field: &FieldLayout, values: &[&Value]) {
    for text in field.text.iter().chain(&field.suggest) {
        match values {
            [Value::String(only)] => out.add_text(text.slot, without_separator(only)),
            _ => {
                let texts: Vec<_> = values.iter().filter_map(|value| value.as_str()).map(without_separator).collect();
                out.add_text(text.slot, texts.join(VALUE_SEPARATOR.encode_utf8(&mut [0; 4])));
            }
        }
    }
}

/// Adds the values of a column, equal ones too: metrics are of every element.
fn add_values(out: &mut TantivyDocument, field: &FieldLayout, values: &[&Value]) {
    for value in values {
        add_value(out, field, value);
    }
}

/// Adds the values of a column inside a collection of complex values, every one with the id of its element.
fn add_nested_values(out: &mut TantivyDocument, field: &FieldLayout, element_ids: Slot, document: &Map<String, Value>) {
    walk(document, &field.info.path, (0, 0), &mut |value, element, _| {
        for value in values_of(value) {
            if add_value(out, field, value) {
                out.add_i64(element_ids, element);
            }
        }
    });
}

/// Adds the ids of the elements of a collection of complex values.
fn add_elements(out: &mut TantivyDocument, collection: &CollectionLayout, document: &Map<String, Value>) {
    walk(document, &collection.path, (0, 0), &mut |value, element, depth| {
        for number in 0..value.as_array().map_or(0, Vec::len) {
            out.add_i64(collection.element_ids.slot, element_id::within(element, depth, number));
        }
    });
}

/// Calls `each` with what stands at `path`, collection or not, the id of the element around it and the collections of complex values around that.
fn walk(object: &Map<String, Value>, path: &str, at: (i64, u32), each: &mut impl FnMut(&Value, i64, u32)) {
    let (element, depth) = at;
    let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match (object.get(name), rest) {
        (None | Some(Value::Null), _) => {}
        (Some(value), None) => each(value, element, depth),
        (Some(Value::Object(inner)), Some(rest)) => walk(inner, rest, at, each),
        (Some(Value::Array(items)), Some(rest)) => {
            for (number, item) in items.iter().enumerate() {
                if let Value::Object(inner) = item {
                    walk(inner, rest, (element_id::within(element, depth, number), depth + 1), each);
                }
            }
        }
        (Some(_), Some(_)) => {}
    }
}

fn values_of(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    }
    .iter()
    .filter(|value| !value.is_null())
}

/// Adds one value to its column; `false` when it is not of the field's type.
fn add_value(out: &mut TantivyDocument, field: &FieldLayout, value: &Value) -> bool {
    let Some((_, column)) = &field.value else { return false };
    match field.info.value_type() {
        ValueType::String => match (value.as_str(), &field.info.normalizer) {
            (Some(text), None) => out.add_text(column.slot, text),
            (Some(text), Some(normalizer)) => out.add_text(column.slot, normalizer.value(text)),
            (None, _) => return false,
        },
        kind @ (ValueType::Int32 | ValueType::Int64 | ValueType::Boolean | ValueType::DateTimeOffset) => match integer(kind, value) {
            Some(number) => out.add_i64(column.slot, number),
            None => return false,
        },
        ValueType::Double | ValueType::Single => match float(value) {
            Some(number) => out.add_f64(column.slot, number),
            None => return false,
        },
        ValueType::GeographyPoint => match (point(value), &field.longitude) {
            (Some((longitude, latitude)), Some(column_of_longitudes)) => {
                out.add_f64(column.slot, latitude);
                out.add_f64(column_of_longitudes.slot, longitude);
            }
            _ => return false,
        },
        ValueType::Complex => return false,
    }
    true
}

fn without_separator(text: &str) -> std::borrow::Cow<'_, str> {
    if text.as_bytes().contains(&(VALUE_SEPARATOR as u8)) { text.replace(VALUE_SEPARATOR, " ").into() } else { text.into() }
}

/// An integer, boolean (0, 1) or date (microseconds since 1970) as an integer column holds it.
fn integer(value_type: ValueType, value: &Value) -> Option<i64> {
    match value_type {
        ValueType::Boolean => value.as_bool().map(i64::from),
        ValueType::DateTimeOffset => value.as_str().and_then(micros),
        _ => value
            .as_i64()
            .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9.0e15).map(|number| number as i64)),
    }
}

/// A floating-point number, also the strings `INF`, `-INF` and `NaN` of OData. Of the two zeros, which are equal, it is the positive one.
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().map(|number| number + 0.0),
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

/// The JSON text a tantivy document was made from.
pub(crate) fn source_of(source: Slot, document: &TantivyDocument) -> Option<&[u8]> {
    document.get_first(source)?.as_bytes()
}

/// The document that a stored text holds.
pub(crate) fn parse(index: &str, source: &[u8]) -> Result<Map<String, Value>> {
    serde_json::from_slice(source).map_err(|error| Error::Damaged { index: index.to_owned(), what: format!("a stored document: {error}") })
}

/// A date and time as microseconds since 1970 in UTC; `None` when the text is no such date. What a document may hold is
/// what this reads: an offset and seconds may be missing.
pub fn micros(text: &str) -> Option<i64> {
    tutti_index_schema::date_time_micros(text)
}

/// The other way: RFC 3339 in UTC; `None` outside of the years 0 to 9999.
pub fn moment(micros: i64) -> Option<String> {
    (FIRST_MOMENT..=LAST_MOMENT).contains(&micros).then(|| tutti_index_schema::date_time_text(micros))
}

/// 0000-01-01T00:00:00Z and the last microsecond of the year 9999.
const FIRST_MOMENT: i64 = -62_167_219_200_000_000;
const LAST_MOMENT: i64 = 253_402_300_799_999_999;
