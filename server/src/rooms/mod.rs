//! Rooms: what a party does. Commands are checked against a fold of the room's log, appended to it, and only then
//! acknowledged and told to everybody. `decide`, `fold`, `order` and `autopilot` are the rules and are pure; `drive`
//! and `turn` carry them out; `seats` delivers. Knows no HTTP.

mod announce;
mod arrive;
mod autopilot;
mod clock;
mod cluster;
mod decide;
mod desk;
mod device;
mod drive;
mod event;
mod fold;
mod journal;
mod learning;
mod limits;
mod live;
mod memory;
mod meta;
mod op;
mod order;
mod outlet;
mod payload;
mod personal;
mod presence;
mod reactions;
mod refusal;
mod registry;
mod repertoire;
mod rest;
mod seats;
mod services;
mod settings;
mod socket;
mod state;
mod stream;
#[cfg(test)]
mod tests;
mod turn;
mod view;

use tutti_store::Collection;

pub(crate) use cluster::Cluster;
pub(crate) use device::{Device, Sent};
pub(crate) use limits::Limits;
pub(crate) use live::Live;
pub(crate) use meta::fresh_id;
pub(crate) use outlet::Outlet;
pub(crate) use personal::Holder;
pub(crate) use refusal::{Code, Refusal};
pub(crate) use registry::Rooms;
pub(crate) use repertoire::Repertoires;
pub(crate) use rest::FirstSight;
pub(crate) use socket::serve;
pub(crate) use stream::{Next, Stream};

/// What rooms keep in the store.
pub(crate) const COLLECTIONS: &[Collection] = &[meta::ROOMS, meta::CODES, meta::MEMBERS, journal::SNAPSHOTS];
