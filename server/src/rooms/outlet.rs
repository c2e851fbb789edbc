//! Where a member's messages go: a Socket.IO socket, or a plain stream of JSON.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::stream::Stream;
use tutti_realtime::{Packet, Socket};

/// The namespace of rooms.
pub(crate) const NAMESPACE: &str = "/rooms";

/// A message, encoded once for all who get it. A clone costs a counter.
#[derive(Clone, Debug)]
pub(crate) struct Message(Packet);

impl Message {
    /// An event with one argument.
    pub(crate) fn new(name: &str, data: &impl Serialize) -> Message {
        // What is sent here are our own types and JSON values; they always serialise.
        let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
        Message(Packet::event_raw(NAMESPACE, name, &format!("[{json}]")))
    }

    /// The text of a plain stream: `{"event":…,"data":…}`.
    pub(crate) fn plain(&self) -> String {
        let (name, data) = self.parts();
        format!("{{\"event\":{name},\"data\":{data}}}")
    }

    /// The argument as JSON.
    pub(crate) fn data(&self) -> Value {
        serde_json::from_str(self.parts().1).unwrap_or_default()
    }

    /// Name and argument as they stand in the packet: `42/rooms,["name",data]`.
    fn parts(&self) -> (&str, &str) {
        let text = std::str::from_utf8(self.0.text()).unwrap_or_default();
        let inside = text.split_once('[').map_or("", |(_, rest)| rest.strip_suffix(']').unwrap_or(rest));
        inside.split_once(',').unwrap_or(("\"\"", "null"))
    }
}

/// One device of a member.
#[derive(Clone, Debug)]
pub(crate) enum Outlet {
    /// A socket of the library.
    Socket(Arc<Socket>),
    /// A plain stream.
    Stream(Arc<Stream>),
}

impl Outlet {
    /// Sends messages in order; returns how many were taken.
    pub(crate) fn send(&self, messages: &[Message]) -> usize {
        match self {
            Outlet::Socket(socket) => match messages {
                [one] => usize::from(socket.emit(&one.0).is_ok()),
                many => socket.emit_all(&many.iter().map(|message| message.0.clone()).collect::<Vec<_>>()),
            },
            Outlet::Stream(stream) => stream.send(messages),
        }
    }

    /// Sends a small message that does not wait for room.
    pub(crate) fn urgent(&self, message: &Message) {
        match self {
            Outlet::Socket(socket) => socket.emit_urgent(&message.0),
            Outlet::Stream(stream) => stream.urgent(message),
        }
    }

    /// Whether both are the same device.
    pub(crate) fn is(&self, other: &Outlet) -> bool {
        match (self, other) {
            (Outlet::Socket(a), Outlet::Socket(b)) => Arc::ptr_eq(a, b),
            (Outlet::Stream(a), Outlet::Stream(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// What workers emit to a room of the library reaches this device too.
    pub(crate) fn join(&self, room: &str) {
        if let Outlet::Socket(socket) = self {
            socket.join(room);
        }
    }

    /// The end of [`Outlet::join`]. A stream, which is for one room, ends.
    pub(crate) fn leave(&self, room: &str) {
        match self {
            Outlet::Socket(socket) => socket.leave(room),
            Outlet::Stream(stream) => stream.close(),
        }
    }
}

/// The message of a room's end, or of a member's.
pub(crate) fn goodbye(name: &str, room: &str, reason: &str) -> Message {
    Message::new(name, &Value::from_iter([("room", room), ("reason", reason)]))
}
