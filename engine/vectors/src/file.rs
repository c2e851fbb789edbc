//! The file: a header with a checksum, then sections of plain numbers, each aligned so that it is read in place.
//!
//! ```text
//! header       128 bytes
//! ids          u32 per vector, in the order of the rows
//! positions    u32 per number up to the largest id: the row of that id, or u32::MAX
//! rows         f32, list by list
//! list starts  u32 per list and one more: where its rows begin      (this and all below only with lists)
//! centroids    f32
//! squares      f32 per list: the squared length of its centroid
//! variances    f32 twice per list: variance of its vectors along the centroid's direction and across it
//! codes        i8, rows padded to a multiple of 32
//! scales       f32 per vector: what one step of its codes is worth
//! biases       f32 per vector: minus half its squared length        (only Euclidean)
//! ```
//!
//! Opening checks the header and the list starts, so its work does not grow with the vectors; [`IvfIndex::verify`] reads
//! everything.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use bytemuck::Pod;

use crate::kernels::CODE_STEP;
use crate::{IvfIndex, Metric, Section};

const MAGIC: &[u8; 8] = b"TUTTINN\0";
const VERSION: u32 = 1;
/// Numbers are stored in the machine's byte order; a file from a machine of the other order is refused.
const BYTE_ORDER: u32 = 0x0102_0304;
pub(crate) const HEADER: usize = 128;
const ALIGNMENT: usize = 64;

/// No row.
pub(crate) const NONE: u32 = u32::MAX;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) metric: Metric,
    pub(crate) dimensions: usize,
    /// Vectors.
    pub(crate) count: usize,
    /// One more than the largest id.
    pub(crate) span: usize,
    /// Lists; 0 is a flat set.
    pub(crate) lists: usize,
    /// Lists are probed whose mean score and this many standard deviations reach the threshold.
    pub(crate) probe_bound: f32,
}

/// Where each section lies, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) ids: Range<usize>,
    pub(crate) positions: Range<usize>,
    pub(crate) rows: Range<usize>,
    pub(crate) list_starts: Range<usize>,
    pub(crate) centroids: Range<usize>,
    pub(crate) centroid_squares: Range<usize>,
    pub(crate) variances: Range<usize>,
    pub(crate) codes: Range<usize>,
    pub(crate) scales: Range<usize>,
    pub(crate) biases: Range<usize>,
    end: usize,
}

impl Shape {
    /// Codes in a row, padding included.
    pub(crate) fn code_width(&self) -> usize {
        self.dimensions.next_multiple_of(CODE_STEP)
    }

    pub(crate) fn layout(&self) -> Layout {
        let mut end = HEADER;
        let mut take = |bytes: usize| {
            let start = end;
            end = (start + bytes).next_multiple_of(ALIGNMENT);
            start..start + bytes
        };
        let indexed = usize::from(self.lists > 0) * self.count;
        let biased = usize::from(self.metric == Metric::Euclidean) * indexed;
        Layout {
            ids: take(4 * self.count),
            positions: take(4 * self.span),
            rows: take(4 * self.count * self.dimensions),
            list_starts: take(if self.lists > 0 { 4 * (self.lists + 1) } else { 0 }),
            centroids: take(4 * self.lists * self.dimensions),
            centroid_squares: take(4 * self.lists),
            variances: take(8 * self.lists),
            codes: take(indexed * self.code_width()),
            scales: take(4 * indexed),
            biases: take(4 * biased),
            end,
        }
    }

