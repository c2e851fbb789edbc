//! Gathering reactions: the first of a kind is sent at once, equal ones that follow within a quarter of a second as one with a count.

use std::collections::HashMap;
use std::time::Duration;

use crate::rooms::rules::ids::MemberId;

/// How long equal reactions are gathered.
pub(super) const GATHER: Duration = Duration::from_millis(250);

/// By emoji, how many reactions came since the one that was sent, and who sent the last.
#[derive(Debug, Default)]
pub(super) struct Reactions(HashMap<String, (usize, MemberId)>);

impl Reactions {
    /// Adds a reaction. Whether it is the first and to be sent at once; then [`Reactions::take`] is due after [`GATHER`].
    pub(super) fn add(&mut self, by: &MemberId, emoji: &str) -> bool {
        if let Some((count, last)) = self.0.get_mut(emoji) {
            *count += 1;
            *last = by.clone();
            return false;
        }
        self.0.insert(emoji.to_owned(), (0, by.clone()));
        true
    }

    /// How many came behind the first, and who sent the last; none when none came.
    pub(super) fn take(&mut self, emoji: &str) -> Option<(usize, MemberId)> {
        self.0.remove(emoji).filter(|(count, _)| *count > 0)
    }
}
