//! One turn of a room: a batch of inputs decided one after the other, each on the state the ones before left. Nothing is
//! written here; the turn is committed as one, or taken again on another state.

mod join;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tutti_store::Write;

use crate::rooms::log::idempotency::{CompletedOp, IdempotencyCache};
use crate::rooms::rules::decide::{Case, Context, Decision, Draft, FollowUp, Lookups, Stages, consequences, decide, may, overdue, picked};
use crate::rooms::rules::event::{Entry, Event, EventKind, MemberRole, Reason};
use crate::rooms::rules::ids::{MemberId, OpId};
use crate::rooms::rules::op::{Action, Op};
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::state::State;
use crate::rooms::runtime::core::RoomCore;
use crate::rooms::runtime::input::Input;

/// Events that may follow from one op; more is a mistake in the rules.
const MAX_CONSEQUENCES: usize = 2_000;

/// What the sender of an input is answered.
pub(super) type Outcome = Result<Map<String, Value>, Refusal>;

/// A batch in the making.
pub(super) struct Turn<'a> {
    room: &'a RoomCore,
    /// The ops that are in the log.
    completed: &'a IdempotencyCache,
    /// The ops of this turn.
    completed_here: HashMap<(MemberId, OpId), CompletedOp>,
    /// The state after what was decided.
    pub(super) state: State,
    /// What is to be logged.
    pub(super) entries: Vec<Arc<Entry>>,
    /// What is to be written with it.
    pub(super) writes: Vec<Write>,
    /// One for each input: the answer, and whether it depends on the entries.
    pub(super) outcomes: Vec<(Outcome, bool)>,
}

