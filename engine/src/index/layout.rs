//! Which field of a definition lives where in tantivy.
//!
//! tantivy fixes a schema when an index is made, so the schema is a board of typed slots and the layout says which field
//! sits in which: `text3` is an analysed text with positions and lengths, `exact2` whole strings with a column, `whole1`
//! and `decimal0` numbers with a column (and, when filterable, postings). Some slots of each kind stay free; a field added
//! later takes them without a rebuild. A free text slot costs one byte per document, the others nothing. When no slot is
//! free the index is rebuilt from its stored documents ([`super::Index::update_definition`]).
//!
//! Booleans and dates (microseconds since 1970) sit in `whole` slots, a geography point in two `decimal` ones. Inside a
//! collection of complex values every field has one more column, the *places*: for each of its values the number of the
//! element it belongs to ([`places`]). The collection itself has a column with the places of its elements. So conditions
//! on several fields of one element can be answered from columns.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field as Slot, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tutti_index_schema::{self as index_schema, Field, IndexDefinition, ValueType, VectorKind};
use tutti_vectors::{IvfIndex, Metric};

use super::analysis::{self, AnalysisError, Analyzer};

/// Free slots in a new index, by kind.
const SPARE: [(Kind, usize); 5] = [(Kind::Text, 4), (Kind::Exact, 8), (Kind::Whole, 8), (Kind::Decimal, 8), (Kind::Suggest, 2)];

/// What a slot can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Text,
    Exact,
    Whole,
    Decimal,
    /// A column without postings, for fields that are sorted or counted but never filtered.
    WholeColumn,
    DecimalColumn,
    /// Words and pairs of words of a suggester's source field, without positions and lengths.
    Suggest,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Exact => "exact",
            Kind::Whole => "whole",
            Kind::Decimal => "decimal",
            Kind::WholeColumn => "wholecolumn",
            Kind::DecimalColumn => "decimalcolumn",
            Kind::Suggest => "suggest",
        }
    }
}

/// The slots of every field, as stored beside the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Board {
    /// How many slots of each kind the tantivy schema has.
    pub(crate) slots: Vec<(Kind, usize)>,
    /// The slots each field path uses, by number.
    pub(crate) taken: HashMap<String, Vec<(Kind, usize)>>,
}

/// A tantivy field and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) slot: Slot,
    pub(crate) name: String,
}

/// One field of the definition and where its values are.
#[derive(Clone, Debug)]
pub(crate) struct FieldLayout {
    /// The path, `address/city`.
    pub(crate) path: String,
    /// The definition.
    pub(crate) field: Field,
    /// Several values per document: the field or one of its parents is a collection.
    pub(crate) many: bool,
    /// Collections of complex values around it.
    pub(crate) level: u32,
    /// Analysed text.
    pub(crate) text: Option<Column>,
    /// Whole strings, whole numbers or decimals; a point's latitude.
    pub(crate) value: Option<(Kind, Column)>,
    /// A point's longitude.
    pub(crate) longitude: Option<Column>,
    /// Words for suggestions and autocompletion.
    pub(crate) suggest: Option<Column>,
    /// The place of each value, for fields inside collections of complex values.
    pub(crate) places: Option<Column>,
    /// What is done to strings before they are compared, counted and sorted.
    pub(crate) normalizer: Option<Analyzer>,
    /// Vectors; they have no slots, only files of their own (see [`super::vectors`]).
    pub(crate) vector: Option<VectorLayout>,
}

/// The vectors of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VectorLayout {
    /// Numbers in each.
    pub(crate) dimensions: usize,
    /// How they are compared.
    pub(crate) metric: Metric,
    /// Every search compares all of them.
    pub(crate) exhaustive: bool,
}

impl VectorLayout {
    fn of(definition: &IndexDefinition, field: &Field) -> Option<VectorLayout> {
        let dimensions = field.dimensions.filter(|_| field.field_type.is_vector())? as usize;
        let search = definition.vector_search.as_ref()?;
        let (_, name) = search.profiles.iter().find(|(name, _)| Some(name) == field.vector_search_profile.as_ref())?;
        let algorithm = search.algorithms.iter().find(|algorithm| algorithm.name == *name)?;
        let metric = match algorithm.metric {
            index_schema::Metric::Cosine => Metric::Cosine,
            index_schema::Metric::Euclidean => Metric::Euclidean,
            index_schema::Metric::DotProduct => Metric::DotProduct,
        };
        Some(VectorLayout { dimensions, metric, exhaustive: algorithm.kind == VectorKind::ExhaustiveKnn })
    }

    /// Whether a set was made for such a field.
    pub(crate) fn suits(&self, set: &IvfIndex) -> bool {
        set.metric() == self.metric && set.dimensions() == self.dimensions
    }
}

/// A collection of complex values.
#[derive(Clone, Debug)]
pub(crate) struct ElementsLayout {
    /// The path, `credits`.
    pub(crate) path: String,
    /// Collections of complex values around it, itself included.
    pub(crate) level: u32,
    /// The places of its elements.
    pub(crate) column: Column,
}

