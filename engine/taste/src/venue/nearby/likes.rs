//! When a person would like a place: above the person's own 80th percentile of venues.
//!
//! Must not hold: how scores come about.

/// The 80th percentile of a person's scores over venues, by nearest rank: 80% of them are at or below it. Scores that are not finite
/// are left out; `None` when none is left. O(n).
#[must_use]
pub fn own_threshold(scores: &[f32]) -> Option<f32> {
    let mut finite: Vec<f32> = scores.iter().copied().filter(|score| score.is_finite()).collect();
    let rank = (finite.len() * 4).div_ceil(5).checked_sub(1)?;
    let (_, bar, _) = finite.select_nth_unstable_by(rank, f32::total_cmp);
    Some(*bar)
}

/// Whether a person whose bar is `bar` would like a place scored `score`. Strictly above, so a person indifferent to all likes none.
#[must_use]
pub fn likes(score: f32, bar: f32) -> bool {
    score > bar
}
