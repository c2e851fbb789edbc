//! The best few of many scores.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A score and what it belongs to. Better is smaller in this order: the higher score, among equals the smaller id.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The score.
    pub score: f32,
    /// What it belongs to.
    pub id: u32,
}

impl Eq for Scored {}

impl Ord for Scored {
    #[inline]
    fn cmp(&self, other: &Scored) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Scored {
    #[inline]
    fn partial_cmp(&self, other: &Scored) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best `k` scores seen so far, by score and then by id.
///
/// ```
/// use tutti_vectors::{Scored, TopK};
///
/// let mut top = TopK::new(2);
/// for (id, score) in [(1, 0.3), (2, 0.9), (3, 0.5)] {
///     if score >= top.threshold() {
///         top.push(Scored { score, id });
///     }
/// }
/// assert_eq!(top.into_sorted().iter().map(|scored| scored.id).collect::<Vec<_>>(), [2, 3]);
/// ```
#[derive(Debug)]
pub struct TopK {
    /// The top of the heap is the worst of them.
    heap: BinaryHeap<Scored>,
    k: usize,
    threshold: f32,
}

impl TopK {
    /// Room for `k`.
    pub fn new(k: usize) -> TopK {
        TopK { heap: BinaryHeap::with_capacity(k.min(4096) + 1), k, threshold: f32::NEG_INFINITY }
    }

    /// What scores less than this cannot get in.
    #[inline]
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Offers a score. O(log k).
    #[inline]
    pub fn push(&mut self, scored: Scored) {
        if self.heap.len() < self.k {
            self.heap.push(scored);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && scored < *worst
        {
            *worst = scored;
        }
        if self.heap.len() >= self.k {
            self.threshold = self.heap.peek().map_or(f32::INFINITY, |worst| worst.score);
        }
    }

    /// The best, best first.
    pub fn into_sorted(self) -> Vec<Scored> {
        self.heap.into_sorted_vec()
    }
}

/// Positions of the `k` largest of all scores, best first, ties by position; `-inf` and NaN are left out. O(n + k log k).
/// Faster than [`TopK`] where the scores lie in one slice.
pub fn top_k(scores: &[f32], k: usize) -> Vec<u32> {
    if k == 0 {
        return Vec::new();
    }
    // A threshold that rises: most scores are turned away with one comparison.
    let mut kept: Vec<Scored> = Vec::with_capacity(2 * k + 1);
    let mut threshold = f32::NEG_INFINITY;
    for (id, score) in scores.iter().enumerate() {
        if *score > threshold {
            kept.push(Scored { score: *score, id: id as u32 });
            if kept.len() > 2 * k {
                kept.select_nth_unstable(k - 1);
                kept.truncate(k);
                threshold = kept.iter().map(|scored| scored.score).fold(f32::INFINITY, f32::min);
            }
        }
    }
    kept.sort_unstable();
    kept.truncate(k);
    kept.into_iter().map(|scored| scored.id).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_best_are_what_sorting_finds(scores in prop::collection::vec(-3i8..3, 0..200), k in 0usize..30) {
            let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
            let mut all: Vec<u32> = (0..scores.len() as u32).collect();
            all.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b)));
            all.truncate(k);
            prop_assert_eq!(super::top_k(&scores, k), all);
        }
    }
}
