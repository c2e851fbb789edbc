//! How what happens in a room reaches its clients. From the inside out: a `message` is encoded once; a `sink` is where one connection's messages go
//! (a Socket.IO socket, or a `json_stream`); `subscribers` are the sinks of a room, each with how far it has come; the `audience` is
//! everyone connected to a room, with presence, reactions and typing; `catch_up` sends what a sink missed.

mod announcer;
pub(crate) mod audience;
pub(crate) mod catch_up;
pub(crate) mod join_request;
pub(crate) mod json_stream;
pub(crate) mod message;
pub(crate) mod offsets;
mod reactions;
pub(crate) mod sink;
pub(crate) mod subscribers;
