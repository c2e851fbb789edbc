//! Messages to clients.

use serde::Serialize;
use serde_json::Value;
use tutti_realtime::Packet;

use crate::rooms::cluster::link::NAMESPACE;
use crate::rooms::delivery::offsets::text_of_one;
use crate::rooms::rules::event::Event;

/// A message to clients, encoded once for all that get it. A clone costs a counter.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    packet: Packet,
    /// The same with the offset behind it, for clients in one room.
    with_offset: Option<Packet>,
}

impl Message {
    /// An event with one argument.
    pub(crate) fn new(name: &str, data: &impl Serialize) -> Message {
        // What is sent here are our own types and JSON values; they always serialise.
        let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
        Message { packet: Packet::event_raw(NAMESPACE, name, &format!("[{json}]")), with_offset: None }
    }

    /// An event of a room's log.
    pub(crate) fn logged(event: &Event) -> Message {
        let Message { packet, .. } = Message::new("room:event", event);
        let with_offset = packet.followed_by(&Message::offset(&text_of_one(&event.room, event.seq)).packet);
        Message { packet, with_offset: Some(with_offset) }
    }

    /// How far a connection has been sent the events of its rooms.
    pub(super) fn offset(text: &str) -> Message {
        Message::new("room:offset", &text)
    }

    /// The packet for Socket.IO.
    pub(super) fn packet(&self) -> &Packet {
        &self.packet
    }

    /// The packet for a client that is in no other room than the event's.
    pub(super) fn packet_with_offset(&self) -> &Packet {
        self.with_offset.as_ref().unwrap_or(&self.packet)
    }

    /// The text for a stream of JSON: `{"event":…,"data":…}`.
    pub(crate) fn json_text(&self) -> String {
        let (name, data) = self.parts();
        format!("{{\"event\":{name},\"data\":{data}}}")
    }

    /// The argument as JSON.
    pub(crate) fn data(&self) -> Value {
        serde_json::from_str(self.parts().1).unwrap_or_default()
    }

    /// Name and argument as they stand in the packet: `42/rooms,["name",data]`.
    fn parts(&self) -> (&str, &str) {
        let text = std::str::from_utf8(self.packet.text()).unwrap_or_default();
        let inside = text.split_once('[').map_or("", |(_, rest)| rest.strip_suffix(']').unwrap_or(rest));
        inside.split_once(',').unwrap_or(("\"\"", "null"))
    }
}

/// The last message to a connection: the room is closed, or its member removed.
pub(crate) fn removal_message(name: &str, room: &str, reason: &str) -> Message {
    Message::new(name, &Value::from_iter([("room", room), ("reason", reason)]))
}
