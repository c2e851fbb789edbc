//! What may be lost: reactions and typing. Equal reactions within a quarter of a second are counted together.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::event::Id;
use super::live::Live;
use super::outlet::{Message, Outlet};

/// How long equal reactions are gathered.
const GATHER: Duration = Duration::from_millis(250);

/// Reactions that are gathered: how many came since the one that was told, and who sent the last.
#[derive(Debug, Default)]
pub(crate) struct Reactions(HashMap<String, (usize, Id)>);

impl Live {
    /// Somebody reacts. The first is told at once, those that follow soon are told as one.
    pub(crate) fn react(self: &Arc<Live>, by: &Id, emoji: &str) {
        {
            let mut gathered = self.reactions.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((count, last)) = gathered.0.get_mut(emoji) {
                *count += 1;
                *last = by.clone();
                return;
            }
            gathered.0.insert(emoji.to_owned(), (0, by.clone()));
        }
        self.whisper("reaction", &json!({"room": self.id, "by": by, "emoji": emoji, "ts": self.now()}), None);
        let (live, emoji) = (self.clone(), emoji.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(GATHER).await;
            let gathered = live.reactions.lock().unwrap_or_else(PoisonError::into_inner).0.remove(&emoji);
            if let Some((count @ 1.., by)) = gathered {
                live.whisper("reaction", &json!({"room": live.id, "by": by, "count": count, "emoji": emoji, "ts": live.now()}), None);
            }
        });
    }

    /// Somebody is writing; the others are told.
    pub(crate) fn typing(&self, by: &Id, from: &Outlet) {
        self.whisper("typing", &json!({"room": self.id, "by": by}), Some(from));
    }

    /// Tells what may be lost, here and on the other servers.
    fn whisper(&self, name: &str, payload: &serde_json::Value, except: Option<&Outlet>) {
        self.services.whisper(&self.id, name, payload);
        self.seats().whisper(&Message::new(name, payload), except);
    }
}
