//! Metrics of lists for groups: how well members are served, and how evenly.

use std::collections::HashSet;

use super::users::first_hit;
use super::{discount, ndcg};

/// A group's list, and for each member what there was to find for that member.
#[derive(Clone, Debug, Default)]
pub struct GroupLists {
    /// What the group counts with besides all: for example its kind and its size.
    pub cuts: Vec<String>,
    /// The list, best first.
    pub items: Vec<u32>,
    /// What each member had to find; members with nothing are left out.
    pub relevant: Vec<HashSet<u32>>,
}

/// Means over groups.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct GroupMetrics {
    /// Which groups: `all`, or a cut.
    pub cut: String,
    /// How many.
    pub groups: usize,
    /// The mean of members' ndcg.
    pub ndcg_mean: f64,
    /// The ndcg of the worst-off member.
    pub ndcg_min: f64,
    /// The worst-off member's ndcg through the best-off's.
    pub ndcg_ratio: f64,
    /// Members' hits through `min(k, what there was to find)`.
    pub recall_mean: f64,
    /// The share of members without a hit.
    pub without_hit: f64,
    /// The mean of `1 / log2(rank + 1)` of a member's first hit (discounted first hit).
    pub first_hit: f64,
    /// How evenly hits are spread from the first place on (discounted proportional fairness).
    pub proportional: f64,
}

/// Metrics of the first `k` of each list: `all` first, then the cuts in their order of names.
pub fn evaluate_groups(groups: &[GroupLists], k: usize) -> Vec<GroupMetrics> {
    let mut out = std::collections::BTreeMap::<(bool, String), GroupMetrics>::new();
    for group in groups {
        let Some(one) = metrics(group, k) else { continue };
        let cuts = group.cuts.iter().map(|cut| (true, cut.clone())).chain([(false, "all".to_owned())]);
        for key in cuts {
            let name = key.1.clone();
            let sum = out.entry(key).or_insert_with(|| GroupMetrics { cut: name, ..GroupMetrics::default() });
            sum.groups += 1;
            for (sum, value) in sum.numbers().into_iter().zip(one) {
                *sum += value;
            }
        }
    }
    out.into_values()
        .map(|mut sums| {
            let groups = sums.groups as f64;
            sums.numbers().into_iter().for_each(|sum| *sum /= groups);
            sums
        })
        .collect()
}

impl GroupMetrics {
    fn numbers(&mut self) -> [&mut f64; 7] {
        [
            &mut self.ndcg_mean,
            &mut self.ndcg_min,
            &mut self.ndcg_ratio,
            &mut self.recall_mean,
            &mut self.without_hit,
            &mut self.first_hit,
            &mut self.proportional,
        ]
    }
}

/// The seven numbers of one group, in the order of [`GroupMetrics`].
fn metrics(group: &GroupLists, k: usize) -> Option<[f64; 7]> {
    let members: Vec<&HashSet<u32>> = group.relevant.iter().filter(|relevant| !relevant.is_empty()).collect();
    if members.is_empty() {
        return None;
    }
    let n = members.len() as f64;
    let hits: Vec<Vec<bool>> = members
        .iter()
        .map(|relevant| (0..k).map(|rank| group.items.get(rank).is_some_and(|item| relevant.contains(item))).collect())
        .collect();
    let ndcgs: Vec<f64> = hits.iter().zip(&members).map(|(hits, relevant)| ndcg(hits, relevant.len())).collect();
    let found = |hits: &[bool]| hits.iter().filter(|hit| **hit).count();
    let least = ndcgs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ndcgs.iter().copied().fold(0.0, f64::max);
    let recall = hits.iter().zip(&members).map(|(hits, relevant)| found(hits) as f64 / relevant.len().min(k) as f64).sum::<f64>() / n;
    let without = hits.iter().filter(|hits| found(hits) == 0).count() as f64 / n;
    Some([
        ndcgs.iter().sum::<f64>() / n,
        least,
        if most > 0.0 { least / most } else { 0.0 },
        recall,
        without,
        hits.iter().map(|hits| first_hit(hits)).sum::<f64>() / n,
        proportional(&hits, k),
    ])
}

/// For each prefix `1 - 1/2 sum_m |share of hits that are m's - 1/|G||`, weighted by the discount of its last place.
fn proportional(hits: &[Vec<bool>], k: usize) -> f64 {
    let mut counts = vec![0usize; hits.len()];
    let (mut sum, mut weights) = (0.0, 0.0);
    for rank in 0..k {
        counts.iter_mut().zip(hits).for_each(|(count, hits)| *count += usize::from(hits[rank]));
        let total: usize = counts.iter().sum();
        weights += discount(rank);
        if total > 0 {
            let even = 1.0 / hits.len() as f64;
            let apart: f64 = counts.iter().map(|count| (*count as f64 / total as f64 - even).abs()).sum();
            sum += discount(rank) * (1.0 - 0.5 * apart);
        }
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}
