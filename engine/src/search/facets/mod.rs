//! Facets: values counted in buckets ([`buckets`]), metrics of fields ([`metric`]), the terms that are counted ([`terms`]), values
//! found by what is typed ([`values`]).

mod buckets;
mod metric;
mod terms;
mod values;

use tantivy::{DocId, SegmentReader};

use buckets::{BucketCounter, SegmentBuckets};
use metric::{MetricCounter, SegmentMetric};

use super::request::{FacetKind, FacetRequest};
use super::response::Facet;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::index::layout::{FieldLayout, Kind};

pub(crate) use values::facet_values;
pub use values::{FacetValues, FacetValuesRequest};

/// A facetable field and its column.
///
/// # Errors
/// A field that does not exist or is not facetable.
fn column<'a>(snapshot: &'a Snapshot, path: &str) -> Result<(&'a FieldLayout, Kind, String)> {
    let layout = snapshot.layout(snapshot.fields().require(path)?.id);
    match &layout.value {
        Some((kind, column)) if layout.info.definition.facetable => Ok((layout, *kind, column.name.clone())),
        _ => Err(Error::FieldNotAllowed { field: path.to_owned(), needed: "facetable" }),
    }
}

/// One facet being counted over all segments.
pub(crate) enum Counter {
    Buckets(Box<BucketCounter>),
    Metric(Box<MetricCounter>),
}

impl Counter {
    /// Binds a facet to its column. `grouped`: buckets count groups instead of documents.
    pub(crate) fn bind(snapshot: &Snapshot, request: &FacetRequest, grouped: bool) -> Result<Counter> {
        Ok(match request.kind {
            FacetKind::Metric { metric, default } => Counter::Metric(Box::new(MetricCounter::bind(snapshot, request, metric, default)?)),
            _ => Counter::Buckets(Box::new(BucketCounter::bind(snapshot, request, grouped)?)),
        })
    }

    /// A counter for one segment.
    pub(crate) fn segment(&self, reader: &SegmentReader) -> Result<SegmentCounter> {
        Ok(match self {
            Counter::Buckets(buckets) => SegmentCounter::Buckets(buckets.segment(reader)?),
            Counter::Metric(metric) => SegmentCounter::Metric(Box::new(metric.segment(reader)?)),
        })
    }

    /// Adds a segment's counts.
    pub(crate) fn merge(&mut self, segment: SegmentCounter) -> Result<()> {
        match (self, segment) {
            (Counter::Buckets(buckets), SegmentCounter::Buckets(counted)) => buckets.merge(counted),
            (Counter::Metric(metric), SegmentCounter::Metric(counted)) => metric.merge(*counted),
            _ => Ok(()),
        }
    }

    /// What was asked for.
    pub(crate) fn finish(self) -> Facet {
        match self {
            Counter::Buckets(buckets) => buckets.finish(),
            Counter::Metric(metric) => metric.finish(),
        }
    }
}

/// A facet over one segment.
#[expect(clippy::large_enum_variant, reason = "counted once a document: buckets are not behind a pointer")]
pub(crate) enum SegmentCounter {
    Buckets(SegmentBuckets),
    Metric(Box<SegmentMetric>),
}

impl SegmentCounter {
    /// Counts one document; `group` is the one it belongs to where buckets count groups.
    #[inline]
    pub(crate) fn count(&mut self, doc: DocId, group: u32) {
        match self {
            SegmentCounter::Buckets(buckets) => buckets.count(doc, group),
            SegmentCounter::Metric(metric) => metric.count(doc),
        }
    }
}
