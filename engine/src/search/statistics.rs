//! The numbers BM25 needs, as Lucene counts them: per field, over the documents that have the field.
//!
//! tantivy counts every document of a segment for every field; Lucene's `CollectionStatistics.docCount` leaves out the
//! ones without a token in the field. Both count deleted documents until they are merged away.

use std::cell::RefCell;
use std::collections::HashMap;

use tantivy::query::{Bm25StatisticsProvider, BoostWeight, EnableScoring, TermQuery, Weight};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::term::TermWeight;
use crate::error::Result;
use crate::index::generation::Generation;

/// tantivy multiplies BM25 by (k1 + 1); Lucene 8 does not. Scorers work on tantivy's scale, so that its own term scorers
/// can be used as they are; constant scores are brought to it, and what a hit shows is divided by this.
pub(crate) const SCALE: f32 = 2.2;

/// Statistics of one searcher, read once per field.
pub(crate) struct Statistics<'a> {
    pub(crate) generation: &'a Generation,
    pub(crate) searcher: &'a Searcher,
    fields: RefCell<HashMap<Slot, FieldStatistics>>,
    k1: f32,
    b: f32,
}

/// Lucene's parameters, the only ones tantivy's own scorers know.
const USUAL: (f32, f32) = (1.2, 0.75);

/// Statistics of a text slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldStatistics {
    /// Documents with at least one token.
    pub(crate) documents: u64,
    /// Tokens in all of them.
    pub(crate) tokens: u64,
}

impl FieldStatistics {
    fn mean_length(self) -> f32 {
        if self.documents == 0 { 1.0 } else { (self.tokens as f64 / self.documents as f64) as f32 }
    }
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

impl<'a> Statistics<'a> {
    pub(crate) fn new(generation: &'a Generation, searcher: &'a Searcher) -> Statistics<'a> {
        let (k1, b) = generation.definition.similarity.map_or(USUAL, |bm25| (bm25.k1 as f32, bm25.b as f32));
        Statistics { generation, searcher, fields: RefCell::default(), k1, b }
    }

    pub(crate) fn field(&self, slot: Slot) -> Result<FieldStatistics> {
        if let Some(known) = self.fields.borrow().get(&slot) {
            return Ok(*known);
        }
        let (mut documents, mut tokens) = (0u64, 0u64);
        for reader in self.searcher.segment_readers() {
            documents += self.generation.documents_with(reader, slot)?;
            tokens += reader.inverted_index(slot)?.total_num_tokens();
        }
        let statistics = FieldStatistics { documents, tokens };
        self.fields.borrow_mut().insert(slot, statistics);
        Ok(statistics)
    }

    /// Documents with the term, over all segments.
    pub(crate) fn doc_freq(&self, slot: Slot, term: &str) -> Result<u64> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(slot, term))?)
    }

    /// BM25 over one term, as if `doc_freq` documents had it.
    pub(crate) fn term(&self, slot: Slot, term: &str, doc_freq: u64, boost: f32) -> Result<Box<dyn Weight>> {
        if (self.k1, self.b) != USUAL {
            let bm25 = self.bm25(idf(doc_freq, self.field(slot)?) * boost, self.field(slot)?);
            return Ok(Box::new(TermWeight::new(Term::from_field_text(slot, term), bm25)));
        }
        let query = TermQuery::new(Term::from_field_text(slot, term), IndexRecordOption::WithFreqs);
        let statistics = TermStatistics { field: self.field(slot)?, doc_freq };
        let weight = query.specialized_weight(EnableScoring::enabled_from_statistics_provider(&statistics, self.searcher))?;
        Ok(if boost == 1.0 { Box::new(weight) } else { Box::new(BoostWeight::new(Box::new(weight), boost)) })
    }

    /// Documents with a term, without scores.
    pub(crate) fn term_only(&self, slot: Slot, term: &str) -> Result<Box<dyn Weight>> {
        let query = TermQuery::new(Term::from_field_text(slot, term), IndexRecordOption::Basic);
        Ok(Box::new(query.specialized_weight(EnableScoring::disabled_from_searcher(self.searcher))?))
    }

    /// BM25 for a phrase: the terms' inverse document frequencies added.
    pub(crate) fn phrase_bm25(&self, slot: Slot, terms: &[(u32, Vec<String>)], boost: f32) -> Result<PhraseBm25> {
        let field = self.field(slot)?;
        let mut sum = 0.0f64;
        for term in terms.iter().flat_map(|(_, alternatives)| alternatives) {
            sum += f64::from(idf(self.doc_freq(slot, term)?, field));
        }
        Ok(self.bm25(sum as f32 * boost, field))
    }

    fn bm25(&self, weight: f32, field: FieldStatistics) -> PhraseBm25 {
        PhraseBm25::new(weight * SCALE, field.mean_length(), self.k1, self.b)
    }
}

fn idf(doc_freq: u64, field: FieldStatistics) -> f32 {
    let (n, count) = (doc_freq as f64, field.documents.max(doc_freq) as f64);
    (1.0 + (count - n + 0.5) / (n + 0.5)).ln() as f32
}

/// BM25 with a fractional frequency, as sloppy phrases have.
#[derive(Clone, Debug)]
pub(crate) struct PhraseBm25 {
    weight: f32,
    /// k1 (1 - b + b · length / mean length), by encoded length.
    norms: Box<[f32; 256]>,
}

impl PhraseBm25 {
    fn new(weight: f32, mean_length: f32, k1: f32, b: f32) -> PhraseBm25 {
        let mut norms = Box::new([0.0; 256]);
        for (id, norm) in norms.iter_mut().enumerate() {
            let length = tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = k1 * (1.0 - b + b * length / mean_length);
        }
        PhraseBm25 { weight, norms }
    }

    #[inline]
    pub(crate) fn score(&self, length_id: u8, frequency: f32) -> f32 {
        self.weight * frequency / (frequency + self.norms[length_id as usize])
    }
}
