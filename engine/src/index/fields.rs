//! The fields of a definition as queries and filters see them: what may be asked of each, how its text is analysed, how deep
//! it sits in collections. Where their values are stored is not known here ([`super::layout`] knows).

use std::collections::HashMap;
use std::sync::Arc;

use tutti_index_schema::{Field, IndexDefinition, ValueType, edit_distance};

use super::analysis::{self, AnalysisError, Analyzer, DEFAULT_ANALYZER};
use crate::error::Error;

/// A field that holds values (not a complex one), by its place in the order of the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FieldId(pub(super) usize);

/// A collection of complex values, by its place in the order of the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CollectionId(pub(super) usize);

/// One field.
#[derive(Clone, Debug)]
pub(crate) struct FieldInfo {
    /// Its number.
    pub(crate) id: FieldId,
    /// The path, `address/city`.
    pub(crate) path: String,
    /// What the definition says of it.
    pub(crate) definition: Field,
    /// Several values per document: the field or one of its parents is a collection.
    pub(crate) multi_valued: bool,
    /// Collections of complex values around it.
    pub(crate) depth: u32,
    /// Whether whole values are kept, to be filtered, sorted or counted.
    pub(crate) has_values: bool,
    /// Splits the text of queries; `None` for a field without full text.
    pub(crate) analyzer: Option<Analyzer>,
    /// What is done to strings before they are compared, counted and sorted.
    pub(crate) normalizer: Option<Analyzer>,
}

/// A collection of complex values.
#[derive(Clone, Debug)]
pub(crate) struct CollectionInfo {
    /// Its number.
    pub(crate) id: CollectionId,
    /// The path, `credits`.
    pub(crate) path: String,
    /// Collections of complex values around its elements, itself included.
    pub(crate) depth: u32,
}

/// The fields of one definition.
#[derive(Debug)]
pub(crate) struct Fields {
    definition: Arc<IndexDefinition>,
    fields: Vec<Arc<FieldInfo>>,
    collections: Vec<CollectionInfo>,
    by_path: HashMap<String, FieldId>,
}

impl FieldInfo {
    fn new(id: FieldId, path: String, field: &Field, definition: &IndexDefinition) -> Result<FieldInfo, AnalysisError> {
        let analyzer = if field.searchable && field.field_type.value == ValueType::String {
            let name = field.search_analyzer.as_deref().or(field.analyzer.as_deref()).unwrap_or(DEFAULT_ANALYZER);
            Some(analysis::analyzer(name, definition)?)
        } else {
            None
        };
        Ok(FieldInfo {
            id,
            multi_valued: is_multi_valued(definition, &path),
            depth: depth_of(definition, &path),
            has_values: has_values(field),
            analyzer,
            normalizer: field.normalizer.as_deref().map(|name| analysis::normalizer(name, definition)).transpose()?,
            definition: field.clone(),
            path,
        })
    }

    /// The type of its values.
    pub(crate) fn value_type(&self) -> ValueType {
        self.definition.field_type.value
    }
}

impl Fields {
    /// The fields of a definition.
    ///
    /// # Errors
    /// An analyzer or normalizer that cannot be built.
    pub(crate) fn new(definition: &Arc<IndexDefinition>) -> Result<Fields, AnalysisError> {
        let (mut fields, mut collections) = (Vec::new(), Vec::new());
        for (path, field) in definition.flattened() {
            if field.field_type.value != ValueType::Complex {
                fields.push(Arc::new(FieldInfo::new(FieldId(fields.len()), path, field, definition)?));
            } else if field.field_type.collection {
                let (id, depth) = (CollectionId(collections.len()), depth_of(definition, &path) + 1);
                collections.push(CollectionInfo { id, path, depth });
            }
        }
        let by_path = fields.iter().map(|field| (field.path.clone(), field.id)).collect();
        Ok(Fields { definition: Arc::clone(definition), fields, collections, by_path })
    }

    /// The definition.
    pub(crate) fn definition(&self) -> &Arc<IndexDefinition> {
        &self.definition
    }

    /// All fields, in definition order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<FieldInfo>> {
        self.fields.iter()
    }

    /// A field by its number.
    pub(crate) fn get(&self, id: FieldId) -> &FieldInfo {
        &self.fields[id.0]
    }

    /// The field at `path`.
    pub(crate) fn find(&self, path: &str) -> Option<&FieldInfo> {
        self.by_path.get(path).map(|id| self.get(*id))
    }

    /// The field at `path`, which a request names.
    ///
    /// # Errors
    /// [`Error::NoSuchField`], with the most similar name.
    pub(crate) fn require(&self, path: &str) -> crate::Result<&FieldInfo> {
        self.find(path).ok_or_else(|| self.no_such_field(path))
    }

    /// The field that full-text queries may search at `path`.
    pub(crate) fn searchable(&self, path: &str) -> Option<&FieldInfo> {
        self.find(path).filter(|field| field.analyzer.is_some())
    }

    /// The collections of complex values, in definition order.
    pub(crate) fn collections(&self) -> &[CollectionInfo] {
        &self.collections
    }

    /// The error for a field that is not there.
    pub(crate) fn no_such_field(&self, path: &str) -> Error {
        Error::NoSuchField { index: self.definition.name.clone(), field: path.to_owned(), nearest: self.nearest(path) }
    }

    /// The most similar field name, when one is similar.
    pub(crate) fn nearest(&self, name: &str) -> Option<String> {
        let (distance, path) = self.fields.iter().map(|field| (edit_distance(name, &field.path), &field.path)).min()?;
        (distance <= name.chars().count() / 3 + 1).then(|| path.clone())
    }
}

/// Whether whole values of a field are kept in columns.
pub(super) fn has_values(field: &Field) -> bool {
    let wanted = field.filterable || field.sortable || field.facetable || field.key;
    wanted
        && match field.field_type.value {
            ValueType::Complex => false,
            ValueType::Double | ValueType::Single => field.dimensions.is_none(),
            ValueType::String
            | ValueType::Int32
            | ValueType::Int64
            | ValueType::Boolean
            | ValueType::DateTimeOffset
            | ValueType::GeographyPoint => true,
        }
}

/// Collections of complex values around the field at `path`, the field itself not counted.
pub(super) fn depth_of(definition: &IndexDefinition, path: &str) -> u32 {
    let parents = path.match_indices('/').filter_map(|(at, _)| definition.field(&path[..at]));
    parents.filter(|parent| parent.field_type.collection).count() as u32
}

fn is_multi_valued(definition: &IndexDefinition, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.into_iter().any(|end| definition.field(&path[..end]).is_some_and(|field| field.field_type.collection))
}
