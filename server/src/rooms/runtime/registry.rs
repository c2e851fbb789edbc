//! The rooms of a server: which are in memory, opening them, finding them by code or venue, and letting go of idle ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{OnceCell, mpsc};
use tokio_util::sync::CancellationToken;
use tutti_store::SharedStore;

use crate::accounts::{Accounts, Identity};
use crate::clock::Clock;
use crate::limits::{Rate, TokenBuckets};
use crate::pictures::Pictures;
use crate::rooms::cluster::link::Cluster;
use crate::rooms::log::document::{CODES, ROOMS, RoomDocument, normalise_code};
use crate::rooms::log::journal::Journal;
use crate::rooms::log::members::MemberDocuments;
use crate::rooms::rules::ids::RoomId;
use crate::rooms::rules::payload::is_id;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::runtime::creation::{self, Created};
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::limits::RoomLimits;
use crate::rooms::runtime::pictures::RoomPictures;
use crate::rooms::runtime::room::Room;
use crate::rooms::runtime::services::Services;
use crate::rooms::runtime::songs::candidates::SongCandidates;
use crate::rooms::runtime::songs::interactions::{self, PendingInteraction};
use crate::rooms::runtime::timers::Timers;
use crate::taste::TasteService;
use crate::venues::Styles;

/// How long a room that nobody uses stays in memory, in milliseconds.
const IDLE_MS: u64 = 300_000;
/// Time between two looks for rooms that nobody uses.
const SWEEP: Duration = Duration::from_secs(30);
/// Users whose rates are kept.
const CALLERS: usize = 100_000;

type Cell = Arc<OnceCell<Arc<Room>>>;

/// The rooms of a server.
pub(crate) struct Rooms {
    services: Arc<Services>,
    open: Mutex<HashMap<RoomId, Cell>>,
    /// The rates of callers without a connection.
    pub(crate) callers: CallerRates,
    pending: Mutex<Option<mpsc::Receiver<PendingInteraction>>>,
}

/// The rates of those who call without a connection, by user.
pub(crate) struct CallerRates {
    pub(crate) ops: TokenBuckets<String>,
    pub(crate) chat: TokenBuckets<String>,
    pub(crate) pictures: TokenBuckets<String>,
}

