//! A room that is in memory: the inbox that feeds its writer, and what others may ask of it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tutti_store::StoreError;

use crate::accounts::Identity;
use crate::rooms::delivery::audience::Audience;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::log::document::RoomDocument;
use crate::rooms::log::journal::{Journal, Loaded};
use crate::rooms::random::random_id;
use crate::rooms::rules::autopilot::Fit;
use crate::rooms::rules::decide::OVERTIME_MS;
use crate::rooms::rules::event::{Entry, MemberRole, PlayState};
use crate::rooms::rules::ids::{MemberId, RoomId, ServerId};
use crate::rooms::rules::op::{Action, Op};
use crate::rooms::rules::refusal::Refusal;
use crate::rooms::rules::state::State;
use crate::rooms::runtime::core::RoomCore;
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::limits::TokenBucket;
use crate::rooms::runtime::services::Services;
use crate::rooms::runtime::writer::Writer;

/// Inputs of one batch.
const BATCH: usize = 256;
/// Nothing is due.
const NEVER: u64 = u64::MAX;

/// A room in memory.
pub(crate) struct Room {
    core: RoomCore,
    inbox: Mutex<Inbox>,
    writer: tokio::sync::Mutex<Writer>,
    /// Ops that the room takes in a second.
    rate: Mutex<TokenBucket>,
    /// When something is due next, in Unix milliseconds.
    due: AtomicU64,
    /// When it was last used, in Unix milliseconds.
    used: AtomicU64,
}

#[derive(Default)]
struct Inbox {
    waiting: VecDeque<Input>,
    /// A task works it off.
    driven: bool,
}

impl Room {
    /// A room as it was read from the store; `tastes` are what its members told before.
    pub(super) fn new(services: Arc<Services>, document: RoomDocument, loaded: Loaded, tastes: HashMap<MemberId, Arc<[f32]>>) -> Arc<Room> {
        let rate = TokenBucket::full(services.limits.room);
        let now = services.clock.now_ms();
        let room = Arc::new(Room {
            core: RoomCore::new(services, document, loaded.state, tastes),
            inbox: Mutex::default(),
            writer: tokio::sync::Mutex::new(Writer::new(loaded.completed, loaded.snapshot)),
            rate: Mutex::new(rate),
            due: AtomicU64::new(NEVER),
            used: AtomicU64::new(now),
        });
        room.schedule_next();
        room
    }

    /// The room's id.
    pub(crate) fn id(&self) -> &RoomId {
        &self.core.id
    }

    /// The committed state.
    pub(crate) fn state(&self) -> Arc<State> {
        self.core.state.get()
    }

    /// What is kept of the room beside its log.
    pub(crate) fn document(&self) -> Arc<RoomDocument> {
        self.core.document()
    }

    pub(super) fn set_document(&self, document: RoomDocument) {
        self.core.set_document(document);
    }

    /// The room's connections.
    pub(crate) fn audience(&self) -> &Arc<Audience> {
        &self.core.audience
    }

    /// The room's log.
    pub(crate) fn journal(&self) -> &Journal {
        &self.core.journal
    }

    pub(crate) fn services(&self) -> &Services {
        &self.core.services
    }

    /// Connections that get the room's events.
    pub(crate) fn subscriber_count(&self) -> usize {
        self.core.audience.subscribers().len()
    }

