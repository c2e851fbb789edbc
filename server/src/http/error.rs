//! Errors to statuses and the one envelope: `{"error":{"code","message","details"?,"position"?}}`. The only match from
//! an engine error to a status is here.

use std::any::Any;

use axum::Json;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tutti_engine::Error;
use tutti_engine::query::QueryError;
use tutti_engine::taste::TasteError;

use crate::words::WordError;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Vec<Value>,
    position: Option<Box<Value>>,
    retry_after_ms: Option<u64>,
    /// What else the error carries.
    more: Option<Box<Map<String, Value>>>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), details: Vec::new(), position: None, retry_after_ms: None, more: None }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same failure, worth another try after some milliseconds.
    pub(crate) fn retry_after_ms(mut self, wait: Option<u64>) -> Failure {
        self.retry_after_ms = wait;
        self
    }

    /// The same failure with something more in its error.
    pub(crate) fn more(mut self, more: Map<String, Value>) -> Failure {
        self.more = (!more.is_empty()).then(|| Box::new(more));
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The same failure under another code.
    pub(crate) fn with_code(mut self, code: &'static str) -> Failure {
        self.code = code;
        self
    }

    /// The same failure, said of a part of the request.
    pub(crate) fn within(mut self, place: &str) -> Failure {
        self.message = format!("{place}: {}", self.message);
        self
    }

    pub(crate) fn bad(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "InvalidParameter", message)
    }

    pub(crate) fn busy() -> Failure {
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "Busy", "too many requests are at work; try again in a moment")
    }

    pub(crate) fn internal() -> Failure {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "something went wrong here, not in the request; the log has more")
    }

    /// A mistake in the value of `parameter`, whose text is `text`.
    pub(crate) fn in_parameter(parameter: &str, text: &str, error: WordError) -> Failure {
        match error {
            WordError::Wrong(message) => Failure::bad(format!("parameter `{parameter}`: {message}")),
            WordError::Query(error) => Failure::from_query(parameter, text, &error),
        }
    }

    /// A query error, with the place in the parameter's text.
    pub(crate) fn from_query(parameter: &str, text: &str, error: &QueryError) -> Failure {
        let before = text.get(..error.span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let mut failure = Failure::new(StatusCode::BAD_REQUEST, "InvalidQuery", format!("parameter `{parameter}`: {}", error.message));
        failure.position = Some(Box::new(
            json!({"parameter": parameter, "offset": error.span.start, "length": error.span.end.saturating_sub(error.span.start), "line": line, "column": column}),
        ));
        failure.details.extend(error.remedy.as_ref().map(|remedy| json!({"code": "Remedy", "message": remedy})));
        failure
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let message = error.to_string();
        let (status, code) = match &error {
            Error::Query(query) => return Failure::from_query("q", "", query),
            Error::Filter(query) => return Failure::from_query("filter", "", query),
            Error::NoSuchIndex(_) => (StatusCode::NOT_FOUND, "IndexNotFound"),
            Error::NoSuchAlias(_) => (StatusCode::NOT_FOUND, "AliasNotFound"),
            Error::IndexHasAlias { .. } => (StatusCode::CONFLICT, "IndexHasAlias"),
            Error::Changed(_) => (StatusCode::PRECONDITION_FAILED, "Changed"),
            Error::NoSuchSynonymMap(_) => (StatusCode::NOT_FOUND, "SynonymMapNotFound"),
            Error::IndexExists(_) => (StatusCode::CONFLICT, "IndexExists"),
            Error::BadIndexName(_) => (StatusCode::BAD_REQUEST, "InvalidIndexName"),
            Error::NoSuchField { .. } => (StatusCode::BAD_REQUEST, "UnknownField"),
            Error::FieldNotAllowed { .. } => (StatusCode::BAD_REQUEST, "FieldNotAllowed"),
            Error::BadRequest(_) => (StatusCode::BAD_REQUEST, "InvalidParameter"),
            Error::Definition(_) | Error::Analysis(_) => (StatusCode::BAD_REQUEST, "InvalidDefinition"),
            Error::CannotChange { .. } => (StatusCode::BAD_REQUEST, "CannotChange"),
            Error::ReadOnly(_) => (StatusCode::SERVICE_UNAVAILABLE, "ReadOnly"),
            Error::BuildRunning(_) => (StatusCode::CONFLICT, "BuildRunning"),
            Error::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                (StatusCode::INSUFFICIENT_STORAGE, "StorageFull")
            }
            Error::Damaged { .. } | Error::Io { .. } | Error::Storage(_) => {
                tracing::error!(%error, "request failed");
                return Failure::internal();
            }
        };
        Failure::new(status, code, message)
    }
}

impl From<TasteError> for Failure {
    fn from(error: TasteError) -> Failure {
        let message = error.to_string();
        let (status, code) = match &error {
            TasteError::Unknown { .. } => (StatusCode::NOT_FOUND, "Unknown"),
            TasteError::BadRequest(_) => (StatusCode::BAD_REQUEST, "InvalidRequest"),
            TasteError::TooLittle(_) => (StatusCode::CONFLICT, "TooLittle"),
            TasteError::NoModel => (StatusCode::CONFLICT, "NotTrained"),
            TasteError::Mismatch { .. } => (StatusCode::CONFLICT, "ModelMismatch"),
            TasteError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                (StatusCode::INSUFFICIENT_STORAGE, "StorageFull")
            }
            TasteError::Damaged { .. } => (StatusCode::SERVICE_UNAVAILABLE, "ModelDamaged"),
            TasteError::Interrupted | TasteError::Busy(_) | TasteError::Io { .. } => {
                tracing::error!(%error, "request failed");
                return Failure::internal();
            }
        };
        Failure::new(status, code, message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut error = json!({"code": self.code, "message": self.message});
        if !self.details.is_empty() {
            error["details"] = Value::Array(self.details);
        }
        if let Some(position) = self.position {
            error["position"] = *position;
        }
        if let Some(object) = error.as_object_mut() {
            object.extend(self.more.into_iter().flat_map(|more| *more));
        }
        if let Some(wait) = self.retry_after_ms {
            error["retryAfterMs"] = json!(wait);
        }
        let mut response = (self.status, Json(json!({"error": error}))).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE || self.retry_after_ms.is_some() {
            let seconds = self.retry_after_ms.map_or(1, |wait| wait.div_ceil(1000).max(1));
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}

pub(crate) async fn no_route(uri: Uri) -> Failure {
    std::future::ready(Failure::new(StatusCode::NOT_FOUND, "NotFound", format!("there is nothing at {}; start at /", uri.path()))).await
}

pub(crate) async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = format!("{} does not answer {method}", uri.path());
    std::future::ready(Failure::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)).await
}

#[expect(clippy::needless_pass_by_value, reason = "the layer calls it so")]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("of another kind"), "a handler panicked");
    Failure::internal().into_response()
}
