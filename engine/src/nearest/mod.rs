//! Nearest vectors: which of many vectors are most like a given one. Knows numbers and files, neither documents nor tantivy.
//!
//! Few vectors are compared one by one. Many are put into lists around centres found by clustering (an inverted file), and
//! each vector is kept a second time as eight-bit codes of its distance from its centre. A search orders the lists by how
//! good a vector they may hold, reads codes list by list, and stops when no list left is likely to better what it has; the
//! best by codes are then compared exactly.
//!
//! How likely is measured when the index is built: `reach` is the number of standard deviations that the nearest vectors of
//! sample queries lay above what their lists promised. So one rule serves clustered data, where a search ends after a few
//! lists, data without clusters, where it reads nearly every code (still four times faster than reading every vector), large
//! `k`, and filters, which only keep the bar low for longer.
//!
//! Files are written whole under another name and renamed, are mapped when opened, and are never changed.

pub(crate) mod best;
mod build;
mod clusters;
mod file;
mod kernels;
mod search;

pub use build::SMALL;
pub use tutti_index_schema::Metric;

use crate::bytes::Bytes;
use file::{Sections, Shape};

/// A set of vectors that can be searched.
pub struct Nearest {
    shape: Shape,
    sections: Sections,
    bytes: Bytes,
}

/// A vector found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its number.
    pub id: u32,
    /// The cosine, the inner product, or minus the Euclidean distance: larger is nearer.
    pub similarity: f32,
}

/// Which vectors a search may find.
pub enum Scope<'a> {
    /// Every one.
    All,
    /// Those whose number passes.
    Where(&'a (dyn Fn(u32) -> bool + Sync)),
    /// These numbers, compared exactly; the right choice when there are only some thousands of them.
    Among(&'a [u32]),
}

impl Nearest {
    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.shape.dimensions
    }

    /// How vectors are compared.
    pub fn metric(&self) -> Metric {
        self.shape.metric
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.shape.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shape.count == 0
    }

    /// Whether searches read only a part of the vectors.
    pub fn is_indexed(&self) -> bool {
        self.shape.lists > 0
    }

    /// Bytes in memory or in the file.
    pub fn bytes(&self) -> usize {
        self.bytes.as_slice().len()
    }

    /// The vector with this number; for [`Metric::Cosine`] scaled to length 1.
    pub fn vector(&self, id: u32) -> Option<&[f32]> {
        let position = self.positions().get(id as usize)?;
        self.row(*position as usize)
    }
}

impl std::fmt::Debug for Nearest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nearest").field("shape", &self.shape).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
