//! The slots of a tantivy schema and which field has which: a few of each kind stay free, so that a field can be added without
//! a rebuild.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tutti_index_schema::{Field, IndexDefinition, ValueType};

use crate::index::fields::{depth_of, has_values};

/// The name of the column that holds every document's key.
pub(crate) const KEY: &str = "_key";
/// The name of the stored text of a document.
pub(super) const SOURCE: &str = "_source";

/// Free slots in a new index, by kind.
const SPARE: [(Kind, usize); 5] = [(Kind::Text, 4), (Kind::Keyword, 8), (Kind::I64, 8), (Kind::F64, 8), (Kind::Suggest, 2)];

/// What a slot can hold. The names on disk are older than those here and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Analysed text with positions and lengths.
    Text,
    /// Whole strings with postings and a column.
    #[serde(rename = "exact")]
    Keyword,
    /// Integers, booleans and dates with postings and a column.
    #[serde(rename = "whole")]
    I64,
    /// Floating-point numbers with postings and a column.
    #[serde(rename = "decimal")]
    F64,
    /// A column without postings, for fields that are sorted or counted but never filtered.
    #[serde(rename = "wholecolumn")]
    I64Column,
    /// The same for floating-point numbers.
    #[serde(rename = "decimalcolumn")]
    F64Column,
    /// Words and pairs of words of a suggester's source field, without positions and lengths.
    Suggest,
}

impl Kind {
    /// How the names of its slots begin.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Keyword => "exact",
            Kind::I64 => "whole",
            Kind::F64 => "decimal",
            Kind::I64Column => "wholecolumn",
            Kind::F64Column => "decimalcolumn",
            Kind::Suggest => "suggest",
        }
    }
}

/// The slots of every field, as stored beside the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SlotAllocation {
    /// How many slots of each kind the tantivy schema has.
    pub(crate) slots: Vec<(Kind, usize)>,
    /// The slots each field path uses, by number.
    pub(crate) taken: HashMap<String, Vec<(Kind, usize)>>,
}

impl SlotAllocation {
    /// The slots of a new index: those its fields need and some to spare.
    pub(crate) fn new(definition: &IndexDefinition) -> SlotAllocation {
        let mut allocation = SlotAllocation::default();
        for (path, field) in definition.flattened() {
            let kinds = kinds_of(definition, &path, field);
            let numbers = kinds.iter().map(|kind| (*kind, allocation.add(*kind))).collect::<Vec<_>>();
            if !numbers.is_empty() {
                allocation.taken.insert(path, numbers);
            }
        }
        for path in suggested(definition) {
            let number = allocation.add(Kind::Suggest);
            allocation.taken.insert(suggest_key(path), vec![(Kind::Suggest, number)]);
        }
        for (kind, spare) in SPARE {
            for _ in 0..spare {
                allocation.add(kind);
            }
        }
        allocation
    }

    /// The slots for a changed definition on the same tantivy schema, or `None` when it has too few free slots or a
    /// field's slots would have to change: then a rebuild is due.
    pub(crate) fn refit(&self, definition: &IndexDefinition) -> Option<SlotAllocation> {
        // Slots of fields that are gone stay taken: their values are still there.
        let mut allocation = self.clone();
        let flattened = definition.flattened();
        for (path, field) in &flattened {
            let kinds = kinds_of(definition, path, field);
            let fits = |numbers: &Vec<(Kind, usize)>| {
                numbers.len() == kinds.len()
                    && numbers.iter().zip(&kinds).all(|((had, _), wanted)| had == wanted || with_postings(*wanted) == *had)
            };
            if !self.taken.get(path).is_none_or(fits) {
                return None;
            }
        }
        for (path, field) in &flattened {
            if allocation.taken.contains_key(path) {
                continue;
            }
            let mut numbers = Vec::new();
            for kind in kinds_of(definition, path, field) {
                let kind = with_postings(kind);
                let used = |number: usize| allocation.taken.values().flatten().chain(&numbers).any(|slot| *slot == (kind, number));
                let number = (0..self.count(kind)).find(|number| !used(*number))?;
                numbers.push((kind, number));
            }
            if !numbers.is_empty() {
                allocation.taken.insert(path.clone(), numbers);
            }
        }
        for path in suggested(definition).filter(|path| !self.taken.contains_key(&suggest_key(path))) {
            // What is there already was not taken apart for the suggester: only a new field can begin with a free slot.
            if self.taken.contains_key(path) {
                return None;
            }
            let used = |number: usize| allocation.taken.values().flatten().any(|slot| *slot == (Kind::Suggest, number));
            let number = (0..self.count(Kind::Suggest)).find(|number| !used(*number))?;
            allocation.taken.insert(suggest_key(path), vec![(Kind::Suggest, number)]);
        }
        Some(allocation)
    }

