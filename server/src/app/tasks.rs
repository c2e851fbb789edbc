//! Tasks that outlive a request: each is known by name, told to stop, and awaited.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one server. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    streams: CancellationToken,
    /// How many run under each name.
    running: Arc<Mutex<HashMap<&'static str, usize>>>,
}

impl Tasks {
    /// Runs a task that may be dropped at any of its awaits: it ends by itself, or when the server stops.
    pub(crate) fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.spawn_to_its_end(name, async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Runs a task that ends by itself once [`Tasks::stopping`] is cancelled: what it has begun, it finishes.
    pub(crate) fn spawn_to_its_end(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        *self.running().entry(name).or_default() += 1;
        let tasks = self.clone();
        self.tracker.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a task panicked");
            }
            let mut running = tasks.running();
            if let Some(count) = running.get_mut(name) {
                *count -= 1;
            }
        });
    }

    /// Cancelled when background work is to end.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Cancelled when open streams are to be closed.
    pub(crate) fn closing_streams(&self) -> CancellationToken {
        self.streams.clone()
    }

    /// Tells open streams to close.
    pub(crate) fn close_streams(&self) {
        self.streams.cancel();
    }

    /// Tells every task to stop and waits; the names of those that had not ended by then.
    pub(crate) async fn stop(&self, within: Duration) -> Vec<&'static str> {
        self.streams.cancel();
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(within, self.tracker.wait()).await.is_ok() {
            return Vec::new();
        }
        self.running().iter().filter(|(_, count)| **count > 0).map(|(name, _)| *name).collect()
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, usize>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tasks_are_told_to_stop_and_awaited() {
        let tasks = Tasks::default();
        tasks.spawn("for ever", std::future::pending());
        let (stopping, (done, ended)) = (tasks.stopping(), tokio::sync::oneshot::channel());
        tasks.spawn_to_its_end("careful", async move {
            stopping.cancelled().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let _ = done.send(());
        });
        assert_eq!(tasks.stop(Duration::from_secs(5)).await, [""; 0]);
        assert!(ended.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_named_and_one_that_panics_holds_nobody_up() {
        let tasks = Tasks::default();
        tasks.spawn_to_its_end("stubborn", std::future::pending());
        tasks.spawn("broken", async { panic!("as this test wants it") });
        assert_eq!(tasks.stop(Duration::from_secs(1)).await, ["stubborn"]);
    }
}
