//! Searching a set.

use rayon::prelude::*;

use super::best::{Best, Scored};
use super::build::unit;
use super::kernels::{code_dots, squared_distances};
use super::{Metric, Nearest, Neighbour, Scope};
use crate::kernels::{Table, dots, multiply};

/// Rows compared between two looks at the bar.
const BLOCK: usize = 256;
/// Lists ordered at first; then four times as many, and so on.
const FIRST_LISTS: usize = 48;
/// Queries for which the lists' centres are read together.
const TOGETHER: usize = 4;

/// A query as codes: `values[i] * scale` is about the query's value.
struct Coded {
    values: Vec<i16>,
    scale: f32,
}

/// A list with its promise: what a vector in it may score, and what one scores on average.
#[derive(Clone, Copy)]
struct Promise {
    most: f32,
    list: u32,
    /// Inner product of the query and the list's centre.
    centre: f32,
}

impl Nearest {
    /// The `k` nearest vectors, nearest first, ties by number. With lists a few in a thousand may be missed, fewer than
    /// `k` found only when there are no more. A query of the wrong length finds nothing.
    pub fn search(&self, query: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let Some(query) = self.prepared(query) else { return Vec::new() };
        match scope {
            Scope::Among(ids) => self.among(&query, k, ids),
            _ if !self.is_indexed() => self.scan(&query, k, scope),
            _ => self.probe(&query, self.products(&query), k, scope),
        }
    }

