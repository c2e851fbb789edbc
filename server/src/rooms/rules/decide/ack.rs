//! The fields of an ack besides `ok`, `rev` and `seq`.

use serde_json::{Map, Value, json};

use super::consequences::needed_skips;
use crate::rooms::rules::event::EventKind;
use crate::rooms::rules::op::Action;
use crate::rooms::rules::state::State;

/// The fields of an ack that are an op's own.
pub(crate) type AckFields = Map<String, Value>;

/// A room before what follows from an op, and after it.
pub(crate) struct Stages<'a> {
    /// After the op's own events.
    pub(crate) own: &'a State,
    /// After what followed.
    pub(crate) after: &'a State,
    /// Members present.
    pub(crate) present: usize,
}

impl Stages<'_> {
    /// The fields for an op. `event` is its own event; none when nothing changed.
    pub(crate) fn ack(&self, action: &Action, event: Option<&EventKind>) -> AckFields {
        let mut answer = AckFields::new();
        let mut put = |name: &str, value: Value| {
            answer.insert(name.to_owned(), value);
        };
        match event {
            Some(EventKind::SongAdded { item, .. } | EventKind::PlayStarted { item, .. }) => put("item", json!(item)),
            Some(EventKind::PictureShared { picture, url, .. }) => {
                put("picture", json!(picture));
                put("url", json!(url));
            }
            Some(EventKind::MemberCheckedin { until, .. }) => put("until", json!(until)),
            Some(EventKind::SongDetected { song_id, .. }) => put("songId", json!(song_id)),
            None if matches!(action, Action::App(_)) => {}
            None => put("unchanged", json!(true)),
            _ => {}
        }
        match action {
            Action::Vote { item, .. } => put("score", json!(self.own.item(item).map(|item| item.score()))),
            Action::Veto { item } => {
                put("vetoes", json!(self.own.item(item).map_or(1, |item| item.vetoes.len())));
                put("removed", json!(self.after.item(item).is_none()));
            }
            Action::SkipVote { item } => {
                let playing = |state: &State| state.now.as_ref().is_some_and(|now| now.item == *item);
                let votes = self.own.now.as_ref().filter(|now| now.item == *item).map_or(0, |now| now.skips.len());
                put("votes", json!(votes));
                put("needed", json!(needed_skips(self.own, self.present)));
                put("skipped", json!(!playing(self.after)));
            }
            Action::Ended { .. } | Action::Skip { .. } => put("next", json!(self.after.now.as_ref().map(|now| &now.item))),
            Action::Settings { .. } => put("settings", json!(*self.after.settings)),
            _ => {}
        }
        answer
    }
}
