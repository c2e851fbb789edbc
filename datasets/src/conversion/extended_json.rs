//! MongoDB Extended JSON, versions 1 and 2: an object of `$` members stands for a value. BSON is read into the same notation.
//! <https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md>

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Number, Value};
use tutti_index_schema::{ValueType, date_time_micros};

use super::values::date_text;

/// The value that an object of `$` members stands for, for a field of type `of`; anything else as it is.
pub(super) fn decode(value: Value, of: ValueType) -> Result<Value, String> {
    let Value::Object(object) = &value else { return Ok(value) };
    let Some(name) = object.keys().find(|name| name.starts_with('$')).cloned() else { return Ok(value) };
    let known = form(object, &name, of);
    known.unwrap_or_else(|| {
        let names: Vec<&str> = object.keys().take(4).map(String::as_str).collect();
        Err(format!("`{}` has no counterpart here", names.join("`, `")))
    })
}

/// `None` when the members are not those of a known form.
fn form(object: &Map<String, Value>, name: &str, of: ValueType) -> Option<Result<Value, String>> {
    let alone = object.len() == 1;
    let inner = object.get(name)?;
    let wrong = || format!("`{name}` with a value that it cannot have");
    let text = || inner.as_str().map(|text| Value::String(text.to_owned())).ok_or_else(wrong);
    Some(match name {
        "$oid" | "$symbol" | "$uuid" if alone => text(),
        "$undefined" if alone => Ok(Value::Null),
        "$numberInt" | "$numberLong" if alone => integer(inner).map(Value::from).ok_or_else(wrong),
        "$numberDouble" if alone => double(inner).ok_or_else(wrong),
        "$numberDecimal" if alone => decimal(inner, of).ok_or_else(wrong),
        "$date" if alone => date(inner).map(Value::String).ok_or_else(wrong),
        "$timestamp" if alone => {
            let seconds = inner.as_object().and_then(|parts| integer(parts.get("t")?));
            let text = seconds.and_then(|seconds| date_text(seconds.checked_mul(1_000_000)?));
            text.map(Value::String).ok_or_else(wrong)
        }
        "$binary" | "$type" => return binary(object),
        "$regularExpression" if alone => inner.as_object().and_then(|parts| regex(parts, "pattern", "options")).ok_or_else(wrong),
        "$regex" | "$options" => return regex(object, "$regex", "$options").map(Ok),
        _ => return None,
    })
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn double(value: &Value) -> Option<Value> {
    let text = match value {
        Value::Number(_) => return Some(value.clone()),
        Value::String(text) => text,
        _ => return None,
    };
    let number: f64 = text.parse().ok()?;
    Number::from_f64(number).map(Value::Number).or_else(|| Some(special(number).into()))
}

/// How documents write what no JSON number is.
fn special(number: f64) -> &'static str {
    match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (false, true) => "INF",
        (false, false) => "-INF",
    }
}

fn decimal(value: &Value, of: ValueType) -> Option<Value> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Number(_) => return Some(value.clone()),
        _ => return None,
    };
    let number: f64 = text.parse().ok()?;
    if of == ValueType::String {
        return Some(Value::String(text.to_owned()));
    }
    if let Some(whole) = whole_decimal(text) {
        return Some(whole.into());
    }
    let names_infinity = text.to_ascii_lowercase().contains("inf");
    match Number::from_f64(number) {
        Some(number) => Some(Value::Number(number)),
        None if number.is_nan() || names_infinity => Some(special(number).into()),
        // Too large for a number of 64 bits: refused as the text that it is.
        None => Some(Value::String(text.to_owned())),
    }
}

/// A decimal such as `42.0` or `1E+3` as the whole number that it is, exactly.
fn whole_decimal(text: &str) -> Option<i64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let after = after.trim_end_matches('0');
    let missing = exponent.checked_sub(i32::try_from(after.len()).ok()?)?;
    let all = format!("{before}{after}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return all.bytes().all(|digit| digit == b'0').then_some(0);
    }
    if let Ok(zeros) = usize::try_from(missing) {
        // More digits than any number of 64 bits has.
        return (zeros < 20).then(|| format!("{sign}{significant}{}", "0".repeat(zeros)).parse().ok())?;
    }
    let cut = usize::try_from(missing.unsigned_abs()).ok()?;
    let kept = significant.len().checked_sub(cut)?;
    significant.get(kept..)?.bytes().all(|digit| digit == b'0').then(|| format!("{sign}{}", significant.get(..kept)?).parse().ok())?
}

/// Milliseconds, or a date as text, also with an offset without its colon, as old `mongoexport`s wrote it.
fn date(value: &Value) -> Option<String> {
    let millis = match value {
        Value::Object(object) if object.len() == 1 => Some(integer(object.get("$numberLong")?)?),
        value => value.as_i64(),
    };
    if let Some(millis) = millis {
        return date_text(millis.checked_mul(1000)?);
    }
    let text = value.as_str()?;
    let mut read = text.to_owned();
    let bytes = text.as_bytes();
    if bytes.len() > 16 && matches!(bytes[bytes.len() - 5], b'+' | b'-') && text.is_ascii() {
        read.insert(bytes.len() - 2, ':');
    }
    date_time_micros(&read).and_then(date_text)
}

/// Version 2 `{"$binary": {"base64", "subType"}}`, version 1 `{"$binary", "$type"}`.
fn binary(object: &Map<String, Value>) -> Option<Result<Value, String>> {
    let (content, subtype) = match (object.get("$binary")?, object.len()) {
        (Value::Object(parts), 1) => (parts.get("base64")?, parts.get("subType")?),
        (content @ Value::String(_), 2) => (content, object.get("$type")?),
        _ => return None,
    };
    let subtype = match subtype {
        Value::String(text) => u8::from_str_radix(text, 16).ok()?,
        number => u8::try_from(number.as_u64()?).ok()?,
    };
    let Ok(bytes) = BASE64_STANDARD.decode(content.as_str()?) else { return Some(Err("`$binary` is not base64".to_owned())) };
    Some(Ok(Value::String(match (subtype, <[u8; 16]>::try_from(bytes.as_slice())) {
        (3 | 4, Ok(uuid)) => uuid_text(uuid),
        _ => BASE64_STANDARD.encode(&bytes),
    })))
}

fn uuid_text(bytes: [u8; 16]) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn regex(object: &Map<String, Value>, pattern: &str, options: &str) -> Option<Value> {
    let other = object.keys().any(|name| name != pattern && name != options);
    let options = object.get(options).map_or(Some(""), Value::as_str)?;
    let pattern = object.get(pattern)?.as_str()?;
    (!other).then(|| Value::String(format!("/{pattern}/{options}")))
}
