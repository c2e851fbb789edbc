//! What readers of an index see: the served generation, and what was written to it that no commit holds yet. Readers never wait
//! for a commit or a rebuild; whoever changes what they see does it in one short step.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::generation::Generation;
use super::stored;
use crate::error::Result;

/// What was written and is not visible to searches yet, by key.
pub(super) type PendingWrites = HashMap<String, Pending>;

/// The last thing written under a key.
pub(super) struct Pending {
    /// Where the log has it.
    pub(super) sequence: u64,
    /// The document's text; `None` is a deletion.
    pub(super) source: Option<Arc<[u8]>>,
}

/// The state that readers see.
pub(super) struct Visible(RwLock<State>);

struct State {
    generation: Arc<Generation>,
    pending: PendingWrites,
}

impl Visible {
    pub(super) fn new(generation: Generation) -> Visible {
        Visible(RwLock::new(State { generation: Arc::new(generation), pending: HashMap::new() }))
    }

    /// The served generation.
    pub(super) fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.read().generation)
    }

    /// The text of the document with this key as last written.
    pub(super) fn source(&self, key: &str) -> Result<Option<Arc<[u8]>>> {
        let generation = {
            let state = self.read();
            if let Some(known) = state.pending.get(key) {
                return Ok(known.source.clone());
            }
            Arc::clone(&state.generation)
        };
        // What is no longer pending is visible: a look-up finds a document in one place or the other.
        stored::find(&generation, &generation.searcher(), key)
    }

    /// Whether something waits for a commit.
    pub(super) fn has_pending(&self) -> bool {
        !self.read().pending.is_empty()
    }

    /// Adds what was written.
    pub(super) fn add(&self, written: PendingWrites) {
        self.write().pending.extend(written);
    }

    /// Forgets what a commit holds that searches see by now.
    pub(super) fn forget(&self, committed: u64) {
        self.write().pending.retain(|_, pending| pending.sequence > committed);
    }

    /// Forgets everything that waits for a commit.
    pub(super) fn clear(&self) {
        self.write().pending.clear();
    }

    /// Serves another generation, with what was written since the state it holds.
    pub(super) fn swap(&self, generation: Generation, pending: PendingWrites) {
        *self.write() = State { generation: Arc::new(generation), pending };
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
