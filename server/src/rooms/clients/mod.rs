//! What clients ask of rooms: a `session` is one client's connection and what it sends; `socket` serves sessions over Socket.IO; `rest`
//! answers callers without a connection, with `answers`.

pub(crate) mod answers;
pub(crate) mod rest;
pub(crate) mod session;
pub(crate) mod socket;
