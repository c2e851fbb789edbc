//! Sets of documents that score alike. What the sets are made of is each node's business ([`DocSource`]); the collection stops
//! as soon as no better score can come.

use tantivy::fastfield::AliveBitSet;
use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED};

use crate::search::bm25::SCALE;
use crate::search::docset::{explanation, scan_mut};

/// Where the documents come from.
pub(crate) trait DocSource: Send + Sync + 'static {
    /// The documents of a segment, deleted ones included.
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>>;

    /// How many of them are not deleted.
    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        Ok(match reader.alive_bitset() {
            Some(alive) => self.docs(reader)?.count(alive),
            None => self.docs(reader)?.count_including_deleted(),
        })
    }
}

/// A weight whose documents all score the same.
pub(crate) struct ConstantScoreWeight {
    source: Box<dyn DocSource>,
    score: Score,
}

impl ConstantScoreWeight {
    /// `boost` on Lucene's scale.
    pub(crate) fn new(source: impl DocSource, boost: f32) -> ConstantScoreWeight {
        ConstantScoreWeight { source: Box::new(source), score: boost * SCALE }
    }

    /// What an inner weight matches.
    pub(super) fn of(inner: Box<dyn Weight>, boost: f32) -> ConstantScoreWeight {
        ConstantScoreWeight::new(Inner(inner), boost)
    }

    /// What an inner weight does not match.
    pub(super) fn excluding(inner: Box<dyn Weight>) -> ConstantScoreWeight {
        ConstantScoreWeight::new(Excluded(inner), 0.0)
    }
}

/// Documents an inner weight matches.
struct Inner(Box<dyn Weight>);

impl DocSource for Inner {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(Box::new(self.0.scorer(reader, 1.0)?))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.0.count(reader)
    }
}

/// Documents an inner weight does not match.
struct Excluded(Box<dyn Weight>);

impl DocSource for Excluded {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let mut inner = self.0.scorer(reader, 1.0)?;
        // Scans run forward only, which is all the exclusion needs.
        Ok(scan_mut(reader, move |doc| {
            if inner.doc() < doc {
                inner.seek(doc);
            }
            inner.doc() != doc
        }))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        Ok(reader.num_docs() - self.0.count(reader)?)
    }
}

impl Weight for ConstantScoreWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(ConstantScorer { docs: self.source.docs(reader)?, score: self.score * boost }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explanation("constant score", self.scorer(reader, 1.0)?, doc)
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.source.count(reader)
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        if self.score <= threshold {
            return Ok(());
        }
        let mut docs = self.source.docs(reader)?;
        let mut doc = docs.doc();
        while doc != TERMINATED && self.score > threshold {
            threshold = callback(doc, self.score);
            doc = docs.advance();
        }
        Ok(())
    }
}

/// Unlike tantivy's `ConstScorer` it lets the documents count themselves.
struct ConstantScorer {
    docs: Box<dyn DocSet>,
    score: Score,
}

impl DocSet for ConstantScorer {
    fn advance(&mut self) -> DocId {
        self.docs.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.docs.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.docs.seek_danger(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        self.docs.fill_buffer(buffer)
    }

    fn doc(&self) -> DocId {
        self.docs.doc()
    }

    fn size_hint(&self) -> u32 {
        self.docs.size_hint()
    }

    fn cost(&self) -> u64 {
        self.docs.cost()
    }

    fn count(&mut self, alive: &AliveBitSet) -> u32 {
        self.docs.count(alive)
    }

    fn count_including_deleted(&mut self) -> u32 {
        self.docs.count_including_deleted()
    }
}

impl Scorer for ConstantScorer {
    fn score(&mut self) -> Score {
        self.score
    }
}
