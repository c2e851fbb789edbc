//! The parts of a room that both its writer and its readers use. What changes only by turns is behind [`Published`]; the connections are
//! behind the [`Audience`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::rooms::cluster::link::POLL;
use crate::rooms::delivery::audience::Audience;
use crate::rooms::delivery::catch_up::CatchUp;
use crate::rooms::log::document::RoomDocument;
use crate::rooms::log::journal::Journal;
use crate::rooms::log::members::MemberDocuments;
use crate::rooms::log::published::Published;
use crate::rooms::rules::ids::{MemberId, RoomId};
use crate::rooms::rules::state::State;
use crate::rooms::runtime::services::Services;
use crate::rooms::runtime::songs::choice::SongChoice;

/// The shared parts of one room.
pub(crate) struct RoomCore {
    /// Its id.
    pub(crate) id: RoomId,
    pub(crate) services: Arc<Services>,
    pub(crate) journal: Journal,
    pub(crate) members: MemberDocuments,
    pub(crate) audience: Arc<Audience>,
    /// The committed state.
    pub(crate) state: Arc<Published>,
    pub(crate) songs: SongChoice,
    document: Mutex<Arc<RoomDocument>>,
}

impl RoomCore {
    /// `tastes` are what members told before.
    pub(super) fn new(services: Arc<Services>, document: RoomDocument, state: State, tastes: HashMap<MemberId, Arc<[f32]>>) -> RoomCore {
        let id = document.id.clone();
        let shared = services.cluster.is_some();
        // Other servers are asked who is connected to them, and have time to answer.
        let absent_since = services.clock.now_ms() + if shared { POLL.as_millis() as u64 } else { 0 };
        let members = MemberDocuments::new(Arc::clone(&services.store), &id);
        RoomCore {
            journal: Journal::new(Arc::clone(&services.store), &id),
            audience: Audience::new(&id, services.clock.clone(), services.cluster.clone(), &state, absent_since),
            state: Arc::new(Published::new(state)),
            songs: SongChoice::new(members.clone(), Arc::clone(&services.candidates), services.styles.clone(), shared, tastes),
            members,
            document: Mutex::new(Arc::new(document)),
            services,
            id,
        }
    }

    /// The room's document.
    pub(crate) fn document(&self) -> Arc<RoomDocument> {
        Arc::clone(&self.document.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_document(&self, document: RoomDocument) {
        *self.document.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(document);
    }

    /// What catching clients up needs.
    pub(crate) fn catch_up(&self) -> CatchUp {
        let (room, audience) = (self.id.clone(), Arc::clone(&self.audience));
        CatchUp { room, audience, journal: self.journal.clone(), state: Arc::clone(&self.state) }
    }
}
