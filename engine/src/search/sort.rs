//! Sorting by fields and score. Within a segment values compare as column numbers; between segments strings compare as
//! strings.

use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentReader, f64_to_u64, u64_to_f64};
use tutti_index_schema::geo::{LonLat, kilometres};

use super::found::{After, Found, SortValue};
use super::list::curation::Pins;
use super::request::{SortBy, SortKey};
use super::snapshot::Snapshot;
use super::top_k::keep_first;
use crate::error::{Error, Result};
use crate::index::columns::Columns;
use crate::index::layout::Kind;

/// The keys of one request, bound to columns.
pub(crate) struct Keys {
    keys: Vec<Key>,
    columns: Arc<Columns>,
}

struct Key {
    by: By,
    descending: bool,
}

enum By {
    Score,
    Column {
        kind: Kind,
        column: String,
    },
    Distance {
        kind: Kind,
        latitude: String,
        longitude: String,
        from: Vec<LonLat>,
    },
    /// Pinned documents in their order, the others behind.
    Pins(Arc<Pins>),
}

impl Keys {
    /// Binds `keys`, or returns `None` when they ask for the order by score alone. Then pins stand first, if there are any.
    pub(crate) fn bind(snapshot: &Snapshot, keys: &[SortKey], pins: Option<&Arc<Pins>>) -> Result<Option<Keys>> {
        if by_score(keys) {
            let Some(pins) = pins else { return Ok(None) };
            let keys = vec![Key { by: By::Pins(Arc::clone(pins)), descending: false }, Key { by: By::Score, descending: true }];
            return Ok(Some(Keys { keys, columns: Arc::clone(snapshot.columns()) }));
        }
        let keys = keys.iter().map(|key| Ok(Key { by: bind(snapshot, &key.by)?, descending: key.descending })).collect::<Result<_>>()?;
        Ok(Some(Keys { keys, columns: Arc::clone(snapshot.columns()) }))
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a document comes after the end of a page.
    pub(crate) fn follows(&self, found: &Found, after: &After) -> bool {
        follows(&self.keys, found, after)
    }

    pub(crate) fn need_score(&self) -> bool {
        self.keys.iter().any(|key| matches!(key.by, By::Score))
    }

    /// Binds the keys to a segment's columns.
    pub(crate) fn segment<'a>(
        &'a self,
        reader: &SegmentReader,
        ord: u32,
        limit: usize,
        after: Option<&'a After>,
    ) -> Result<SegmentKeys<'a>> {
        let mut columns = Vec::new();
        for key in &self.keys {
            columns.push(match &key.by {
                By::Score => SegmentColumn::Score,
                By::Pins(pins) => SegmentColumn::Pins(pins, ord),
                By::Column { kind, column } => match self.columns.numbers(reader, *kind, column)? {
                    None => SegmentColumn::Empty,
                    Some((numbers, None)) => SegmentColumn::Numbers(numbers),
                    Some((ords, Some(strings))) => SegmentColumn::Strings(ords, strings),
                },
                By::Distance { kind, latitude, longitude, from } => {
                    match (self.columns.numbers(reader, *kind, latitude)?, self.columns.numbers(reader, *kind, longitude)?) {
                        (Some((latitudes, _)), Some((longitudes, _))) => SegmentColumn::Distance { latitudes, longitudes, from },
                        _ => SegmentColumn::Far,
                    }
                }
            });
        }
        Ok(SegmentKeys { keys: &self.keys, columns, ord, limit, after, held: Vec::new(), worst: None })
    }

    /// The order of two documents; earlier documents first among equals.
    pub(crate) fn compare(&self, a: &Found, b: &Found) -> Ordering {
        self.compare_values(&a.values, &b.values).then_with(|| a.address.cmp(&b.address))
    }

    fn compare_values(&self, a: &[SortValue], b: &[SortValue]) -> Ordering {
        compare_by(&self.keys, a, b)
    }
}

