//! What waits for one connection: a bounded queue of shared packets, and who is to be woken.

use std::collections::VecDeque;
use std::task::Waker;

use crate::config::Config;
use crate::{DisconnectReason, Packet};

/// The queue of a connection has no room: nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection has as much waiting as it may")]
pub struct QueueFull;

/// How a connection is carried at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Polling,
    /// A WebSocket has been probed; polls are answered at once until it takes over.
    Upgrading,
    WebSocket,
    Ended(DisconnectReason),
}

/// The outgoing side of a session, behind its lock.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) queue: VecDeque<Packet>,
    /// Bytes in `queue`.
    bytes: usize,
    /// Bytes taken from the queue and not yet by the network.
    pub(crate) unsent: usize,
    pub(crate) transport: Transport,
    /// Who sends: the connection's task, or the poll that waits. Taken when woken.
    pub(crate) sender: Option<Waker>,
    /// The network takes nothing at the moment: more packets are no reason to wake the sender.
    pub(crate) blocked: bool,
    /// An emit was refused.
    pub(crate) refused: bool,
    /// Emits that wait for room.
    pub(crate) waiting: Vec<Waker>,
}

impl Outgoing {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { queue: VecDeque::new(), bytes: 0, unsent: 0, transport, sender: None, blocked: false, refused: false, waiting: Vec::new() }
    }

    pub(crate) fn is_ended(&self) -> bool {
        matches!(self.transport, Transport::Ended(_))
    }

    /// Whether `more` bytes are beyond `times` the limits. A single packet always has room in an empty queue.
    pub(crate) fn is_full(&self, more: usize, times: usize, config: &Config) -> bool {
        let bytes = self.bytes + self.unsent;
        self.queue.len() >= config.queue_packets * times || (bytes > 0 && bytes + more > config.queue_bytes * times)
    }

    pub(crate) fn push(&mut self, packet: Packet) {
        self.bytes += packet.size();
        self.queue.push_back(packet);
    }

    /// Takes the next packet.
    pub(crate) fn pop(&mut self) -> Option<Packet> {
        let packet = self.queue.pop_front()?;
        self.bytes -= packet.size();
        Some(packet)
    }

    /// Gives memory back that a burst needed.
    pub(crate) fn shrink(&mut self) {
        if self.queue.is_empty() && self.queue.capacity() > KEPT {
            self.queue = VecDeque::new();
        }
    }

    /// The sender, if packets in the queue are a reason to wake it.
    pub(crate) fn take_sender(&mut self) -> Option<Waker> {
        if self.blocked { None } else { self.sender.take() }
    }
}

/// Places of an empty queue that are kept.
const KEPT: usize = 16;
