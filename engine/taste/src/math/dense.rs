//! Dense algebra on rows of numbers: `rows` holds one vector of `d` numbers after the other. Products run on all threads of the
//! current rayon pool; sums are taken in a fixed order, so that a result does not depend on how many threads there are.

use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;

use tutti_vectors::kernels::{MatrixView, dots, multiply};

/// Rows in one task.
const CHUNK: usize = 2048;

/// `rowsᵀ rows`, `d x d`, row by row.
pub(crate) fn gram(rows: &[f32], d: usize) -> Vec<f64> {
    sum_of(rows, d, |_, chunk| {
        let mut out = vec![0.0; d * d];
        multiply(MatrixView::rows(chunk, d).transposed(), MatrixView::rows(chunk, d), &mut out);
        out
    })
}

/// `rowsᵀ diag(weights) rows`: a weight for each row.
pub(crate) fn weighted_gram(rows: &[f32], weights: &[f32], d: usize) -> Vec<f64> {
    sum_of(rows, d, |first, chunk| {
        let rows = chunk.chunks_exact(d).zip(&weights[first..]);
        let scaled: Vec<f32> = rows.flat_map(|(row, weight)| row.iter().map(move |value| value * weight)).collect();
        let mut out = vec![0.0; d * d];
        multiply(MatrixView::rows(&scaled, d).transposed(), MatrixView::rows(chunk, d), &mut out);
        out
    })
}

/// The sum of `d x d` matrices, one for each chunk of rows, given the number of its first.
fn sum_of(rows: &[f32], d: usize, of: impl Fn(usize, &[f32]) -> Vec<f32> + Sync) -> Vec<f64> {
    let parts: Vec<Vec<f32>> = rows.par_chunks(CHUNK * d).enumerate().map(|(at, chunk)| of(at * CHUNK, chunk)).collect();
    let mut sum = vec![0.0; d * d];
    for part in parts {
        sum.iter_mut().zip(part).for_each(|(sum, value)| *sum += f64::from(value));
    }
    sum
}

/// Eigenvalues of a symmetric matrix, largest first, and its eigenvectors as the columns of a `d x d` matrix stored row by row.
/// The sign of a vector is such that its largest number is positive.
pub(crate) fn eigen(matrix: &[f64], d: usize) -> (Vec<f64>, Vec<f32>) {
    // With fewer users than numbers in a vector most eigenvalues are 0, and the iteration divides nothing by nothing: a diagonal
    // that rises far below what single precision can tell keeps them apart.
    let least = 1e-10 * matrix.iter().fold(f64::MIN_POSITIVE.sqrt(), |most, value| most.max(value.abs()));
    let mut raised = DMatrix::from_row_slice(d, d, matrix);
    (0..d).for_each(|at| raised[(at, at)] += least * (1.0 + at as f64 / d as f64));
    let found = SymmetricEigen::new(raised);
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|a, b| found.eigenvalues[*b].total_cmp(&found.eigenvalues[*a]));
    let mut vectors = vec![0.0f32; d * d];
    for (to, from) in order.iter().enumerate() {
        let column = found.eigenvectors.column(*from);
        let largest = column.iter().fold(0.0f64, |most, value| if value.abs() > most.abs() { *value } else { most });
        for (row, value) in column.iter().enumerate() {
            vectors[row * d + to] = (value * largest.signum()) as f32;
        }
    }
    (order.iter().map(|at| found.eigenvalues[*at].max(0.0)).collect(), vectors)
}

/// `rows <- rows · turn`, where `turn` is `d x d`, row by row.
pub(crate) fn rotate(rows: &mut [f32], turn: &[f32], d: usize) {
    rows.par_chunks_mut(CHUNK * d).for_each_init(Vec::new, |copy: &mut Vec<f32>, chunk| {
        copy.clear();
        copy.extend_from_slice(chunk);
        multiply(MatrixView::rows(copy, d), MatrixView::rows(turn, d), chunk);
    });
}

/// `out[i * count + j] = left[i] · right[j]` for rows of `d` numbers, `count` the rows in `right`. Runs on one thread.
pub(crate) fn products(left: &[f32], right: &[f32], d: usize, out: &mut [f32]) {
    multiply(MatrixView::rows(left, d), MatrixView::rows(right, d).transposed(), out);
}

/// The mean of all rows, in a fixed order.
pub(crate) fn mean(rows: &[f32], d: usize) -> Vec<f32> {
    let count = (rows.len() / d).max(1) as f64;
    let parts: Vec<Vec<f64>> = rows
        .par_chunks(CHUNK * d)
        .map(|chunk| {
            let mut sum = vec![0.0; d];
            for row in chunk.chunks_exact(d) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            sum
        })
        .collect();
    let mut sum = vec![0.0; d];
    parts.iter().for_each(|part| sum.iter_mut().zip(part).for_each(|(sum, value)| *sum += value));
    sum.into_iter().map(|sum| (sum / count) as f32).collect()
}

/// The cosine of two vectors; 0 where one is.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let inner = |a: &[f32], b: &[f32]| {
        let mut out = [0.0];
        dots(a, b, &mut out);
        out[0]
    };
    let lengths = (inner(a, a) * inner(b, b)).sqrt();
    if lengths > 0.0 { inner(a, b) / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests;
