//! A room that is in memory: its committed state, its inbox, its devices. What happens to an input is in `drive` and
//! `turn`.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::announce::Announcer;
use super::arrive::Arrival;
use super::autopilot::{Fit, Pick};
use super::cluster::POLL;
use super::decide::Facts;
use super::event::{Entry, Id, Role};
use super::journal::{Journal, Loaded};
use super::limits::{Bucket, Limits};
use super::memory::Memory;
use super::meta::Meta;
use super::op::Op;
use super::outlet::{Message, Outlet};
use super::presence::Presence;
use super::reactions::Reactions;
use super::refusal::Refusal;
use super::repertoire::{Told, Wishes};
use super::seats::{Seats, Step};
use super::services::Services;
use super::state::State;
use crate::venues::Style;
use tutti_store::{StoreError, Write};

/// How a sender is answered: with the fields of an ack, or why nothing was done.
pub(crate) type Reply = Box<dyn FnOnce(Result<Map<String, Value>, Refusal>) + Send + Sync>;

/// What a room's turn is about.
pub(crate) enum Input {
    /// A member's op.
    Op {
        /// The member's id.
        actor: Id,
        /// What he asks for.
        op: Op,
        /// What was found out about it.
        facts: Facts,
        /// How he is answered.
        reply: Reply,
    },
    /// Somebody at the door.
    Join(Arrival),
    /// Time has passed, or presence has changed.
    Look,
    /// Another server may have logged something. Who waits for it is told when it is read.
    Sync(Option<tokio::sync::oneshot::Sender<()>>),
}

/// What only the one who drives the room touches.
pub(crate) struct Core {
    pub(super) memory: Memory,
    /// Revision of the latest snapshot.
    pub(super) snapshot: u64,
    /// Others may have written, or a write may have happened without an answer: the log has to be read first.
    pub(super) unsure: bool,
}

#[derive(Default)]
pub(super) struct Inbox {
    pub(super) waiting: VecDeque<Input>,
    pub(super) driven: bool,
}

/// A room in memory.
pub(crate) struct Live {
    /// Its id.
    pub(crate) id: Id,
    pub(super) services: Arc<Services>,
    pub(super) journal: Journal,
    pub(super) core: tokio::sync::Mutex<Core>,
    pub(super) inbox: Mutex<Inbox>,
    meta: Mutex<Arc<Meta>>,
    state: Mutex<Arc<State>>,
    seats: Mutex<Seats>,
    presence: Mutex<Presence>,
    tastes: Mutex<HashMap<Id, Arc<[f32]>>>,
    pub(super) announcer: Mutex<Announcer>,
    pub(super) reactions: Mutex<Reactions>,
    budget: Mutex<Bucket>,
    /// When something is due next, in Unix milliseconds.
    pub(super) due: AtomicU64,
    /// When it was last used, in Unix milliseconds.
    pub(super) used: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub(super) fn new(id: Id, services: Arc<Services>, meta: Meta, loaded: Loaded, tastes: HashMap<Id, Arc<[f32]>>) -> Live {
        let now = services.now();
        let mut seats = Seats::default();
        seats.start(loaded.state.rev);
        let mut presence = Presence::default();
        // Other servers are asked who is connected to them, and have time to answer.
        let since = if services.cluster.is_some() { now + POLL.as_millis() as u64 } else { now };
        presence.missing(loaded.state.members.keys(), since);
        let budget = Bucket::full(services.limits.room);
        Live {
            journal: Journal::new(services.store.clone(), &id),
            core: tokio::sync::Mutex::new(Core { memory: loaded.memory, snapshot: loaded.snapshot, unsure: false }),
            inbox: Mutex::default(),
            meta: Mutex::new(Arc::new(meta)),
            state: Mutex::new(Arc::new(loaded.state)),
            seats: Mutex::new(seats),
            presence: Mutex::new(presence),
            tastes: Mutex::new(tastes),
            announcer: Mutex::default(),
            reactions: Mutex::default(),
            budget: Mutex::new(budget),
            due: AtomicU64::new(u64::MAX),
            used: AtomicU64::new(now),
            id,
            services,
        }
    }

    /// Unix milliseconds.
    pub(crate) fn now(&self) -> u64 {
        self.services.now()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.services.limits
    }

    /// The committed state.
    pub(crate) fn state(&self) -> Arc<State> {
        lock(&self.state).clone()
    }

