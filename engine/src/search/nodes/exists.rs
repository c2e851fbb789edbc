//! Documents that have any term in a field's text, or any value in a field's column.

use std::sync::Arc;

use tantivy::query::{EmptyScorer, EmptyWeight, Weight};
use tantivy::schema::Field as Slot;
use tantivy::{DocSet, SegmentReader};

use super::constant_score::{ConstantScoreWeight, DocSource};
use crate::index::columns::Columns;
use crate::index::fields::FieldId;
use crate::index::layout::Kind;
use crate::search::docset::scan;
use crate::search::snapshot::Snapshot;

/// Documents with a token in a text slot.
pub(super) fn weight(slot: Slot, boost: f32) -> Box<dyn Weight> {
    Box::new(ConstantScoreWeight::new(HasText { slot }, boost))
}

/// Documents with a value; without a score.
pub(super) fn has_value(snapshot: &Snapshot, field: FieldId) -> Box<dyn Weight> {
    match &snapshot.layout(field).value {
        Some((kind, column)) => {
            let source = HasValue { columns: Arc::clone(snapshot.columns()), kind: *kind, column: column.name.clone() };
            Box::new(ConstantScoreWeight::new(source, 0.0))
        }
        None => Box::new(EmptyWeight),
    }
}

struct HasText {
    slot: Slot,
}

impl DocSource for HasText {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(match reader.fieldnorms_readers().get_field(self.slot)? {
            Some(lengths) => scan(reader, move |doc| lengths.fieldnorm_id(doc) > 0),
            None => Box::new(EmptyScorer),
        })
    }
}

struct HasValue {
    columns: Arc<Columns>,
    kind: Kind,
    column: String,
}

impl DocSource for HasValue {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(match self.columns.numbers(reader, self.kind, &self.column)? {
            Some((numbers, _)) => scan(reader, move |doc| numbers.first(doc).is_some()),
            None => Box::new(EmptyScorer),
        })
    }
}
