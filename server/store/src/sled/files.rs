//! The sled database in its folder: opening (also again after an error), writing durably, and reading only what is durable.

use std::fs::File;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sled::{Db, IVec};

use crate::sled::staging::{Values, broken, index_keys};
use crate::{Change, Collection, Position, StoreError, keys, rows};

/// How many batches' changes are kept at least.
pub const CHANGES_KEPT: u64 = 100_000;
/// Changes are forgotten when this many more are kept.
const CHANGES_SLACK: u64 = 1_000;
/// How keys and values are laid out; a database with a larger number is from a newer program.
const LAYOUT: u64 = 1;
/// How long opening waits for a former holder to let go of the database.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct SledOptions {
    /// Memory for pages, in bytes.
    pub cache: u64,
    /// Room on the disk, in bytes, that must be left for anything to be written.
    pub reserve: u64,
}

impl Default for SledOptions {
    fn default() -> SledOptions {
        SledOptions { cache: 64 << 20, reserve: 16 << 20 }
    }
}

/// A database that may be away for a while.
pub(crate) struct Files {
    folder: PathBuf,
    options: SledOptions,
    pub(crate) collections: &'static [Collection],
    open: RwLock<Option<Open>>,
    /// What the group being written replaces, until it is durable. Readers look here after the tree: see [`Files::get`].
    replaced: RwLock<Arc<Values>>,
    /// Position of the last durable batch.
    position: AtomicU64,
}

#[derive(Clone)]
struct Open {
    tree: Db,
    file: Arc<File>,
}

fn away() -> StoreError {
    StoreError::Unavailable("it is being opened again after an error".to_owned())
}

impl Files {
    pub(crate) fn open(folder: &Path, collections: &'static [Collection], options: SledOptions) -> Result<Files, StoreError> {
        let files = Files {
            folder: folder.to_owned(),
            options,
            collections,
            open: RwLock::new(None),
            replaced: RwLock::new(Arc::new(Values::new())),
            position: AtomicU64::new(0),
        };
        files.reopen()?;
        Ok(files)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn position(&self) -> Position {
        self.position.load(Ordering::Acquire)
    }

    /// Closes the database once its readers are done.
    pub(crate) fn close(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens the database, after closing it when it is open.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        self.close();
        let open = self.open_sled()?;
        check_layout(&open.tree)?;
        for collection in self.collections {
            rebuild_indexes(&open.tree, collection)?;
        }
        sync(&open)?;
        let last = open.tree.scan_prefix(keys::CHANGES).next_back().transpose().map_err(broken)?;
        let position = match last {
            Some((key, _)) => keys::trailing_number(&key)?,
            None => 0,
        };
        *self.replaced.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Values::new());
        self.position.store(position, Ordering::Release);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(())
    }

