//! Scores times what a profile's functions say of the document. Which documents match is the inner weight's business, and
//! none is passed over: a bad text score may become a good one.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::fastfield::AliveBitSet;
use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader, u64_to_f64, u64_to_i64};

use tutti_index_schema::geo::kilometres;

use super::{Function, Functions, Measure, curve, nearness};
use crate::search::docset::explanation;

/// An inner weight, its scores boosted.
pub(crate) struct FunctionScore {
    pub(crate) inner: Box<dyn Weight>,
    pub(crate) functions: Arc<Functions>,
}

impl Weight for FunctionScore {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(reader, boost)?;
        Ok(Box::new(FunctionScorer { inner, values: FunctionValues::open(&self.functions, reader)? }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explanation("function score", self.scorer(reader, 1.0)?, doc)
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.inner.count(reader)
    }
}

struct FunctionScorer {
    inner: Box<dyn Scorer>,
    values: FunctionValues,
}

impl DocSet for FunctionScorer {
    fn advance(&mut self) -> DocId {
        self.inner.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.inner.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.inner.seek_danger(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        self.inner.fill_buffer(buffer)
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }

    fn cost(&self) -> u64 {
        self.inner.cost()
    }

    fn count(&mut self, alive: &AliveBitSet) -> u32 {
        self.inner.count(alive)
    }

    fn count_including_deleted(&mut self) -> u32 {
        self.inner.count_including_deleted()
    }
}

impl Scorer for FunctionScorer {
    fn score(&mut self) -> Score {
        let factor = self.values.factor(self.inner.doc());
        self.inner.score() * factor
    }
}

/// The values of one segment that functions read.
pub(crate) struct FunctionValues {
    functions: Arc<Functions>,
    columns: Vec<Option<Read>>,
    parts: Vec<Option<f64>>,
}

/// A function's column in one segment.
enum Read {
    Numbers(Column<u64>),
    Points {
        latitude: Column<u64>,
        longitude: Column<u64>,
    },
    /// Ordinals of the tags asked for that the segment has, ascending.
    Tags {
        column: Column<u64>,
        wanted: Vec<u64>,
    },
}

impl FunctionValues {
    pub(crate) fn open(functions: &Arc<Functions>, reader: &SegmentReader) -> tantivy::Result<FunctionValues> {
        let columns = functions.functions.iter().map(|function| open(functions, function, reader)).collect::<tantivy::Result<_>>()?;
        Ok(FunctionValues { functions: Arc::clone(functions), columns, parts: Vec::new() })
    }

    /// What each function says of a document, as a part of its boost.
    pub(crate) fn parts(&mut self, doc: DocId) -> &[Option<f64>] {
        self.parts.clear();
        for (function, column) in self.functions.functions.iter().zip(&self.columns) {
            let nearness = column.as_ref().and_then(|column| column.nearness(&function.measure, doc));
            self.parts.push(nearness.map(|nearness| curve(function.interpolation, nearness)));
        }
        &self.parts
    }

    fn factor(&mut self, doc: DocId) -> f32 {
        self.parts(doc);
        self.functions.factor(&self.parts)
    }
}

fn open(functions: &Functions, function: &Function, reader: &SegmentReader) -> tantivy::Result<Option<Read>> {
    let (kind, name) = &function.column;
    let Some((numbers, strings)) = functions.columns.numbers(reader, *kind, name)? else { return Ok(None) };
    Ok(match (&function.measure, strings) {
        (Measure::Tags { wanted: tags, .. }, Some(strings)) => {
            let mut wanted = Vec::with_capacity(tags.len());
            for tag in tags {
                wanted.extend(strings.dictionary().term_ord(tag.as_bytes())?);
            }
            wanted.sort_unstable();
            wanted.dedup();
            Some(Read::Tags { column: numbers, wanted })
        }
        (Measure::Tags { .. }, None) => None,
        (Measure::Distance { longitude, .. }, _) => {
            functions.columns.numbers(reader, *kind, longitude)?.map(|(longitude, _)| Read::Points { latitude: numbers, longitude })
        }
        (Measure::Magnitude { .. } | Measure::Freshness { .. }, _) => Some(Read::Numbers(numbers)),
    })
}

impl Read {
    /// How near the document's best value is to what the function wants; `None` out of its range.
    fn nearness(&self, measure: &Measure, doc: DocId) -> Option<f64> {
        match (self, measure) {
            (Read::Numbers(column), measure) => column.values_for_doc(doc).filter_map(|number| of_number(measure, number)).reduce(f64::max),
            (Read::Points { latitude, longitude }, Measure::Distance { from, limit, .. }) => {
                let points = longitude.values_for_doc(doc).zip(latitude.values_for_doc(doc));
                let distances = points.map(|(longitude, latitude)| kilometres(*from, (u64_to_f64(longitude), u64_to_f64(latitude))));
                distances.filter_map(|distance| nearness(distance, *limit, 0.0, false)).reduce(f64::max)
            }
            (Read::Tags { column, wanted }, Measure::Tags { most, .. }) => {
                let common = column.values_for_doc(doc).filter(|ord| wanted.binary_search(ord).is_ok()).count();
                (common > 0).then(|| (common as f64 / *most as f64).min(1.0))
            }
            (Read::Points { .. } | Read::Tags { .. }, _) => None,
        }
    }
}

fn of_number(measure: &Measure, number: u64) -> Option<f64> {
    match measure {
        Measure::Magnitude { start, end, constant_beyond, integer } => {
            let value = if *integer { u64_to_i64(number) as f64 } else { u64_to_f64(number) };
            nearness(value, *start, *end, *constant_beyond)
        }
        Measure::Freshness { now, duration } => {
            let age = now.saturating_sub(u64_to_i64(number)) as f64;
            nearness(age, *duration as f64, 0.0, false)
        }
        Measure::Distance { .. } | Measure::Tags { .. } => None,
    }
}
