//! BM25 as Lucene computes it: counts and mean lengths over the documents that have the field.
//!
//! tantivy counts every document of a segment for every field; Lucene's `CollectionStatistics.docCount` leaves out the
//! ones without a token in the field. Both count deleted documents until they are merged away.

use tantivy::fieldnorm::FieldNormReader;
use tutti_index_schema::IndexDefinition;

/// tantivy multiplies BM25 by (k1 + 1); Lucene 8 does not. Scorers work on tantivy's scale, so that its own term scorers
/// can be used as they are; constant scores are brought to it, and what a hit shows is divided by this.
pub(crate) const SCALE: f32 = 2.2;

/// The two parameters of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parameters {
    k1: f32,
    b: f32,
}

impl Parameters {
    /// Lucene's, the only ones tantivy's own scorers know.
    const DEFAULT: Parameters = Parameters { k1: 1.2, b: 0.75 };

    /// Those of a definition.
    pub(crate) fn of(definition: &IndexDefinition) -> Parameters {
        definition.similarity.map_or(Parameters::DEFAULT, |bm25| Parameters { k1: bm25.k1 as f32, b: bm25.b as f32 })
    }

    /// Whether tantivy's own scorers can be used.
    pub(crate) fn are_default(self) -> bool {
        self == Parameters::DEFAULT
    }
}

/// Statistics of a field's text.
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

    /// The inverse document frequency of a term that `doc_freq` documents have.
    pub(crate) fn idf(self, doc_freq: u64) -> f32 {
        let (n, count) = (doc_freq as f64, self.documents.max(doc_freq) as f64);
        (1.0 + (count - n + 0.5) / (n + 0.5)).ln() as f32
    }
}

/// BM25 over one term or phrase, with a fractional frequency, as sloppy phrases have.
#[derive(Clone, Debug)]
pub(crate) struct Bm25 {
    weight: f32,
    /// k1 (1 - b + b · length / mean length), by encoded length.
    norms: Box<[f32; 256]>,
}

impl Bm25 {
    /// `weight` is the inverse document frequency times the boost.
    pub(crate) fn new(weight: f32, field: FieldStatistics, parameters: Parameters) -> Bm25 {
        let Parameters { k1, b } = parameters;
        let mean_length = field.mean_length();
        let mut norms = Box::new([0.0; 256]);
        for (id, norm) in norms.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = k1 * (1.0 - b + b * length / mean_length);
        }
        Bm25 { weight: weight * SCALE, norms }
    }

    /// The score of a document whose length is encoded as `length_id`.
    #[inline]
    pub(crate) fn score(&self, length_id: u8, frequency: f32) -> f32 {
        self.weight * frequency / (frequency + self.norms[length_id as usize])
    }
}
