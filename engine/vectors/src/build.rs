//! Making a set: flat as the vectors come, or in lists.

use rayon::prelude::*;

use crate::clustering;
use crate::file::{Builder, NONE, Shape};
use crate::kernels::{CODE_STEP, dot};
use crate::{IvfIndex, Metric};

/// Sets below this size are best left flat: comparing every vector is fast enough.
pub const SMALL: usize = 10_000;
/// Vectors in a list, about.
const LIST: usize = 256;
/// Sample queries that the probe bound is measured with, and how many of their nearest vectors are looked at.
const PROBES: usize = 512;
const NEIGHBOURS: usize = 10;
/// The share of those that a search should find.
const WANTED: f64 = 0.997;

impl IvfIndex {
    /// A set that every search reads whole. `rows` holds one vector after the other, `ids` their ids, each once.
    /// Rows beyond the ids, or ids beyond the rows, are left out.
    pub fn flat(metric: Metric, dimensions: usize, ids: &[u32], rows: &[f32]) -> IvfIndex {
        let dimensions = dimensions.max(1);
        let count = ids.len().min(rows.len() / dimensions);
        let (ids, rows) = (&ids[..count], &rows[..count * dimensions]);
        let span = ids.iter().max().map_or(0, |id| *id as usize + 1);
        let mut made = Builder::new(Shape { metric, dimensions, count, span, lists: 0, probe_bound: 0.0 });
        made.put(|layout| &layout.ids, 0, ids);
        made.put(|layout| &layout.positions, 0, &positions(ids, span));
        match metric {
            Metric::Cosine => {
                for (at, row) in rows.chunks_exact(dimensions).enumerate() {
                    made.put(|layout| &layout.rows, at * dimensions, &unit(row));
                }
            }
            Metric::Euclidean | Metric::DotProduct => made.put(|layout| &layout.rows, 0, rows),
        }
        made.finish()
    }

    /// The same vectors in lists, for searches that read only a part of them. Runs on all threads of the current pool.
    pub fn with_lists(&self) -> IvfIndex {
        let (metric, dimensions, count) = (self.shape.metric, self.shape.dimensions, self.shape.count);
        if count == 0 {
            return Builder::new(self.shape).finish();
        }
        let members = clustering::lists(&self.rows, dimensions, count.div_ceil(LIST));
        let lists: Vec<List> = members.par_iter().map(|members| self.list(members)).collect();

        let mut made = Builder::new(Shape { lists: lists.len(), ..self.shape });
        let mut ids = Vec::with_capacity(count);
        let mut starts = vec![0u32];
        for (at, (list, members)) in lists.iter().zip(&members).enumerate() {
            let start = ids.len();
            for row in members {
                ids.push(self.ids[*row as usize]);
            }
            starts.push(ids.len() as u32);
            for (offset, row) in members.iter().enumerate() {
                made.put(|layout| &layout.rows, (start + offset) * dimensions, self.row(*row as usize).unwrap_or(&[]));
            }
            made.put(|layout| &layout.centroids, at * dimensions, &list.centroid);
            made.put(|layout| &layout.centroid_squares, at, &[dot(&list.centroid, &list.centroid)]);
            made.put(|layout| &layout.variances, at * 2, &list.variance);
            made.put(|layout| &layout.codes, start * self.shape.code_width(), &list.codes);
            made.put(|layout| &layout.scales, start, &list.scales);
            if metric == Metric::Euclidean {
                made.put(|layout| &layout.biases, start, &list.biases);
            }
        }
        made.put(|layout| &layout.ids, 0, &ids);
        made.put(|layout| &layout.positions, 0, &positions(&ids, self.shape.span));
        made.put(|layout| &layout.list_starts, 0, &starts);
        let mut made = made.finish();
        made.shape.probe_bound = made.measure_probe_bound();
        made
    }

    /// Codes and measures of the rows of one list.
    fn list(&self, members: &[u32]) -> List {
        let dimensions = self.shape.dimensions;
        let rows = || members.iter().filter_map(|row| self.row(*row as usize));
        let share = 1.0 / members.len().max(1) as f32;
        let mut centroid = vec![0.0f32; dimensions];
        for row in rows() {
            centroid.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * share);
        }
        let direction = unit(&centroid);
        let mut list = List { codes: Vec::new(), scales: Vec::new(), biases: Vec::new(), variance: [0.0; 2], centroid };
        let mut rest = vec![0.0f32; dimensions];
        for row in rows() {
            for ((rest, value), centroid) in rest.iter_mut().zip(row).zip(&list.centroid) {
                *rest = value - centroid;
            }
            let along = dot(&rest, &direction);
            list.variance[0] += along * along * share;
            list.variance[1] += (dot(&rest, &rest) - along * along).max(0.0) * share;
            list.code(&rest);
            list.biases.push(-0.5 * dot(row, row));
        }
        list.variance[1] /= (dimensions - 1).max(1) as f32;
        list
    }

    /// The probe bound with which the wanted share of the nearest vectors of sample queries lie in lists that are looked into.
    fn measure_probe_bound(&self) -> f32 {
        let step = (self.shape.count / PROBES).max(1);
        let probes: Vec<usize> = (0..self.shape.count).step_by(step).collect();
        let mut needed: Vec<f32> = probes
            .par_iter()
            .flat_map_iter(|position| self.row(*position).map_or(Vec::new(), |query| self.needed_probe_bounds(query, NEIGHBOURS)))
            .collect();
        needed.sort_unstable_by(f32::total_cmp);
        let at = (needed.len() as f64 * WANTED) as usize;
        needed.get(at.min(needed.len().saturating_sub(1))).copied().unwrap_or(f32::INFINITY)
    }
}

struct List {
    centroid: Vec<f32>,
    variance: [f32; 2],
    codes: Vec<i8>,
    scales: Vec<f32>,
    biases: Vec<f32>,
}

impl List {
    /// Appends the codes of one row's distance from the centroid.
    fn code(&mut self, rest: &[f32]) {
        let largest = rest.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let scale = largest / 127.0;
        let steps = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        self.codes.extend(rest.iter().map(|value| (value * steps).round() as i8));
        self.codes.resize(self.codes.len().next_multiple_of(CODE_STEP), 0);
        self.scales.push(scale);
    }
}

fn positions(ids: &[u32], span: usize) -> Vec<u32> {
    let mut positions = vec![NONE; span];
    for (position, id) in ids.iter().enumerate() {
        positions[*id as usize] = position as u32;
    }
    positions
}

/// The vector scaled to length 1; one without a length stays as it is.
pub(crate) fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt();
    let factor = if length > 0.0 && length.is_finite() { (1.0 / length) as f32 } else { 1.0 };
    vector.iter().map(|value| value * factor).collect()
}
