//! Errors to answers: the one envelope `{"error":{"code","message","details"?,"position"?,"retryAfterMs"?}}`, and the only matches
//! from errors of the engine, of taste, of accounts and of rooms to a code. Codes and statuses are listed in [`ErrorCode`].

use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use tutti_engine::Error;
use tutti_engine::query::QueryError;
use tutti_engine::taste::TasteError;

use super::wire::{ErrorAnswer, ErrorBody, ErrorDetail, ErrorPosition};
use crate::accounts::AccountError;
use crate::error_code::ErrorCode;
use crate::query_parameters::ParameterError;
use crate::rooms::Refusal;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
    details: Vec<ErrorDetail>,
    position: Option<Box<ErrorPosition>>,
    retry_after: Option<Duration>,
    /// What else the error carries.
    more: Option<Box<Map<String, Value>>>,
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        ApiError::with_text(status, code.as_str(), message)
    }

    /// An error whose code is not in the list: Azure's own.
    pub(super) fn with_text(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> ApiError {
        ApiError { status, code: code.into(), message: message.into(), details: Vec::new(), position: None, retry_after: None, more: None }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The same error under another code.
    pub(super) fn recoded(mut self, code: impl Into<Cow<'static, str>>) -> ApiError {
        self.code = code.into();
        self
    }

    /// The same error, worth another try after a while.
    pub(crate) fn retry_after(mut self, wait: Option<Duration>) -> ApiError {
        self.retry_after = wait;
        self
    }

    /// The same error, said of a part of the request.
    pub(crate) fn within(mut self, place: &str) -> ApiError {
        self.message = format!("{place}: {}", self.message);
        self
    }

    pub(crate) fn bad(message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::BadRequest, message)
    }

    pub(crate) fn busy() -> ApiError {
        ApiError::new(ErrorCode::Busy, "too many requests are at work; try again in a moment")
    }

    pub(crate) fn internal() -> ApiError {
        ApiError::new(ErrorCode::Internal, "something went wrong here, not in the request; the log has more")
    }

    /// A mistake in the value of `parameter`, whose text is `text`.
    pub(crate) fn in_parameter(parameter: &str, text: &str, error: ParameterError) -> ApiError {
        match error {
            ParameterError::Wrong(message) => ApiError::bad(format!("parameter `{parameter}`: {message}")),
            ParameterError::Query(error) => ApiError::from_query(parameter, text, &error),
        }
    }

    /// A query error, with the place in the parameter's text.
    pub(crate) fn from_query(parameter: &str, text: &str, error: &QueryError) -> ApiError {
        let before = text.get(..error.span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let mut answer = ApiError::new(ErrorCode::InvalidQuery, format!("parameter `{parameter}`: {}", error.message));
        let length = error.span.end.saturating_sub(error.span.start);
        let position = ErrorPosition { parameter: parameter.to_owned(), offset: error.span.start, length, line, column };
        answer.position = Some(Box::new(position));
        answer.details.extend(error.remedy.clone().map(|message| ErrorDetail { code: "Remedy", message }));
        answer
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> ApiError {
        let code = match &error {
            Error::Query(query) => return ApiError::from_query("q", "", query),
            Error::Filter(query) => return ApiError::from_query("filter", "", query),
            Error::NoSuchIndex(_) => ErrorCode::IndexNotFound,
            Error::NoSuchAlias(_) => ErrorCode::AliasNotFound,
            Error::NoSuchDocument(_) => ErrorCode::DocumentNotFound,
            Error::IndexHasAlias { .. } => ErrorCode::AliasInTheWay,
            Error::Changed(_) => ErrorCode::PreconditionFailed,
            Error::NoSuchSynonymMap(_) => ErrorCode::SynonymMapNotFound,
            Error::IndexExists(_) => ErrorCode::IndexExists,
            Error::BadIndexName(_) => ErrorCode::InvalidIndexName,
            Error::FieldNotAllowed { .. } => ErrorCode::FieldNotAllowed,
            Error::NoSuchField { .. } | Error::BadRequest(_) => ErrorCode::BadRequest,
            Error::Definition(_) | Error::Analysis(_) => ErrorCode::InvalidDefinition,
            Error::CannotChange { .. } => ErrorCode::CannotChange,
            Error::ReadOnly(_) => ErrorCode::ReadOnly,
            Error::BuildRunning(_) => ErrorCode::BuildRunning,
            Error::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => ErrorCode::StorageFull,
            Error::Damaged { .. } | Error::Io { .. } | Error::Storage(_) => {
                tracing::error!(%error, "request failed");
                return ApiError::internal();
            }
        };
        ApiError::new(code, error.to_string())
    }
}

impl From<TasteError> for ApiError {
    fn from(error: TasteError) -> ApiError {
        let code = match &error {
            TasteError::Unknown { .. } => ErrorCode::NotFound,
            TasteError::BadRequest(_) => ErrorCode::BadRequest,
            TasteError::TooLittle(_) => ErrorCode::TooLittle,
            TasteError::NoModel => ErrorCode::NotTrained,
            TasteError::Mismatch { .. } => ErrorCode::ModelMismatch,
            TasteError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => ErrorCode::StorageFull,
            TasteError::Damaged { .. } => ErrorCode::ModelDamaged,
            TasteError::Interrupted | TasteError::Busy(_) | TasteError::Io { .. } => {
                tracing::error!(%error, "request failed");
                return ApiError::internal();
            }
        };
        ApiError::new(code, error.to_string())
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> ApiError {
        let code = error.code();
        if code == ErrorCode::Internal {
            tracing::error!(%error, "request failed");
            return ApiError::internal();
        }
        ApiError::new(code, error.to_string()).retry_after(error.retry_after())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        let mut error = ApiError::new(refusal.code, refusal.message).retry_after(refusal.retry_after_ms.map(Duration::from_millis));
        error.more = (!refusal.more.is_empty()).then(|| Box::new(refusal.more));
        error
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let wait = self.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
        let error = ErrorBody {
            code: self.code.into_owned(),
            message: self.message,
            details: self.details,
            position: self.position.map(|position| *position),
            more: self.more.map(|more| *more).unwrap_or_default(),
            retry_after_ms: wait,
        };
        let mut response = (self.status, Json(ErrorAnswer { error })).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE || self.retry_after.is_some() {
            let seconds = self.retry_after.map_or(1, |wait| wait.as_millis().div_ceil(1000).max(1) as u64);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

pub(crate) async fn no_route(uri: Uri) -> ApiError {
    std::future::ready(ApiError::new(ErrorCode::NotFound, format!("there is nothing at {}; start at /", uri.path()))).await
}

pub(crate) async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let message = format!("{} does not answer {method}", uri.path());
    std::future::ready(ApiError::new(ErrorCode::MethodNotAllowed, message)).await
}

#[expect(clippy::needless_pass_by_value, reason = "the layer calls it so")]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("of another kind"), "a handler panicked");
    ApiError::internal().into_response()
}
