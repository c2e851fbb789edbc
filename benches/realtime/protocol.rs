//! The two ways to bring an event to all members of a room, and what the load tool reads in either.
//!
//! `Plain`: the handlers `join` and `pub` in `/`, which a bare Socket.IO server has too (`node/server.js`). Nothing is kept.
//! `Rooms`: the rooms of Tutti in `/rooms`; each op is logged, and acknowledged when it is on disk.
//!
//! An op is stamped with its number and the microsecond it was due: in the payload, or as its id (`NUMBER-MICROSECOND`).

use crate::wire::{behind_last, leading, number};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Plain,
    Rooms,
}

/// A packet, understood.
pub(crate) enum Received {
    /// An event of the room: its number in the room's order and, when a load op caused it, when that was due.
    Event { order: u64, due: Option<u64> },
    /// An op is answered: its number, and whether it was done.
    Ack { op: u64, done: bool },
    /// The server skips to this number.
    Snapshot { order: u64 },
    /// Nothing that is counted.
    Other,
}

impl Protocol {
    /// `--dialect plain|rooms`
    pub(crate) fn named(name: &str) -> Protocol {
        match name {
            "plain" => Protocol::Plain,
            "rooms" => Protocol::Rooms,
            other => panic!("no dialect {other}"),
        }
    }

    /// The op as a packet.
    pub(crate) fn op(self, room: &str, op: u64, due: u64, pad: &str) -> String {
        match self {
            // The keys are in the order of the alphabet, because a server that writes the payload anew may sort them.
            Protocol::Plain => format!("42[\"pub\",\"{room}\",{{\"n\":{op},\"t\":{due},\"z\":\"{pad}\"}}]"),
            Protocol::Rooms => format!("42/rooms,{op}[\"chat:send\",{{\"op\":\"{op}-{due}\",\"room\":\"{room}\",\"text\":\"{pad}\"}}]"),
        }
    }

    /// What a packet says.
    pub(crate) fn read(self, packet: &[u8]) -> Received {
        match self {
            Protocol::Plain => {
                let order = number(packet, b"\"n\":");
                order.map_or(Received::Other, |order| Received::Event { order, due: number(packet, b"\"t\":") })
            }
            Protocol::Rooms => read_rooms(packet),
        }
    }
}

fn read_rooms(packet: &[u8]) -> Received {
    if let Some(answer) = packet.strip_prefix(b"43/rooms,") {
        let (op, digits) = leading(answer);
        let done = answer[digits..].windows(9).any(|window| window == b"\"ok\":true");
        return Received::Ack { op, done };
    }
    let Some(event) = packet.strip_prefix(b"42/rooms,[\"room:") else { return Received::Other };
    if event.starts_with(b"event") {
        // Behind the data, which may be long, and may have a number of the same name.
        let order = behind_last(event, b"\"seq\":").map(leading).expect("an event has its number").0;
        return Received::Event { order, due: stamp(event) };
    }
    if event.starts_with(b"snapshot") {
        return number(event, b"\"rev\":").map_or(Received::Other, |order| Received::Snapshot { order });
    }
    Received::Other
}

/// When the op behind an event was due.
fn stamp(event: &[u8]) -> Option<u64> {
    let op = behind_last(event, b"\"op\":\"")?;
    let (_, digits) = leading(op);
    let due = op.get(digits..)?.strip_prefix(b"-")?;
    Some(leading(due)).filter(|(_, digits)| *digits > 0).map(|(due, _)| due)
}
