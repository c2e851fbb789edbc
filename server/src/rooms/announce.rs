//! Telling a room who came online and who went: at once, and of a burst one list every half second.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::event::Id;
use super::live::Live;
use super::outlet::Message;

/// Time between two lists.
const EVERY: Duration = Duration::from_millis(500);

/// Whose presence has changed since it was last told.
#[derive(Debug, Default)]
pub(crate) struct Announcer {
    changed: BTreeSet<Id>,
    last: Option<Instant>,
    due: bool,
}

impl Live {
    /// A member's connections have changed.
    pub(super) fn changed_presence(self: &Arc<Live>, member: &Id) {
        self.services.tell_presence(&self.id, member, self.presence().devices_here(member));
        self.announce(member);
    }

    /// Tells the members about one of them.
    pub(crate) fn announce(self: &Arc<Live>, member: &Id) {
        let wait = {
            let mut announcer = self.announcer.lock().unwrap_or_else(PoisonError::into_inner);
            announcer.changed.insert(member.clone());
            if std::mem::replace(&mut announcer.due, true) {
                return;
            }
            announcer.last.map_or(Duration::ZERO, |last| EVERY.saturating_sub(last.elapsed()))
        };
        let live = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            live.tell_changes();
        });
    }

    fn tell_changes(&self) {
        let changed = {
            let mut announcer = self.announcer.lock().unwrap_or_else(PoisonError::into_inner);
            announcer.due = false;
            announcer.last = Some(Instant::now());
            std::mem::take(&mut announcer.changed)
        };
        let mut list: Vec<Value> = {
            let presence = self.presence();
            let shown = |member: &Id| {
                let devices = presence.devices(member);
                json!({"room": self.id, "member": member, "online": devices > 0, "devices": devices})
            };
            changed.iter().map(shown).collect()
        };
        let payload = if list.len() == 1 { list.remove(0) } else { Value::Array(list) };
        self.seats().whisper(&Message::new("presence", &payload), None);
    }
}
