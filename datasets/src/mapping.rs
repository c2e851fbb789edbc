//! Which column becomes which field, and how its text becomes a value. Text from tables is converted by the declared type of its
//! field; values that already have a type are left as they are.

use std::{collections::HashMap, str::FromStr};

use serde::Deserialize;
use serde_json::{Map, Value};
use tutti_index_schema::{FieldType, IndexDefinition, ValueType};

use crate::{Error, Record, RowError};

/// A column mapping. The default keeps every column under its own name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Column name to field.
    pub columns: HashMap<String, Column>,
    /// Fields that have the same value in every document.
    pub constants: Map<String, Value>,
    /// Leave out columns that are not named. Without it they keep their names.
    pub only_named: bool,
    /// Separates the items of a list within a cell where a column says nothing else; `;` when empty.
    pub list_separator: String,
    /// Declared types by field path, see [`Mapping::typed`].
    #[serde(skip)]
    types: HashMap<String, FieldType>,
}

/// Where a column goes: `"title"`, or with details.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Just the field.
    Field(String),
    /// The field, how the text is read, and what separates the items of a list.
    Detailed {
        /// Field path, `a/b` for a part of a complex field.
        field: String,
        /// `string`, `int`, `double`, `bool`, `date`, `point`, `json`; by the field's declared type when absent.
        #[serde(default, rename = "type")]
        convert: Option<Convert>,
        /// Separator of list items.
        #[serde(default)]
        list: Option<String>,
    },
}

/// How text becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convert {
    /// As it is.
    String,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// `true`/`false`, `1`/`0`, `yes`/`no`.
    Bool,
    /// A date or a date and time; a year or month alone begins on its first day.
    Date,
    /// `POINT(longitude latitude)` or GeoJSON.
    Point,
    /// JSON text.
    Json,
}

impl Mapping {
    /// Reads a mapping from its JSON form.
    ///
    /// # Errors
    /// When it is not one.
    pub fn from_json(bytes: &[u8]) -> Result<Mapping, Error> {
        serde_json::from_slice(bytes).map_err(|error| Error::Mapping(error.to_string()))
    }

    /// Adds `column=field`, `column=field:type` or `column=field:type:separator` (as `--map` takes it); an empty field drops the column.
    ///
    /// # Errors
    /// When there is no `=` or the type is unknown.
    pub fn add_pair(&mut self, pair: &str) -> Result<(), Error> {
        let (column, rest) = pair.split_once('=').ok_or_else(|| Error::Mapping(format!("`{pair}` is not column=field")))?;
        let mut parts = rest.splitn(3, ':');
        let field = parts.next().unwrap_or_default().trim().to_owned();
        let convert = match parts.next().filter(|word| !word.is_empty()) {
            Some(word) => Some(word.parse()?),
            None => None,
        };
        let list = parts.next().map(str::to_owned);
        self.columns.insert(column.trim().to_owned(), Column::Detailed { field, convert, list });
        Ok(())
    }

    /// Lets the declared types of `definition` decide how text is read where a column says nothing.
    #[must_use]
    pub fn typed(mut self, definition: &IndexDefinition) -> Mapping {
        self.types = definition.flattened().into_iter().map(|(path, field)| (path, field.field_type)).collect();
        self
    }

    /// Whether applying changes nothing: values of JSON have their types already.
    pub fn is_identity_for_json(&self) -> bool {
        self.columns.is_empty() && self.constants.is_empty() && !self.only_named
    }

    /// Renames and converts the columns of `record`.
    ///
    /// # Errors
    /// When a text cannot be read as its field's type.
    pub fn apply(&self, record: Record) -> Result<Record, RowError> {
        self.apply_to(record, true)
    }

    /// Renames columns, and converts only those whose type or separator is given: values that have their types already.
    pub(crate) fn rename(&self, record: Record) -> Result<Record, RowError> {
        self.apply_to(record, false)
    }

    fn apply_to(&self, record: Record, by_declared_type: bool) -> Result<Record, RowError> {
        let Record { line, document } = record;
        let mut out = Map::new();
        for (name, value) in document {
            let (field, convert, list) = match self.columns.get(&name) {
                Some(Column::Field(field)) => (field.as_str(), None, None),
                Some(Column::Detailed { field, convert, list }) => (field.as_str(), *convert, list.as_deref()),
                None if self.only_named => continue,
                None => (name.as_str(), None, None),
            };
            if field.is_empty() {
                continue;
            }
            let declared = self.types.get(field).copied();
            let value = match value {
                Value::String(text) if by_declared_type || convert.is_some() || list.is_some() => {
                    match self.read(&text, declared, convert, list) {
                        Ok(Some(value)) => value,
                        Ok(None) => continue,
                        Err(what) => return Err(RowError::new(line, format!("column `{name}`: {what}"), text.as_bytes())),
                    }
                }
                value => value,
            };
            insert(&mut out, field, value);
        }
        for (field, value) in &self.constants {
            insert(&mut out, field, value.clone());
        }
        Ok(Record { line, document: out })
    }

