//! The codes that Azure AI Search gives mistakes. Statuses are decided in `http::error`.

use axum::http::{Method, StatusCode};

use crate::http::error::Failure;

pub(super) fn new(status: StatusCode, code: &'static str, message: String) -> Failure {
    Failure::new(status, code, message)
}

pub(super) fn bad(message: impl Into<String>) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "InvalidRequestParameter", message)
}

/// A feature that only the cloud has, as a value of a parameter.
pub(super) fn not_supported(message: impl Into<String>) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "FeatureNotSupported", message)
}

/// An operation on something that only the cloud has.
pub(super) fn cloud_only(kind: &str) -> Failure {
    let remedy = match kind {
        "indexers" | "datasources" => "bulk load files with `tutti index --index NAME FILE...`, or send documents",
        "skillsets" => "enrich documents before they are sent, or bulk load them with `tutti index`",
        _ => "search the index directly; bulk load it with `tutti index`",
    };
    Failure::new(StatusCode::NOT_IMPLEMENTED, "FeatureNotSupported", format!("{kind} are a cloud service and not here: {remedy}"))
}

pub(super) fn wrong_method(method: &Method, path: &str) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "OperationNotAllowed", format!("{path} does not answer {method}"))
}

pub(super) fn not_found(what: &str, name: &str) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "ResourceNotFound", format!("no {what} with the name '{name}' was found in the service"))
}

impl Failure {
    /// The same failure under Azure's codes.
    pub(super) fn in_azure(self) -> Failure {
        let code = match (self.status(), self.code()) {
            (StatusCode::NOT_FOUND, _) => "ResourceNotFound",
            (StatusCode::CONFLICT, "IndexExists") => "ResourceNameAlreadyInUse",
            (StatusCode::CONFLICT, "IndexHasAlias" | "BuildRunning") => "OperationNotAllowed",
            (StatusCode::BAD_REQUEST, "InvalidIndexName") => "InvalidName",
            (StatusCode::BAD_REQUEST, "CannotChange") => "CannotChangeExistingField",
            (
                StatusCode::BAD_REQUEST,
                "InvalidParameter" | "InvalidBody" | "UnknownField" | "FieldNotAllowed" | "InvalidDefinition" | "InvalidQuery",
            ) => "InvalidRequestParameter",
            (StatusCode::PAYLOAD_TOO_LARGE, _) => "InvalidRequestParameter",
            (_, code) => code,
        };
        self.with_code(code)
    }
}
