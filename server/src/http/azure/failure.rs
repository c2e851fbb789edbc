//! The codes that Azure AI Search gives mistakes. Statuses are decided in `http::error`.

use std::borrow::Cow;

use axum::http::{Method, StatusCode};

use crate::http::error::ApiError;

pub(super) fn new(status: StatusCode, code: &'static str, message: String) -> ApiError {
    ApiError::with_text(status, code, message)
}

pub(super) fn bad(message: impl Into<String>) -> ApiError {
    ApiError::with_text(StatusCode::BAD_REQUEST, "InvalidRequestParameter", message)
}

/// A feature that only the cloud has, as a value of a parameter.
pub(super) fn not_supported(message: impl Into<String>) -> ApiError {
    ApiError::with_text(StatusCode::BAD_REQUEST, "FeatureNotSupported", message)
}

/// An operation on something that only the cloud has.
pub(super) fn cloud_only(kind: &str) -> ApiError {
    let remedy = match kind {
        "indexers" | "datasources" => "bulk load files with `tutti index --index NAME FILE...`, or send documents",
        "skillsets" => "enrich documents before they are sent, or bulk load them with `tutti index`",
        _ => "search the index directly; bulk load it with `tutti index`",
    };
    ApiError::with_text(StatusCode::NOT_IMPLEMENTED, "FeatureNotSupported", format!("{kind} are a cloud service and not here: {remedy}"))
}

pub(super) fn wrong_method(method: &Method, path: &str) -> ApiError {
    ApiError::with_text(StatusCode::METHOD_NOT_ALLOWED, "OperationNotAllowed", format!("{path} does not answer {method}"))
}

pub(super) fn not_found(what: &str, name: &str) -> ApiError {
    ApiError::with_text(StatusCode::NOT_FOUND, "ResourceNotFound", format!("no {what} with the name '{name}' was found in the service"))
}

impl ApiError {
    /// The same error under Azure's codes.
    pub(super) fn in_azure(self) -> ApiError {
        let code: Cow<'static, str> = match (self.status(), self.code()) {
            (StatusCode::NOT_FOUND, _) => "ResourceNotFound".into(),
            (StatusCode::CONFLICT, "INDEX_EXISTS") => "ResourceNameAlreadyInUse".into(),
            (StatusCode::CONFLICT, "ALIAS_IN_THE_WAY" | "BUILD_RUNNING") => "OperationNotAllowed".into(),
            (StatusCode::BAD_REQUEST, "INVALID_INDEX_NAME") => "InvalidName".into(),
            (StatusCode::BAD_REQUEST, "CANNOT_CHANGE") => "CannotChangeExistingField".into(),
            (StatusCode::BAD_REQUEST, "BAD_REQUEST" | "FIELD_NOT_ALLOWED" | "INVALID_DEFINITION" | "INVALID_QUERY") => {
                "InvalidRequestParameter".into()
            }
            (StatusCode::PAYLOAD_TOO_LARGE, _) => "InvalidRequestParameter".into(),
            (StatusCode::INTERNAL_SERVER_ERROR, _) => "InternalError".into(),
            (_, code) => camel_case(code).into(),
        };
        self.recoded(code)
    }
}

/// `READ_ONLY` as `ReadOnly`; a code that is Azure's already stays.
fn camel_case(code: &str) -> String {
    if code.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return code.to_owned();
    }
    let word = |word: &str| word[..1].to_owned() + &word[1..].to_ascii_lowercase();
    code.split('_').filter(|part| !part.is_empty()).map(word).collect()
}
