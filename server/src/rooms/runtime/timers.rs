//! When which room is to be woken: a song is over, or a member has been gone for too long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::rooms::clock::now_ms;
use crate::rooms::rules::ids::RoomId;

/// Rooms and when they are to be woken, in Unix milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: Mutex<BinaryHeap<Reverse<(u64, RoomId)>>>,
    changed: Notify,
}

impl Timers {
    /// Wakes a room at a time.
    pub(crate) fn schedule(&self, at: u64, room: &RoomId) {
        let first = {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            due.push(Reverse((at, room.clone())));
            due.peek().is_some_and(|Reverse((first, _))| *first == at)
        };
        if first {
            self.changed.notify_one();
        }
    }

    /// The next room that is due; waits until one is.
    pub(crate) async fn next(&self) -> RoomId {
        loop {
            let wait = {
                let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
                let now = now_ms();
                match due.peek() {
                    Some(Reverse((at, _))) if *at <= now => match due.pop() {
                        Some(Reverse((_, room))) => return room,
                        None => continue,
                    },
                    Some(Reverse((at, _))) => Duration::from_millis((at - now).min(60_000)),
                    None => Duration::from_secs(60),
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
    }
}
