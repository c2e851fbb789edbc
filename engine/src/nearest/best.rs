//! The best few of many scores.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A score and what it belongs to. Better is smaller: the higher score, among equals the smaller number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) score: f32,
    pub(crate) id: u32,
}

impl Eq for Scored {}

impl Ord for Scored {
    fn cmp(&self, other: &Scored) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Scored) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best `limit` seen; the heap's top is the worst of them.
pub(crate) struct Best {
    heap: BinaryHeap<Scored>,
    limit: usize,
    bar: f32,
}

impl Best {
    pub(crate) fn new(limit: usize) -> Best {
        Best { heap: BinaryHeap::with_capacity(limit.min(4096) + 1), limit, bar: f32::NEG_INFINITY }
    }

    /// What scores less than this cannot get in.
    #[inline]
    pub(crate) fn bar(&self) -> f32 {
        self.bar
    }

    pub(crate) fn push(&mut self, scored: Scored) {
        if self.heap.len() < self.limit {
            self.heap.push(scored);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && scored < *worst
        {
            *worst = scored;
        }
        if self.heap.len() >= self.limit {
            self.bar = self.heap.peek().map_or(f32::INFINITY, |worst| worst.score);
        }
    }

    /// Best first.
    pub(crate) fn into_sorted(self) -> Vec<Scored> {
        self.heap.into_sorted_vec()
    }
}
