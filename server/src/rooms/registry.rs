//! The rooms of a server: making, finding, loading and unloading them.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{OnceCell, mpsc};

use super::clock::Clock;
use super::cluster::Cluster;
use super::decide::Venue;
use super::event::{Entry, Event, Id, Private, What};
use super::journal::{Journal, log_name};
use super::learning::{self, Lesson};
use super::limits::Limits;
use super::live::{Input, Live};
use super::meta::{CODES, Meta, ROOMS, code_of, fresh_id, house_list};
use super::payload::{Fields, is_id};
use super::refusal::{Code, Refusal};
use super::repertoire::Repertoires;
use super::services::Services;
use super::settings::Settings;
use crate::accounts::{Accounts, Caller};
use crate::limits::{Rate, TokenBuckets};
use crate::pictures::Pictures;
use crate::taste::TasteService;
use crate::venues::Styles;
use tutti_store::{Batch, Check, SharedStore, StoreError, Write};

/// How long a room that nobody uses stays in memory, in milliseconds.
const IDLE: u64 = 300_000;
/// Time between two looks for rooms that nobody uses.
const SWEEP: Duration = Duration::from_secs(30);
/// Callers whose rates are kept.
const CALLERS: usize = 100_000;
/// Codes that are tried before giving up.
const CODES_TRIED: usize = 20;

/// The rooms of a server.
pub(crate) struct Rooms {
    pub(super) services: Arc<Services>,
    loaded: Mutex<HashMap<Id, Arc<OnceCell<Arc<Live>>>>>,
    pub(super) callers: Callers,
    lessons: Mutex<Option<mpsc::Receiver<Lesson>>>,
}

/// What those may do who call without a connection, by user.
pub(super) struct Callers {
    pub(super) ops: TokenBuckets<String>,
    pub(super) chat: TokenBuckets<String>,
    pub(super) pictures: TokenBuckets<String>,
}

/// A room that was made.
pub(crate) struct Created {
    /// Its id.
    pub(crate) id: Id,
    /// The code people join by.
    pub(crate) code: String,
}

impl Rooms {
    pub(crate) fn new(
        store: SharedStore,
        repertoire: Repertoires,
        pictures: Arc<Pictures>,
        limits: Limits,
        cluster: Option<Cluster>,
    ) -> Arc<Rooms> {
        let buckets = |rate: Rate| TokenBuckets::new(rate, CALLERS);
        let callers = Callers { ops: buckets(limits.ops), chat: buckets(limits.chat), pictures: buckets(limits.pictures) };
        let (sender, lessons) = learning::channel();
        let services = Services {
            styles: Styles::new(store.clone()),
            store,
            limits,
            clock: Clock::default(),
            repertoire: Arc::new(repertoire),
            pictures,
            lessons: sender,
            cluster,
        };
        Arc::new(Rooms { services: Arc::new(services), loaded: Mutex::default(), callers, lessons: Mutex::new(Some(lessons)) })
    }

