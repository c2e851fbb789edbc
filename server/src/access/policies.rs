//! The policies that handlers name. One asks for a credential, and some for a right to what the path names.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::Deserialize;

use super::Policy;
use super::api_keys::KeyKind;
use super::credentials::{Credential, api_key_of, signed};
use crate::accounts::{Identity, Role, Signed};
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::ApiError;
use crate::rooms::Room;

/// Anybody.
pub(crate) struct Public;

impl Policy for Public {
    type Granted = ();
    const CREDENTIALS: &'static [Credential] = &[];

    async fn judge(_: &mut Parts, _: &AppState) -> Result<(), ApiError> {
        std::future::ready(Ok(())).await
    }
}

/// The admin key.
pub(crate) struct AdminKey;

impl Policy for AdminKey {
    type Granted = ();
    const CREDENTIALS: &'static [Credential] = &[Credential::AdminKey];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<(), ApiError> {
        std::future::ready(admin_key(&parts.headers, state)).await
    }
}

fn admin_key(headers: &HeaderMap, state: &AppState) -> Result<(), ApiError> {
    match api_key_of(headers).map(|key| state.keys.kind(key)) {
        Some(Some(KeyKind::Admin)) => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::Forbidden, "this needs the admin key, and the key given is not it")),
        None => Err(ApiError::new(ErrorCode::Unauthorized, "this needs the admin key in the `api-key` header; `tutti keys` shows it")),
    }
}

/// Somebody with a token: a guest, a user, a screen.
pub(crate) struct User;

impl Policy for User {
    type Granted = Signed;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Signed, ApiError> {
        std::future::ready(signed(&parts.headers, state)).await
    }
}

/// Anybody; with a token, it is known who. A token that is not good is an error all the same.
pub(crate) struct MaybeUser;

impl Policy for MaybeUser {
    type Granted = Option<Signed>;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];
    const OPTIONAL: bool = true;

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Option<Signed>, ApiError> {
        let signed = parts.headers.contains_key(header::AUTHORIZATION).then(|| signed(&parts.headers, state)).transpose();
        std::future::ready(signed).await
    }
}

/// Anybody; a good token says who it was, and one that is not good is ignored: an expired token keeps nobody out.
pub(crate) struct EarlierToken;

impl Policy for EarlierToken {
    type Granted = Option<Signed>;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];
    const OPTIONAL: bool = true;

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Option<Signed>, ApiError> {
        std::future::ready(Ok(signed(&parts.headers, state).ok())).await
    }
}

/// Somebody with a token, or the admin key.
pub(crate) struct UserOrAdminKey;

impl Policy for UserOrAdminKey {
    type Granted = Identity;
    const CREDENTIALS: &'static [Credential] = &[Credential::AdminKey, Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Identity, ApiError> {
        let caller = match admin_key(&parts.headers, state) {
            Ok(()) => Ok(Identity::admin_key()),
            Err(_) => signed(&parts.headers, state).map(|signed| signed.caller),
        };
        std::future::ready(caller).await
    }
}

/// An owner of the venue that the path names as `{venue}`, an admin, or the admin key. A key counts before a token.
pub(crate) struct Owner;

impl Policy for Owner {
    type Granted = ();
    const CREDENTIALS: &'static [Credential] = &[Credential::AdminKey, Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<(), ApiError> {
        if parts.headers.contains_key("api-key") || !parts.headers.contains_key(header::AUTHORIZATION) {
            return admin_key(&parts.headers, state);
        }
        owning(parts, state).await.map(drop)
    }
}

/// The same as a person: a token is needed, and the key beside it may stand in for owning.
pub(crate) struct OwnerAccount;

impl Policy for OwnerAccount {
    type Granted = Identity;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Identity, ApiError> {
        if parts.headers.contains_key("api-key") {
            let caller = signed(&parts.headers, state)?.caller;
            return admin_key(&parts.headers, state).map(|()| caller);
        }
        owning(parts, state).await
    }
}

async fn owning(parts: &mut Parts, state: &AppState) -> Result<Identity, ApiError> {
    let caller = signed(&parts.headers, state)?.caller;
    let venue = path_parameter(parts, "venue").await?;
    if caller.role == Role::Admin || state.accounts.owns(&caller.user, &venue).await? {
        return Ok(caller);
    }
    Err(ApiError::new(ErrorCode::Forbidden, "only owners of the venue may do this"))
}

/// A member of a room, and the room.
pub(crate) struct InRoom {
    pub(crate) caller: Identity,
    pub(crate) room: Arc<Room>,
}

/// A member of the room that the path names as `{id}`.
pub(crate) struct Member;

impl Policy for Member {
    type Granted = InRoom;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<InRoom, ApiError> {
        let found = in_room(parts, state).await?;
        found.room.needs_member(&found.caller)?;
        Ok(found)
    }
}

/// The host of the room that the path names as `{id}`.
pub(crate) struct Host;

impl Policy for Host {
    type Granted = InRoom;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<InRoom, ApiError> {
        let found = in_room(parts, state).await?;
        found.room.needs_host(&found.caller)?;
        Ok(found)
    }
}

async fn in_room(parts: &mut Parts, state: &AppState) -> Result<InRoom, ApiError> {
    let caller = signed(&parts.headers, state)?.caller;
    let id = path_parameter(parts, "id").await?;
    Ok(InRoom { caller, room: state.rooms.find(&id).await? })
}

/// Somebody with a token that stands in the header or, since browsers set no headers on a WebSocket, in `?token=`.
pub(crate) struct StreamUser;

#[derive(Deserialize)]
struct TokenParameter {
    token: Option<String>,
}

impl Policy for StreamUser {
    type Granted = Signed;
    const CREDENTIALS: &'static [Credential] = &[Credential::Token];

    async fn judge(parts: &mut Parts, state: &AppState) -> Result<Signed, ApiError> {
        let parameter = Query::<TokenParameter>::try_from_uri(&parts.uri).ok().and_then(|query| query.0.token);
        let judged = match parameter {
            Some(token) => state.accounts.identify(&token).map_err(ApiError::from),
            None => signed(&parts.headers, state),
        };
        std::future::ready(judged).await
    }
}

/// What stands in the path under a name.
async fn path_parameter(parts: &mut Parts, name: &str) -> Result<String, ApiError> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.map_err(|error| ApiError::bad(error.to_string()))?;
    let found = parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    found.ok_or_else(|| {
        tracing::error!(name, "a route lacks the path parameter that its policy needs");
        ApiError::internal()
    })
}
