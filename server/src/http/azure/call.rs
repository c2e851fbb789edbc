//! One request of the search service: its parameters, keys, version, preconditions and body.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use tutti_index_schema::date_time_micros;

use super::failure;
use crate::access::api_keys::{ApiKeys, KeyKind};
use crate::app::{AppState, Scheme};
use crate::http::body_limits;
use crate::http::error::ApiError;
use crate::http::parameters::Parameters;
use crate::http::preconditions;

/// The stable versions. What differs between them is only added, so all are served alike.
const VERSIONS: [&str; 5] = ["2020-06-30", "2023-11-01", "2024-07-01", "2025-09-01", "2026-04-01"];

/// A request that has been read.
pub(super) struct Call {
    uri: Uri,
    headers: HeaderMap,
    scheme: Scheme,
    pub(super) parameters: Parameters,
    pub(super) body: Bytes,
}

impl Call {
    /// Reads a request with a body of at most `limit` bytes.
    pub(super) async fn begin(request: Request, limit: usize, scheme: Scheme) -> Result<Call, ApiError> {
        let (parts, body) = request.into_parts();
        let parameters = Parameters::parse(parts.uri.query()).map_err(ApiError::in_azure)?.with_dollars();
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default().to_ascii_lowercase())
            && !kind.contains("json")
        {
            let message = format!("the content type is `{kind}`; send application/json");
            return Err(failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "InvalidRequestParameter", message));
        }
        let body = body_limits::read(body, limit).await.map_err(ApiError::in_azure)?;
        Ok(Call { uri: parts.uri, headers: parts.headers, scheme, parameters, body })
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    /// Scheme, host and path as the client knows them, for links to the next page.
    pub(super) fn address(&self) -> String {
        let text = |name: HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // HTTP/2 has the host in the target.
        let host = text(header::HOST).or_else(|| self.uri.authority().map(ToString::to_string)).unwrap_or_else(|| "localhost".to_owned());
        let scheme = text(HeaderName::from_static("x-forwarded-proto")).unwrap_or_else(|| self.scheme.to_string());
        format!("{scheme}://{host}{}", self.uri.path())
    }

    pub(super) fn version(&self) -> &str {
        self.parameters.get("api-version").unwrap_or_default()
    }

    pub(super) fn check_version(&self) -> Result<(), ApiError> {
        let known = VERSIONS.join(", ");
        match self.parameters.get("api-version") {
            Some(version) if VERSIONS.contains(&version) || is_preview(version) => Ok(()),
            Some(version) => {
                let message = format!("the api-version `{version}` is not one of {known}");
                Err(failure::new(StatusCode::BAD_REQUEST, "InvalidApiVersionParameter", message))
            }
            None => {
                let message = format!("the parameter api-version is missing; use one of {known}");
                Err(failure::new(StatusCode::BAD_REQUEST, "MissingApiVersionParameter", message))
            }
        }
    }

    /// Which key the request has.
    pub(super) fn key_kind(&self, keys: &ApiKeys) -> Result<KeyKind, ApiError> {
        if self.headers.contains_key(header::AUTHORIZATION) && !self.headers.contains_key("api-key") {
            let message = "Entra tokens are a cloud service; send an `api-key` header (`tutti keys` shows the keys)".to_owned();
            return Err(failure::new(StatusCode::UNAUTHORIZED, "FeatureNotSupported", message));
        }
        let key = match self.headers.get("api-key") {
            Some(key) => key.to_str().unwrap_or_default(),
            None => self.parameters.get("api-key").ok_or_else(|| {
                let message = "the request has no key: send it in the `api-key` header (`tutti keys` shows the keys)".to_owned();
                failure::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
            })?,
        };
        keys.kind(key).ok_or_else(|| failure::new(StatusCode::FORBIDDEN, "Forbidden", "the key is not a key of this service".to_owned()))
    }

    /// Whether the caller's `If-Match` and `If-None-Match` allow a change of what now has `revision` (`None`: is not there).
    pub(super) fn check_conditions(&self, revision: Option<u64>) -> Result<(), ApiError> {
        if preconditions::hold(&self.headers, revision) {
            return Ok(());
        }
        Err(failure::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", preconditions::FAILED.to_owned()))
    }
}

/// Whether this is a preview from the oldest stable version on. It is served as the newest stable version not after it: members that only
/// the preview has are refused by name like any that are unknown.
fn is_preview(version: &str) -> bool {
    let date = version.len().checked_sub("-preview".len()).and_then(|at| version.split_at_checked(at));
    date.is_some_and(|(date, rest)| {
        rest.eq_ignore_ascii_case("-preview") && date >= VERSIONS[0] && date_time_micros(&format!("{date}T00:00")).is_some()
    })
}

/// An id for a request that brought none, in the form of a UUID.
pub(super) fn fresh_id(_: &AppState) -> HeaderValue {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (high, low) = (RandomState::new().hash_one("id"), RandomState::new().hash_one(NEXT.fetch_add(1, Ordering::Relaxed)));
    let id = format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    );
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