    fn loaded(&self) -> MutexGuard<'_, HashMap<Id, Arc<OnceCell<Arc<Live>>>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls rooms when something is due, and lets go of rooms that nobody uses. Runs for ever.
    pub(crate) async fn run(self: Arc<Rooms>) {
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                room = self.services.clock.next() => {
                    if let Some(live) = self.in_memory(&room) {
                        live.due.store(u64::MAX, Ordering::Relaxed);
                        live.hand_in(Input::Look);
                    }
                }
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    /// Writes down what evenings say about tastes. Runs for ever; once.
    pub(crate) async fn learn(self: Arc<Rooms>, accounts: Arc<Accounts>, tastes: Arc<TasteService>) {
        let lessons = self.lessons.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(lessons) = lessons {
            self.services.write_lessons(lessons, accounts, tastes).await;
        }
    }

    /// Loads the rooms that are open, so that what plays in them goes on.
    pub(crate) async fn resume(self: Arc<Rooms>) {
        let mut after: Option<String> = None;
        loop {
            let page = match self.services.store.scan(ROOMS.name, "", after.as_deref(), 256).await {
                Ok(page) => page,
                Err(error) => return tracing::warn!(%error, "open rooms are not resumed; each is once somebody comes"),
            };
            let Some((last, _)) = page.last() else { return };
            after = Some(last.clone());
            for (id, document) in &page {
                if document.body["open"] == json!(true)
                    && let Ok(live) = self.find(id).await
                    && live.state().now.is_some()
                {
                    live.hand_in(Input::Look);
                }
            }
        }
    }

    /// A room that is in memory.
    pub(crate) fn in_memory(&self, id: &str) -> Option<Arc<Live>> {
        self.loaded().get(id).and_then(|cell| cell.get().cloned())
    }

    /// Rooms in memory.
    pub(crate) fn all_in_memory(&self) -> Vec<Arc<Live>> {
        self.loaded().values().filter_map(|cell| cell.get().cloned()).collect()
    }

    fn sweep(&self) {
        let now = self.services.now();
        self.loaded().retain(|_, cell| {
            let Some(live) = cell.get() else { return Arc::strong_count(cell) > 1 };
            // Somebody who holds the room might still hand something in.
            let held = Arc::strong_count(cell) > 1 || Arc::strong_count(live) > 1;
            let idle = live.used.load(Ordering::Relaxed) + IDLE < now && live.due.load(Ordering::Relaxed) == u64::MAX;
            held || !idle || live.seats().len() > 0
        });
    }

    /// A room by its id.
    ///
    /// # Errors
    /// `ROOM_NOT_FOUND`, or `BUSY` when it cannot be read now.
    pub(crate) async fn find(self: &Arc<Rooms>, id: &str) -> Result<Arc<Live>, Refusal> {
        if !is_id(id) {
            return Err(Refusal::room_not_found());
        }
        let cell = {
            let mut loaded = self.loaded();
            if loaded.len() >= self.services.limits.rooms && !loaded.contains_key(id) {
                return Err(Refusal::busy("this server has as many rooms as it holds"));
            }
            loaded.entry(id.into()).or_default().clone()
        };
        let found = cell.get_or_try_init(|| self.load(id)).await.cloned();
        if found.is_err() {
            // The map's own and ours: nobody else is loading it.
            let mut loaded = self.loaded();
            if cell.get().is_none() && Arc::strong_count(&cell) <= 2 {
                loaded.remove(id);
            }
        }
        found
    }

    async fn load(&self, id: &str) -> Result<Arc<Live>, Refusal> {
        let store = &self.services.store;
        let document = store.get(ROOMS.name, id).await?.ok_or_else(Refusal::room_not_found)?;
        let meta = meta_of(document.body)?;
        let id = meta.id.clone();
        let loaded = Journal::new(store.clone(), &id).load().await?;
        let tastes = self.services.tastes(&id).await?;
        let live = Arc::new(Live::new(id, self.services.clone(), meta, loaded, tastes));
        if let Some(cluster) = &self.services.cluster {
            cluster.who(Some(&live.id));
        }
        live.plan();
        Ok(live)
    }

    /// What is kept of a room besides its log, as it is now: another server may have changed it.
    ///
    /// # Errors
    /// `BUSY` when it cannot be read now.
    pub(crate) async fn meta(&self, live: &Live) -> Result<Arc<Meta>, Refusal> {
        if self.services.cluster.is_some()
            && let Some(document) = self.services.store.get(ROOMS.name, &live.id).await?
        {
            live.set_meta(meta_of(document.body)?);
        }
        Ok(live.meta())
    }

    /// The open room of a venue, if it has one.
    ///
    /// # Errors
    /// `BUSY` when it cannot be read now.
    pub(crate) async fn of_venue(&self, venue: &str) -> Result<Option<Id>, Refusal> {
        let mut after: Option<String> = None;
        loop {
            let page = self.services.store.find(ROOMS.name, "venueId", venue, after.as_deref(), 64).await?;
            let Some((last, _)) = page.last() else { return Ok(None) };
            after = Some(last.clone());
            if let Some((id, _)) = page.iter().find(|(_, document)| document.body["open"] == json!(true)) {
                return Ok(Some(Id::from(id.as_str())));
            }
        }
    }

    /// The id of the open room that has a code.
    ///
    /// # Errors
    /// `ROOM_NOT_FOUND`.
    pub(crate) async fn id_of_code(&self, code: &str) -> Result<Id, Refusal> {
        let code = code_of(code);
        let document = if is_id(&code) { self.services.store.get(CODES.name, &code).await? } else { None };
        let id = document.and_then(|document| document.body["room"].as_str().map(Id::from));
        id.ok_or_else(|| Refusal::new(Code::RoomNotFound, "no open room has this code"))
    }

    /// Makes a room of which the caller is the host.
    ///
    /// # Errors
    /// `BAD_REQUEST`, `FORBIDDEN` for a screen, `RATE_LIMITED` for too many rooms.
    pub(crate) async fn create(&self, caller: &Caller, body: &Value, of_venue: Option<String>) -> Result<Created, Refusal> {
        let fields = Fields::of(body, &[])?;
        let name = fields.text("name", 1, 40)?;
        let settings = match fields.value("settings") {
            None => Settings::default(),
            Some(Value::Object(partial)) => Settings::default().changed(partial)?,
            Some(_) => return Err(fields.bad("settings", "an object")),
        };
        let venue = match fields.object("venue", "venue.")? {
            None => None,
            Some(venue) => Some(Venue {
                lat: venue.number("lat", -90.0, 90.0)?,
                lon: venue.number("lon", -180.0, 180.0)?,
                radius_m: venue.number("radiusM", 1.0, 100_000.0)?,
            }),
        };
        let host: Id = caller.user.as_str().into();
        self.not_too_many(&host).await?;
        let now = self.services.now();
        let mut meta = Meta::new(fresh_id(), host.clone(), now);
        meta.venue = venue;
        meta.venue_id = of_venue;
        meta.house_list = house_list(fields.value("houseList"))?;
        let what = What::RoomCreated { host: host.clone(), host_name: caller.name.clone(), name, settings: Box::new(settings) };
        let event = Event { by: host, what, op: None, room: meta.id.clone(), seq: 1, ts: now };
        let entry = serde_json::to_vec(&Entry { event, private: Private::default() }).map_err(|_| Refusal::internal())?;
        for _ in 0..CODES_TRIED {
            let batch = Batch {
                checks: vec![Check::Absent(CODES.name, meta.code.clone())],
                writes: vec![
                    put_meta(&meta)?,
                    put_code(&meta),
                    Write::Append { log: log_name(&meta.id), after: 0, entries: vec![Bytes::from(entry.clone())] },
                ],
            };
            match self.services.store.commit(batch).await {
                Ok(_) => return Ok(Created { id: meta.id, code: meta.code }),
                Err(StoreError::Conflict) => meta.renew_code(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::busy("no code is free"))
    }

    async fn not_too_many(&self, host: &Id) -> Result<(), Refusal> {
        let most = self.services.limits.of_host;
        let open = self.services.store.find(ROOMS.name, "openOf", host, None, most).await?;
        if open.len() >= most {
            let message = format!("you have {most} open rooms; close one first");
            return Err(Refusal::new(Code::RateLimited, message).after(60_000));
        }
        Ok(())
    }

    /// Gives a room another code; the old one stops working at once.
    ///
    /// # Errors
    /// `BUSY` when it cannot be written.
    pub(crate) async fn renew_code(&self, live: &Live) -> Result<String, Refusal> {
        for _ in 0..CODES_TRIED {
            let document = self.services.store.get(ROOMS.name, &live.id).await?.ok_or_else(Refusal::room_not_found)?;
            let version = document.version;
            let mut meta = meta_of(document.body)?;
            if !meta.open {
                return Err(Refusal::room_closed());
            }
            let old = meta.code.clone();
            meta.renew_code();
            let batch = Batch {
                checks: vec![Check::Version(ROOMS.name, live.id.to_string(), version), Check::Absent(CODES.name, meta.code.clone())],
                writes: vec![put_meta(&meta)?, put_code(&meta), Write::Delete(CODES.name, old)],
            };
            match self.services.store.commit(batch).await {
                Ok(_) => {
                    live.set_meta(meta.clone());
                    return Ok(meta.code);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::busy("no code is free"))
    }
}

fn meta_of(body: Value) -> Result<Meta, Refusal> {
    serde_json::from_value(body).map_err(|error| {
        tracing::error!(%error, "a room's document does not make sense");
        Refusal::internal()
    })
}

pub(super) fn put_meta(meta: &Meta) -> Result<Write, Refusal> {
    let body = serde_json::to_value(meta).map_err(|_| Refusal::internal())?;
    Ok(Write::Put(ROOMS.name, meta.id.to_string(), body))
}

fn put_code(meta: &Meta) -> Write {
    Write::Put(CODES.name, meta.code.clone(), json!({"room": meta.id}))
}

impl Live {
    /// The changes that close a room: its code is free for others.
    pub(super) fn closing(&self) -> Result<Vec<Write>, Refusal> {
        let meta = self.meta().closed();
        Ok(vec![put_meta(&meta)?, Write::Delete(CODES.name, meta.code)])
    }
}
