//! The store of several servers that are joined by one Redis: [`JoinedStore`]. Redis decides the order and answers reads; each
//! server keeps what it wrote itself in its own folder too, before the answer. So nothing that was acknowledged is lost
//! when Redis loses everything.
//!
//! What Redis holds belongs to an *epoch*. When a server finds none, or a Redis that knows less than it has seen, a new epoch
//! begins and settles for a while (2 s): nothing is read or written, and every living server offers its copies. A newer
//! position wins, deletions are offered too (for 7 days), and numbers of logs that are missing are filled. A server that was
//! away then offers when it comes back. Documents of a newer position win then as well; what does not fit into a log any
//! more is logged and told by [`JoinedStore::conflicts`], and stays in the server's folder.
//!
//! Others may read a batch a moment before it is in its writer's folder. When the writer ends in that moment it copies the
//! batch from Redis as soon as it is back; only when Redis too loses everything before that it is gone, as it was never
//! acknowledged, and a log to which others had appended behind it has a hole: [`Store::read`] then passes over it.
//!
//! While Redis is away every call is Unavailable at once, and Redis is asked each half second whether it is back.

mod copies;
mod monitor;
mod repair;
mod replay;
mod sweep;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::redis::RedisStore;
use crate::redis::commits::{CommitHook, Done, ReplyTo};
use crate::redis::link::{self, Link};
use crate::sled::staging::Row;
use crate::{Batch, Change, Collection, Document, Position, SledOptions, SledStore, Store, StoreError, StoreFuture, keys, names};

/// Misfits that are remembered.
const MAX_CONFLICTS: usize = 1000;

/// How a server joins.
#[derive(Clone, Copy, Debug)]
pub struct JoinedOptions {
    /// Of the database in the folder.
    pub sled: SledOptions,
    /// How long a new epoch waits for copies. The same on all servers; longer than it takes them to notice.
    pub settle: Duration,
}

impl Default for JoinedOptions {
    fn default() -> JoinedOptions {
        JoinedOptions { sled: SledOptions::default(), settle: Duration::from_secs(2) }
    }
}

/// How a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It needs no others.
    Standalone,
    /// It works together with others.
    Joined,
    /// Redis is away, or what it held is being brought back. Nothing is read or written meanwhile.
    Degraded {
        /// Since when.
        since: SystemTime,
    },
}

/// The store of one of several servers. See the module.
pub struct JoinedStore {
    store: RedisStore,
    shared: Arc<Shared>,
    monitor: JoinHandle<()>,
}

struct Shared {
    local: SledStore,
    link: Arc<Link>,
    settle: Duration,
    health: watch::Sender<Health>,
    failed: Notify,
    conflicts: Mutex<Vec<String>>,
}

impl JoinedStore {
    /// Opens the copies in `folder` and joins the servers at the Redis at `url` with the same `prefix`, when and as soon as it
    /// is there. Documents and logs that were written into the folder without Redis are offered as well. Must be called
    /// within a runtime.
    ///
    /// # Errors
    /// As [`SledStore::open`], and [`StoreError::Unavailable`] for an address that makes no sense.
    pub async fn open(
        folder: &Path,
        url: &str,
        prefix: &str,
        collections: &'static [Collection],
        options: JoinedOptions,
    ) -> Result<JoinedStore, StoreError> {
        let link = Arc::new(Link::new(url, prefix, collections)?);
        let folder = folder.to_owned();
        let opening = tokio::task::spawn_blocking(move || SledStore::open_with(&folder, &[], options.sled));
        let local = opening.await.map_err(|error| StoreError::Unavailable(error.to_string()))??;
        let known = copies::prepare(&local, &link).await?;
        let shared = Arc::new(Shared {
            local,
            link: Arc::clone(&link),
            settle: options.settle,
            health: watch::Sender::new(Health::Degraded { since: SystemTime::now() }),
            failed: Notify::new(),
            conflicts: Mutex::new(Vec::new()),
        });
        let hook: Arc<dyn CommitHook> = shared.clone();
        let store = RedisStore::over(link, hook);
        let monitor = tokio::spawn(monitor::watch(Arc::clone(&shared), store.clone(), known));
        Ok(JoinedStore { store, shared, monitor })
    }

    /// How it is now.
    pub fn health(&self) -> Health {
        *self.shared.health.borrow()
    }

    /// Waits until it works together with the others.
    pub async fn until_joined(&self) {
        let mut health = self.shared.health.subscribe();
        // The other end is in `self`.
        let _ = health.wait_for(|health| *health == Health::Joined).await;
    }

    /// What this server had kept and offered that did not fit any more, in words; the first 1,000 since it was opened.
    pub fn conflicts(&self) -> Vec<String> {
        self.shared.conflicts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets copies that are of no use any more, because another server overwrote, deleted, trimmed or dropped what they
    /// hold. Happens each hour by itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while Redis is away.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        self.shared.ready()?;
        sweep::sweep(&self.shared).await
    }

