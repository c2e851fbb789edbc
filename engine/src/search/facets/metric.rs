//! Metrics of a field over all matches: sum, least, greatest, mean, number of different values.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader, u64_to_f64, u64_to_i64};
use tutti_index_schema::ValueType;

use super::buckets::{BucketCounter, SegmentBuckets};
use crate::error::{Error, Result};
use crate::index::columns::Columns;
use crate::index::layout::Kind;
use crate::index::moment;
use crate::search::request::{FacetRequest, Metric};
use crate::search::response::Facet;
use crate::search::snapshot::Snapshot;

/// A metric being made over all segments.
pub(crate) struct MetricCounter {
    field: String,
    metric: Metric,
    default: Option<f64>,
    value_type: ValueType,
    columns: Arc<Columns>,
    kind: Kind,
    column: String,
    /// Inside a collection of complex values: the elements of the values and all elements.
    elements: Option<(String, String)>,
    /// The different values, for the cardinality.
    buckets: Option<BucketCounter>,
    sums: Sums,
}

/// What one pass over numbers keeps.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: u64,
    integers: i128,
    /// Sum of floating-point numbers and what rounding took from it (Neumaier's summation).
    floats: (f64, f64),
    /// Least and greatest as ordered column numbers.
    ends: Option<(u64, u64)>,
    missing: u64,
}

impl MetricCounter {
    pub(super) fn bind(snapshot: &Snapshot, request: &FacetRequest, metric: Metric, default: Option<f64>) -> Result<MetricCounter> {
        let path = &request.field;
        let (layout, kind, column) = super::column(snapshot, path)?;
        let value_type = layout.info.value_type();
        let number = matches!(value_type, ValueType::Int32 | ValueType::Int64 | ValueType::Double | ValueType::Single);
        let date = value_type == ValueType::DateTimeOffset;
        match metric {
            Metric::Cardinality => {}
            Metric::Min | Metric::Max if number || date => {}
            _ if number => {}
            _ => return Err(Error::FieldNotAllowed { field: path.clone(), needed: "a field of numbers" }),
        }
        if default.is_some() && !number && value_type != ValueType::String {
            return Err(Error::BadRequest(format!("facet `{path}`: `default` stands in for numbers")));
        }
        let parent = path.rsplit_once('/').map(|(parent, _)| parent);
        let collection = snapshot.generation.layout.collections().find(|collection| Some(collection.path.as_str()) == parent);
        let elements = layout.element_ids.as_ref().zip(collection).map(|(own, all)| (own.name.clone(), all.element_ids.name.clone()));
        let buckets = match metric {
            Metric::Cardinality => Some(BucketCounter::bind(snapshot, request, false)?),
            _ => None,
        };
        Ok(MetricCounter {
            field: path.clone(),
            metric,
            default,
            value_type,
            columns: Arc::clone(snapshot.columns()),
            kind,
            column,
            elements,
            buckets,
            sums: Sums::default(),
        })
    }

    pub(super) fn segment(&self, reader: &SegmentReader) -> Result<SegmentMetric> {
        let column = |kind, name: &str| Ok::<_, Error>(self.columns.numbers(reader, kind, name)?.map(|(numbers, _)| numbers));
        let elements = match &self.elements {
            Some((own, all)) => Some(Elements { own: column(Kind::I64Column, own)?, all: column(Kind::I64Column, all)? }),
            None => None,
        };
        Ok(SegmentMetric {
            column: column(self.kind, &self.column)?,
            float: matches!(self.kind, Kind::F64 | Kind::F64Column),
            counts_missing: self.default.is_some(),
            elements,
            buckets: self.buckets.as_ref().map(|buckets| buckets.segment(reader)).transpose()?,
            sums: Sums::default(),
        })
    }

