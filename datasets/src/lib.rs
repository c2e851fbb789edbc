//! What goes into Tutti: importers of public formats, a deterministic generator of any size, and the demo set. Everything is a
//! stream of documents of the shipped indexes. No index, no network.

mod dates;
mod demo;
mod error;
mod generate;
mod import;
mod mapping;
mod read;
mod source;

pub use demo::{Demo, demo};
pub use error::{Error, RowError};
pub use generate::{Generator, Sizes};
pub use import::Listen;
pub use mapping::{Column, Convert, Mapping};
pub use read::{Chunk, Chunks, Input, MAX_LINE, Record, bytes_read, open_input, parse_line};
pub use source::{Documents, Source, detect, open, open_chunks};
