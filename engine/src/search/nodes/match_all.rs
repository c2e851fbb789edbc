//! Every document, or none.

use tantivy::query::{AllScorer, EmptyWeight, Weight};
use tantivy::{DocSet, SegmentReader};

use super::constant_score::{ConstantScoreWeight, DocSource};

/// Every document with the same score.
pub(super) fn weight(boost: f32) -> Box<dyn Weight> {
    Box::new(ConstantScoreWeight::new(AllDocs, boost))
}

/// No document.
pub(super) fn none() -> Box<dyn Weight> {
    Box::new(EmptyWeight)
}

struct AllDocs;

impl DocSource for AllDocs {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(Box::new(AllScorer::new(reader.max_doc())))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        Ok(reader.num_docs())
    }
}
