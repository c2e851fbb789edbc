//! Where the messages to one connection go: a Socket.IO socket, or a stream of JSON.

use std::sync::Arc;

use tutti_realtime::{Packet, Socket};

use crate::rooms::delivery::json_stream::JsonStream;
use crate::rooms::delivery::message::Message;
use crate::rooms::delivery::offsets::Offsets;

/// One connection of a member.
#[derive(Clone, Debug)]
pub(crate) enum Sink {
    /// A Socket.IO socket.
    Socket(Arc<Socket>, Arc<Offsets>),
    /// A stream of JSON.
    Stream(Arc<JsonStream>),
}

impl Sink {
    /// Sends messages in order; returns how many were accepted. The others are to be sent again once the connection has drained.
    pub(crate) fn send(&self, messages: &[Message]) -> usize {
        match self {
            Sink::Socket(socket, _) => emit(socket, messages, Message::packet),
            Sink::Stream(stream) => stream.send(messages),
        }
    }

    /// Sends events of a room's log to a connection that has them up to `cursor`; returns how many were accepted.
    pub(crate) fn send_events(&self, room: &str, cursor: u64, messages: &[Message]) -> usize {
        let Sink::Socket(socket, offsets) = self else { return self.send(messages) };
        if offsets.is_only(room) {
            let taken = emit(socket, messages, Message::packet_with_offset);
            offsets.set(room, cursor + taken as u64);
            return taken;
        }
        let taken = emit(socket, messages, Message::packet);
        self.move_offset(room, cursor + taken as u64);
        taken
    }

    /// Notes, and tells the client, that it has the room's events up to `seq`.
    pub(crate) fn move_offset(&self, room: &str, seq: u64) {
        if let Sink::Socket(socket, offsets) = self {
            offsets.set(room, seq);
            socket.emit_urgent(Message::offset(&offsets.text()).packet());
        }
    }

    /// Notes that the client, which has come back, has the room's events up to `seq`.
    pub(crate) fn resume_from(&self, room: &str, seq: u64) {
        if let Sink::Socket(_, offsets) = self {
            offsets.set(room, seq);
        }
    }

    /// Sends a small message that does not wait for room.
    pub(crate) fn urgent(&self, message: &Message) {
        match self {
            Sink::Socket(socket, _) => socket.emit_urgent(message.packet()),
            Sink::Stream(stream) => stream.urgent(message),
        }
    }

    /// Whether the client is still connected.
    pub(crate) fn is_connected(&self) -> bool {
        match self {
            Sink::Socket(socket, _) => socket.is_connected(),
            Sink::Stream(stream) => !stream.is_closed(),
        }
    }

    /// Whether both are the same connection.
    pub(crate) fn is(&self, other: &Sink) -> bool {
        match (self, other) {
            (Sink::Socket(a, _), Sink::Socket(b, _)) => Arc::ptr_eq(a, b),
            (Sink::Stream(a), Sink::Stream(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Joins the Socket.IO room of this name, so that what other processes emit to it arrives here too.
    pub(crate) fn join(&self, room: &str) {
        if let Sink::Socket(socket, _) = self {
            socket.join(room);
        }
    }

    /// Ends [`Sink::join`]. A stream, which is for one room, ends.
    pub(crate) fn leave(&self, room: &str) {
        match self {
            Sink::Socket(socket, offsets) => {
                socket.leave(room);
                offsets.remove(room);
                socket.emit_urgent(Message::offset(&offsets.text()).packet());
            }
            Sink::Stream(stream) => stream.close(),
        }
    }
}

fn emit(socket: &Arc<Socket>, messages: &[Message], packet: impl Fn(&Message) -> &Packet) -> usize {
    match messages {
        [one] => usize::from(socket.emit(packet(one)).is_ok()),
        many => socket.emit_all(&many.iter().map(|message| packet(message).clone()).collect::<Vec<_>>()),
    }
}
