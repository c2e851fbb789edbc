//! The inner loops of nearest-neighbour search: distances, inner products of codes, and the nearest of many centroids for many rows.

#![allow(unsafe_code)]

use super::{dispatch, multiply_add, total};

/// Lanes of one block of centroids (see [`Centroids`]).
pub(crate) const LANES: usize = 16;
/// Codes are padded to a multiple of this.
pub(crate) const CODE_STEP: usize = 32;
/// Rows that are compared with the centroids at a time.
const TILE: usize = 4;

dispatch! {
    /// Squared distances of `query` from rows of its length.
    pub(crate) squared_distances, distances_body(rows: &[f32], query: &[f32], out: &mut [f32])
}

dispatch! {
    /// Inner products of a query with rows of codes, both padded to [`CODE_STEP`].
    pub(crate) code_dots, code_dots_body(codes: &[i8], query: &[i16], out: &mut [i32])
}

dispatch! {
    /// The nearest centroid of each row of `rows`.
    pub(crate) assign, assign_body(rows: &[f32], centroids: &Centroids, out: &mut [u32])
}

#[inline(always)]
fn distances_body<const FUSED: bool>(rows: &[f32], query: &[f32], out: &mut [f32]) {
    for (row, out) in rows.chunks_exact(query.len()).zip(out) {
        let mut sums = [0.0f32; 32];
        let (row_parts, row_rest) = row.as_chunks::<32>();
        let (query_parts, query_rest) = query.as_chunks::<32>();
        for (a, b) in row_parts.iter().zip(query_parts) {
            for lane in 0..32 {
                let apart = a[lane] - b[lane];
                sums[lane] = multiply_add::<FUSED>(apart, apart, sums[lane]);
            }
        }
        for (lane, (a, b)) in row_rest.iter().zip(query_rest).enumerate() {
            sums[lane] = multiply_add::<FUSED>(a - b, a - b, sums[lane]);
        }
        *out = total(&sums);
    }
}

#[inline(always)]
fn code_dots_body<const FUSED: bool>(codes: &[i8], query: &[i16], out: &mut [i32]) {
    let (query, _) = query.as_chunks::<CODE_STEP>();
    for (row, out) in codes.chunks_exact(query.len() * CODE_STEP).zip(out) {
        let (row, _) = row.as_chunks::<CODE_STEP>();
        let mut sum = 0;
        for (code, query) in row.iter().zip(query) {
            let mut part = 0;
            for lane in 0..CODE_STEP {
                part += i32::from(code[lane]) * i32::from(query[lane]);
            }
            sum += part;
        }
        *out = sum;
    }
}

/// Centroids transposed so that [`LANES`] of them are compared with a row at once.
pub(crate) struct Centroids {
    dimensions: usize,
    /// For each block of [`LANES`] centroids: its values, dimension by dimension.
    values: Vec<[f32; LANES]>,
    /// For each block: minus half the squared length, so that the largest sum belongs to the nearest centroid.
    offsets: Vec<[f32; LANES]>,
}

impl Centroids {
    pub(crate) fn new(rows: &[f32], dimensions: usize) -> Centroids {
        let count = rows.len() / dimensions;
        let blocks = count.div_ceil(LANES);
        let mut values = vec![[0.0; LANES]; blocks * dimensions];
        let mut offsets = vec![[f32::NEG_INFINITY; LANES]; blocks];
        for (at, row) in rows.chunks_exact(dimensions).enumerate() {
            let (block, lane) = (at / LANES, at % LANES);
            for (dimension, value) in row.iter().enumerate() {
                values[block * dimensions + dimension][lane] = *value;
            }
            offsets[block][lane] = -0.5 * row.iter().map(|value| value * value).sum::<f32>();
        }
        Centroids { dimensions, values, offsets }
    }
}

#[inline(always)]
fn assign_body<const FUSED: bool>(rows: &[f32], centroids: &Centroids, out: &mut [u32]) {
    let dimensions = centroids.dimensions;
    for (tile, out) in rows.chunks(dimensions * TILE).zip(out.chunks_mut(TILE)) {
        // The last tile repeats its first row.
        let row = |at: usize| tile.chunks_exact(dimensions).nth(at).unwrap_or(&tile[..dimensions]);
        let rows: [&[f32]; TILE] = [row(0), row(1), row(2), row(3)];
        let mut best = [[f32::NEG_INFINITY; LANES]; TILE];
        let mut block_of = [[0u32; LANES]; TILE];
        for (block, (values, offsets)) in centroids.values.chunks_exact(dimensions).zip(&centroids.offsets).enumerate() {
            let mut sums = [*offsets; TILE];
            for (dimension, values) in values.iter().enumerate() {
                for at in 0..TILE {
                    let factor = rows[at][dimension];
                    for lane in 0..LANES {
                        sums[at][lane] = multiply_add::<FUSED>(factor, values[lane], sums[at][lane]);
                    }
                }
            }
            for at in 0..TILE {
                for lane in 0..LANES {
                    let better = sums[at][lane] > best[at][lane];
                    best[at][lane] = if better { sums[at][lane] } else { best[at][lane] };
                    block_of[at][lane] = if better { block as u32 } else { block_of[at][lane] };
                }
            }
        }
        for (at, out) in out.iter_mut().enumerate() {
            let mut winner = 0;
            for lane in 1..LANES {
                if best[at][lane] > best[at][winner] {
                    winner = lane;
                }
            }
            *out = block_of[at][winner] * LANES as u32 + winner as u32;
        }
    }
}
