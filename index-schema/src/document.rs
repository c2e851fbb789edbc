//! Whether a JSON document suits a definition: members, types, ranges, the key. Every error with its pointer and a remedy.
//! Batches, actions and what is stored are the engine's business.

mod from_text;

use std::{collections::HashMap, fmt};

use serde_json::{Map, Value};

use crate::{
    date::date_time_micros,
    definition::{Field, FieldType, IndexDefinition, ValueType},
    errors::join,
    names,
};

/// The longest key in characters.
pub const MAX_KEY_LENGTH: usize = 1024;
/// The longest value in bytes of a filterable, sortable or facetable string.
pub const MAX_TERM_BYTES: usize = 32_766;

const MAX_ELEMENTS: usize = 3000;
const KEPT: usize = 50;

/// What kind of error it is: services treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentErrorKind {
    /// A value or member that the definition does not have room for.
    Shape,
    /// The key is missing, empty or not allowed.
    Key,
    /// A filterable, sortable or facetable string is too long.
    TermTooLarge,
    /// Too many elements in collections of complex fields.
    TooManyElements,
}

/// One error in a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DocumentError {
    /// What kind of error it is.
    pub kind: DocumentErrorKind,
    /// JSON pointer (RFC 6901) of the offending value.
    pub pointer: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "(document)" } else { &self.pointer };
        write!(f, "{pointer}: {}; {}", self.what, self.remedy)
    }
}

/// Checks `document` against `definition`. For more than one document make a [`DocumentChecker`].
///
/// # Errors
/// Every error, in the document's order.
pub fn check(definition: &IndexDefinition, document: &Map<String, Value>) -> Result<(), Vec<DocumentError>> {
    DocumentChecker::new(definition).check(document)
}

/// A definition prepared for checking many documents.
#[derive(Clone, Debug)]
pub struct DocumentChecker {
    key: String,
    root: Level,
}

#[derive(Clone, Debug)]
struct Level {
    rules: HashMap<String, Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    field_type: FieldType,
    /// Values become single terms and have a longest length.
    term: bool,
    key: bool,
    dimensions: Option<u32>,
    parts: Level,
}

/// Where a value stands, as a list on the stack: written out only when there is something to report.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Member(parent, name) => join(&parent.pointer(), name),
            Place::Item(parent, i) => join(&parent.pointer(), &i.to_string()),
        }
    }
}

struct Found {
    errors: Vec<DocumentError>,
    /// Elements seen in collections of complex fields.
    elements: usize,
}

impl Found {
    #[cold]
    fn add(&mut self, place: Place<'_>, what: String, remedy: impl Into<String>) {
        self.add_kind(DocumentErrorKind::Shape, place, what, remedy);
    }

    #[cold]
    fn add_kind(&mut self, kind: DocumentErrorKind, place: Place<'_>, what: String, remedy: impl Into<String>) {
        if self.errors.len() < KEPT {
            self.errors.push(DocumentError { kind, pointer: place.pointer(), what, remedy: remedy.into() });
        }
    }
}

impl DocumentChecker {
    /// Prepares `definition`.
    pub fn new(definition: &IndexDefinition) -> Self {
        let key = definition.key_field().map(|field| field.name.clone()).unwrap_or_default();
        DocumentChecker { key, root: Level::new(&definition.fields) }
    }

    /// Checks one document.
    ///
    /// # Errors
    /// Every error (the first 50), in the document's order.
    pub fn check(&self, document: &Map<String, Value>) -> Result<(), Vec<DocumentError>> {
        let mut found = Found { errors: Vec::new(), elements: 0 };
        self.root.check(document, Place::Root, &mut found);
        if document.get(&self.key).is_none_or(Value::is_null) {
            let what = format!("the key `{}` is missing", self.key);
            found.add_kind(DocumentErrorKind::Key, Place::Member(&Place::Root, &self.key), what, "give every document a key of its own");
        }
        if found.elements > MAX_ELEMENTS {
            let what = format!("{} elements in collections of complex fields", found.elements);
            let remedy = format!("at most {MAX_ELEMENTS} are allowed in one document");
            found.add_kind(DocumentErrorKind::TooManyElements, Place::Root, what, remedy);
        }
        if found.errors.is_empty() { Ok(()) } else { Err(found.errors) }
    }
}

impl Level {
    fn new(fields: &[Field]) -> Self {
        let rule = |field: &Field| Rule {
            field_type: field.field_type,
            term: field.filterable || field.sortable || field.facetable,
            key: field.key,
            dimensions: field.dimensions,
            parts: Level::new(&field.fields),
        };
        Level { rules: fields.iter().map(|field| (field.name.clone(), rule(field))).collect() }
    }

    fn check(&self, object: &Map<String, Value>, place: Place<'_>, found: &mut Found) {
        for (name, value) in object {
            let here = Place::Member(&place, name);
            match self.rules.get(name) {
                Some(rule) => rule.check(value, here, found),
                None => {
                    let known: Vec<&str> = self.rules.keys().map(String::as_str).collect();
                    let near = names::nearest(name, known.iter().copied());
                    let remedy = near.map_or_else(
                        || "declare it in the definition, or leave it out".to_owned(),
                        |near| format!("did you mean `{near}`? Otherwise declare it in the definition, or leave it out"),
                    );
                    found.add(here, format!("unknown field `{}`", names::shown(name)), remedy);
                }
            }
        }
    }
}

