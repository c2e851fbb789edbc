//! Columns of segments, opened once and kept while the segment is served: opening one parses its header and dictionary
//! index, which costs more than most searches.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentId;

use super::layout::Kind;

/// A column as ordered numbers and, for strings, the dictionary they index.
pub(crate) type Numbers = (Column<u64>, Option<StrColumn>);

/// The open columns of one generation.
#[derive(Default)]
pub(crate) struct Columns {
    open: RwLock<HashMap<SegmentId, HashMap<String, Option<Numbers>>>>,
}

impl Columns {
    /// The column `name` of a segment; `None` when no document has a value.
    pub(crate) fn numbers(&self, reader: &SegmentReader, kind: Kind, name: &str) -> tantivy::Result<Option<Numbers>> {
        let segment = reader.segment_id();
        let known =
            |open: &HashMap<SegmentId, HashMap<String, Option<Numbers>>>| open.get(&segment).and_then(|columns| columns.get(name)).cloned();
        if let Some(found) = known(&self.open.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let columns = reader.fast_fields();
        let found = match kind {
            Kind::Text | Kind::Suggest => None,
            Kind::Keyword => columns.str(name)?.map(|strings| (strings.ords().clone(), Some(strings))),
            Kind::I64 | Kind::I64Column | Kind::F64 | Kind::F64Column => columns.u64_lenient(name)?.map(|(numbers, _)| (numbers, None)),
        };
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.entry(segment).or_default().insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// Forgets segments that are not among `alive`.
    pub(crate) fn retain(&self, alive: &[SegmentId]) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).retain(|segment, _| alive.contains(segment));
    }
}
