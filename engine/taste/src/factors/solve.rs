//! One row of a half-step: the vector of a user against fixed items, or of an item against fixed users.
//!
//! Minimises `a wᵀGw + r |w - p|² + sum_j c_j (w·h_j - t_j)²` (Hu, Koren, Volinsky 2008 with the weights of Rendle et al. 2022),
//! where `h_j` are the rows the interactions name. Every solver works in the eigenbasis of `G`, where `a G + r I` is a diagonal:
//! that spares the product of a dense `d x d` matrix with a vector, most of the work for short rows.

use crate::math::matrix::Row;
use tutti_vectors::kernels::{MatrixView, add_scaled, dots, multiply, normal_product, normal_start};

/// Rows up to which the small system takes no longer than the steps that come near its minimum.
const SHORT: usize = 16;

/// What is wanted of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Problem<'a> {
    /// The vectors of the other side, `d` numbers each, in the eigenbasis of their Gram matrix.
    pub(crate) fixed: &'a [f32],
    pub(crate) row: Row<'a>,
    /// `a G + r I`: `d` numbers above 0.
    pub(crate) diagonal: &'a [f32],
    /// `r`, the weight of the regularisation, above 0.
    pub(crate) ridge: f32,
    /// What the vector is drawn to; 0 without one.
    pub(crate) prior: Option<&'a [f32]>,
}

/// A way of solving; keeps its working memory from row to row.
pub(crate) trait Solver {
    /// Writes the minimum to `out`, which holds a first guess.
    fn solve(&mut self, problem: &Problem<'_>, out: &mut [f32]);
}

/// The `d x d` system by Cholesky: exact, `n d² + d³/3`. The oracle of the others, and right for very long rows.
#[derive(Default)]
pub(crate) struct Cholesky {
    matrix: Vec<f32>,
    right: Vec<f32>,
}

/// The `d x d` system of one row, factored once for several right sides.
pub(crate) struct Factored {
    matrix: Vec<f32>,
}

/// The `n x n` system of the same minimum (the matrix inversion lemma): exact, `n² d + n³/6`. For short rows.
#[derive(Default)]
pub(crate) struct Dual {
    /// `diagonal^-1/2`.
    roots: Vec<f32>,
    /// The rows times it.
    scaled: Vec<f32>,
    sum: Vec<f32>,
    matrix: Vec<f32>,
    right: Vec<f32>,
}

/// Preconditioned conjugate gradients (Takács, Pilászy, Tikk 2011), `3 n d` and `2 n d` a step, until the residual has fallen enough.
pub(crate) struct ConjugateGradient {
    /// Most steps.
    steps: usize,
    /// Ends when the residual is this part of what it was at first.
    tolerance: f32,
    weights: Vec<f32>,
    vectors: [Vec<f32>; 4],
}

/// The system of the smaller side for short rows, another solver for long ones.
pub(crate) struct Fitting {
    dual: Dual,
    /// The longest row that is short, if a third of the dimensions is no less.
    short: usize,
    long: Box<dyn Solver + Send>,
}

impl ConjugateGradient {
    pub(crate) fn new(steps: usize, tolerance: f32) -> ConjugateGradient {
        ConjugateGradient { steps, tolerance, weights: Vec::new(), vectors: Default::default() }
    }
}

impl Fitting {
    /// For a half-step among many, whose first guess is the row's last vector.
    pub(crate) fn roughly() -> Fitting {
        Fitting { dual: Dual::default(), short: SHORT, long: Box::new(ConjugateGradient::new(3, 1e-3)) }
    }

