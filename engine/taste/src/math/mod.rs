//! Linear algebra on dense and sparse rows, and random numbers that repeat. Knows nothing of tastes.

pub(crate) mod dense;
pub mod matrix;
pub(crate) mod random;
