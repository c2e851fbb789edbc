//! The rules of rooms, pure: no input or output, no clock, no randomness. An op is read (`op`, `payload`), allowed or refused and
//! turned into events (`decide`) on a `state`, which is the fold of the room's events (`fold`); `order` is the order of the queue,
//! `autopilot` the choice of the next song, `view` what a member sees. Whatever they need to know comes in as an argument.

pub(crate) mod autopilot;
pub(crate) mod decide;
pub(crate) mod event;
mod fold;
pub(crate) mod ids;
pub(crate) mod op;
mod order;
pub(crate) mod payload;
pub(crate) mod refusal;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod view;

#[cfg(test)]
mod tests;
