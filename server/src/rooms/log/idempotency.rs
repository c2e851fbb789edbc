//! The ops that a room has carried out, so that an op that is sent again is answered with what it did the first time.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

use crate::rooms::rules::event::Entry;
use crate::rooms::rules::ids::MemberId;

/// Ops of one member that are kept whatever their age.
const MIN_OPS_KEPT: usize = 1_000;
/// How long every op is kept, in milliseconds.
const MIN_AGE_KEPT: u64 = 86_400_000;

/// What an op did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompletedOp {
    /// Tells it from another op with the same id.
    pub(crate) digest: u64,
    /// Number of its own event.
    pub(crate) seq: u64,
    ts: u64,
}

impl CompletedOp {
    pub(crate) fn new(digest: u64, seq: u64, ts: u64) -> CompletedOp {
        CompletedOp { digest, seq, ts }
    }
}

/// The ops of a room by member and id.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyCache {
    members: HashMap<MemberId, Ops>,
    keyed: RandomState,
}

/// The ops of one member by a hash of their ids under a secret key: some forty bytes each.
#[derive(Debug, Default)]
struct Ops {
    done: HashMap<u64, CompletedOp>,
    order: VecDeque<u64>,
}

impl IdempotencyCache {
    /// Adds the op of an event, if it has one.
    pub(crate) fn note(&mut self, entry: &Entry) {
        let event = &entry.event;
        let (Some(op), Some(digest)) = (&event.op, entry.private.digest) else { return };
        let key = self.keyed.hash_one(op);
        let ops = self.members.entry(event.by.clone()).or_default();
        if ops.done.insert(key, CompletedOp { digest, seq: event.seq, ts: event.ts }).is_none() {
            ops.order.push_back(key);
        }
        while ops.order.len() > MIN_OPS_KEPT {
            let old = ops.order.front().and_then(|op| ops.done.get(op)).is_none_or(|done| done.ts + MIN_AGE_KEPT < event.ts);
            if !old {
                break;
            }
            if let Some(op) = ops.order.pop_front() {
                ops.done.remove(&op);
            }
        }
    }

    /// What this op of this member did, if it was carried out.
    pub(crate) fn find(&self, member: &str, op: &str) -> Option<CompletedOp> {
        self.members.get(member)?.done.get(&self.keyed.hash_one(op)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::rules::event::{Event, EventKind, Private};

    fn entry(member: &str, op: &str, seq: u64, ts: u64) -> Entry {
        let kind = EventKind::ChatDeleted { seq: 1 };
        let event = Event { by: member.into(), kind, op: Some(op.into()), room: "room".into(), seq, ts };
        Entry { event, private: Private { digest: Some(seq), device: None } }
    }

    #[test]
    fn an_op_is_found_by_its_member_only() {
        let mut cache = IdempotencyCache::default();
        cache.note(&entry("a", "op", 5, 1));
        assert_eq!(cache.find("a", "op").map(|done| (done.seq, done.digest)), Some((5, 5)));
        assert_eq!(cache.find("b", "op"), None);
        assert_eq!(cache.find("a", "other"), None);
    }

    #[test]
    fn a_thousand_ops_are_kept_and_all_of_the_last_day() {
        let mut cache = IdempotencyCache::default();
        for seq in 0..2_000 {
            cache.note(&entry("a", &format!("op{seq}"), seq, seq));
        }
        assert!(cache.find("a", "op0").is_some(), "not a day old");
        cache.note(&entry("a", "late", 2_000, 2 * MIN_AGE_KEPT));
        assert_eq!(cache.find("a", "op0"), None);
        assert_eq!(cache.find("a", "op1000"), None);
        assert!(cache.find("a", "op1001").is_some(), "one of the last thousand");
    }
}
