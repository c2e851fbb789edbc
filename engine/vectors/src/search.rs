//! Searching a set.

use rayon::prelude::*;

use crate::build::unit;
use crate::kernels::{MatrixView, code_dots, dots, multiply, squared_distances};
use crate::{IvfIndex, Metric, Scored, TopK};

/// Rows compared between two looks at the threshold.
const BLOCK: usize = 256;
/// Lists ordered at first; then four times as many, and so on.
const FIRST_LISTS: usize = 48;
/// Queries for which the lists' centroids are read together.
const TOGETHER: usize = 4;

/// A vector found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its id.
    pub id: u32,
    /// The cosine, the inner product, or minus the Euclidean distance: larger is nearer.
    pub similarity: f32,
}

/// Which vectors a search may find.
pub enum Scope<'a> {
    /// Every one.
    All,
    /// Those whose id passes.
    Where(&'a (dyn Fn(u32) -> bool + Sync)),
    /// These ids, compared exactly; the right choice when there are only some thousands of them.
    Among(&'a [u32]),
}

/// A query as codes: `values[i] * scale` is about the query's value.
struct Coded {
    values: Vec<i16>,
    scale: f32,
}

/// A list, and what a vector in it may score.
#[derive(Clone, Copy)]
struct ListBound {
    /// Hardly any vector of the list scores more: the mean score and some standard deviations.
    upper_bound: f32,
    list: u32,
    /// Inner product of the query and the list's centroid.
    centroid_product: f32,
}

impl IvfIndex {
    /// The `k` nearest vectors, nearest first, ties by number. With lists a few in a thousand may be missed, fewer than
    /// `k` found only when there are no more. A query of the wrong length finds nothing.
    pub fn search(&self, query: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let Some(query) = self.prepared(query) else { return Vec::new() };
        match scope {
            Scope::Among(ids) => self.among(&query, k, ids),
            _ if !self.has_lists() => self.scan(&query, k, scope),
            _ => self.probe(&query, self.products(&query), k, scope),
        }
    }

    /// The same for several queries, one after the other in `queries`, on all of rayon's threads. Costs less than one by one: the lists'
    /// centroids are read once for several queries.
    pub fn search_each(&self, queries: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Vec<Neighbour>> {
        let (d, lists) = (self.dimensions(), self.shape.lists);
        let queries = queries.par_chunks_exact(d);
        if !self.has_lists() || matches!(scope, Scope::Among(_)) {
            return queries.map(|query| self.search(query, k, scope)).collect();
        }
        let prepared: Vec<Vec<f32>> = queries.filter_map(|query| self.prepared(query)).collect();
        let block = |queries: &[Vec<f32>]| -> Vec<Vec<Neighbour>> {
            let together = queries.concat();
            let mut products = vec![0.0; lists * queries.len()];
            multiply(MatrixView::rows(&self.centroids, d), MatrixView::rows(&together, d).transposed(), &mut products);
            let of = |at: usize| products.iter().skip(at).step_by(queries.len()).copied();
            queries.iter().enumerate().map(|(at, query)| self.probe(query, of(at), k, scope)).collect()
        };
        prepared.par_chunks(TOGETHER).flat_map_iter(block).collect()
    }

    /// The same, every vector compared.
    pub fn search_exact(&self, query: &[f32], k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
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
        let mut best = TopK::new(k.min(self.shape.count));
        let mut scores = [0.0; BLOCK];
        for (rows, ids) in self.rows.chunks(BLOCK * query.len()).zip(self.ids.chunks(BLOCK)) {
            self.compare(rows, query, &mut scores[..ids.len()]);
            for (score, id) in scores.iter().zip(ids) {
                if *score >= best.threshold() && allows(scope, *id) {
                    best.push(Scored { score: *score, id: *id });
                }
            }
        }
        self.neighbours(best)
    }

    fn among(&self, query: &[f32], k: usize, ids: &[u32]) -> Vec<Neighbour> {
        let mut best = TopK::new(k.min(ids.len()));
        for id in ids {
            let position = self.positions.get(*id as usize).map_or(usize::MAX, |position| *position as usize);
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

    fn neighbours(&self, best: TopK) -> Vec<Neighbour> {
        let similarity = |score: f32| match self.shape.metric {
            Metric::Cosine => score.clamp(-1.0, 1.0),
            Metric::DotProduct => score,
            Metric::Euclidean => -(-score).max(0.0).sqrt(),
        };
        best.into_sorted().into_iter().map(|scored| Neighbour { id: scored.id, similarity: similarity(scored.score) }).collect()
    }

    /// Reads lists, the one with the highest bound first, while one may hold something better than what was found.
    /// `products` are the query's with the lists' centroids.
    fn probe(&self, query: &[f32], products: impl IntoIterator<Item = f32>, k: usize, scope: &Scope<'_>) -> Vec<Neighbour> {
        let mut bounds = self.bounds(query, products, self.shape.probe_bound);
        let found = self.read(query, candidates(k).min(self.shape.count), scope, &mut bounds);
        let mut best = TopK::new(k);
        for candidate in found {
            let position = candidate.id as usize;
            if let (Some(row), Some(id)) = (self.row(position), self.ids.get(position)) {
                let mut score = [0.0];
                self.compare(row, query, &mut score);
                best.push(Scored { score: score[0], id: *id });
            }
        }
        self.neighbours(best)
    }

    /// The best `wanted` rows by their codes; `id` is the row here.
    fn read(&self, query: &[f32], wanted: usize, scope: &Scope<'_>, bounds: &mut [ListBound]) -> Vec<Scored> {
        let coded = self.coded(query);
        let mut best = TopK::new(wanted);
        let mut dots = Vec::new();
        let (mut rest, mut many) = (bounds, FIRST_LISTS);
        while !rest.is_empty() {
            let cut = many.min(rest.len());
            if cut < rest.len() {
                rest.select_nth_unstable_by(cut, |a, b| b.upper_bound.total_cmp(&a.upper_bound));
            }
            let (now, later) = rest.split_at_mut(cut);
            now.sort_unstable_by(|a, b| b.upper_bound.total_cmp(&a.upper_bound));
            for bound in now {
                if bound.upper_bound < best.threshold() {
                    return best.into_sorted();
                }
                self.read_list(&coded, *bound, scope, &mut dots, &mut best);
            }
            (rest, many) = (later, many * 4);
        }
        best.into_sorted()
    }

    fn read_list(&self, query: &Coded, bound: ListBound, scope: &Scope<'_>, dots: &mut Vec<i32>, best: &mut TopK) {
        let (starts, width): (&[u32], usize) = (&self.list_starts, self.shape.code_width());
        let (start, end) = (starts[bound.list as usize] as usize, starts[bound.list as usize + 1] as usize);
        dots.clear();
        dots.resize(end - start, 0);
        code_dots(&self.codes[start * width..end * width], &query.values, dots);
        let (scales, ids) = (&self.scales[start..end], &self.ids[start..end]);
        let biases = self.biases.get(start..end).unwrap_or(&[]);
        for (at, (dot, scale)) in dots.iter().zip(scales).enumerate() {
            let score = bound.centroid_product + *dot as f32 * (scale * query.scale) + biases.get(at).unwrap_or(&0.0);
            if score >= best.threshold() && allows(scope, ids[at]) {
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

    /// Inner products of a query and the lists' centroids.
    fn products(&self, query: &[f32]) -> Vec<f32> {
        let mut products = vec![0.0; self.shape.lists];
        dots(&self.centroids, query, &mut products);
        products
    }

    /// The upper bound of the scores in every list: the mean of its vectors' scores and `probe_bound` standard deviations.
    fn bounds(&self, query: &[f32], products: impl IntoIterator<Item = f32>, probe_bound: f32) -> Vec<ListBound> {
        let squared = query.iter().map(|value| value * value).sum::<f32>();
        let variances = self.variances.as_chunks::<2>().0;
        let mut out = Vec::with_capacity(self.shape.lists);
        for (list, ((centroid, variance), length)) in products.into_iter().zip(variances).zip(&*self.centroid_squares).enumerate() {
            let (mean, deviation) = self.mean_and_deviation(centroid, *variance, *length, squared);
            out.push(ListBound { upper_bound: mean + probe_bound * deviation, list: list as u32, centroid_product: centroid });
        }
        out
    }

    /// Mean and standard deviation of the scores in a list, on the scale of inner products (for distances: half the squared
    /// distance, negative, and what is the same for all vectors left out).
    #[inline]
    fn mean_and_deviation(&self, centroid: f32, variance: [f32; 2], length: f32, query: f32) -> (f32, f32) {
        // `length` is the centroid's squared length, `along` the squared part of the query in its direction.
        let (mean, squared, along) = match self.shape.metric {
            Metric::Cosine | Metric::DotProduct => {
                let along = if length > 0.0 { centroid * centroid / length } else { 0.0 };
                (centroid, query, along)
            }
            Metric::Euclidean => {
                let apart = (query - 2.0 * centroid + length).max(0.0);
                let towards = centroid - length;
                let along = if length > 0.0 { towards * towards / length } else { 0.0 };
                let own = variance[0] + variance[1] * (self.shape.dimensions - 1) as f32;
                (centroid - 0.5 * (length + own), apart, along)
            }
        };
        (mean, (variance[0] * along + variance[1] * (squared - along).max(0.0)).sqrt())
    }

    /// The probe bound that each of the `k` nearest vectors of `query` needs to be found.
    pub(crate) fn needed_probe_bounds(&self, query: &[f32], k: usize) -> Vec<f32> {
        let mut bounds = self.bounds(query, self.products(query), f32::INFINITY);
        let found = self.read(query, candidates(k), &Scope::All, &mut bounds);
        let Some(threshold) = found.last().map(|worst| worst.score) else { return Vec::new() };
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
            let list = self.list_starts.partition_point(|start| *start <= position) - 1;
            let centroid = bounds.iter().find(|bound| bound.list as usize == list)?.centroid_product;
            let variance = self.variances.as_chunks::<2>().0[list];
            let (mean, deviation) = self.mean_and_deviation(centroid, variance, self.centroid_squares[list], squared);
            let needed = (threshold - mean) / deviation;
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
