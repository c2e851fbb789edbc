//! Clustering: k-means on a sample, in two steps. The sample is first parted around a few coarse centroids, then
//! each part gets its share of the fine ones; a row is then compared with the fine centroids of its part and the nearest other
//! parts. That is some hundred comparisons a row instead of thousands.

use rayon::prelude::*;

use crate::kernels::{Centroids, assign, squared_distances};

/// Rows looked at per centroid.
const SAMPLE: usize = 64;
/// Improvements of the centroids.
const ROUNDS: usize = 8;
/// Coarse cells whose fine centroids a row is compared with.
const CELLS: usize = 8;
/// Rows handed to a thread at a time.
const CHUNK: usize = 1024;

/// Rows in lists: centroids, and for each the numbers of its rows in order. No list is empty. The same rows give the same
/// lists on any number of threads.
pub(crate) fn lists(rows: &[f32], dimensions: usize, wanted: usize) -> Vec<Vec<u32>> {
    let sample = sample(rows, dimensions, wanted * SAMPLE);
    let coarse = k_means(&sample, dimensions, (wanted as f64).sqrt().ceil() as usize);
    let coarse_centroids = Centroids::new(&coarse, dimensions);
    let parts = grouped(&labels(&sample, dimensions, &coarse_centroids), coarse.len() / dimensions);
    let fine: Vec<Vec<f32>> = parts
        .par_iter()
        .map(|part| {
            k_means(&gathered(&sample, dimensions, part), dimensions, (part.len() * wanted * dimensions).div_ceil(sample.len().max(1)))
        })
        .collect();

    let groups = grouped(&labels(rows, dimensions, &coarse_centroids), coarse.len() / dimensions);
    let firsts: Vec<usize> = fine.iter().scan(0, |sum, part| Some(std::mem::replace(sum, *sum + part.len() / dimensions))).collect();
    let labelled: Vec<Vec<u32>> = groups
        .par_iter()
        .enumerate()
        .map(|(cell, group)| {
            let cells = neighbours(&coarse, dimensions, cell);
            let numbers: Vec<usize> =
                cells.iter().flat_map(|at| (0..fine[*at].len() / dimensions).map(|offset| firsts[*at] + offset)).collect();
            let centroids: Vec<f32> = cells.iter().flat_map(|at| fine[*at].iter().copied()).collect();
            let found = labels(&gathered(rows, dimensions, group), dimensions, &Centroids::new(&centroids, dimensions));
            found.iter().map(|label| numbers[*label as usize] as u32).collect()
        })
        .collect();
    let mut lists = vec![Vec::new(); fine.iter().map(|part| part.len() / dimensions).sum()];
    for (group, labels) in groups.iter().zip(&labelled) {
        for (row, list) in group.iter().zip(labels) {
            lists[*list as usize].push(*row);
        }
    }
    lists.retain(|list| !list.is_empty());
    lists
}

/// The coarse cells whose fine centroids a cell's rows are compared with, itself first.
fn neighbours(coarse: &[f32], dimensions: usize, cell: usize) -> Vec<usize> {
    let centroid = &coarse[cell * dimensions..(cell + 1) * dimensions];
    let mut distances = vec![0.0; coarse.len() / dimensions];
    squared_distances(coarse, centroid, &mut distances);
    let mut order: Vec<usize> = (0..distances.len()).collect();
    order.sort_by(|a, b| distances[*a].total_cmp(&distances[*b]).then(a.cmp(b)));
    order.truncate(CELLS);
    order
}

/// The numbers of the rows with each label.
fn grouped(labels: &[u32], count: usize) -> Vec<Vec<u32>> {
    let mut groups = vec![Vec::new(); count];
    for (row, label) in labels.iter().enumerate() {
        groups[*label as usize].push(row as u32);
    }
    groups
}

fn gathered(rows: &[f32], dimensions: usize, numbers: &[u32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(numbers.len() * dimensions);
    for number in numbers {
        let start = *number as usize * dimensions;
        out.extend_from_slice(&rows[start..start + dimensions]);
    }
    out
}

/// The nearest centroid of each row.
fn labels(rows: &[f32], dimensions: usize, centroids: &Centroids) -> Vec<u32> {
    let mut out = vec![0; rows.len() / dimensions];
    rows.par_chunks(CHUNK * dimensions).zip(out.par_chunks_mut(CHUNK)).for_each(|(rows, out)| assign(rows, centroids, out));
    out
}

/// Rows at even distances.
fn sample(rows: &[f32], dimensions: usize, wanted: usize) -> Vec<f32> {
    let count = rows.len() / dimensions;
    let taken = wanted.min(count);
    let mut out = Vec::with_capacity(taken * dimensions);
    for at in 0..taken {
        let row = at * count / taken;
        out.extend_from_slice(&rows[row * dimensions..(row + 1) * dimensions]);
    }
    out
}

/// Lloyd's algorithm, begun with rows at even distances. A centroid that nothing is nearest to takes a half of the largest.
fn k_means(rows: &[f32], dimensions: usize, wanted: usize) -> Vec<f32> {
    let count = rows.len() / dimensions;
    if count <= wanted {
        return rows.to_vec();
    }
    let mut centroids = sample(rows, dimensions, wanted);
    for _ in 0..ROUNDS {
        let labels = labels(rows, dimensions, &Centroids::new(&centroids, dimensions));
        centroids = means(rows, dimensions, &labels, &centroids);
    }
    centroids
}

/// The mean of the rows of each label.
fn means(rows: &[f32], dimensions: usize, labels: &[u32], before: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0f32; before.len()];
    let mut counts = vec![0u32; before.len() / dimensions];
    for (row, label) in rows.chunks_exact(dimensions).zip(labels) {
        let at = *label as usize;
        counts[at] += 1;
        for (sum, value) in sums[at * dimensions..(at + 1) * dimensions].iter_mut().zip(row) {
            *sum += value;
        }
    }
    for (sum, count) in sums.chunks_exact_mut(dimensions).zip(&counts) {
        let share = 1.0 / (*count).max(1) as f32;
        sum.iter_mut().for_each(|value| *value *= share);
    }
    let mut largest: Vec<usize> = (0..counts.len()).collect();
    largest.sort_unstable_by_key(|at| (std::cmp::Reverse(counts[*at]), *at));
    let empty: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] == 0).collect();
    for (hole, full) in empty.into_iter().zip(largest) {
        for dimension in 0..dimensions {
            // A little to either side of the largest centroid, so that the next round parts its rows.
            let (value, nudge) = (sums[full * dimensions + dimension], if dimension % 2 == 0 { 1.001 } else { 0.999 });
            sums[hole * dimensions + dimension] = value * nudge;
            sums[full * dimensions + dimension] = value / nudge;
        }
    }
    sums
}
