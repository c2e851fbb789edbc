//! A bounded memory by key that forgets what was not used for longest.

use std::collections::HashMap;
use std::hash::Hash;

/// Remembers a value per key for the keys used last: at least `capacity`, at most twice as many. Every step takes constant time.
/// Two maps stand in for a list of uses: what was used since the last turn, and what was used in the turn before.
pub(crate) struct TwoGenerationLru<K, V> {
    capacity: usize,
    /// What was used since the last turn. At a turn, when this is full, it becomes `old`, and what was in `old` is forgotten.
    pub(super) young: HashMap<K, V>,
    pub(super) old: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V> TwoGenerationLru<K, V> {
    pub(crate) fn new(capacity: usize) -> TwoGenerationLru<K, V> {
        TwoGenerationLru { capacity: capacity.max(1), young: HashMap::new(), old: HashMap::new() }
    }

    /// The value of `key`, made by `fresh` when there is none.
    pub(crate) fn entry(&mut self, key: &K, fresh: impl FnOnce() -> V) -> &mut V {
        let known = if self.young.contains_key(key) {
            None
        } else {
            // Taken out before a turn, which forgets what is old.
            let known = self.old.remove(key);
            if self.young.len() >= self.capacity {
                self.old = std::mem::take(&mut self.young);
            }
            known
        };
        self.young.entry(key.clone()).or_insert_with(|| known.unwrap_or_else(fresh))
    }

    /// Forgets `key`.
    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}