    fn open_sled(&self) -> Result<Open, StoreError> {
        let config = sled::Config::new()
            .path(&self.folder)
            .cache_capacity(self.options.cache)
            .mode(sled::Mode::HighThroughput)
            // Every group is flushed by its committer.
            .flush_every_ms(None);
        let until = Instant::now() + TIMEOUT;
        let tree = loop {
            match config.open() {
                Ok(tree) => break tree,
                // Readers of a former opening, or a process that is just ending, may still hold the lock.
                Err(sled::Error::Io(io)) if io.to_string().contains("lock") && Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(error) => return Err(broken(error)),
            }
        };
        let file = File::open(self.folder.join("db")).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Open { tree, file: Arc::new(file) })
    }

    /// The tree and the last position, when there is a database and room for more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Full`]; nothing was tried.
    pub(crate) fn for_writing(&self) -> Result<(Db, Position), StoreError> {
        let tree = self.tree()?;
        if let Ok(disk) = rustix::fs::statvfs(&self.folder)
            && disk.f_bavail.saturating_mul(disk.f_frsize) < self.options.reserve
        {
            return Err(StoreError::Full);
        }
        Ok((tree, self.position()))
    }

    /// Writes a group atomically and durably. Readers see it afterwards.
    ///
    /// # Errors
    /// When it cannot be written; what is in memory may then differ from what is on the disk until it is opened again.
    pub(crate) fn write(&self, tree: &Db, values: Values, changes: &[Change]) -> Result<(), StoreError> {
        let Some(last) = changes.last() else { return Ok(()) };
        let mut batch = sled::Batch::default();
        let mut replaced = Values::new();
        for (key, value) in values {
            let before = tree.get(&key).map_err(broken)?;
            if before == value {
                continue;
            }
            match &value {
                Some(value) => batch.insert(key.as_slice(), value),
                None => batch.remove(key.as_slice()),
            }
            replaced.insert(key, before);
        }
        batch.insert(&keys::change(last.position), rows::encode_changes(changes)?);
        for key in self.old_changes(tree, changes)? {
            batch.remove(key);
        }
        *self.replaced.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(replaced);
        tree.apply_batch(batch).map_err(broken)?;
        sync(&self.current()?)?;
        self.position.store(last.position, Ordering::Release);
        *self.replaced.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Values::new());
        Ok(())
    }

    /// Keys of changes that are to be forgotten with this group; looked for now and then only.
    fn old_changes(&self, tree: &Db, changes: &[Change]) -> Result<Vec<IVec>, StoreError> {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(Vec::new()) };
        let due = first.position / CHANGES_SLACK != (last.position + 1) / CHANGES_SLACK;
        let Some(until) = last.position.checked_sub(CHANGES_KEPT).filter(|_| due) else { return Ok(Vec::new()) };
        tree.range(keys::change(0)..=keys::change(until)).keys().map(|key| key.map_err(broken)).collect()
    }

    fn current(&self) -> Result<Open, StoreError> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(away)
    }

    fn tree(&self) -> Result<Db, StoreError> {
        Ok(self.current()?.tree)
    }

    /// A durable value. The tree is asked first and what is being replaced second: a value that the tree had before
    /// the group came is right, one that it got from the group is put right, and once the group is gone it is durable.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        let value = self.tree()?.get(key).map_err(broken)?;
        let replaced = self.replaced.read().unwrap_or_else(PoisonError::into_inner);
        Ok(replaced.get(key).cloned().unwrap_or(value))
    }

    /// The first durable values of a range, ascending; at most `limit`. O(limit + group being written).
    pub(crate) fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(IVec, IVec)>, StoreError> {
        if from >= to || limit == 0 {
            return Ok(Vec::new());
        }
        let tree = self.tree()?;
        let mut ask = limit;
        loop {
            let mut found = Vec::new();
            for item in tree.range(from..to).take(ask) {
                found.push(item.map_err(broken)?);
            }
            let all = found.len() < ask;
            let replaced = Arc::clone(&self.replaced.read().unwrap_or_else(PoisonError::into_inner));
            let end = match found.last() {
                Some((key, _)) if !all => Bound::Included(key.to_vec()),
                _ => Bound::Excluded(to.to_vec()),
            };
            let hidden: Vec<_> = replaced.range::<Vec<u8>, _>((Bound::Included(from.to_vec()), end)).collect();
            if !hidden.is_empty() {
                found.retain(|(key, _)| !replaced.contains_key(key.as_ref()));
                let back = hidden.iter().filter_map(|(key, value)| value.as_ref().map(|value| (IVec::from(key.as_slice()), value.clone())));
                found.extend(back);
                found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            }
            if all || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
            ask = ask * 2 + hidden.len();
        }
    }

    /// The last durable key of a range.
    pub(crate) fn last_key(&self, from: &[u8], to: &[u8]) -> Result<Option<IVec>, StoreError> {
        let mut keys = self.tree()?.range(from..to).keys().rev();
        loop {
            let key = keys.next().transpose().map_err(broken)?;
            let replaced = self.replaced.read().unwrap_or_else(PoisonError::into_inner);
            let low = key.as_ref().map_or(from, |key| key.as_ref());
            let hidden = replaced.range::<[u8], _>((Bound::Included(low), Bound::Excluded(to))).rev().find(|(_, value)| value.is_some());
            if let Some((hidden, _)) = hidden {
                return Ok(Some(IVec::from(hidden.as_slice())));
            }
            match key {
                Some(key) if replaced.contains_key(key.as_ref()) => {}
                other => return Ok(other),
            }
        }
    }
}

/// Makes all that was written durable. On Linux sled's flush hands its pages to the disk without waiting for the disk's
/// own cache or the file's length; the second call does.
fn sync(open: &Open) -> Result<(), StoreError> {
    open.tree.flush().map_err(broken)?;
    open.file.sync_data().map_err(|error| broken(error.into()))
}

/// # Errors
/// [`StoreError::Damaged`] when a newer program made the database.
fn check_layout(tree: &Db) -> Result<(), StoreError> {
    match tree.get(keys::fact("layout")).map_err(broken)? {
        Some(bytes) => {
            let layout = keys::trailing_number(&bytes)?;
            if layout > LAYOUT {
                return Err(StoreError::Damaged(format!("its layout {layout} is from a newer version; this one knows {LAYOUT}")));
            }
        }
        None => {
            tree.insert(keys::fact("layout"), &LAYOUT.to_be_bytes()).map_err(broken)?;
        }
    }
    Ok(())
}

/// Builds the indexes of a collection anew when other ones are declared than last time. Begins again when it was interrupted.
fn rebuild_indexes(tree: &Db, collection: &Collection) -> Result<(), StoreError> {
    let fact = keys::fact(&format!("indexes {}", collection.name));
    let declared = collection.indexes.join("\n");
    let known = tree.get(&fact).map_err(broken)?;
    if known.as_deref() == Some(declared.as_bytes()) {
        return Ok(());
    }
    for key in tree.scan_prefix(keys::index_of(collection.name)).keys() {
        tree.remove(key.map_err(broken)?).map_err(broken)?;
    }
    let prefix = keys::document(collection.name, "");
    for item in tree.scan_prefix(&prefix) {
        let (key, bytes) = item.map_err(broken)?;
        let body = rows::decode(&bytes)?.body;
        for place in index_keys(collection, &keys::trailing_text(&key, &prefix)?, &body) {
            tree.insert(place, IVec::default()).map_err(broken)?;
        }
    }
    tree.flush().map_err(broken)?;
    tree.insert(fact, declared.as_bytes()).map_err(broken)?;
    Ok(())
}
