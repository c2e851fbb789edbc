//! What goes wrong while reading: a row that is set aside, or a file that cannot go on.

use std::path::PathBuf;

/// A source that cannot be opened or recognised.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No source of that name.
    #[error("unknown source `{0}`; known are {names}", names = crate::Format::names().collect::<Vec<_>>().join(", "))]
    UnknownFormat(String),
    /// The source has nothing for that index.
    #[error("{source_name} data has no {index}; it has {has}")]
    NoSuchPart {
        /// The source.
        source_name: &'static str,
        /// What was asked for.
        index: String,
        /// What there is.
        has: &'static str,
    },
    /// The content is not what the source needs.
    #[error("{}: {what}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A dump in a form of its own.
    #[error("{} is an archive of `mongodump --archive`; dump to a folder instead (`mongodump --out`) and give its .bson files", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
    },
    /// A column mapping that makes no sense.
    #[error("column mapping: {0}")]
    Mapping(String),
}

/// A row that could not be read; with `fatal`, reading ends there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RowError {
    /// Line, from 1; for formats without lines the row. 0 speaks of the whole file.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
    /// The row as far as it is known, at most 4 KiB of it.
    pub raw: String,
    /// Nothing after this can be read.
    pub fatal: bool,
}

impl RowError {
    pub(crate) fn new(line: u64, reason: impl Into<String>, raw: &[u8]) -> Self {
        const KEPT: usize = 4096;
        let raw = String::from_utf8_lossy(&raw[..raw.len().min(KEPT)]).into_owned();
        RowError { line, reason: reason.into(), raw, fatal: false }
    }

    pub(crate) fn fatal(line: u64, reason: impl Into<String>) -> Self {
        RowError { line, reason: reason.into(), raw: String::new(), fatal: true }
    }

    /// An input that broke off; `line` is the last one read whole.
    pub(crate) fn broken(line: u64, error: &std::io::Error) -> Self {
        let what = match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "the compressed data ends too early (truncated file)".to_owned(),
            _ => format!("cannot read on: {error}"),
        };
        RowError::fatal(line, format!("{what}; read up to line {line}"))
    }
}
