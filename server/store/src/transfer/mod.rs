//! Everything a store holds as text that people and MongoDB read: one file `NAME.ndjson` for each collection, a document
//! in extended JSON on each line, and `logs.ndjson` for the log entries. `mongoimport --collection NAME
//! NAME.ndjson` takes them.

mod export;
mod extended;
mod import;
mod lines;

use std::path::{Path, PathBuf};

pub use self::export::export;
pub use self::import::{Target, import};
use crate::StoreError;

/// File of the log entries.
const LOGS: &str = "logs.ndjson";

/// How much was carried over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transferred {
    /// Documents.
    pub documents: u64,
    /// Entries of logs.
    pub entries: u64,
}

/// Why an export or import ended early.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A line does not say what it should. Everything before it in the same file may be imported already.
    #[error("{}:{line}: {message}", .file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// Counts from 1.
        line: u64,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is something in the store already.
    #[error("the store is not empty: merge into it, or use another")]
    NotEmpty,
    /// An import of other files was begun and not finished.
    #[error("an import of other files was begun before: finish that one first")]
    Begun,
    /// The folder holds no file that could be imported.
    #[error("{} holds no NAME.ndjson of a known collection", .0.display())]
    Nothing(PathBuf),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn file_error(file: &Path, source: std::io::Error) -> TransferError {
    TransferError::File { file: file.to_owned(), source }
}

/// Runs what blocks away from the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, TransferError> + Send + 'static) -> Result<T, TransferError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Unavailable(format!("the work ended early: {error}")).into()),
    }
}
