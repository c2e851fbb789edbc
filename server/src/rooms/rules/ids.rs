//! The ids of rooms. Each kind is a type of its own: a member is never taken for a song. All are 1 to 64 characters of
//! `[A-Za-z0-9_-]` ([`super::payload::is_id`]); a clone costs a counter.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String)]
        pub(crate) struct $name(Arc<str>);

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> $name {
                $name(Arc::from(id))
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> $name {
                $name(Arc::from(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, out)
            }
        }
    )*};
}

ids! {
    /// A room.
    RoomId;
    /// A member of a room: the id of a user, or [`MemberId::server`].
    MemberId;
    /// A song, in the catalogue or as a client named it.
    SongId;
    /// A song's place in one room's queue: the same song added twice has two.
    ItemId;
    /// A picture shared in a room.
    PictureId;
    /// An op, chosen by its sender: what is sent again with the same id is carried out once.
    OpId;
    /// One of several servers that share rooms.
    ServerId;
}

/// The [`MemberId`] under which the server itself logs events.
pub(crate) const SERVER: &str = "server";

impl MemberId {
    /// The server itself.
    pub(crate) fn server() -> MemberId {
        MemberId::from(SERVER)
    }
}
