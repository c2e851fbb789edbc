//! BM25 over one term with parameters of the index's own. tantivy's term scorer is faster but knows one pair only.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, Explanation, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, Term};

use super::collect::explained;
use super::statistics::PhraseBm25;

/// Documents with a term, scored.
pub(crate) struct TermWeight {
    term: Term,
    bm25: PhraseBm25,
}

impl TermWeight {
    pub(crate) fn new(term: Term, bm25: PhraseBm25) -> TermWeight {
        TermWeight { term, bm25 }
    }
}

impl Weight for TermWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let slot = self.term.field();
        let postings = reader.inverted_index(slot)?.read_postings(&self.term, IndexRecordOption::WithFreqs)?;
        Ok(match (postings, reader.fieldnorms_readers().get_field(slot)?) {
            (Some(postings), Some(lengths)) => Box::new(TermScorer { postings, lengths, bm25: self.bm25.clone(), boost }),
            _ => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained("term", self.scorer(reader, 1.0)?, doc)
    }
}

struct TermScorer {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    bm25: PhraseBm25,
    boost: Score,
}

impl DocSet for TermScorer {
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }

    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for TermScorer {
    fn score(&mut self) -> Score {
        self.boost * self.bm25.score(self.lengths.fieldnorm_id(self.postings.doc()), self.postings.term_freq() as f32)
    }
}