impl<'a> Turn<'a> {
    /// A turn on a committed state.
    pub(super) fn new(room: &'a RoomCore, completed: &'a IdempotencyCache, base: &State) -> Turn<'a> {
        let completed_here = HashMap::new();
        Turn { room, completed, completed_here, state: base.clone(), entries: Vec::new(), writes: Vec::new(), outcomes: Vec::new() }
    }

    /// Decides one input.
    pub(super) async fn take(&mut self, input: &Input) {
        let before = self.entries.len();
        let outcome = match input {
            Input::Op { actor, op, lookups, .. } => self.op(actor, op, lookups).await,
            Input::Join(request) => self.join(request).await,
            Input::Tick => {
                self.tick().await;
                Ok(Map::new())
            }
            Input::Refresh(_) => Ok(Map::new()),
        };
        self.outcomes.push((outcome, self.entries.len() > before));
    }

    async fn op(&mut self, actor: &MemberId, op: &Op, lookups: &Lookups) -> Outcome {
        if !self.state.open {
            return Err(Refusal::room_closed());
        }
        let member = self.state.members.get(actor).cloned().ok_or_else(Refusal::not_in_room)?;
        may(member.role, &op.action, &self.state.settings)?;
        if let Some(done) = self.completed(actor, op)? {
            return self.repeat_ack(op, done).await;
        }
        self.expect(op.if_rev)?;
        let decision = if matches!(op.action, Action::Next) {
            self.pick(Some(actor)).await.ok_or_else(|| Refusal::new(Code::NothingToPick, "there is no song to pick"))?
        } else {
            self.decide_or_pick(actor, op, lookups).await?
        };
        let logs = !decision.events.is_empty();
        let was_playing = self.state.now.is_some();
        let (own, own_stage) = self.log_own(decision, op);
        if logs {
            self.follow(was_playing).await;
        }
        self.write_along(actor, op).await?;
        let present = self.room.audience.present_count(&self.state).0;
        let stages = Stages { own: &own_stage, after: &self.state, present };
        let mut ack = stages.ack(&op.action, own.as_ref().map(|entry| &entry.event.kind));
        if let (Action::Next, Some(entry)) = (&op.action, &own) {
            self.name_pick(entry.event.seq, &mut ack);
        }
        Ok(self.ack(ack, own.map(|entry| entry.event.seq)))
    }

    /// Like [`decide`]; starting an empty queue lets the autopilot choose when the room has one.
    async fn decide_or_pick(&mut self, actor: &MemberId, op: &Op, lookups: &Lookups) -> Result<Decision, Refusal> {
        let decided = self.decide(actor, op, lookups);
        match (&op.action, &decided) {
            (Action::Start { item: None }, Err(refusal)) if refusal.code == Code::QueueEmpty && self.state.settings.autopilot => {
                let Some(pick) = self.pick(None).await else { return decided };
                self.log(pick);
                self.decide(actor, op, lookups)
            }
            _ => decided,
        }
    }

    fn decide(&self, actor: &MemberId, op: &Op, lookups: &Lookups) -> Result<Decision, Refusal> {
        let member = self.state.members.get(actor).ok_or_else(Refusal::not_in_room)?;
        self.with_context(|context| decide(&Case { state: &self.state, by: actor, member, context, lookups }, &op.action))
    }

    /// What was done when the op came before.
    fn completed(&self, actor: &MemberId, op: &Op) -> Result<Option<CompletedOp>, Refusal> {
        let here = self.completed_here.get(&(actor.clone(), op.id.clone())).copied();
        match here.or_else(|| self.completed.find(actor, &op.id)) {
            Some(done) if done.digest == op.digest => Ok(Some(done)),
            Some(_) => Err(Refusal::new(Code::OpReused, format!("`op` {} was used for something else", op.id))),
            None => Ok(None),
        }
    }

    /// The answer to an op that was carried out before.
    async fn repeat_ack(&mut self, op: &Op, done: CompletedOp) -> Outcome {
        let entry = match self.entries.iter().find(|entry| entry.event.seq == done.seq) {
            Some(entry) => Some(entry.clone()),
            None => self.room.journal.entry(done.seq).await?.map(Arc::new),
        };
        let present = self.room.audience.present_count(&self.state).0;
        let stages = Stages { own: &self.state, after: &self.state, present };
        let mut answer = match &entry {
            Some(entry) => stages.ack(&op.action, Some(&entry.event.kind)),
            None => Map::new(),
        };
        if matches!(op.action, Action::Next)
            && let Some(added) = self.room.journal.entry(done.seq + 1).await?
            && let EventKind::SongAdded { item, song, .. } = &added.event.kind
        {
            answer.insert("item".to_owned(), json!(item));
            answer.insert("song".to_owned(), json!(song));
        }
        answer.insert("duplicate".to_owned(), json!(true));
        Ok(self.ack(answer, Some(done.seq)))
    }

    fn expect(&self, if_rev: Option<u64>) -> Result<(), Refusal> {
        match if_rev {
            Some(rev) if rev != self.state.rev => {
                let message = format!("the room is at revision {}, not {rev}", self.state.rev);
                Err(Refusal::new(Code::Conflict, message).with("rev", self.state.rev))
            }
            _ => Ok(()),
        }
    }

    /// An ack with `ok`, `rev` and `seq`.
    fn ack(&self, mut answer: Map<String, Value>, seq: Option<u64>) -> Map<String, Value> {
        answer.insert("ok".to_owned(), json!(true));
        answer.insert("rev".to_owned(), json!(self.state.rev));
        if let Some(seq) = seq {
            answer.insert("seq".to_owned(), json!(seq));
        }
        answer
    }

    /// Numbers and folds the events of an op; its own entry, and the state after that.
    fn log_own(&mut self, decision: Decision, op: &Op) -> (Option<Arc<Entry>>, State) {
        let mut own = (None, None);
        for (index, draft) in decision.events.into_iter().enumerate() {
            if index == decision.own {
                let entry = self.log_one(draft, Some((&op.id, op.digest)));
                own = (Some(entry), Some(self.state.clone()));
            } else {
                self.log_one(draft, None);
            }
        }
        (own.0, own.1.unwrap_or_else(|| self.state.clone()))
    }

    /// Numbers and folds events that no op is the cause of.
    fn log(&mut self, decision: Decision) {
        decision.events.into_iter().for_each(|draft| drop(self.log_one(draft, None)));
    }

    fn log_one(&mut self, draft: Draft, op: Option<(&OpId, u64)>) -> Arc<Entry> {
        let seq = self.state.rev + 1;
        let mut private = draft.private;
        private.digest = op.map(|(_, digest)| digest);
        let event = Event {
            by: draft.by,
            kind: draft.kind,
            op: op.map(|(id, _)| id.clone()),
            room: self.room.id.clone(),
            seq,
            ts: self.room.services.clock.now_ms().max(self.state.ts),
        };
        let entry = Arc::new(Entry { event, private });
        if let Some((id, digest)) = op {
            self.completed_here.insert((entry.event.by.clone(), id.clone()), CompletedOp::new(digest, seq, entry.event.ts));
        }
        self.state.apply(&entry);
        self.entries.push(entry.clone());
        entry
    }

    /// Logs what time and presence have brought about.
    async fn tick(&mut self) {
        let was_playing = self.state.now.is_some();
        let drafts = {
            let presence = self.room.audience.presence();
            overdue(&self.state, self.room.services.clock.now_ms(), |member| presence.gone_since(member))
        };
        for draft in drafts {
            self.log_one(draft, None);
        }
        self.follow(was_playing).await;
    }

    /// Logs what follows from the state, until nothing does.
    async fn follow(&mut self, was_playing: bool) {
        for _ in 0..MAX_CONSEQUENCES {
            let stopped = was_playing && self.state.now.is_none();
            match self.with_context(|context| consequences(&self.state, context, stopped)) {
                FollowUp::Nothing => return,
                FollowUp::Log(draft) => {
                    self.log_one(draft, None);
                }
                FollowUp::Pick => match self.pick(None).await {
                    Some(pick) => {
                        self.log(pick);
                    }
                    None => return,
                },
            }
        }
        tracing::error!(room = %self.room.id, "what follows from a state does not come to an end");
    }

    async fn pick(&self, by: Option<&MemberId>) -> Option<Decision> {
        let present = self.room.audience.present(&self.state);
        let pick = self.room.songs.pick(&self.state, &self.room.document(), present, self.room.services.clock.now_ms()).await?;
        Some(picked(&self.state, by, &pick.song, pick.scores, pick.weights))
    }

    fn name_pick(&self, seq: u64, answer: &mut Map<String, Value>) {
        let added = self.entries.iter().find(|entry| entry.event.seq == seq + 1);
        if let Some(EventKind::SongAdded { item, song, .. }) = added.map(|entry| &entry.event.kind) {
            answer.insert("item".to_owned(), json!(item));
            answer.insert("song".to_owned(), json!(song));
        }
    }

    /// What changes besides the log.
    async fn write_along(&mut self, actor: &MemberId, op: &Op) -> Result<(), Refusal> {
        match &op.action {
            Action::ChatDelete { seq } => {
                // A message of this very turn is not in the store yet; only its sender can know its number.
                self.writes.append(&mut self.room.journal.blank(*seq).await?);
            }
            Action::Close => self.writes.append(&mut self.room.document().close()?),
            Action::Learn { learn } => self.writes.push(self.room.members.set(actor, "learn", json!(learn)).await?),
            _ => {}
        }
        Ok(())
    }

    fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        let (present, connected) = self.room.audience.present_count(&self.state);
        let now = self.room.services.clock.now_ms();
        let document = self.room.document();
        let shown = |code: &str| document.shows(code, now);
        work(&Context { room: &self.room.id, now, present, connected, venue: document.venue, screen_code: &shown })
    }
}

/// The member whom an event removes from the room, and the reason that the member's clients are told.
pub(super) fn removal(kind: &EventKind) -> Option<(&MemberId, &'static str)> {
    match kind {
        EventKind::MemberLeft { member, reason: Reason::Kicked, .. } => Some((member, "kicked")),
        EventKind::MemberLeft { member, reason: Reason::Timeout, .. } => Some((member, "timeout")),
        EventKind::MemberLeft { member, .. } => Some((member, "left")),
        EventKind::MemberBanned { member, .. } => Some((member, "banned")),
        _ => None,
    }
}

/// The role that a user joins with.
fn role_for(state: &State, id: &MemberId, screen: bool) -> MemberRole {
    match () {
        () if state.host.as_ref() == Some(id) => MemberRole::Host,
        () if screen => MemberRole::Screen,
        () => MemberRole::Guest,
    }
}