    fn count(&self, kind: Kind) -> usize {
        self.slots.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n)
    }

    fn add(&mut self, kind: Kind) -> usize {
        match self.slots.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => {
                *n += 1;
                *n - 1
            }
            None => {
                self.slots.push((kind, 1));
                0
            }
        }
    }

    pub(super) fn schema(&self) -> Schema {
        let mut builder = SchemaBuilder::default();
        builder.add_text_field(KEY, STRING | FAST);
        builder.add_bytes_field(SOURCE, STORED);
        for (kind, count) in &self.slots {
            for number in 0..*count {
                let name = format!("{}{number}", kind.prefix());
                match kind {
                    Kind::Text => {
                        let indexing =
                            TextFieldIndexing::default().set_tokenizer(&name).set_index_option(IndexRecordOption::WithFreqsAndPositions);
                        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing));
                    }
                    Kind::Keyword => {
                        let indexing = TextFieldIndexing::default()
                            .set_tokenizer("raw")
                            .set_fieldnorms(false)
                            .set_index_option(IndexRecordOption::Basic);
                        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing).set_fast("raw"));
                    }
                    Kind::I64 => {
                        builder.add_i64_field(&name, NumericOptions::from(INDEXED | FAST));
                    }
                    Kind::F64 => {
                        builder.add_f64_field(&name, NumericOptions::from(INDEXED | FAST));
                    }
                    Kind::I64Column => {
                        builder.add_i64_field(&name, FAST);
                    }
                    Kind::F64Column => {
                        builder.add_f64_field(&name, FAST);
                    }
                    Kind::Suggest => {
                        let indexing = TextFieldIndexing::default()
                            .set_tokenizer(SUGGEST_TOKENIZER)
                            .set_fieldnorms(false)
                            .set_index_option(IndexRecordOption::Basic);
                        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing));
                    }
                }
            }
        }
        builder.build()
    }
}

/// The tokenizer of all `suggest` slots.
pub(crate) const SUGGEST_TOKENIZER: &str = "suggest";

/// Paths of the fields that suggesters read.
fn suggested(definition: &IndexDefinition) -> impl Iterator<Item = &String> {
    definition.suggesters.iter().flat_map(|suggester| &suggester.source_fields)
}

/// The entry for a field's suggestions; no field path has a `#`.
pub(super) fn suggest_key(path: &str) -> String {
    format!("{path}#suggest")
}

fn with_postings(kind: Kind) -> Kind {
    match kind {
        Kind::I64Column => Kind::I64,
        Kind::F64Column => Kind::F64,
        Kind::Text | Kind::Keyword | Kind::I64 | Kind::F64 | Kind::Suggest => kind,
    }
}

/// The slots a field needs, in the order [`super::FieldLayout`] reads them.
fn kinds_of(definition: &IndexDefinition, path: &str, field: &Field) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if field.searchable && field.field_type.value == ValueType::String {
        kinds.push(Kind::Text);
    }
    if has_values(field) {
        match field.field_type.value {
            ValueType::String => kinds.push(Kind::Keyword),
            ValueType::Int32 | ValueType::Int64 | ValueType::Boolean | ValueType::DateTimeOffset => {
                kinds.push(if field.filterable { Kind::I64 } else { Kind::I64Column });
            }
            ValueType::Double | ValueType::Single => kinds.push(if field.filterable { Kind::F64 } else { Kind::F64Column }),
            ValueType::GeographyPoint => kinds.extend([Kind::F64Column, Kind::F64Column]),
            ValueType::Complex => {}
        }
        if depth_of(definition, path) > 0 {
            kinds.push(Kind::I64Column);
        }
    }
    if field.field_type.collection && field.field_type.value == ValueType::Complex {
        kinds.push(Kind::I64Column);
    }
    kinds
}
