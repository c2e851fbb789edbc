//! What can go wrong in the engine, split by whose fault it is.

use std::io;
use std::path::{Path, PathBuf};

use tutti_index_schema::DefinitionErrors;

use crate::index::AnalysisError;
use crate::query::QueryError;

/// Any failure of the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query text cannot be understood.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The filter cannot be understood, or asks what its fields cannot answer.
    #[error(transparent)]
    Filter(QueryError),
    /// No index has this name.
    #[error("index `{0}` does not exist")]
    NoSuchIndex(String),
    /// No synonym map has this name; fields may still refer to one that was deleted.
    #[error("synonym map `{0}` does not exist")]
    NoSuchSynonymMap(String),
    /// An index of this name is there already.
    #[error("index `{0}` exists already")]
    IndexExists(String),
    /// No alias has this name.
    #[error("alias `{0}` does not exist")]
    NoSuchAlias(String),
    /// An index cannot be removed while an alias stands for it.
    #[error("index `{index}` is what alias `{alias}` stands for; point the alias elsewhere or remove it first")]
    IndexHasAlias {
        /// The index.
        index: String,
        /// The alias.
        alias: String,
    },
    /// What was to be changed is no longer what the caller saw.
    #[error("`{0}` was changed by somebody else in the meantime")]
    Changed(String),
    /// A name that no index can have.
    #[error(
        "`{0}` cannot name an index: use 2 to 128 lower-case letters, digits, `-` or `_`, starting with a letter or digit, no two dashes or underscores in a row"
    )]
    BadIndexName(String),
    /// A request names a field that the definition does not have.
    #[error("index `{index}` has no field `{field}`{}", .nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    NoSuchField {
        /// The index.
        index: String,
        /// The field asked for.
        field: String,
        /// The most similar field name.
        nearest: Option<String>,
    },
    /// No document has this key.
    #[error("there is no document `{0}`")]
    NoSuchDocument(String),
    /// A field exists but may not be used this way.
    #[error("field `{field}` is not {needed}")]
    FieldNotAllowed {
        /// The field.
        field: String,
        /// The attribute that is missing: `filterable`, `sortable` ...
        needed: &'static str,
    },
    /// A request that cannot be carried out as written.
    #[error("{0}")]
    BadRequest(String),
    /// The index definition has mistakes.
    #[error(transparent)]
    Definition(#[from] DefinitionErrors),
    /// An analyzer cannot be built.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A definition change that existing documents do not allow.
    #[error("index `{index}` cannot change this way: {what}")]
    CannotChange {
        /// The index.
        index: String,
        /// What is in the way.
        what: String,
    },
    /// Opened for reading only.
    #[error("index `{0}` is open for reading only: another process, such as `tutti serve`, holds it for writing")]
    ReadOnly(String),
    /// Another process builds this index.
    #[error("index `{0}` is being built by another process; wait for it or stop it")]
    BuildRunning(String),
    /// What is on disk is not what was written.
    #[error("index `{index}` is damaged: {what}")]
    Damaged {
        /// The index.
        index: String,
        /// What was found.
        what: String,
    },
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// tantivy failed; almost always the disk.
    #[error("the index could not be read or written: {0}")]
    Storage(#[source] StorageError),
}

/// A failure below the engine: of tantivy's files, as a rule of the disk.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StorageError(tantivy::TantivyError);

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Error {
        Error::Storage(StorageError(error))
    }
}

/// The result of engine calls.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An I/O error with the path it happened at.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }

    /// The same error, said of the filter when it points into the text.
    pub(crate) fn in_filter(self) -> Error {
        match self {
            Error::Query(error) => Error::Filter(error),
            other => other,
        }
    }

    /// Whether the caller can put it right: a bad request, not a failing machine.
    pub fn is_callers_fault(&self) -> bool {
        match self {
            Error::Query(_)
            | Error::Filter(_)
            | Error::NoSuchIndex(_)
            | Error::NoSuchAlias(_)
            | Error::IndexHasAlias { .. }
            | Error::Changed(_)
            | Error::NoSuchSynonymMap(_)
            | Error::IndexExists(_)
            | Error::BadIndexName(_)
            | Error::NoSuchDocument(_)
            | Error::NoSuchField { .. }
            | Error::FieldNotAllowed { .. }
            | Error::BadRequest(_)
            | Error::Definition(_)
            | Error::Analysis(_)
            | Error::CannotChange { .. } => true,
            Error::ReadOnly(_) | Error::BuildRunning(_) | Error::Damaged { .. } | Error::Io { .. } | Error::Storage(_) => false,
        }
    }
}
