//! Metrics of lists for single users.

use std::collections::HashSet;

use super::{discount, ndcg};
use crate::math::random::Random;

/// One cut of the lists: the first `k` of each.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct UserMetrics {
    /// How long the lists are that were looked at.
    pub k: usize,
    /// Users counted: everybody with something to find.
    pub users: usize,
    /// Hits through what there was to find (the LightGCN papers).
    pub recall: f64,
    /// Hits through `min(k, what there was to find)` (the Mult-VAE, EASE and iALS papers).
    pub capped_recall: f64,
    /// Normalised discounted cumulative gain, binary gains.
    pub ndcg: f64,
    /// The share of users with a hit.
    pub hit: f64,
    /// The mean of 1 through the rank of the first hit.
    pub mrr: f64,
    /// Different items recommended through items there are.
    pub coverage: f64,
    /// The mean of `-log2(share of users who know the item)`: how far from the popularity prior.
    pub novelty: f64,
    /// The Gini coefficient of how often items are recommended: 0 all alike, 1 a single one.
    pub concentration: f64,
    /// ndcg of each user counted, in the order given: for paired comparisons.
    #[serde(skip)]
    pub ndcg_of: Vec<f64>,
}

/// Metrics of the first `k` items of each list. `lists` holds for each user the list (numbers of items, best first; empty without
/// one) and what there was to find; users with nothing to find are left out. `popularity[i]` is how many of `known_people` know item
/// `i`. O(total length).
pub fn evaluate_users(lists: &[(Vec<u32>, HashSet<u32>)], k: usize, popularity: &[u32], known_people: usize) -> UserMetrics {
    let mut out = UserMetrics { k, ..UserMetrics::default() };
    let mut shown = vec![0u32; popularity.len()];
    let mut slots = 0usize;
    let ideal_hits: Vec<bool> = vec![false; k];
    for (list, relevant) in lists.iter().filter(|(_, relevant)| !relevant.is_empty()) {
        let mut hits = ideal_hits.clone();
        for (hit, item) in hits.iter_mut().zip(list) {
            *hit = relevant.contains(item);
            if let Some(shown) = shown.get_mut(*item as usize) {
                *shown += 1;
                slots += 1;
                let share = f64::from(popularity[*item as usize].max(1)) / known_people.max(1) as f64;
                out.novelty -= share.log2();
            }
        }
        let found = hits.iter().filter(|hit| **hit).count() as f64;
        let ndcg = ndcg(&hits, relevant.len());
        out.users += 1;
        out.recall += found / relevant.len() as f64;
        out.capped_recall += found / relevant.len().min(k) as f64;
        out.ndcg += ndcg;
        out.ndcg_of.push(ndcg);
        out.hit += f64::from(u8::from(found > 0.0));
        out.mrr += hits.iter().position(|hit| *hit).map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }
    let users = out.users.max(1) as f64;
    for sum in [&mut out.recall, &mut out.capped_recall, &mut out.ndcg, &mut out.hit, &mut out.mrr] {
        *sum /= users;
    }
    out.novelty /= slots.max(1) as f64;
    out.coverage = shown.iter().filter(|times| **times > 0).count() as f64 / popularity.len().max(1) as f64;
    out.concentration = gini(shown);
    out
}

/// The Gini coefficient of counts.
fn gini(mut counts: Vec<u32>) -> f64 {
    counts.sort_unstable();
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let n = counts.len() as f64;
    if total == 0.0 {
        return 0.0;
    }
    let weighted: f64 = counts.iter().enumerate().map(|(at, count)| (2.0 * (at as f64 + 1.0) - n - 1.0) * f64::from(*count)).sum();
    weighted / (n * total)
}

/// The difference of two models' mean ndcg over the same users, with a 95 % interval from `rounds` paired bootstrap samples
/// (Efron 1979) drawn from `seed`.
pub fn paired_difference(ours: &[f64], theirs: &[f64], rounds: usize, seed: u64) -> (f64, f64, f64) {
    let n = ours.len().min(theirs.len()).max(1);
    let difference: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
    let mean = |sum: f64| sum / n as f64;
    let mut draw = Random(seed);
    let mut means: Vec<f64> =
        (0..rounds.max(1)).map(|_| mean((0..n).map(|_| difference.get(draw.below(n)).copied().unwrap_or(0.0)).sum())).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((means.len() - 1) as f64 * share) as usize];
    (mean(difference.iter().sum()), at(0.025), at(0.975))
}

/// `1 / log2(rank + 2)` of the first hit, 0 without one.
pub(super) fn first_hit(hits: &[bool]) -> f64 {
    hits.iter().position(|hit| *hit).map_or(0.0, discount)
}
