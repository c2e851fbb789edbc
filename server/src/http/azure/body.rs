//! JSON bodies, read strictly: every member is known and of its type. A null member is as good as none.

use serde_json::{Map, Value};

use super::failure::bad;
use crate::http::error::ApiError;

/// The object a body holds.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(bad("The request is invalid. Details: the body must be a JSON object.")),
        Err(error) => Err(bad(format!("The request is invalid. Details: the body is not JSON: {error}"))),
    }
}

/// Members of an object, taken by name and type.
pub(super) struct Members<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Members<'a> {
    /// Refuses members that are not among `known`; `@odata.` ones are left alone.
    pub(super) fn allow(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.0.keys().find(|name| !known.contains(&name.as_str()) && !name.starts_with("@odata.")) {
            None => Ok(()),
            Some(name) => Err(bad(format!(
                "The request is invalid. Details: the property '{name}' does not exist here; known are {}.",
                known.join(", ")
            ))),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| wrong(name, "a string", value))).transpose()
    }

    pub(super) fn required_text(&self, name: &str) -> Result<&'a str, ApiError> {
        self.text(name)?.ok_or_else(|| bad(format!("The request is invalid. Details: the property '{name}' is missing.")))
    }

    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let number = |value: &'a Value| {
            let fractionless = || value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as i64);
            value.as_i64().or_else(fractionless).ok_or_else(|| wrong(name, "a whole number", value))
        };
        self.get(name).map(number).transpose()
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, ApiError> {
        self.get(name).map(|value| value.as_f64().ok_or_else(|| wrong(name, "a number", value))).transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.get(name).map(|value| value.as_bool().ok_or_else(|| wrong(name, "true or false", value))).transpose()
    }

    /// Names joined by commas, or a list of them: the SDKs send either.
    pub(super) fn joined(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.get(name) {
            Some(Value::Array(_)) => self.texts(name).map(|names| Some(names.join(","))),
            _ => self.text(name).map(|text| text.map(str::to_owned)),
        }
    }

    /// A list of strings; none is empty.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or_else(|| wrong(name, "a list of strings", value))?;
        list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "a list of strings", value))).collect()
    }
}

fn wrong(name: &str, expected: &str, found: &Value) -> ApiError {
    let mut shown = found.to_string();
    if shown.chars().count() > 60 {
        shown = shown.chars().take(60).chain(['…']).collect();
    }
    bad(format!("The request is invalid. Details: the property '{name}' must be {expected}, it is {shown}."))
}