    pub(super) fn set_state(&self, state: State) -> Arc<State> {
        let state = Arc::new(state);
        *lock(&self.state) = state.clone();
        state
    }

    /// What is kept of the room besides its log.
    pub(crate) fn meta(&self) -> Arc<Meta> {
        lock(&self.meta).clone()
    }

    pub(super) fn set_meta(&self, meta: Meta) {
        *lock(&self.meta) = Arc::new(meta);
    }

    pub(crate) fn seats(&self) -> MutexGuard<'_, Seats> {
        lock(&self.seats)
    }

    pub(super) fn presence(&self) -> MutexGuard<'_, Presence> {
        lock(&self.presence)
    }

    /// Members present, screens left out; and whether any device is connected.
    pub(crate) fn presence_of(&self, state: &State) -> (usize, bool) {
        let presence = self.presence();
        let people = state.members.iter().filter(|(id, member)| member.role != Role::Screen && presence.devices(id) > 0);
        (people.count(), presence.is_anybody())
    }

    pub(super) fn with_gone<T>(&self, work: impl FnOnce(&dyn Fn(&Id) -> Option<u64>) -> T) -> T {
        let presence = self.presence();
        work(&|member| presence.gone_since(member))
    }

    /// A state as this member sees it.
    pub(crate) fn view(&self, state: &State, member: &str) -> Value {
        let role = state.members.get(member).map_or(Role::Guest, |member| member.role);
        let presence = self.presence();
        state.view(role, |member| presence.devices(member))
    }

    /// Takes one from what the room may do in a second.
    pub(crate) fn within_budget(&self) -> Result<(), std::time::Duration> {
        lock(&self.budget).take(self.services.limits.room)
    }

    /// Hands in what is to be decided.
    pub(crate) fn hand_in(self: &Arc<Live>, input: Input) {
        self.used.store(self.now(), Ordering::Relaxed);
        let drive = {
            let mut inbox = lock(&self.inbox);
            inbox.waiting.push_back(input);
            !std::mem::replace(&mut inbox.driven, true)
        };
        if drive {
            let live = self.clone();
            tokio::spawn(async move { live.drive().await });
        }
    }

    /// Waits until what was logged before the call, here or on another server, is in the state.
    pub(crate) async fn fresh(self: &Arc<Live>) {
        if self.services.cluster.is_none() {
            return;
        }
        let (told, heard) = tokio::sync::oneshot::channel();
        self.hand_in(Input::Sync(Some(told)));
        // Not told when the log cannot be read now; what is known is what there is then.
        let _ = heard.await;
    }

    /// The entry of a number, if it is kept.
    pub(crate) async fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, StoreError> {
        Ok(self.journal.read(seq, 1).await?.pop().filter(|entry| entry.event.seq == seq).map(Arc::new))
    }

    /// A device gets events from behind `rev` on, once it is caught up.
    pub(super) fn seat(self: &Arc<Live>, outlet: &Outlet, member: &Id, rev: u64) {
        {
            let mut seats = self.seats();
            if seats.member_of(outlet).is_some() {
                seats.rewind(outlet, rev);
                return;
            }
            seats.add(outlet.clone(), member.clone(), rev);
        }
        outlet.join(&self.id);
        self.presence().come(member);
        self.changed_presence(member);
    }

    /// A device is gone.
    pub(crate) fn unseat(self: &Arc<Live>, outlet: &Outlet) {
        let Some(member) = self.seats().remove(outlet) else { return };
        outlet.leave(&self.id);
        self.gone(&member);
    }

    /// Devices are sent away with a last message: those of a member, or all.
    pub(super) fn send_away(self: &Arc<Live>, member: Option<&Id>, message: Option<&Message>) {
        let gone = self.seats().remove_all(member);
        for (outlet, member) in gone {
            if let Some(message) = message {
                outlet.urgent(message);
            }
            outlet.leave(&self.id);
            self.gone(&member);
        }
    }

    fn gone(self: &Arc<Live>, member: &Id) {
        self.presence().go(member, self.now());
        if !self.state().members.contains_key(member) {
            self.presence().forget(member);
        }
        self.changed_presence(member);
        self.hand_in(Input::Look);
    }

    /// Sends a device what it missed, then everything that comes.
    pub(crate) fn catch_up(self: &Arc<Live>, outlet: Outlet) {
        let first = self.seats().catch_up(&outlet, false, &[]);
        if first == Step::Done {
            return;
        }
        let live = self.clone();
        tokio::spawn(async move {
            let mut step = first;
            while step != Step::Done {
                step = live.go_on(&outlet, step).await;
            }
        });
    }

    async fn go_on(&self, outlet: &Outlet, step: Step) -> Step {
        match step {
            Step::Done => Step::Done,
            Step::Read(since, to) => match self.journal.read(since + 1, (to - since) as usize).await {
                Ok(entries) if entries.first().is_some_and(|entry| entry.event.seq == since + 1) => {
                    self.seats().catch_up(outlet, true, &entries)
                }
                Ok(_) => self.snapshot(outlet),
                Err(error) => {
                    tracing::warn!(room = &*self.id, %error, "a device cannot be caught up now");
                    self.seats().give_up(outlet);
                    Step::Done
                }
            },
            Step::Snapshot => self.snapshot(outlet),
        }
    }

    fn snapshot(&self, outlet: &Outlet) -> Step {
        let state = self.state();
        let Some(member) = self.seats().member_of(outlet) else { return Step::Done };
        let view = self.view(&state, &member);
        let message = Message::new("room:snapshot", &json!({"room": self.id, "rev": state.rev, "state": view}));
        let mut seats = self.seats();
        if seats.snapshot(outlet, state.rev, &message) { seats.catch_up(outlet, true, &[]) } else { Step::Done }
    }

    /// A song for those present.
    pub(super) async fn pick(&self, state: &State) -> Option<Pick> {
        let (told, wishes) = (self.told(state).await, self.wishes(state).await);
        self.services.repertoire.pick(state, &self.meta(), told, wishes, self.now()).await
    }

    /// How the room's songs suit those present.
    pub(crate) async fn fit(&self) -> (Arc<State>, Fit) {
        let state = self.state();
        let told = self.told(&state).await;
        let fit = self.services.repertoire.fit(&state, &self.meta(), told).await;
        (state, fit)
    }

    /// What house and host want to be played now. Without an answer of the store, nothing.
    async fn wishes(&self, state: &State) -> Wishes {
        let meta = self.meta();
        let style = match &meta.venue_id {
            Some(venue) => self.services.styles.of(venue).await.unwrap_or_default(),
            None => Style::default(),
        };
        let longitude = meta.venue.map_or(0.0, |venue| venue.lon);
        let minute = (self.now() as i64 / 60_000 + (longitude / 15.0).round() as i64 * 60).rem_euclid(24 * 60) as u16;
        let energy = state.settings.energy_at(self.now()).map(|energy| energy as f32).or_else(|| style.energy_at(minute));
        Wishes { style, energy }
    }

    /// Those present, screens left out, with the tastes they told.
    async fn told(&self, state: &State) -> Vec<Told> {
        let present: Vec<Id> = {
            let presence = self.presence();
            let people = state.members.iter().filter(|(id, member)| member.role != Role::Screen && presence.devices(id) > 0);
            people.map(|(id, _)| id.clone()).collect()
        };
        if self.services.cluster.is_some() {
            self.read_tastes().await;
        }
        let tastes = lock(&self.tastes);
        present.into_iter().map(|id| (id.clone(), tastes.get(&id).cloned())).collect()
    }

    /// Reads the tastes that were told, perhaps to another server.
    async fn read_tastes(&self) {
        match self.services.tastes(&self.id).await {
            Ok(tastes) => *lock(&self.tastes) = tastes,
            Err(error) => tracing::warn!(room = &*self.id, %error, "tastes told elsewhere cannot be read"),
        }
    }

    /// What has to be written so that a member's rooms are found.
    pub(super) async fn note_member(&self, member: &Id) -> Result<Write, StoreError> {
        self.services.keep_of_member(&self.id, member, "joinedAt", json!(self.now())).await
    }

    /// Keeps the taste somebody tells; what has to be written for it.
    pub(super) async fn keep_taste(&self, member: &Id, taste: &[f32]) -> Result<Option<Write>, StoreError> {
        let told: Arc<[f32]> = taste.into();
        let known = lock(&self.tastes).insert(member.clone(), told.clone());
        if known.as_ref() == Some(&told) {
            return Ok(None);
        }
        self.services.keep_of_member(&self.id, member, "taste", json!(taste)).await.map(Some)
    }

    /// Whether what a member does here changes his taste; what has to be written for it.
    pub(super) async fn learn(&self, member: &Id, learn: bool) -> Result<Write, StoreError> {
        self.services.keep_of_member(&self.id, member, "learn", json!(learn)).await
    }
}
