//! Who may call. Every handler of `/v1` takes a [`Caller`] with the policy it needs, and [`Routes`] accepts no handler without one:
//! what may be called by whom stands in the handler's signature and cannot be forgotten.
//!
//! Here are credentials (API keys, bearer tokens) and policies. What an account, a venue or a room is belongs to `accounts` and
//! `rooms`, which the policies ask; how often somebody may call belongs to `limits`.

pub(crate) mod api_keys;
mod credentials;
mod policies;
mod routes;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::AppState;
use crate::http::ApiError;

pub(crate) use credentials::{ClientAddress, Credential};
pub(crate) use policies::{AdminKey, EarlierToken, Host, MaybeUser, Member, Owner, OwnerAccount, Public, StreamUser, User, UserOrAdminKey};
pub(crate) use routes::{Route, Routes};

/// Who may call a handler, and what is known of the caller once that is settled.
pub(crate) trait Policy: 'static {
    /// What the handler learns of the caller.
    type Granted: Send;
    /// The credentials that this takes, for the API's description.
    const CREDENTIALS: &'static [Credential];
    /// Whether a request without any of them is let in.
    const OPTIONAL: bool = false;

    /// Judges a request by its head.
    ///
    /// # Errors
    /// 401 without a valid credential, 403 when it does not open this, 404 for what the caller may not know of.
    fn judge(parts: &mut Parts, state: &AppState) -> impl Future<Output = Result<Self::Granted, ApiError>> + Send;
}

/// A caller whom the policy lets in.
pub(crate) struct Caller<P: Policy>(pub(crate) P::Granted);

impl<P: Policy> FromRequestParts<AppState> for Caller<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Caller<P>, ApiError> {
        P::judge(parts, state).await.map(Caller)
    }
}
