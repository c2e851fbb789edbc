//! Streaming records out of files: decompression, lines, tables, columns. Knows no data set; those are in `import`.

mod columnar;
mod elements;
mod input;
mod lines;
mod table;

pub(crate) use columnar::Columnar;
pub(crate) use elements::Elements;
pub use input::{Input, bytes_read, open_input};
pub(crate) use input::{decompressed, peeked};
pub use lines::{Chunk, Chunks, MAX_LINE, parse_line};
pub(crate) use lines::{object as lines_object, records as lines_records};
pub(crate) use table::Table;

use serde_json::{Map, Value};

/// One document and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Line, from 1; for formats without lines the row.
    pub line: u64,
    /// The document.
    pub document: Map<String, Value>,
}
