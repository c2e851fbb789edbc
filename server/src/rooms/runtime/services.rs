//! What all rooms of a server share.

use std::sync::Arc;

use tutti_store::SharedStore;

use crate::clock::Clock;
use crate::rooms::cluster::link::Cluster;
use crate::rooms::runtime::limits::RoomLimits;
use crate::rooms::runtime::pictures::RoomPictures;
use crate::rooms::runtime::songs::candidates::SongCandidates;
use crate::rooms::runtime::songs::interactions::InteractionSender;
use crate::rooms::runtime::timers::Timers;
use crate::venues::Styles;

/// The shared parts.
pub(crate) struct Services {
    pub(crate) clock: Clock,
    /// Where everything is kept.
    pub(crate) store: SharedStore,
    pub(crate) limits: RoomLimits,
    /// When which room is to be woken.
    pub(crate) timers: Timers,
    /// The catalogue and the tastes.
    pub(crate) candidates: Arc<SongCandidates>,
    pub(crate) pictures: RoomPictures,
    /// What venues want to be played in their rooms.
    pub(crate) styles: Styles,
    /// What rooms teach about tastes.
    pub(crate) interactions: InteractionSender,
    /// The other servers, when there are some.
    pub(crate) cluster: Option<Arc<Cluster>>,
}
