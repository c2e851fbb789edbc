//! Socket.IO v5 over Engine.IO v4, as a protocol: transports, sessions, namespaces, acks, rooms of sockets, back-pressure.
//!
//! What the events mean is not known here. A namespace is given a [`Handler`]; it is told of connections, events in the order
//! their packets arrived, and ends. Outgoing packets are encoded once ([`Packet`]) and shared by all who get them; each connection has
//! one bounded queue, and an emit that finds it full says so instead of dropping anything.
//!
//! Locks, from the outside in: a session's dispatch (held while a handler runs), what a namespace remembers, a
//! socket's rooms, the rooms of a namespace, the members
//! of a room, a session's outgoing queue. None is held across an await, and no handler runs under any but the first.

mod ack;
mod adapter;
mod broadcast;
pub(crate) mod conformance;
mod connection;
mod dispatch;
mod end;
mod event;
mod frames;
mod handler;
mod heartbeat;
mod incoming;
mod namespace;
mod outgoing;
mod packet;
mod polling;
mod recovery;
mod routes;
mod server;
mod session;
mod settings;
mod sid;
mod socket;
mod stream;
mod upgrade;

#[cfg(test)]
mod tests;

pub(crate) use ack::Ack;
pub(crate) use adapter::{Adapter, AdapterError};
pub(crate) use broadcast::Broadcast;
pub(crate) use event::Event;
pub(crate) use handler::{Handler, Pattern, Reason, Refusal};
pub(crate) use outgoing::Full;
pub(crate) use packet::Packet;
pub(crate) use recovery::Recovery;
pub(crate) use server::Server;
pub(crate) use settings::{Origins, Settings};
pub(crate) use socket::Socket;
