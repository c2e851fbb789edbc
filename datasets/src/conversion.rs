//! What rows of a file become before they are documents: columns renamed ([`Mapping`]), members without a field left out, keys
//! encoded; and, for rows of other engines, `_id` made the key and values fitted to the types of their fields (`values`), their
//! notation read (`extended_json`). Whether the result is a document of the index is not decided here.

mod extended_json;
mod values;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use tutti_index_schema::{DocumentChecker, Field, FieldType, IndexDefinition};

use crate::{Mapping, Record, RowError};

/// Names of members that were left out are counted up to this many.
const MAX_NAMES: usize = 1000;
/// Levels of objects that dots in a name may make: fields stand no deeper in each other.
const MAX_DOTS: usize = 10;

/// How rows that are not written for Tutti are taken.
#[derive(Clone, Debug, Default)]
pub struct ConversionOptions {
    /// Leave out members that no field is declared for, instead of refusing the row.
    pub ignore_unknown: bool,
    /// Write every key in base64url without padding.
    pub encode_keys: bool,
    /// Of Elasticsearch's rows take only those of this index.
    pub source_index: Option<String>,
}

/// The conversion of one run; its clones count into the same [`Conversion::left_out`].
#[derive(Clone, Debug, Default)]
pub struct Conversion {
    mapping: Mapping,
    options: ConversionOptions,
    key: String,
    fields: Arc<Level>,
    checker: Option<Arc<DocumentChecker>>,
    left_out: Arc<Mutex<LeftOut>>,
}

/// What was asked to be left out.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    /// Members without a field by name, with how often.
    pub members: BTreeMap<String, u64>,
    /// Rows of other indexes than the one asked for.
    pub rows: u64,
}

/// How another engine writes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// MongoDB: objects of `$` members stand for values.
    ExtendedJson,
    /// Elasticsearch: `a.b` is a part of `a`.
    Dotted,
}

#[derive(Debug, Default)]
struct Level(HashMap<String, Shape>);

/// What a field takes.
#[derive(Debug)]
struct Shape {
    field_type: FieldType,
    key: bool,
    parts: Level,
}

impl From<Mapping> for Conversion {
    fn from(mapping: Mapping) -> Conversion {
        Conversion { mapping, ..Conversion::default() }
    }
}

impl Conversion {
    /// Rows to documents of `definition`.
    pub fn new(mapping: Mapping, definition: &IndexDefinition, options: ConversionOptions) -> Conversion {
        Conversion {
            mapping: mapping.typed(definition),
            options,
            key: definition.key_field().map(|field| field.name.clone()).unwrap_or_default(),
            fields: Arc::new(Level::new(&definition.fields)),
            checker: Some(Arc::new(DocumentChecker::new(definition))),
            left_out: Arc::default(),
        }
    }

    /// Whether rows of JSON that are written for Tutti stay as they are.
    pub fn is_identity_for_json(&self) -> bool {
        self.mapping.is_identity_for_json() && !self.options.ignore_unknown && !self.options.encode_keys
    }

