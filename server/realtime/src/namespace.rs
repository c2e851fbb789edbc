//! Namespaces and the rooms of sockets in them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::protocol::sid::Sid;
use crate::recovery::RecoveryBuffer;
use crate::session::lock;
use crate::{Handler, Socket};

/// A namespace with its handler, its sockets and its rooms.
pub(crate) struct Namespace {
    pub(crate) name: Arc<str>,
    pub(crate) handler: Arc<dyn Handler>,
    /// What is kept for clients that reconnect, if the namespace offers recovery.
    pub(crate) recovery: Option<RecoveryBuffer>,
    /// Made for a client that asked for it: goes with its last socket.
    pub(crate) dynamic: bool,
    /// Sockets that are in it or about to be. Changed under the server's lock of namespaces.
    pub(crate) users: AtomicUsize,
    sockets: RwLock<HashMap<Sid, Arc<Socket>>>,
    rooms: RwLock<HashMap<Arc<str>, Arc<Room>>>,
}

/// Sockets addressed together. Broadcasts to it hold its lock, so that all members get them in one order.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: Arc<str>,
    pub(crate) members: Mutex<Vec<Arc<Socket>>>,
}

impl Namespace {
    pub(crate) fn new(name: &str, handler: Arc<dyn Handler>, recovery: Option<RecoveryBuffer>, dynamic: bool) -> Self {
        let name = Arc::from(name);
        Self { name, handler, recovery, dynamic, users: AtomicUsize::new(0), sockets: RwLock::default(), rooms: RwLock::default() }
    }

    /// Counts a connected socket in.
    pub(crate) fn add(&self, socket: &Arc<Socket>) {
        self.sockets.write().unwrap_or_else(PoisonError::into_inner).insert(socket.sid(), Arc::clone(socket));
    }

    pub(crate) fn remove(&self, socket: &Socket) {
        let mut sockets = self.sockets.write().unwrap_or_else(PoisonError::into_inner);
        // A client that came back has taken the place of its old connection.
        if sockets.get(&socket.sid()).is_some_and(|known| std::ptr::eq(&raw const **known, socket)) {
            sockets.remove(&socket.sid());
        }
    }

    /// The socket of this id.
    pub(crate) fn socket(&self, id: &str) -> Option<Arc<Socket>> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner).get(&Sid::parse(id)?).cloned()
    }

    /// All sockets, in no order.
    pub(crate) fn sockets(&self) -> Vec<Arc<Socket>> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The room of this name, while it has members.
    pub(crate) fn room(&self, name: &str) -> Option<Arc<Room>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All that can be addressed: rooms that have members, and sockets by their ids.
    pub(crate) fn addressable(&self) -> Vec<String> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner).keys().map(|name| name.to_string()).collect::<Vec<_>>();
        let sockets = self.sockets.read().unwrap_or_else(PoisonError::into_inner);
        rooms.into_iter().chain(sockets.keys().map(|sid| sid.as_str().to_owned())).collect()
    }

    /// Makes the socket a member, and the room if it is the first.
    pub(crate) fn enter(&self, name: &str, socket: &Arc<Socket>) -> Arc<Room> {
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
    pub(crate) fn exit(&self, room: &Room, socket: &Arc<Socket>) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        let mut members = lock(&room.members);
        if let Some(place) = members.iter().position(|member| Arc::ptr_eq(member, socket)) {
            members.swap_remove(place);
        }
        if members.is_empty() {
            rooms.remove(&room.name);
        }
    }

    pub(crate) fn is_unused(&self) -> bool {
        self.dynamic && self.users.load(Ordering::Relaxed) == 0
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Namespace").field(&self.name).finish()
    }
}
