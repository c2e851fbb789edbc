//! Documents in the running for a page, and where the page before ended.

use std::cmp::Ordering;

use tantivy::{DocAddress, Score};

/// A document in the running for the page.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    /// The values sorted by, empty when by score alone.
    pub(crate) values: Vec<SortValue>,
}

/// Where the last page ended: only what comes after it is collected.
#[derive(Clone, Debug)]
pub(crate) struct After {
    pub(crate) score: Score,
    pub(crate) values: Vec<SortValue>,
    pub(crate) address: DocAddress,
}

impl After {
    /// Whether a document comes after it in the order of scores.
    pub(crate) fn precedes(&self, score: Score, address: DocAddress) -> bool {
        score < self.score || (score == self.score && address > self.address)
    }
}

/// A value sorted by. Missing values are the smallest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SortValue {
    Missing,
    Score(Score),
    Number(u64),
    Text(Vec<u8>),
}

impl SortValue {
    pub(crate) fn compare(&self, other: &SortValue) -> Ordering {
        match (self, other) {
            (SortValue::Missing, SortValue::Missing) => Ordering::Equal,
            (SortValue::Missing, _) => Ordering::Less,
            (_, SortValue::Missing) => Ordering::Greater,
            (SortValue::Score(a), SortValue::Score(b)) => a.total_cmp(b),
            (SortValue::Number(a), SortValue::Number(b)) => a.cmp(b),
            (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
            // A cursor of another request; any order will do.
            _ => Ordering::Equal,
        }
    }
}
