//! The rooms that are in memory. An `input` is handed to a `room`, whose inbox is worked off in batches: a `turn` decides a batch on the
//! committed state, the `writer` appends what it decided to the log as one, publishes the new state, and answers. The `registry` opens
//! rooms and lets go of idle ones; `timers` wake a room when something is due; the `heartbeat` hands in what other
//! servers tell.

pub(crate) mod core;
mod creation;
pub(crate) mod heartbeat;
pub(crate) mod input;
pub(crate) mod limits;
pub(crate) mod lookups;
pub(crate) mod personal_data;
mod pictures;
pub(crate) mod registry;
pub(crate) mod room;
pub(crate) mod services;
pub(crate) mod songs;
pub(crate) mod timers;
mod turn;
mod writer;
