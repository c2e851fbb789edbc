//! What is wrong with a query text, and where.

use super::ast::Span;

/// A query text that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at position {}", .span.start)]
pub struct QueryError {
    /// Which bytes of the text are at fault; empty at the end of the text.
    pub span: Span,
    /// What was found and what was expected, lower case, no full stop.
    pub message: String,
    /// What would be right, where it can be said.
    pub remedy: Option<String>,
}

impl QueryError {
    /// An error at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> QueryError {
        QueryError { span, message: message.into(), remedy: None }
    }

    /// The same error with a hint at what would be right.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> QueryError {
        self.remedy = Some(remedy.into());
        self
    }
}
