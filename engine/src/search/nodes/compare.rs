//! Documents with a value that passes a test.

pub(in crate::search) mod intervals;

use std::sync::Arc;

use tantivy::query::{EmptyScorer, EmptyWeight, Weight};
use tantivy::{DocSet, SegmentReader, TantivyError};

use intervals::{Domain, intervals};

use super::constant_score::{ConstantScoreWeight, DocSource};
use super::multi_term;
use crate::binding::plan::ValueTest;
use crate::index::columns::Columns;
use crate::index::fields::FieldId;
use crate::index::layout::Kind;
use crate::query::ast::{CompareOp, Literal};
use crate::search::docset::scan;
use crate::search::snapshot::Snapshot;

/// The weight of a test of values; without a score.
pub(super) fn weight(snapshot: &Snapshot, field: FieldId, test: &ValueTest) -> Box<dyn Weight> {
    let Some((kind, column)) = &snapshot.layout(field).value else { return Box::new(EmptyWeight) };
    match (kind, exact_values(test)) {
        (Kind::Keyword, Some(values)) => multi_term::exact_values(column.slot, values),
        _ => {
            let columns = Arc::clone(snapshot.columns());
            let source = Values { columns, kind: *kind, column: column.name.clone(), test: test.clone() };
            Box::new(ConstantScoreWeight::new(source, 0.0))
        }
    }
}

/// The exact strings that pass, when the test is no more than a list of them.
fn exact_values(test: &ValueTest) -> Option<Vec<&str>> {
    match test {
        ValueTest::OneOf(values) => Some(values.iter().map(String::as_str).collect()),
        ValueTest::Compare(CompareOp::Eq, Literal::String(text)) => Some(vec![text]),
        ValueTest::Or(parts) => {
            let lists: Option<Vec<_>> = parts.iter().map(exact_values).collect();
            lists.map(|lists| lists.concat())
        }
        ValueTest::Compare(..) | ValueTest::And(_) | ValueTest::Not(_) => None,
    }
}

struct Values {
    columns: Arc<Columns>,
    kind: Kind,
    column: String,
    test: ValueTest,
}

impl DocSource for Values {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let Some((numbers, strings)) = self.columns.numbers(reader, self.kind, &self.column)? else { return Ok(Box::new(EmptyScorer)) };
        let domain = Domain::of(self.kind, strings.as_ref());
        let wanted = intervals(&self.test, &domain).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        if wanted.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        if numbers.get_cardinality().is_multivalue() {
            return Ok(scan(reader, move |doc| numbers.values_for_doc(doc).any(|value| wanted.contains(value))));
        }
        Ok(scan(reader, move |doc| numbers.first(doc).is_some_and(|value| wanted.contains(value))))
    }
}
