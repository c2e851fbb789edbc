//! How far one Socket.IO client has been sent the events of its rooms, in a form that it gives back when it reconnects: the offset of the
//! protocol's connection state recovery.
//!
//! A stock client keeps the last argument of the last event whose last argument is text. So the offset is an event of its own,
//! `room:offset`, behind each event of a room: handlers of `room:event` get one argument, as ever. It names every room of the client with the
//! number of its last event there (`ROOM:SEQ,ROOM:SEQ`), so that any server can go on from it without having kept anything.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rooms::rules::ids::RoomId;
use crate::rooms::rules::payload::is_id;

/// The rooms of one connection, each with the last event it was sent.
#[derive(Debug, Default)]
pub(crate) struct Offsets(Mutex<Vec<(RoomId, u64)>>);

impl Offsets {
    fn lock(&self) -> MutexGuard<'_, Vec<(RoomId, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the connection is in this room and no other.
    pub(super) fn is_only(&self, room: &str) -> bool {
        matches!(self.lock().as_slice(), [(only, _)] if **only == *room)
    }

    /// The connection was sent the room's events up to `seq`.
    pub(super) fn set(&self, room: &str, seq: u64) {
        let mut rooms = self.lock();
        match rooms.iter_mut().find(|(known, _)| **known == *room) {
            Some((_, known)) => *known = seq,
            None => rooms.push((room.into(), seq)),
        }
    }

    /// The connection is out of the room.
    pub(super) fn remove(&self, room: &str) {
        self.lock().retain(|(known, _)| **known != *room);
    }

    /// The offset as the client keeps it.
    pub(super) fn text(&self) -> String {
        text_of(&self.lock())
    }
}

/// The offset of a client that is in one room only.
pub(super) fn text_of_one(room: &RoomId, seq: u64) -> String {
    text_of(&[(room.clone(), seq)])
}

fn text_of(rooms: &[(RoomId, u64)]) -> String {
    let mut offset = String::new();
    for (room, seq) in rooms {
        // Writing to a string does not fail.
        let _ = write!(offset, "{}{room}:{seq}", if offset.is_empty() { "" } else { "," });
    }
    offset
}

/// Reads what a client gives back: rooms and their last events; none when it is no offset.
pub(crate) fn parse(offset: &str, most: usize) -> Option<Vec<(RoomId, u64)>> {
    if offset.is_empty() {
        return Some(Vec::new());
    }
    let parts: Vec<&str> = offset.splitn(most + 1, ',').collect();
    if parts.len() > most {
        return None;
    }
    let read = |part: &str| {
        let (room, seq) = part.split_once(':')?;
        Some((RoomId::from(room), seq.parse().ok().filter(|_| is_id(room))?))
    };
    parts.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::{Offsets, parse};

    #[test]
    fn what_a_client_gives_back_is_what_it_was_sent() {
        let offsets = Offsets::default();
        assert_eq!(parse(&offsets.text(), 5), Some(Vec::new()));
        offsets.set("a", 3);
        assert!(offsets.is_only("a"));
        offsets.set("b_-1", 7);
        offsets.set("a", 4);
        assert!(!offsets.is_only("a"));
        assert_eq!(parse(&offsets.text(), 5), Some(vec![("a".into(), 4), ("b_-1".into(), 7)]));
        assert_eq!(parse(&offsets.text(), 1), None, "in more rooms than one may be");
        offsets.remove("a");
        assert_eq!(offsets.text(), "b_-1:7");
        for nonsense in ["x", "a:", ":1", "a:1,", "a b:1", "a:-1", "a:99999999999999999999", "a:1:2"] {
            assert_eq!(parse(nonsense, 5), None, "{nonsense}");
        }
    }
}
