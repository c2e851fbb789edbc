//! What a room is at one revision. `fold` makes it from events, `order` puts its queue in order, `view` shows it.
//! Nothing here knows sockets, stores or the time: equal logs give equal states. The collections are persistent: a clone costs a
//! count for each of them whatever their size, and a change copies the path to what it touches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rooms::rules::event::{MemberRole, PlayState, Reason, Song, Vote};
use crate::rooms::rules::ids::{ItemId, MemberId, PictureId, SongId};
use crate::rooms::rules::settings::RoomSettings;

/// Songs of the past that a state holds.
pub(crate) const MAX_HISTORY: usize = 50;
/// Chat messages that a state holds.
pub(crate) const MAX_CHAT: usize = 100;
/// Pictures that a state holds.
pub(crate) const MAX_PICTURES: usize = 50;
/// How long a song does not come again by itself, in milliseconds.
pub(crate) const REPEAT_PAUSE_MS: u64 = 60 * 60_000;

/// A room at one revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    /// Number of the last event.
    pub(crate) rev: u64,
    /// Time of the last event.
    pub(crate) ts: u64,
    /// The room's name.
    pub(crate) name: String,
    /// Whether it is open; a closed room takes no ops.
    pub(crate) open: bool,
    /// Whose room it is.
    pub(crate) host: Option<MemberId>,
    /// What the host set.
    pub(crate) settings: Arc<RoomSettings>,
    /// Who is a member now.
    pub(crate) members: OrdMap<MemberId, Arc<Member>>,
    /// Songs that wait, in the order they were added.
    pub(crate) queue: Vector<Arc<Item>>,
    /// What plays.
    pub(crate) now: Option<Arc<Now>>,
    /// What played, oldest first.
    pub(crate) history: Vector<Arc<Played>>,
    /// What was said, oldest first.
    pub(crate) chat: Vector<Arc<Message>>,
    /// Pictures that were shared, oldest first.
    pub(crate) pictures: Vector<Arc<Picture>>,
    /// Who may not come back.
    pub(crate) bans: OrdMap<MemberId, Arc<Ban>>,
    /// Songs of each member that counted as a turn.
    pub(crate) turns: OrdMap<MemberId, u64>,
    /// Vetoes that guests have spent.
    pub(crate) vetoes: OrdMap<MemberId, usize>,
    /// Songs vetoed or voted out of this room.
    pub(crate) unwanted: OrdSet<SongId>,
    /// When songs last started, those of the last hour.
    pub(crate) started: OrdMap<SongId, u64>,
    /// By member, when the check-in ends, in Unix milliseconds; members who left since included.
    pub(crate) checked_in: OrdMap<MemberId, u64>,
    /// By kicked user, from when joining is allowed again, in Unix milliseconds.
    pub(crate) kicked: OrdMap<MemberId, u64>,
}

/// A member of the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    /// The name the others see.
    pub(crate) name: String,
    /// What the member may do.
    pub(crate) role: MemberRole,
    /// Number of the event by which the member joined.
    pub(crate) joined_seq: u64,
    /// Digest of a guest's device, for bans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<u64>,
}

/// A song in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    /// Its id in this room.
    pub(crate) item: ItemId,
    /// The song.
    pub(crate) song: Arc<Song>,
    /// Who added it.
    pub(crate) by: MemberId,
    /// What its adder says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// Number of the event that added it.
    pub(crate) added_seq: u64,
    /// Number of the event that last changed its score.
    pub(crate) score_seq: u64,
    /// Votes of members, the adder's own among them.
    pub(crate) votes: BTreeMap<MemberId, Vote>,
    /// Guests who vetoed it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) vetoes: BTreeSet<MemberId>,
    /// Where a move put it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pin: Option<Pin>,
}

/// A place that a move gave to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pin {
    /// Index in the queue; beyond its end means the end.
    pub(crate) index: usize,
    /// Number of the event that pinned it.
    pub(crate) seq: u64,
}

/// What plays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Now {
    /// Unix milliseconds at which it stood at `position_ms`.
    pub(crate) at_ms: u64,
    /// Who added it.
    pub(crate) by: MemberId,
    /// Its id in this room.
    pub(crate) item: ItemId,
    /// Milliseconds from its start, at `at_ms`.
    pub(crate) position_ms: u64,
    /// Members who want it to end.
    pub(crate) skips: BTreeSet<MemberId>,
    /// The song.
    #[schema(value_type = Song)]
    pub(crate) song: Arc<Song>,
    /// When it started.
    pub(crate) started_ms: u64,
    /// Whether it runs.
    pub(crate) state: PlayState,
}

/// What played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Played {
    /// Who added it.
    pub(crate) by: MemberId,
    /// When it ended.
    pub(crate) ended_ms: u64,
    /// Its id in this room.
    pub(crate) item: ItemId,
    /// Why it ended.
    pub(crate) reason: Reason,
    /// The song.
    #[schema(value_type = Song)]
    pub(crate) song: Arc<Song>,
    /// When it started.
    pub(crate) started_ms: u64,
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// Who.
    pub(crate) by: MemberId,
    /// Taken back.
    pub(crate) deleted: bool,
    /// Number of the message it answers.
    pub(crate) reply_to: Option<u64>,
    /// Its number.
    pub(crate) seq: u64,
    /// What; empty when it was taken back.
    pub(crate) text: String,
    /// When.
    pub(crate) ts: u64,
}

/// A picture that was shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Picture {
    /// Who shared it.
    pub(crate) by: MemberId,
    /// What the sender says about it.
    pub(crate) caption: Option<String>,
    /// Its content type.
    pub(crate) mime: String,
    /// Its id.
    pub(crate) picture: PictureId,
    /// When.
    pub(crate) ts: u64,
    /// Where members get it.
    pub(crate) url: String,
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ban {
    /// Digest of the device the banned user joined with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<u64>,
    /// The name the banned user had.
    pub(crate) name: String,
    /// What the host said.
    pub(crate) reason: Option<String>,
}

impl Item {
    /// Ups minus downs.
    pub(crate) fn score(&self) -> i64 {
        let count = |vote| self.votes.values().filter(|one| **one == vote).count() as i64;
        count(Vote::Up) - count(Vote::Down)
    }
}

impl Now {
    /// Where the song stands at a time, in milliseconds from its start.
    pub(crate) fn position(&self, at: u64) -> u64 {
        match self.state {
            PlayState::Playing => self.position_ms + at.saturating_sub(self.at_ms),
            PlayState::Paused => self.position_ms,
        }
    }
}

impl State {
    /// A queued item.
    pub(crate) fn item(&self, id: &str) -> Option<&Arc<Item>> {
        self.queue.iter().find(|item| &*item.item == id)
    }

    /// Whether a member's check-in still holds at a time.
    pub(crate) fn is_checked_in(&self, member: &str, at: u64) -> bool {
        self.checked_in.get(member).is_some_and(|until| *until > at)
    }
}
