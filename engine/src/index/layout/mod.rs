//! Which field of a definition lives where in tantivy.
//!
//! tantivy fixes a schema when an index is made, so the schema is a set of typed slots ([`SlotAllocation`]) and the layout says
//! which field sits in which: `text3` is an analysed text with positions and lengths, `exact2` whole strings with a column,
//! `whole1` and `decimal0` numbers with a column (and, when filterable, postings). Some slots of each kind stay free; a field added
//! later takes them without a rebuild. A free text slot costs one byte per document, the others nothing. When no slot is
//! free the index is rebuilt from its stored documents ([`super::Index::update_definition`]).
//!
//! Booleans and dates (microseconds since 1970) sit in `whole` slots, a geography point in two `decimal` ones. Inside a
//! collection of complex values every field has one more column: for each of its values the id of the element it belongs to
//! ([`element_id`]). The collection itself has a column with the ids of its elements. So conditions on several fields of one
//! element can be answered from columns.

pub(crate) mod element_id;
mod slots;

use std::sync::Arc;

use tantivy::schema::{Field as Slot, Schema};
use tutti_index_schema::{self as index_schema, Field, IndexDefinition, VectorKind};
use tutti_vectors::{IvfIndex, Metric};

pub(crate) use slots::{KEY, Kind, SUGGEST_TOKENIZER, SlotAllocation};
use slots::{SOURCE, suggest_key};

use super::fields::{CollectionId, FieldId, FieldInfo, Fields};

/// A tantivy field and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) slot: Slot,
    pub(crate) name: String,
}

/// One field of the definition and where its values are.
#[derive(Clone, Debug)]
pub(crate) struct FieldLayout {
    /// The field.
    pub(crate) info: Arc<FieldInfo>,
    /// Analysed text.
    pub(crate) text: Option<Column>,
    /// Strings or numbers; a point's latitude.
    pub(crate) value: Option<(Kind, Column)>,
    /// A point's longitude.
    pub(crate) longitude: Option<Column>,
    /// Words for suggestions and autocompletion.
    pub(crate) suggest: Option<Column>,
    /// The element of each value, for fields inside collections of complex values.
    pub(crate) element_ids: Option<Column>,
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
pub(crate) struct CollectionLayout {
    /// The path, `credits`.
    pub(crate) path: String,
    /// Collections of complex values around its elements, itself included.
    pub(crate) depth: u32,
    /// The ids of its elements.
    pub(crate) element_ids: Column,
}

/// The definition mapped onto a tantivy schema.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) schema: Schema,
    pub(crate) key: Slot,
    pub(crate) source: Slot,
    /// By [`FieldId`].
    fields: Vec<FieldLayout>,
    /// By [`CollectionId`]; `None` is one without a slot, in an index that is older than those slots.
    collections: Vec<Option<CollectionLayout>>,
}

impl Layout {
    /// Maps the fields of a definition onto slots.
    pub(crate) fn new(fields: &Fields, allocation: &SlotAllocation) -> Layout {
        let schema = allocation.schema();
        let column = |(kind, number): (Kind, usize)| {
            let name = format!("{}{number}", kind.prefix());
            schema.get_field(&name).ok().map(|slot| Column { slot, name })
        };
        let taken = |path: &str| allocation.taken.get(path).map_or(&[][..], Vec::as_slice);
        let layout_of = |info: &Arc<FieldInfo>| {
            let (text, mut values): (Vec<_>, Vec<_>) = taken(&info.path).iter().copied().partition(|(kind, _)| *kind == Kind::Text);
            let element_ids = if info.depth > 0 { values.pop() } else { None };
            FieldLayout {
                text: text.first().copied().and_then(column),
                value: values.first().and_then(|slot| Some((slot.0, column(*slot)?))),
                longitude: values.get(1).copied().and_then(column),
                element_ids: element_ids.and_then(column),
                vector: VectorLayout::of(fields.definition(), &info.definition),
                // Also when no suggester names the field any more: the slot stays complete and may be named again.
                suggest: taken(&suggest_key(&info.path)).first().copied().and_then(column),
                info: Arc::clone(info),
            }
        };
        let reserved = |name| schema.get_field(name).expect("the schema always has the key and the source");
        Layout {
            key: reserved(KEY),
            source: reserved(SOURCE),
            fields: fields.iter().map(layout_of).collect(),
            collections: fields
                .collections()
                .iter()
                .map(|collection| {
                    let element_ids = taken(&collection.path).first().copied().and_then(column)?;
                    Some(CollectionLayout { path: collection.path.clone(), depth: collection.depth, element_ids })
                })
                .collect(),
            schema: schema.clone(),
        }
    }

    /// Where a field is.
    pub(crate) fn get(&self, field: FieldId) -> &FieldLayout {
        &self.fields[field.0]
    }

    /// Where a collection is.
    pub(crate) fn collection(&self, collection: CollectionId) -> Option<&CollectionLayout> {
        self.collections.get(collection.0)?.as_ref()
    }

    /// All fields, in definition order.
    pub(crate) fn fields(&self) -> &[FieldLayout] {
        &self.fields
    }

    /// All collections of complex values, in definition order.
    pub(crate) fn collections(&self) -> impl Iterator<Item = &CollectionLayout> {
        self.collections.iter().flatten()
    }

    /// The fields of vectors.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = (&FieldLayout, &VectorLayout)> {
        self.fields.iter().filter_map(|field| Some((field, field.vector.as_ref()?)))
    }
}

#[cfg(test)]
mod tests;
