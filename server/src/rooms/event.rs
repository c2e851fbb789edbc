//! The entries of a room's log. What they do to a room's state is in `fold`; how they are kept is in `journal`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::settings::Settings;

/// An id: 1 to 64 characters of `[A-Za-z0-9_-]`.
pub(crate) type Id = Arc<str>;

/// Who did what no member did.
pub(crate) const SERVER: &str = "server";

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// A member's id, or `server`.
    pub(crate) by: Id,
    /// What happened: `type` and `data`.
    #[serde(flatten)]
    pub(crate) what: What,
    /// The id of the op that caused it, when it is the op's own event.
    pub(crate) op: Option<Id>,
    /// The room's id.
    pub(crate) room: Id,
    /// Its number in the log, from 1, without holes.
    pub(crate) seq: u64,
    /// Unix milliseconds; never less than of the event before.
    pub(crate) ts: u64,
}

/// An event as it is kept, with what is never shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// What is shown.
    #[serde(flatten)]
    pub(crate) event: Event,
    /// What is not.
    #[serde(default, skip_serializing_if = "Private::is_empty")]
    pub(crate) private: Private,
}

/// What an entry keeps and nobody is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Private {
    /// Digest of the op's name and payload, to tell a repetition from another op with the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<u64>,
    /// Digest of the device a guest joined with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<u64>,
}

impl Private {
    fn is_empty(&self) -> bool {
        *self == Private::default()
    }
}

/// A song as a room knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Song {
    /// Who performs it.
    pub(crate) artist: String,
    /// Milliseconds.
    pub(crate) duration_ms: u64,
    /// Not for every ear.
    #[serde(default)]
    pub(crate) explicit: bool,
    /// Its id in the catalogue, or any other.
    pub(crate) id: Id,
    /// Its title.
    pub(crate) title: String,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Made the room, or was given it. One of a room.
    Host,
    /// Helps the host.
    Cohost,
    /// Anybody else.
    Guest,
    /// A player at the venue.
    Screen,
}

/// A vote on a queued song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Vote {
    /// For it.
    Up,
    /// Against it.
    Down,
    /// Neither.
    None,
}

/// Whether a song runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlayState {
    /// It runs.
    Playing,
    /// It stands.
    Paused,
}

/// Why a song of the queue or on the player is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Why {
    Removed,
    Veto,
    Downvoted,
    Banned,
    Voted,
    Skipped,
    Replaced,
    Finished,
    Timeout,
    Left,
    Kicked,
}

/// What happened, with its data. Fields stand in alphabetical order, as in canonical JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
pub(crate) enum What {
    #[serde(rename = "room.created")]
    RoomCreated { host: Id, host_name: String, name: String, settings: Box<Settings> },
    #[serde(rename = "room.settings")]
    RoomSettings {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        settings: Map<String, Value>,
    },
    #[serde(rename = "room.closed")]
    RoomClosed {},
    #[serde(rename = "member.joined")]
    MemberJoined { member: Id, name: String, role: Role },
    #[serde(rename = "member.left")]
    MemberLeft {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
        member: Id,
        reason: Why,
    },
    #[serde(rename = "member.role")]
    MemberRole { member: Id, role: Role },
    #[serde(rename = "member.banned")]
    MemberBanned {
        member: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    #[serde(rename = "member.unbanned")]
    MemberUnbanned { member: Id },
    #[serde(rename = "member.checkedin")]
    MemberCheckedin { member: Id, method: String, until: u64 },
    #[serde(rename = "song.added")]
    SongAdded { item: Id, note: Option<String>, song: Arc<Song> },
    #[serde(rename = "song.removed")]
    SongRemoved { item: Id, reason: Why },
    #[serde(rename = "song.moved")]
    SongMoved { item: Id, to: usize },
    #[serde(rename = "song.voted")]
    SongVoted { item: Id, vote: Vote },
    #[serde(rename = "song.vetoed")]
    SongVetoed { item: Id },
    #[serde(rename = "song.detected")]
    SongDetected { confidence: f64, song_id: Id, source: String },
    #[serde(rename = "skip.voted")]
    SkipVoted { item: Id },
    #[serde(rename = "play.started")]
    PlayStarted { at_ms: u64, item: Id, song: Arc<Song> },
    #[serde(rename = "play.state")]
    PlayState { at_ms: u64, item: Id, position_ms: u64, state: PlayState },
    #[serde(rename = "play.ended")]
    PlayEnded { item: Id, reason: Why },
    #[serde(rename = "chat.message")]
    ChatMessage { reply_to: Option<u64>, text: String },
    #[serde(rename = "chat.deleted")]
    ChatDeleted { seq: u64 },
    #[serde(rename = "picture.shared")]
    PictureShared { bytes: usize, caption: Option<String>, mime: String, picture: Id, url: String },
    #[serde(rename = "picture.deleted")]
    PictureDeleted { picture: Id },
    #[serde(rename = "autopilot.picked")]
    AutopilotPicked { scores: BTreeMap<Id, f64>, song_id: Id, weights: BTreeMap<Id, f64> },
}
