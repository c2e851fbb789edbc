//! How a room is kept: its log, snapshots that bound the replay, what was blanked, what was compacted.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::event::{Entry, Id, What};
use super::memory::Memory;
use super::state::State;
use tutti_store::{Batch, Collection, SharedStore, StoreError, Write};

/// Snapshots of states, by room and revision.
pub(crate) const SNAPSHOTS: Collection = Collection { name: "room_snapshots", indexes: &[] };
/// Events between two snapshots.
const EVERY: u64 = 500;
/// Events of a log that are always kept in full.
const KEPT: u64 = 10_000;
/// Milliseconds for which events are kept in full in any case, so that ops are remembered.
const WEEK: u64 = 7 * 86_400_000;
/// Events read at once.
const PAGE: usize = 1_000;

/// The log of one room.
#[derive(Clone)]
pub(crate) struct Journal {
    store: SharedStore,
    room: Id,
    log: String,
}

/// A room as it was kept.
pub(crate) struct Loaded {
    /// The fold of its log.
    pub(crate) state: State,
    /// The ops in what is kept of its log.
    pub(crate) memory: Memory,
    /// Revision of the latest snapshot.
    pub(crate) snapshot: u64,
}

impl Journal {
    pub(crate) fn new(store: SharedStore, room: &Id) -> Journal {
        Journal { store, room: room.clone(), log: log_name(room) }
    }

    /// The latest state and the ops remembered. Reads the whole log that is kept.
    pub(crate) async fn load(&self) -> Result<Loaded, StoreError> {
        let mut state = self.snapshot_before(u64::MAX).await?.unwrap_or_default();
        let snapshot = state.rev;
        let mut memory = Memory::default();
        let mut from = 1;
        loop {
            let page = self.read(from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(Loaded { state, memory, snapshot }) };
            from = last.event.seq + 1;
            for entry in &page {
                memory.note(entry);
                if entry.event.seq == state.rev + 1 {
                    state.apply(entry);
                }
            }
        }
    }

    /// The fold of the log up to a revision; none when what came before it is compacted away.
    pub(crate) async fn state_at(&self, rev: u64) -> Result<Option<State>, StoreError> {
        let mut state = self.snapshot_before(rev).await?.unwrap_or_default();
        while state.rev < rev {
            let page = self.read(state.rev + 1, PAGE.min((rev - state.rev) as usize)).await?;
            if page.first().is_none_or(|entry| entry.event.seq != state.rev + 1) {
                return Ok(None);
            }
            page.iter().for_each(|entry| state.apply(entry));
        }
        Ok(Some(state))
    }

    /// Entries numbered `from` and up, at most `limit`.
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

    /// The changes that blank the text of a chat message: its entry, and the snapshots that hold it.
    pub(crate) async fn blank(&self, seq: u64) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        if let Some(mut entry) = self.read(seq, 1).await?.pop().filter(|entry| entry.event.seq == seq) {
            if let What::ChatMessage { text, .. } = &mut entry.event.what {
                text.clear();
            }
            let bytes = serde_json::to_vec(&entry).map_err(|error| StoreError::Damaged(error.to_string()))?;
            writes.push(Write::Amend(self.log.clone(), seq, bytes.into()));
        }
        let blanked = self.changed_snapshots(|state| {
            for message in state.chat.iter_mut().filter(|message| message.seq == seq) {
                Arc::make_mut(message).text.clear();
            }
        });
        writes.append(&mut blanked.await?);
        Ok(writes)
    }

    /// The writes that change the snapshots which `change` changes.
    pub(super) async fn changed_snapshots(&self, change: impl Fn(&mut State)) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        for (key, mut state) in self.snapshots().await? {
            let before = state.clone();
            change(&mut state);
            if state != before {
                writes.push(Write::Put(SNAPSHOTS.name, key, body(&state)?));
            }
        }
        Ok(writes)
    }

    /// A snapshot of a state, when one is due since the one at `last`. Compacts what is older than is kept in full.
    pub(crate) async fn snapshot(&self, state: &State, last: u64) -> Result<u64, StoreError> {
        if state.rev < last + EVERY {
            return Ok(last);
        }
        let mut writes = vec![Write::Put(SNAPSHOTS.name, self.key(state.rev), body(state)?)];
        if state.rev > 2 * KEPT {
            writes.append(&mut self.compaction(state).await?);
        }
        self.store.commit(Batch { checks: Vec::new(), writes }).await?;
        Ok(state.rev)
    }

    /// Forgets entries that are neither among the last 10,000 nor of the last week, and snapshots before them.
    async fn compaction(&self, state: &State) -> Result<Vec<Write>, StoreError> {
        let wanted = state.rev - KEPT;
        let snapshots = self.snapshots().await?;
        let base =
            snapshots.iter().filter(|(_, known)| known.rev <= wanted && known.ts + WEEK < state.ts).map(|(_, known)| known.rev).max();
        let Some(base) = base else { return Ok(Vec::new()) };
        let old = snapshots.iter().filter(|(_, known)| known.rev < base);
        let mut writes: Vec<Write> = old.map(|(key, _)| Write::Delete(SNAPSHOTS.name, key.clone())).collect();
        writes.push(Write::Trim(self.log.clone(), base + 1));
        Ok(writes)
    }

    fn key(&self, rev: u64) -> String {
        format!("{}/{rev:016}", self.room)
    }

    async fn snapshot_before(&self, rev: u64) -> Result<Option<State>, StoreError> {
        let prefix = format!("{}/", self.room);
        let mut after: Option<String> = None;
        let mut best = None;
        loop {
            let page = self.store.scan(SNAPSHOTS.name, &prefix, after.as_deref(), 64).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let fitting = page.into_iter().rfind(|(key, _)| key[prefix.len()..].parse::<u64>().is_ok_and(|at| at <= rev));
            let Some((_, document)) = fitting else { break };
            best = Some(document.body);
        }
        best.map(state_of).transpose()
    }

    async fn snapshots(&self) -> Result<Vec<(String, State)>, StoreError> {
        let prefix = format!("{}/", self.room);
        let mut found = Vec::new();
        loop {
            let after = found.last().map(|(key, _): &(String, State)| key.clone());
            let page = self.store.scan(SNAPSHOTS.name, &prefix, after.as_deref(), 16).await?;
            if page.is_empty() {
                return Ok(found);
            }
            for (key, document) in page {
                found.push((key, state_of(document.body)?));
            }
        }
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

fn body(state: &State) -> Result<Value, StoreError> {
    let state = serde_json::to_value(state).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(json!({"state": state}))
}

fn state_of(mut body: Value) -> Result<State, StoreError> {
    serde_json::from_value(body["state"].take()).map_err(|error| StoreError::Damaged(format!("a snapshot of a room: {error}")))
}
