//! Documents by collection and key, and logs of numbered entries, behind one trait: [`Store`]. A store commits atomic
//! batches that may depend on what is there, and answers once they are durable. It does not know what a document means.
//!
//! | implementation | keeps everything in |
//! | --- | --- |
//! | [`SledStore`] | a folder of this machine |
//! | [`RedisStore`] | a Redis that several servers share |
//! | [`JoinedStore`] | that Redis, and what this server wrote itself in a folder too, so that nothing acknowledged is lost with Redis |
//!
//! One suite of tests (`contract`) says what all of them do. [`migrations`] brings documents of older versions up to date,
//! [`transfer`] writes everything to files and reads it back.
//!
//! ```
//! use serde_json::json;
//! use tutti_store::{Batch, Check, Collection, SledStore, Store, StoreError, Write};
//!
//! static COLLECTIONS: &[Collection] = &[Collection { name: "songs", indexes: &["genre"] }];
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
//! # runtime.block_on(async {
//! let folder = tempfile::tempdir().expect("a folder");
//! let store = SledStore::open(folder.path(), COLLECTIONS)?;
//!
//! // A document and a log entry, together or not at all.
//! let put = Write::Put("songs", "1".to_owned(), json!({"title": "Blue in Green", "genre": "jazz"}));
//! let append = Write::Append { log: "plays".to_owned(), after: 0, entries: vec!["1".into()] };
//! store.commit(Batch { checks: vec![Check::Absent("songs", "1".to_owned())], writes: vec![put.clone(), append] }).await?;
//!
//! // Found by an index; and the same batch is a conflict now, since the document is there.
//! let found = store.find("songs", "genre", "jazz", None, 10).await?;
//! assert_eq!(found[0].1.body["title"], "Blue in Green");
//! let again = Batch { checks: vec![Check::Absent("songs", "1".to_owned())], writes: vec![put] };
//! assert!(matches!(store.commit(again).await, Err(StoreError::Conflict)));
//! # Ok::<(), StoreError>(())
//! # }).expect("the store works");
//! ```

mod joined;
mod keys;
pub mod migrations;
mod names;
mod redis;
mod rows;
mod sled;
pub mod transfer;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

pub use self::joined::{Health, JoinedOptions, JoinedStore};
pub use self::names::NAME_LIMIT;
pub use self::redis::RedisStore;
pub use self::sled::{CHANGES_KEPT, SledOptions, SledStore};

/// What a call of a store gives back once it is done.
pub type StoreFuture<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// A store that any part of the server may hold.
pub type SharedStore = Arc<dyn Store>;

/// Grows with every committed batch.
pub type Position = u64;

