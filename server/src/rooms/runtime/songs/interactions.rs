//! What a room teaches about tastes: plays, votes, additions and check-ins become interactions of the members who agreed, unless a
//! member has said that this room does not change the member's taste.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tutti_engine::taste::interactions::{Interaction, Kind};
use tutti_store::SharedStore;

use crate::accounts::Accounts;
use crate::rooms::log::members::MemberDocuments;
use crate::rooms::rules::event::{Entry, EventKind, Reason, Vote};
use crate::rooms::rules::ids::{ItemId, MemberId, RoomId, SERVER, SongId};
use crate::rooms::rules::state::{Now, State};
use crate::taste::TasteService;

/// Interactions that may wait to be written; more are dropped, so that no room waits for them.
const MAX_WAITING: usize = 65_536;
/// Interactions written at once.
const BATCH: usize = 2_000;
/// Time in which interactions gather.
const GATHER: Duration = Duration::from_millis(500);
/// Milliseconds after which a song counts as heard, and before which a skip counts against it.
const HEARD_MS: u64 = 30_000;

/// An interaction that counts only if the member agreed to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PendingInteraction {
    room: RoomId,
    member: MemberId,
    /// A song's id, or a venue's for a check-in.
    item: String,
    kind: Kind,
    /// Unix milliseconds.
    at: u64,
    venue: Option<String>,
}

/// Where rooms hand interactions in. A clone costs little.
#[derive(Clone)]
pub(crate) struct InteractionSender(mpsc::Sender<PendingInteraction>);

/// The queue between rooms and [`write`].
pub(crate) fn channel() -> (InteractionSender, mpsc::Receiver<PendingInteraction>) {
    let (sender, receiver) = mpsc::channel(MAX_WAITING);
    (InteractionSender(sender), receiver)
}

/// The room that events come from, for [`InteractionSender::send_for`].
pub(crate) struct Source<'a> {
    /// Its id.
    pub(crate) room: &'a RoomId,
    /// The venue whose room it is.
    pub(crate) venue: Option<&'a String>,
    /// The state that the events came upon.
    pub(crate) before: &'a State,
    /// The state after them.
    pub(crate) after: &'a State,
}

impl InteractionSender {
    /// Hands in what events say. `present` tells who is connected to this server.
    pub(crate) fn send_for(&self, source: &Source<'_>, entries: &[Arc<Entry>], present: impl Fn() -> Vec<MemberId>) {
        let mut playing: Option<Arc<Now>> = source.before.now.clone();
        let mut queue: HashMap<ItemId, SongId> = source.before.queue.iter().map(|item| (item.item.clone(), item.song.id.clone())).collect();
        for entry in entries {
            let event = &entry.event;
            let send = |member: &MemberId, item: &str, kind| self.send(source, member, item, kind, event.ts);
            match &event.kind {
                EventKind::SongAdded { item, song, .. } => {
                    queue.insert(item.clone(), song.id.clone());
                    if &*event.by != SERVER {
                        send(&event.by, &song.id, Kind::PlaylistAdd);
                    }
                }
                EventKind::SongVoted { item, vote } => {
                    let kind = match vote {
                        Vote::Up => Kind::VoteUp,
                        Vote::Down => Kind::VoteDown,
                        Vote::None => continue,
                    };
                    if let Some(song) = queue.get(item) {
                        send(&event.by, song, kind);
                    }
                }
                EventKind::SkipVoted { .. } => {
                    if let Some(now) = playing.as_ref().filter(|now| now.position(event.ts) < HEARD_MS) {
                        send(&event.by, &now.song.id, Kind::Skip);
                    }
                }
                EventKind::PlayStarted { .. } => playing.clone_from(&source.after.now),
                EventKind::PlayEnded { reason, .. } => {
                    if let Some(now) = playing.take().filter(|now| is_heard(now.position(event.ts), *reason)) {
                        present().iter().for_each(|member| send(member, &now.song.id, Kind::Listen));
                    }
                }
                EventKind::MemberCheckedin { member, .. } => {
                    if let Some(venue) = source.venue {
                        send(member, venue, Kind::CheckIn);
                    }
                }
                _ => {}
            }
        }
    }

    fn send(&self, source: &Source<'_>, member: &MemberId, item: &str, kind: Kind, at: u64) {
        let (room, venue) = (source.room.clone(), source.venue.cloned());
        // A full queue drops it: see `MAX_WAITING`.
        let _ = self.0.try_send(PendingInteraction { room, member: member.clone(), item: item.to_owned(), kind, at, venue });
    }
}

fn is_heard(position: u64, reason: Reason) -> bool {
    reason == Reason::Finished || position >= HEARD_MS
}

/// Writes interactions to the taste history until `stopping` is cancelled, and then what still waits.
pub(crate) async fn write(
    mut queue: mpsc::Receiver<PendingInteraction>,
    store: SharedStore,
    accounts: Arc<Accounts>,
    tastes: Arc<TasteService>,
    stopping: CancellationToken,
) {
    let mut batch = Vec::new();
    loop {
        let received = tokio::select! {
            received = queue.recv_many(&mut batch, BATCH) => received,
            () = stopping.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
        };
        if received == 0 {
            return;
        }
        let mut interactions = Vec::new();
        for pending in batch.drain(..) {
            if is_agreed(&pending, &store, &accounts).await {
                interactions.push(interaction(pending));
            }
        }
        if !interactions.is_empty() {
            let tastes = Arc::clone(&tastes);
            let written = tokio::task::spawn_blocking(move || tastes.taste.history().append(&interactions));
            if let Ok(Err(error)) = written.await {
                tracing::warn!(%error, "interactions of rooms cannot be written");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            () = stopping.cancelled() => {}
        }
    }
}

/// Whether the member agreed to it, in general and in this room.
async fn is_agreed(pending: &PendingInteraction, store: &SharedStore, accounts: &Accounts) -> bool {
    let Ok(privacy) = accounts.privacy(&pending.member).await else { return false };
    let agreed = if pending.kind == Kind::CheckIn { privacy.presence } else { privacy.share_taste };
    agreed && MemberDocuments::new(Arc::clone(store), &pending.room).may_learn(&pending.member).await.unwrap_or(false)
}

fn interaction(pending: PendingInteraction) -> Interaction {
    Interaction {
        user: pending.member.to_string(),
        item: pending.item,
        kind: pending.kind,
        at: (pending.at / 1000) as i64,
        times: 1.0,
        venue: pending.venue,
    }
}
