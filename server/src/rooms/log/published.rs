//! The latest committed state of a room, which readers get without waiting for the writer.

use std::sync::{Arc, Mutex, PoisonError};

use crate::rooms::rules::state::State;

/// Holds the latest committed state.
pub(crate) struct Published(Mutex<Arc<State>>);

impl Published {
    pub(crate) fn new(state: State) -> Published {
        Published(Mutex::new(Arc::new(state)))
    }

    /// The state.
    pub(crate) fn get(&self) -> Arc<State> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the state.
    pub(crate) fn set(&self, state: State) -> Arc<State> {
        let state = Arc::new(state);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&state);
        state
    }
}
