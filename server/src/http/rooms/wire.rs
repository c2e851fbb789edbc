//! What rooms have on the wire of REST. The same shapes go over sockets and streams.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::rooms::{PlayedSong, RoomId, Song};

/// A room that is made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "rooms read it themselves, for sockets too; this is its shape for the description")]
pub(super) struct RoomBody {
    /// 1 to 40 characters.
    name: Option<String>,
    /// Settings that differ from the defaults.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    /// Where it is, for check-ins.
    venue: Option<VenuePlace>,
    /// Songs the autopilot starts with, by id.
    #[schema(value_type = Option<Vec<Object>>)]
    house_list: Option<Vec<Value>>,
}

/// A place, and how far around it belongs to it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as RoomBody")]
pub(super) struct VenuePlace {
    lat: f64,
    lon: f64,
    /// Metres.
    #[schema(rename = "radiusM")]
    radius_m: Option<u32>,
}

/// A room that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomMade {
    pub(super) id: String,
    /// The code that guests join by.
    pub(super) code: String,
    /// Where a browser opens it.
    pub(super) link: String,
    pub(super) rev: u64,
    /// Lets a screen show the room. It is no guest.
    pub(super) screen_token: String,
}

/// A change of a room's name or settings.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as RoomBody")]
pub(super) struct SettingsBody {
    name: Option<String>,
    /// Only those that change.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
}

/// A room's new code.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomCode {
    pub(super) code: String,
    pub(super) link: String,
}

/// The payload of an op by its name. `op` makes it safe to repeat; one is made when it is left out.
#[derive(ToSchema)]
#[schema(value_type = Object)]
#[expect(dead_code, reason = "as RoomBody")]
pub(super) struct OpBody(Value);

/// The answer to an op: `ok`, `rev`, and what the op gives back.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(super) struct OpAnswer(pub(super) Map<String, Value>);

/// Everything that was played, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomHistory {
    pub(super) room: RoomId,
    pub(super) songs: Vec<PlayedSong>,
}

/// The evening as a playlist.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomPlaylist {
    pub(super) room: RoomId,
    pub(super) name: String,
    #[schema(value_type = Vec<Song>)]
    pub(super) songs: Vec<Arc<Song>>,
}