    /// The same for several queries, one after the other in `queries`, on all of rayon's threads. Costs less than one by one: the lists'
    /// centres are read once for several queries.
    pub fn search_each(&self, queries: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Vec<Neighbour>> {
        let (d, lists) = (self.dimensions(), self.shape.lists);
        let queries = queries.par_chunks_exact(d);
        if !self.is_indexed() || matches!(scope, Scope::Among(_)) {
            return queries.map(|query| self.search(query, k, scope)).collect();
        }
        let prepared: Vec<Vec<f32>> = queries.filter_map(|query| self.prepared(query)).collect();
        let block = |queries: &[Vec<f32>]| -> Vec<Vec<Neighbour>> {
            let together = queries.concat();
            let mut products = vec![0.0; lists * queries.len()];
            multiply(Table::rows(self.centres(), d), Table::rows(&together, d).turned(), &mut products);
            let of = |at: usize| products.iter().skip(at).step_by(queries.len()).copied();
            queries.iter().enumerate().map(|(at, query)| self.probe(query, of(at), k, scope)).collect()
        };
        prepared.par_chunks(TOGETHER).flat_map_iter(block).collect()
    }

    /// The same, every vector compared.
    pub fn search_exactly(&self, query: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let Some(query) = self.prepared(query) else { return Vec::new() };
        match scope {
            Scope::Among(ids) => self.among(&query, k, ids),
            _ => self.scan(&query, k, scope),
        }
    }

    fn prepared(&self, query: &[f32]) -> Option<Vec<f32>> {
        match self.shape.metric {
            _ if query.len() != self.shape.dimensions => None,
            Metric::Cosine => Some(unit(query)),
            Metric::Euclidean | Metric::DotProduct => Some(query.to_vec()),
        }
    }

    fn scan(&self, query: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let mut best = Best::new(k.min(self.shape.count));
        let mut scores = [0.0; BLOCK];
        for (rows, ids) in self.rows().chunks(BLOCK * query.len()).zip(self.ids().chunks(BLOCK)) {
            self.compare(rows, query, &mut scores[..ids.len()]);
            for (score, id) in scores.iter().zip(ids) {
                if *score >= best.bar() && allows(scope, *id) {
                    best.push(Scored { score: *score, id: *id });
                }
            }
        }
        self.neighbours(best)
    }

    fn among(&self, query: &[f32], k: usize, ids: &[u32]) -> Vec<Neighbour> {
        let mut best = Best::new(k.min(ids.len()));
        for id in ids {
            let position = self.positions().get(*id as usize).map_or(usize::MAX, |position| *position as usize);
            if let Some(row) = self.row(position) {
                let mut score = [0.0];
                self.compare(row, query, &mut score);
                best.push(Scored { score: score[0], id: *id });
            }
        }
        self.neighbours(best)
    }

    /// How near rows are to the query; larger is nearer.
    fn compare(&self, rows: &[f32], query: &[f32], out: &mut [f32]) {
        match self.shape.metric {
            Metric::Cosine | Metric::DotProduct => dots(rows, query, out),
            Metric::Euclidean => {
                squared_distances(rows, query, out);
                out.iter_mut().for_each(|distance| *distance = -*distance);
            }
        }
    }

    fn neighbours(&self, best: Best) -> Vec<Neighbour> {
        let similarity = |score: f32| match self.shape.metric {
            Metric::Cosine => score.clamp(-1.0, 1.0),
            Metric::DotProduct => score,
            Metric::Euclidean => -(-score).max(0.0).sqrt(),
        };
        best.into_sorted().into_iter().map(|scored| Neighbour { id: scored.id, similarity: similarity(scored.score) }).collect()
    }

    /// Reads lists, the most promising first, while one may hold something better than what was found.
    /// `products` are the query's with the lists' centres.
    fn probe(&self, query: &[f32], products: impl IntoIterator<Item = f32>, k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let mut promises = self.promises(query, products, self.shape.reach);
        let found = self.read(query, candidates(k).min(self.shape.count), scope, &mut promises);
        let mut best = Best::new(k);
        for candidate in found {
            let position = candidate.id as usize;
            if let (Some(row), Some(id)) = (self.row(position), self.ids().get(position)) {
                let mut score = [0.0];
                self.compare(row, query, &mut score);
                best.push(Scored { score: score[0], id: *id });
            }
        }
        self.neighbours(best)
    }

    /// The best `wanted` rows by their codes; `id` is the row here.
    fn read(&self, query: &[f32], wanted: usize, scope: &Scope<'_>, promises: &mut [Promise]) -> Vec<Scored> {
        let coded = self.coded(query);
        let mut best = Best::new(wanted);
        let mut dots = Vec::new();
        let (mut rest, mut many) = (promises, FIRST_LISTS);
        while !rest.is_empty() {
            let cut = many.min(rest.len());
            if cut < rest.len() {
                rest.select_nth_unstable_by(cut, |a, b| b.most.total_cmp(&a.most));
            }
            let (now, later) = rest.split_at_mut(cut);
            now.sort_unstable_by(|a, b| b.most.total_cmp(&a.most));
            for promise in now {
                if promise.most < best.bar() {
                    return best.into_sorted();
                }
                self.read_list(&coded, *promise, scope, &mut dots, &mut best);
            }
            (rest, many) = (later, many * 4);
        }
        best.into_sorted()
    }

    fn read_list(&self, query: &Coded, promise: Promise, scope: &Scope<'_>, dots: &mut Vec<i32>, best: &mut Best) {
        let (starts, width) = (self.starts(), self.shape.code_width());
        let (start, end) = (starts[promise.list as usize] as usize, starts[promise.list as usize + 1] as usize);
        dots.clear();
        dots.resize(end - start, 0);
        code_dots(&self.codes()[start * width..end * width], &query.values, dots);
        let (scales, ids) = (&self.scales()[start..end], &self.ids()[start..end]);
        let biases = self.biases().get(start..end).unwrap_or(&[]);
        for (at, (dot, scale)) in dots.iter().zip(scales).enumerate() {
            let score = promise.centre + *dot as f32 * (scale * query.scale) + biases.get(at).unwrap_or(&0.0);
            if score >= best.bar() && allows(scope, ids[at]) {
                best.push(Scored { score, id: (start + at) as u32 });
            }
        }
    }

    /// The query as codes, as fine as sums of 32 bits allow.
    fn coded(&self, query: &[f32]) -> Coded {
        let width = self.shape.code_width();
        let limit = (i32::MAX as usize / (127 * width)).min(i16::MAX as usize) as f32;
        let largest = query.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let scale = largest / limit;
        let steps = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        let mut values: Vec<i16> = query.iter().map(|value| (value * steps).round() as i16).collect();
        values.resize(width, 0);
        Coded { values, scale }
    }

    /// Inner products of a query and the lists' centres.
    fn products(&self, query: &[f32]) -> Vec<f32> {
        let mut products = vec![0.0; self.shape.lists];
        dots(self.centres(), query, &mut products);
        products
    }

    /// What every list promises: the mean of its vectors' scores and `reach` standard deviations.
    fn promises(&self, query: &[f32], products: impl IntoIterator<Item = f32>, reach: f32) -> Vec<Promise> {
        let squared = query.iter().map(|value| value * value).sum::<f32>();
        let spreads = self.spreads().as_chunks::<2>().0;
        let lengths = self.lengths();
        let mut out = Vec::with_capacity(self.shape.lists);
        for (list, ((centre, spread), length)) in products.into_iter().zip(spreads).zip(lengths).enumerate() {
            let (mean, deviation) = self.mean_and_deviation(centre, *spread, *length, squared);
            out.push(Promise { most: mean + reach * deviation, list: list as u32, centre });
        }
        out
    }

    /// Mean and standard deviation of the scores in a list, on the scale of inner products (for distances: half the squared
    /// distance, negative, and what is the same for all vectors left out).
    #[inline]
    fn mean_and_deviation(&self, centre: f32, spread: [f32; 2], length: f32, query: f32) -> (f32, f32) {
        // `length` is the centre's squared length, `along` the squared part of the query in its direction.
        let (mean, squared, along) = match self.shape.metric {
            Metric::Cosine | Metric::DotProduct => {
                let along = if length > 0.0 { centre * centre / length } else { 0.0 };
                (centre, query, along)
            }
            Metric::Euclidean => {
                let apart = (query - 2.0 * centre + length).max(0.0);
                let towards = centre - length;
                let along = if length > 0.0 { towards * towards / length } else { 0.0 };
                let own = spread[0] + spread[1] * (self.shape.dimensions - 1) as f32;
                (centre - 0.5 * (length + own), apart, along)
            }
        };
        (mean, (spread[0] * along + spread[1] * (squared - along).max(0.0)).sqrt())
    }

    /// The reach that each of the `k` nearest vectors of `query` needs to be found.
    pub(crate) fn needed_reach(&self, query: &[f32], k: usize) -> Vec<f32> {
        let mut promises = self.promises(query, self.products(query), f32::INFINITY);
        let found = self.read(query, candidates(k), &Scope::All, &mut promises);
        let Some(bar) = found.last().map(|worst| worst.score) else { return Vec::new() };
        let mut exact: Vec<Scored> = found
            .iter()
            .filter_map(|candidate| {
                let mut score = [0.0];
                self.compare(self.row(candidate.id as usize)?, query, &mut score);
                Some(Scored { score: score[0], id: candidate.id })
            })
            .collect();
        exact.sort_unstable();
        let squared = query.iter().map(|value| value * value).sum::<f32>();
        let need = |position: u32| {
            let list = self.starts().partition_point(|start| *start <= position) - 1;
            let centre = promises.iter().find(|promise| promise.list as usize == list)?.centre;
            let spread = self.spreads().as_chunks::<2>().0[list];
            let (mean, deviation) = self.mean_and_deviation(centre, spread, self.lengths()[list], squared);
            let needed = (bar - mean) / deviation;
            Some(if needed.is_nan() { 0.0 } else { needed })
        };
        exact.iter().take(k).filter_map(|scored| need(scored.id)).collect()
    }
}

/// Rows kept by their codes, to find the best `k` exactly among them.
fn candidates(k: usize) -> usize {
    k.saturating_add(k / 4).saturating_add(16)
}

#[inline]
fn allows(scope: &Scope<'_>, id: u32) -> bool {
    match scope {
        Scope::All | Scope::Among(_) => true,
        Scope::Where(passes) => passes(id),
    }
}
