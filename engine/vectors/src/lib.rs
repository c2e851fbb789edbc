//! Nearest-neighbour search: which of many vectors are most like a given one. Knows numbers and files, neither documents nor
//! a database.
//!
//! ```
//! use tutti_vectors::{IvfIndex, Metric, Scope};
//!
//! # fn main() -> std::io::Result<()> {
//! let rows = [1.0, 0.0, 0.0, 1.0, 0.7, 0.7];
//! let index = IvfIndex::flat(Metric::Cosine, 2, &[10, 20, 30], &rows);
//! let nearest = index.search(&[1.0, 0.1], 2, &Scope::All);
//! assert_eq!([nearest[0].id, nearest[1].id], [10, 30]);
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("songs.vectors");
//! index.write(&path)?;
//! let even = |id: u32| id > 10;
//! assert_eq!(IvfIndex::open(&path)?.search(&[1.0, 0.1], 1, &Scope::Where(&even))[0].id, 30);
//! # Ok(())
//! # }
//! ```
//!
//! # How it searches
//!
//! A small set is compared vector by vector. A large one is clustered by k-means into lists (an inverted file, Jégou et al.
//! 2011), and each vector is kept a second time as eight-bit codes of its distance from its list's centroid. A search orders
//! the lists by an upper bound of the scores in them, reads codes list by list, and stops when no list left is likely to
//! improve the result; the best by codes are then compared exactly.
//!
//! How likely is measured when the index is built: the probe bound is the number of standard deviations by which the nearest
//! vectors of sample queries lay above the mean score of their lists. So one rule serves clustered data, where a search ends
//! after a few lists, data without clusters, where it reads nearly every code (still four times faster than reading every
//! vector), large `k`, and filters, which only keep the threshold low for longer.
//!
//! Files are written whole under another name and renamed, are mapped when opened, and are never changed.

mod build;
mod clustering;
mod file;
pub mod kernels;
mod metric;
mod search;
mod section;
mod top_k;

pub use build::SMALL;
pub use metric::Metric;
pub use search::{Neighbour, Scope};
pub use section::Section;
pub use top_k::{Scored, TopK, top_k};

use file::Shape;

/// A set of vectors that can be searched: flat, or with inverted lists.
pub struct IvfIndex {
    shape: Shape,
    /// The file, or what would be the file but for its header.
    file: Section<u8>,
    /// Whether the header is there and can be verified.
    from_file: bool,
    ids: Section<u32>,
    positions: Section<u32>,
    rows: Section<f32>,
    list_starts: Section<u32>,
    centroids: Section<f32>,
    centroid_squares: Section<f32>,
    variances: Section<f32>,
    codes: Section<i8>,
    scales: Section<f32>,
    biases: Section<f32>,
}

impl IvfIndex {
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
    pub fn has_lists(&self) -> bool {
        self.shape.lists > 0
    }

    /// Bytes in memory or in the file.
    pub fn bytes(&self) -> usize {
        self.file.len()
    }

    /// The vector with this id; for [`Metric::Cosine`] scaled to length 1.
    pub fn vector(&self, id: u32) -> Option<&[f32]> {
        let position = self.positions.get(id as usize)?;
        self.row(*position as usize)
    }

    /// The ids of all vectors, in the order in which the vectors lie in memory.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// All vectors in that order, one after the other.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// For each id its position in that order; `u32::MAX` where there is no such vector.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The vector at a position of that order.
    fn row(&self, position: usize) -> Option<&[f32]> {
        let start = position.checked_mul(self.shape.dimensions)?;
        self.rows.get(start..start.checked_add(self.shape.dimensions)?)
    }
}

impl std::fmt::Debug for IvfIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IvfIndex").field("shape", &self.shape).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
