//! The body of a request about accounts: a small JSON object.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::accounts::AccountError;
use crate::http::{ApiError, body_limits};

/// Bytes of a body.
const LARGEST: usize = 16 << 10;

/// The fields of a body. Those nobody asks for are ignored; null is as good as absent.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body, a JSON object; an empty body is an empty one.
    pub(super) async fn read(body: Body) -> Result<Fields, ApiError> {
        let bytes = body_limits::read(body, LARGEST).await.map_err(|failure| match failure.status() {
            StatusCode::PAYLOAD_TOO_LARGE => AccountError::TooLarge(LARGEST),
            _ => AccountError::bad("body", failure.message()),
        })?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Fields(Map::new()));
        }
        let fields = serde_json::from_slice(&bytes);
        Ok(Fields(fields.map_err(|error| AccountError::bad("body", format!("it must be a JSON object: {error}")))?))
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<String, AccountError> {
        self.maybe_text(name)?.ok_or_else(|| AccountError::bad(name, "it is missing"))
    }

    pub(super) fn maybe_text(&mut self, name: &'static str) -> Result<Option<String>, AccountError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(AccountError::bad(name, "it must be a text")),
        }
    }

    pub(super) fn maybe_flag(&mut self, name: &'static str) -> Result<Option<bool>, AccountError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(AccountError::bad(name, "it must be true or false")),
        }
    }

    pub(super) fn object(&mut self, name: &'static str) -> Result<Fields, AccountError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Fields(Map::new())),
            Some(Value::Object(fields)) => Ok(Fields(fields)),
            Some(_) => Err(AccountError::bad(name, "it must be an object")),
        }
    }
}
