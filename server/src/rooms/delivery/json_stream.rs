//! The outgoing queue of a room streamed as plain JSON over a WebSocket, for screens, players and scripts. Bounded; what does not
//! fit is refused and caught up later.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use crate::rooms::delivery::message::Message;

/// Messages that may wait.
const MAX_MESSAGES: usize = 1024;
/// Bytes that may wait.
const MAX_BYTES: usize = 1 << 20;

/// The writing side of one stream.
#[derive(Debug, Default)]
pub(crate) struct JsonStream {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    texts: VecDeque<String>,
    bytes: usize,
    refused: bool,
    closed: bool,
}

/// What a stream's writer does next.
pub(crate) enum StreamStep {
    /// Writes these.
    Write(Vec<String>),
    /// Has written all, after something was refused; the room is to be told.
    Drained,
    /// Ends.
    Close,
}

impl JsonStream {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues messages in order; returns how many there was room for.
    pub(crate) fn send(&self, messages: &[Message]) -> usize {
        let mut waiting = self.lock();
        let mut taken = 0;
        for text in messages.iter().map(Message::json_text) {
            if waiting.texts.len() >= MAX_MESSAGES || waiting.bytes + text.len() > MAX_BYTES && !waiting.texts.is_empty() {
                waiting.refused = true;
                break;
            }
            waiting.push(text);
            taken += 1;
        }
        drop(waiting);
        self.changed.notify_one();
        taken
    }

    /// Queues a small message, however much waits.
    pub(crate) fn urgent(&self, message: &Message) {
        self.lock().push(message.json_text());
        self.changed.notify_one();
    }

    /// Queues an answer, however much waits.
    pub(crate) fn send_value(&self, answer: &Value) {
        self.lock().push(answer.to_string());
        self.changed.notify_one();
    }

    /// Ends the stream once what waits is written.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Whether it has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// What to write next; waits for it.
    pub(crate) async fn next(&self) -> StreamStep {
        loop {
            {
                let mut waiting = self.lock();
                if !waiting.texts.is_empty() {
                    waiting.bytes = 0;
                    return StreamStep::Write(waiting.texts.drain(..).collect());
                }
                if waiting.closed {
                    return StreamStep::Close;
                }
                if std::mem::take(&mut waiting.refused) {
                    return StreamStep::Drained;
                }
            }
            self.changed.notified().await;
        }
    }
}

impl Waiting {
    fn push(&mut self, text: String) {
        self.bytes += text.len();
        self.texts.push_back(text);
    }
}
