//! Counting values over all matches, exactly, in the pass that collects them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader, u64_to_f64, u64_to_i64};
use time::{Date, Duration, Month, OffsetDateTime};
use tutti_index_schema::ValueType;

use super::terms::TermFilter;
use crate::error::{Error, Result};
use crate::index::columns::Columns;
use crate::index::document::moment;
use crate::index::layout::Kind;
use crate::search::request::{DateUnit, FacetKind, FacetOrder, FacetRequest, RangeBound};
use crate::search::response::{Bucket, BucketValue, Facet};
use crate::search::snapshot::Snapshot;
use crate::search::top_k::keep_first;

/// Buckets one request may return of a facet.
const MAX_BUCKETS: usize = 100_000;

/// One facet being counted over all segments.
pub(crate) struct BucketCounter {
    request: FacetRequest,
    value_type: ValueType,
    columns: Arc<Columns>,
    kind: Kind,
    column: String,
    texts: HashMap<String, u64>,
    numbers: HashMap<i64, u64>,
    /// Floating-point values, by their ordered bits.
    floats: HashMap<u64, u64>,
    ranges: Vec<u64>,
    /// With groups: the groups of each bucket, in place of counts of documents.
    groups: Option<HashMap<Key, HashSet<u32>>>,
    /// Terms that are counted.
    terms: TermFilter,
}

impl BucketCounter {
    /// Binds a facet to its column.
    pub(crate) fn bind(snapshot: &Snapshot, request: &FacetRequest, grouped: bool) -> Result<BucketCounter> {
        let path = &request.field;
        let (layout, kind, column) = super::column(snapshot, path)?;
        let value_type = layout.info.value_type();
        let is_date = value_type == ValueType::DateTimeOffset;
        let is_number = matches!(value_type, ValueType::Int32 | ValueType::Int64 | ValueType::Double);
        let wrong = |wanted: &str| Err(Error::BadRequest(format!("facet `{path}`: {wanted}")));
        match &request.kind {
            FacetKind::Values { .. } | FacetKind::Metric { .. } if value_type == ValueType::GeographyPoint => {
                return wrong("points cannot be counted");
            }
            FacetKind::Values { .. } | FacetKind::Metric { .. } => {}
            FacetKind::Interval { width } if !is_number || !width.is_finite() || *width <= 0.0 => {
                return wrong("an interval is a number above 0 and its field a number");
            }
            FacetKind::Interval { .. } => {}
            FacetKind::DateInterval { .. } if !is_date => {
                return wrong("minute, hour, day, week, month, quarter and year need a date field");
            }
            FacetKind::DateInterval { .. } => {}
            FacetKind::Ranges(bounds) => {
                let fits = |bound: &RangeBound| match bound {
                    RangeBound::Number(number) => is_number && number.is_finite(),
                    RangeBound::Date(_) => is_date,
                };
                let ascending = bounds.windows(2).all(|pair| before(pair[0], pair[1]));
                if bounds.is_empty() || !bounds.iter().all(fits) || !ascending {
                    return wrong("ranges are ascending numbers for a number field, or dates for a date field");
                }
            }
        }
        let ranges = if let FacetKind::Ranges(bounds) = &request.kind { vec![0; bounds.len() + 1] } else { Vec::new() };
        Ok(BucketCounter {
            request: request.clone(),
            value_type,
            columns: Arc::clone(snapshot.columns()),
            kind,
            column,
            texts: HashMap::new(),
            numbers: HashMap::new(),
            floats: HashMap::new(),
            ranges,
            groups: grouped.then(HashMap::new),
            terms: TermFilter::bind(request, value_type)?,
        })
    }

    /// A counter for one segment.
    pub(crate) fn segment(&self, reader: &SegmentReader) -> Result<SegmentBuckets> {
        let Some((column, strings)) = self.columns.numbers(reader, self.kind, &self.column)? else { return Ok(SegmentBuckets::empty()) };
        let multi_valued = column.get_cardinality().is_multivalue();
        let counts = match &strings {
            _ if self.groups.is_some() => Counts::Groups(HashMap::new()),
            Some(strings) => Counts::Dense(vec![0; strings.num_terms()]),
            // Small spans, as years and flags have, are counted in an array.
            None => match column.max_value().checked_sub(column.min_value()) {
                Some(span) if span < 1 << 16 => Counts::Offset(column.min_value(), vec![0; span as usize + 1]),
                _ => Counts::Sparse(HashMap::new()),
            },
        };
        // A document counts once in a bucket: of values that share one, only the first is counted.
        let grouping = multi_valued.then(|| Grouping { kind: self.request.kind.clone(), float: self.is_float() });
        Ok(SegmentBuckets { column: Some(column), strings, grouping, seen: Vec::new(), counts })
    }

