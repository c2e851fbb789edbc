//! The choice of a room's next song: the tastes of those present, what the venue and the host want, and the candidates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tutti_store::{StoreError, Write};

use crate::rooms::log::document::RoomDocument;
use crate::rooms::log::members::MemberDocuments;
use crate::rooms::rules::autopilot::{Fit, Pick};
use crate::rooms::rules::ids::MemberId;
use crate::rooms::rules::state::State;
use crate::rooms::runtime::songs::candidates::{MemberTaste, SongCandidates, SongPreferences};
use crate::venues::{Style, Styles};

/// The tastes that one room's members told, and what songs are chosen with.
pub(crate) struct SongChoice {
    members: MemberDocuments,
    candidates: Arc<SongCandidates>,
    /// What venues want to be played.
    styles: Styles,
    /// Other servers may be told tastes, too.
    shared: bool,
    tastes: Mutex<HashMap<MemberId, Arc<[f32]>>>,
}

impl SongChoice {
    pub(crate) fn new(
        members: MemberDocuments,
        candidates: Arc<SongCandidates>,
        styles: Styles,
        shared: bool,
        tastes: HashMap<MemberId, Arc<[f32]>>,
    ) -> SongChoice {
        SongChoice { members, candidates, styles, shared, tastes: Mutex::new(tastes) }
    }

    /// A song for those present, or none when there is none to choose from. `now` is in Unix milliseconds.
    pub(crate) async fn pick(&self, state: &State, document: &Arc<RoomDocument>, present: Vec<MemberId>, now: u64) -> Option<Pick> {
        let (tastes, preferences) = (self.tastes_of(present).await, self.preferences(state, document, now).await);
        self.candidates.pick(state, document, tastes, preferences, now).await
    }

    /// How the room's songs suit those present.
    pub(crate) async fn fit(&self, state: &State, document: &Arc<RoomDocument>, present: Vec<MemberId>) -> Fit {
        let tastes = self.tastes_of(present).await;
        self.candidates.fit(state, document, tastes).await
    }

    /// Keeps the taste a member tells. The write that stores it; none when it is known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn keep(&self, member: &MemberId, taste: &[f32]) -> Result<Option<Write>, StoreError> {
        let told: Arc<[f32]> = taste.into();
        let known = self.tastes().insert(member.clone(), Arc::clone(&told));
        if known.as_ref() == Some(&told) {
            return Ok(None);
        }
        self.members.set(member, "taste", json!(taste)).await.map(Some)
    }

    /// What the venue and the host want to be played now. When the store does not answer, nothing in particular.
    async fn preferences(&self, state: &State, document: &RoomDocument, now: u64) -> SongPreferences {
        let style = match &document.venue_id {
            Some(venue) => self.styles.of(venue).await.unwrap_or_default(),
            None => Style::default(),
        };
        let longitude = document.venue.map_or(0.0, |venue| venue.lon);
        let minute = (now as i64 / 60_000 + (longitude / 15.0).round() as i64 * 60).rem_euclid(24 * 60) as u16;
        let energy = state.settings.energy_at(now).map(|energy| energy as f32).or_else(|| style.energy_at(minute));
        SongPreferences { style, energy }
    }

    async fn tastes_of(&self, present: Vec<MemberId>) -> Vec<MemberTaste> {
        if self.shared {
            match self.members.tastes().await {
                Ok(tastes) => *self.tastes() = tastes,
                Err(error) => tracing::warn!(%error, "tastes told to other servers cannot be read"),
            }
        }
        let tastes = self.tastes();
        present
            .into_iter()
            .map(|member| {
                let taste = tastes.get(&member).cloned();
                (member, taste)
            })
            .collect()
    }

    fn tastes(&self) -> MutexGuard<'_, HashMap<MemberId, Arc<[f32]>>> {
        self.tastes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