    fn header(&self, body: &[u8]) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        let metric = match self.metric {
            Metric::Cosine => 0u32,
            Metric::Euclidean => 1,
            Metric::DotProduct => 2,
        };
        let words = [VERSION, BYTE_ORDER, metric, self.dimensions as u32, self.count as u32, self.span as u32, self.lists as u32];
        out[..8].copy_from_slice(MAGIC);
        for (at, word) in words.into_iter().chain([self.probe_bound.to_bits(), crc32fast::hash(body)]).enumerate() {
            out[8 + 4 * at..12 + 4 * at].copy_from_slice(&word.to_ne_bytes());
        }
        let checksum = crc32fast::hash(&out[..HEADER - 4]);
        out[HEADER - 4..].copy_from_slice(&checksum.to_ne_bytes());
        out
    }

    fn read(header: &[u8]) -> io::Result<Shape> {
        let word = |at: usize| u32::from_ne_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        if &header[..8] != MAGIC {
            return Err(wrong("it is no file of vectors"));
        }
        if word(12) != BYTE_ORDER {
            return Err(wrong("it was written on a machine with another byte order"));
        }
        if word(8) != VERSION {
            return Err(wrong(&format!("its version is {}, this program reads {VERSION}", word(8))));
        }
        if word(HEADER - 4) != crc32fast::hash(&header[..HEADER - 4]) {
            return Err(wrong("its header does not have its checksum"));
        }
        let metric = match word(16) {
            0 => Metric::Cosine,
            1 => Metric::Euclidean,
            2 => Metric::DotProduct,
            other => return Err(wrong(&format!("it names an unknown metric {other}"))),
        };
        let size = |at: usize| word(at) as usize;
        Ok(Shape { metric, dimensions: size(20), count: size(24), span: size(28), lists: size(32), probe_bound: f32::from_bits(word(36)) })
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// An index under construction: memory laid out like the file, without a header.
pub(crate) struct Builder {
    pub(crate) shape: Shape,
    pub(crate) layout: Layout,
    words: Vec<u64>,
}

impl Builder {
    /// Zeroed memory of this shape.
    pub(crate) fn new(shape: Shape) -> Builder {
        let layout = shape.layout();
        Builder { words: vec![0; layout.end.div_ceil(8)], layout, shape }
    }

    /// Copies `numbers` into a section of the layout, beginning at its number `at`.
    pub(crate) fn put<T: Pod>(&mut self, section: impl Fn(&Layout) -> &Range<usize>, at: usize, numbers: &[T]) {
        let start = section(&self.layout).start + at * size_of::<T>();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.words);
        bytes[start..start + size_of_val(numbers)].copy_from_slice(bytemuck::cast_slice(numbers));
    }

    pub(crate) fn finish(self) -> IvfIndex {
        let file = Section::from_words(self.words, self.layout.end);
        IvfIndex::of_sections(self.shape, &self.layout, file, false).expect("memory of this layout holds its sections")
    }
}

impl IvfIndex {
    /// Writes the file at `path`. A crash leaves the old file, none, or this one, never a part.
    ///
    /// # Errors
    /// The disk failed.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let (header, body) = self.file_parts();
        tutti_wal::replace_file(path, |file| file.write_all(&header).and_then(|()| file.write_all(body)))
    }

    /// The header and what comes after it: together the file, for those who keep it within another.
    pub fn file_parts(&self) -> ([u8; HEADER], &[u8]) {
        let body = &self.file[HEADER..];
        (self.shape.header(body), body)
    }

    /// Maps the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or is not one that [`IvfIndex::write`] finished ([`io::ErrorKind::InvalidData`]).
    pub fn open(path: &Path) -> io::Result<IvfIndex> {
        IvfIndex::from_section(Section::map(&File::open(path)?)?)
    }

    /// The set in the bytes of such a file, which may be a part of another.
    ///
    /// # Errors
    /// The bytes are not such a file ([`io::ErrorKind::InvalidData`]).
    pub fn from_section(file: Section<u8>) -> io::Result<IvfIndex> {
        let shape = Shape::read(file.get(..HEADER).ok_or_else(|| wrong("it is cut off"))?)?;
        let layout = shape.layout();
        if shape.dimensions == 0 || layout.end != file.len() {
            return Err(wrong("it is not as long as its header says"));
        }
        let opened = IvfIndex::of_sections(shape, &layout, file, true).ok_or_else(|| wrong("its numbers are not aligned"))?;
        let ends_right = opened.list_starts.last().is_none_or(|end| *end as usize == shape.count);
        if !ends_right || opened.list_starts.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(wrong("its lists overlap"));
        }
        Ok(opened)
    }

    fn of_sections(shape: Shape, layout: &Layout, file: Section<u8>, from_file: bool) -> Option<IvfIndex> {
        Some(IvfIndex {
            ids: file.part(layout.ids.clone())?,
            positions: file.part(layout.positions.clone())?,
            rows: file.part(layout.rows.clone())?,
            list_starts: file.part(layout.list_starts.clone())?,
            centroids: file.part(layout.centroids.clone())?,
            centroid_squares: file.part(layout.centroid_squares.clone())?,
            variances: file.part(layout.variances.clone())?,
            codes: file.part(layout.codes.clone())?,
            scales: file.part(layout.scales.clone())?,
            biases: file.part(layout.biases.clone())?,
            shape,
            file,
            from_file,
        })
    }

    /// Whether the file is, to the last byte, what was written. Reads all of it; `true` for a set that was never written.
    pub fn verify(&self) -> bool {
        !self.from_file || self.file[..HEADER] == self.shape.header(&self.file[HEADER..])
    }
}
