//! The store in a Redis that several servers use: [`RedisStore`]. It is as durable as that Redis is; servers that want
//! more keep copies of what they write (`joined`).
//!
//! A batch is one run of a script, so it happens wholly or not at all, and what one reads happened before or after it.
//! The scripts say how things lie in Redis. They make the names of keys, so this is for one Redis, not for a cluster.

pub(crate) mod commits;
pub(crate) mod link;
pub(crate) mod operations;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use self::commits::{CommitHook, Commits, Done, ReplyTo};
use self::link::{Link, ScriptReply, number, text};
use crate::{Batch, Change, Collection, Document, Position, Store, StoreError, StoreFuture, keys, names};

/// A store in Redis 6 or newer.
///
/// Every call waits for Redis at most a second, then it is [`StoreError::Unavailable`]; a lost connection is made anew by
/// the next call.
#[derive(Clone)]
pub struct RedisStore {
    link: Arc<Link>,
    commits: Commits,
}

impl RedisStore {
    /// Connects to the Redis at `url`, where every key begins with `prefix`. Must be called within a runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no Redis.
    pub async fn connect(url: &str, prefix: &str, collections: &'static [Collection]) -> Result<RedisStore, StoreError> {
        let link = Arc::new(Link::new(url, prefix, collections)?);
        link.run(&link::POSITION, &[]).await?;
        Ok(RedisStore::over(link, Arc::new(NoHook)))
    }

    /// A store over a connection, with something to be done before a commit is answered.
    pub(crate) fn over(link: Arc<Link>, hook: Arc<dyn CommitHook>) -> RedisStore {
        let commits = Commits::start(Arc::clone(&link), hook);
        RedisStore { link, commits }
    }

    pub(crate) fn commits(&self) -> &Commits {
        &self.commits
    }

    fn reading<T, R>(&self, read: impl FnOnce(Arc<Link>) -> R + Send + 'static) -> StoreFuture<T>
    where
        R: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        Box::pin(read(Arc::clone(&self.link)))
    }
}

/// Answers at once.
struct NoHook;

impl CommitHook for NoHook {
    fn done(&self, done: Done, _: Batch, reply_to: ReplyTo) {
        let _ = reply_to.send(Ok(done.position));
    }

    fn failed(&self, _: &StoreError) {}

    fn barrier(&self, reply_to: ReplyTo) {
        let _ = reply_to.send(Ok(0));
    }
}

impl Store for RedisStore {
    fn commit(&self, batch: Batch) -> StoreFuture<Position> {
        let answer = self.commits.push(batch);
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".to_owned()))) })
    }

    fn get(&self, collection: &'static str, key: &str) -> StoreFuture<Option<Document>> {
        let key = key.to_owned();
        self.reading(move |link| async move {
            names::collection(link.collections, collection)?;
            names::check_name(&key)?;
            let mut answer = link.run(&link::GET, &[collection.as_bytes(), key.as_bytes()]).await?;
            answer.next().map(|bytes| document(&bytes)).transpose()
        })
    }

    fn scan(&self, collection: &'static str, prefix: &str, after: Option<&str>, limit: usize) -> StoreFuture<Vec<(String, Document)>> {
        let low = match after {
            Some(after) if after >= prefix => bound(b'(', after.as_bytes()),
            _ => bound(b'[', prefix.as_bytes()),
        };
        let high = if prefix.is_empty() { b"+".to_vec() } else { bound(b'(', &keys::behind(prefix.as_bytes())) };
        self.reading(move |link| async move {
            names::collection(link.collections, collection)?;
            let answer = link.run(&link::SCAN, &[collection.as_bytes(), &low, &high, &count(limit)]).await?;
            documents(answer)
        })
    }

