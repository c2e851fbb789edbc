//! Sets of documents of a segment: tests of one document after the other, unions of posting lists, bitmaps; and what a scorer
//! says of a single document.

mod bitset;
mod scan;
mod union;

use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader, TERMINATED, TantivyError};

pub(crate) use bitset::BitSet;
pub(crate) use scan::{scan, scan_mut};
pub(crate) use union::union;

use crate::error::Result;

/// tantivy's explanation of a scorer that has no parts. Ours for people is `search::explain`.
pub(crate) fn explanation(name: &'static str, mut scorer: Box<dyn Scorer>, doc: DocId) -> tantivy::Result<Explanation> {
    if scorer.doc() > doc || scorer.seek(doc) != doc {
        return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
    }
    Ok(Explanation::new(name, scorer.score()))
}

/// The score of a document of a segment; `None` when it does not match.
pub(crate) fn score_of(weight: &dyn Weight, reader: &SegmentReader, doc: DocId) -> Result<Option<Score>> {
    let mut scorer = weight.scorer(reader, 1.0)?;
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    Ok((scorer.doc() == doc && doc != TERMINATED).then(|| scorer.score()))
}
