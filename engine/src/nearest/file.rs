//! The file: a header with a checksum, then sections of plain numbers, each aligned so that it is read in place.
//!
//! ```text
//! header       128 bytes
//! ids          u32 per vector, in the order of the rows
//! positions    u32 per number up to the largest id: the row of that id, or u32::MAX
//! rows         f32, list by list
//! starts       u32 per list and one more: where its rows begin      (this and all below only with lists)
//! centres      f32
//! lengths      f32 per list: the squared length of its centre
//! spreads      f32 twice per list: variance of its vectors along the centre's direction and across it
//! codes        i8, rows padded to a multiple of 32
//! scales       f32 per vector: what one step of its codes is worth
//! biases       f32 per vector: minus half its squared length        (only Euclidean)
//! ```
//!
//! Opening checks the header and the list starts, so its work does not grow with the vectors; [`Nearest::verify`] reads
//! everything.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use super::kernels::CODE_STEP;
use super::{Metric, Nearest};
use crate::bytes::{Bytes, Plain, bytes_of, numbers, write_whole};

const MAGIC: &[u8; 8] = b"TUTTINN\0";
const VERSION: u32 = 1;
/// Numbers are stored as the machine has them; a file from a machine of the other kind is refused.
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
    /// Standard deviations above a list's mean that are still looked into.
    pub(crate) reach: f32,
}

/// Where each section lies.
#[derive(Clone, Debug)]
pub(crate) struct Sections {
    pub(crate) ids: Range<usize>,
    pub(crate) positions: Range<usize>,
    pub(crate) rows: Range<usize>,
    pub(crate) starts: Range<usize>,
    pub(crate) centres: Range<usize>,
    pub(crate) lengths: Range<usize>,
    pub(crate) spreads: Range<usize>,
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

    pub(crate) fn sections(&self) -> Sections {
        let mut end = HEADER;
        let mut take = |bytes: usize| {
            let start = end;
            end = (start + bytes).next_multiple_of(ALIGNMENT);
            start..start + bytes
        };
        let indexed = usize::from(self.lists > 0) * self.count;
        let biased = usize::from(self.metric == Metric::Euclidean) * indexed;
        Sections {
            ids: take(4 * self.count),
            positions: take(4 * self.span),
            rows: take(4 * self.count * self.dimensions),
            starts: take(if self.lists > 0 { 4 * (self.lists + 1) } else { 0 }),
            centres: take(4 * self.lists * self.dimensions),
            lengths: take(4 * self.lists),
            spreads: take(8 * self.lists),
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
        for (at, word) in words.into_iter().chain([self.reach.to_bits(), crc32fast::hash(body)]).enumerate() {
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
        Ok(Shape { metric, dimensions: size(20), count: size(24), span: size(28), lists: size(32), reach: f32::from_bits(word(36)) })
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

impl Nearest {
    /// Zeroed memory of this shape.
    pub(crate) fn empty(shape: Shape) -> Nearest {
        let sections = shape.sections();
        Nearest { bytes: Bytes::zeroed(sections.end), shape, sections }
    }

    /// Copies `numbers` into a section, beginning at its number `at`.
    pub(crate) fn put<T: Plain>(&mut self, section: &Range<usize>, at: usize, numbers: &[T]) {
        let start = section.start + at * size_of::<T>();
        self.bytes.as_mut_slice()[start..start + size_of_val(numbers)].copy_from_slice(bytes_of(numbers));
    }

    /// Writes the file at `path`. A crash leaves the old file, none, or this one, never a part.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let (header, body) = self.parts();
        write_whole(path, |file| file.write_all(&header).and_then(|()| file.write_all(body)))
    }

    /// The header and what comes after it: together the file.
    pub(crate) fn parts(&self) -> ([u8; HEADER], &[u8]) {
        let body = &self.bytes.as_slice()[HEADER..];
        (self.shape.header(body), body)
    }

    /// Maps the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or is not one that [`Nearest::write`] finished ([`io::ErrorKind::InvalidData`]).
    pub fn open(path: &Path) -> io::Result<Nearest> {
        Nearest::from_bytes(Bytes::map(&File::open(path)?)?)
    }

    /// The set in the bytes of such a file.
    pub(crate) fn from_bytes(bytes: Bytes) -> io::Result<Nearest> {
        if bytes.as_slice().len() < HEADER {
            return Err(wrong("it is cut off"));
        }
        let shape = Shape::read(&bytes.as_slice()[..HEADER])?;
        let sections = shape.sections();
        if shape.dimensions == 0 || sections.end != bytes.as_slice().len() {
            return Err(wrong("it is not as long as its header says"));
        }
        let opened = Nearest { shape, sections, bytes };
        let starts = opened.starts();
        let ends_right = starts.last().is_none_or(|end| *end as usize == shape.count);
        if !ends_right || starts.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(wrong("its lists overlap"));
        }
        Ok(opened)
    }

    /// Whether the file is, to the last byte, what was written. Reads all of it.
    pub fn verify(&self) -> bool {
        let bytes = self.bytes.as_slice();
        match &self.bytes {
            Bytes::Mapped(_) | Bytes::Part { .. } => bytes[..HEADER] == self.shape.header(&bytes[HEADER..]),
            Bytes::Owned { .. } => true,
        }
    }

    fn section<T: Plain>(&self, section: &Range<usize>) -> &[T] {
        numbers(&self.bytes.as_slice()[section.clone()])
    }

    pub(crate) fn ids(&self) -> &[u32] {
        self.section(&self.sections.ids)
    }

    pub(crate) fn positions(&self) -> &[u32] {
        self.section(&self.sections.positions)
    }

    pub(crate) fn rows(&self) -> &[f32] {
        self.section(&self.sections.rows)
    }

    pub(crate) fn row(&self, position: usize) -> Option<&[f32]> {
        let start = position.checked_mul(self.shape.dimensions)?;
        self.rows().get(start..start.checked_add(self.shape.dimensions)?)
    }

    pub(crate) fn starts(&self) -> &[u32] {
        self.section(&self.sections.starts)
    }

    pub(crate) fn centres(&self) -> &[f32] {
        self.section(&self.sections.centres)
    }

    pub(crate) fn lengths(&self) -> &[f32] {
        self.section(&self.sections.lengths)
    }

    pub(crate) fn spreads(&self) -> &[f32] {
        self.section(&self.sections.spreads)
    }

    pub(crate) fn codes(&self) -> &[i8] {
        self.section(&self.sections.codes)
    }

    pub(crate) fn scales(&self) -> &[f32] {
        self.section(&self.sections.scales)
    }

    pub(crate) fn biases(&self) -> &[f32] {
        self.section(&self.sections.biases)
    }
}