    /// Adds a segment's counts.
    pub(crate) fn merge(&mut self, segment: SegmentBuckets) -> Result<()> {
        let SegmentBuckets { strings, counts, .. } = segment;
        match counts {
            Counts::Groups(sets) => self.merge_groups(strings.as_ref(), sets)?,
            Counts::Dense(counts) => {
                let Some(strings) = strings else { return Ok(()) };
                let counted: Vec<u64> = (0..counts.len() as u64).filter(|ord| counts[*ord as usize] > 0).collect();
                let mut at = 0;
                strings
                    .dictionary()
                    .sorted_ords_to_term_cb(&counted, |term| {
                        let count = u64::from(counts[counted[at] as usize]);
                        at += 1;
                        *self.texts.entry(String::from_utf8_lossy(term).into_owned()).or_default() += count;
                    })
                    .map_err(tantivy::TantivyError::from)?;
            }
            Counts::Offset(low, counts) => {
                for (offset, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    self.add(low + offset as u64, u64::from(count));
                }
            }
            Counts::Sparse(counts) => {
                for (number, count) in counts {
                    self.add(number, u64::from(count));
                }
            }
        }
        Ok(())
    }

    /// Joins the groups of a segment's buckets with those known.
    fn merge_groups(&mut self, strings: Option<&StrColumn>, sets: HashMap<u64, HashSet<u32>>) -> Result<()> {
        let mut keyed = Vec::with_capacity(sets.len());
        for (number, set) in sets {
            let key = match strings {
                Some(strings) => {
                    let mut text = String::new();
                    strings.ord_to_str(number, &mut text).map_err(tantivy::TantivyError::from)?;
                    Some(Key::Text(text))
                }
                None => self.key(number),
            };
            keyed.extend(key.map(|key| (key, set)));
        }
        let known = self.groups.get_or_insert_default();
        for (key, set) in keyed {
            known.entry(key).or_default().extend(set);
        }
        Ok(())
    }

    /// The bucket of the column number `number`; `None` when it lies in none.
    fn key(&self, number: u64) -> Option<Key> {
        let float = self.is_float();
        match &self.request.kind {
            FacetKind::Values { .. } | FacetKind::Metric { .. } if float => Some(Key::Float(number)),
            FacetKind::Values { .. } | FacetKind::Metric { .. } => Some(Key::Number(u64_to_i64(number))),
            FacetKind::Interval { width } => low_end(*width, float, number).map(Key::Float),
            FacetKind::DateInterval { unit, offset_minutes } => cut(u64_to_i64(number), *unit, *offset_minutes).map(Key::Number),
            // Not a number lies in no range.
            FacetKind::Ranges(bounds) => (!(float && u64_to_f64(number).is_nan())).then(|| Key::Range(range_of(bounds, float, number))),
        }
    }

    /// Adds `count` documents with the column number `number`.
    fn add(&mut self, number: u64, count: u64) {
        if let Some(key) = self.key(number) {
            self.add_to(key, count);
        }
    }

    fn add_to(&mut self, key: Key, count: u64) {
        match key {
            Key::Text(text) => *self.texts.entry(text).or_default() += count,
            Key::Number(number) => *self.numbers.entry(number).or_default() += count,
            Key::Float(bits) => *self.floats.entry(bits).or_default() += count,
            Key::Range(at) => self.ranges[at] += count,
        }
    }

    /// Different values among the matches, not a number left out; `extra` is one that stands in for documents without a value.
    pub(super) fn cardinality(&self, extra: Option<f64>) -> u64 {
        let numbers = self.floats.keys().filter(|bits| !u64_to_f64(**bits).is_nan()).count();
        let known = match extra {
            None => true,
            Some(extra) if self.value_type == ValueType::String => self.texts.contains_key(&extra.to_string()),
            Some(extra) if self.is_float() => self.floats.contains_key(&tantivy::f64_to_u64(extra)),
            Some(extra) => extra.fract() == 0.0 && self.numbers.contains_key(&(extra as i64)),
        };
        (self.texts.len() + self.numbers.len() + numbers) as u64 + u64::from(!known)
    }

