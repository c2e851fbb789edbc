//! Rooms: a group that chooses its music together. Ops are checked against a fold of the room's log, appended to it, and only then
//! acknowledged and sent to everybody. Six parts, from the inside out:
//!
//! - `rules`: what an op does to a room. Pure.
//! - `log`: how a room is kept.
//! - `cluster`: what servers that share rooms tell each other.
//! - `delivery`: how what happens in a room reaches its clients.
//! - `runtime`: the rooms in memory, and their turns.
//! - `clients`: what clients ask of rooms.
//!
//! Each imports from those above it only. Nothing here knows HTTP.

mod clients;
mod cluster;
mod delivery;
mod log;
mod random;
mod rules;
mod runtime;

use tutti_store::Collection;

pub(crate) use clients::answers::{LogPage, PlayedSong, RoomAt, RoomSummary, RoomTaste};
pub(crate) use clients::rest::{self, RoomPreview};
pub(crate) use clients::session::{ClientMessage, ClientSession};
pub(crate) use clients::socket::serve;
pub(crate) use cluster::link::Cluster;
pub(crate) use delivery::json_stream::{JsonStream, StreamStep};
pub(crate) use delivery::sink::Sink;
pub(crate) use random::random_id;
pub(crate) use rules::event::{Reason, Song};
pub(crate) use rules::ids::RoomId;
pub(crate) use rules::refusal::{Code, Refusal};
pub(crate) use runtime::heartbeat;
pub(crate) use runtime::limits::RoomLimits;
pub(crate) use runtime::personal_data::RoomsPersonalData;
pub(crate) use runtime::registry::Rooms;
pub(crate) use runtime::room::Room;
pub(crate) use runtime::songs::candidates::SongCandidates;

/// What rooms keep in the store.
pub(crate) const COLLECTIONS: &[Collection] =
    &[log::document::ROOMS, log::document::CODES, log::members::MEMBERS, log::snapshots::SNAPSHOTS];