    /// What was left out so far.
    pub fn left_out(&self) -> LeftOut {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, LeftOut> {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a row of the index of this name is wanted; one that is not is counted.
    pub(crate) fn wants_index(&self, name: Option<&str>) -> bool {
        let wanted = self.options.source_index.as_deref().is_none_or(|wanted| name == Some(wanted));
        self.counts().rows += u64::from(!wanted);
        wanted
    }

    /// Whether a converted row is a document of the index.
    pub(crate) fn check(&self, document: &Map<String, Value>) -> Result<(), String> {
        let Some(checker) = &self.checker else { return Ok(()) };
        checker.check(document).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    /// Name of the key field.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A row as Tutti's own files have it.
    pub(crate) fn apply(&self, record: Record) -> Result<Record, RowError> {
        let Record { line, document } = self.mapping.apply(record)?;
        if self.is_identity_for_json() || self.key.is_empty() {
            return Ok(Record { line, document });
        }
        self.finish(line, document, None)
    }

    /// A row as another engine writes it.
    pub(crate) fn apply_foreign(&self, record: Record, notation: Notation) -> Result<Record, RowError> {
        let Record { line, document } = self.mapping.rename(record)?;
        self.finish(line, document, Some(notation))
    }

    fn finish(&self, line: u64, mut document: Map<String, Value>, notation: Option<Notation>) -> Result<Record, RowError> {
        // A row that is refused is shown as it came.
        let shown = document.clone();
        let mut convert = || {
            if notation == Some(Notation::Dotted) {
                document = expand_dots(std::mem::take(&mut document))?;
            }
            if notation.is_some()
                && let Some(id) = document.remove("_id")
                && document.get(&self.key).is_none_or(Value::is_null)
            {
                document.insert(self.key.clone(), values::key_of_id(id, notation)?);
            }
            let mut converted = self.members(&self.fields, std::mem::take(&mut document), "", notation)?;
            if self.options.encode_keys
                && let Some(Value::String(key)) = converted.get_mut(&self.key)
            {
                *key = BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes());
            }
            Ok(converted)
        };
        convert()
            .map(|document| Record { line, document })
            .map_err(|reason: String| RowError::new(line, reason, Value::Object(shown).to_string().as_bytes()))
    }

    /// The members of a document or of a complex value.
    fn members(
        &self,
        level: &Level,
        object: Map<String, Value>,
        path: &str,
        notation: Option<Notation>,
    ) -> Result<Map<String, Value>, String> {
        let mut out = Map::new();
        for (name, value) in object {
            let here = || if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let value = match level.0.get(&name) {
                Some(shape) => self.value(shape, value, &here(), notation)?,
                None if self.options.ignore_unknown => {
                    self.count_left_out(here());
                    continue;
                }
                None => value,
            };
            out.insert(name, value);
        }
        Ok(out)
    }

    fn count_left_out(&self, name: String) {
        let members = &mut self.counts().members;
        let name = if members.len() < MAX_NAMES || members.contains_key(&name) { name } else { "(others)".to_owned() };
        *members.entry(name).or_default() += 1;
    }
}

impl Level {
    fn new(fields: &[Field]) -> Level {
        let shape = |field: &Field| Shape { field_type: field.field_type, key: field.key, parts: Level::new(&field.fields) };
        Level(fields.iter().map(|field| (field.name.clone(), shape(field))).collect())
    }
}

/// `{"a.b": 1}` as `{"a": {"b": 1}}`, at every level.
fn expand_dots(object: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for (name, value) in object {
        let value = match value {
            Value::Object(inner) => Value::Object(expand_dots(inner)?),
            Value::Array(items) => {
                let expand = |item| match item {
                    Value::Object(inner) => expand_dots(inner).map(Value::Object),
                    item => Ok(item),
                };
                Value::Array(items.into_iter().map(expand).collect::<Result<_, _>>()?)
            }
            value => value,
        };
        if name.matches('.').count() > MAX_DOTS {
            return Err(format!("a name with more than {MAX_DOTS} dots"));
        }
        insert_at(&mut out, &name, value).map_err(|()| format!("`{name}` is given twice"))?;
    }
    Ok(out)
}

fn insert_at(object: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), ()> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) if !name.is_empty() && !rest.is_empty() => (name, Some(rest)),
        _ => (path, None),
    };
    match (object.get_mut(name), rest) {
        (None, None) => {
            object.insert(name.to_owned(), value);
            Ok(())
        }
        (None, Some(rest)) => {
            let mut inner = Map::new();
            insert_at(&mut inner, rest, value)?;
            object.insert(name.to_owned(), Value::Object(inner));
            Ok(())
        }
        (Some(Value::Object(inner)), Some(rest)) => insert_at(inner, rest, value),
        (Some(Value::Object(inner)), None) => match value {
            Value::Object(more) => more.into_iter().try_for_each(|(name, value)| insert_at(inner, &name, value)),
            _ => Err(()),
        },
        (Some(_), _) => Err(()),
    }
}

#[cfg(test)]
mod tests;
