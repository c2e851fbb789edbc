//! Rooms without a socket: what is asked about a room, and ops of somebody who just calls.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::desk::{find_facts, needs_facts};
use super::device::arrival;
use super::event::{Entry, Id, Role, Song, What};
use super::live::{Input, Live};
use super::op::{Ask, Op};
use super::refusal::{Code, Refusal};
use super::registry::Rooms;
use super::state::State;
use crate::accounts::Caller;

/// Events of one answer.
const PAGE: usize = 1_000;

impl Rooms {
    /// Carries an op out for somebody who is a member.
    ///
    /// # Errors
    /// Those of the contract; `FORBIDDEN` for who is no member.
    pub(crate) async fn command(
        self: &Arc<Rooms>,
        caller: &Caller,
        room: &str,
        name: &str,
        payload: &Value,
        size: usize,
    ) -> Result<Map<String, Value>, Refusal> {
        let op = Op::read(name, payload, &[], size)?;
        self.member_rate(&caller.user, &op.ask)?;
        let live = self.find(room).await?;
        live.needs_member(caller)?;
        live.within_budget().map_err(|wait| Refusal::limited("ops in this room", wait))?;
        let facts = if needs_facts(&op.ask) { find_facts(self, &live, &caller.user, &op).await? } else { Default::default() };
        let (told, heard) = tokio::sync::oneshot::channel();
        let reply = Box::new(move |outcome| {
            let _ = told.send(outcome);
        });
        live.hand_in(Input::Op { actor: Id::from(&*caller.user), op, facts, reply });
        heard.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }

    /// Makes the caller a member, or tells a member what he missed.
    ///
    /// # Errors
    /// Those of the contract.
    pub(crate) async fn enter(self: &Arc<Rooms>, caller: &Caller, room: &str, payload: &Value) -> Result<Map<String, Value>, Refusal> {
        let mut arrival = arrival(caller, payload, false)?;
        self.member_rate(&caller.user, &Ask::Leave)?;
        let live = self.find(room).await?;
        let (told, heard) = tokio::sync::oneshot::channel();
        arrival.reply = Box::new(move |outcome| {
            let _ = told.send(outcome);
        });
        live.hand_in(Input::Join(arrival));
        heard.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }

    fn member_rate(&self, user: &str, ask: &Ask) -> Result<(), Refusal> {
        let now = std::time::Instant::now();
        let user = user.to_owned();
        self.callers.ops.take(&user, 1, now).map_err(|wait| Refusal::limited("ops", wait))?;
        match ask {
            Ask::Chat { .. } => self.callers.chat.take(&user, 1, now).map_err(|wait| Refusal::limited("messages", wait)),
            Ask::Picture { .. } => self.callers.pictures.take(&user, 1, now).map_err(|wait| Refusal::limited("pictures", wait)),
            _ => Ok(()),
        }
    }
}

/// A room as it looks to who has its code and has not joined.
pub(crate) struct FirstSight {
    /// Its name.
    pub(crate) name: String,
    /// What plays.
    pub(crate) now: Option<Arc<Song>>,
    /// What comes, the next first.
    pub(crate) next: Vec<Arc<Song>>,
}

/// Songs of the queue whose reasons are told.
const EXPLAINED: usize = 50;
/// Songs that are seen before joining.
const NEXT: usize = 20;

impl Live {
    /// Refuses who is not a member.
    pub(crate) fn needs_member(&self, caller: &Caller) -> Result<(), Refusal> {
        if self.state().members.contains_key(&*caller.user) {
            return Ok(());
        }
        Err(Refusal::forbidden("only members of the room may do this"))
    }

    /// Refuses who is not the host.
    pub(crate) fn needs_host(&self, caller: &Caller) -> Result<(), Refusal> {
        let state = self.state();
        if !state.open {
            return Err(Refusal::room_closed());
        }
        if state.members.get(&*caller.user).is_some_and(|member| member.role == Role::Host) {
            return Ok(());
        }
        Err(Refusal::forbidden("only the host of the room may do this"))
    }

    /// What anybody who has the room's id may know.
    pub(crate) fn summary(&self, link: &str) -> Value {
        let (state, meta) = (self.state(), self.meta());
        let presence = self.presence();
        let online = state.members.keys().filter(|member| presence.devices(member) > 0).count();
        json!({
            "id": self.id,
            "name": state.name,
            "code": meta.code,
            "link": link,
            "rev": state.rev,
            "open": state.open,
            "members": state.members.len(),
            "online": online,
            "queue": state.queue.len(),
            "settings": *state.settings,
            "venueId": meta.venue_id,
        })
    }

    /// What anybody who has the room's code may see before joining.
    pub(crate) fn first_sight(&self) -> FirstSight {
        let state = self.state();
        let next = state.order().into_iter().take(NEXT).map(|at| state.queue[at].song.clone()).collect();
        FirstSight { name: state.name.clone(), now: state.now.as_ref().map(|now| now.song.clone()), next }
    }

