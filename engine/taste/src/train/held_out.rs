//! A part of the data hidden from training, to choose settings by: some of what some users like.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::evaluate;
use crate::factors::{Factors, Interactions};
use crate::item_item::add_neighbours;
use crate::math::dense;
use crate::math::matrix::Matrix;
use crate::math::matrix::pairs;
use crate::math::random::Random;
use tutti_vectors::top_k;

/// How long the lists are that settings are judged by.
const LIST: usize = 20;
/// How many of everybody's best are looked at to learn how often a score pleases.
const JUDGED: usize = 50;
/// How much the chances are overstated: it serves the worst-off (validation groups of Last.fm: mean 0.106, least 0.0225 with the fitted
/// chances; 0.103 and 0.0235 with these).
const EAGER: f64 = 1.7;
/// Users scored in one product.
const BLOCK: usize = 16;

/// Data without the hidden part, and the hidden part.
#[derive(Clone, Debug)]
pub(crate) struct HeldOut {
    /// What remains to train on.
    pub(crate) rest: Interactions,
    /// Users of whom something is hidden.
    users: Vec<u32>,
    /// What is hidden of each.
    hidden: Vec<HashSet<u32>>,
}

impl HeldOut {
    /// Hides a fifth of the likes of at most `users` users with five and more, drawn from `seed`.
    pub(crate) fn of(data: &Matrix, users: usize, seed: u64) -> HeldOut {
        let mut draw = Random(seed ^ 0x6865_6c64);
        let mut able: Vec<u32> = (0..data.height() as u32).filter(|at| likes(data, *at).len() >= 5).collect();
        draw.shuffle(&mut able);
        able.truncate(users);
        able.sort_unstable();
        let mut hidden = Vec::with_capacity(able.len());
        let mut cells = Vec::with_capacity(data.len());
        let mut next = 0;
        for at in 0..data.height() {
            let mut out = HashSet::new();
            if able.get(next) == Some(&(at as u32)) {
                let mut items = likes(data, at as u32);
                draw.shuffle(&mut items);
                out.extend(items.iter().take((items.len() / 5).max(1)));
                next += 1;
            }
            let kept = pairs(data.row(at)).filter(|(item, value)| *value < 0.0 || !out.contains(item));
            cells.extend(kept.map(|(item, value)| (at as u32, item, value)));
            if !out.is_empty() {
                hidden.push(out);
            }
        }
        let rest = Matrix::of(data.height(), data.width, cells);
        HeldOut { rest: Interactions::of(rest), users: able, hidden }
    }

    /// Whether nothing could be hidden.
    pub(crate) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The mean ndcg@20 of lists by factors alone.
    pub(crate) fn ndcg(&self, factors: &Factors) -> f64 {
        self.ndcg_of_blends(factors, None, &[0.0])[0]
    }

    /// The score at which a user would be pleased for certain, were the chance its cube: fitted to what is found of the hidden part
    /// among everybody's best [`JUDGED`], and made smaller by [`EAGER`].
    pub(crate) fn pleased_at(&self, factors: &Factors, item_item: Option<&Matrix>, weight: f32) -> Option<f32> {
        let sums: Vec<(f64, f64)> = self.each_list(factors, item_item, |hidden, by_factors, item_item_scores, known, scores| {
            let parts = scores.iter_mut().zip(by_factors.iter().zip(item_item_scores.iter()));
            parts.for_each(|(score, (factor, walk))| *score = factor + weight * walk);
            known.iter().for_each(|item| scores[*item as usize] = f32::NEG_INFINITY);
            let list = top_k(scores, JUDGED);
            let cubes = list.iter().map(|item| f64::from(scores[*item as usize].max(0.0)).powi(3)).sum();
            (cubes, list.iter().filter(|item| hidden.contains(item)).count() as f64)
        });
        let (cubes, hits) = sums.iter().fold((0.0, 0.0), |(cubes, hits), (cube, hit)| (cubes + cube, hits + hit));
        (hits > 0.0 && cubes > 0.0).then(|| ((cubes / hits) / EAGER).cbrt() as f32)
    }

