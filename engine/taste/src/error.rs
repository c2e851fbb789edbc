//! What can go wrong with taste, split by whose fault it is.

use std::io;
use std::path::{Path, PathBuf};

/// Any failure of the taste engine.
#[derive(Debug, thiserror::Error)]
pub enum TasteError {
    /// There is no model yet.
    #[error("nothing has been trained yet: run `tutti train`, or send interactions and start the training job")]
    NoModel,
    /// An id that neither the model nor the interactions know.
    #[error("{kind} `{id}` is unknown{}", .nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// `user`, `song`, `artist`, `venue` ...
        kind: &'static str,
        /// The id asked for.
        id: String,
        /// A similar id there is.
        nearest: Option<String>,
    },
    /// Another process has the interactions open.
    #[error("another process has the interactions in {} open: send them to the server, or stop it first", .0.display())]
    Busy(PathBuf),
    /// A request that cannot be carried out as written.
    #[error("{0}")]
    BadRequest(String),
    /// There is too little to learn from.
    #[error("{0}")]
    TooLittle(String),
    /// The training was told to end before its first pass was done.
    #[error("the training was interrupted before its first pass was done; the last model stays as it is")]
    Interrupted,
    /// The model does not fit the catalogue.
    #[error("the model knows {known} of the {asked} items of the catalogue: it was trained on another one; train again")]
    Mismatch {
        /// Items of the catalogue that the model knows.
        known: usize,
        /// Items of the catalogue.
        asked: usize,
    },
    /// The model file is not what it should be.
    #[error("the model file {} cannot be used: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The disk failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// How.
        source: io::Error,
    },
}

impl TasteError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> TasteError + use<> {
        let path = path.to_owned();
        move |source| TasteError::Io { path, source }
    }

    /// Whether a caller can mend it by asking differently.
    pub fn is_callers_fault(&self) -> bool {
        matches!(self, TasteError::Unknown { .. } | TasteError::BadRequest(_) | TasteError::TooLittle(_))
    }
}

/// What the taste engine returns.
pub type Result<T> = std::result::Result<T, TasteError>;