    /// How songs suit those present: members with how pleased they are, songs with their score for each member.
    pub(crate) async fn taste(&self) -> Value {
        let (state, fit) = self.fit().await;
        let name = |id: &Id| state.members.get(id).map(|member| member.name.as_str());
        let members = fit
            .members
            .iter()
            .map(|(id, known, pleased)| json!({"id": id, "name": name(id), "known": known, "satisfaction": pleased.filter(|_| *known)}));
        // Of whom nothing is known nothing is said; in picks he counts with the mean.
        let scores = |song: &Song| -> Map<String, Value> {
            let scores = fit.members.iter().zip(fit.songs.get(&song.id).into_iter().flatten());
            scores.filter(|((_, known, _), _)| *known).map(|((id, ..), score)| (id.to_string(), json!(score))).collect()
        };
        let shown = |place: &str, item: &Id, song: &Song| json!({"song": song.id, "item": item, "place": place, "scores": scores(song)});
        let queue = state.order().into_iter().take(EXPLAINED).map(|at| shown("queue", &state.queue[at].item, &state.queue[at].song));
        let now = state.now.iter().map(|now| shown("now", &now.item, &now.song));
        let history = state.history.iter().map(|one| shown("history", &one.item, &one.song));
        json!({"rev": state.rev, "members": members.collect::<Vec<_>>(), "songs": now.chain(queue).chain(history).collect::<Vec<_>>()})
    }

    /// The state at a revision, as a member sees it.
    ///
    /// # Errors
    /// `NOT_FOUND` for a revision that is not there, or not kept any more.
    pub(crate) async fn state_at(self: &Arc<Live>, member: &str, rev: Option<u64>) -> Result<Value, Refusal> {
        self.fresh().await;
        let state: Arc<State> = match rev {
            None => self.state(),
            Some(rev) if rev == self.state().rev => self.state(),
            Some(rev) if rev > self.state().rev || rev == 0 => {
                return Err(Refusal::new(Code::NotFound, format!("the room has no revision {rev}")));
            }
            Some(rev) => {
                let gone = || Refusal::new(Code::NotFound, format!("revision {rev} is not kept any more"));
                Arc::new(self.journal.state_at(rev).await?.ok_or_else(gone)?)
            }
        };
        Ok(json!({"rev": state.rev, "state": self.view(&state, member)}))
    }

    /// Events numbered `from` and up, at most 1,000, and the number to go on with, if there are more.
    ///
    /// # Errors
    /// `BUSY` when the log cannot be read now.
    pub(crate) async fn log_from(self: &Arc<Live>, from: u64, limit: usize) -> Result<Value, Refusal> {
        self.fresh().await;
        let rev = self.state().rev;
        let entries = self.journal.read(from.max(1), limit.min(PAGE)).await?;
        let events: Vec<&Entry> = entries.iter().filter(|entry| entry.event.seq <= rev).collect();
        let next = events.last().map(|entry| entry.event.seq + 1).filter(|next| *next <= rev);
        Ok(json!({"events": events.iter().map(|entry| &entry.event).collect::<Vec<_>>(), "next": next}))
    }

    /// The songs that were played, oldest first: what is left of the evening.
    ///
    /// # Errors
    /// `BUSY` when the log cannot be read now.
    pub(crate) async fn evening(self: &Arc<Live>) -> Result<Vec<Value>, Refusal> {
        self.fresh().await;
        let rev = self.state().rev;
        let mut songs: Vec<Value> = Vec::new();
        let mut added: std::collections::HashMap<Id, Id> = std::collections::HashMap::new();
        let mut from = 1;
        while from <= rev {
            let page = self.journal.read(from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.event.seq + 1;
            for entry in &page {
                let event = &entry.event;
                match &event.what {
                    What::SongAdded { item, .. } => drop(added.insert(item.clone(), event.by.clone())),
                    What::PlayStarted { at_ms, item, song } => {
                        let by = added.get(item).unwrap_or(&event.by);
                        songs.push(json!({"item": item, "song": song, "by": by, "startedMs": at_ms, "endedMs": null, "reason": null}));
                    }
                    What::PlayEnded { item, reason } => {
                        if let Some(song) = songs.iter_mut().rfind(|song| song["item"] == json!(item)) {
                            song["endedMs"] = json!(event.ts);
                            song["reason"] = json!(reason);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(songs)
    }

    /// A picture that was shared here.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) async fn picture(&self, id: &str) -> Result<(&'static str, Bytes), Refusal> {
        let missing = || Refusal::new(Code::NotFound, "there is no such picture");
        if !super::payload::is_id(id) {
            return Err(missing());
        }
        self.services.picture(&self.id, id).await?.ok_or_else(missing)
    }
}