impl Rooms {
    pub(crate) fn new(
        clock: Clock,
        store: SharedStore,
        candidates: SongCandidates,
        pictures: Arc<Pictures>,
        limits: RoomLimits,
        cluster: Option<Cluster>,
    ) -> Arc<Rooms> {
        let buckets = |rate: Rate| TokenBuckets::new(rate, CALLERS);
        let callers = CallerRates { ops: buckets(limits.ops), chat: buckets(limits.chat), pictures: buckets(limits.pictures) };
        let (interactions, pending) = interactions::channel();
        let services = Services {
            styles: Styles::new(Arc::clone(&store)),
            limits,
            timers: Timers::new(clock.clone()),
            clock,
            candidates: Arc::new(candidates),
            pictures: RoomPictures::new(pictures, cluster.is_some().then(|| Arc::clone(&store))),
            interactions,
            cluster: cluster.map(Arc::new),
            store,
        };
        Arc::new(Rooms { services: Arc::new(services), open: Mutex::default(), callers, pending: Mutex::new(Some(pending)) })
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    /// The link to the other servers, when there are some.
    pub(crate) fn cluster(&self) -> Option<Arc<Cluster>> {
        self.services.cluster.clone()
    }

    /// Whether the other servers are reached, and how many messages to them were lost; none without others.
    pub(crate) fn cluster_health(&self) -> Option<(bool, usize)> {
        self.services.cluster.as_ref().map(|cluster| cluster.health())
    }

    fn open(&self) -> MutexGuard<'_, HashMap<RoomId, Cell>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes rooms when something is due, and lets go of rooms that nobody uses. Runs for ever.
    pub(crate) async fn run(self: Arc<Rooms>) {
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                room = self.services.timers.next() => {
                    if let Some(room) = self.in_memory(&room) {
                        room.wake();
                    }
                }
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    /// Writes what rooms teach about tastes to the taste history. Runs for ever; once.
    pub(crate) async fn write_interactions(
        self: Arc<Rooms>,
        accounts: Arc<Accounts>,
        tastes: Arc<TasteService>,
        stopping: CancellationToken,
    ) {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pending) = pending {
            interactions::write(pending, Arc::clone(&self.services.store), accounts, tastes, stopping).await;
        }
    }

    /// Opens the rooms that are not closed, so that what plays in them goes on.
    pub(crate) async fn resume(self: Arc<Rooms>) {
        let mut after: Option<String> = None;
        loop {
            let page = match self.services.store.scan(ROOMS.name, "", after.as_deref(), 256).await {
                Ok(page) => page,
                Err(error) => return tracing::warn!(%error, "open rooms are not resumed; each is when a client joins it"),
            };
            let Some((last, _)) = page.last() else { return };
            after = Some(last.clone());
            for (id, document) in &page {
                if document.body["open"] == json!(true)
                    && let Ok(room) = self.find(id).await
                    && room.state().now.is_some()
                {
                    room.submit(Input::Tick);
                }
            }
        }
    }

    /// A room that is in memory.
    pub(crate) fn in_memory(&self, id: &str) -> Option<Arc<Room>> {
        self.open().get(id).and_then(|cell| cell.get().cloned())
    }

    /// Rooms in memory.
    pub(crate) fn all_in_memory(&self) -> Vec<Arc<Room>> {
        self.open().values().filter_map(|cell| cell.get().cloned()).collect()
    }

    fn sweep(&self) {
        self.open().retain(|_, cell| {
            let Some(room) = cell.get() else { return Arc::strong_count(cell) > 1 };
            // A holder of the room might still hand something in.
            let held = Arc::strong_count(cell) > 1 || Arc::strong_count(room) > 1;
            held || !room.is_idle(IDLE_MS)
        });
    }

    /// A room by its id.
    ///
    /// # Errors
    /// `ROOM_NOT_FOUND`, or `BUSY` when it cannot be read now.
    pub(crate) async fn find(self: &Arc<Rooms>, id: &str) -> Result<Arc<Room>, Refusal> {
        if !is_id(id) {
            return Err(Refusal::room_not_found());
        }
        let cell = {
            let mut open = self.open();
            if open.len() >= self.services.limits.rooms && !open.contains_key(id) {
                return Err(Refusal::busy("this server has reached its limit of rooms in memory"));
            }
            open.entry(id.into()).or_default().clone()
        };
        let found = cell.get_or_try_init(|| self.load(id)).await.cloned();
        if found.is_err() {
            // The map's own and this one: nobody else is loading it.
            let mut open = self.open();
            if cell.get().is_none() && Arc::strong_count(&cell) <= 2 {
                open.remove(id);
            }
        }
        found
    }

    async fn load(&self, id: &str) -> Result<Arc<Room>, Refusal> {
        let store = &self.services.store;
        let body = store.get(ROOMS.name, id).await?.ok_or_else(Refusal::room_not_found)?.body;
        let document = RoomDocument::read(body)?;
        let loaded = Journal::new(Arc::clone(store), &document.id).load().await?;
        let tastes = MemberDocuments::new(Arc::clone(store), &document.id).tastes().await?;
        let room = Room::new(Arc::clone(&self.services), document, loaded, tastes);
        if let Some(cluster) = &self.services.cluster {
            cluster.request_presence(Some(room.id()));
        }
        Ok(room)
    }

    /// A room's document as it is now: another server may have changed it.
    ///
    /// # Errors
    /// `BUSY` when it cannot be read now.
    pub(crate) async fn document(&self, room: &Room) -> Result<Arc<RoomDocument>, Refusal> {
        if self.services.cluster.is_some()
            && let Some(document) = self.services.store.get(ROOMS.name, room.id()).await?
        {
            room.set_document(RoomDocument::read(document.body)?);
        }
        Ok(room.document())
    }

    /// The open room of a venue, if it has one.
    ///
    /// # Errors
    /// `BUSY` when it cannot be read now.
    pub(crate) async fn of_venue(&self, venue: &str) -> Result<Option<RoomId>, Refusal> {
        let mut after: Option<String> = None;
        loop {
            let page = self.services.store.find(ROOMS.name, "venueId", venue, after.as_deref(), 64).await?;
            let Some((last, _)) = page.last() else { return Ok(None) };
            after = Some(last.clone());
            if let Some((id, _)) = page.iter().find(|(_, document)| document.body["open"] == json!(true)) {
                return Ok(Some(RoomId::from(id.as_str())));
            }
        }
    }

    /// The id of the open room that has a code.
    ///
    /// # Errors
    /// `ROOM_NOT_FOUND`.
    pub(crate) async fn id_of_code(&self, code: &str) -> Result<RoomId, Refusal> {
        let code = normalise_code(code);
        let document = if is_id(&code) { self.services.store.get(CODES.name, &code).await? } else { None };
        let id = document.and_then(|document| document.body["room"].as_str().map(RoomId::from));
        id.ok_or_else(|| Refusal::new(Code::RoomNotFound, "no open room has this code"))
    }

    /// Creates a room of which the caller is the host; of a venue, when one is given.
    ///
    /// # Errors
    /// `BAD_REQUEST`, and `RATE_LIMITED` for too many open rooms.
    pub(crate) async fn create(&self, caller: &Identity, body: &Value, of_venue: Option<String>) -> Result<Created, Refusal> {
        creation::create(&self.services, caller, body, of_venue).await
    }

    /// Gives a room another code; the old one stops working at once.
    ///
    /// # Errors
    /// `ROOM_CLOSED`, and `BUSY` when it cannot be written.
    pub(crate) async fn renew_code(&self, room: &Room) -> Result<String, Refusal> {
        let document = creation::renew_code(&self.services, room.id()).await?;
        let code = document.code.clone();
        room.set_document(document);
        Ok(code)
    }
}
