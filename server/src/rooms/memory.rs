//! Which ops a room has carried out: so that an op that comes again is answered with what it did the first time.

use std::collections::{HashMap, VecDeque};

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
}

#[derive(Debug, Default)]
struct Ops {
    done: HashMap<Id, Done>,
    order: VecDeque<Id>,
}

impl Memory {
    /// Remembers the op of an event, if it has one.
    pub(crate) fn note(&mut self, entry: &Entry) {
        let event = &entry.event;
        let (Some(op), Some(digest)) = (&event.op, entry.private.digest) else { return };
        let ops = self.members.entry(event.by.clone()).or_default();
        if ops.done.insert(op.clone(), Done { digest, seq: event.seq, ts: event.ts }).is_none() {
            ops.order.push_back(op.clone());
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
        self.members.get(member)?.done.get(op).copied()
    }
}