/// The definition mapped onto a tantivy schema.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) schema: Schema,
    pub(crate) key: Slot,
    pub(crate) source: Slot,
    /// Leaf fields, in definition order.
    pub(crate) fields: Vec<FieldLayout>,
    /// Collections of complex values.
    pub(crate) elements: Vec<ElementsLayout>,
    by_path: HashMap<String, usize>,
}

/// The name of the column that holds every document's key.
pub(crate) const KEY: &str = "_key";

impl Board {
    /// A board for a new index: the slots its fields need and some to spare.
    pub(crate) fn new(definition: &IndexDefinition) -> Board {
        let mut board = Board::default();
        for (path, field) in definition.flattened() {
            let kinds = kinds_of(definition, &path, field);
            let numbers = kinds.iter().map(|kind| (*kind, board.add(*kind))).collect::<Vec<_>>();
            if !numbers.is_empty() {
                board.taken.insert(path, numbers);
            }
        }
        for path in suggested(definition) {
            let number = board.add(Kind::Suggest);
            board.taken.insert(suggest_key(path), vec![(Kind::Suggest, number)]);
        }
        for (kind, spare) in SPARE {
            for _ in 0..spare {
                board.add(kind);
            }
        }
        board
    }

    /// The board for a changed definition on the same tantivy schema, or `None` when it has too few free slots or a
    /// field's slots would have to change: then a rebuild is due.
    pub(crate) fn refit(&self, definition: &IndexDefinition) -> Option<Board> {
        // Slots of fields that are gone stay taken: their values are still there.
        let mut board = self.clone();
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
            if board.taken.contains_key(path) {
                continue;
            }
            let mut numbers = Vec::new();
            for kind in kinds_of(definition, path, field) {
                let kind = with_postings(kind);
                let used = |number: usize| board.taken.values().flatten().chain(&numbers).any(|slot| *slot == (kind, number));
                let number = (0..self.count(kind)).find(|number| !used(*number))?;
                numbers.push((kind, number));
            }
            if !numbers.is_empty() {
                board.taken.insert(path.clone(), numbers);
            }
        }
        for path in suggested(definition).filter(|path| !self.taken.contains_key(&suggest_key(path))) {
            // What is there already was not taken apart for the suggester: only a new field can begin with a free slot.
            if self.taken.contains_key(path) {
                return None;
            }
            let used = |number: usize| board.taken.values().flatten().any(|slot| *slot == (Kind::Suggest, number));
            let number = (0..self.count(Kind::Suggest)).find(|number| !used(*number))?;
            board.taken.insert(suggest_key(path), vec![(Kind::Suggest, number)]);
        }
        Some(board)
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

