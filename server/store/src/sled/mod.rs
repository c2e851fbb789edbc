//! The store on one machine: [`SledStore`] keeps everything in a sled database in a folder.
//!
//! A commit is answered after its group was flushed, and readers see it from then on, never before: what a reader saw
//! survives the end of the process. A scan is not a snapshot: what is committed while it runs may be in it or not.

mod committer;
pub(crate) mod files;
pub(crate) mod staging;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::sled::committer::{Job, PendingReply, Queue, Work};
use crate::sled::files::Files;
pub use crate::sled::files::{CHANGES_KEPT, SledOptions};
use crate::sled::staging::Row;
use crate::{Batch, Change, Collection, Document, Position, Store, StoreError, StoreFuture, keys, names, rows};

/// A store in a folder of this machine.
///
/// Memory: sled's cache, 100,000 last numbers of logs, and what is being written. Closed when it is dropped, after all
/// batches that were handed over.
pub struct SledStore {
    files: Arc<Files>,
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl SledStore {
    /// Opens or makes the database in `folder`, with the default options. Blocks; a folder belongs to one process.
    ///
    /// Indexes that were not declared at the last opening are built, which takes time in proportion to the collection.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the folder cannot be used or another process has it, [`StoreError::Damaged`] when
    /// it holds something else or was written by a newer version.
    pub fn open(folder: &Path, collections: &'static [Collection]) -> Result<SledStore, StoreError> {
        SledStore::open_with(folder, collections, SledOptions::default())
    }

    /// Like [`SledStore::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open_with(folder: &Path, collections: &'static [Collection], options: SledOptions) -> Result<SledStore, StoreError> {
        let files = Arc::new(Files::open(folder, collections, options)?);
        let queue = Arc::new(Queue::default());
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn({
                let (queue, files) = (Arc::clone(&queue), Arc::clone(&files));
                move || committer::run(&queue, &files)
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(SledStore { files, queue, thread: Some(thread) })
    }

    /// Hands rows over; they are in line with batches when this returns. `done` is the position that is answered.
    pub(crate) fn push_rows(&self, rows: Vec<Row>, to: oneshot::Sender<Result<Position, StoreError>>, done: Option<Position>) {
        self.queue.push(Job { work: Work::Rows(rows), answer: PendingReply { to, done } });
    }

    /// Writes rows durably.
    pub(crate) async fn write_rows(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let (to, answered) = oneshot::channel();
        self.push_rows(rows, to, None);
        answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".to_owned())))?;
        Ok(())
    }

    /// Reads away from the async threads.
    pub(crate) fn reading<T: Send + 'static>(&self, read: impl FnOnce(&Files) -> Result<T, StoreError> + Send + 'static) -> StoreFuture<T> {
        let files = Arc::clone(&self.files);
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || read(&files)).await {
                Ok(result) => result,
                Err(error) => Err(StoreError::Unavailable(format!("a read ended early: {error}"))),
            }
        })
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // It catches its own panics; there is nothing to add to one that got away.
            let _ = thread.join();
        }
    }
}