    /// Values with the number of documents that have them, strings only.
    pub(super) fn into_texts(self) -> HashMap<String, u64> {
        self.texts
    }

    /// The counted buckets in the order asked for.
    pub(crate) fn finish(mut self) -> Facet {
        for (key, groups) in self.groups.take().unwrap_or_default() {
            self.add_to(key, groups.len() as u64);
        }
        let terms = std::mem::take(&mut self.terms);
        if !terms.is_all() {
            self.texts.retain(|text, _| terms.counts(text));
        }
        let is_date = self.value_type == ValueType::DateTimeOffset;
        let date = |micros: i64| moment(micros).map_or(Value::Null, Value::String);
        let integer = |number: i64| match self.value_type {
            ValueType::Boolean => Value::Bool(number != 0),
            ValueType::DateTimeOffset => date(number),
            _ => Value::from(number),
        };
        let number = |value: f64| if self.is_integer() && value.fract() == 0.0 { Value::from(value as i64) } else { Value::from(value) };
        let buckets = match &self.request.kind {
            FacetKind::Metric { .. } => Vec::new(),
            FacetKind::Values { count, order, .. } => {
                let count = (*count).min(MAX_BUCKETS);
                if self.value_type == ValueType::String {
                    pick(self.texts.into_iter().collect(), count, *order, |text| Value::String(text.clone()))
                } else if !self.floats.is_empty() {
                    pick(self.floats.into_iter().collect(), count, *order, |bits| Value::from(u64_to_f64(*bits)))
                } else {
                    pick(self.numbers.into_iter().collect(), count, *order, |value| integer(*value))
                }
            }
            FacetKind::Interval { .. } => {
                pick(self.floats.iter().map(|(bits, count)| (*bits, *count)).collect(), MAX_BUCKETS, FacetOrder::ValueAscending, |bits| {
                    number(u64_to_f64(*bits))
                })
            }
            FacetKind::DateInterval { .. } => {
                pick(self.numbers.into_iter().collect(), MAX_BUCKETS, FacetOrder::ValueAscending, |micros| date(*micros))
            }
            FacetKind::Ranges(bounds) => {
                let show = |bound: RangeBound| match bound {
                    RangeBound::Number(value) => number(value),
                    RangeBound::Date(micros) if is_date => date(micros),
                    RangeBound::Date(micros) => Value::from(micros),
                };
                let ends = |at: usize| BucketValue::Range {
                    from: at.checked_sub(1).and_then(|at| bounds.get(at)).map(|bound| show(*bound)),
                    to: bounds.get(at).map(|bound| show(*bound)),
                };
                self.ranges.iter().enumerate().map(|(at, count)| Bucket { value: ends(at), count: *count }).collect()
            }
        };
        Facet { field: self.request.field, buckets, metric: None }
    }

    fn is_float(&self) -> bool {
        matches!(self.kind, Kind::F64 | Kind::F64Column)
    }

    fn is_integer(&self) -> bool {
        matches!(self.kind, Kind::I64 | Kind::I64Column)
    }
}

/// The lower end of a number's interval as an ordered number; `None` for what is no number or endless.
fn low_end(width: f64, float: bool, number: u64) -> Option<u64> {
    let value = if float { u64_to_f64(number) } else { u64_to_i64(number) as f64 };
    let low = (value / width).floor() * width;
    value.is_finite().then(|| tantivy::f64_to_u64(if low == 0.0 { 0.0 } else { low }))
}

/// Which of the ranges between `bounds` a number lies in.
fn range_of(bounds: &[RangeBound], float: bool, number: u64) -> usize {
    bounds.partition_point(|bound| match bound {
        RangeBound::Number(bound) if float => *bound <= u64_to_f64(number),
        RangeBound::Number(bound) => *bound <= u64_to_i64(number) as f64,
        RangeBound::Date(bound) => *bound <= u64_to_i64(number),
    })
}

/// Which values of one document share a bucket.
struct Grouping {
    kind: FacetKind,
    float: bool,
}

impl Grouping {
    fn bucket(&self, number: u64) -> u64 {
        match &self.kind {
            FacetKind::Values { .. } | FacetKind::Metric { .. } => number,
            FacetKind::Interval { width } => low_end(*width, self.float, number).unwrap_or(number),
            FacetKind::DateInterval { unit, offset_minutes } => {
                cut(u64_to_i64(number), *unit, *offset_minutes).map_or(number, tantivy::i64_to_u64)
            }
            FacetKind::Ranges(bounds) => range_of(bounds, self.float, number) as u64,
        }
    }
}

