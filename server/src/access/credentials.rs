//! What a request brings to say who calls: an API key, a bearer token, an address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::accounts::{AccountError, Origin, Signed};
use crate::app::AppState;
use crate::http::ApiError;

/// A kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The header `api-key` with the admin key.
    AdminKey,
    /// `Authorization: Bearer` with a token.
    Token,
}

/// The header `api-key`, if there is one.
pub(super) fn api_key_of(headers: &HeaderMap) -> Option<&str> {
    headers.get("api-key").map(|key| key.to_str().unwrap_or_default())
}

/// The token in `Authorization: Bearer`, if there is one.
fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim())
}

/// Who signed the request with a token.
///
/// # Errors
/// `UNAUTHORIZED` without a token, or with one that is forged, expired or revoked.
pub(super) fn signed(headers: &HeaderMap, state: &AppState) -> Result<Signed, ApiError> {
    let token = bearer_of(headers).ok_or(AccountError::Unauthorized("this needs a token: `Authorization: Bearer ...`"))?;
    Ok(state.accounts.identify(token)?)
}

/// The address a request came from, past trusted proxies, and what its client calls itself.
pub(crate) struct ClientAddress(pub(crate) Origin);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<ClientAddress, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        std::future::ready(Ok(ClientAddress(Origin { address, agent }))).await
    }
}
