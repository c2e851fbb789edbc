//! What carries a session: the HTTP routes of Engine.IO, long-polling, and WebSocket. Bytes in and out; what packets mean is
//! decided by the session.

mod byte_stream;
mod close;
pub(crate) mod frames;
mod polling;
mod routes;
mod upgrade;
mod websocket;
