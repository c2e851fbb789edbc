//! One turn of a room: a batch of inputs decided one after the other, each on the state the ones before left. Nothing is
//! written here; the turn is committed as one, or taken again on another state.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::decide::{Case, Context, Decision, Draft, Facts, Need, Stages, consequences, decide, may, overdue, picked};
use super::event::{Entry, Event, Id, Role, What, Why};
use super::live::{Core, Input, Live};
use super::memory::Done;
use super::op::{Ask, Op};
use super::refusal::{Code, Refusal};
use super::state::State;
use tutti_store::Write;

/// Things that may follow from one op; more is a mistake of the rules.
const MOST: usize = 2_000;

/// What is said to the sender of an input.
pub(crate) type Outcome = Result<Map<String, Value>, Refusal>;

/// A batch in the making.
pub(crate) struct Turn<'a> {
    live: &'a Live,
    core: &'a Core,
    /// The state after what was decided.
    pub(crate) state: State,
    /// What is to be logged.
    pub(crate) entries: Vec<Arc<Entry>>,
    /// What is to be written with it.
    pub(crate) writes: Vec<Write>,
    /// One for each input: the answer, and whether it depends on the entries.
    pub(crate) outcomes: Vec<(Outcome, bool)>,
    done: HashMap<(Id, Id), Done>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(live: &'a Live, core: &'a Core, base: &State) -> Turn<'a> {
        Turn { live, core, state: base.clone(), entries: Vec::new(), writes: Vec::new(), outcomes: Vec::new(), done: HashMap::new() }
    }

    /// Decides one input.
    pub(crate) async fn take(&mut self, input: &Input) {
        let before = self.entries.len();
        let outcome = match input {
            Input::Op { actor, op, facts, .. } => self.op(actor, op, facts).await,
            Input::Join(arrival) => self.join(arrival).await,
            Input::Look => {
                self.look().await;
                Ok(Map::new())
            }
            Input::Sync(_) => Ok(Map::new()),
        };
        self.outcomes.push((outcome, self.entries.len() > before));
    }

    async fn op(&mut self, actor: &Id, op: &Op, facts: &Facts) -> Outcome {
        if !self.state.open {
            return Err(Refusal::room_closed());
        }
        let not_in = || Refusal::new(Code::NotInRoom, "join the room first");
        let member = self.state.members.get(actor).cloned().ok_or_else(not_in)?;
        may(member.role, &op.ask, &self.state.settings)?;
        if let Some(done) = self.repeated(actor, op)? {
            return self.again(op, done).await;
        }
        self.expect(op.if_rev)?;
        let decision = if matches!(op.ask, Ask::Next) {
            self.pick(Some(actor)).await.ok_or_else(|| Refusal::new(Code::NothingToPick, "there is no song to pick"))?
        } else {
            self.decide_or_pick(actor, op, facts).await?
        };
        let logs = !decision.events.is_empty();
        let silenced_before = self.state.now.is_some();
        let (own, own_stage) = self.log_own(decision, op);
        if logs {
            self.follow(silenced_before).await;
        }
        self.write_along(actor, op).await?;
        let present = self.live.presence_of(&self.state).0;
        let stages = Stages { own: &own_stage, after: &self.state, present };
        let mut answer = stages.answer(&op.ask, own.as_ref().map(|entry| &entry.event.what));
        if let (Ask::Next, Some(entry)) = (&op.ask, &own) {
            self.name_pick(entry.event.seq, &mut answer);
        }
        Ok(self.say(answer, own.map(|entry| entry.event.seq)))
    }

    /// Like [`decide`]; starting an empty queue lets the autopilot choose when the room has one.
    async fn decide_or_pick(&mut self, actor: &Id, op: &Op, facts: &Facts) -> Result<Decision, Refusal> {
        let decided = self.decide(actor, op, facts);
        match (&op.ask, &decided) {
            (Ask::Start { item: None }, Err(refusal)) if refusal.code == Code::QueueEmpty && self.state.settings.autopilot => {
                let Some(pick) = self.pick(None).await else { return decided };
                self.log(pick);
                self.decide(actor, op, facts)
            }
            _ => decided,
        }
    }

    fn decide(&self, actor: &Id, op: &Op, facts: &Facts) -> Result<Decision, Refusal> {
        let not_in = || Refusal::new(Code::NotInRoom, "join the room first");
        let member = self.state.members.get(actor).ok_or_else(not_in)?;
        self.with_context(|context| decide(&Case { state: &self.state, by: actor, member, context, facts }, &op.ask))
    }

    /// What was done when the op came before.
    fn repeated(&self, actor: &Id, op: &Op) -> Result<Option<Done>, Refusal> {
        let here = self.done.get(&(actor.clone(), op.id.clone())).copied();
        match here.or_else(|| self.core.memory.find(actor, &op.id)) {
            Some(done) if done.digest == op.digest => Ok(Some(done)),
            Some(_) => Err(Refusal::new(Code::OpReused, format!("`op` {} was used for something else", op.id))),
            None => Ok(None),
        }
    }

    /// The answer to an op that was carried out before.
    async fn again(&mut self, op: &Op, done: Done) -> Outcome {
        let entry = match self.entries.iter().find(|entry| entry.event.seq == done.seq) {
            Some(entry) => Some(entry.clone()),
            None => self.live.entry(done.seq).await?,
        };
        let present = self.live.presence_of(&self.state).0;
        let stages = Stages { own: &self.state, after: &self.state, present };
        let mut answer = match &entry {
            Some(entry) => stages.answer(&op.ask, Some(&entry.event.what)),
            None => Map::new(),
        };
        if matches!(op.ask, Ask::Next)
            && let Some(added) = self.live.entry(done.seq + 1).await?
            && let What::SongAdded { item, song, .. } = &added.event.what
        {
            answer.insert("item".to_owned(), json!(item));
            answer.insert("song".to_owned(), json!(song));
        }
        answer.insert("duplicate".to_owned(), json!(true));
        Ok(self.say(answer, Some(done.seq)))
    }

    pub(super) fn expect(&self, if_rev: Option<u64>) -> Result<(), Refusal> {
        match if_rev {
            Some(rev) if rev != self.state.rev => {
                let message = format!("the room is at revision {}, not {rev}", self.state.rev);
                Err(Refusal::new(Code::Conflict, message).with("rev", self.state.rev))
            }
            _ => Ok(()),
        }
    }

    /// An answer with `ok`, `rev` and `seq`.
    pub(super) fn say(&self, mut answer: Map<String, Value>, seq: Option<u64>) -> Map<String, Value> {
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

    pub(super) fn log_one(&mut self, draft: Draft, op: Option<(&Id, u64)>) -> Arc<Entry> {
        let seq = self.state.rev + 1;
        let mut private = draft.private;
        private.digest = op.map(|(_, digest)| digest);
        let event = Event {
            by: draft.by,
            what: draft.what,
            op: op.map(|(id, _)| id.clone()),
            room: self.live.id.clone(),
            seq,
            ts: self.live.now().max(self.state.ts),
        };
        let entry = Arc::new(Entry { event, private });
        if let Some((id, digest)) = op {
            self.done.insert((entry.event.by.clone(), id.clone()), Done::new(digest, seq, entry.event.ts));
        }
        self.state.apply(&entry);
        self.entries.push(entry.clone());
        entry
    }

    /// What time and presence have brought about.
    async fn look(&mut self) {
        let played = self.state.now.is_some();
        for draft in self.live.with_gone(|gone| overdue(&self.state, self.live.now(), gone)) {
            self.log_one(draft, None);
        }
        self.follow(played).await;
    }

    /// Logs what follows from the state, until nothing does.
    pub(super) async fn follow(&mut self, played: bool) {
        for _ in 0..MOST {
            let silenced = played && self.state.now.is_none();
            match self.with_context(|context| consequences(&self.state, context, silenced)) {
                Need::Nothing => return,
                Need::Log(draft) => {
                    self.log_one(draft, None);
                }
                Need::Pick => match self.pick(None).await {
                    Some(pick) => {
                        self.log(pick);
                    }
                    None => return,
                },
            }
        }
        tracing::error!(room = &*self.live.id, "what follows from a state does not come to an end");
    }

    async fn pick(&self, by: Option<&Id>) -> Option<Decision> {
        let pick = self.live.pick(&self.state).await?;
        Some(picked(&self.state, by, &pick.song, pick.scores, pick.weights))
    }

    fn name_pick(&self, seq: u64, answer: &mut Map<String, Value>) {
        let added = self.entries.iter().find(|entry| entry.event.seq == seq + 1);
        if let Some(What::SongAdded { item, song, .. }) = added.map(|entry| &entry.event.what) {
            answer.insert("item".to_owned(), json!(item));
            answer.insert("song".to_owned(), json!(song));
        }
    }

    /// What changes besides the log.
    async fn write_along(&mut self, actor: &Id, op: &Op) -> Result<(), Refusal> {
        match &op.ask {
            Ask::ChatDelete { seq } => {
                // A message of this very turn is not in the store yet; nobody but its sender can know its number.
                self.writes.append(&mut self.live.journal.blank(*seq).await?);
            }
            Ask::Close => self.writes.append(&mut self.live.closing()?),
            Ask::Learn { learn } => self.writes.push(self.live.learn(actor, *learn).await?),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        let (present, connected) = self.live.presence_of(&self.state);
        let now = self.live.now();
        let meta = self.live.meta();
        let shown = |code: &str| meta.shows(code, now);
        work(&Context { room: &self.live.id, now, present, connected, venue: meta.venue, screen_code: &shown })
    }

    pub(super) fn live(&self) -> &'a Live {
        self.live
    }
}

/// Whether an event ends a member's being in the room, and how the member is told.
pub(crate) fn removal(what: &What) -> Option<(&Id, &'static str)> {
    match what {
        What::MemberLeft { member, reason: Why::Kicked, .. } => Some((member, "kicked")),
        What::MemberLeft { member, reason: Why::Timeout, .. } => Some((member, "timeout")),
        What::MemberLeft { member, .. } => Some((member, "left")),
        What::MemberBanned { member, .. } => Some((member, "banned")),
        _ => None,
    }
}

/// The role somebody comes with.
pub(super) fn role_for(state: &State, id: &Id, screen: bool) -> Role {
    match () {
        () if state.host.as_ref() == Some(id) => Role::Host,
        () if screen => Role::Screen,
        () => Role::Guest,
    }
}
