use super::*;

/// Rows of a small generator, `scale` long.
fn rows(count: usize, d: usize, scale: f32) -> Vec<f32> {
    (0..count * d).map(|at| ((at * 7919 + 13) % 101) as f32 / 101.0 * scale - scale / 2.0).collect()
}

#[test]
fn eigenvectors_turn_any_gram_matrix_into_a_diagonal() {
    for (count, d, scale) in [(1, 128, 0.01), (2, 128, 0.01), (3, 128, 1e-6), (0, 16, 1.0), (40, 16, 1.0), (300, 64, 10.0), (5, 1, 1.0)] {
        let before = rows(count, d, scale);
        let (values, turn) = eigen(&gram(&before, d), d);
        assert!(
            values.iter().chain(turn.iter().map(|value| f64::from(*value)).collect::<Vec<_>>().iter()).all(|value| value.is_finite()),
            "{count} {d}"
        );
        let mut after = before.clone();
        rotate(&mut after, &turn, d);
        let turned = gram(&after, d);
        let most = values.first().copied().unwrap_or(0.0).max(1e-30);
        for row in 0..d {
            for column in 0..d {
                let wanted = if row == column { values[row] } else { 0.0 };
                assert!(
                    (turned[row * d + column] - wanted).abs() < 1e-4 * most,
                    "{count} {d} {row} {column} {} {wanted}",
                    turned[row * d + column]
                );
            }
        }
        // Lengths stay.
        let sum = |rows: &[f32]| rows.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        assert!((sum(&before) - sum(&after)).abs() <= 1e-4 * sum(&before));
    }
}