    pub(super) fn merge(&mut self, segment: SegmentMetric) -> Result<()> {
        self.sums.join(&segment.sums);
        match (&mut self.buckets, segment.buckets) {
            (Some(buckets), Some(counted)) => buckets.merge(counted),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Facet {
        let value = self.value();
        Facet { field: self.field, buckets: Vec::new(), metric: Some((self.metric, value)) }
    }

    fn value(&self) -> Value {
        let Sums { count, integers, floats, ends, missing } = self.sums;
        let default = self.default.filter(|_| missing > 0);
        if self.metric == Metric::Cardinality {
            return self.buckets.as_ref().map_or(0, |buckets| buckets.cardinality(default)).into();
        }
        let float = matches!(self.kind, Kind::F64 | Kind::F64Column);
        let stood_in = default.map_or(0.0, |default| default * missing as f64);
        let all = count + if default.is_some() { missing } else { 0 };
        let sum = if float { floats.0 + floats.1 } else { integers as f64 } + stood_in;
        let end = |least: bool| {
            let number = ends.map(|(low, high)| if least { low } else { high });
            match (number, default) {
                (None, None) => Value::Null,
                (None, Some(default)) => shown(default, !float),
                (Some(number), default) => {
                    let value = if float { u64_to_f64(number) } else { u64_to_i64(number) as f64 };
                    match default.filter(|default| if least { *default < value } else { *default > value }) {
                        Some(default) => shown(default, !float),
                        None if self.value_type == ValueType::DateTimeOffset => {
                            moment(u64_to_i64(number)).map_or(Value::Null, Value::String)
                        }
                        None if float => value.into(),
                        None => u64_to_i64(number).into(),
                    }
                }
            }
        };
        match self.metric {
            Metric::Sum if !float && default.is_none() => i64::try_from(integers).map_or_else(|_| (integers as f64).into(), Value::from),
            Metric::Sum => shown(sum, !float),
            Metric::Avg if all == 0 => Value::Null,
            Metric::Avg => (sum / all as f64).into(),
            Metric::Min => end(true),
            Metric::Max => end(false),
            Metric::Cardinality => Value::Null,
        }
    }
}

/// A number, whole where the field is.
fn shown(number: f64, whole: bool) -> Value {
    if whole && number.fract() == 0.0 && number.abs() < 9e15 { (number as i64).into() } else { number.into() }
}

impl Sums {
    fn join(&mut self, other: &Sums) {
        self.count += other.count;
        self.integers += other.integers;
        self.add_float(other.floats.0);
        self.add_float(other.floats.1);
        self.missing += other.missing;
        if let Some((low, high)) = other.ends {
            self.meet(low);
            self.meet(high);
        }
    }

    /// Adds a column number; what is no number is left out.
    fn add(&mut self, number: u64, float: bool) {
        if !float {
            self.integers += i128::from(u64_to_i64(number));
        } else if u64_to_f64(number).is_nan() {
            return;
        } else {
            self.add_float(u64_to_f64(number));
        }
        self.count += 1;
        self.meet(number);
    }

    fn meet(&mut self, number: u64) {
        let (low, high) = self.ends.unwrap_or((number, number));
        self.ends = Some((low.min(number), high.max(number)));
    }

    fn add_float(&mut self, number: f64) {
        let (sum, lost) = self.floats;
        let next = sum + number;
        if !next.is_finite() {
            self.floats = (next, 0.0);
            return;
        }
        let off = if sum.abs() >= number.abs() { (sum - next) + number } else { (number - next) + sum };
        self.floats = (next, lost + off);
    }
}

/// The columns of a collection of complex values in one segment.
struct Elements {
    /// The elements of values.
    own: Option<Column<u64>>,
    /// All elements.
    all: Option<Column<u64>>,
}

/// A metric over one segment.
pub(crate) struct SegmentMetric {
    column: Option<Column<u64>>,
    float: bool,
    counts_missing: bool,
    elements: Option<Elements>,
    buckets: Option<SegmentBuckets>,
    sums: Sums,
}

impl SegmentMetric {
    /// Adds the values of one document.
    pub(super) fn count(&mut self, doc: DocId) {
        match (&mut self.buckets, &self.column) {
            (Some(buckets), _) => buckets.count(doc, 0),
            (None, Some(column)) => column.values_for_doc(doc).for_each(|number| self.sums.add(number, self.float)),
            (None, None) => {}
        }
        if self.counts_missing {
            self.sums.missing += match &self.elements {
                None => u64::from(self.column.as_ref().is_none_or(|column| column.first(doc).is_none())),
                Some(Elements { own, all }) => {
                    let with: HashSet<u64> = own.iter().flat_map(|column| column.values_for_doc(doc)).collect();
                    all.iter().flat_map(|column| column.values_for_doc(doc)).filter(|element| !with.contains(element)).count() as u64
                }
            };
        }
    }
}
