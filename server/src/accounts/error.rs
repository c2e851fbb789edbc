//! Why accounts refuse something.

use std::time::Duration;

use crate::error_code::ErrorCode;
use tutti_store::StoreError;

/// What went wrong, and whose fault it was.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// No token, or one that opens nothing; or a wrong password.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// Known, but not allowed to.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A field of the request is not what it must be.
    #[error("`{field}`: {what}")]
    BadRequest {
        /// The field.
        field: &'static str,
        /// What is wrong, or what would be right.
        what: String,
    },
    /// Too often, or too often wrong.
    #[error("too many attempts; try again later")]
    RateLimited(Duration),
    /// There is no such thing, or the caller may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Something is already so.
    #[error("{0}")]
    Conflict(&'static str),
    /// Too much is going on; nothing was done.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else is wrong here; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

impl AccountError {
    /// A mistake in a field.
    pub(crate) fn bad(field: &'static str, what: impl Into<String>) -> AccountError {
        AccountError::BadRequest { field, what: what.into() }
    }

    /// The code that clients act on.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            AccountError::Unauthorized(_) => ErrorCode::Unauthorized,
            AccountError::Forbidden(_) => ErrorCode::Forbidden,
            AccountError::BadRequest { .. } => ErrorCode::BadRequest,
            AccountError::RateLimited(_) => ErrorCode::RateLimited,
            AccountError::NotFound(_) => ErrorCode::NotFound,
            AccountError::Conflict(_) => ErrorCode::Conflict,
            AccountError::Busy | AccountError::Store(StoreError::Conflict | StoreError::Unavailable(_)) => ErrorCode::Busy,
            AccountError::Store(_) | AccountError::Internal(_) => ErrorCode::Internal,
        }
    }

    /// When it is worth trying again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            AccountError::RateLimited(wait) => Some(*wait),
            _ if self.code() == ErrorCode::Busy => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