/// Whether keys ask for the order by score alone.
pub(crate) fn by_score(keys: &[SortKey]) -> bool {
    keys.iter().all(|key| key.by == SortBy::Score && key.descending)
}

/// Kilometres to the nearest of some points.
pub(crate) fn nearest(points: &[LonLat], to: LonLat) -> f64 {
    points.iter().map(|point| kilometres(*point, to)).fold(f64::INFINITY, f64::min)
}

/// Finds the columns of a key.
fn bind(snapshot: &Snapshot, key: &SortBy) -> Result<By> {
    Ok(match key {
        SortBy::Score => By::Score,
        SortBy::Field(path) => {
            let field = snapshot.layout(snapshot.fields().require(path)?.id);
            match &field.value {
                Some((kind, column)) if field.info.definition.sortable && !field.info.multi_valued && field.longitude.is_none() => {
                    By::Column { kind: *kind, column: column.name.clone() }
                }
                _ => return Err(Error::FieldNotAllowed { field: path.clone(), needed: "sortable" }),
            }
        }
        SortBy::Distance { field: path, from } => {
            let field = snapshot.layout(snapshot.fields().require(path)?.id);
            match (&field.value, &field.longitude) {
                (Some((kind, latitude)), Some(longitude)) if field.info.definition.sortable && !field.info.multi_valued => {
                    By::Distance { kind: *kind, latitude: latitude.name.clone(), longitude: longitude.name.clone(), from: from.clone() }
                }
                _ => return Err(Error::FieldNotAllowed { field: path.clone(), needed: "a sortable geography point" }),
            }
        }
    })
}

fn compare_by(keys: &[Key], a: &[SortValue], b: &[SortValue]) -> Ordering {
    for ((key, a), b) in keys.iter().zip(a).zip(b) {
        let order = a.compare(b);
        let order = if key.descending { order.reverse() } else { order };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Whether a document comes after the end of a page.
fn follows(keys: &[Key], found: &Found, after: &After) -> bool {
    match compare_by(keys, &found.values, &after.values) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => found.address > after.address,
    }
}

enum SegmentColumn<'a> {
    Score,
    Pins(&'a Pins, u32),
    Empty,
    Numbers(Column<u64>),
    Strings(Column<u64>, StrColumn),
    Distance {
        latitudes: Column<u64>,
        longitudes: Column<u64>,
        from: &'a [LonLat],
    },
    /// No document has a point.
    Far,
}

/// Where documents without a point are.
const FARTHEST: u64 = u64::MAX;

/// The best documents of one segment.
pub(crate) struct SegmentKeys<'a> {
    keys: &'a [Key],
    columns: Vec<SegmentColumn<'a>>,
    ord: u32,
    limit: usize,
    after: Option<&'a After>,
    /// Documents with their values, strings as ordinals plus one; cut back to the best when twice too many.
    held: Vec<Held>,
    /// The last of the best when there were enough: what comes after it stays out.
    worst: Option<Held>,
}

/// A document with its values in one segment.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) doc: DocId,
    pub(crate) score: Score,
    /// One number a key; 0 is missing, others are moved up by one.
    pub(crate) values: Vec<u128>,
}

