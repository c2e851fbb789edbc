//! What accounts refuse, as statuses and the one envelope: `{"error":{"code","message","retryAfterMs"?}}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::accounts::AccountError;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) AccountError);

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Refusal {
        Refusal(error)
    }
}

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self.0.code() {
            "UNAUTHORIZED" => StatusCode::UNAUTHORIZED,
            "FORBIDDEN" => StatusCode::FORBIDDEN,
            "BAD_REQUEST" => StatusCode::BAD_REQUEST,
            "TOO_LARGE" => StatusCode::PAYLOAD_TOO_LARGE,
            "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
            "NOT_FOUND" => StatusCode::NOT_FOUND,
            "CONFLICT" => StatusCode::CONFLICT,
            "BUSY" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = (self.status(), self.0.code());
        let message = match status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(error = %self.0, "request failed");
                "something went wrong here, not in the request; the log has more".to_owned()
            }
            _ => self.0.to_string(),
        };
        let mut body = json!({"error": {"code": code, "message": message}});
        let wait = self.0.retry_after();
        if let Some(wait) = wait {
            body["error"]["retryAfterMs"] = Value::from(wait.as_millis().max(1) as u64);
        }
        let mut response = (status, Json(body)).into_response();
        if let Some(wait) = wait {
            let seconds = wait.as_millis().div_ceil(1000).max(1) as u64;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
