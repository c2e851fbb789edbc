//! The inner loops of implicit ALS: products with the normal matrix of some rows, each row read once for all that is done with it.
//!
//! The matrix `sum_j w_j r_j r_jᵀ` is never formed; conjugate gradients need only its products with vectors (Takács, Pilászy and
//! Tikk 2011).

#![allow(unsafe_code)]

use super::{add_scaled_body, dispatch, inner, multiply_add};

dispatch! {
    /// One step of `out += sum_j weights[j] (rows[j] · query) rows[j]`, where row `j` is number `columns[j]` of `rows`: the product
    /// of a weighted normal matrix with a vector, each row read once.
    pub normal_product, normal_product_body(rows: &[f32], columns: &[u32], weights: &[f32], query: &[f32], out: &mut [f32])
}

dispatch! {
    /// What comes before the steps: `residual += sum_j (max(values[j], 0) - |values[j]| (rows[j] · guess)) rows[j]` and
    /// `squares += sum_j |values[j]| rows[j]²`, each row read once.
    pub normal_start, normal_start_body(rows: &[f32], columns: &[u32], values: &[f32], guess: &[f32], residual: &mut [f32], squares: &mut [f32])
}

/// Rows that are read together: what they are multiplied with, and what they are added to, is read once for all of them.
const TOGETHER: usize = 4;
const LANES: usize = 16;

#[inline(always)]
fn normal_product_body<const FUSED: bool>(rows: &[f32], columns: &[u32], weights: &[f32], query: &[f32], out: &mut [f32]) {
    let (groups, rest) = columns.as_chunks::<TOGETHER>();
    let (group_weights, rest_weights) = weights.as_chunks::<TOGETHER>();
    for (columns, weights) in groups.iter().zip(group_weights) {
        let group = Group::of(rows, columns, query.len());
        let [a, b, c, d] = group.inners::<FUSED>(query);
        group.add_scaled::<FUSED>([weights[0] * a, weights[1] * b, weights[2] * c, weights[3] * d], out);
    }
    for (column, weight) in rest.iter().zip(rest_weights) {
        let row = numbered(rows, *column, query.len());
        add_scaled_body::<FUSED>(row, weight * inner::<FUSED>(row, query), out);
    }
}

#[inline(always)]
fn normal_start_body<const FUSED: bool>(
    rows: &[f32],
    columns: &[u32],
    values: &[f32],
    guess: &[f32],
    residual: &mut [f32],
    squares: &mut [f32],
) {
    let (groups, rest) = columns.as_chunks::<TOGETHER>();
    let (group_values, rest_values) = values.as_chunks::<TOGETHER>();
    for (columns, values) in groups.iter().zip(group_values) {
        let group = Group::of(rows, columns, guess.len());
        let [a, b, c, d] = group.inners::<FUSED>(guess);
        let [ta, tb, tc, td] = [values[0].max(0.0), values[1].max(0.0), values[2].max(0.0), values[3].max(0.0)];
        let weights = [values[0].abs(), values[1].abs(), values[2].abs(), values[3].abs()];
        let factors = [ta - weights[0] * a, tb - weights[1] * b, tc - weights[2] * c, td - weights[3] * d];
        group.add_scaled::<FUSED>(factors, residual);
        group.add_squares::<FUSED>(weights, squares);
    }
    for (column, value) in rest.iter().zip(rest_values) {
        let row = numbered(rows, *column, guess.len());
        let weight = value.abs();
        add_scaled_body::<FUSED>(row, value.max(0.0) - weight * inner::<FUSED>(row, guess), residual);
        for (out, number) in squares.iter_mut().zip(row) {
            *out = multiply_add::<FUSED>(weight * number, *number, *out);
        }
    }
}

#[inline(always)]
fn numbered(rows: &[f32], column: u32, dimensions: usize) -> &[f32] {
    let start = column as usize * dimensions;
    &rows[start..start + dimensions]
}

