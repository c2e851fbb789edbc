//! A set of small numbers, such as the documents of a segment or the ordinals of a dictionary, one bit each.

use tantivy::query::Weight;
use tantivy::{DocId, SegmentReader};

use crate::error::Result;

/// Numbers below a bound.
pub(crate) struct BitSet {
    words: Vec<u64>,
    len: usize,
}

impl BitSet {
    /// An empty set of numbers below `bound`.
    pub(crate) fn new(bound: usize) -> BitSet {
        BitSet { words: vec![0; bound.div_ceil(64)], len: 0 }
    }

    /// The documents of a segment that a filter lets through, deleted ones left out.
    pub(crate) fn of(filter: &dyn Weight, reader: &SegmentReader) -> Result<BitSet> {
        let mut set = BitSet::new(reader.max_doc() as usize);
        let alive = reader.alive_bitset();
        filter.for_each_no_score(reader, &mut |docs| {
            for doc in docs {
                if alive.is_none_or(|alive| alive.is_alive(*doc)) {
                    set.insert(u64::from(*doc));
                }
            }
        })?;
        Ok(set)
    }

    /// Adds a number; one that is not below the bound is left out.
    #[inline]
    pub(crate) fn insert(&mut self, number: u64) {
        if let Some(word) = self.words.get_mut((number / 64) as usize) {
            let bit = 1 << (number % 64);
            self.len += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }

    /// How many numbers are in it.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether a number is in it.
    #[inline]
    pub(crate) fn contains(&self, number: DocId) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let rest = |rest: &u64| Some(rest & (rest - 1)).filter(|rest| *rest != 0);
            let first = Some(*word).filter(|word| *word != 0);
            std::iter::successors(first, rest).map(move |rest| (at * 64) as u32 + rest.trailing_zeros())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::BitSet;

    #[test]
    fn holds_what_was_put_in() {
        let mut set = BitSet::new(130);
        for number in [0, 63, 64, 129, 129, 500] {
            set.insert(number);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!(set.len(), 4);
        assert!(set.contains(64) && !set.contains(65) && !set.contains(500));
    }
}
