//! Snapshots of a room's state: they bound how much of the log is replayed, and let old entries go.

use serde_json::{Value, json};
use tutti_store::{Batch, Collection, SharedStore, StoreError, Write};

use crate::rooms::rules::ids::RoomId;
use crate::rooms::rules::state::State;

/// Snapshots of states, by room and revision.
pub(crate) const SNAPSHOTS: Collection = Collection { name: "room_snapshots", indexes: &[] };
/// Events between two snapshots.
const INTERVAL: u64 = 500;
/// Events of a log that are always kept in full.
const MIN_EVENTS_KEPT: u64 = 10_000;
/// Milliseconds for which events are kept in full in any case, so that completed ops are known.
const MIN_TIME_KEPT: u64 = 7 * 86_400_000;
/// The largest revision that a key holds, in 16 digits.
const MAX_REVISION: u64 = 9_999_999_999_999_999;
/// Snapshots read at once.
const PAGE: usize = 16;

/// The snapshots of one room.
#[derive(Clone)]
pub(crate) struct Snapshots {
    store: SharedStore,
    room: RoomId,
    /// Name of the room's log.
    log: String,
}

impl Snapshots {
    pub(super) fn new(store: SharedStore, room: &RoomId, log: String) -> Snapshots {
        Snapshots { store, room: room.clone(), log }
    }

    /// The state of the latest snapshot at or before a revision. One read, however many snapshots there are.
    ///
    /// # Errors
    /// When the store cannot be read, or the snapshot is damaged.
    pub(crate) async fn latest(&self, at_most: u64) -> Result<Option<State>, StoreError> {
        let found = self.store.latest(SNAPSHOTS.name, &self.prefix(), &self.key(at_most.min(MAX_REVISION))).await?;
        found.map(|(_, document)| state_of(document.body)).transpose()
    }

    /// The writes that store `change` in every snapshot that it changes.
    ///
    /// # Errors
    /// As [`Snapshots::latest`].
    pub(crate) async fn rewrite(&self, change: impl Fn(&mut State)) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        for (key, mut state) in self.all().await? {
            let before = state.clone();
            change(&mut state);
            if state != before {
                writes.push(Write::Put(SNAPSHOTS.name, key, body(&state)?));
            }
        }
        Ok(writes)
    }

    /// Stores a snapshot when one is due since the one at revision `last`, and compacts what is older than is kept in full. The
    /// revision of the latest snapshot.
    ///
    /// # Errors
    /// When the store cannot be read or written; the log is unharmed then.
    pub(crate) async fn store_if_due(&self, state: &State, last: u64) -> Result<u64, StoreError> {
        if state.rev < last + INTERVAL {
            return Ok(last);
        }
        let mut writes = vec![Write::Put(SNAPSHOTS.name, self.key(state.rev), body(state)?)];
        if state.rev > 2 * MIN_EVENTS_KEPT {
            writes.append(&mut self.compaction(state).await?);
        }
        self.store.commit(Batch { checks: Vec::new(), writes }).await?;
        Ok(state.rev)
    }

    /// The writes that remove entries which are neither among the last 10,000 nor of the last week, and the snapshots before them.
    async fn compaction(&self, state: &State) -> Result<Vec<Write>, StoreError> {
        let newest = state.rev - MIN_EVENTS_KEPT;
        let snapshots = self.all().await?;
        let old_enough = |known: &State| known.rev <= newest && known.ts + MIN_TIME_KEPT < state.ts;
        let base = snapshots.iter().filter(|(_, known)| old_enough(known)).map(|(_, known)| known.rev).max();
        let Some(base) = base else { return Ok(Vec::new()) };
        let old = snapshots.iter().filter(|(_, known)| known.rev < base);
        let mut writes: Vec<Write> = old.map(|(key, _)| Write::Delete(SNAPSHOTS.name, key.clone())).collect();
        writes.push(Write::Trim(self.log.clone(), base + 1));
        Ok(writes)
    }

    fn prefix(&self) -> String {
        format!("{}/", self.room)
    }

    fn key(&self, rev: u64) -> String {
        format!("{}/{rev:016}", self.room)
    }

    async fn all(&self) -> Result<Vec<(String, State)>, StoreError> {
        let prefix = self.prefix();
        let mut found = Vec::new();
        loop {
            let after = found.last().map(|(key, _): &(String, State)| key.clone());
            let page = self.store.scan(SNAPSHOTS.name, &prefix, after.as_deref(), PAGE).await?;
            if page.is_empty() {
                return Ok(found);
            }
            for (key, document) in page {
                found.push((key, state_of(document.body)?));
            }
        }
    }
}

fn body(state: &State) -> Result<Value, StoreError> {
    let state = serde_json::to_value(state).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(json!({"state": state}))
}

fn state_of(mut body: Value) -> Result<State, StoreError> {
    serde_json::from_value(body["state"].take()).map_err(|error| StoreError::Damaged(format!("a snapshot of a room: {error}")))
}
