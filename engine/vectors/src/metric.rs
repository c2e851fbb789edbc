//! How vectors are compared.

/// How vectors are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// The cosine of the angle between two vectors.
    #[default]
    Cosine,
    /// The Euclidean distance, negated so that larger is nearer.
    Euclidean,
    /// The inner product.
    DotProduct,
}
