//! Memory that numbers are read from in place: a mapped file, or a buffer of our own that is laid out like one.

#![allow(unsafe_code)]

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

/// A number that can be read from any bytes of its size.
pub(crate) trait Plain: Copy {}

impl Plain for u32 {}
impl Plain for f32 {}
impl Plain for i8 {}
impl Plain for u8 {}
impl Plain for u64 {}
impl Plain for f64 {}

/// The bytes of a file, mapped or in memory. They begin at an address that suits every [`Plain`] type.
pub(crate) enum Bytes {
    Mapped(Mmap),
    Owned {
        words: Vec<u64>,
        len: usize,
    },
    /// A part of others that begins at a multiple of eight.
    Part {
        whole: Arc<Bytes>,
        range: Range<usize>,
    },
}

impl Bytes {
    /// Maps a whole file.
    pub(crate) fn map(file: &File) -> io::Result<Bytes> {
        // SAFETY: such files are written under another name and renamed when whole; nobody changes one afterwards.
        unsafe { Mmap::map(file) }.map(Bytes::Mapped)
    }

    /// A copy in memory.
    pub(crate) fn copied(from: &[u8]) -> Bytes {
        let mut out = Bytes::zeroed(from.len());
        out.as_mut_slice().copy_from_slice(from);
        out
    }

    /// The bytes at `range`, none where that is not within them or begins at no multiple of eight.
    pub(crate) fn part(whole: &Arc<Bytes>, range: Range<usize>) -> Option<Bytes> {
        let fits = range.start.is_multiple_of(8) && whole.as_slice().get(range.clone()).is_some();
        fits.then(|| Bytes::Part { whole: Arc::clone(whole), range })
    }

    /// `len` zero bytes.
    pub(crate) fn zeroed(len: usize) -> Bytes {
        Bytes::Owned { words: vec![0; len.div_ceil(8)], len }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned { words, len } => &cast::<u64, u8>(words)[..*len],
            Bytes::Part { whole, range } => whole.as_slice().get(range.clone()).unwrap_or(&[]),
        }
    }

    /// The bytes to write to; empty for a mapped file or a part.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Bytes::Mapped(_) | Bytes::Part { .. } => &mut [],
            // SAFETY: any bytes are a u64, and a u8 needs no alignment.
            Bytes::Owned { words, len } => unsafe { &mut words.align_to_mut::<u8>().1[..*len] },
        }
    }
}

/// Writes a file under another name and renames it when it is whole and on disk. A crash leaves the old file, none, or this
/// one, never a part.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let beside = path.with_added_extension(format!("{}.new", std::process::id()));
    let mut file = File::create(&beside)?;
    let written = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// The numbers in `bytes`; those before the first aligned address and after the last whole number are left out, which
/// callers rule out by aligning what they store.
pub(crate) fn numbers<T: Plain>(bytes: &[u8]) -> &[T] {
    cast(bytes)
}

/// The bytes of `numbers`.
pub(crate) fn bytes_of<T: Plain>(numbers: &[T]) -> &[u8] {
    cast(numbers)
}

fn cast<A: Copy, B: Copy>(from: &[A]) -> &[B] {
    // SAFETY: called with u8, u64 and [`Plain`] types only, which have no padding and take any bit pattern.
    unsafe { from.align_to::<B>().1 }
}
