//! Answers: to the client's events, and the client's to ours.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::oneshot;

use super::event::Answer;
use super::session::lock;
use super::{Packet, Socket, packet};

/// How to answer one event. Dropped, it answers nothing.
#[derive(Debug)]
pub(crate) struct Ack {
    socket: Arc<Socket>,
    id: u64,
}

impl Ack {
    pub(super) fn new(socket: Arc<Socket>, id: u64) -> Self {
        Self { socket, id }
    }

    /// Answers with one value. Never refused; the connection ends when twice its limits wait.
    pub(crate) fn send<T: Serialize + ?Sized>(self, answer: &T) {
        self.send_raw(&packet::array(&(answer,)));
    }

    /// Answers with arguments that are a JSON array already, like `[{"ok":true}]`.
    pub(crate) fn send_raw(self, args: &str) {
        self.send_with(args, &[]);
    }

    /// Answers with arguments that point to attachments.
    pub(crate) fn send_with(self, args: &str, attachments: &[Bytes]) {
        if self.socket.is_connected() {
            self.socket.session.send(Packet::ack(self.socket.namespace(), self.id, args, attachments));
        }
    }
}

/// Why there is no answer to an event of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// The event could not be sent.
    #[error("the connection has as much waiting as it may")]
    Full,
    /// The client did not answer in time.
    #[error("the client did not answer in time")]
    Late,
    /// The client is gone.
    #[error("the client is gone")]
    Gone,
    /// The answer nests deeper than 127 levels.
    #[error("the answer nests too deep")]
    TooDeep,
}

/// Events of ours that wait for an answer.
#[derive(Debug, Default)]
pub(super) struct Questions {
    next: AtomicU64,
    open: Mutex<Vec<(u64, oneshot::Sender<Answer>)>>,
}

/// Questions one socket may have open.
const OPEN: usize = 1024;

impl Questions {
    /// A new number and where its answer comes out; `None` when too many are open.
    pub(super) fn ask(&self) -> Option<(u64, oneshot::Receiver<Answer>)> {
        let (sender, receiver) = oneshot::channel();
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut open = lock(&self.open);
        if open.len() >= OPEN {
            return None;
        }
        open.push((id, sender));
        Some((id, receiver))
    }

    /// Hands an answer in; one nobody waits for is ignored.
    pub(super) fn answer(&self, id: u64, answer: Answer) {
        if let Some(sender) = self.forget(id) {
            let _ = sender.send(answer);
        }
    }

    /// Waits for the answer no more.
    pub(super) fn forget(&self, id: u64) -> Option<oneshot::Sender<Answer>> {
        let mut open = lock(&self.open);
        let place = open.iter().position(|(asked, _)| *asked == id)?;
        Some(open.swap_remove(place).1)
    }

    /// The client is gone.
    pub(super) fn clear(&self) {
        *lock(&self.open) = Vec::new();
    }
}
