//! How good lists are: the metrics of one user's list and of a group's, as their papers define them. Looks at lists only; how they
//! were made is nobody's business here.

mod groups;
mod users;

pub use groups::{GroupLists, GroupMetrics, evaluate_groups};
pub use users::{UserMetrics, evaluate_users, paired_difference};

/// `1 / log2(rank + 2)`, rank from 0.
fn discount(rank: usize) -> f64 {
    1.0 / (rank as f64 + 2.0).log2()
}

/// Normalised discounted cumulative gain with binary gains: `hits` in the order of the list, `relevant` how many there were to find.
pub(super) fn ndcg(hits: &[bool], relevant: usize) -> f64 {
    let ideal: f64 = (0..relevant.min(hits.len())).map(discount).sum();
    let found: f64 = hits.iter().enumerate().filter(|(_, hit)| **hit).map(|(rank, _)| discount(rank)).sum();
    if ideal > 0.0 { found / ideal } else { 0.0 }
}