impl Rule {
    fn check(&self, value: &Value, place: Place<'_>, found: &mut Found) {
        if !self.field_type.collection {
            if !value.is_null() {
                self.check_one(value, place, found);
            }
            return;
        }
        if self.field_type.is_vector() {
            return self.check_vector(value, place, found);
        }
        let Some(list) = value.as_array() else {
            return found.add(
                place,
                format!("expected a list, found {}", brief(value)),
                format!("write a list, as the type is {}; `[]` for none", self.field_type),
            );
        };
        for (i, item) in list.iter().enumerate() {
            let here = Place::Item(&place, i);
            if item.is_null() {
                found.add(here, "null in a collection".to_owned(), "leave the item out");
            } else {
                self.check_one(item, here, found);
            }
        }
        if self.field_type.value == ValueType::Complex {
            found.elements += list.len();
        }
    }

    fn check_one(&self, value: &Value, place: Place<'_>, found: &mut Found) {
        let expected = match self.field_type.value {
            ValueType::String => match value.as_str() {
                Some(text) => return self.check_text(text, place, found),
                None => "a string",
            },
            ValueType::Int32 => match value.as_i64() {
                Some(n) if i32::try_from(n).is_ok() => return,
                _ => "a whole number from -2147483648 to 2147483647",
            },
            ValueType::Int64 => match value.as_i64() {
                Some(_) => return,
                None => "a whole number of 64 bits",
            },
            ValueType::Double | ValueType::Single => match value {
                Value::Number(_) => return,
                Value::String(text) if matches!(text.as_str(), "NaN" | "INF" | "-INF") => return,
                _ => "a number (or \"NaN\", \"INF\", \"-INF\")",
            },
            ValueType::Boolean => match value {
                Value::Bool(_) => return,
                _ => "true or false",
            },
            ValueType::DateTimeOffset => match value.as_str() {
                Some(text) if date_time_micros(text).is_some() => return,
                _ => "a date and time such as \"2024-05-01T18:30:00Z\"",
            },
            ValueType::GeographyPoint => match point_mistake(value) {
                None => return,
                Some(what) => return found.add(place, what, "write {\"type\":\"Point\",\"coordinates\":[longitude, latitude]}"),
            },
            ValueType::Complex => match value {
                Value::Object(object) => return self.parts.check(object, place, found),
                _ => "an object",
            },
        };
        found.add(place, format!("expected {expected}, found {}", brief(value)), format!("the field's type is {}", self.field_type));
    }

    fn check_text(&self, text: &str, place: Place<'_>, found: &mut Found) {
        if self.key {
            let bytes = text.as_bytes();
            let legal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'=');
            if bytes.is_empty() {
                let remedy = "give every document a key of its own";
                found.add_kind(DocumentErrorKind::Key, place, "the key is empty".to_owned(), remedy);
            } else if bytes.len() > MAX_KEY_LENGTH && text.chars().count() > MAX_KEY_LENGTH {
                let what = format!("the key has {} characters", text.chars().count());
                found.add_kind(DocumentErrorKind::Key, place, what, format!("use at most {MAX_KEY_LENGTH}"));
            } else if bytes[0] == b'_' || !bytes.iter().all(legal) {
                let what = format!("`{}` cannot be a key", names::shown(text));
                let remedy = "use letters, digits, `_`, `-` and `=`, not beginning with `_`; base64url encodes anything else";
                found.add_kind(DocumentErrorKind::Key, place, what, remedy);
            }
        } else if self.term && text.len() > MAX_TERM_BYTES {
            let what = format!("the text has {} bytes and the field is filterable, sortable or facetable", text.len());
            let remedy = format!("shorten it to {MAX_TERM_BYTES} bytes, or declare the field searchable only");
            found.add_kind(DocumentErrorKind::TermTooLarge, place, what, remedy);
        }
    }

    fn check_vector(&self, value: &Value, place: Place<'_>, found: &mut Found) {
        if value.is_null() {
            return;
        }
        let wanted = self.dimensions.unwrap_or_default() as usize;
        let Some(list) = value.as_array() else {
            return found.add(place, format!("expected a vector, found {}", brief(value)), format!("write a list of {wanted} numbers"));
        };
        if list.len() != wanted {
            found.add(place, format!("the vector has {} numbers", list.len()), format!("the field's vectors have {wanted}"));
        }
        for (i, item) in list.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "what does not fit is what is looked for")]
            let fits = item.as_f64().is_some_and(|n| (n as f32).is_finite());
            if !fits {
                found.add(
                    Place::Item(&place, i),
                    format!("{} is not a number of 32 bits", brief(item)),
                    "vectors hold finite numbers only",
                );
            }
        }
    }
}

fn point_mistake(value: &Value) -> Option<String> {
    let Some(object) = value.as_object() else { return Some(format!("expected a GeoJSON point, found {}", brief(value))) };
    if object.get("type").and_then(Value::as_str) != Some("Point") {
        return Some("the point's `type` is not \"Point\"".to_owned());
    }
    if let Some(name) = object.keys().find(|name| !matches!(name.as_str(), "type" | "coordinates" | "crs")) {
        return Some(format!("unknown member `{}` of a point", names::shown(name)));
    }
    let Some([longitude, latitude]) = object.get("coordinates").and_then(Value::as_array).map(Vec::as_slice) else {
        return Some("the point's `coordinates` are not two numbers".to_owned());
    };
    let (Some(longitude), Some(latitude)) = (longitude.as_f64(), latitude.as_f64()) else {
        return Some("the point's `coordinates` are not two numbers".to_owned());
    };
    if !(-180.0..=180.0).contains(&longitude) {
        return Some(format!("the longitude {longitude} is not within -180 to 180"));
    }
    if !(-90.0..=90.0).contains(&latitude) {
        return Some(format!("the latitude {latitude} is not within -90 to 90 (longitude comes first)"));
    }
    None
}

/// A value in few characters.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("the string {:?}", names::shown(text)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
