//! What goes on beside requests: making writes visible, rooms' clock, accounts, learning.

use std::sync::Arc;
use std::time::Duration;

use tutti_engine::Engine;

use super::build::Services;
use super::state::AppState;
use crate::rooms;
use crate::taste::TasteService;

/// How often what was written is made visible and a new build is looked for. A search sees an acknowledged document
/// within a second.
const REFRESH: Duration = Duration::from_millis(300);

/// Starts it all.
pub(super) fn start(state: &AppState, services: &Services) {
    let tasks = &state.tasks;
    tasks.spawn_to_its_end("refresh", refresh(state.clone()));
    tasks.spawn("room clock", Arc::clone(&state.rooms).run());
    tasks.spawn("room heartbeat", rooms::heartbeat::run(Arc::clone(&state.rooms)));
    tasks.spawn("room resume", Arc::clone(&state.rooms).resume());
    let (stopping, accounts) = (tasks.stopping(), Arc::clone(&state.accounts));
    tasks.spawn_to_its_end("accounts", async move { accounts.watch(stopping.cancelled()).await });
    let (rooms, accounts, tastes) = (Arc::clone(&state.rooms), Arc::clone(&state.accounts), Arc::clone(&state.tastes));
    tasks.spawn_to_its_end("room interactions", rooms.write_interactions(accounts, tastes, tasks.stopping()));
    let tastes = Arc::clone(&state.tastes);
    tokio::task::spawn_blocking(move || tastes.taste.verify());
    rooms::serve(&services.realtime, Arc::clone(&state.rooms), Arc::clone(&state.accounts));
}

/// Makes what was written visible, over and over.
async fn refresh(state: AppState) {
    let stopping = state.tasks.stopping();
    let mut interval = tokio::time::interval(REFRESH);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = stopping.cancelled() => return,
        }
        let (engine, tastes) = (Arc::clone(&state.engine), Arc::clone(&state.tastes));
        if tokio::task::spawn_blocking(move || refresh_once(&engine, &tastes)).await.is_err() {
            tracing::error!("a refresh panicked");
        }
    }
}

fn refresh_once(engine: &Engine, tastes: &TasteService) {
    refresh_all(engine);
    if tastes.refresh(engine) {
        tracing::info!("a new model is in use");
    }
}

/// Commits every index.
pub(super) fn refresh_all(engine: &Engine) {
    for index in engine.opened() {
        if let Err(error) = index.refresh() {
            tracing::error!(index = index.name(), %error, "cannot make what was written visible; it is kept in the log");
        }
    }
}
