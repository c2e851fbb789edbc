//! Acknowledgements: ours to a client's events, and a client's to our events.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::Socket;
use crate::event::AckPayload;
use crate::protocol::packet::{self, Packet};
use crate::session::lock;

/// The means to acknowledge one event of a client. Dropping it sends no ack.
#[derive(Debug)]
pub struct Ack {
    socket: Arc<Socket>,
    id: u64,
}

impl Ack {
    pub(crate) fn new(socket: Arc<Socket>, id: u64) -> Self {
        Self { socket, id }
    }

    /// Acknowledges with one value. Never refused; the connection ends once its queue holds twice its limits.
    pub fn send<T: Serialize + ?Sized>(self, answer: &T) {
        self.send_raw(&packet::array(&(answer,)));
    }

    /// Acknowledges with arguments that are a JSON array already, like `[{"ok":true}]`.
    pub fn send_raw(self, args: &str) {
        self.send_with(args, &[]);
    }

    /// Acknowledges with arguments that refer to attachments.
    pub fn send_with(self, args: &str, attachments: &[Bytes]) {
        if self.socket.is_connected() {
            self.socket.session.send(Packet::ack(self.socket.namespace(), self.id, args, attachments));
        }
    }
}

/// Why an event that asked for an ack got none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AckError {
    /// The event could not be sent.
    #[error("the connection has as much waiting as it may")]
    QueueFull,
    /// The client did not answer in time.
    #[error("the client did not answer in time")]
    Timeout,
    /// The client is gone.
    #[error("the client is gone")]
    Disconnected,
    /// The answer nests deeper than 127 levels.
    #[error("the answer nests too deep")]
    TooDeep,
}

/// Events sent with [`Socket::emit_with_ack`] whose ack has not come.
#[derive(Debug, Default)]
pub(crate) struct PendingAcks {
    next: AtomicU64,
    pending: Mutex<Vec<(u64, oneshot::Sender<AckPayload>)>>,
}

/// Acks one socket may wait for at once.
const MAX_PENDING: usize = 1024;

impl PendingAcks {
    /// A new ack id and the receiver of its ack; `None` when too many are pending.
    pub(crate) fn register(&self) -> Option<(u64, oneshot::Receiver<AckPayload>)> {
        let (sender, receiver) = oneshot::channel();
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut pending = lock(&self.pending);
        if pending.len() >= MAX_PENDING {
            return None;
        }
        pending.push((id, sender));
        Some((id, receiver))
    }

    /// Delivers an ack; one that nothing waits for is ignored.
    pub(crate) fn resolve(&self, id: u64, answer: AckPayload) {
        if let Some(sender) = self.remove(id) {
            let _ = sender.send(answer);
        }
    }

    /// Stops waiting for an ack.
    pub(crate) fn remove(&self, id: u64) -> Option<oneshot::Sender<AckPayload>> {
        let mut pending = lock(&self.pending);
        let place = pending.iter().position(|(asked, _)| *asked == id)?;
        Some(pending.swap_remove(place).1)
    }

    /// The client is gone.
    pub(crate) fn clear(&self) {
        *lock(&self.pending) = Vec::new();
    }
}
