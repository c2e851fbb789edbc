//! What a request brings: a bearer token, the admin key, an origin, a small JSON object.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::Refusal;
use crate::accounts::{self, AccountError, Caller, Signed};
use crate::http::{Shared, intake};

/// Bytes of a body.
const LARGEST: usize = 16 << 10;

/// Who signed the request with a token.
pub(crate) struct Bearer(pub(crate) Signed);

impl FromRequestParts<Shared> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Bearer, Refusal> {
        std::future::ready(needed(&parts.headers, shared).map(Bearer)).await
    }
}

/// Who signed the request if anybody did. A token that is not good is an error all the same.
pub(super) struct MaybeBearer(pub(super) Option<Signed>);

impl FromRequestParts<Shared> for MaybeBearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<MaybeBearer, Refusal> {
        let signed = parts.headers.contains_key(header::AUTHORIZATION).then(|| needed(&parts.headers, shared));
        std::future::ready(Ok(MaybeBearer(signed.transpose()?))).await
    }
}

/// Who signed the request, with a token or with the admin key of the API.
pub(super) struct Anybody(pub(super) Caller);

impl FromRequestParts<Shared> for Anybody {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Anybody, Refusal> {
        let caller = match shared.needs_admin(&parts.headers) {
            Ok(()) => Ok(Caller::admin_key()),
            Err(_) => needed(&parts.headers, shared).map(|signed| signed.caller),
        };
        std::future::ready(caller.map(Anybody)).await
    }
}

fn needed(headers: &HeaderMap, shared: &Shared) -> Result<Signed, Refusal> {
    let missing = AccountError::Unauthorized("this needs a token: `Authorization: Bearer ...`");
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or(missing)?;
    Ok(shared.accounts.identify(token.trim())?)
}

/// Where the request came from.
pub(crate) struct Origin(pub(crate) accounts::Origin);

impl FromRequestParts<Shared> for Origin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Origin, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        std::future::ready(Ok(Origin(accounts::Origin { address, agent }))).await
    }
}

/// The fields of a body. Those nobody asks for are ignored; null is as good as absent.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body, a JSON object; an empty body is an empty one.
    pub(super) async fn read(body: Body) -> Result<Fields, Refusal> {
        let bytes = intake::read(body, LARGEST).await.map_err(|failure| match failure.status() {
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
