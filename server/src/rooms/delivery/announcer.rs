//! When presence is announced: a change at once, and of a burst one list every half second.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::rooms::rules::ids::MemberId;

/// Time between two announcements.
const INTERVAL: Duration = Duration::from_millis(500);

/// Members whose presence has changed since it was last announced.
#[derive(Debug, Default)]
pub(super) struct PresenceAnnouncer {
    changed: BTreeSet<MemberId>,
    last: Option<Instant>,
    due: bool,
}

impl PresenceAnnouncer {
    /// Notes a change. In how much time to announce it; none when an announcement is due already.
    pub(super) fn note(&mut self, member: &MemberId, now: Instant) -> Option<Duration> {
        self.changed.insert(member.clone());
        if std::mem::replace(&mut self.due, true) {
            return None;
        }
        Some(self.last.map_or(Duration::ZERO, |last| INTERVAL.saturating_sub(now.saturating_duration_since(last))))
    }

    /// The members to announce now.
    pub(super) fn take(&mut self, now: Instant) -> BTreeSet<MemberId> {
        self.due = false;
        self.last = Some(now);
        std::mem::take(&mut self.changed)
    }
}
