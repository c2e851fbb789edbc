//! When which room is to be woken: a song is over, or a member has been gone for too long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::rooms::rules::ids::RoomId;

/// Rooms and when they are to be woken, in Unix milliseconds.
pub(crate) struct Timers {
    clock: Clock,
    due: Mutex<BinaryHeap<Reverse<(u64, RoomId)>>>,
    changed: Notify,
}

impl Timers {
    /// Nothing is due yet, by this clock.
    pub(crate) fn new(clock: Clock) -> Timers {
        Timers { clock, due: Mutex::default(), changed: Notify::default() }
    }

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
            let next = {
                let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
                let now = self.clock.now_ms();
                match due.peek() {
                    Some(Reverse((at, _))) if *at <= now => match due.pop() {
                        Some(Reverse((_, room))) => return room,
                        None => continue,
                    },
                    Some(Reverse((at, _))) => *at,
                    None => u64::MAX,
                }
            };
            tokio::select! {
                () = self.clock.wait_until(next) => {}
                () = self.changed.notified() => {}
            }
        }
    }
}
