//! Conditions on several fields of one element of a collection of complex values, answered from columns: every value there
//! has the number of its element beside it (`index::layout::element_id`), so a condition is looked at element by element.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::{EmptyScorer, Weight};
use tantivy::{DocId, DocSet, SegmentReader, TantivyError, u64_to_f64, u64_to_i64};

use super::compare::intervals::{Domain, Intervals, intervals};
use super::constant_score::{ConstantScoreWeight, DocSource};
use crate::binding::plan::{GeoTest, NestedTest, ValueTest};
use crate::index::columns::Columns;
use crate::index::fields::FieldId;
use crate::index::layout::{Column as Slot, Kind, Layout, element_id};
use crate::search::docset::scan;
use crate::search::snapshot::Snapshot;

/// The weight of a test of elements; without a score.
pub(super) fn weight(snapshot: &Snapshot, test: &NestedTest) -> Box<dyn Weight> {
    let source = Nested { layout: Arc::clone(&snapshot.generation.layout), columns: Arc::clone(snapshot.columns()), test: test.clone() };
    Box::new(ConstantScoreWeight::new(source, 0.0))
}

struct Nested {
    layout: Arc<Layout>,
    columns: Arc<Columns>,
    test: NestedTest,
}

impl DocSource for Nested {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let bound = Binder { layout: &self.layout, columns: &self.columns, reader }.bind(&self.test)?;
        if let Bound::Constant(false) = bound {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(scan(reader, move |doc| bound.passes(doc, Element { id: 0, depth: 0 })))
    }
}

/// The element a test is made for: its number and how many collections that is deep.
#[derive(Clone, Copy)]
struct Element {
    id: i64,
    depth: u32,
}

/// A test bound to the columns of a segment.
enum Bound {
    Constant(bool),
    And(Vec<Bound>),
    Or(Vec<Bound>),
    Not(Box<Bound>),
    Compare { values: Column<u64>, elements: Column<u64>, wanted: Option<Intervals> },
    Geo { latitudes: Column<u64>, longitudes: Column<u64>, elements: Column<u64>, test: GeoTest },
    Any { elements: Column<u64>, depth: u32, body: Option<Box<Bound>> },
}

struct Binder<'a> {
    layout: &'a Layout,
    columns: &'a Columns,
    reader: &'a SegmentReader,
}

impl Binder<'_> {
    fn bind(&self, test: &NestedTest) -> tantivy::Result<Bound> {
        let every = |parts: &[NestedTest]| parts.iter().map(|part| self.bind(part)).collect::<tantivy::Result<Vec<_>>>();
        Ok(match test {
            NestedTest::MatchAll => Bound::Constant(true),
            NestedTest::MatchNone => Bound::Constant(false),
            NestedTest::And(parts) => Bound::And(every(parts)?),
            NestedTest::Or(parts) => Bound::Or(every(parts)?),
            NestedTest::Not(inner) => Bound::Not(Box::new(self.bind(inner)?)),
            NestedTest::Compare { field, test } => self.compare(*field, Some(test))?,
            NestedTest::HasValue { field } => self.compare(*field, None)?,
            NestedTest::Geo { field, test } => self.geo(*field, test)?,
            NestedTest::Any { collection, body } => {
                let Some(layout) = self.layout.collection(*collection) else { return Ok(Bound::Constant(false)) };
                match self.column(Kind::I64Column, &layout.element_ids)? {
                    None => Bound::Constant(false),
                    Some(elements) => Bound::Any {
                        elements,
                        depth: layout.depth,
                        body: body.as_ref().map(|body| self.bind(body)).transpose()?.map(Box::new),
                    },
                }
            }
        })
    }

    fn compare(&self, field: FieldId, test: Option<&ValueTest>) -> tantivy::Result<Bound> {
        let layout = self.layout.get(field);
        let (Some((kind, column)), Some(elements)) = (&layout.value, &layout.element_ids) else { return Ok(Bound::Constant(false)) };
        let Some((values, strings)) = self.columns.numbers(self.reader, *kind, &column.name)? else { return Ok(Bound::Constant(false)) };
        let Some(elements) = self.column(Kind::I64Column, elements)? else { return Ok(Bound::Constant(false)) };
        let domain = Domain::of(*kind, strings.as_ref());
        let wanted = test.map(|test| intervals(test, &domain)).transpose();
        let wanted = wanted.map_err(|error| TantivyError::InternalError(error.to_string()))?;
        Ok(Bound::Compare { values, elements, wanted })
    }

    fn geo(&self, field: FieldId, test: &GeoTest) -> tantivy::Result<Bound> {
        let layout = self.layout.get(field);
        let (Some((kind, latitude)), Some(longitude), Some(elements)) = (&layout.value, &layout.longitude, &layout.element_ids) else {
            return Ok(Bound::Constant(false));
        };
        let columns = (self.column(*kind, latitude)?, self.column(*kind, longitude)?, self.column(Kind::I64Column, elements)?);
        let (Some(latitudes), Some(longitudes), Some(elements)) = columns else { return Ok(Bound::Constant(false)) };
        Ok(Bound::Geo { latitudes, longitudes, elements, test: test.clone() })
    }

    fn column(&self, kind: Kind, column: &Slot) -> tantivy::Result<Option<Column<u64>>> {
        Ok(self.columns.numbers(self.reader, kind, &column.name)?.map(|(numbers, _)| numbers))
    }
}

impl Bound {
    fn passes(&self, doc: DocId, element: Element) -> bool {
        let inside = |id: u64| element_id::outer(u64_to_i64(id), element.depth) == element.id;
        match self {
            Bound::Constant(truth) => *truth,
            Bound::And(parts) => parts.iter().all(|part| part.passes(doc, element)),
            Bound::Or(parts) => parts.iter().any(|part| part.passes(doc, element)),
            Bound::Not(inner) => !inner.passes(doc, element),
            Bound::Compare { values, elements, wanted } => {
                let mut pairs = elements.values_for_doc(doc).zip(values.values_for_doc(doc));
                pairs.any(|(id, value)| inside(id) && wanted.as_ref().is_none_or(|wanted| wanted.contains(value)))
            }
            Bound::Geo { latitudes, longitudes, elements, test } => {
                let points = longitudes.values_for_doc(doc).zip(latitudes.values_for_doc(doc));
                let mut pairs = elements.values_for_doc(doc).zip(points);
                pairs.any(|(id, (longitude, latitude))| inside(id) && test.passes((u64_to_f64(longitude), u64_to_f64(latitude))))
            }
            Bound::Any { elements, depth, body } => elements.values_for_doc(doc).filter(|id| inside(*id)).any(|id| {
                let element = Element { id: u64_to_i64(id), depth: *depth };
                body.as_ref().is_none_or(|body| body.passes(doc, element))
            }),
        }
    }
}