    fn schema(&self) -> Schema {
        let mut builder = SchemaBuilder::default();
        builder.add_text_field(KEY, STRING | FAST);
        builder.add_bytes_field("_source", STORED);
        for (kind, count) in &self.slots {
            for number in 0..*count {
                let name = format!("{}{number}", kind.prefix());
                match kind {
                    Kind::Text => {
                        let indexing =
                            TextFieldIndexing::default().set_tokenizer(&name).set_index_option(IndexRecordOption::WithFreqsAndPositions);
                        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing));
                    }
                    Kind::Exact => {
                        let indexing = TextFieldIndexing::default()
                            .set_tokenizer("raw")
                            .set_fieldnorms(false)
                            .set_index_option(IndexRecordOption::Basic);
                        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing).set_fast("raw"));
                    }
                    Kind::Whole => {
                        builder.add_i64_field(&name, NumericOptions::from(INDEXED | FAST));
                    }
                    Kind::Decimal => {
                        builder.add_f64_field(&name, NumericOptions::from(INDEXED | FAST));
                    }
                    Kind::WholeColumn => {
                        builder.add_i64_field(&name, FAST);
                    }
                    Kind::DecimalColumn => {
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

/// The entry of a board for a field's suggestions; no field path has a `#`.
fn suggest_key(path: &str) -> String {
    format!("{path}#suggest")
}

fn with_postings(kind: Kind) -> Kind {
    match kind {
        Kind::WholeColumn => Kind::Whole,
        Kind::DecimalColumn => Kind::Decimal,
        Kind::Text | Kind::Exact | Kind::Whole | Kind::Decimal | Kind::Suggest => kind,
    }
}

/// The slots a field needs, in the order [`FieldLayout`] reads them.
fn kinds_of(definition: &IndexDefinition, path: &str, field: &Field) -> Vec<Kind> {
    let column = field.filterable || field.sortable || field.facetable || field.key;
    let mut kinds = Vec::new();
    if field.searchable && field.field_type.value == ValueType::String {
        kinds.push(Kind::Text);
    }
    let whole = if field.filterable { Kind::Whole } else { Kind::WholeColumn };
    let decimal = if field.filterable { Kind::Decimal } else { Kind::DecimalColumn };
    if column {
        match field.field_type.value {
            ValueType::String => kinds.push(Kind::Exact),
            ValueType::Int32 | ValueType::Int64 | ValueType::Boolean | ValueType::DateTimeOffset => kinds.push(whole),
            ValueType::Double | ValueType::Single if field.dimensions.is_none() => kinds.push(decimal),
            ValueType::GeographyPoint => kinds.extend([Kind::DecimalColumn, Kind::DecimalColumn]),
            ValueType::Double | ValueType::Single | ValueType::Complex => {}
        }
        if kinds.iter().any(|kind| *kind != Kind::Text) && level_of(definition, path) > 0 {
            kinds.push(Kind::WholeColumn);
        }
    }
    if field.field_type.collection && field.field_type.value == ValueType::Complex {
        kinds.push(Kind::WholeColumn);
    }
    kinds
}

/// Collections of complex values around the field at `path`, the field itself not counted.
fn level_of(definition: &IndexDefinition, path: &str) -> u32 {
    let parents = path.match_indices('/').filter_map(|(at, _)| definition.field(&path[..at]));
    parents.filter(|parent| parent.field_type.collection).count() as u32
}

/// The numbers of the elements around a value, packed into one: the outermost collection's in the lowest twelve bits, and so
/// on. A document has at most 3,000 elements, and collections of complex values stand at most five deep in each other.
pub(crate) mod places {
    const BITS: u32 = 12;

    /// The place of element `number` of a collection at `level` (from 0) whose own place is `around`.
    pub(crate) fn within(around: i64, level: u32, number: usize) -> i64 {
        around | ((number as i64 & ((1 << BITS) - 1)) << (BITS * level.min(4)))
    }

    /// The part of a place that the outer `levels` collections decide.
    pub(crate) fn outer(place: i64, levels: u32) -> i64 {
        place & ((1i64 << (BITS * levels.min(5))) - 1)
    }
}

impl Layout {
    /// Maps `definition` onto the slots of `board`.
    ///
    /// # Errors
    /// When a normalizer cannot be built.
    pub(crate) fn new(definition: &IndexDefinition, board: &Board) -> Result<Layout, AnalysisError> {
        let schema = board.schema();
        let column = |(kind, number): (Kind, usize)| {
            let name = format!("{}{number}", kind.prefix());
            schema.get_field(&name).ok().map(|slot| Column { slot, name })
        };
        let mut fields = Vec::new();
        let mut elements = Vec::new();
        for (path, field) in definition.flattened() {
            let taken = board.taken.get(&path).map_or(&[][..], Vec::as_slice);
            let level = level_of(definition, &path);
            if field.field_type.value == ValueType::Complex {
                if let Some(column) = taken.first().copied().and_then(column) {
                    elements.push(ElementsLayout { level: level + 1, column, path });
                }
                continue;
            }
            let (text, mut values): (Vec<_>, Vec<_>) = taken.iter().copied().partition(|(kind, _)| *kind == Kind::Text);
            let places = if level > 0 { values.pop() } else { None };
            let normalizer = field.normalizer.as_deref().map(|name| analysis::normalizer(name, definition)).transpose()?;
            fields.push(FieldLayout {
                level,
                many: is_many(definition, &path),
                field: field.clone(),
                text: text.first().copied().and_then(column),
                value: values.first().and_then(|slot| Some((slot.0, column(*slot)?))),
                longitude: values.get(1).copied().and_then(column),
                places: places.and_then(column),
                vector: VectorLayout::of(definition, field),
                normalizer,
                // Also when no suggester names the field any more: the slot stays complete and may be named again.
                suggest: board.taken.get(&suggest_key(&path)).and_then(|taken| taken.first()).copied().and_then(column),
                path,
            });
        }
        let by_path = fields.iter().enumerate().map(|(i, field)| (field.path.clone(), i)).collect();
        let reserved = |name| schema.get_field(name).expect("the board always adds the key and the source");
        Ok(Layout { key: reserved(KEY), source: reserved("_source"), fields, elements, by_path, schema: schema.clone() })
    }

    /// The field at `path`.
    pub(crate) fn field(&self, path: &str) -> Option<&FieldLayout> {
        self.by_path.get(path).map(|i| &self.fields[*i])
    }

    /// The number of the field at `path`.
    pub(crate) fn position(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The fields of vectors.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = (&FieldLayout, &VectorLayout)> {
        self.fields.iter().filter_map(|field| Some((field, field.vector.as_ref()?)))
    }

    /// Paths of the fields that full-text queries read, in definition order.
    pub(crate) fn searchable(&self) -> impl Iterator<Item = &FieldLayout> {
        self.fields.iter().filter(|field| field.text.is_some())
    }
}

fn is_many(definition: &IndexDefinition, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.into_iter().any(|end| definition.field(&path[..end]).is_some_and(|field| field.field_type.collection))
}

#[cfg(test)]
mod tests;
