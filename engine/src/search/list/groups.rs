//! Matches put together by the value of a field: each group's size and its first document in the order asked for. Documents
//! without a value are groups of their own. Memory grows with the number of groups, not of matches.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, SegmentReader, u64_to_i64};
use tutti_index_schema::ValueType;

use crate::error::{Error, Result};
use crate::index::columns::Columns;
use crate::index::layout::Kind;
use crate::index::moment;
use crate::search::found::{After, Found};
use crate::search::response::Group;
use crate::search::snapshot::Snapshot;
use crate::search::sort::Keys;

/// The groups found so far.
pub(crate) struct Groups {
    columns: Arc<Columns>,
    kind: Kind,
    column: String,
    value_type: ValueType,
    ids: HashMap<GroupValue, u32>,
    groups: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum GroupValue {
    Text(String),
    Number(u64),
}

struct Entry {
    value: Option<GroupValue>,
    count: u64,
    first: Option<Found>,
}

/// The groups of a page.
#[derive(Default)]
pub(crate) struct GroupPage {
    /// The first documents of groups, in order.
    pub(crate) found: Vec<Found>,
    /// What each stands for.
    pub(crate) groups: HashMap<DocAddress, Group>,
    /// All groups there are.
    pub(crate) total: u64,
}

impl Groups {
    /// Groups by a field.
    ///
    /// # Errors
    /// A field that does not exist, stands in a collection, has another type or no column.
    pub(crate) fn bind(snapshot: &Snapshot, path: &str) -> Result<Groups> {
        let refused = |needed| Err(Error::FieldNotAllowed { field: path.to_owned(), needed });
        let info = snapshot.fields().require(path)?;
        let value_type = info.value_type();
        let fits =
            matches!(value_type, ValueType::String | ValueType::Int32 | ValueType::Int64 | ValueType::Boolean | ValueType::DateTimeOffset);
        if !fits || info.multi_valued {
            return refused("a single string, integer, boolean or date");
        }
        let definition = &info.definition;
        match &snapshot.layout(info.id).value {
            Some((kind, column)) if definition.filterable || definition.sortable || definition.facetable => Ok(Groups {
                columns: Arc::clone(snapshot.columns()),
                kind: *kind,
                column: column.name.clone(),
                value_type,
                ids: HashMap::new(),
                groups: Vec::new(),
            }),
            _ => refused("filterable, sortable or facetable"),
        }
    }

    /// The field's column in a segment.
    pub(crate) fn segment(&self, reader: &SegmentReader) -> Result<SegmentGroups> {
        let (column, strings) = self.columns.numbers(reader, self.kind, &self.column)?.unzip();
        Ok(SegmentGroups { column, strings: strings.flatten(), ids: HashMap::new() })
    }

    /// The group of a document.
    pub(crate) fn of(&mut self, segment: &mut SegmentGroups, doc: DocId) -> u32 {
        let Some(number) = segment.column.as_ref().and_then(|column| column.first(doc)) else {
            return self.add(None);
        };
        if let Some(id) = segment.ids.get(&number) {
            return *id;
        }
        let value = match &segment.strings {
            Some(strings) => {
                let mut text = String::new();
                // A dictionary that cannot be read has no texts; the ordinal still tells its values apart.
                match strings.ord_to_str(number, &mut text) {
                    Ok(true) => GroupValue::Text(text),
                    _ => GroupValue::Number(number),
                }
            }
            None => GroupValue::Number(number),
        };
        let id = match self.ids.get(&value) {
            Some(id) => *id,
            None => {
                let id = self.add(Some(value.clone()));
                self.ids.insert(value, id);
                id
            }
        };
        segment.ids.insert(number, id);
        id
    }

    fn add(&mut self, value: Option<GroupValue>) -> u32 {
        self.groups.push(Entry { value, count: 0, first: None });
        (self.groups.len() - 1) as u32
    }

    /// Adds the matches of a segment that are in a group: how many, and the first.
    pub(crate) fn take(&mut self, group: u32, count: u64, found: Found, keys: Option<&Keys>) {
        let entry = &mut self.groups[group as usize];
        entry.count += count;
        if entry.first.as_ref().is_none_or(|first| order(keys, &found, first) == Ordering::Less) {
            entry.first = Some(found);
        }
    }

    /// The first `limit` groups after `after`. Groups no match is in, which a choice left out, do not count.
    pub(crate) fn page(self, keys: Option<&Keys>, limit: usize, after: Option<&After>) -> GroupPage {
        let value_type = self.value_type;
        let mut entries: Vec<(Found, Option<GroupValue>, u64)> =
            self.groups.into_iter().filter_map(|entry| Some((entry.first?, entry.value, entry.count))).collect();
        let total = entries.len() as u64;
        entries.retain(|(found, ..)| after.is_none_or(|after| follows(keys, found, after)));
        crate::search::top_k::keep_first(&mut entries, limit, |a, b| order(keys, &a.0, &b.0));
        let mut page = GroupPage { total, ..GroupPage::default() };
        for (found, value, count) in entries {
            page.groups.insert(found.address, Group { value: value.map(|value| shown(value_type, value)), count });
            page.found.push(found);
        }
        page
    }
}

/// A segment's column of values.
pub(crate) struct SegmentGroups {
    column: Option<Column<u64>>,
    strings: Option<StrColumn>,
    /// Groups by column number.
    ids: HashMap<u64, u32>,
}

fn order(keys: Option<&Keys>, a: &Found, b: &Found) -> Ordering {
    match keys {
        Some(keys) => keys.compare(a, b),
        None => b.score.total_cmp(&a.score).then_with(|| a.address.cmp(&b.address)),
    }
}

fn follows(keys: Option<&Keys>, found: &Found, after: &After) -> bool {
    match keys {
        Some(keys) => keys.follows(found, after),
        None => after.precedes(found.score, found.address),
    }
}

fn shown(value_type: ValueType, value: GroupValue) -> Value {
    match value {
        GroupValue::Text(text) => text.into(),
        GroupValue::Number(number) => match value_type {
            ValueType::Boolean => (u64_to_i64(number) != 0).into(),
            ValueType::DateTimeOffset => moment(u64_to_i64(number)).map_or(Value::Null, Value::String),
            _ => u64_to_i64(number).into(),
        },
    }
}
