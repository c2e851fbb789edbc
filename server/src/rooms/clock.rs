//! Calling rooms when something is due: a song that is over, a member who has been gone for too long.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use super::event::Id;

/// Who wants to be called when, in Unix milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    calls: Mutex<BinaryHeap<Reverse<(u64, Id)>>>,
    news: Notify,
}

/// Unix milliseconds.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

impl Clock {
    /// A room is to be called at a time.
    pub(crate) fn call(&self, due: u64, room: &Id) {
        let first = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(Reverse((due, room.clone())));
            calls.peek().is_some_and(|Reverse((first, _))| *first == due)
        };
        if first {
            self.news.notify_one();
        }
    }

    /// The next room that is due; waits until one is.
    pub(crate) async fn next(&self) -> Id {
        loop {
            let wait = {
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                let now = now();
                match calls.peek() {
                    Some(Reverse((due, _))) if *due <= now => match calls.pop() {
                        Some(Reverse((_, room))) => return room,
                        None => continue,
                    },
                    Some(Reverse((due, _))) => Duration::from_millis((due - now).min(60_000)),
                    None => Duration::from_secs(60),
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.news.notified() => {}
            }
        }
    }
}
