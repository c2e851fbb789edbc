//! A query for documents that are known already, each with its score.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED};

use crate::search::docset::explanation;

/// Documents of a segment with their scores, in order.
type Documents = Arc<Vec<(DocId, Score)>>;

/// A query for known documents.
pub(crate) struct DocListWeight {
    segments: HashMap<SegmentId, Documents>,
}

impl DocListWeight {
    /// These documents of `searcher`, each given once.
    pub(crate) fn new(searcher: &Searcher, documents: impl Iterator<Item = (DocAddress, Score)>) -> DocListWeight {
        let mut by_segment: HashMap<SegmentId, Vec<(DocId, Score)>> = HashMap::new();
        for (address, score) in documents {
            let segment = searcher.segment_reader(address.segment_ord).segment_id();
            by_segment.entry(segment).or_default().push((address.doc_id, score));
        }
        let sorted = |mut documents: Vec<(DocId, Score)>| {
            documents.sort_unstable_by_key(|(doc, _)| *doc);
            Arc::new(documents)
        };
        DocListWeight { segments: by_segment.into_iter().map(|(segment, documents)| (segment, sorted(documents))).collect() }
    }
}

impl Weight for DocListWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = self.segments.get(&reader.segment_id()).cloned().unwrap_or_default();
        Ok(Box::new(DocListScorer { documents, at: 0, boost }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explanation("document list", self.scorer(reader, 1.0)?, doc)
    }
}

struct DocListScorer {
    documents: Documents,
    at: usize,
    boost: Score,
}

impl DocSet for DocListScorer {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.documents.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|(doc, _)| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.documents.get(self.at).map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        self.documents.len() as u32
    }
}

impl Scorer for DocListScorer {
    fn score(&mut self) -> Score {
        self.documents.get(self.at).map_or(0.0, |(_, score)| score * self.boost)
    }
}
