//! One packet to many sockets.

use std::collections::HashSet;
use std::sync::Arc;

use crate::namespace::Namespace;
use crate::recovery::Audience;
use crate::session::lock;
use crate::{Packet, Server, Socket};

/// Whom a packet goes to: the sockets of a namespace, or of some of its rooms, without some.
#[derive(Debug)]
#[must_use = "nothing is sent before `emit`"]
pub struct Broadcast<'a> {
    server: &'a Server,
    name: &'a str,
    namespace: Option<Arc<Namespace>>,
    is_local: bool,
    pub(crate) rooms: Vec<&'a str>,
    pub(crate) except: Vec<&'a str>,
}

impl<'a> Broadcast<'a> {
    pub(crate) fn new(server: &'a Server, name: &'a str) -> Self {
        let namespace = server.find_namespace(name);
        Self { server, name, namespace, is_local: false, rooms: Vec::new(), except: Vec::new() }
    }

    /// Adds a room. Without any, the whole namespace is meant. The id of a socket is a room of that one.
    pub fn room(mut self, room: &'a str) -> Self {
        self.rooms.push(room);
        self
    }

    /// Leaves out the members of a room.
    pub fn except(mut self, room: &'a str) -> Self {
        self.except.push(room);
        self
    }

    /// Leaves out one socket, by its id.
    pub fn except_socket(self, id: &'a str) -> Self {
        self.except(id)
    }

    /// Stays on this server, also when there are others.
    pub fn local(mut self) -> Self {
        self.is_local = true;
        self
    }

    /// Sends, to the clients of other servers as well. All members get the broadcasts to a single room in the same order. Returns those here whose queue had no room; their
    /// handlers hear of it by `drained`, too.
    pub fn emit(&self, packet: &Packet) -> Vec<Arc<Socket>> {
        if let (false, Some(adapter)) = (self.is_local, self.server.adapter.get()) {
            adapter.broadcast(self.name, &self.rooms, &self.except, packet);
        }
        match self.namespace.as_ref().and_then(|namespace| namespace.recovery.as_ref()) {
            None => self.send(packet),
            Some(recovery) => {
                let mut records = recovery.lock();
                let packet = recovery.stamp(&records, packet);
                let refused = self.send(&packet);
                recovery.record(&mut records, packet, Audience::new(&self.rooms, &self.except));
                refused
            }
        }
    }

    fn send(&self, packet: &Packet) -> Vec<Arc<Socket>> {
        let mut refused = Vec::new();
        self.each(&mut |socket| {
            if !socket.send_shared(packet) {
                refused.push(Arc::clone(socket));
            }
        });
        refused
    }

    /// Whether no socket of this server is in any of the rooms.
    pub(crate) fn is_empty(&self) -> bool {
        let Some(namespace) = &self.namespace else { return true };
        self.rooms.iter().all(|name| namespace.room(name).is_none() && namespace.socket(name).is_none())
    }

    /// The sockets of this server that are meant.
    pub fn sockets(&self) -> Vec<Arc<Socket>> {
        let mut sockets = Vec::new();
        self.each(&mut |socket| sockets.push(Arc::clone(socket)));
        sockets
    }

    /// Calls `act` once for each socket meant, under the lock of the room when there is one room.
    fn each(&self, act: &mut dyn FnMut(&Arc<Socket>)) {
        let Some(namespace) = &self.namespace else { return };
        let excluded = self.excluded(namespace);
        let is_meant = |socket: &Arc<Socket>| excluded.is_empty() || !excluded.contains(&Arc::as_ptr(socket));
        match self.rooms.as_slice() {
            [] => namespace.sockets().iter().filter(|socket| is_meant(socket)).for_each(act),
            [name] => match namespace.room(name) {
                Some(room) => lock(&room.members).iter().filter(|socket| is_meant(socket)).for_each(act),
                None => namespace.socket(name).iter().filter(|socket| is_meant(socket)).for_each(act),
            },
            names => {
                let mut seen = HashSet::new();
                for name in names {
                    let members = members(namespace, name);
                    members.iter().filter(|socket| seen.insert(Arc::as_ptr(socket)) && is_meant(socket)).for_each(&mut *act);
                }
            }
        }
    }

    fn excluded(&self, namespace: &Namespace) -> HashSet<*const Socket> {
        self.except.iter().flat_map(|name| members(namespace, name)).map(|socket| Arc::as_ptr(&socket)).collect()
    }
}

fn members(namespace: &Namespace, name: &str) -> Vec<Arc<Socket>> {
    match namespace.room(name) {
        Some(room) => lock(&room.members).clone(),
        None => namespace.socket(name).into_iter().collect(),
    }
}
