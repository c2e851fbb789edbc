//! Documents as MongoDB's extended JSON (version 2, relaxed) and back, without loss.
//!
//! Most JSON is written as it is. What differs:
//! - an integer in a field whose name ends in `At` is a moment in Unix milliseconds: `{"$date": ...}`;
//! - an integer beyond 64 signed bits: `{"$numberDecimal": "..."}`;
//! - an object with a field name that BSON does not take (it begins with `$` or holds a NUL) is its own JSON as
//!   `{"$binary": ...}` of the user-defined subtype 80, a whole document with such a name or with a field `_id` as subtype 81.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Bytes without a meaning here.
const PLAIN: &str = "00";
/// The JSON of a value.
const JSON: &str = "80";
/// The JSON of a whole document.
const DOCUMENT: &str = "81";
/// The first millisecond of the year 10000; from there on dates are written as numbers.
const YEAR_10000: i64 = 253_402_300_800_000;

/// A document with its key as `_id`.
pub(crate) fn from_document(key: &str, body: Value) -> Value {
    let mut document = Map::new();
    document.insert("_id".to_owned(), Value::from(key));
    match body {
        Value::Object(fields) if !fields.contains_key("_id") && fields.keys().all(|name| is_plain(name)) => {
            document.extend(fields.into_iter().map(|(name, value)| field(name, value)));
        }
        other => {
            document.insert("body".to_owned(), binary(other.to_string().as_bytes(), DOCUMENT));
        }
    }
    Value::Object(document)
}

/// The key and body of a document.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn to_document(document: Value) -> Result<(String, Value), String> {
    let Value::Object(mut fields) = document else { return Err("this is not a JSON object".to_owned()) };
    let key = match fields.shift_remove("_id") {
        Some(Value::String(key)) => key,
        Some(_) => return Err("`_id` is not a string".to_owned()),
        None => return Err("there is no `_id`".to_owned()),
    };
    if fields.len() == 1
        && let Some(whole) = fields.get("body")
        && let Some((bytes, subtype)) = as_binary(whole)?
        && subtype == DOCUMENT
    {
        return Ok((key, parse(&bytes)?));
    }
    Ok((key, to_fields(fields)?))
}

/// An entry of a log: JSON when that gives the same bytes again, else its bytes.
pub(crate) fn from_entry(entry: &[u8]) -> Value {
    if let Ok(value) = serde_json::from_slice::<Value>(entry)
        && value.to_string().as_bytes() == entry
    {
        return from_value(value);
    }
    binary(entry, PLAIN)
}

/// The bytes of an entry.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn to_entry(value: Value) -> Result<Vec<u8>, String> {
    match as_binary(&value)? {
        Some((bytes, subtype)) if subtype == PLAIN => Ok(bytes),
        _ => Ok(to_value(value)?.to_string().into_bytes()),
    }
}

fn is_plain(name: &str) -> bool {
    !name.starts_with('$') && !name.contains('\0')
}

fn field(name: String, value: Value) -> (String, Value) {
    let value = match value.as_i64() {
        Some(moment) if name.ends_with("At") => date(moment),
        _ => from_value(value),
    };
    (name, value)
}

fn from_value(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_u64() && !number.is_i64() => json!({"$numberDecimal": number.to_string()}),
        Value::Array(items) => Value::Array(items.into_iter().map(from_value).collect()),
        Value::Object(fields) if fields.keys().all(|name| is_plain(name)) => {
            Value::Object(fields.into_iter().map(|(name, value)| field(name, value)).collect())
        }
        Value::Object(_) => binary(value.to_string().as_bytes(), JSON),
        other => other,
    }
}

fn date(moment: i64) -> Value {
    let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment) * 1_000_000).ok().and_then(|at| at.format(&Rfc3339).ok());
    match text {
        Some(text) if (0..YEAR_10000).contains(&moment) => json!({"$date": text}),
        _ => json!({"$date": {"$numberLong": moment.to_string()}}),
    }
}

fn binary(bytes: &[u8], subtype: &str) -> Value {
    json!({"$binary": {"base64": STANDARD.encode(bytes), "subType": subtype}})
}

fn to_fields(fields: Map<String, Value>) -> Result<Value, String> {
    let mut found = Map::new();
    for (name, value) in fields {
        let value = to_value(value).map_err(|message| format!("`{name}`: {message}"))?;
        found.insert(name, value);
    }
    Ok(Value::Object(found))
}

fn to_value(value: Value) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.into_iter().map(to_value).collect::<Result<_, _>>().map(Value::Array),
        Value::Object(fields) if fields.keys().any(|name| name.starts_with('$')) => to_special(&fields),
        Value::Object(fields) => to_fields(fields),
        other => Ok(other),
    }
}

fn to_special(fields: &Map<String, Value>) -> Result<Value, String> {
    let Some((name, value)) = fields.iter().next().filter(|_| fields.len() == 1) else {
        return Err("an object with a name that begins with `$` has one field".to_owned());
    };
    match (name.as_str(), value) {
        ("$date", Value::String(text)) => {
            let at = OffsetDateTime::parse(text, &Rfc3339)
                .map_err(|error| format!("{text:?} is not a date such as 2026-01-31T12:00:00Z: {error}"))?;
            i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).map(Value::from).map_err(|error| error.to_string())
        }
        ("$date", moment) => number(moment.get("$numberLong").unwrap_or(moment)),
        ("$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal", text) => number(text),
        ("$oid", Value::String(text)) => Ok(Value::from(text.as_str())),
        ("$binary", _) => match as_binary(&Value::Object(fields.clone()))? {
            Some((bytes, subtype)) if subtype == JSON => parse(&bytes),
            Some((bytes, _)) => Ok(Value::from(STANDARD.encode(bytes))),
            None => Err("`$binary` has not the fields `base64` and `subType`".to_owned()),
        },
        _ => Err(format!("`{name}` means nothing here")),
    }
}

fn number(value: &Value) -> Result<Value, String> {
    let parsed = match value {
        Value::Number(_) => return Ok(value.clone()),
        Value::String(text) => serde_json::from_str::<Value>(text).ok().filter(Value::is_number),
        _ => None,
    };
    parsed.ok_or_else(|| format!("{value} is not a number"))
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("the JSON in `$binary` is wrong: {error}"))
}

/// The bytes and subtype when this is `{"$binary": ...}`.
fn as_binary(value: &Value) -> Result<Option<(Vec<u8>, String)>, String> {
    let Some(binary) = value.get("$binary") else { return Ok(None) };
    let (Some(text), Some(subtype)) = (binary.get("base64").and_then(Value::as_str), binary.get("subType").and_then(Value::as_str)) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(text).map_err(|error| format!("`base64` is wrong: {error}"))?;
    Ok(Some((bytes, format!("{subtype:0>2}"))))
}
