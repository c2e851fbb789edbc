//! The entries of a room's log. What they do to a room's state is in `fold`; how they are kept is in `log`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::rooms::rules::ids::{ItemId, MemberId, OpId, PictureId, RoomId, SongId};
use crate::rooms::rules::settings::RoomSettings;

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// A member's id, or `server`.
    pub(crate) by: MemberId,
    /// What happened: `type` and `data`.
    #[serde(flatten)]
    pub(crate) kind: EventKind,
    /// The id of the op that caused it, when it is the op's own event.
    pub(crate) op: Option<OpId>,
    /// The room's id.
    pub(crate) room: RoomId,
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

/// The part of an entry that is never sent to a client.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Song {
    /// Who performs it.
    pub(crate) artist: String,
    /// Milliseconds.
    pub(crate) duration_ms: u64,
    /// Whether the lyrics are explicit.
    #[serde(default)]
    pub(crate) explicit: bool,
    /// Its id in the catalogue, or any other.
    pub(crate) id: SongId,
    /// Its title.
    pub(crate) title: String,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MemberRole {
    /// Owns the room; each room has one.
    Host,
    /// Helps the host.
    Cohost,
    /// Everybody else.
    Guest,
    /// A screen or player at the venue.
    Screen,
}

/// A vote on a queued song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Vote {
    /// For it.
    Up,
    /// Against it.
    Down,
    /// Neither.
    None,
}

/// Whether the current song is playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlayState {
    /// It plays.
    Playing,
    /// It is paused.
    Paused,
}

/// Why a song left the queue or the player, or a member the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reason {
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

impl Reason {
    /// Whether a song ended because those present did not want it.
    pub(crate) fn is_rejection(self) -> bool {
        matches!(self, Reason::Skipped | Reason::Voted | Reason::Veto)
    }
}

/// What happened, with its data. Fields stand in alphabetical order, as in canonical JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
pub(crate) enum EventKind {
    #[serde(rename = "room.created")]
    RoomCreated { host: MemberId, host_name: String, name: String, settings: Box<RoomSettings> },
    #[serde(rename = "room.settings")]
    RoomSettings {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        settings: Map<String, Value>,
    },
    #[serde(rename = "room.closed")]
    RoomClosed {},
    #[serde(rename = "member.joined")]
    MemberJoined { member: MemberId, name: String, role: MemberRole },
    #[serde(rename = "member.left")]
    MemberLeft {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
        member: MemberId,
        reason: Reason,
    },
    #[serde(rename = "member.role")]
    MemberRole { member: MemberId, role: MemberRole },
    #[serde(rename = "member.banned")]
    MemberBanned {
        member: MemberId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    #[serde(rename = "member.unbanned")]
    MemberUnbanned { member: MemberId },
    #[serde(rename = "member.checkedin")]
    MemberCheckedin { member: MemberId, method: String, until: u64 },
    #[serde(rename = "song.added")]
    SongAdded { item: ItemId, note: Option<String>, song: Arc<Song> },
    #[serde(rename = "song.removed")]
    SongRemoved { item: ItemId, reason: Reason },
    #[serde(rename = "song.moved")]
    SongMoved { item: ItemId, to: usize },
    #[serde(rename = "song.voted")]
    SongVoted { item: ItemId, vote: Vote },
    #[serde(rename = "song.vetoed")]
    SongVetoed { item: ItemId },
    #[serde(rename = "song.detected")]
    SongDetected { confidence: f64, song_id: SongId, source: String },
    #[serde(rename = "skip.voted")]
    SkipVoted { item: ItemId },
    #[serde(rename = "play.started")]
    PlayStarted { at_ms: u64, item: ItemId, song: Arc<Song> },
    #[serde(rename = "play.state")]
    PlayState { at_ms: u64, item: ItemId, position_ms: u64, state: PlayState },
    #[serde(rename = "play.ended")]
    PlayEnded { item: ItemId, reason: Reason },
    #[serde(rename = "chat.message")]
    ChatMessage { reply_to: Option<u64>, text: String },
    #[serde(rename = "chat.deleted")]
    ChatDeleted { seq: u64 },
    #[serde(rename = "picture.shared")]
    PictureShared { bytes: usize, caption: Option<String>, mime: String, picture: PictureId, url: String },
    #[serde(rename = "picture.deleted")]
    PictureDeleted { picture: PictureId },
    #[serde(rename = "autopilot.picked")]
    AutopilotPicked { scores: BTreeMap<MemberId, f64>, song_id: SongId, weights: BTreeMap<MemberId, f64> },
    /// `app.NAME`: any other type is a mistake.
    #[serde(untagged)]
    App(AppEvent),
}

/// An app's own event. Nothing here reads what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AppEvent {
    /// `app.` and the app's name for it.
    #[serde(rename = "type")]
    pub(crate) kind: AppEventType,
    /// What it carries.
    pub(crate) data: AppData,
}

/// `app.NAME`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AppEventType(String);

/// The data of an [`AppEvent`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AppData {
    /// What the app sent.
    pub(crate) data: Value,
}

impl AppEvent {
    /// An event named `name` by the app.
    pub(crate) fn new(name: &str, data: Value) -> AppEvent {
        AppEvent { kind: AppEventType(format!("{APP}{name}")), data: AppData { data } }
    }
}

/// What the types of apps' own events begin with.
const APP: &str = "app.";

impl TryFrom<String> for AppEventType {
    type Error = String;

    fn try_from(kind: String) -> Result<AppEventType, String> {
        if kind.starts_with(APP) { Ok(AppEventType(kind)) } else { Err(format!("there is no event of type `{kind}`")) }
    }
}
