//! Where the messages to one connection go: a Socket.IO socket, or a stream of JSON.

use std::sync::Arc;

use tutti_realtime::Socket;

use crate::rooms::delivery::json_stream::JsonStream;
use crate::rooms::delivery::message::Message;

/// One connection of a member.
#[derive(Clone, Debug)]
pub(crate) enum Sink {
    /// A Socket.IO socket.
    Socket(Arc<Socket>),
    /// A stream of JSON.
    Stream(Arc<JsonStream>),
}

impl Sink {
    /// Sends messages in order; returns how many were accepted. The others are to be sent again once the connection has drained.
    pub(crate) fn send(&self, messages: &[Message]) -> usize {
        match self {
            Sink::Socket(socket) => match messages {
                [one] => usize::from(socket.emit(one.packet()).is_ok()),
                many => socket.emit_all(&many.iter().map(|message| message.packet().clone()).collect::<Vec<_>>()),
            },
            Sink::Stream(stream) => stream.send(messages),
        }
    }

    /// Sends a small message that does not wait for room.
    pub(crate) fn urgent(&self, message: &Message) {
        match self {
            Sink::Socket(socket) => socket.emit_urgent(message.packet()),
            Sink::Stream(stream) => stream.urgent(message),
        }
    }

    /// Whether the client is still connected.
    pub(crate) fn is_connected(&self) -> bool {
        match self {
            Sink::Socket(socket) => socket.is_connected(),
            Sink::Stream(stream) => !stream.is_closed(),
        }
    }

    /// Whether both are the same connection.
    pub(crate) fn is(&self, other: &Sink) -> bool {
        match (self, other) {
            (Sink::Socket(a), Sink::Socket(b)) => Arc::ptr_eq(a, b),
            (Sink::Stream(a), Sink::Stream(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Joins the Socket.IO room of this name, so that what other processes emit to it arrives here too.
    pub(crate) fn join(&self, room: &str) {
        if let Sink::Socket(socket) = self {
            socket.join(room);
        }
    }

    /// Ends [`Sink::join`]. A stream, which is for one room, ends.
    pub(crate) fn leave(&self, room: &str) {
        match self {
            Sink::Socket(socket) => socket.leave(room),
            Sink::Stream(stream) => stream.close(),
        }
    }
}