    /// To single precision.
    pub(crate) fn exactly() -> Fitting {
        Fitting { dual: Dual::default(), short: usize::MAX, long: Box::new(Cholesky::default()) }
    }
}

fn vector(rows: &[f32], column: u32, d: usize) -> &[f32] {
    &rows[column as usize * d..(column as usize + 1) * d]
}

fn inner(a: &[f32], b: &[f32]) -> f32 {
    let mut out = [0.0];
    dots(a, b, &mut out);
    out[0]
}

/// `r p + sum_j c_j t_j h_j`.
fn right_side(problem: &Problem<'_>, out: &mut [f32]) {
    match problem.prior {
        Some(prior) => out.iter_mut().zip(prior).for_each(|(out, prior)| *out = problem.ridge * prior),
        None => out.fill(0.0),
    }
    for (column, value) in problem.row.columns.iter().zip(problem.row.values) {
        if *value > 0.0 {
            add_scaled(vector(problem.fixed, *column, out.len()), *value, out);
        }
    }
}

impl Solver for Cholesky {
    fn solve(&mut self, problem: &Problem<'_>, out: &mut [f32]) {
        let d = out.len();
        self.matrix.clear();
        self.matrix.resize(d * d, 0.0);
        for (column, value) in problem.row.columns.iter().zip(problem.row.values) {
            let row = vector(problem.fixed, *column, d);
            for (at, factor) in row.iter().enumerate() {
                add_scaled(&row[..=at], value.abs() * factor, &mut self.matrix[at * d..=at * d + at]);
            }
        }
        for at in 0..d {
            self.matrix[at * d + at] += problem.diagonal[at];
        }
        self.right.clear();
        self.right.resize(d, 0.0);
        right_side(problem, &mut self.right);
        cholesky_solve(&mut self.matrix, &mut self.right);
        out.copy_from_slice(&self.right);
    }
}

impl Factored {
    /// `D + sum_j |c_j| h_j h_jᵀ` for rows that lie one after the other. `n d² + d³/6`.
    pub(crate) fn of(rows: &[f32], values: &[f32], diagonal: &[f32]) -> Factored {
        let d = diagonal.len();
        let weighted = rows.chunks_exact(d).zip(values).flat_map(|(row, value)| row.iter().map(|number| number * value.abs().sqrt()));
        let weighted: Vec<f32> = weighted.collect();
        let mut matrix = vec![0.0; d * d];
        let table = MatrixView::rows(&weighted, d);
        multiply(table.transposed(), table, &mut matrix);
        diagonal.iter().enumerate().for_each(|(at, value)| matrix[at * d + at] += value);
        cholesky(&mut matrix, d);
        Factored { matrix }
    }

