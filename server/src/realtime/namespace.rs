//! Namespaces and the rooms of sockets in them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::recovery::Memory;
use super::session::lock;
use super::sid::Sid;
use super::{Handler, Socket};

/// A namespace with its handler, its sockets and its rooms.
pub(super) struct Namespace {
    pub(super) name: Arc<str>,
    pub(super) handler: Arc<dyn Handler>,
    /// What is remembered for clients that come back, where that is wanted.
    pub(super) memory: Option<Memory>,
    /// Made for a client that asked for it: goes with its last socket.
    pub(super) dynamic: bool,
    /// Sockets that are in it or about to be. Changed under the server's lock of namespaces.
    pub(super) users: AtomicUsize,
    sockets: RwLock<HashMap<Sid, Arc<Socket>>>,
    rooms: RwLock<HashMap<Arc<str>, Arc<Room>>>,
}

/// Sockets addressed together. Broadcasts to it hold its lock, so that all members get them in one order.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: Arc<str>,
    pub(super) members: Mutex<Vec<Arc<Socket>>>,
}

impl Namespace {
    pub(super) fn new(name: &str, handler: Arc<dyn Handler>, memory: Option<Memory>, dynamic: bool) -> Self {
        let name = Arc::from(name);
        Self { name, handler, memory, dynamic, users: AtomicUsize::new(0), sockets: RwLock::default(), rooms: RwLock::default() }
    }

    /// Counts a connected socket in.
    pub(super) fn add(&self, socket: &Arc<Socket>) {
        self.sockets.write().unwrap_or_else(PoisonError::into_inner).insert(socket.sid(), Arc::clone(socket));
    }

    pub(super) fn remove(&self, socket: &Socket) {
        self.sockets.write().unwrap_or_else(PoisonError::into_inner).remove(&socket.sid());
    }

    /// The socket of this id.
    pub(super) fn socket(&self, id: &str) -> Option<Arc<Socket>> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner).get(&Sid::parse(id)?).cloned()
    }

    /// All sockets, in no order.
    pub(super) fn sockets(&self) -> Vec<Arc<Socket>> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The room of this name, while it has members.
    pub(super) fn room(&self, name: &str) -> Option<Arc<Room>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All that can be addressed: rooms that have members, and sockets by their ids.
    pub(super) fn addressable(&self) -> Vec<String> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner).keys().map(|name| name.to_string()).collect::<Vec<_>>();
        let sockets = self.sockets.read().unwrap_or_else(PoisonError::into_inner);
        rooms.into_iter().chain(sockets.keys().map(|sid| sid.as_str().to_owned())).collect()
    }

    /// Makes the socket a member, and the room if it is the first.
    pub(super) fn enter(&self, name: &str, socket: &Arc<Socket>) -> Arc<Room> {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        let room = match rooms.get(name) {
            Some(room) => Arc::clone(room),
            None => {
                let name: Arc<str> = Arc::from(name);
                let room = Arc::new(Room { name: Arc::clone(&name), members: Mutex::default() });
                rooms.insert(name, Arc::clone(&room));
                room
            }
        };
        lock(&room.members).push(Arc::clone(socket));
        room
    }

    /// Takes the socket out of the room, and the room away if it was the last.
    pub(super) fn exit(&self, room: &Room, socket: &Arc<Socket>) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        let mut members = lock(&room.members);
        if let Some(place) = members.iter().position(|member| Arc::ptr_eq(member, socket)) {
            members.swap_remove(place);
        }
        if members.is_empty() {
            rooms.remove(&room.name);
        }
    }

    pub(super) fn is_unused(&self) -> bool {
        self.dynamic && self.users.load(Ordering::Relaxed) == 0
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Namespace").field(&self.name).finish()
    }
}