    /// A secret that all servers agree on: the one that was there first. Later answers are the same, also when Redis has lost
    /// everything in between.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while Redis is away, [`StoreError::Refused`] for a name that is none.
    pub fn shared_secret(&self, name: &str, mine: &[u8]) -> StoreFuture<Vec<u8>> {
        let (shared, name, mine) = (Arc::clone(&self.shared), name.to_owned(), mine.to_vec());
        Box::pin(async move {
            names::check_name(&name)?;
            shared.ready()?;
            let place = keys::fact(&format!("secret {name}"));
            let kept = shared.local.reading({
                let place = place.clone();
                move |files| files.get(&place)
            });
            let kept = kept.await?.map_or(mine, |bytes| bytes.to_vec());
            let agreed = shared.link.run(&link::SECRET, &[name.as_bytes(), &kept]).await.inspect_err(|error| shared.note(error))?.next();
            let agreed = agreed.ok_or_else(|| StoreError::Damaged("Redis answered no secret".to_owned()))?;
            shared.local.write_rows(vec![Row::Set(place, Some(agreed.clone()))]).await?;
            Ok(agreed)
        })
    }

    /// Makes a call when Redis is there, and notes when it is not any more.
    fn call<T: Send + 'static>(&self, call: impl FnOnce(&RedisStore) -> StoreFuture<T>) -> StoreFuture<T> {
        if let Err(error) = self.shared.ready() {
            return Box::pin(std::future::ready(Err(error)));
        }
        let (pending, shared) = (call(&self.store), Arc::clone(&self.shared));
        Box::pin(async move { pending.await.inspect_err(|error| shared.note(error)) })
    }
}

impl Drop for JoinedStore {
    fn drop(&mut self) {
        self.monitor.abort();
    }
}

impl Shared {
    fn ready(&self) -> Result<(), StoreError> {
        match *self.health.borrow() {
            Health::Degraded { .. } => Err(StoreError::Unavailable("Redis is away, or what it held is being brought back".to_owned())),
            Health::Joined | Health::Standalone => Ok(()),
        }
    }

    /// Takes note of an error: after one that says that Redis is away nothing is tried until it is back.
    fn note(&self, error: &StoreError) {
        if matches!(error, StoreError::Unavailable(_)) && self.degrade() {
            tracing::warn!(%error, "Redis is away");
            self.failed.notify_one();
        }
    }

    /// Tells whether it was well before.
    fn degrade(&self) -> bool {
        self.health.send_if_modified(|health| {
            let well = *health == Health::Joined;
            if well {
                *health = Health::Degraded { since: SystemTime::now() };
            }
            well
        })
    }

    fn note_conflict(&self, what: String) {
        tracing::error!(%what, "an acknowledged write does not fit any more; it stays in this server's folder");
        let mut conflicts = self.conflicts.lock().unwrap_or_else(PoisonError::into_inner);
        if conflicts.len() < MAX_CONFLICTS {
            conflicts.push(what);
        }
    }
}

impl CommitHook for Shared {
    fn done(&self, done: Done, batch: Batch, reply_to: ReplyTo) {
        self.local.push_rows(copies::rows(&done, batch), reply_to, Some(done.position));
    }

    fn failed(&self, error: &StoreError) {
        self.note(error);
    }

    fn barrier(&self, reply_to: ReplyTo) {
        self.local.push_rows(Vec::new(), reply_to, None);
    }
}

impl Store for JoinedStore {
    fn commit(&self, batch: Batch) -> StoreFuture<Position> {
        self.call(|store| store.commit(batch))
    }

    fn get(&self, collection: &'static str, key: &str) -> StoreFuture<Option<Document>> {
        self.call(|store| store.get(collection, key))
    }

    fn scan(&self, collection: &'static str, prefix: &str, after: Option<&str>, limit: usize) -> StoreFuture<Vec<(String, Document)>> {
        self.call(|store| store.scan(collection, prefix, after, limit))
    }

    fn latest(&self, collection: &'static str, prefix: &str, at_most: &str) -> StoreFuture<Option<(String, Document)>> {
        self.call(|store| store.latest(collection, prefix, at_most))
    }

    fn find(
        &self,
        collection: &'static str,
        index: &'static str,
        value: &str,
        after: Option<&str>,
        limit: usize,
    ) -> StoreFuture<Vec<(String, Document)>> {
        self.call(|store| store.find(collection, index, value, after, limit))
    }

    fn read(&self, log: &str, from: u64, limit: usize) -> StoreFuture<Vec<(u64, Bytes)>> {
        self.call(|store| store.read(log, from, limit))
    }

    fn last(&self, log: &str) -> StoreFuture<u64> {
        self.call(|store| store.last(log))
    }

    fn logs(&self, after: Option<&str>, limit: usize) -> StoreFuture<Vec<String>> {
        self.call(|store| store.logs(after, limit))
    }

    fn position(&self) -> StoreFuture<Position> {
        self.call(Store::position)
    }

    fn changes(&self, after: Position, limit: usize) -> StoreFuture<Vec<Change>> {
        self.call(|store| store.changes(after, limit))
    }
}
