//! What an evening says about tastes: plays, votes, adds and check-ins become interactions, of those who agreed, unless
//! a member has said that this evening does not change his taste.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tutti_engine::taste::interactions::{Interaction, Kind};

use super::event::{Entry, Id, Role, SERVER, Vote, What, Why};
use super::live::Live;
use super::meta::MEMBERS;
use super::services::Services;
use crate::accounts::Accounts;
use crate::taste::TasteService;

/// Lessons that may wait; more are lost, which costs a little taste and no room any time.
const WAITING: usize = 65_536;
/// Lessons written at once.
const BATCH: usize = 2_000;
/// Time in which lessons gather.
const GATHER: Duration = Duration::from_millis(500);
/// Milliseconds after which a song counts as heard, and before which a skip counts against it.
const HEARD: u64 = 30_000;

/// Something that somebody did, and what has to be true for it to count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lesson {
    room: Id,
    member: Id,
    item: Id,
    kind: Kind,
    at: u64,
    venue: Option<String>,
}

/// Where lessons are handed in, and taken out.
pub(crate) fn channel() -> (mpsc::Sender<Lesson>, mpsc::Receiver<Lesson>) {
    mpsc::channel(WAITING)
}

impl Live {
    /// Hands in what events say. `before` is the state that they came upon.
    pub(super) fn learn_from(&self, before: &super::state::State, entries: &[Arc<Entry>]) {
        let meta = self.meta();
        let mut playing = before.now.clone();
        let mut queue: std::collections::HashMap<Id, Id> =
            before.queue.iter().map(|item| (item.item.clone(), item.song.id.clone())).collect();
        for entry in entries {
            let event = &entry.event;
            let lesson = |member: &Id, item: &Id, kind| Lesson {
                room: self.id.clone(),
                member: member.clone(),
                item: item.clone(),
                kind,
                at: event.ts,
                venue: meta.venue_id.clone(),
            };
            match &event.what {
                What::SongAdded { item, song, .. } => {
                    queue.insert(item.clone(), song.id.clone());
                    if &*event.by != SERVER {
                        self.services.teach(lesson(&event.by, &song.id, Kind::PlaylistAdd));
                    }
                }
                What::SongVoted { item, vote } => {
                    let kind = match vote {
                        Vote::Up => Kind::VoteUp,
                        Vote::Down => Kind::VoteDown,
                        Vote::None => continue,
                    };
                    if let Some(song) = queue.get(item) {
                        self.services.teach(lesson(&event.by, song, kind));
                    }
                }
                What::SkipVoted { .. } => {
                    if let Some(now) = playing.as_ref().filter(|now| now.position(event.ts) < HEARD) {
                        self.services.teach(lesson(&event.by, &now.song.id, Kind::Skip));
                    }
                }
                What::PlayStarted { .. } => playing = self.state().now.clone(),
                What::PlayEnded { reason, .. } => {
                    if let Some(now) = playing.take().filter(|now| heard(now.position(event.ts), *reason)) {
                        self.present().iter().for_each(|member| self.services.teach(lesson(member, &now.song.id, Kind::Listen)));
                    }
                }
                What::MemberCheckedin { member, .. } => {
                    if let Some(venue) = &meta.venue_id {
                        self.services.teach(lesson(member, &Id::from(venue.as_str()), Kind::CheckIn));
                    }
                }
                _ => {}
            }
        }
    }

    /// Members who are there, screens left out.
    fn present(&self) -> Vec<Id> {
        let state = self.state();
        let presence = self.presence();
        let people = state.members.iter().filter(|(id, member)| member.role != Role::Screen && presence.devices_here(id) > 0);
        people.map(|(id, _)| id.clone()).collect()
    }
}

fn heard(position: u64, reason: Why) -> bool {
    reason == Why::Finished || position >= HEARD
}

impl Services {
    fn teach(&self, lesson: Lesson) {
        // Full: see `WAITING`.
        let _ = self.lessons.try_send(lesson);
    }

    /// Whether a lesson counts.
    async fn counts(&self, accounts: &Accounts, lesson: &Lesson) -> bool {
        let Ok(privacy) = accounts.privacy(&lesson.member).await else { return false };
        let agreed = if lesson.kind == Kind::CheckIn { privacy.presence } else { privacy.share_taste };
        if !agreed {
            return false;
        }
        let key = format!("{}/{}", lesson.room, lesson.member);
        match self.store.get(MEMBERS.name, &key).await {
            Ok(kept) => kept.is_none_or(|kept| kept.body["learn"] != json!(false)),
            Err(_) => false,
        }
    }

    /// Writes lessons down as interactions. Runs for ever.
    pub(super) async fn write_lessons(&self, mut lessons: mpsc::Receiver<Lesson>, accounts: Arc<Accounts>, tastes: Arc<TasteService>) {
        let mut batch = Vec::new();
        while lessons.recv_many(&mut batch, BATCH).await > 0 {
            let mut interactions = Vec::new();
            for lesson in batch.drain(..) {
                if self.counts(&accounts, &lesson).await {
                    interactions.push(interaction(lesson));
                }
            }
            if !interactions.is_empty() {
                let tastes = tastes.clone();
                let written = tokio::task::spawn_blocking(move || tastes.taste.history().append(&interactions));
                if let Ok(Err(error)) = written.await {
                    tracing::warn!(%error, "what an evening says about tastes cannot be written");
                }
            }
            tokio::time::sleep(GATHER).await;
        }
    }
}

fn interaction(lesson: Lesson) -> Interaction {
    Interaction {
        user: lesson.member.to_string(),
        item: lesson.item.to_string(),
        kind: lesson.kind,
        at: (lesson.at / 1000) as i64,
        times: 1.0,
        venue: lesson.venue,
    }
}
