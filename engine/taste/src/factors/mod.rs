//! Matrix factorisation of interactions by alternating least squares (iALS): each user and each item becomes a vector of `d`
//! numbers whose inner product says how much the one likes the other. Numbers only: no names, no files, no clock.
//!
//! The objective is that of Rendle, Krichene, Zhang, Koren 2022 ("Revisiting the Performance of iALS on Item Recommendation
//! Benchmarks"):
//!
//! ```text
//! L = sum_{(u,i)} c_ui (w_u·h_i - t_ui)²  +  a0 sum_u sum_i q_i (w_u·h_i)²
//!   + lambda [ sum_u (n_u + a0 m)^nu |w_u|²  +  sum_i (n_i + a0 q_i n)^nu |h_i - p_i|² ]
//! ```
//!
//! with `n_u` the confidence a user's row holds (the number of items when each is 1), `n`, `m` the numbers of users and items,
//! `p_i` what the content of an item promises (0 where nothing is known), and `q_i = n_i^gamma` over its mean: not to have touched a
//! popular item says more than not to have touched one that few know (He, Zhang, Kan, Chua 2016). `gamma = 0.25` gave 0.003 of
//! ndcg@20 on the validation parts of both data sets.

mod loss;
mod solve;

use rayon::prelude::*;

use crate::TasteError;
use crate::math::dense;
use crate::math::matrix::{Matrix, Row};
pub use loss::Loss;
pub(crate) use solve::{Factored, Fitting, Problem, Solver};

/// How far a row of a half-step goes towards its minimum, 1 as far as that. Each row is a quadratic bowl, so that everything between 0 and
/// 2 goes down, and beyond 1 saves passes as successive over-relaxation does (Young 1954): on Gowalla at d = 128 the loss of 15 passes
/// takes 10 with 1.3, 8 with 1.5; 1.7 falls faster in the end, but rises in the first passes. What is found of the held-out part is the same
/// on Last.fm, and on Gowalla best with 1.4.
const OVER_RELAXATION: f32 = 1.4;

/// What the factorisation is told.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Numbers in a vector.
    pub dimensions: usize,
    /// `a0`: the weight of every pair, seen or not; above 0.
    pub unobserved: f32,
    /// `lambda`: the weight of the regularisation; above 0.
    pub regularisation: f32,
    /// `nu`: how regularisation grows with how much is known of a row; 1 is best on the data sets measured.
    pub frequency_power: f32,
    /// `gamma`: how the weight of unseen pairs grows with an item's popularity; 0 makes all alike.
    pub popularity_power: f32,
    /// What the random start is drawn from.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { dimensions: 128, unobserved: 0.02, regularisation: 0.012, frequency_power: 1.0, popularity_power: 0.25, seed: 42 }
    }
}

/// The vectors of users and items, both in the eigenbasis of the items' Gram matrix once a half-step for users has run.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    /// Numbers in a vector.
    pub dimensions: usize,
    /// Users' vectors, one after the other.
    pub users: Vec<f32>,
    /// Items' vectors.
    pub items: Vec<f32>,
    /// The eigenvalues of the items' Gram matrix, largest first, as of the last half-step for users.
    pub spectrum: Vec<f32>,
}

/// Interactions both ways round: users by items, and items by users.
#[derive(Clone, Debug)]
pub struct Interactions {
    /// A row for each user.
    pub users: Matrix,
    /// A row for each item.
    pub items: Matrix,
}

impl Interactions {
    /// From the rows of users.
    pub fn of(users: Matrix) -> Interactions {
        Interactions { items: users.transposed(), users }
    }
}