/// [`TOGETHER`] rows of the same length. Written out one by one: loops over arrays of arrays do not become vector instructions.
#[derive(Clone, Copy)]
struct Group<'a>(&'a [f32], &'a [f32], &'a [f32], &'a [f32]);

impl<'a> Group<'a> {
    #[inline(always)]
    fn of(rows: &'a [f32], columns: &[u32; TOGETHER], dimensions: usize) -> Group<'a> {
        let row = |at: usize| numbered(rows, columns[at], dimensions);
        Group(row(0), row(1), row(2), row(3))
    }

    /// The inner product of each row with one more.
    #[inline(always)]
    fn inners<const FUSED: bool>(self, query: &[f32]) -> [f32; TOGETHER] {
        let mut sums = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (query, query_rest) = query.as_chunks::<LANES>();
        let (a, a_rest) = self.0.as_chunks::<LANES>();
        let (b, b_rest) = self.1.as_chunks::<LANES>();
        let (c, c_rest) = self.2.as_chunks::<LANES>();
        let (d, d_rest) = self.3.as_chunks::<LANES>();
        for ((((query, a), b), c), d) in query.iter().zip(a).zip(b).zip(c).zip(d) {
            accumulate::<FUSED>(&mut sums.0, a, query);
            accumulate::<FUSED>(&mut sums.1, b, query);
            accumulate::<FUSED>(&mut sums.2, c, query);
            accumulate::<FUSED>(&mut sums.3, d, query);
        }
        let mut out = [total_short(&sums.0), total_short(&sums.1), total_short(&sums.2), total_short(&sums.3)];
        for ((((query, a), b), c), d) in query_rest.iter().zip(a_rest).zip(b_rest).zip(c_rest).zip(d_rest) {
            out[0] = multiply_add::<FUSED>(*a, *query, out[0]);
            out[1] = multiply_add::<FUSED>(*b, *query, out[1]);
            out[2] = multiply_add::<FUSED>(*c, *query, out[2]);
            out[3] = multiply_add::<FUSED>(*d, *query, out[3]);
        }
        out
    }

    /// `out += sum_j factors[j] rows[j]`.
    #[inline(always)]
    fn add_scaled<const FUSED: bool>(self, factors: [f32; TOGETHER], out: &mut [f32]) {
        for ((((out, a), b), c), d) in out.iter_mut().zip(self.0).zip(self.1).zip(self.2).zip(self.3) {
            let sum = multiply_add::<FUSED>(factors[1], *b, multiply_add::<FUSED>(factors[0], *a, *out));
            *out = multiply_add::<FUSED>(factors[3], *d, multiply_add::<FUSED>(factors[2], *c, sum));
        }
    }

    /// `out += sum_j factors[j] rows[j]²`.
    #[inline(always)]
    fn add_squares<const FUSED: bool>(self, factors: [f32; TOGETHER], out: &mut [f32]) {
        for ((((out, a), b), c), d) in out.iter_mut().zip(self.0).zip(self.1).zip(self.2).zip(self.3) {
            let sum = multiply_add::<FUSED>(factors[1] * b, *b, multiply_add::<FUSED>(factors[0] * a, *a, *out));
            *out = multiply_add::<FUSED>(factors[3] * d, *d, multiply_add::<FUSED>(factors[2] * c, *c, sum));
        }
    }
}

#[inline(always)]
fn accumulate<const FUSED: bool>(sums: &mut [f32; LANES], a: &[f32; LANES], b: &[f32; LANES]) {
    for lane in 0..LANES {
        sums[lane] = multiply_add::<FUSED>(a[lane], b[lane], sums[lane]);
    }
}

/// As [`total`], of fewer lanes.
#[inline(always)]
fn total_short(sums: &[f32; LANES]) -> f32 {
    let mut part = [0.0f32; LANES / 2];
    for lane in 0..LANES / 2 {
        part[lane] = sums[lane] + sums[lane + LANES / 2];
    }
    for half in [4, 2, 1] {
        for lane in 0..half {
            part[lane] += part[lane + half];
        }
    }
    part[0]
}
