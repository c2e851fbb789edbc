//! What an ack says besides `ok`, `rev` and `seq`.

use serde_json::{Map, Value, json};

use super::consequences::needed_skips;
use crate::rooms::event::What;
use crate::rooms::op::Ask;
use crate::rooms::state::State;

/// The fields of an ack that are an op's own.
pub(crate) type Answer = Map<String, Value>;

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
    /// The answer to an op. `event` is its own event; none when nothing changed.
    pub(crate) fn answer(&self, ask: &Ask, event: Option<&What>) -> Answer {
        let mut answer = Answer::new();
        let mut put = |name: &str, value: Value| {
            answer.insert(name.to_owned(), value);
        };
        match event {
            Some(What::SongAdded { item, .. } | What::PlayStarted { item, .. }) => put("item", json!(item)),
            Some(What::PictureShared { picture, url, .. }) => {
                put("picture", json!(picture));
                put("url", json!(url));
            }
            Some(What::MemberCheckedin { until, .. }) => put("until", json!(until)),
            Some(What::SongDetected { song_id, .. }) => put("songId", json!(song_id)),
            None => put("unchanged", json!(true)),
            _ => {}
        }
        match ask {
            Ask::Vote { item, .. } => put("score", json!(self.own.item(item).map(|item| item.score()))),
            Ask::Veto { item } => {
                put("vetoes", json!(self.own.item(item).map_or(1, |item| item.vetoes.len())));
                put("removed", json!(self.after.item(item).is_none()));
            }
            Ask::SkipVote { item } => {
                let playing = |state: &State| state.now.as_ref().is_some_and(|now| now.item == *item);
                let votes = self.own.now.as_ref().filter(|now| now.item == *item).map_or(0, |now| now.skips.len());
                put("votes", json!(votes));
                put("needed", json!(needed_skips(self.own, self.present)));
                put("skipped", json!(!playing(self.after)));
            }
            Ask::Ended { .. } | Ask::Skip { .. } => put("next", json!(self.after.now.as_ref().map(|now| &now.item))),
            Ask::Settings { .. } => put("settings", json!(*self.after.settings)),
            _ => {}
        }
        answer
    }
}