impl SegmentKeys<'_> {
    pub(crate) fn offer(&mut self, doc: DocId, score: Score) {
        if self.limit == 0 {
            return;
        }
        if let Some(worst) = &self.worst {
            // The first key alone decides for most documents.
            let first = self.value(0, doc, score);
            let order = directed(&self.keys[0], first.cmp(&worst.values[0]));
            if order == Ordering::Greater {
                return;
            }
        }
        let held = self.hold(doc, score);
        if self.worst.as_ref().is_some_and(|worst| order_of(self.keys, &held, worst) != Ordering::Less) {
            return;
        }
        if self.after.is_some() && !self.follows(&held) {
            return;
        }
        self.held.push(held);
        if self.held.len() >= self.limit.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    /// A document with its values.
    pub(crate) fn hold(&self, doc: DocId, score: Score) -> Held {
        Held { doc, score, values: (0..self.keys.len()).map(|key| self.value(key, doc, score)).collect() }
    }

    /// Whether a document stands before another of the segment.
    pub(crate) fn is_before(&self, a: &Held, b: &Held) -> bool {
        order_of(self.keys, a, b) == Ordering::Less
    }

    /// A document with values that compare between segments.
    pub(crate) fn found(&self, held: &Held) -> Result<Found> {
        Ok(Found { address: DocAddress::new(self.ord, held.doc), score: held.score, values: self.values(held)? })
    }

    fn cut(&mut self) {
        let keys = self.keys;
        keep_first(&mut self.held, self.limit, |a, b| order_of(keys, a, b));
        if self.held.len() == self.limit {
            self.worst = self.held.last().cloned();
        }
    }

    fn value(&self, key: usize, doc: DocId, score: Score) -> u128 {
        let number = match &self.columns[key] {
            SegmentColumn::Score => Some(u64::from(ordered(score))),
            SegmentColumn::Empty => None,
            SegmentColumn::Numbers(column) | SegmentColumn::Strings(column, _) => column.first(doc),
            SegmentColumn::Distance { latitudes, longitudes, from } => Some(match (longitudes.first(doc), latitudes.first(doc)) {
                (Some(longitude), Some(latitude)) => f64_to_u64(nearest(from, (u64_to_f64(longitude), u64_to_f64(latitude)))),
                _ => FARTHEST,
            }),
            SegmentColumn::Far => Some(FARTHEST),
            SegmentColumn::Pins(pins, ord) => Some(pins.rank(DocAddress::new(*ord, doc))),
        };
        number.map_or(0, |number| u128::from(number) + 1)
    }

    fn follows(&self, held: &Held) -> bool {
        let Some(after) = self.after else { return true };
        self.found(held).is_ok_and(|found| follows(self.keys, &found, after))
    }

    fn values(&self, held: &Held) -> Result<Vec<SortValue>> {
        let mut out = Vec::with_capacity(held.values.len());
        for (column, number) in self.columns.iter().zip(&held.values) {
            let number = number.checked_sub(1).map(|number| number as u64);
            out.push(match (column, number) {
                (_, None) => SortValue::Missing,
                (SegmentColumn::Score, Some(_)) => SortValue::Score(held.score),
                (SegmentColumn::Empty, Some(_)) => SortValue::Missing,
                (
                    SegmentColumn::Numbers(_) | SegmentColumn::Distance { .. } | SegmentColumn::Far | SegmentColumn::Pins(..),
                    Some(number),
                ) => SortValue::Number(number),
                (SegmentColumn::Strings(_, strings), Some(ord)) => {
                    let mut bytes = Vec::new();
                    strings.ord_to_bytes(ord, &mut bytes).map_err(tantivy::TantivyError::from)?;
                    SortValue::Text(bytes)
                }
            });
        }
        Ok(out)
    }

    /// The segment's best, with values that compare between segments.
    pub(crate) fn into_found(mut self) -> Result<Vec<Found>> {
        self.cut();
        let held = std::mem::take(&mut self.held);
        held.iter().map(|held| self.found(held)).collect()
    }
}

fn directed(key: &Key, order: Ordering) -> Ordering {
    if key.descending { order.reverse() } else { order }
}

fn order_of(keys: &[Key], a: &Held, b: &Held) -> Ordering {
    for ((key, a), b) in keys.iter().zip(&a.values).zip(&b.values) {
        let order = directed(key, a.cmp(b));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.doc.cmp(&b.doc)
}

/// A score as a number in the same order; scores are not negative.
fn ordered(score: Score) -> u32 {
    score.max(0.0).to_bits()
}
