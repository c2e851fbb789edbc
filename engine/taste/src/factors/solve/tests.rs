use super::*;
use proptest::prelude::*;

/// More than the lanes of an inner loop, and not a multiple of them.
const D: usize = 22;

fn solved(solver: &mut dyn Solver, fixed: &[f32], row: Row<'_>, diagonal: &[f32], prior: Option<&[f32]>) -> Vec<f32> {
    let mut out = vec![0.1; D];
    solver.solve(&Problem { fixed, row, diagonal, ridge: 0.4, prior }, &mut out);
    out
}

proptest! {
    #[test]
    fn every_solver_finds_the_same_minimum(
        fixed in prop::collection::vec(-1.0f32..1.0, 12 * D),
        confidences in prop::collection::vec(prop_oneof![-3.0f32..-0.1, 0.1f32..3.0], 0..12),
        diagonal in prop::collection::vec(0.5f32..3.0, D),
        prior in prop::option::of(prop::collection::vec(-1.0f32..1.0, D)),
    ) {
        let columns: Vec<u32> = (0..confidences.len() as u32).collect();
        let row = Row { columns: &columns, values: &confidences };
        let exact = solved(&mut Cholesky::default(), &fixed, row, &diagonal, prior.as_deref());
        let others: [&mut dyn Solver; 3] = [&mut Dual::default(), &mut ConjugateGradient::new(100, 1e-7), &mut Fitting::exactly()];
        for solver in others {
            let found = solved(solver, &fixed, row, &diagonal, prior.as_deref());
            for (a, b) in exact.iter().zip(&found) {
                prop_assert!((a - b).abs() < 1e-4, "{exact:?} {found:?}");
            }
        }
    }
}
