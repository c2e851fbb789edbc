//! The first few of many: documents by score as they come, or whatever a list holds.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::{DocAddress, Score};

use super::found::Found;

/// The best scores seen, earlier documents first among equals: a heap whose top is the first to go.
pub(crate) struct TopK {
    heap: BinaryHeap<Worst>,
    limit: usize,
}

/// Ordered so that the heap's top is the first to go: the lowest score, among equals the latest document.
#[derive(Clone, Copy, PartialEq)]
struct Worst {
    score: Score,
    address: DocAddress,
}

impl Eq for Worst {}

impl Ord for Worst {
    fn cmp(&self, other: &Worst) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.address.cmp(&other.address))
    }
}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Worst) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl TopK {
    pub(crate) fn new(limit: usize) -> TopK {
        TopK { heap: BinaryHeap::with_capacity(limit.min(1024) + 1), limit }
    }

    /// A document must score more than this to get in. Documents come in address order, so equals stay out.
    pub(crate) fn threshold(&self) -> Score {
        match self.heap.peek() {
            Some(worst) if self.heap.len() >= self.limit => worst.score,
            _ => Score::MIN,
        }
    }

    pub(crate) fn push(&mut self, score: Score, address: DocAddress) {
        self.heap.push(Worst { score, address });
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    pub(crate) fn into_sorted(self) -> Vec<Found> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|worst| Found { address: worst.address, score: worst.score, values: Vec::new() })
            .collect()
    }
}

/// Leaves the first `k` items in an order, sorted.
pub(crate) fn keep_first<T>(items: &mut Vec<T>, k: usize, compare: impl Fn(&T, &T) -> Ordering) {
    if items.len() > k && k > 0 {
        items.select_nth_unstable_by(k - 1, &compare);
    }
    items.truncate(k);
    items.sort_unstable_by(&compare);
}
