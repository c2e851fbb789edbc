//! Which documents of a segment a filter lets through, as a bitmap.

use tantivy::query::Weight;
use tantivy::{DocId, SegmentReader};

use crate::error::Result;

/// The documents of a segment that a filter lets through, deleted ones left out.
pub(crate) struct Passing {
    words: Vec<u64>,
    /// How many there are.
    pub(crate) count: usize,
}

impl Passing {
    pub(crate) fn of(filter: &dyn Weight, reader: &SegmentReader) -> Result<Passing> {
        let mut passing = Passing { words: vec![0; (reader.max_doc() as usize).div_ceil(64)], count: 0 };
        let alive = reader.alive_bitset();
        filter.for_each_no_score(reader, &mut |docs| {
            for doc in docs {
                if alive.is_none_or(|alive| alive.is_alive(*doc)) {
                    passing.words[*doc as usize / 64] |= 1 << (doc % 64);
                    passing.count += 1;
                }
            }
        })?;
        Ok(passing)
    }

    /// Whether it lets a document through.
    pub(crate) fn has(&self, doc: DocId) -> bool {
        self.words.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }

    /// The documents, ascending.
    pub(crate) fn numbers(&self) -> Vec<DocId> {
        let mut out = Vec::with_capacity(self.count);
        for (at, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                out.push((at * 64) as u32 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        out
    }
}
