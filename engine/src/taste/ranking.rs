//! The best of many scores.

/// Numbers of the `k` largest scores, best first, ties by number; `-inf` and what is not a number never. O(n + k log k).
pub fn best(scores: &[f32], k: usize) -> Vec<u32> {
    // A bar that rises: most scores are turned away with one comparison.
    let mut kept: Vec<(f32, u32)> = Vec::with_capacity(2 * k + 1);
    let mut bar = f32::NEG_INFINITY;
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if k == 0 {
        return Vec::new();
    }
    for (at, score) in scores.iter().enumerate() {
        if *score > bar {
            kept.push((*score, at as u32));
            if kept.len() > 2 * k {
                kept.select_nth_unstable_by(k - 1, order);
                kept.truncate(k);
                bar = kept.iter().map(|(score, _)| *score).fold(f32::INFINITY, f32::min);
            }
        }
    }
    kept.sort_unstable_by(order);
    kept.truncate(k);
    kept.into_iter().map(|(_, at)| at).collect()
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
            prop_assert_eq!(super::best(&scores, k), all);
        }
    }
}
