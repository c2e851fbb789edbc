//! Why accounts refuse something, in the codes of the rooms' protocol. Statuses of HTTP are given elsewhere.

use std::time::Duration;

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
    /// The request is larger than such requests are.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
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
    pub(crate) fn code(&self) -> &'static str {
        match self {
            AccountError::Unauthorized(_) => "UNAUTHORIZED",
            AccountError::Forbidden(_) => "FORBIDDEN",
            AccountError::BadRequest { .. } => "BAD_REQUEST",
            AccountError::TooLarge(_) => "TOO_LARGE",
            AccountError::RateLimited(_) => "RATE_LIMITED",
            AccountError::NotFound(_) => "NOT_FOUND",
            AccountError::Conflict(_) => "CONFLICT",
            AccountError::Busy | AccountError::Store(StoreError::Conflict | StoreError::Unavailable(_)) => "BUSY",
            AccountError::Store(_) | AccountError::Internal(_) => "INTERNAL",
        }
    }

    /// When it is worth trying again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            AccountError::RateLimited(wait) => Some(*wait),
            _ if self.code() == "BUSY" => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
