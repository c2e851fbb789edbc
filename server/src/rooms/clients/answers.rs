//! Answers about a room over REST.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::rooms::rules::event::{Event, Reason, Song};
use crate::rooms::rules::ids::{ItemId, MemberId, RoomId, SongId};
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::view::RoomView;

/// What anyone who has the room's id may know.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomSummary {
    pub(crate) id: RoomId,
    pub(crate) name: String,
    /// The code that guests join by.
    pub(crate) code: String,
    /// Where a browser opens it.
    pub(crate) link: String,
    /// Number of the last event.
    pub(crate) rev: u64,
    pub(crate) open: bool,
    /// How many are members.
    pub(crate) members: usize,
    /// How many of them are connected.
    pub(crate) online: usize,
    /// Songs that wait.
    pub(crate) queue: usize,
    #[schema(value_type = RoomSettings)]
    pub(crate) settings: Arc<RoomSettings>,
    /// The venue whose room it is.
    pub(crate) venue_id: Option<String>,
}

/// The room at a revision.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomAt {
    pub(crate) rev: u64,
    pub(crate) state: RoomView,
}

/// Events in order, and the number to go on with.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogPage {
    #[schema(value_type = Vec<RoomEvent>)]
    pub(crate) events: Vec<Event>,
    /// Null at the end.
    pub(crate) next: Option<u64>,
}

/// One entry of a room's log, as it is sent to clients.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of `Event`, whose data has another shape for each type")]
pub(crate) struct RoomEvent {
    /// A member's id, or `server`.
    by: String,
    /// What happened; its members depend on the type.
    #[schema(value_type = Object)]
    data: serde_json::Value,
    /// The id of the op that caused it, when it is the op's own event.
    op: Option<String>,
    room: String,
    /// Its number, from 1, without holes.
    seq: u64,
    /// Unix milliseconds; never less than of the event before.
    ts: u64,
    /// Such as `song.added`.
    r#type: String,
}

/// A song that was played.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlayedSong {
    /// Its id in this room.
    pub(crate) item: ItemId,
    #[schema(value_type = Song)]
    pub(crate) song: Arc<Song>,
    /// Who added it: a member's id, or `server`.
    pub(crate) by: MemberId,
    /// Unix milliseconds.
    pub(crate) started_ms: u64,
    /// Null while it plays.
    pub(crate) ended_ms: Option<u64>,
    /// Why it ended.
    pub(crate) reason: Option<Reason>,
}

/// How the songs of a room suit those present.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomTaste {
    pub(crate) rev: u64,
    pub(crate) members: Vec<MemberTaste>,
    pub(crate) songs: Vec<SongTaste>,
}

/// How pleased a member is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberTaste {
    pub(crate) id: MemberId,
    pub(crate) name: Option<String>,
    /// Whether anything is known of the member's taste.
    pub(crate) known: bool,
    /// How well what was played suited the member, 0 to 1.
    pub(crate) satisfaction: Option<f64>,
}

/// How a song suits each member.
#[derive(Serialize, ToSchema)]
pub(crate) struct SongTaste {
    pub(crate) song: SongId,
    /// Its id in this room.
    pub(crate) item: ItemId,
    pub(crate) place: SongPlace,
    /// By member, the part of the catalogue that the member likes less, 0 to 1.
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    pub(crate) scores: BTreeMap<MemberId, f64>,
}

/// Where in a room a song is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SongPlace {
    Queue,
    Now,
    History,
}