    /// Takes one op from what the room takes in a second.
    ///
    /// # Errors
    /// How long to wait when there is none left.
    pub(crate) fn take_op(&self) -> Result<(), Duration> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner).take(self.core.services.limits.room)
    }

    /// Hands an input in. Inputs are carried out in the order they were handed in.
    pub(crate) fn submit(self: &Arc<Room>, input: Input) {
        self.used.store(self.core.services.clock.now_ms(), Ordering::Relaxed);
        let drive = {
            let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
            inbox.waiting.push_back(input);
            !std::mem::replace(&mut inbox.driven, true)
        };
        if drive {
            let room = Arc::clone(self);
            tokio::spawn(async move { room.drive().await });
        }
    }

    /// Works the inbox off, in batches. While one is being written the next gathers.
    async fn drive(self: Arc<Room>) {
        let mut writer = self.writer.lock().await;
        loop {
            let batch: Vec<Input> = {
                let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
                if inbox.waiting.is_empty() {
                    inbox.driven = false;
                    return;
                }
                let count = inbox.waiting.len().min(BATCH);
                inbox.waiting.drain(..count).collect()
            };
            if writer.run(&self.core, batch).await {
                self.submit(Input::Tick);
            }
            self.schedule_next();
        }
    }

    /// Has the room woken when something is due: the song is over, or a member without a connection has been gone for too long.
    fn schedule_next(&self) {
        let state = self.state();
        let playing = state.now.as_ref().filter(|now| now.state == PlayState::Playing);
        let over = playing.map(|now| now.at_ms + (now.song.duration_ms + OVERTIME_MS).saturating_sub(now.position_ms));
        let gone = {
            let presence = self.core.audience.presence();
            let members = state.members.iter().filter(|(_, member)| member.role != MemberRole::Host);
            members.filter_map(|(id, _)| presence.gone_since(id)).map(|since| since + state.settings.grace_ms).min()
        };
        let due = over.into_iter().chain(gone).min().filter(|_| state.open).unwrap_or(NEVER);
        if self.due.swap(due, Ordering::Relaxed) != due && due != NEVER {
            self.core.services.timers.schedule(due, &self.core.id);
        }
    }

    /// What was scheduled is due.
    pub(super) fn wake(self: &Arc<Room>) {
        self.due.store(NEVER, Ordering::Relaxed);
        self.submit(Input::Tick);
    }

    /// Whether nobody has used the room for some milliseconds, and nothing is due.
    pub(super) fn is_idle(&self, milliseconds: u64) -> bool {
        let unused = self.used.load(Ordering::Relaxed) + milliseconds < self.core.services.clock.now_ms();
        unused && self.due.load(Ordering::Relaxed) == NEVER && self.subscriber_count() == 0
    }

    /// Waits until what was logged before the call, here or on another server, is in the state.
    pub(crate) async fn refresh(self: &Arc<Room>) {
        if self.core.services.cluster.is_none() {
            return;
        }
        let (done, refreshed) = oneshot::channel();
        self.submit(Input::Refresh(Some(done)));
        // Not told when the log cannot be read now; the state is the latest known then.
        let _ = refreshed.await;
    }

    /// Carries an action out in a member's name.
    ///
    /// # Errors
    /// Those of the action.
    pub(crate) async fn act(self: &Arc<Room>, actor: &MemberId, action: Action) -> Result<(), Refusal> {
        let (told, answered) = oneshot::channel();
        let op = Op { id: random_id(), if_rev: None, digest: 0, action };
        let reply = Box::new(move |outcome: Result<_, Refusal>| {
            let _ = told.send(outcome.map(drop));
        });
        self.submit(Input::Op { actor: actor.clone(), op, lookups: Default::default(), reply });
        answered.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }

    /// Sends a subscriber what it missed, then everything that comes.
    pub(crate) fn catch_up(&self, sink: Sink) {
        self.core.catch_up().start(sink);
    }

    /// A connection is gone.
    pub(crate) fn unsubscribe(self: &Arc<Room>, sink: &Sink) {
        if self.core.audience.unsubscribe(sink, &self.state()) {
            self.submit(Input::Tick);
        }
    }

    /// Another server tells who is connected to it.
    pub(crate) fn presence_elsewhere(self: &Arc<Room>, server: &ServerId, members: Vec<(MemberId, usize)>) {
        if self.core.audience.set_elsewhere(server, members) {
            self.submit(Input::Tick);
        }
    }

    /// Another server is gone.
    pub(crate) fn forget_server(self: &Arc<Room>, server: &ServerId) {
        if self.core.audience.forget_server(server) {
            self.submit(Input::Tick);
        }
    }

    /// How the room's songs suit those present, and the state that this is about.
    pub(crate) async fn fit(&self) -> (Arc<State>, Fit) {
        let state = self.state();
        let present = self.core.audience.present(&state);
        let fit = self.core.songs.fit(&state, &self.core.document(), present).await;
        (state, fit)
    }

    /// The entry of a number, if it is kept.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) async fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, StoreError> {
        Ok(self.core.journal.entry(seq).await?.map(Arc::new))
    }

    /// Waits until nothing is written to the room, and keeps it so while the guard lives.
    pub(super) async fn pause_writing(&self) -> impl Drop + '_ {
        self.writer.lock().await
    }

    /// Changes the committed state without an event, as when a user is erased. Only while writing is paused; the log and the
    /// snapshots must be changed alike.
    pub(super) fn rewrite_state(&self, change: impl FnOnce(&mut State)) {
        let mut state = (*self.state()).clone();
        change(&mut state);
        self.core.state.set(state);
        self.core.audience.subscribers().drop_recent();
    }

    /// # Errors
    /// `FORBIDDEN` for a caller who is not a member.
    pub(crate) fn needs_member(&self, caller: &Identity) -> Result<(), Refusal> {
        if self.state().members.contains_key(&*caller.user) {
            return Ok(());
        }
        Err(Refusal::forbidden("only members of the room may do this"))
    }

    /// # Errors
    /// `FORBIDDEN` for a caller who is not the host, and `ROOM_CLOSED`.
    pub(crate) fn needs_host(&self, caller: &Identity) -> Result<(), Refusal> {
        let state = self.state();
        if !state.open {
            return Err(Refusal::room_closed());
        }
        if state.members.get(&*caller.user).is_some_and(|member| member.role == MemberRole::Host) {
            return Ok(());
        }
        Err(Refusal::forbidden("only the host of the room may do this"))
    }
}