/// Documents and logs that survive the process.
///
/// Every call may be made from any task; none blocks its thread. A commit is answered once it is durable: it survives
/// the end of the process at any moment after the answer. Readers see a batch when it is durable, not before ([`JoinedStore`] says
/// where that differs). Scans, `find` and `read` are not snapshots: of what is committed meanwhile they may show a part.
///
/// Keys and names of logs are any text without NUL of at most [`NAME_LIMIT`] bytes; anything else is Refused.
pub trait Store: Send + Sync + 'static {
    /// Carries a batch out wholly or not at all. Batches of one caller that are handed over one after the other are
    /// carried out in that order, also when the answers are not awaited in between. A batch that was handed over is carried out
    /// also when nobody waits for the answer. So many may wait that only a caller who never awaits gets beyond it; its batch
    /// is then answered Unavailable and not carried out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of its conditions does not hold; nothing is written then.
    fn commit(&self, batch: Batch) -> StoreFuture<Position>;

    /// One document, or none.
    fn get(&self, collection: &'static str, key: &str) -> StoreFuture<Option<Document>>;

    /// The documents whose keys begin with `prefix`, ascending by key (bytewise), from behind `after`; at most `limit`.
    fn scan(&self, collection: &'static str, prefix: &str, after: Option<&str>, limit: usize) -> StoreFuture<Vec<(String, Document)>>;

    /// The document with the last key that begins with `prefix` and is at most `at_most` (bytewise). Costs the same however many
    /// come before it.
    fn latest(&self, collection: &'static str, prefix: &str, at_most: &str) -> StoreFuture<Option<(String, Document)>>;

    /// The documents that have `value` in a field that the collection declares as an index, ascending by key, from
    /// behind the key `after`; at most `limit`.
    fn find(
        &self,
        collection: &'static str,
        index: &'static str,
        value: &str,
        after: Option<&str>,
        limit: usize,
    ) -> StoreFuture<Vec<(String, Document)>>;

    /// The entries of a log numbered `from` and above, ascending; at most `limit`.
    fn read(&self, log: &str, from: u64, limit: usize) -> StoreFuture<Vec<(u64, Bytes)>>;

    /// The number of a log's last entry, 0 when there is none. A trimmed log keeps its number.
    fn last(&self, log: &str) -> StoreFuture<u64>;

    /// The names of logs that have a number above 0, ascending (bytewise), from behind `after`; at most `limit`.
    fn logs(&self, after: Option<&str>, limit: usize) -> StoreFuture<Vec<String>>;

    /// The position of the latest batch that others may have seen.
    fn position(&self) -> StoreFuture<Position>;

    /// What batches behind `after` touched, oldest first; at most `limit` batches.
    ///
    /// # Errors
    /// [`StoreError::Forgotten`] when batches behind `after` are no longer known: read everything again.
    fn changes(&self, after: Position, limit: usize) -> StoreFuture<Vec<Change>>;
}

/// A document and the version it had when it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Changes with every write of the document; compare for equality only.
    pub version: u64,
    /// A JSON object.
    pub body: Value,
}

/// What must hold for a batch to be carried out.
#[derive(Clone, Debug)]
pub enum Check {
    /// There is no such document.
    Absent(&'static str, String),
    /// The document is there in this version.
    Version(&'static str, String, u64),
}

/// One change of a batch.
#[derive(Clone, Debug)]
pub enum Write {
    /// Puts a document, a JSON object, in place of what is there.
    Put(&'static str, String, Value),
    /// Removes a document; nothing when there is none.
    Delete(&'static str, String),
    /// Appends entries numbered `after + 1` and up; the batch is a conflict unless the log's last number is `after`.
    Append {
        /// Name of the log; one that is not there is empty.
        log: String,
        /// Number of the last entry before.
        after: u64,
        /// The new entries.
        entries: Vec<Bytes>,
    },
    /// Lets the numbering of a log that has no number yet go on from `after`, as if it had been trimmed there; the batch is
    /// a conflict when it has one. For bringing logs over from elsewhere.
    Begin {
        /// Name of the log.
        log: String,
        /// Its last number from now on.
        after: u64,
    },
    /// Replaces an entry that is there; nothing when it is not.
    Amend(String, u64, Bytes),
    /// Forgets the entries numbered below this. The numbering goes on.
    Trim(String, u64),
    /// Forgets a log and its numbering.
    Drop(String),
}

/// Changes that happen together.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// What must hold before.
    pub checks: Vec<Check>,
    /// What is done, in this order.
    pub writes: Vec<Write>,
}

/// What one batch touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Position of the batch.
    pub position: Position,
    /// Documents it put or removed: collection and key.
    pub documents: Vec<(String, String)>,
    /// Logs it appended to, amended, trimmed or dropped.
    pub logs: Vec<String>,
}

/// Why a store did not do something. Cheap to clone: one failure may answer many callers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition of the batch does not hold. Nothing was written.
    #[error("what was read before has changed since")]
    Conflict,
    /// The store cannot be reached or written now; nothing is known to be written. Worth trying again.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The disk is full. Nothing was written.
    #[error("the disk is full")]
    Full,
    /// What is kept does not make sense.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The call asks for something that no store does: a collection or index that is not declared, a name that is too long
    /// or holds a NUL, a body that is not a JSON object. Nothing was written, and trying again does not help.
    #[error("the store does not take this: {0}")]
    Refused(String),
    /// Changes that far back are no longer known.
    #[error("changes that far back are no longer known")]
    Forgotten,
}

/// A kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// Its name, also in exports.
    pub name: &'static str,
    /// Fields (dotted paths to strings, or lists of strings) by whose value documents are found.
    pub indexes: &'static [&'static str],
}