impl Factors {
    /// Small random vectors: N(0, (0.1/sqrt d)²), each row from its own seed, so that no other row changes it.
    pub fn random(users: usize, items: usize, settings: &Settings) -> Factors {
        let d = settings.dimensions.max(1);
        let side = |count: usize, salt: u64| {
            let mut rows = vec![0.0f32; count * d];
            rows.par_chunks_mut(d).enumerate().for_each(|(at, row)| {
                let mut state = mix(settings.seed ^ salt ^ mix(at as u64));
                row.iter_mut().for_each(|value| *value = normal(&mut state) * 0.1 / (d as f32).sqrt());
            });
            rows
        };
        Factors { dimensions: d, users: side(users, 0x7065_6f70), items: side(items, 0x6974_656d), spectrum: vec![0.0; d] }
    }

    /// One pass: items against users, then users against items, both 1.4 of the way to
    /// their minimum (successive over-relaxation).
    /// `prior` holds a vector for each item, in the basis the items are in now; it is turned with them.
    pub fn pass(&mut self, data: &Interactions, settings: &Settings, mut prior: Option<&mut Vec<f32>>) {
        let d = self.dimensions;
        let spectrum = self.turn(&dense::gram(&self.users, d), prior.as_deref_mut());
        let weights = settings.item_weights(&data.items);
        let (users, prior_rows) = (&self.users, prior.as_deref().map(Vec::as_slice));
        let n = data.users.height();
        let make = || (Fitting::roughly(), vec![0.0; d], vec![0.0; d]);
        self.items.par_chunks_mut(d).enumerate().for_each_init(make, |(solver, diagonal, last), (at, out)| {
            let (row, weight) = (data.items.row(at), weights.get(at).copied().unwrap_or(1.0));
            let ridge = settings.ridge(row.confidence(), weight * n as f32);
            diagonal.iter_mut().zip(&spectrum).for_each(|(to, g)| *to = settings.unobserved * weight * g + ridge);
            let prior = prior_rows.and_then(|prior| prior.get(at * d..(at + 1) * d));
            last.copy_from_slice(out);
            solver.solve(&Problem { fixed: users, row, diagonal, ridge, prior }, out);
            over_relax(last, OVER_RELAXATION, out);
        });
        self.fit_users(data, settings, prior, Fitting::roughly, OVER_RELAXATION);
    }

    /// Users against items alone, to single precision: what training ends with.
    pub fn fit_users_exactly(&mut self, data: &Interactions, settings: &Settings) {
        self.fit_users(data, settings, None, Fitting::exactly, 1.0);
    }

    fn fit_users(&mut self, data: &Interactions, settings: &Settings, prior: Option<&mut Vec<f32>>, solver: fn() -> Fitting, reach: f32) {
        let d = self.dimensions;
        let weights = settings.item_weights(&data.items);
        self.spectrum = self.turn(&dense::weighted_gram(&self.items, &weights, d), prior);
        let (items, spectrum) = (&self.items, &self.spectrum);
        let m = data.items.height();
        self.users.par_chunks_mut(d).enumerate().for_each_init(
            || (solver(), vec![0.0; d], vec![0.0; d]),
            |(solver, diagonal, last), (at, out)| {
                let row = data.users.row(at);
                let ridge = settings.ridge(row.confidence(), m as f32);
                diagonal.iter_mut().zip(spectrum).for_each(|(to, g)| *to = settings.unobserved * g + ridge);
                last.copy_from_slice(out);
                solver.solve(&Problem { fixed: items, row, diagonal, ridge, prior: None }, out);
                over_relax(last, reach, out);
            },
        );
    }

    /// Turns everything into the eigenbasis of a Gram matrix: scores stay as they are. Returns the eigenvalues.
    fn turn(&mut self, gram: &[f64], prior: Option<&mut Vec<f32>>) -> Vec<f32> {
        let d = self.dimensions;
        let (spectrum, turn) = dense::eigen(gram, d);
        dense::rotate(&mut self.users, &turn, d);
        dense::rotate(&mut self.items, &turn, d);
        if let Some(prior) = prior {
            dense::rotate(prior, &turn, d);
        }
        spectrum.iter().map(|value| *value as f32).collect()
    }

