//! BM25 over one term: by tantivy's own scorer, which is told Lucene's statistics, or by ours where the index has parameters
//! of its own.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, BoostWeight, EmptyScorer, EmptyWeight, EnableScoring, Explanation, Scorer, TermQuery, Weight,
};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, Term};

use crate::error::Result;
use crate::search::bm25::{Bm25, FieldStatistics};
use crate::search::docset::explanation;
use crate::search::snapshot::Snapshot;

/// The weight of a term as if `doc_freq` documents had it; 0 matches nothing.
pub(super) fn weight(snapshot: &Snapshot, slot: Slot, term: &str, doc_freq: u64, boost: f32, scoring: bool) -> Result<Box<dyn Weight>> {
    if doc_freq == 0 {
        return Ok(Box::new(EmptyWeight));
    }
    let term = Term::from_field_text(slot, term);
    if !scoring {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        return Ok(Box::new(query.specialized_weight(EnableScoring::disabled_from_searcher(&snapshot.segments))?));
    }
    let field = snapshot.field_statistics(slot)?;
    if !snapshot.parameters.are_default() {
        return Ok(Box::new(TermWeight { term, bm25: snapshot.bm25(field.idf(doc_freq), boost, field) }));
    }
    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
    let statistics = TermStatistics { field, doc_freq };
    let weight = query.specialized_weight(EnableScoring::enabled_from_statistics_provider(&statistics, &snapshot.segments))?;
    Ok(if boost == 1.0 { Box::new(weight) } else { Box::new(BoostWeight::new(Box::new(weight), boost)) })
}

/// What tantivy's term weight is told instead of its own counts.
struct TermStatistics {
    field: FieldStatistics,
    doc_freq: u64,
}

impl Bm25StatisticsProvider for TermStatistics {
    fn total_num_tokens(&self, _: Slot) -> tantivy::Result<u64> {
        Ok(self.field.tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.field.documents.max(self.doc_freq).max(1))
    }

    fn doc_freq(&self, _: &Term) -> tantivy::Result<u64> {
        Ok(self.doc_freq)
    }
}

/// Documents with a term, scored with the index's own parameters.
struct TermWeight {
    term: Term,
    bm25: Bm25,
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
        explanation("term", self.scorer(reader, 1.0)?, doc)
    }
}

struct TermScorer {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    bm25: Bm25,
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
