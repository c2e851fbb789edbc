//! From content to vectors: a ridge regression of the factors of items that are known on their features (Gantner et al. 2010 learn such
//! a map), and the mean of an artist's other items.

use std::collections::HashMap;

use rayon::prelude::*;

use super::ItemContent;
use super::features::features;
use crate::math::matrix::Matrix;
use crate::math::matrix::pairs;
use tutti_vectors::kernels::add_scaled;

/// `mu`: the weight of the penalty on the map.
const RIDGE: f32 = 2.0;
/// Steps of conjugate gradients: figures do not change from some thirty on.
const STEPS: usize = 40;
/// How much of an artist's other items, in units of `sqrt(listeners)`, counts as much as what the features say.
const ARTIST: f32 = 3.0;

/// The vector each item's content promises, `d` numbers an item in the order of `items`; zeros where content says nothing.
/// `vectors` are the factors, `listeners` how many users like each item; only items with listeners are learned from, each weighted by
/// `sqrt(listeners)`: `min_B sum_i sqrt(n_i) |B f_i - h_i|² + mu |B|²`, by conjugate gradients. O(steps features d).
pub(crate) fn content_vectors(items: &[Option<&ItemContent>], vectors: &[f32], listeners: &[u32], d: usize) -> Vec<f32> {
    let rows = features(items);
    let weights: Vec<f32> = listeners.iter().map(|count| (*count as f32).sqrt()).collect();
    let map = fitted(&rows, vectors, &weights, d);
    let mut out = vec![0.0; items.len() * d];
    out.par_chunks_mut(d).enumerate().for_each(|(at, out)| {
        pairs(rows.row(at)).for_each(|(feature, value)| add_scaled(&map[feature as usize * d..(feature as usize + 1) * d], value, out));
    });
    lean_on_artists(items, vectors, &weights, d, &mut out);
    out
}

/// The map, `d` numbers a feature.
fn fitted(rows: &Matrix, vectors: &[f32], weights: &[f32], d: usize) -> Vec<f32> {
    let columns = rows.transposed();
    // The constant feature is hardly penalised.
    let penalty = |feature: usize| if feature + 1 == rows.width { RIDGE * 1e-3 } else { RIDGE };
    // (Fᵀ S F + mu I) · map
    let multiply = |map: &[f32]| -> Vec<f32> {
        let mut through = vec![0.0f32; rows.height() * d];
        through.par_chunks_mut(d).enumerate().for_each(|(at, out)| {
            if weights[at] > 0.0 {
                pairs(rows.row(at)).for_each(|(feature, value)| {
                    add_scaled(&map[feature as usize * d..(feature as usize + 1) * d], value * weights[at], out);
                });
            }
        });
        let mut out = vec![0.0f32; map.len()];
        out.par_chunks_mut(d).enumerate().for_each(|(feature, out)| {
            add_scaled(&map[feature * d..(feature + 1) * d], penalty(feature), out);
            pairs(columns.row(feature)).for_each(|(at, value)| add_scaled(&through[at as usize * d..(at as usize + 1) * d], value, out));
        });
        out
    };
    let mut residual = vec![0.0f32; rows.width * d];
    residual.par_chunks_mut(d).enumerate().for_each(|(feature, out)| {
        for (at, value) in pairs(columns.row(feature)) {
            let at = at as usize;
            add_scaled(&vectors[at * d..(at + 1) * d], value * weights[at], out);
        }
    });
    let mut map = vec![0.0f32; residual.len()];
    let mut direction = residual.clone();
    let mut left = by_column(&residual, &residual, d);
    for _ in 0..STEPS {
        let product = multiply(&direction);
        let along = by_column(&direction, &product, d);
        let step: Vec<f32> = left.iter().zip(&along).map(|(left, along)| if *along > 0.0 { (left / along) as f32 } else { 0.0 }).collect();
        each_row(&mut map, &direction, |k, value, other| value + step[k] * other, d);
        each_row(&mut residual, &product, |k, value, other| value - step[k] * other, d);
        let next = by_column(&residual, &residual, d);
        let keep: Vec<f32> = next.iter().zip(&left).map(|(next, left)| if *left > 0.0 { (next / left) as f32 } else { 0.0 }).collect();
        each_row(&mut direction, &residual, |k, value, other| other + keep[k] * value, d);
        left = next;
    }
    map
}

/// The inner product of each column of two tables of `d` columns, in a fixed order.
fn by_column(a: &[f32], b: &[f32], d: usize) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = a
        .par_chunks(512 * d)
        .zip(b.par_chunks(512 * d))
        .map(|(a, b)| {
            let mut sums = vec![0.0; d];
            for (a, b) in a.chunks_exact(d).zip(b.chunks_exact(d)) {
                sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += f64::from(*a) * f64::from(*b));
            }
            sums
        })
        .collect();
    let mut out = vec![0.0; d];
    parts.iter().for_each(|part| out.iter_mut().zip(part).for_each(|(sum, value)| *sum += value));
    out
}

fn each_row(to: &mut [f32], from: &[f32], change: impl Fn(usize, f32, f32) -> f32 + Sync, d: usize) {
    to.par_chunks_mut(d).zip(from.par_chunks(d)).for_each(|(to, from)| {
        to.iter_mut().zip(from).enumerate().for_each(|(k, (to, from))| *to = change(k, *to, *from));
    });
}

/// Draws each promise to the mean of the artist's other items: `(n_a mean + 3 promise) / (n_a + 3)`, `n_a` the sum of their weights.
fn lean_on_artists(items: &[Option<&ItemContent>], vectors: &[f32], weights: &[f32], d: usize, out: &mut [f32]) {
    let mut sums: HashMap<&str, (f32, Vec<f32>)> = HashMap::new();
    let artist = |at: usize| items[at].map(|item| item.artist.as_str()).filter(|artist| !artist.is_empty());
    for at in 0..items.len() {
        if let Some(artist) = artist(at).filter(|_| weights[at] > 0.0) {
            let (weight, sum) = sums.entry(artist).or_insert_with(|| (0.0, vec![0.0; d]));
            *weight += weights[at];
            add_scaled(&vectors[at * d..(at + 1) * d], weights[at], sum);
        }
    }
    out.par_chunks_mut(d).enumerate().for_each(|(at, out)| {
        let Some((weight, sum)) = artist(at).and_then(|artist| sums.get(artist)) else { return };
        let own = &vectors[at * d..(at + 1) * d];
        let others = (weight - weights[at]).max(0.0);
        if others > 1e-3 {
            let numbers = out.iter_mut().zip(sum.iter().zip(own));
            numbers.for_each(|(out, (sum, own))| *out = (sum - weights[at] * own + ARTIST * *out) / (others + ARTIST));
        }
    });
}
