//! Plain numbers that are read in place: from a mapped file, or from memory that is laid out like one.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// A run of numbers in a mapped file or in memory, read like a slice. A clone shares the memory.
///
/// A file is opened as a `Section<u8>`; [`Section::part`] gives its parts their types.
///
/// ```
/// use tutti_vectors::Section;
///
/// let file = Section::from_bytes(bytemuck::bytes_of(&[1u64, 2, 3]));
/// let numbers = file.part::<u64>(8..24).expect("it is aligned and within the file");
/// assert_eq!(numbers[..], [2, 3]);
/// assert!(file.part::<u64>(8..32).is_none());
/// ```
pub struct Section<T> {
    memory: Arc<Memory>,
    /// In bytes. Within the memory, and aligned for `T`.
    range: Range<usize>,
    kind: PhantomData<T>,
}

enum Memory {
    Mapped(Mmap),
    /// Words of eight bytes, so that it begins at an address that suits every number.
    Owned(Vec<u64>),
}

impl Memory {
    #[inline]
    fn bytes(&self) -> &[u8] {
        match self {
            Memory::Mapped(map) => map,
            Memory::Owned(words) => bytemuck::cast_slice(words),
        }
    }
}

impl Section<u8> {
    /// Maps a whole file. The file must not be changed while it is mapped: write it with [`tutti_wal::replace_file`].
    ///
    /// # Errors
    /// The file cannot be mapped.
    pub fn map(file: &File) -> io::Result<Section<u8>> {
        // SAFETY: such files are written under another name and renamed when whole; nobody changes one afterwards.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Section { range: 0..map.len(), memory: Arc::new(Memory::Mapped(map)), kind: PhantomData })
    }

    /// A copy in memory.
    pub fn from_bytes(bytes: &[u8]) -> Section<u8> {
        let mut words = vec![0u64; bytes.len().div_ceil(8)];
        bytemuck::cast_slice_mut::<u64, u8>(&mut words)[..bytes.len()].copy_from_slice(bytes);
        Section::from_words(words, bytes.len())
    }

    /// The first `len` bytes of `words`.
    pub(crate) fn from_words(words: Vec<u64>, len: usize) -> Section<u8> {
        let len = len.min(words.len() * 8);
        Section { memory: Arc::new(Memory::Owned(words)), range: 0..len, kind: PhantomData }
    }

    /// The numbers at `range`, in bytes from the beginning of this section; `None` where that is not within it, is not a
    /// whole number of `T`, or begins at an address where a `T` cannot be read.
    pub fn part<T: Pod>(&self, range: Range<usize>) -> Option<Section<T>> {
        let bytes = self.get(range.clone())?;
        bytemuck::try_cast_slice::<u8, T>(bytes).ok()?;
        let start = self.range.start + range.start;
        Some(Section { memory: Arc::clone(&self.memory), range: start..start + bytes.len(), kind: PhantomData })
    }
}

impl<T: Pod> Section<T> {
    /// A section without numbers.
    pub fn empty() -> Section<T> {
        Section { memory: Arc::new(Memory::Owned(Vec::new())), range: 0..0, kind: PhantomData }
    }
}

impl<T> Clone for Section<T> {
    fn clone(&self) -> Section<T> {
        Section { memory: Arc::clone(&self.memory), range: self.range.clone(), kind: PhantomData }
    }
}

impl<T: Pod> Deref for Section<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(&self.memory.bytes()[self.range.clone()])
    }
}

impl<T> std::fmt::Debug for Section<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section").field("range", &self.range).finish_non_exhaustive()
    }
}
