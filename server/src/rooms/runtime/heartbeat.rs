//! Keeping in touch with the other servers: their messages are handed to the rooms they are about, this server tells that it is
//! alive, and a server that is not heard of any more takes its connections with it.

use std::sync::Arc;
use std::time::Duration;

use crate::rooms::cluster::link::{POLL, PeerMessage};
use crate::rooms::rules::ids::ServerId;
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::registry::Rooms;

/// Time between two signs of life.
const INTERVAL: Duration = Duration::from_secs(5);

/// Listens to the other servers and tells them that this one is there. Runs for ever; without others it ends at once.
pub(crate) async fn run(rooms: Arc<Rooms>) {
    let Some(cluster) = rooms.cluster() else { return };
    let known = Arc::downgrade(&rooms);
    cluster.on_message(Box::new(move |from, message| {
        if let Some(rooms) = known.upgrade() {
            receive(&rooms, from, message);
        }
    }));
    cluster.request_presence(None);
    let mut alive = tokio::time::interval(INTERVAL);
    let mut poll = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            _ = alive.tick() => cluster.alive(),
            _ = poll.tick() => {
                cluster.expired().iter().for_each(|server| forget(&rooms, server));
                let with_subscribers = rooms.all_in_memory().into_iter().filter(|room| room.subscriber_count() > 0);
                with_subscribers.for_each(|room| room.submit(Input::Refresh(None)));
            }
        }
    }
}

/// Hands a message to the room it is about, if that is in memory.
fn receive(rooms: &Rooms, from: &ServerId, message: PeerMessage) {
    match message {
        PeerMessage::Logged { room, rev } => {
            if let Some(room) = rooms.in_memory(&room).filter(|room| rev > room.state().rev) {
                room.submit(Input::Refresh(None));
            }
        }
        PeerMessage::Presence { room, members } => {
            if let Some(room) = rooms.in_memory(&room) {
                room.presence_elsewhere(from, members);
            }
        }
        PeerMessage::Volatile { room, name, payload } => {
            if let Some(room) = rooms.in_memory(&room) {
                room.audience().emit_here(&name, &payload, None);
            }
        }
        PeerMessage::PresenceRequest { room: Some(room) } => {
            if let Some(room) = rooms.in_memory(&room) {
                room.audience().publish_presence();
            }
        }
        PeerMessage::PresenceRequest { room: None } => rooms.all_in_memory().iter().for_each(|room| room.audience().publish_presence()),
        PeerMessage::Alive => {}
    }
}

/// A server is gone, and with it all connections to it.
fn forget(rooms: &Rooms, server: &ServerId) {
    tracing::warn!(%server, "another server is not heard of any more");
    rooms.all_in_memory().iter().for_each(|room| room.forget_server(server));
}
