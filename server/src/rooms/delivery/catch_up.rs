//! Sending a client what it missed, then everything that comes: from the events held ready, from the log, or as a snapshot.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::rooms::delivery::audience::Audience;
use crate::rooms::delivery::join_request::JoinRequest;
use crate::rooms::delivery::message::Message;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::delivery::subscribers::{CatchUpStep, MAX_BEHIND};
use crate::rooms::log::journal::Journal;
use crate::rooms::log::published::Published;
use crate::rooms::rules::event::Entry;
use crate::rooms::rules::ids::RoomId;
use crate::rooms::rules::state::State;

/// What catching up needs of a room. A clone costs little.
#[derive(Clone)]
pub(crate) struct CatchUp {
    pub(crate) room: RoomId,
    pub(crate) audience: Arc<Audience>,
    pub(crate) journal: Journal,
    pub(crate) state: Arc<Published>,
}

impl CatchUp {
    /// Sends a subscriber what it missed, then everything that comes.
    pub(crate) fn start(&self, sink: Sink) {
        let first = self.audience.subscribers().catch_up(&self.room, &sink, false, &[]);
        if first == CatchUpStep::Done {
            return;
        }
        let catch_up = self.clone();
        tokio::spawn(async move {
            let mut step = first;
            while step != CatchUpStep::Done {
                step = catch_up.go_on(&sink, step).await;
            }
        });
    }

    async fn go_on(&self, sink: &Sink, step: CatchUpStep) -> CatchUpStep {
        match step {
            CatchUpStep::Done => CatchUpStep::Done,
            CatchUpStep::Read(since, to) => match self.journal.read(since + 1, (to - since) as usize).await {
                Ok(entries) if entries.first().is_some_and(|entry| entry.event.seq == since + 1) => {
                    self.audience.subscribers().catch_up(&self.room, sink, true, &entries)
                }
                Ok(_) => self.send_snapshot(sink),
                Err(error) => {
                    tracing::warn!(room = %self.room, %error, "a client cannot be caught up now");
                    self.audience.subscribers().give_up(sink);
                    CatchUpStep::Done
                }
            },
            CatchUpStep::Snapshot => self.send_snapshot(sink),
        }
    }

    fn send_snapshot(&self, sink: &Sink) -> CatchUpStep {
        let state = self.state.get();
        let Some(member) = self.audience.subscribers().member_of(sink) else { return CatchUpStep::Done };
        let view = self.audience.view(&state, &member);
        let message = Message::new("room:snapshot", &json!({"room": self.room, "rev": state.rev, "state": view}));
        let mut subscribers = self.audience.subscribers();
        if subscribers.snapshot(&self.room, sink, state.rev, &message) {
            subscribers.catch_up(&self.room, sink, true, &[])
        } else {
            CatchUpStep::Done
        }
    }

    /// Answers a join that is durable, with the missed events or the state, and begins to send events.
    pub(crate) fn welcome(&self, state: &Arc<State>, request: JoinRequest, mut ack: Map<String, Value>) {
        let rev = state.rev;
        ack.insert("rev".to_owned(), json!(rev));
        ack.insert("now".to_owned(), json!(state.now));
        if let (Some(sink), false) = (&request.sink, request.sync) {
            self.audience.subscribe(sink, &request.user, rev);
        }
        let missed = request.since.filter(|since| *since <= rev && rev - since <= MAX_BEHIND);
        let ready = missed.and_then(|since| self.audience.subscribers().recent(since));
        let (catch_up, state) = (self.clone(), Arc::clone(state));
        match (missed, ready) {
            (Some(since), Some(messages)) if messages.len() as u64 == rev - since => {
                let events = messages.iter().map(Message::data).collect();
                catch_up.answer_events(events, request, ack);
            }
            (Some(since), _) => {
                tokio::spawn(async move {
                    let events: Result<Vec<Entry>, _> = catch_up.journal.read(since + 1, (rev - since) as usize).await;
                    match events {
                        Ok(events) if events.len() as u64 == rev - since => {
                            let events = events.iter().map(|entry| json!(entry.event)).collect();
                            catch_up.answer_events(events, request, ack);
                        }
                        _ => catch_up.answer_state(&state, request, ack),
                    }
                });
            }
            (None, _) => {
                tokio::task::spawn_blocking(move || catch_up.answer_state(&state, request, ack));
            }
        }
    }

    fn answer_events(&self, events: Vec<Value>, request: JoinRequest, mut ack: Map<String, Value>) {
        ack.insert("events".to_owned(), Value::Array(events));
        self.answer(request, ack);
    }

    fn answer_state(&self, state: &State, request: JoinRequest, mut ack: Map<String, Value>) {
        ack.insert("state".to_owned(), json!(self.audience.view(state, &request.user)));
        self.answer(request, ack);
    }

    fn answer(&self, request: JoinRequest, ack: Map<String, Value>) {
        let rev = ack.get("rev").and_then(Value::as_u64);
        (request.reply)(Ok(ack));
        if let (Some(sink), false) = (request.sink, request.sync) {
            if let Some(rev) = rev {
                sink.move_offset(&self.room, rev);
            }
            self.start(sink);
        }
    }
}
