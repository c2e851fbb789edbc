//! Joining: who may, what is logged, what the ack holds, and from where on the device gets events.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::decide::Draft;
use super::event::{Entry, Id, What};
use super::live::{Live, Reply};
use super::op::{Ask, Op, digest_of};
use super::outlet::{Message, Outlet};
use super::refusal::{Code, Refusal};
use super::seats::BEHIND;
use super::state::State;
use super::turn::{Outcome, Turn, role_for};

/// Somebody at the door.
pub(crate) struct Arrival {
    /// The user's id, which is the member's.
    pub(crate) user: Id,
    /// The name the others will see.
    pub(crate) name: String,
    /// A guest's device.
    pub(crate) device: Option<String>,
    /// The room that he is a screen of.
    pub(crate) screen_of: Option<Id>,
    /// His taste, when he tells it.
    pub(crate) taste: Option<Vec<f32>>,
    /// The last event he knows.
    pub(crate) since: Option<u64>,
    /// The op's id.
    pub(crate) op: Id,
    /// The revision he wants the room to have.
    pub(crate) if_rev: Option<u64>,
    /// Where events go from now on; none only tells what was missed, or joins without a device.
    pub(crate) outlet: Option<Outlet>,
    /// He only wants to know what he missed, and does not join.
    pub(crate) sync: bool,
    /// How he is answered.
    pub(crate) reply: Reply,
}

impl Turn<'_> {
    /// Lets somebody in, or tells why not. The answer's events or state are added once the turn is committed.
    pub(super) async fn join(&mut self, arrival: &Arrival) -> Outcome {
        let state = &self.state;
        if !state.open {
            return Err(Refusal::room_closed());
        }
        self.admit(arrival)?;
        self.expect(arrival.if_rev)?;
        if arrival.sync {
            return if state.members.contains_key(&arrival.user) {
                Ok(self.say(Map::new(), None))
            } else {
                Err(Refusal::new(Code::NotInRoom, "join the room first"))
            };
        }
        if arrival.outlet.is_some() && self.live().seats().len() >= self.live().limits().devices {
            return Err(Refusal::new(Code::RoomFull, "as many devices as the room takes are connected"));
        }
        let mut seq = None;
        if !state.members.contains_key(&arrival.user) {
            seq = Some(self.enter(arrival)?);
            self.writes.push(self.live().note_member(&arrival.user).await?);
        }
        if let Some(taste) = &arrival.taste {
            self.writes.extend(self.live().keep_taste(&arrival.user, taste).await?);
        }
        let Some(member) = self.state.members.get(&arrival.user) else { return Err(Refusal::internal()) };
        let mut answer = Map::new();
        answer.insert("room".to_owned(), json!(self.live().id));
        answer.insert("member".to_owned(), json!({"id": arrival.user, "name": member.name, "role": member.role}));
        Ok(self.say(answer, seq))
    }

    fn admit(&self, arrival: &Arrival) -> Result<(), Refusal> {
        let state = &self.state;
        if arrival.screen_of.as_ref().is_some_and(|room| *room != self.live().id) {
            return Err(Refusal::forbidden("this screen belongs to another room"));
        }
        let device = arrival.device.as_deref().map(digest_of);
        let banned = |ban: &super::state::Ban| device.is_some() && ban.device == device;
        if state.bans.contains_key(&arrival.user) || state.bans.values().any(|ban| banned(ban)) {
            return Err(Refusal::new(Code::Banned, "the host does not want you here"));
        }
        if let Some(until) = state.kicked.get(&arrival.user).filter(|until| **until > self.live().now()) {
            let wait = until - self.live().now();
            return Err(Refusal::forbidden("you were sent out; come back in a minute").after(wait));
        }
        Ok(())
    }

    fn enter(&mut self, arrival: &Arrival) -> Result<u64, Refusal> {
        if self.state.members.len() >= self.live().limits().members {
            return Err(Refusal::new(Code::RoomFull, "the room has as many members as it takes"));
        }
        let role = role_for(&self.state, &arrival.user, arrival.screen_of.is_some());
        let mut draft = Draft::new(&arrival.user, What::MemberJoined { member: arrival.user.clone(), name: arrival.name.clone(), role });
        draft.private.device = arrival.device.as_deref().map(digest_of);
        let op = Op { id: arrival.op.clone(), if_rev: None, digest: digest_of("room:join"), ask: Ask::Leave };
        Ok(self.log_one(draft, Some((&op.id, op.digest))).event.seq)
    }
}

impl Live {
    /// Answers somebody who was let in, once it is durable, and begins to send him events.
    pub(super) fn welcome(self: &Arc<Live>, state: &Arc<State>, arrival: Arrival, mut answer: Map<String, Value>) {
        let rev = state.rev;
        answer.insert("rev".to_owned(), json!(rev));
        answer.insert("now".to_owned(), state.now.as_ref().map_or(Value::Null, |now| now.view()));
        if let (Some(outlet), false) = (&arrival.outlet, arrival.sync) {
            self.seat(outlet, &arrival.user, rev);
        }
        let missed = arrival.since.filter(|since| *since <= rev && rev - since <= BEHIND);
        let ready = missed.and_then(|since| self.seats().recent(since));
        let (live, state) = (self.clone(), state.clone());
        match (missed, ready) {
            (Some(since), Some(messages)) if messages.len() as u64 == rev - since => {
                let events = messages.iter().map(Message::data).collect();
                live.answer_events(events, arrival, answer);
            }
            (Some(since), _) => {
                tokio::spawn(async move {
                    let events: Result<Vec<Entry>, _> = live.journal.read(since + 1, (rev - since) as usize).await;
                    match events {
                        Ok(events) if events.len() as u64 == rev - since => {
                            let events = events.iter().map(|entry| json!(entry.event)).collect();
                            live.answer_events(events, arrival, answer);
                        }
                        _ => live.answer_state(&state, arrival, answer),
                    }
                });
            }
            (None, _) => {
                tokio::task::spawn_blocking(move || live.answer_state(&state, arrival, answer));
            }
        }
    }

    fn answer_events(self: &Arc<Live>, events: Vec<Value>, arrival: Arrival, mut answer: Map<String, Value>) {
        answer.insert("events".to_owned(), Value::Array(events));
        self.greet(arrival, answer);
    }

    fn answer_state(self: &Arc<Live>, state: &State, arrival: Arrival, mut answer: Map<String, Value>) {
        answer.insert("state".to_owned(), self.view(state, &arrival.user));
        self.greet(arrival, answer);
    }

    fn greet(self: &Arc<Live>, arrival: Arrival, answer: Map<String, Value>) {
        (arrival.reply)(Ok(answer));
        if let (Some(outlet), false) = (arrival.outlet, arrival.sync) {
            self.catch_up(outlet);
        }
    }
}
