//! What the factorisation minimises, without looking at every pair.

use rayon::prelude::*;

use super::{Factors, Interactions, Settings};
use crate::math::dense;

/// The objective and its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Loss {
    /// `sum c (s - t)²` over the observed pairs.
    pub observed: f64,
    /// `a0 sum q s²` over all pairs.
    pub unobserved: f64,
    /// The regularisation.
    pub regularisation: f64,
}

impl Loss {
    /// The objective.
    pub fn total(&self) -> f64 {
        self.observed + self.unobserved + self.regularisation
    }
}

impl Factors {
    /// The objective without a prior. O(cells d + (users + items) d²): `sum_{u,i} q_i s² = <WᵀW, HᵀQH>`.
    pub fn loss(&self, data: &Interactions, settings: &Settings) -> Loss {
        let d = self.dimensions;
        let observed: Vec<f64> = (0..data.users.height())
            .into_par_iter()
            .map(|at| {
                let (row, vector) = (data.users.row(at), self.user(at));
                let cells = row.columns.iter().zip(row.values);
                cells
                    .map(|(column, value)| {
                        let score: f32 = self.item(*column as usize).iter().zip(vector).map(|(a, b)| a * b).sum();
                        let target = if *value > 0.0 { 1.0 } else { 0.0 };
                        f64::from(value.abs()) * f64::from(score - target).powi(2)
                    })
                    .sum()
            })
            .collect();
        let weights = settings.item_weights(&data.items);
        let (users, items) = (dense::gram(&self.users, d), dense::weighted_gram(&self.items, &weights, d));
        let all: f64 = users.iter().zip(&items).map(|(a, b)| a * b).sum();
        let side = |rows: &[f32], ridge: &(dyn Fn(usize) -> f32 + Sync)| -> f64 {
            let parts: Vec<f64> = rows
                .par_chunks(d)
                .enumerate()
                .map(|(at, row)| f64::from(ridge(at)) * row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>())
                .collect();
            parts.iter().sum()
        };
        let (n, m) = (data.users.height(), data.items.height());
        Loss {
            observed: observed.iter().sum(),
            unobserved: f64::from(settings.unobserved) * all,
            regularisation: side(&self.users, &|at| settings.ridge(data.users.row(at).confidence(), m as f32))
                + side(&self.items, &|at| settings.ridge(data.items.row(at).confidence(), weights[at] * n as f32)),
        }
    }
}
