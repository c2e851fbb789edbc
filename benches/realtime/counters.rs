//! What all members of a run count together.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use crate::histogram::Histogram;

pub(crate) struct Counters {
    started: Instant,
    /// Whether deliveries and latencies count now.
    pub(crate) measuring: Cell<bool>,
    pub(crate) deliveries: Cell<u64>,
    /// From the time an op was due to its delivery, each member.
    pub(crate) delivered: RefCell<Histogram>,
    pub(crate) acks: Cell<u64>,
    /// From the time an op was due to its ack.
    pub(crate) acked: RefCell<Histogram>,
    pub(crate) refused: Cell<u64>,
    gaps: Cell<u64>,
    /// Arrived after one that comes later in the room's order.
    pub(crate) overtaken: Cell<u64>,
    pub(crate) snapshots: Cell<u64>,
    /// Connections that ended by themselves.
    pub(crate) closed: Cell<u64>,
}

pub(crate) fn more(counter: &Cell<u64>, by: u64) {
    counter.set(counter.get() + by);
}

impl Counters {
    pub(crate) fn new() -> Counters {
        let zero = || Cell::new(0);
        Counters {
            started: Instant::now(),
            measuring: Cell::new(false),
            deliveries: zero(),
            delivered: RefCell::new(Histogram::new()),
            acks: zero(),
            acked: RefCell::new(Histogram::new()),
            refused: zero(),
            gaps: zero(),
            overtaken: zero(),
            snapshots: zero(),
            closed: zero(),
        }
    }

    /// Microseconds since the run began.
    pub(crate) fn now(&self) -> u64 {
        self.at(Instant::now())
    }

    pub(crate) fn at(&self, time: Instant) -> u64 {
        time.saturating_duration_since(self.started).as_micros() as u64
    }

    /// An event came to a member who has seen all up to `seen`. Returns what the member has seen then.
    pub(crate) fn event(&self, seen: u64, order: u64, due: Option<u64>) -> u64 {
        if order > seen + 1 {
            more(&self.gaps, order - seen - 1);
        } else if order <= seen {
            more(&self.overtaken, 1);
        }
        if let Some(due) = due
            && self.measuring.get()
        {
            more(&self.deliveries, 1);
            self.delivered.borrow_mut().add(self.now().saturating_sub(due));
        }
        seen.max(order)
    }

    /// The answer to an op that was due then.
    pub(crate) fn ack(&self, due: u64, done: bool) {
        if !done {
            more(&self.refused, 1);
        } else if self.measuring.get() {
            more(&self.acks, 1);
            self.acked.borrow_mut().add(self.now().saturating_sub(due));
        }
    }

    /// Events that did not come although later ones did, or the room has them: `behind` is how many the members still lack at the end.
    pub(crate) fn missing(&self, behind: u64) -> u64 {
        self.gaps.get().saturating_sub(self.overtaken.get()) + behind
    }

    /// As many did not come within this connection.
    pub(crate) fn add_missing(&self, events: u64) {
        more(&self.gaps, events);
    }
}
