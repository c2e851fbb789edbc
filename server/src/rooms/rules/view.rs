//! A state as members see it. Fields stand in alphabetical order, as in canonical JSON: equal states look equal but for who is online.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::rooms::rules::event::{MemberRole, Song, Vote};
use crate::rooms::rules::ids::{ItemId, MemberId};
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::{Item, Message, Now, Picture, Played, State};

/// A room at one revision.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = RoomState)]
pub(crate) struct RoomView {
    /// Who may not come back; seen by host and cohosts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) bans: Option<Vec<BanView>>,
    /// What was said, oldest first.
    #[schema(value_type = Vec<Message>)]
    pub(crate) chat: Vec<Arc<Message>>,
    /// What played, oldest first.
    #[schema(value_type = Vec<Played>)]
    pub(crate) history: Vec<Arc<Played>>,
    /// In the order in which they joined.
    pub(crate) members: Vec<MemberView>,
    pub(crate) name: String,
    /// What plays.
    #[schema(value_type = Option<Now>)]
    pub(crate) now: Option<Arc<Now>>,
    /// A closed room takes no ops.
    pub(crate) open: bool,
    /// Pictures that were shared, oldest first.
    #[schema(value_type = Vec<Picture>)]
    pub(crate) pictures: Vec<Arc<Picture>>,
    /// Songs that wait, the next first.
    pub(crate) queue: Vec<QueueEntry>,
    /// Number of the last event.
    pub(crate) rev: u64,
    #[schema(value_type = RoomSettings)]
    pub(crate) settings: Arc<RoomSettings>,
    /// Songs of each member that counted as a turn.
    #[schema(value_type = std::collections::HashMap<String, u64>)]
    pub(crate) turns: BTreeMap<MemberId, u64>,
}

/// A member of a room.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub(crate) struct MemberView {
    pub(crate) checked_in: bool,
    /// Unix milliseconds.
    pub(crate) checked_in_until: Option<u64>,
    pub(crate) id: MemberId,
    pub(crate) name: String,
    pub(crate) online: bool,
    pub(crate) role: MemberRole,
    /// Vetoes spent this evening.
    pub(crate) vetoes: usize,
}

/// Somebody who may not come back.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Ban)]
pub(crate) struct BanView {
    pub(crate) id: MemberId,
    pub(crate) name: String,
    pub(crate) reason: Option<String>,
}

/// A song that waits.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueEntry {
    /// Number of the event that added it.
    pub(crate) added_seq: u64,
    /// A member's id, or `server`.
    pub(crate) by: MemberId,
    pub(crate) down: usize,
    /// Its id in this room.
    pub(crate) item: ItemId,
    /// What its adder says about it.
    pub(crate) note: Option<String>,
    /// Index that a move gave it.
    pub(crate) pin: Option<usize>,
    pub(crate) pinned: bool,
    /// Ups minus downs.
    pub(crate) score: i64,
    /// Number of the event that last changed its score.
    pub(crate) score_seq: u64,
    #[schema(value_type = Song)]
    pub(crate) song: Arc<Song>,
    pub(crate) up: usize,
    #[schema(value_type = Vec<String>)]
    pub(crate) vetoes: BTreeSet<MemberId>,
    #[schema(value_type = std::collections::HashMap<String, Vote>)]
    pub(crate) votes: BTreeMap<MemberId, Vote>,
}

impl State {
    /// What a member of this role sees. `devices` says how many connections a member has now.
    pub(crate) fn view(&self, role: MemberRole, devices: impl Fn(&str) -> usize) -> RoomView {
        RoomView {
            bans: matches!(role, MemberRole::Host | MemberRole::Cohost).then(|| self.ban_views()),
            chat: self.chat.iter().cloned().collect(),
            history: self.history.iter().cloned().collect(),
            members: self.member_views(devices),
            name: self.name.clone(),
            now: self.now.clone(),
            open: self.open,
            pictures: self.pictures.iter().cloned().collect(),
            queue: self.order().into_iter().map(|index| self.queue[index].view()).collect(),
            rev: self.rev,
            settings: Arc::clone(&self.settings),
            turns: self.turns.iter().map(|(member, turns)| (member.clone(), *turns)).collect(),
        }
    }

    fn member_views(&self, devices: impl Fn(&str) -> usize) -> Vec<MemberView> {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_by_key(|(_, member)| member.joined_seq);
        let view = members.into_iter().map(|(id, member)| {
            let until = self.checked_in.get(id).copied().filter(|until| *until > self.ts);
            MemberView {
                checked_in: until.is_some(),
                checked_in_until: until,
                id: id.clone(),
                name: member.name.clone(),
                online: devices(id) > 0,
                role: member.role,
                vetoes: self.vetoes.get(id).copied().unwrap_or(0),
            }
        });
        view.collect()
    }

    fn ban_views(&self) -> Vec<BanView> {
        self.bans.iter().map(|(id, ban)| BanView { id: id.clone(), name: ban.name.clone(), reason: ban.reason.clone() }).collect()
    }
}

impl Item {
    fn view(&self) -> QueueEntry {
        let count = |vote| self.votes.values().filter(|one| **one == vote).count();
        QueueEntry {
            added_seq: self.added_seq,
            by: self.by.clone(),
            down: count(Vote::Down),
            item: self.item.clone(),
            note: self.note.clone(),
            pin: self.pin.map(|pin| pin.index),
            pinned: self.pin.is_some(),
            score: self.score(),
            score_seq: self.score_seq,
            song: Arc::clone(&self.song),
            up: count(Vote::Up),
            vetoes: self.vetoes.clone(),
            votes: self.votes.clone(),
        }
    }
}
