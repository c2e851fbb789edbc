//! The writer of a room: a batch of inputs is decided, appended to the log as one, and only then published and answered. When another
//! server has appended first, its events are read and the batch is decided again.

use std::sync::Arc;

use tutti_store::{Batch, StoreError};

use crate::rooms::delivery::message::removal_message;
use crate::rooms::log::idempotency::IdempotencyCache;
use crate::rooms::rules::event::{Entry, EventKind};
use crate::rooms::rules::op::Action;
use crate::rooms::rules::refusal::Refusal;
use crate::rooms::rules::state::State;
use crate::rooms::runtime::core::RoomCore;
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::songs::interactions::Source;
use crate::rooms::runtime::turn::{Outcome, Turn, removal};

/// Times a batch is tried again on what others wrote.
const MAX_TRIES: usize = 50;
/// Entries read at once.
const PAGE: usize = 500;

/// What only the writer of a room touches.
pub(super) struct Writer {
    completed: IdempotencyCache,
    /// Revision of the latest snapshot.
    snapshot: u64,
    /// Others may have appended, or an append may have happened without an answer: the log has to be read first.
    stale: bool,
}

impl Writer {
    pub(super) fn new(completed: IdempotencyCache, snapshot: u64) -> Writer {
        Writer { completed, snapshot, stale: false }
    }

    /// Carries a batch out and answers it. Whether connections were removed, so that presence has changed.
    pub(super) async fn run(&mut self, room: &RoomCore, batch: Vec<Input>) -> bool {
        let alone = room.services.cluster.is_none();
        self.stale |= !alone && batch.iter().any(Input::needs_latest);
        let mut is_latest = alone;
        let mut removed = false;
        for _ in 0..MAX_TRIES {
            if self.stale {
                match self.read_log(room).await {
                    Ok(more) => removed |= more,
                    Err(error) => {
                        refuse(batch, &error.into());
                        return removed;
                    }
                }
                is_latest = true;
            }
            let base = room.state.get();
            let mut turn = Turn::new(room, &self.completed, &base);
            for input in &batch {
                turn.take(input).await;
            }
            let Turn { state, entries, writes, outcomes, .. } = turn;
            let by_state = |outcome: &Outcome| outcome.as_ref().is_err_and(|refusal| refusal.code.is_of_state());
            if !is_latest && outcomes.iter().any(|(outcome, _)| by_state(outcome)) {
                // What is refused here may be right by what another server has logged meanwhile.
                self.stale = true;
                continue;
            }
            let written = if !entries.is_empty() {
                room.journal.append(base.rev, &entries, writes).await
            } else if writes.is_empty() {
                Ok(())
            } else {
                room.services.store.commit(Batch { checks: Vec::new(), writes }).await.map(drop)
            };
            match written {
                Ok(()) => {
                    let published = (!entries.is_empty()).then(|| self.publish(room, state, &entries));
                    let (state, more) = published.unwrap_or_else(|| (Arc::clone(&base), false));
                    self.finish(room, &base, &state, &entries);
                    answer(room, &state, batch, outcomes);
                    self.store_snapshot(room, &state).await;
                    return removed | more;
                }
                // Another server wrote first: what it wrote counts, and everything is decided anew.
                Err(StoreError::Conflict) => self.stale = true,
                Err(error) => {
                    self.stale = true;
                    tracing::warn!(room = %room.id, %error, "a room cannot be written");
                    answer_unwritten(room, &base, batch, outcomes, &error.into());
                    return removed;
                }
            }
        }
        refuse(batch, &Refusal::busy("too many clients are writing to this room; try again"));
        removed
    }

    /// Tells other parts of the program what was committed by this server.
    fn finish(&self, room: &RoomCore, before: &State, after: &State, entries: &[Arc<Entry>]) {
        let document = room.document();
        let source = Source { room: &room.id, venue: document.venue_id.as_ref(), before, after };
        room.services.interactions.send_for(&source, entries, || room.audience.present_here(after));
        if let (Some(cluster), Some(last)) = (&room.services.cluster, entries.last()) {
            cluster.logged(&room.id, last.event.seq);
        }
    }