    /// A user's vector.
    pub fn user(&self, at: usize) -> &[f32] {
        self.users.get(at * self.dimensions..(at + 1) * self.dimensions).unwrap_or(&[])
    }

    /// An item's vector.
    pub fn item(&self, at: usize) -> &[f32] {
        self.items.get(at * self.dimensions..(at + 1) * self.dimensions).unwrap_or(&[])
    }
}

impl Settings {
    /// The weight of `|w|²` for a row that holds this confidence, against others of this weight in all.
    pub(crate) fn ridge(&self, confidence: f32, others: f32) -> f32 {
        // Of an item without weight and without interactions nothing is known: the floor keeps its vector at 0.
        (self.regularisation * (confidence + self.unobserved * others).powf(self.frequency_power)).max(1e-9)
    }

    /// `q_i`: the weight of an item's unseen pairs, 1 on average; 0 for items nobody likes unless all are alike.
    pub(crate) fn item_weights(&self, items: &Matrix) -> Vec<f32> {
        if self.popularity_power == 0.0 {
            return vec![1.0; items.height()];
        }
        let weight = |at: usize| {
            let likes = items.row(at).values.iter().filter(|value| **value > 0.0).count();
            if likes == 0 { 0.0 } else { (likes as f32).powf(self.popularity_power) }
        };
        let mut out: Vec<f32> = (0..items.height()).map(weight).collect();
        let mean = out.iter().map(|value| f64::from(*value)).sum::<f64>() / out.len().max(1) as f64;
        if mean > 0.0 {
            out.iter_mut().for_each(|value| *value /= mean as f32);
        }
        out
    }

    /// Checks that a factorisation can be made with them.
    ///
    /// # Errors
    /// [`TasteError::BadRequest`] with the first thing that is wrong.
    pub fn validate(&self) -> Result<(), TasteError> {
        let positive = |value: f32| value.is_finite() && value > 0.0;
        if !(1..=1024).contains(&self.dimensions) {
            Err(TasteError::BadRequest(format!("vectors have 1 to 1024 numbers, not {}", self.dimensions)))
        } else if !positive(self.unobserved) || !positive(self.regularisation) {
            Err(TasteError::BadRequest("the weights of unobserved pairs and of the regularisation are numbers above 0".to_owned()))
        } else if !(0.0..=4.0).contains(&self.frequency_power) || !(0.0..=2.0).contains(&self.popularity_power) {
            Err(TasteError::BadRequest("the power of frequency is between 0 and 4, that of popularity between 0 and 2".to_owned()))
        } else {
            Ok(())
        }
    }
}

/// The vector of a user with these interactions: the row of a half-step for users, against items in the eigenbasis.
/// Exact to single precision. O(n² d) for `n` interactions up to `d / 3`, O(n d) a step beyond.
pub(crate) fn fold_in(items: &[f32], spectrum: &[f32], settings: &Settings, row: Row<'_>) -> Vec<f32> {
    let d = spectrum.len();
    let ridge = settings.ridge(row.confidence(), (items.len() / d.max(1)) as f32);
    let diagonal: Vec<f32> = spectrum.iter().map(|g| g * settings.unobserved + ridge).collect();
    let mut out = vec![0.0; d];
    Fitting::exactly().solve(&Problem { fixed: items, row, diagonal: &diagonal, ridge, prior: None }, &mut out);
    out
}

/// `last + reach (out - last)`.
fn over_relax(last: &[f32], reach: f32, out: &mut [f32]) {
    if reach != 1.0 {
        out.iter_mut().zip(last).for_each(|(out, last)| *out = last + reach * (*out - last));
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A normal number, the sum of twelve uniform ones.
fn normal(state: &mut u64) -> f32 {
    let mut sum = -6.0;
    for _ in 0..12 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        sum += (mix(*state) >> 40) as f32 / (1u64 << 24) as f32;
    }
    sum
}

#[cfg(test)]
mod tests;
