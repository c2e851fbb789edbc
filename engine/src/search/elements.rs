//! Conditions on several fields of one element of a collection of complex values, answered from columns: every value there
//! has the place of its element beside it (`index::layout::places`), so a condition is looked at element by element.

use tantivy::columnar::Column;
use tantivy::query::EmptyScorer;
use tantivy::{DocId, DocSet, SegmentReader, TantivyError, u64_to_f64, u64_to_i64};

use super::constant::scan;
use super::geography::PlaceTest;
use super::plan::ValueTest;
use super::values::{Domain, Intervals};
use crate::index::columns::Columns;
use crate::index::layout::{Column as Slot, Kind, Layout, places};

/// A condition on one element. `field` and `elements` are positions in the layout.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ElementTest {
    Everything,
    Nothing,
    And(Vec<ElementTest>),
    Or(Vec<ElementTest>),
    Not(Box<ElementTest>),
    /// A value of the field in this element passes.
    Value {
        field: usize,
        test: ValueTest,
    },
    /// The field has a value in this element.
    HasValue {
        field: usize,
    },
    /// A point of the field in this element passes.
    Place {
        field: usize,
        test: PlaceTest,
    },
    /// An element of a collection inside this one passes; without a body, there is one.
    Any {
        elements: usize,
        body: Option<Box<ElementTest>>,
    },
}

/// The documents that pass `test` in a segment.
pub(crate) fn docs(layout: &Layout, columns: &Columns, test: &ElementTest, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
    let bound = Binder { layout, columns, reader }.bind(test)?;
    if let Bound::Constant(false) = bound {
        return Ok(Box::new(EmptyScorer));
    }
    Ok(scan(reader, move |doc| bound.passes(doc, Around { place: 0, levels: 0 })))
}

/// The element a condition is looked at for: its place and how many collections that is deep.
#[derive(Clone, Copy)]
struct Around {
    place: i64,
    levels: u32,
}

/// A condition bound to the columns of a segment.
enum Bound {
    Constant(bool),
    And(Vec<Bound>),
    Or(Vec<Bound>),
    Not(Box<Bound>),
    Value { values: Column<u64>, places: Column<u64>, wanted: Option<Intervals> },
    Place { latitudes: Column<u64>, longitudes: Column<u64>, places: Column<u64>, test: PlaceTest },
    Any { places: Column<u64>, levels: u32, body: Option<Box<Bound>> },
}

struct Binder<'a> {
    layout: &'a Layout,
    columns: &'a Columns,
    reader: &'a SegmentReader,
}

impl Binder<'_> {
    fn bind(&self, test: &ElementTest) -> tantivy::Result<Bound> {
        let every = |parts: &[ElementTest]| parts.iter().map(|part| self.bind(part)).collect::<tantivy::Result<Vec<_>>>();
        Ok(match test {
            ElementTest::Everything => Bound::Constant(true),
            ElementTest::Nothing => Bound::Constant(false),
            ElementTest::And(parts) => Bound::And(every(parts)?),
            ElementTest::Or(parts) => Bound::Or(every(parts)?),
            ElementTest::Not(inner) => Bound::Not(Box::new(self.bind(inner)?)),
            ElementTest::Value { field, test } => self.value(*field, Some(test))?,
            ElementTest::HasValue { field } => self.value(*field, None)?,
            ElementTest::Place { field, test } => self.place(*field, test)?,
            ElementTest::Any { elements, body } => {
                let layout = &self.layout.elements[*elements];
                match self.column(Kind::WholeColumn, &layout.column)? {
                    None => Bound::Constant(false),
                    Some(places) => Bound::Any {
                        places,
                        levels: layout.level,
                        body: body.as_ref().map(|body| self.bind(body)).transpose()?.map(Box::new),
                    },
                }
            }
        })
    }

    fn value(&self, field: usize, test: Option<&ValueTest>) -> tantivy::Result<Bound> {
        let layout = &self.layout.fields[field];
        let (Some((kind, column)), Some(places)) = (&layout.value, &layout.places) else { return Ok(Bound::Constant(false)) };
        let Some((values, strings)) = self.columns.numbers(self.reader, *kind, &column.name)? else { return Ok(Bound::Constant(false)) };
        let Some(places) = self.column(Kind::WholeColumn, places)? else { return Ok(Bound::Constant(false)) };
        let domain = Domain::of(*kind, strings.as_ref());
        let wanted = test.map(|test| test.intervals(&domain)).transpose();
        let wanted = wanted.map_err(|error| TantivyError::InternalError(error.to_string()))?;
        Ok(Bound::Value { values, places, wanted })
    }

    fn place(&self, field: usize, test: &PlaceTest) -> tantivy::Result<Bound> {
        let layout = &self.layout.fields[field];
        let (Some((kind, latitude)), Some(longitude), Some(places)) = (&layout.value, &layout.longitude, &layout.places) else {
            return Ok(Bound::Constant(false));
        };
        let columns = (self.column(*kind, latitude)?, self.column(*kind, longitude)?, self.column(Kind::WholeColumn, places)?);
        let (Some(latitudes), Some(longitudes), Some(places)) = columns else { return Ok(Bound::Constant(false)) };
        Ok(Bound::Place { latitudes, longitudes, places, test: test.clone() })
    }

    fn column(&self, kind: Kind, column: &Slot) -> tantivy::Result<Option<Column<u64>>> {
        Ok(self.columns.numbers(self.reader, kind, &column.name)?.map(|(numbers, _)| numbers))
    }
}

impl Bound {
    fn passes(&self, doc: DocId, around: Around) -> bool {
        let inside = |place: u64| places::outer(u64_to_i64(place), around.levels) == around.place;
        match self {
            Bound::Constant(truth) => *truth,
            Bound::And(parts) => parts.iter().all(|part| part.passes(doc, around)),
            Bound::Or(parts) => parts.iter().any(|part| part.passes(doc, around)),
            Bound::Not(inner) => !inner.passes(doc, around),
            Bound::Value { values, places, wanted } => {
                let mut placed = places.values_for_doc(doc).zip(values.values_for_doc(doc));
                placed.any(|(place, value)| inside(place) && wanted.as_ref().is_none_or(|wanted| wanted.contain(value)))
            }
            Bound::Place { latitudes, longitudes, places, test } => {
                let points = longitudes.values_for_doc(doc).zip(latitudes.values_for_doc(doc));
                let mut placed = places.values_for_doc(doc).zip(points);
                placed.any(|(place, (longitude, latitude))| inside(place) && test.passes((u64_to_f64(longitude), u64_to_f64(latitude))))
            }
            Bound::Any { places, levels, body } => places.values_for_doc(doc).filter(|place| inside(*place)).any(|place| {
                let element = Around { place: u64_to_i64(place), levels: *levels };
                body.as_ref().is_none_or(|body| body.passes(doc, element))
            }),
        }
    }
}
