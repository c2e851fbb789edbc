//! Where things lie in sled's one ordered tree. One tree, because sled is atomic within a tree only.
//!
//! ```text
//! d NUL collection NUL key                      version (8 bytes, big endian), then the body as JSON
//! i NUL collection NUL index NUL len value key  nothing; len is the value's length (4 bytes), value its first 512 bytes
//! l NUL log NUL number                          an entry; number in 8 bytes
//! n NUL log                                     the last number (8 bytes) of a log that was trimmed empty
//! c position                                    what a group of batches touched; position of its last one in 8 bytes
//! m NUL word                                    facts about the store itself
//! ```
//! One of several servers that are joined by Redis (see `joined`) keeps copies of what it wrote itself: documents as
//! above, without indexes, and
//! ```text
//! t NUL collection NUL key                      position and time (8 bytes each) of a deletion
//! x NUL log                                     position and time of a drop
//! b NUL log                                     position, number below which all is forgotten, last number then
//! e NUL log NUL number                          position, then an entry
//! ```
//! Names hold no NUL, so no key of one kind is a prefix of another's.

use crate::StoreError;

/// How much of an indexed value is part of a key.
const VALUE_LIMIT: usize = 512;

fn joined(kind: u8, parts: &[&str], room: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(2 + room + parts.iter().map(|part| part.len() + 1).sum::<usize>());
    key.push(kind);
    for part in parts {
        key.push(0);
        key.extend_from_slice(part.as_bytes());
    }
    key
}

/// A document; with an empty `key` the place where its collection begins.
pub(crate) fn document(collection: &str, key: &str) -> Vec<u8> {
    joined(b'd', &[collection, key], 0)
}

/// The deletion of a document.
pub(crate) fn tombstone(collection: &str, key: &str) -> Vec<u8> {
    joined(b't', &[collection, key], 0)
}

/// The drop of a log.
pub(crate) fn dropped(log: &str) -> Vec<u8> {
    joined(b'x', &[log], 0)
}

/// Where a log begins.
pub(crate) fn beginning(log: &str) -> Vec<u8> {
    joined(b'b', &[log], 0)
}

/// All copied entries of a log.
pub(crate) fn copies(log: &str) -> Vec<u8> {
    joined(b'e', &[log, ""], 8)
}

/// The copy of an entry.
pub(crate) fn copy(log: &str, number: u64) -> Vec<u8> {
    let mut key = copies(log);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// All index entries of a collection.
pub(crate) fn index_of(collection: &str) -> Vec<u8> {
    joined(b'i', &[collection, ""], 0)
}

/// The index entries for one value; a document's key is appended to it.
pub(crate) fn index(collection: &str, index: &str, value: &str) -> Vec<u8> {
    let bytes = &value.as_bytes()[..value.len().min(VALUE_LIMIT)];
    let mut key = joined(b'i', &[collection, index, ""], 4 + bytes.len());
    key.extend_from_slice(&(value.len() as u32).to_be_bytes());
    key.extend_from_slice(bytes);
    key
}

/// All entries of a log.
pub(crate) fn log(log: &str) -> Vec<u8> {
    joined(b'l', &[log, ""], 8)
}

/// One entry of a log.
pub(crate) fn entry(name: &str, number: u64) -> Vec<u8> {
    let mut key = log(name);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The number of a log that may have no entries.
pub(crate) fn number(log: &str) -> Vec<u8> {
    joined(b'n', &[log], 0)
}

/// The changes of a group of batches that ended at `position`.
pub(crate) fn change(position: u64) -> [u8; 9] {
    let mut key = [b'c'; 9];
    key[1..].copy_from_slice(&position.to_be_bytes());
    key
}

/// Where changes begin.
pub(crate) const CHANGES: &[u8] = b"c";

/// A fact about the store itself.
pub(crate) fn fact(word: &str) -> Vec<u8> {
    joined(b'm', &[word], 0)
}

/// The first key behind all that begin with `prefix`, which does not end in 0xff everywhere.
pub(crate) fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

/// The number at the end of a key or value.
///
/// # Errors
/// [`StoreError::Damaged`] when there are not eight bytes.
pub(crate) fn trailing_number(bytes: &[u8]) -> Result<u64, StoreError> {
    let number = bytes.last_chunk::<8>().ok_or_else(|| StoreError::Damaged("a number is cut short".to_owned()))?;
    Ok(u64::from_be_bytes(*number))
}

/// The text at the end of a key, behind `prefix`.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not text.
pub(crate) fn trailing_text(key: &[u8], prefix: &[u8]) -> Result<String, StoreError> {
    let bytes = key.get(prefix.len()..).unwrap_or_default();
    String::from_utf8(bytes.to_vec()).map_err(|_| StoreError::Damaged("a key is not text".to_owned()))
}