    /// Solves the system for one right side, in place. `d²`.
    pub(crate) fn solve(&self, right: &mut [f32]) {
        substitute(&self.matrix, right);
    }
}

impl Solver for Dual {
    fn solve(&mut self, problem: &Problem<'_>, out: &mut [f32]) {
        let (d, n) = (out.len(), problem.row.columns.len());
        // Without interactions the minimum is w0 = D⁻¹ r p; with them w = w0 + D⁻¹ Hᵀ y, (C⁻¹ + H D⁻¹ Hᵀ) y = t - H w0.
        match problem.prior {
            Some(prior) => {
                let numbers = out.iter_mut().zip(prior).zip(problem.diagonal);
                numbers.for_each(|((out, prior), diagonal)| *out = problem.ridge * prior / diagonal);
            }
            None => out.fill(0.0),
        }
        self.roots.clear();
        self.roots.extend(problem.diagonal.iter().map(|value| value.sqrt().recip()));
        self.scaled.clear();
        self.right.clear();
        for (column, value) in problem.row.columns.iter().zip(problem.row.values) {
            let row = vector(problem.fixed, *column, d);
            let target = if *value > 0.0 { 1.0 } else { 0.0 };
            self.right.push(if problem.prior.is_some() { target - inner(row, out) } else { target });
            self.scaled.extend(row.iter().zip(&self.roots).map(|(value, root)| value * root));
        }
        self.matrix.clear();
        self.matrix.resize(n * n, 0.0);
        let scaled = MatrixView::rows(&self.scaled, d);
        multiply(scaled, scaled.transposed(), &mut self.matrix);
        for (at, value) in problem.row.values.iter().enumerate() {
            self.matrix[at * n + at] += 1.0 / value.abs();
        }
        cholesky_solve(&mut self.matrix, &mut self.right);
        self.sum.clear();
        self.sum.resize(d, 0.0);
        for (row, y) in self.scaled.chunks_exact(d).zip(&self.right) {
            add_scaled(row, *y, &mut self.sum);
        }
        out.iter_mut().zip(self.sum.iter().zip(&self.roots)).for_each(|(out, (sum, root))| *out += sum * root);
    }
}

impl Solver for ConjugateGradient {
    fn solve(&mut self, problem: &Problem<'_>, out: &mut [f32]) {
        let d = out.len();
        self.weights.clear();
        self.weights.extend(problem.row.values.iter().map(|value| value.abs()));
        for vector in &mut self.vectors {
            vector.clear();
            vector.resize(d, 0.0);
        }
        let [residual, direction, product, precondition] = &mut self.vectors;
        // The residual of the guess, `b - D w - sum_j c_j (h_j·w) h_j`, and the diagonal of the matrix.
        normal_start(problem.fixed, problem.row.columns, problem.row.values, out, residual, precondition);
        let numbers = residual.iter_mut().zip(out.iter()).zip(problem.diagonal);
        numbers.for_each(|((residual, out), diagonal)| *residual -= diagonal * out);
        if let Some(prior) = problem.prior {
            residual.iter_mut().zip(prior).for_each(|(residual, prior)| *residual += problem.ridge * prior);
        }
        precondition.iter_mut().zip(problem.diagonal).for_each(|(sum, diagonal)| *sum = 1.0 / (*sum + diagonal));
        let mut left = preconditioned(residual, precondition);
        let goal = self.tolerance * self.tolerance * left;
        direction.iter_mut().zip(residual.iter().zip(precondition.iter())).for_each(|(to, (residual, p))| *to = residual * p);
        for _ in 0..self.steps {
            if left <= goal.max(1e-30) {
                break;
            }
            let numbers = product.iter_mut().zip(direction.iter()).zip(problem.diagonal);
            numbers.for_each(|((product, direction), diagonal)| *product = diagonal * direction);
            normal_product(problem.fixed, problem.row.columns, &self.weights, direction, product);
            let step = left / inner(direction, product);
            add_scaled(direction, step, out);
            add_scaled(product, -step, residual);
            let next = preconditioned(residual, precondition);
            let keep = next / left;
            let numbers = direction.iter_mut().zip(residual.iter().zip(precondition.iter()));
            numbers.for_each(|(direction, (residual, p))| *direction = residual * p + keep * *direction);
            left = next;
        }
    }
}

/// `sum residual² precondition`.
fn preconditioned(residual: &[f32], precondition: &[f32]) -> f32 {
    residual.iter().zip(precondition).map(|(residual, p)| residual * residual * p).sum()
}

impl Solver for Fitting {
    fn solve(&mut self, problem: &Problem<'_>, out: &mut [f32]) {
        if problem.row.columns.len() <= self.short.min(out.len() / 3) {
            self.dual.solve(problem, out);
        } else {
            self.long.solve(problem, out);
        }
    }
}

/// Solves `matrix · x = right` in place. `matrix` is positive definite, its lower half given row by row.
fn cholesky_solve(matrix: &mut [f32], right: &mut [f32]) {
    cholesky(matrix, right.len());
    substitute(matrix, right);
}

/// The lower factor of a positive definite `n x n` matrix, in place of its lower half.
fn cholesky(matrix: &mut [f32], n: usize) {
    for row in 0..n {
        let (above, below) = matrix.split_at_mut(row * n);
        let this = &mut below[..=row];
        for column in 0..row {
            let other = &above[column * n..=column * n + column];
            let sum = inner_short(&this[..column], &other[..column]);
            this[column] = (this[column] - sum) / other[column];
        }
        let sum = inner_short(&this[..row], &this[..row]);
        this[row] = (this[row] - sum).max(f32::MIN_POSITIVE).sqrt();
    }
}

/// Forwards and backwards through a lower factor.
fn substitute(factor: &[f32], right: &mut [f32]) {
    let n = right.len();
    for row in 0..n {
        let this = &factor[row * n..=row * n + row];
        right[row] = (right[row] - inner_short(&this[..row], &right[..row])) / this[row];
    }
    for row in (0..n).rev() {
        let value = right[row] / factor[row * n + row];
        right[row] = value;
        for (right, factor) in right[..row].iter_mut().zip(&factor[row * n..]) {
            *right -= factor * value;
        }
    }
}

/// An inner product of rows too short for the dispatched loop to pay.
fn inner_short(a: &[f32], b: &[f32]) -> f32 {
    let (a_parts, a_rest) = a.as_chunks::<8>();
    let (b_parts, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0f32; 8];
    for (a, b) in a_parts.iter().zip(b_parts) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests;
