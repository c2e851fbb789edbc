//! Values of other engines fitted to the types of their fields: a scalar where a list is declared, a list of one where a value is,
//! places in five notations, dates in milliseconds, whole numbers that come as 3.0. What does not fit stays as it is, for the
//! check of the document to refuse it in its own words.

use serde_json::{Map, Number, Value, json};
use tutti_index_schema::{ValueType, date_time_micros, date_time_text};

use super::{Conversion, Notation, Shape, extended_json::decode};
use crate::{dates, mapping::point_of_text};

/// Numbers of 64 bits are exact up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Conversion {
    /// A field's value; without a notation only the members of complex values are looked at.
    pub(super) fn value(&self, shape: &Shape, value: Value, path: &str, notation: Option<Notation>) -> Result<Value, String> {
        if notation.is_none() {
            return self.own_value(shape, value, path);
        }
        let of = shape.field_type.value;
        let value = plain(value, of, path, notation)?;
        let place = of == ValueType::GeographyPoint;
        if !shape.field_type.collection {
            return match value {
                Value::Array(mut items) if items.len() == 1 => {
                    let item = items.pop().unwrap_or_default();
                    self.single(shape, plain(item, of, path, notation)?, path, notation)
                }
                value => self.single(shape, value, path, notation),
            };
        }
        let items = match value {
            // A list that has no value is empty here; a vector may be null.
            Value::Null => return Ok(if shape.field_type.is_vector() { Value::Null } else { json!([]) }),
            Value::Array(items) if place && pair(&items, notation).is_some() => vec![Value::Array(items)],
            Value::Array(items) => items,
            value => vec![value],
        };
        let fitted = items.into_iter().map(|item| {
            let item = plain(item, of, path, notation)?;
            self.single(shape, item, path, notation)
        });
        fitted.collect::<Result<_, _>>().map(Value::Array)
    }

    fn own_value(&self, shape: &Shape, value: Value, path: &str) -> Result<Value, String> {
        match value {
            Value::Object(object) if shape.field_type.value == ValueType::Complex => {
                self.members(&shape.parts, object, path, None).map(Value::Object)
            }
            Value::Array(items) if shape.field_type.value == ValueType::Complex => {
                items.into_iter().map(|item| self.own_value(shape, item, path)).collect::<Result<_, _>>().map(Value::Array)
            }
            value => Ok(value),
        }
    }

    fn single(&self, shape: &Shape, value: Value, path: &str, notation: Option<Notation>) -> Result<Value, String> {
        Ok(match shape.field_type.value {
            ValueType::Complex => match value {
                Value::Object(object) => Value::Object(self.members(&shape.parts, object, path, notation)?),
                value => value,
            },
            ValueType::GeographyPoint => match place(&value, notation) {
                Some(point) => point,
                None => value,
            },
            ValueType::DateTimeOffset => date(value),
            ValueType::Int32 | ValueType::Int64 => whole(&value).map_or(value, Value::from),
            ValueType::String if shape.key => whole(&value).map_or(value, |number| Value::String(number.to_string())),
            _ => value,
        })
    }
}

/// The key that an `_id` makes.
pub(super) fn key_of_id(id: Value, notation: Option<Notation>) -> Result<Value, String> {
    let refused = |id: &Value| {
        let shown: String = id.to_string().chars().take(100).collect();
        format!("`_id` is {shown}; text, ObjectIds and whole numbers become keys, or give the row the key field")
    };
    let before = id.clone();
    match plain(id, ValueType::String, "_id", notation).map_err(|_| refused(&before))? {
        Value::String(text) => Ok(Value::String(text)),
        value => whole(&value).map(|number| Value::String(number.to_string())).ok_or_else(|| refused(&before)),
    }
}

/// A value without its notation.
fn plain(value: Value, of: ValueType, path: &str, notation: Option<Notation>) -> Result<Value, String> {
    match notation {
        Some(Notation::ExtendedJson) => decode(value, of).map_err(|what| format!("/{path}: {what}")),
        _ => Ok(value),
    }
}

/// A whole number, also one written with a fraction of nothing.
fn whole(value: &Value) -> Option<i64> {
    let Value::Number(number) = value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the range where f64 is exact")]
    let of_float = |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    number.as_i64().or_else(|| of_float(number.as_f64().filter(|_| number.is_f64())?))
}

/// Milliseconds since 1970, or a date as people write it.
fn date(value: Value) -> Value {
    let text = match &value {
        Value::Number(_) => whole(&value).and_then(|millis| millis.checked_mul(1000)).and_then(date_text),
        Value::String(text) => dates::full(text),
        _ => None,
    };
    text.map_or(value, Value::String)
}

/// A moment as text, when its year has four digits.
pub(super) fn date_text(micros: i64) -> Option<String> {
    // Beyond these the calendar's arithmetic is of no use.
    if micros.unsigned_abs() > 400_000_000_000_000_000 {
        return None;
    }
    let text = date_time_text(micros);
    date_time_micros(&text).is_some().then_some(text)
}

/// A place in any of the notations as GeoJSON.
fn place(value: &Value, notation: Option<Notation>) -> Option<Value> {
    let number = |value: &Value| coordinate(value, notation);
    match value {
        Value::Array(items) => pair(items, notation).map(|(longitude, latitude)| geo_json(&longitude, &latitude)),
        Value::String(text) => {
            if let Some((latitude, longitude)) = text.split_once(',') {
                return Some(geo_json(&parsed(longitude)?, &parsed(latitude)?));
            }
            point_of_text(text)
        }
        Value::Object(object) if object.contains_key("lat") && object.contains_key("lon") && object.len() == 2 => {
            Some(geo_json(&number(object.get("lon")?)?, &number(object.get("lat")?)?))
        }
        Value::Object(object) => {
            let mut object: Map<String, Value> = object.clone();
            let coordinates = object.get_mut("coordinates")?;
            let (longitude, latitude) = pair(coordinates.as_array()?, notation)?;
            *coordinates = json!([longitude, latitude]);
            Some(Value::Object(object))
        }
        _ => None,
    }
}

fn geo_json(longitude: &Number, latitude: &Number) -> Value {
    json!({"type": "Point", "coordinates": [longitude, latitude]})
}

/// Two numbers, longitude first.
fn pair(items: &[Value], notation: Option<Notation>) -> Option<(Number, Number)> {
    let [longitude, latitude] = items else { return None };
    let number = |value: &Value| match value {
        Value::String(_) => None,
        value => coordinate(value, notation),
    };
    Some((number(longitude)?, number(latitude)?))
}

fn coordinate(value: &Value, notation: Option<Notation>) -> Option<Number> {
    match plain(value.clone(), ValueType::Double, "", notation).ok()? {
        Value::Number(number) => Some(number),
        Value::String(text) => parsed(&text),
        _ => None,
    }
}

fn parsed(text: &str) -> Option<Number> {
    Number::from_f64(text.trim().parse().ok()?)
}
