//! What all areas of `/v1` have on the wire: the one error envelope, and JSON that is free in form.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A refusal.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorAnswer {
    pub(crate) error: ErrorBody,
}

/// What was refused, why, and what would help.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// What a client acts on, such as `NOT_FOUND`.
    pub(crate) code: String,
    /// What is wrong and what would be right, for people.
    pub(crate) message: String,
    /// More about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) details: Vec<ErrorDetail>,
    /// Where in the request the mistake is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) position: Option<ErrorPosition>,
    /// Milliseconds after which another try may help; `Retry-After` says it in seconds.
    #[serde(rename = "retryAfterMs", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) retry_after_ms: Option<u64>,
    /// What else a code carries, such as `itemId` of the entry that has the song already.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub(crate) more: serde_json::Map<String, Value>,
}

/// One more thing about a refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// A place in a parameter's text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorPosition {
    /// The parameter.
    pub(crate) parameter: String,
    /// Bytes before the mistake.
    pub(crate) offset: usize,
    /// Bytes of the mistake.
    pub(crate) length: usize,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Character in the line, from 1.
    pub(crate) column: usize,
}

/// Any JSON object.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(crate) struct AnyObject(pub(crate) Value);
