//! What waits for one connection: a bounded queue of shared packets, and who is to be woken.

use std::collections::VecDeque;
use std::task::Waker;

use super::settings::Settings;
use super::{Packet, Reason};

/// The queue of a connection has no room: nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection has as much waiting as it may")]
pub(crate) struct Full;

/// How a connection is carried at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    Polling,
    /// A WebSocket has been probed; polls are answered at once until it takes over.
    Upgrading,
    WebSocket,
    Ended(Reason),
}

/// The outgoing side of a session, behind its lock.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) queue: VecDeque<Packet>,
    /// Bytes in `queue`.
    bytes: usize,
    /// Bytes taken from the queue and not yet by the network.
    pub(super) unsent: usize,
    pub(super) carrier: Carrier,
    /// Who sends: the connection's task, or the poll that waits. Taken when woken.
    pub(super) sender: Option<Waker>,
    /// The network takes nothing at the moment: more packets are no reason to wake the sender.
    pub(super) blocked: bool,
    /// An emit was refused.
    pub(super) refused: bool,
    /// Emits that wait for room.
    pub(super) waiting: Vec<Waker>,
}

impl Outgoing {
    pub(super) fn new(carrier: Carrier) -> Self {
        Self { queue: VecDeque::new(), bytes: 0, unsent: 0, carrier, sender: None, blocked: false, refused: false, waiting: Vec::new() }
    }

    pub(super) fn is_ended(&self) -> bool {
        matches!(self.carrier, Carrier::Ended(_))
    }

    /// Whether `more` bytes are beyond `times` the limits. A single packet always has room in an empty queue.
    pub(super) fn is_full(&self, more: usize, times: usize, settings: &Settings) -> bool {
        let bytes = self.bytes + self.unsent;
        self.queue.len() >= settings.queue_packets * times || (bytes > 0 && bytes + more > settings.queue_bytes * times)
    }

    pub(super) fn push(&mut self, packet: Packet) {
        self.bytes += packet.size();
        self.queue.push_back(packet);
    }

    /// Takes the next packet.
    pub(super) fn pop(&mut self) -> Option<Packet> {
        let packet = self.queue.pop_front()?;
        self.bytes -= packet.size();
        Some(packet)
    }

    /// Gives memory back that a burst needed.
    pub(super) fn shrink(&mut self) {
        if self.queue.is_empty() && self.queue.capacity() > KEPT {
            self.queue = VecDeque::new();
        }
    }

    /// The sender, if packets in the queue are a reason to wake it.
    pub(super) fn take_sender(&mut self) -> Option<Waker> {
        if self.blocked { None } else { self.sender.take() }
    }
}

/// Places of an empty queue that are kept.
const KEPT: usize = 16;
