//! Which ops a room has carried out: so that an op that comes again is answered with what it did the first time.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

use super::event::{Entry, Id};

/// Ops of one member that are remembered whatever their age.
const LEAST: usize = 1_000;
/// How long every op is remembered, in milliseconds.
const DAY: u64 = 86_400_000;

/// What an op did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Tells it from another op with the same id.
    pub(crate) digest: u64,
    /// Number of its own event.
    pub(crate) seq: u64,
    ts: u64,
}

impl Done {
    pub(crate) fn new(digest: u64, seq: u64, ts: u64) -> Done {
        Done { digest, seq, ts }
    }
}

/// The ops of a room by member and id.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    members: HashMap<Id, Ops>,
    keyed: RandomState,
}

/// The ops of one member by a digest of their ids, which nobody outside knows the key of: some forty bytes each.
#[derive(Debug, Default)]
struct Ops {
    done: HashMap<u64, Done>,
    order: VecDeque<u64>,
}

impl Memory {
    /// Remembers the op of an event, if it has one.
    pub(crate) fn note(&mut self, entry: &Entry) {
        let event = &entry.event;
        let (Some(op), Some(digest)) = (&event.op, entry.private.digest) else { return };
        let key = self.keyed.hash_one(op);
        let ops = self.members.entry(event.by.clone()).or_default();
        if ops.done.insert(key, Done { digest, seq: event.seq, ts: event.ts }).is_none() {
            ops.order.push_back(key);
        }
        while ops.order.len() > LEAST {
            let old = ops.order.front().and_then(|op| ops.done.get(op)).is_none_or(|done| done.ts + DAY < event.ts);
            if !old {
                break;
            }
            if let Some(op) = ops.order.pop_front() {
                ops.done.remove(&op);
            }
        }
    }

    /// What this op of this member did, if it was carried out.
    pub(crate) fn find(&self, member: &str, op: &str) -> Option<Done> {
        self.members.get(member)?.done.get(&self.keyed.hash_one(op)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Event, Private, What};
    use super::*;

    fn entry(member: &str, op: &str, seq: u64, ts: u64) -> Entry {
        let what = What::ChatDeleted { seq: 1 };
        let event = Event { by: member.into(), what, op: Some(op.into()), room: "room".into(), seq, ts };
        Entry { event, private: Private { digest: Some(seq), device: None } }
    }

    #[test]
    fn an_op_is_found_by_its_member_only() {
        let mut memory = Memory::default();
        memory.note(&entry("a", "op", 5, 1));
        assert_eq!(memory.find("a", "op").map(|done| (done.seq, done.digest)), Some((5, 5)));
        assert_eq!(memory.find("b", "op"), None);
        assert_eq!(memory.find("a", "other"), None);
    }

    #[test]
    fn a_thousand_ops_are_remembered_and_all_of_the_last_day() {
        let mut memory = Memory::default();
        for seq in 0..2_000 {
            memory.note(&entry("a", &format!("op{seq}"), seq, seq));
        }
        assert!(memory.find("a", "op0").is_some(), "not a day old");
        memory.note(&entry("a", "late", 2_000, 2 * DAY));
        assert_eq!(memory.find("a", "op0"), None);
        assert_eq!(memory.find("a", "op1000"), None);
        assert!(memory.find("a", "op1001").is_some(), "one of the last thousand");
    }
}
