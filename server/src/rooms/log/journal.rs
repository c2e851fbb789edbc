//! The log of one room: the events that make it, appended in order and amended only to blank what was deleted.

use std::sync::Arc;

use bytes::Bytes;
use tutti_store::{Batch, SharedStore, StoreError, Write};

use crate::rooms::log::idempotency::IdempotencyCache;
use crate::rooms::log::snapshots::Snapshots;
use crate::rooms::rules::event::{Entry, EventKind};
use crate::rooms::rules::ids::RoomId;
use crate::rooms::rules::state::State;

/// Events read at once.
const PAGE: usize = 1_000;

/// The log of one room. A clone costs little.
#[derive(Clone)]
pub(crate) struct Journal {
    store: SharedStore,
    log: String,
    snapshots: Snapshots,
}

/// A room read back from the store.
pub(crate) struct Loaded {
    /// The fold of its log.
    pub(crate) state: State,
    /// The ops that its log holds.
    pub(crate) completed: IdempotencyCache,
    /// Revision of the latest snapshot.
    pub(crate) snapshot: u64,
}

impl Journal {
    pub(crate) fn new(store: SharedStore, room: &RoomId) -> Journal {
        let log = log_name(room);
        Journal { snapshots: Snapshots::new(store.clone(), room, log.clone()), store, log }
    }

    /// The snapshots of the same room.
    pub(crate) fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// The latest state and the completed ops. Reads the latest snapshot and the whole log that is kept.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what is no room.
    pub(crate) async fn load(&self) -> Result<Loaded, StoreError> {
        let mut state = self.snapshots.latest(u64::MAX).await?.unwrap_or_default();
        let snapshot = state.rev;
        let mut completed = IdempotencyCache::default();
        let mut from = 1;
        loop {
            let page = self.read(from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(Loaded { state, completed, snapshot }) };
            from = last.event.seq + 1;
            for entry in &page {
                completed.note(entry);
                if entry.event.seq == state.rev + 1 {
                    state.apply(entry);
                }
            }
        }
    }

    /// The fold of the log up to a revision; none when what came before it is compacted away.
    ///
    /// # Errors
    /// As [`Journal::read`].
    pub(crate) async fn state_at(&self, rev: u64) -> Result<Option<State>, StoreError> {
        let mut state = self.snapshots.latest(rev).await?.unwrap_or_default();
        while state.rev < rev {
            let page = self.read(state.rev + 1, PAGE.min((rev - state.rev) as usize)).await?;
            if page.first().is_none_or(|entry| entry.event.seq != state.rev + 1) {
                return Ok(None);
            }
            page.iter().for_each(|entry| state.apply(entry));
        }
        Ok(Some(state))
    }

    /// Entries numbered `from` and up, ascending; at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read, or an entry is damaged.
    pub(crate) async fn read(&self, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = self.store.read(&self.log, from, limit).await?;
        rows.into_iter().map(|(seq, bytes)| entry_of(&self.log, seq, &bytes)).collect()
    }

    /// Appends entries behind `after`, together with other changes. Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the log goes on behind `after` already.
    pub(crate) async fn append(&self, after: u64, entries: &[Arc<Entry>], mut others: Vec<Write>) -> Result<(), StoreError> {
        let written: Result<Vec<Bytes>, _> = entries.iter().map(|entry| serde_json::to_vec(&**entry).map(Bytes::from)).collect();
        let entries_written = written.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let mut writes = vec![Write::Append { log: self.log.clone(), after, entries: entries_written }];
        writes.append(&mut others);
        self.store.commit(Batch { checks: Vec::new(), writes }).await.map(drop)
    }

    /// The entry of a number, if it is kept.
    ///
    /// # Errors
    /// As [`Journal::read`].
    pub(crate) async fn entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        Ok(self.read(seq, 1).await?.pop().filter(|entry| entry.event.seq == seq))
    }

    /// Calls `each` for every entry that is kept, ascending.
    ///
    /// # Errors
    /// As [`Journal::read`].
    pub(crate) async fn for_each(&self, mut each: impl FnMut(&Entry)) -> Result<(), StoreError> {
        let mut from = 1;
        loop {
            let page = self.read(from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            from = last.event.seq + 1;
            page.iter().for_each(&mut each);
        }
    }

    /// The write that replaces an entry.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be serialised.
    pub(crate) fn amend(&self, entry: &Entry) -> Result<Write, StoreError> {
        let bytes = serde_json::to_vec(entry).map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(Write::Amend(self.log.clone(), entry.event.seq, bytes.into()))
    }

    /// The changes that blank the text of a chat message: its entry, and the snapshots that hold it.
    pub(crate) async fn blank(&self, seq: u64) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        if let Some(mut entry) = self.entry(seq).await? {
            if let EventKind::ChatMessage { text, .. } = &mut entry.event.kind {
                text.clear();
            }
            writes.push(self.amend(&entry)?);
        }
        let blanked = self.snapshots.rewrite(|state| {
            if let Some(index) = state.chat.iter().position(|message| message.seq == seq) {
                Arc::make_mut(&mut state.chat[index]).text.clear();
            }
        });
        writes.append(&mut blanked.await?);
        Ok(writes)
    }
}

/// The name of a room's log in the store.
pub(crate) fn log_name(room: &str) -> String {
    format!("room:{room}")
}

/// An entry as it stands in the store.
pub(crate) fn entry_of(log: &str, seq: u64, bytes: &[u8]) -> Result<Entry, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Damaged(format!("entry {seq} of {log}: {error}")))
}
