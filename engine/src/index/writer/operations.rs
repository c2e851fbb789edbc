//! The document log's records: what was acknowledged until a commit of the index holds it too. Knows neither tantivy nor what a
//! document means.

use std::io;
use std::sync::Arc;

/// One change of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The document with this key is now this JSON text.
    Put {
        /// The document's key.
        key: String,
        /// The whole document.
        source: Arc<[u8]>,
    },
    /// No document has this key now.
    Delete {
        /// The key.
        key: String,
    },
}

/// The record of a batch.
pub(super) fn encode(operations: &[Operation]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut put = |kind: u8, key: &str, source: &[u8]| -> io::Result<()> {
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidInput, "a document is larger than 4 GiB");
        out.push(kind);
        out.extend(u32::try_from(key.len()).map_err(too_long)?.to_le_bytes());
        out.extend(u32::try_from(source.len()).map_err(too_long)?.to_le_bytes());
        out.extend(key.as_bytes());
        out.extend(source);
        Ok(())
    };
    for operation in operations {
        match operation {
            Operation::Put { key, source } => put(0, key, source)?,
            Operation::Delete { key } => put(1, key, &[])?,
        }
    }
    Ok(out)
}

/// The batch in a record.
pub(super) fn decode(mut body: &[u8]) -> io::Result<Vec<Operation>> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a record of the document log is damaged");
    let mut out = Vec::new();
    while !body.is_empty() {
        let (head, rest) = body.split_at_checked(9).ok_or_else(damaged)?;
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
        let (key, rest) = rest.split_at_checked(word(1)).ok_or_else(damaged)?;
        let (source, rest) = rest.split_at_checked(word(5)).ok_or_else(damaged)?;
        let key = String::from_utf8(key.to_vec()).map_err(|_| damaged())?;
        out.push(match head[0] {
            0 => Operation::Put { key, source: source.into() },
            1 => Operation::Delete { key },
            _ => return Err(damaged()),
        });
        body = rest;
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
