//! Driving a room: its inputs are taken in batches; each batch is decided, appended to the log as one, and only then
//! told to anybody. While one batch is being written the next gathers.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::event::{Entry, What};
use super::live::{Core, Input, Live};
use super::outlet::goodbye;
use super::refusal::Refusal;
use super::state::State;
use super::turn::{Outcome, Turn, removal};
use tutti_store::{Batch, StoreError};

/// Inputs of one batch.
const BATCH: usize = 256;
/// Times a batch is tried again on what others wrote.
const TRIES: usize = 50;
/// Entries read at once.
const PAGE: usize = 500;

impl Live {
    /// Works the inbox off.
    pub(super) async fn drive(self: Arc<Live>) {
        let mut core = self.core.lock().await;
        loop {
            let batch: Vec<Input> = {
                let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
                if inbox.waiting.is_empty() {
                    inbox.driven = false;
                    return;
                }
                let many = inbox.waiting.len().min(BATCH);
                inbox.waiting.drain(..many).collect()
            };
            self.run(&mut core, batch).await;
            self.plan();
        }
    }

    async fn run(self: &Arc<Live>, core: &mut Core, batch: Vec<Input>) {
        core.unsure |= self.services.cluster.is_some() && batch.iter().any(needs_latest);
        let mut sure = self.services.cluster.is_none();
        for _ in 0..TRIES {
            if core.unsure {
                if let Err(error) = self.absorb(core).await {
                    return refuse(batch, &error.into());
                }
                sure = true;
            }
            let base = self.state();
            let mut turn = Turn::new(self, core, &base);
            for input in &batch {
                turn.take(input).await;
            }
            let Turn { state, entries, writes, outcomes, .. } = turn;
            let by_state = |outcome: &Outcome| outcome.as_ref().is_err_and(|refusal| refusal.code.is_of_state());
            if !sure && outcomes.iter().any(|(outcome, _)| by_state(outcome)) {
                // What is refused here may be right by what another server has logged meanwhile.
                core.unsure = true;
                continue;
            }
            let written = if !entries.is_empty() {
                self.journal.append(base.rev, &entries, writes).await
            } else if writes.is_empty() {
                Ok(())
            } else {
                self.services.store.commit(Batch { checks: Vec::new(), writes }).await.map(drop)
            };
            match written {
                Ok(()) => {
                    let state = if entries.is_empty() { base.clone() } else { self.publish(core, state, &entries) };
                    self.learn_from(&base, &entries);
                    self.services.tell(&self.id, &entries);
                    self.answer(&state, batch, outcomes);
                    return self.keep(core, &state).await;
                }
                // Somebody else wrote first: what he wrote counts, and everything is decided anew.
                Err(StoreError::Conflict) => core.unsure = true,
                Err(error) => {
                    core.unsure = true;
                    tracing::warn!(room = &*self.id, %error, "a room cannot be written");
                    return self.answer_without(&base, batch, outcomes, &error.into());
                }
            }
        }
        refuse(batch, &Refusal::busy("too many write to this room at once"));
    }

    /// Takes over what is committed: state, memory, deliveries.
    fn publish(self: &Arc<Live>, core: &mut Core, state: State, entries: &[Arc<Entry>]) -> Arc<State> {
        for entry in entries {
            core.memory.note(entry);
        }
        let state = self.set_state(state);
        self.seats().deliver(&self.id, entries);
        let failed = self.seats().take_failed();
        for outlet in failed {
            self.catch_up(outlet);
        }
        for entry in entries {
            self.after(entry);
        }
        state
    }

    /// What an event means for devices and files.
    fn after(self: &Arc<Live>, entry: &Entry) {
        if let Some((member, reason)) = removal(&entry.event.what) {
            let told = (reason != "left").then(|| goodbye("room:removed", &self.id, reason));
            self.send_away(Some(member), told.as_ref());
            self.presence().forget(member);
        }
        match &entry.event.what {
            What::RoomClosed {} => {
                self.set_meta(self.meta().closed());
                self.send_away(None, Some(&goodbye("room:closed", &self.id, "closed")));
            }
            What::PictureDeleted { picture } => self.services.delete_picture(&self.id, picture),
            _ => {}
        }
    }

