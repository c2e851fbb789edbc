//! What goes into Tutti: importers of public formats, a deterministic generator of any size, and the demo set. Everything is a
//! stream of documents of the shipped indexes. No index, no network.

mod conversion;
mod dates;
mod demo;
mod error;
mod format;
mod generate;
mod import;
mod mapping;
mod read;

pub use conversion::{Conversion, ConversionOptions, LeftOut};
pub use demo::{Demo, demo};
pub use error::{Error, RowError};
pub use format::{Documents, Format, detect, open, open_chunks};
pub use generate::{Generator, Sizes};
pub use import::Listen;
pub use mapping::{Column, Convert, Mapping};
pub use read::{Chunk, Chunks, Input, MAX_LINE, Record, bytes_read, open_input, parse_line};
