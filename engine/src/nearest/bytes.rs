//! Memory that numbers are read from in place: a mapped file, or a buffer of our own that is laid out like one.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// A number that can be read from any bytes of its size.
pub(crate) trait Plain: Copy {}

impl Plain for u32 {}
impl Plain for f32 {}
impl Plain for i8 {}

/// The bytes of a file, mapped or in memory. They begin at an address that suits every [`Plain`] type.
pub(crate) enum Bytes {
    Mapped(Mmap),
    Owned { words: Vec<u64>, len: usize },
}

impl Bytes {
    /// Maps a whole file.
    pub(crate) fn map(file: &File) -> io::Result<Bytes> {
        // SAFETY: such files are written under another name and renamed when whole; nobody changes one afterwards.
        unsafe { Mmap::map(file) }.map(Bytes::Mapped)
    }

    /// `len` zero bytes.
    pub(crate) fn zeroed(len: usize) -> Bytes {
        Bytes::Owned { words: vec![0; len.div_ceil(8)], len }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned { words, len } => &cast::<u64, u8>(words)[..*len],
        }
    }

    /// The bytes to write to; empty for a mapped file.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Bytes::Mapped(_) => &mut [],
            // SAFETY: any bytes are a u64, and a u8 needs no alignment.
            Bytes::Owned { words, len } => unsafe { &mut words.align_to_mut::<u8>().1[..*len] },
        }
    }
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