impl Store for SledStore {
    fn commit(&self, batch: Batch) -> StoreFuture<Position> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(Job { work: Work::Batch(batch), answer: PendingReply { to: answer, done: None } });
        Box::pin(async move { answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".to_owned()))) })
    }

    fn get(&self, collection: &'static str, key: &str) -> StoreFuture<Option<Document>> {
        let key = key.to_owned();
        self.reading(move |files| {
            names::collection(files.collections, collection)?;
            names::check_name(&key)?;
            files.get(&keys::document(collection, &key))?.map(|bytes| rows::decode(&bytes)).transpose()
        })
    }

    fn scan(&self, collection: &'static str, prefix: &str, after: Option<&str>, limit: usize) -> StoreFuture<Vec<(String, Document)>> {
        let (prefix, after) = (prefix.to_owned(), after.map(str::to_owned));
        self.reading(move |files| {
            names::collection(files.collections, collection)?;
            let all = keys::document(collection, "");
            let begin = keys::document(collection, &prefix);
            let end = keys::behind(&begin);
            let from = after.map_or_else(|| begin.clone(), |after| next(&keys::document(collection, &after)).max(begin.clone()));
            let mut found = Vec::new();
            for (key, bytes) in files.range(&from, &end, limit)? {
                found.push((keys::trailing_text(&key, &all)?, rows::decode(&bytes)?));
            }
            Ok(found)
        })
    }

    fn latest(&self, collection: &'static str, prefix: &str, at_most: &str) -> StoreFuture<Option<(String, Document)>> {
        let (prefix, at_most) = (prefix.to_owned(), at_most.to_owned());
        self.reading(move |files| {
            names::collection(files.collections, collection)?;
            let all = keys::document(collection, "");
            let begin = keys::document(collection, &prefix);
            let mut end = keys::behind(&begin).min(next(&keys::document(collection, &at_most)));
            while begin < end {
                let Some(key) = files.last_key(&begin, &end)? else { break };
                if let Some(bytes) = files.get(&key)? {
                    return Ok(Some((keys::trailing_text(&key, &all)?, rows::decode(&bytes)?)));
                }
                // It was removed between the two calls.
                end = key.to_vec();
            }
            Ok(None)
        })
    }

    fn find(
        &self,
        collection: &'static str,
        index: &'static str,
        value: &str,
        after: Option<&str>,
        limit: usize,
    ) -> StoreFuture<Vec<(String, Document)>> {
        let (value, after) = (value.to_owned(), after.map(str::to_owned));
        self.reading(move |files| {
            names::check_index(names::collection(files.collections, collection)?, index)?;
            let begin = keys::index(collection, index, &value);
            let end = keys::behind(&begin);
            let mut from = match after {
                Some(after) => next(&[begin.as_slice(), after.as_bytes()].concat()),
                None => begin.clone(),
            };
            let mut found = Vec::new();
            while found.len() < limit {
                let places = files.range(&from, &end, limit - found.len())?;
                let Some((last, _)) = places.last() else { break };
                from = next(last);
                for (place, _) in places {
                    let key = keys::trailing_text(&place, &begin)?;
                    let Some(bytes) = files.get(&keys::document(collection, &key))? else { continue };
                    let document = rows::decode(&bytes)?;
                    // It may have changed since the index was read, and long values share a place.
                    if names::index_values(&document.body, index).contains(&value.as_str()) {
                        found.push((key, document));
                    }
                }
            }
            Ok(found)
        })
    }

    fn read(&self, log: &str, from: u64, limit: usize) -> StoreFuture<Vec<(u64, Bytes)>> {
        let log = log.to_owned();
        self.reading(move |files| {
            names::check_name(&log)?;
            let mut found: Vec<(u64, Bytes)> = Vec::new();
            for (key, value) in files.range(&keys::entry(&log, from), &keys::behind(&keys::log(&log)), limit)? {
                let number = keys::trailing_number(&key)?;
                // Entries that came while this ran may be seen in part: what is behind a hole is for the next read.
                if found.last().is_some_and(|(before, _)| before + 1 != number) {
                    break;
                }
                found.push((number, Bytes::copy_from_slice(&value)));
            }
            Ok(found)
        })
    }

    fn last(&self, log: &str) -> StoreFuture<u64> {
        let log = log.to_owned();
        self.reading(move |files| {
            names::check_name(&log)?;
            let begin = keys::log(&log);
            // The entries first: when they are all trimmed in between, the number is there.
            match files.last_key(&begin, &keys::behind(&begin))? {
                Some(key) => keys::trailing_number(&key),
                None => files.get(&keys::number(&log))?.map_or(Ok(0), |bytes| keys::trailing_number(&bytes)),
            }
        })
    }

    fn logs(&self, after: Option<&str>, limit: usize) -> StoreFuture<Vec<String>> {
        let after = after.map(str::to_owned);
        self.reading(move |files| {
            let mut found: Vec<String> = Vec::new();
            let mut after = after;
            while found.len() < limit {
                let with_entries = next_name(files, b'l', after.as_deref())?;
                let with_number = next_name(files, b'n', after.as_deref())?;
                let Some(name) = with_entries.into_iter().chain(with_number).min() else { break };
                found.push(name.clone());
                after = Some(name);
            }
            Ok(found)
        })
    }

    fn position(&self) -> StoreFuture<Position> {
        let position = self.files.position();
        Box::pin(std::future::ready(Ok(position)))
    }

    fn changes(&self, after: Position, limit: usize) -> StoreFuture<Vec<Change>> {
        self.reading(move |files| {
            let reached = files.position();
            if after > reached {
                return Err(StoreError::Forgotten);
            }
            let first = files.range(&keys::change(0), &keys::behind(keys::CHANGES), 1)?;
            let Some((_, bytes)) = first.first() else { return Ok(Vec::new()) };
            if rows::decode_changes(bytes)?.first().is_some_and(|oldest| after + 1 < oldest.position) {
                return Err(StoreError::Forgotten);
            }
            let groups = files.range(&keys::change(after + 1), &keys::behind(keys::CHANGES), limit)?;
            let mut found = Vec::new();
            for (_, bytes) in groups {
                found.extend(rows::decode_changes(&bytes)?.into_iter().filter(|c| c.position > after && c.position <= reached));
            }
            found.truncate(limit);
            Ok(found)
        })
    }
}

/// The smallest key that is larger.
fn next(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

/// The first log behind `after` that has a key of this kind.
fn next_name(files: &Files, kind: u8, after: Option<&str>) -> Result<Option<String>, StoreError> {
    let from = match after {
        // All keys of that log go on with a NUL or end.
        Some(after) => [&[kind, 0], after.as_bytes(), &[1]].concat(),
        None => vec![kind, 0],
    };
    let Some((key, _)) = files.range(&from, &[kind, 1], 1)?.pop() else { return Ok(None) };
    let name = key[2..].split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8(name.to_vec()).map(Some).map_err(|_| StoreError::Damaged("the name of a log is not text".to_owned()))
}