    /// The value of a text; `None` for an empty one.
    fn read(&self, text: &str, declared: Option<FieldType>, convert: Option<Convert>, list: Option<&str>) -> Result<Option<Value>, String> {
        let collection = list.is_some() || declared.is_some_and(|declared| declared.collection);
        let convert = convert.unwrap_or_else(|| declared.map_or(Convert::String, |declared| by_type(declared.value)));
        let trimmed = text.trim();
        if !collection {
            if trimmed.is_empty() {
                return Ok(None);
            }
            return one(if convert == Convert::String { text } else { trimmed }, convert).map(Some);
        }
        if trimmed.starts_with('[')
            && let Ok(list @ Value::Array(_)) = serde_json::from_str(trimmed)
        {
            return Ok(Some(list));
        }
        let separator = match list {
            Some(separator) if !separator.is_empty() => separator,
            _ if !self.list_separator.is_empty() => &self.list_separator,
            _ => ";",
        };
        let items: Result<Vec<Value>, String> =
            trimmed.split(separator).map(str::trim).filter(|item| !item.is_empty()).map(|item| one(item, convert)).collect();
        items.map(|items| Some(Value::Array(items)))
    }
}

fn by_type(value: ValueType) -> Convert {
    match value {
        ValueType::String => Convert::String,
        ValueType::Int32 | ValueType::Int64 => Convert::Int,
        ValueType::Double | ValueType::Single => Convert::Double,
        ValueType::Boolean => Convert::Bool,
        ValueType::DateTimeOffset => Convert::Date,
        ValueType::GeographyPoint => Convert::Point,
        ValueType::Complex => Convert::Json,
    }
}

fn one(text: &str, convert: Convert) -> Result<Value, String> {
    let refuse = |wanted: &str| {
        let shown: String = text.chars().take(60).collect();
        format!("`{shown}` is not {wanted}")
    };
    match convert {
        Convert::String => Ok(Value::String(text.to_owned())),
        Convert::Int => match text.parse::<i64>() {
            Ok(n) => Ok(n.into()),
            // Spreadsheets write whole numbers as 3.0.
            Err(_) => match text.parse::<f64>() {
                #[expect(clippy::cast_possible_truncation, reason = "whole and within the range where f64 is exact")]
                Ok(n) if n.fract() == 0.0 && n.abs() < 9e15 => Ok((n as i64).into()),
                _ => Err(refuse("a whole number")),
            },
        },
        Convert::Double => match text.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
            Some(n) => Ok(Value::Number(n)),
            None => Err(refuse("a number")),
        },
        Convert::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "t" | "y" => Ok(Value::Bool(true)),
            "false" | "0" | "no" | "f" | "n" => Ok(Value::Bool(false)),
            _ => Err(refuse("true or false")),
        },
        Convert::Date => crate::dates::full(text).map(Value::String).ok_or_else(|| refuse("a date")),
        Convert::Point => point(text).ok_or_else(|| refuse("a point; write POINT(longitude latitude)")),
        Convert::Json => serde_json::from_str(text).map_err(|_| refuse("JSON")),
    }
}

fn point(text: &str) -> Option<Value> {
    if text.starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    point_of_text(text)
}

/// A point in well-known text, `POINT (longitude latitude)`.
pub(crate) fn point_of_text(text: &str) -> Option<Value> {
    let text = text.trim();
    let inner = text.get(..5).filter(|word| word.eq_ignore_ascii_case("point")).and_then(|_| text.get(5..))?;
    let inner = inner.trim().strip_prefix('(')?.strip_suffix(')')?;
    let mut numbers = inner.split_whitespace().map(f64::from_str);
    let (longitude, latitude) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    if numbers.next().is_some() {
        return None;
    }
    Some(serde_json::json!({"type": "Point", "coordinates": [longitude, latitude]}))
}

/// Puts `value` at `path`, making the complex fields on the way.
fn insert(document: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((parent, rest)) = path.split_once('/') else {
        document.insert(path.to_owned(), value);
        return;
    };
    let inner = document.entry(parent).or_insert_with(|| Value::Object(Map::new()));
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    if let Value::Object(inner) = inner {
        insert(inner, rest, value);
    }
}

impl FromStr for Convert {
    type Err = Error;

    fn from_str(word: &str) -> Result<Convert, Error> {
        Ok(match word {
            "string" => Convert::String,
            "int" => Convert::Int,
            "double" => Convert::Double,
            "bool" => Convert::Bool,
            "date" => Convert::Date,
            "point" => Convert::Point,
            "json" => Convert::Json,
            other => return Err(Error::Mapping(format!("unknown type `{other}`; known are string, int, double, bool, date, point, json"))),
        })
    }
}