fn before(a: RangeBound, b: RangeBound) -> bool {
    match (a, b) {
        (RangeBound::Number(a), RangeBound::Number(b)) => a < b,
        (RangeBound::Date(a), RangeBound::Date(b)) => a < b,
        _ => false,
    }
}

/// The first `count` of the buckets in `order`.
fn pick<T: Ord>(mut counted: Vec<(T, u64)>, count: usize, order: FacetOrder, show: impl Fn(&T) -> Value) -> Vec<Bucket> {
    let compare = |a: &(T, u64), b: &(T, u64)| match order {
        FacetOrder::CountDescending => b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)),
        FacetOrder::CountAscending => a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)),
        FacetOrder::ValueAscending => a.0.cmp(&b.0),
        FacetOrder::ValueDescending => b.0.cmp(&a.0),
    };
    keep_first(&mut counted, count, compare);
    counted.into_iter().map(|(value, count)| Bucket { value: BucketValue::Value(show(&value)), count }).collect()
}

/// The start, in UTC microseconds, of the calendar bucket that holds a moment, in a zone `offset` minutes from UTC.
fn cut(micros: i64, unit: DateUnit, offset: i32) -> Option<i64> {
    let shift = i64::from(offset) * 60_000_000;
    let local = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros.checked_add(shift)?) * 1000).ok()?;
    let day = local.date();
    let midnight = |date: Date| date.midnight().assume_utc();
    let start = match unit {
        DateUnit::Minute => midnight(day) + Duration::minutes(i64::from(local.hour()) * 60 + i64::from(local.minute())),
        DateUnit::Hour => midnight(day) + Duration::hours(i64::from(local.hour())),
        DateUnit::Day => midnight(day),
        DateUnit::Week => midnight(day.checked_sub(Duration::days(i64::from(day.weekday().number_days_from_monday())))?),
        DateUnit::Month => midnight(day.replace_day(1).ok()?),
        DateUnit::Quarter => {
            let first = Month::try_from((u8::from(day.month()) - 1) / 3 * 3 + 1).ok()?;
            midnight(Date::from_calendar_date(day.year(), first, 1).ok()?)
        }
        DateUnit::Year => midnight(Date::from_calendar_date(day.year(), Month::January, 1).ok()?),
    };
    i64::try_from(start.unix_timestamp_nanos() / 1000).ok()?.checked_sub(shift)
}

/// Counts of one segment by column number.
pub(crate) struct SegmentBuckets {
    column: Option<Column<u64>>,
    strings: Option<StrColumn>,
    /// Set when values of one document may share a bucket.
    grouping: Option<Grouping>,
    /// The buckets of the document at hand.
    seen: Vec<u64>,
    counts: Counts,
}

enum Counts {
    /// By ordinal.
    Dense(Vec<u32>),
    /// By distance from the smallest number.
    Offset(u64, Vec<u32>),
    Sparse(HashMap<u64, u32>),
    /// Groups by number.
    Groups(HashMap<u64, HashSet<u32>>),
}

/// What a bucket is told by, the same in all segments.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Text(String),
    Number(i64),
    /// The ordered bits.
    Float(u64),
    Range(usize),
}

impl SegmentBuckets {
    fn empty() -> SegmentBuckets {
        SegmentBuckets { column: None, strings: None, grouping: None, seen: Vec::new(), counts: Counts::Sparse(HashMap::new()) }
    }

    /// Counts one document, or the group it belongs to, each of its values once.
    #[inline]
    pub(crate) fn count(&mut self, doc: DocId, group: u32) {
        let Some(column) = &self.column else { return };
        if let Some(grouping) = &self.grouping {
            self.seen.clear();
            for number in column.values_for_doc(doc) {
                let bucket = grouping.bucket(number);
                if !self.seen.contains(&bucket) {
                    self.seen.push(bucket);
                    self.counts.add(number, group);
                }
            }
        } else if let Some(number) = column.first(doc) {
            self.counts.add(number, group);
        }
    }
}

impl Counts {
    #[inline]
    fn add(&mut self, number: u64, group: u32) {
        match self {
            Counts::Dense(counts) => counts[number as usize] += 1,
            Counts::Offset(low, counts) => counts[(number - *low) as usize] += 1,
            Counts::Sparse(counts) => *counts.entry(number).or_default() += 1,
            Counts::Groups(sets) => {
                sets.entry(number).or_default().insert(group);
            }
        }
    }
}