    /// Reads what others have logged.
    pub(super) async fn absorb(self: &Arc<Live>, core: &mut Core) -> Result<(), StoreError> {
        loop {
            let base = self.state();
            let page = self.journal.read(base.rev + 1, PAGE).await?;
            let Some(first) = page.first() else { break };
            if first.event.seq != base.rev + 1 {
                return Err(StoreError::Damaged(format!("the log of room {} has a hole behind {}", self.id, base.rev)));
            }
            let mut state = (*base).clone();
            let entries: Vec<Arc<Entry>> = page.into_iter().map(Arc::new).collect();
            entries.iter().for_each(|entry| state.apply(entry));
            self.publish(core, state, &entries);
        }
        core.unsure = false;
        Ok(())
    }

    fn answer(self: &Arc<Live>, state: &Arc<State>, batch: Vec<Input>, outcomes: Vec<(Outcome, bool)>) {
        for (input, (outcome, _)) in batch.into_iter().zip(outcomes) {
            match (input, outcome) {
                (Input::Op { reply, .. }, outcome) => reply(outcome),
                (Input::Join(arrival), Ok(answer)) => self.welcome(state, arrival, answer),
                (Input::Join(arrival), Err(refusal)) => (arrival.reply)(Err(refusal)),
                (Input::Sync(Some(told)), _) => drop(told.send(())),
                (Input::Look | Input::Sync(None), _) => {}
            }
        }
    }

    /// Answers a batch whose entries could not be written: what needed them is refused, the rest stands.
    fn answer_without(self: &Arc<Live>, base: &Arc<State>, batch: Vec<Input>, outcomes: Vec<(Outcome, bool)>, why: &Refusal) {
        let outcomes = outcomes.into_iter().map(|(outcome, logged)| match outcome {
            Err(refusal) if !logged => (Err(refusal), logged),
            _ => (Err(why.clone()), logged),
        });
        self.answer(base, batch, outcomes.collect());
    }

    /// A snapshot when one is due.
    async fn keep(&self, core: &mut Core, state: &State) {
        match self.journal.snapshot(state, core.snapshot).await {
            Ok(snapshot) => core.snapshot = snapshot,
            Err(error) => tracing::warn!(room = &*self.id, %error, "a snapshot of a room cannot be kept; its log still is"),
        }
    }

    /// Has the clock call when something is due.
    pub(super) fn plan(self: &Arc<Live>) {
        let state = self.state();
        let grace = state.settings.grace_ms;
        let over = state
            .now
            .as_ref()
            .filter(|now| now.state == super::event::PlayState::Playing)
            .map(|now| now.at_ms + (now.song.duration_ms + super::decide::OVER).saturating_sub(now.position_ms));
        let gone = {
            let presence = self.presence();
            let members = state.members.iter().filter(|(_, member)| member.role != super::event::Role::Host);
            members.filter_map(|(id, _)| presence.gone_since(id)).map(|since| since + grace).min()
        };
        let due = over.into_iter().chain(gone).min().filter(|_| state.open).unwrap_or(u64::MAX);
        if self.due.swap(due, Ordering::Relaxed) != due && due != u64::MAX {
            self.services.clock.call(due, &self.id);
        }
    }
}

/// Whether an input depends on what other servers have logged by now.
fn needs_latest(input: &Input) -> bool {
    match input {
        Input::Sync(_) => true,
        Input::Op { op, .. } => op.if_rev.is_some(),
        Input::Join(arrival) => arrival.if_rev.is_some() || arrival.since.is_some(),
        Input::Look => false,
    }
}

fn refuse(batch: Vec<Input>, why: &Refusal) {
    for input in batch {
        match input {
            Input::Op { reply, .. } => reply(Err(why.clone())),
            Input::Join(arrival) => (arrival.reply)(Err(why.clone())),
            Input::Look | Input::Sync(_) => {}
        }
    }
}