    fn latest(&self, collection: &'static str, prefix: &str, at_most: &str) -> StoreFuture<Option<(String, Document)>> {
        let behind = keys::behind(prefix.as_bytes());
        let beyond = !prefix.is_empty() && at_most.as_bytes() >= behind.as_slice();
        let high = if beyond { bound(b'(', &behind) } else { bound(b'[', at_most.as_bytes()) };
        let low = bound(b'[', prefix.as_bytes());
        self.reading(move |link| async move {
            names::collection(link.collections, collection)?;
            let answer = link.run(&link::LATEST, &[collection.as_bytes(), &high, &low]).await?;
            Ok(documents(answer)?.pop())
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
        let begin = operations::value_place(value);
        let high = bound(b'(', &keys::behind(&begin));
        let mut low = match after {
            Some(after) => bound(b'(', &[&begin, after.as_bytes()].concat()),
            None => bound(b'[', &begin),
        };
        let value = value.to_owned();
        self.reading(move |link| async move {
            names::check_index(names::collection(link.collections, collection)?, index)?;
            let length = begin.len().to_string();
            let mut found = Vec::new();
            while found.len() < limit {
                let arguments = [collection.as_bytes(), index.as_bytes(), &low, &high, &count(limit - found.len()), length.as_bytes()];
                let page = documents(link.run(&link::FIND, &arguments).await?)?;
                let Some((last, _)) = page.last() else { break };
                low = bound(b'(', &[&begin, last.as_bytes()].concat());
                // Long values share a place.
                found.extend(page.into_iter().filter(|(_, document)| names::index_values(&document.body, index).contains(&value.as_str())));
            }
            Ok(found)
        })
    }

    fn read(&self, log: &str, from: u64, limit: usize) -> StoreFuture<Vec<(u64, Bytes)>> {
        let log = log.to_owned();
        self.reading(move |link| async move {
            names::check_name(&log)?;
            let from = from.to_string();
            let mut answer = link.run(&link::READ, &[log.as_bytes(), from.as_bytes(), &count(limit)]).await?;
            let mut found = Vec::new();
            while let Some(entry_number) = answer.next() {
                found.push((number(Some(entry_number))?, Bytes::from(answer.next().unwrap_or_default())));
            }
            Ok(found)
        })
    }

    fn last(&self, log: &str) -> StoreFuture<u64> {
        let log = log.to_owned();
        self.reading(move |link| async move {
            names::check_name(&log)?;
            number(link.run(&link::LAST, &[log.as_bytes()]).await?.next())
        })
    }

    fn logs(&self, after: Option<&str>, limit: usize) -> StoreFuture<Vec<String>> {
        let low = after.map_or_else(|| b"-".to_vec(), |after| bound(b'(', after.as_bytes()));
        self.reading(move |link| async move { link.run(&link::LOGS, &[&low, &count(limit)]).await?.map(text).collect() })
    }

    fn position(&self) -> StoreFuture<Position> {
        self.reading(move |link| async move { number(link.run(&link::POSITION, &[]).await?.next()) })
    }

    fn changes(&self, after: Position, limit: usize) -> StoreFuture<Vec<Change>> {
        self.reading(move |link| async move {
            let mut answer = link.run(&link::CHANGES, &[after.to_string().as_bytes(), &count(limit)]).await?;
            let mut found = Vec::new();
            while let Some(position) = answer.next() {
                found.push(change(number(Some(position))?, &text(answer.next().unwrap_or_default())?));
            }
            Ok(found)
        })
    }
}

/// A bound of a range by name.
fn bound(kind: u8, name: &[u8]) -> Vec<u8> {
    [&[kind], name].concat()
}

fn count(limit: usize) -> Vec<u8> {
    // Redis takes no more than this; nobody has that many.
    limit.min(i32::MAX as usize).to_string().into_bytes()
}

/// A stored document: its version, a blank, its body.
fn document(bytes: &[u8]) -> Result<Document, StoreError> {
    let damaged = || StoreError::Damaged("a document in Redis is not one".to_owned());
    let blank = bytes.iter().position(|byte| *byte == b' ').ok_or_else(damaged)?;
    let version = std::str::from_utf8(&bytes[..blank]).ok().and_then(|text| text.parse().ok()).ok_or_else(damaged)?;
    let body = serde_json::from_slice(&bytes[blank + 1..]).map_err(|_| damaged())?;
    Ok(Document { version, body })
}

fn documents(mut answer: ScriptReply) -> Result<Vec<(String, Document)>, StoreError> {
    let mut found = Vec::new();
    while let Some(key) = answer.next() {
        found.push((text(key)?, document(&answer.next().unwrap_or_default())?));
    }
    Ok(found)
}

/// What a batch touched: `d`, collection and key or `l` and log, each ended by a NUL.
fn change(position: Position, touched: &str) -> Change {
    let mut change = Change { position, documents: Vec::new(), logs: Vec::new() };
    let mut parts = touched.split_terminator('\0');
    while let (Some(kind), Some(name)) = (parts.next(), parts.next()) {
        if kind == "l" {
            change.logs.push(name.to_owned());
        } else {
            change.documents.push((name.to_owned(), parts.next().unwrap_or_default().to_owned()));
        }
    }
    change
}