    /// The mean ndcg@20 of lists by factors and item-item scores for each weight of item-item scores.
    pub(crate) fn ndcg_of_blends(&self, factors: &Factors, item_item: Option<&Matrix>, weights: &[f32]) -> Vec<f64> {
        let figures = self.each_list(factors, item_item, |hidden, by_factors, item_item_scores, known, scores| {
            let mut out = Vec::with_capacity(weights.len());
            for weight in weights {
                let parts = scores.iter_mut().zip(by_factors.iter().zip(item_item_scores.iter()));
                parts.for_each(|(score, (factor, walk))| *score = factor + weight * walk);
                known.iter().for_each(|item| scores[*item as usize] = f32::NEG_INFINITY);
                out.push(ndcg(&top_k(scores, LIST), hidden));
            }
            out
        });
        let users = self.users.len().max(1) as f64;
        (0..weights.len()).map(|at| figures.iter().map(|figures| figures[at]).sum::<f64>() / users).collect()
    }

    /// Calls `judge` for everybody with what is hidden, the scores by factors and by item-item scores in deviations, what is known, and room for
    /// scores; in the order of users.
    fn each_list<T: Send>(
        &self,
        factors: &Factors,
        item_item: Option<&Matrix>,
        judge: impl Fn(&HashSet<u32>, &[f32], &[f32], &[u32], &mut [f32]) -> T + Sync,
    ) -> Vec<T> {
        let (d, m) = (factors.dimensions, self.rest.items.height());
        let room = || (vec![0.0f32; BLOCK * m], vec![0.0f32; m], vec![0.0f32; m]);
        let blocks: Vec<Vec<T>> = self
            .users
            .par_chunks(BLOCK)
            .zip(self.hidden.par_chunks(BLOCK))
            .map_init(room, |(products, item_item_scores, scores), (users, hidden)| {
                let vectors: Vec<f32> = users.iter().flat_map(|at| factors.user(*at as usize)).copied().collect();
                let products = &mut products[..users.len() * m];
                dense::products(&vectors, &factors.items, d, products);
                let rows = users.iter().zip(hidden).zip(products.chunks_exact_mut(m));
                rows.map(|((user, hidden), by_factors)| {
                    standardise(by_factors);
                    let row = self.rest.users.row(*user as usize);
                    if let Some(item_item) = item_item {
                        item_item_scores.fill(0.0);
                        let liked = pairs(row).filter(|(_, value)| *value > 0.0).map(|(item, _)| (item, 1.0));
                        add_neighbours(item_item.rows(), liked, |end, value| item_item_scores[end as usize] += value);
                        standardise(item_item_scores);
                    }
                    judge(hidden, by_factors, item_item_scores, row.columns, scores)
                })
                .collect()
            })
            .collect();
        blocks.into_iter().flatten().collect()
    }
}

fn likes(data: &Matrix, at: u32) -> Vec<u32> {
    pairs(data.row(at as usize)).filter(|(_, value)| *value > 0.0).map(|(item, _)| item).collect()
}

/// Divides by the standard deviation.
fn standardise(scores: &mut [f32]) {
    let n = scores.len().max(1) as f64;
    let (sum, squares) = scores.iter().fold((0.0f64, 0.0f64), |(sum, squares), score| {
        let score = f64::from(*score);
        (sum + score, squares + score * score)
    });
    let deviation = (squares / n - (sum / n).powi(2)).max(0.0).sqrt() as f32;
    if deviation > 0.0 {
        scores.iter_mut().for_each(|score| *score /= deviation);
    }
}

fn ndcg(list: &[u32], hidden: &HashSet<u32>) -> f64 {
    let hits: Vec<bool> = (0..LIST).map(|rank| list.get(rank).is_some_and(|item| hidden.contains(item))).collect();
    evaluate::ndcg(&hits, hidden.len())
}