    /// Takes over what is committed: state, completed ops, deliveries. The state, and whether connections were removed.
    fn publish(&mut self, room: &RoomCore, state: State, entries: &[Arc<Entry>]) -> (Arc<State>, bool) {
        for entry in entries {
            self.completed.note(entry);
        }
        let state = room.state.set(state);
        let failed = {
            let mut subscribers = room.audience.subscribers();
            subscribers.deliver(&room.id, entries);
            subscribers.take_failed()
        };
        if !failed.is_empty() {
            let catch_up = room.catch_up();
            failed.into_iter().for_each(|sink| catch_up.start(sink));
        }
        let mut removed = false;
        for entry in entries {
            removed |= carry_out(room, &state, &entry.event.kind);
        }
        (state, removed)
    }

    /// Reads what others have logged. Whether connections were removed.
    pub(super) async fn read_log(&mut self, room: &RoomCore) -> Result<bool, StoreError> {
        let mut removed = false;
        loop {
            let base = room.state.get();
            let page = room.journal.read(base.rev + 1, PAGE).await?;
            let Some(first) = page.first() else { break };
            if first.event.seq != base.rev + 1 {
                return Err(StoreError::Damaged(format!("the log of room {} has a hole behind {}", room.id, base.rev)));
            }
            let mut state = (*base).clone();
            let entries: Vec<Arc<Entry>> = page.into_iter().map(Arc::new).collect();
            entries.iter().for_each(|entry| state.apply(entry));
            removed |= self.publish(room, state, &entries).1;
        }
        self.stale = false;
        Ok(removed)
    }

    async fn store_snapshot(&mut self, room: &RoomCore, state: &State) {
        match room.journal.snapshots().store_if_due(state, self.snapshot).await {
            Ok(snapshot) => self.snapshot = snapshot,
            Err(error) => tracing::warn!(room = %room.id, %error, "a snapshot of a room cannot be stored; its log is"),
        }
    }
}

/// Does what an event means for connections and files. Whether connections were removed.
fn carry_out(room: &RoomCore, state: &State, kind: &EventKind) -> bool {
    let mut removed = false;
    if let Some((member, reason)) = removal(kind) {
        // Who leaves of their own accord is not told.
        let last = (reason != "left").then(|| removal_message("room:removed", &room.id, reason));
        removed |= room.audience.remove_all(Some(member), last.as_ref(), state);
        room.audience.presence().forget(member);
    }
    match kind {
        EventKind::RoomClosed {} => {
            room.set_document(room.document().closed());
            removed |= room.audience.remove_all(None, Some(&removal_message("room:closed", &room.id, "closed")), state);
        }
        EventKind::PictureDeleted { picture } => room.services.pictures.delete(&room.id, picture),
        _ => {}
    }
    removed
}

fn answer(room: &RoomCore, state: &Arc<State>, batch: Vec<Input>, outcomes: Vec<(Outcome, bool)>) {
    for (input, (outcome, _)) in batch.into_iter().zip(outcomes) {
        match (input, outcome) {
            (Input::Op { actor, op, reply, .. }, outcome) => {
                if let (Action::App(app), Ok(_)) = (&op.action, &outcome)
                    && app.ephemeral
                {
                    room.audience.app_event(&actor, app);
                }
                reply(outcome);
            }
            (Input::Join(request), Ok(ack)) => room.catch_up().welcome(state, request, ack),
            (Input::Join(request), Err(refusal)) => (request.reply)(Err(refusal)),
            (Input::Refresh(Some(done)), _) => drop(done.send(())),
            (Input::Tick | Input::Refresh(None), _) => {}
        }
    }
}

/// Answers a batch whose entries could not be written: what needed them is refused, the rest stands.
fn answer_unwritten(room: &RoomCore, base: &Arc<State>, batch: Vec<Input>, outcomes: Vec<(Outcome, bool)>, why: &Refusal) {
    let outcomes = outcomes.into_iter().map(|(outcome, logged)| match outcome {
        Err(refusal) if !logged => (Err(refusal), logged),
        _ => (Err(why.clone()), logged),
    });
    answer(room, base, batch, outcomes.collect());
}

fn refuse(batch: Vec<Input>, why: &Refusal) {
    batch.into_iter().for_each(|input| input.refuse(why));
}
