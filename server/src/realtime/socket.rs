//! A socket: one client in one namespace.

use std::any::Any;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::ack::{NoAnswer, Questions};
use super::event::Answer;
use super::namespace::{Namespace, Room};
use super::recovery::{Audience, Away, Memory, Returned};
use super::session::{Session, lock};
use super::sid::Sid;
use super::{Full, Packet, Reason, Refusal};

const CONNECTING: u8 = 0;
const CONNECTED: u8 = 1;
const GONE: u8 = 2;

/// How often an emit looks whether a client, for whom too much waits already, has been let in.
const ADMISSION: Duration = Duration::from_millis(10);

/// One client in one namespace, from its CONNECT to its end.
#[derive(Debug)]
pub(crate) struct Socket {
    sid: Sid,
    pub(super) session: Arc<Session>,
    pub(super) namespace: Arc<Namespace>,
    phase: AtomicU8,
    /// An emit was refused, and the handler is to be told when there is room.
    refused: AtomicBool,
    /// Packets emitted before the client was told that it is connected. Locked for each change of `phase`.
    early: Mutex<Vec<Packet>>,
    rooms: Mutex<Vec<Arc<Room>>>,
    pub(super) questions: Questions,
    kept: OnceLock<Arc<dyn Any + Send + Sync>>,
    /// What the client shows to be known again, where the namespace remembers.
    pid: Option<Sid>,
    returned: Option<Box<Returned>>,
}

impl Socket {
    pub(super) fn new(session: Arc<Session>, namespace: Arc<Namespace>, returned: Option<Box<Returned>>) -> Self {
        let kept = returned.as_ref().and_then(|returned| returned.away.kept.clone()).map(OnceLock::from).unwrap_or_default();
        let known = returned.as_ref().map(|returned| (returned.away.sid, returned.pid));
        let pid = known.map_or_else(Sid::random, |(_, pid)| pid);
        Self {
            sid: known.map_or_else(Sid::random, |(sid, _)| sid),
            pid: namespace.memory.is_some().then_some(pid),
            returned,
            session,
            namespace,
            phase: AtomicU8::new(CONNECTING),
            refused: AtomicBool::new(false),
            early: Mutex::default(),
            rooms: Mutex::default(),
            questions: Questions::default(),
            kept,
        }
    }

    /// The id the client knows itself by; not the key of its transport.
    pub(crate) fn id(&self) -> &str {
        self.sid.as_str()
    }

    pub(super) fn sid(&self) -> Sid {
        self.sid
    }

    /// The namespace's name.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace.name
    }

    /// Where the client connects from.
    pub(crate) fn address(&self) -> IpAddr {
        self.session.address
    }

    /// Whether the client is connected to the namespace.
    pub(crate) fn is_connected(&self) -> bool {
        self.phase.load(Ordering::Acquire) == CONNECTED
    }

    /// Sends a packet.
    ///
    /// # Errors
    /// [`Full`] when as much waits as may; nothing was queued then, and [`Handler::drained`](super::Handler::drained) follows once the queue has run empty.
    /// To a client that is gone everything is sent, without effect.
    pub(crate) fn emit(&self, packet: &Packet) -> Result<(), Full> {
        if self.emit_all(std::slice::from_ref(packet)) == 1 { Ok(()) } else { Err(Full) }
    }

    /// Sends packets in order, under one lock and with one wake. Returns how many were taken; when not all were, see [`Socket::emit`].
    pub(crate) fn emit_all(&self, packets: &[Packet]) -> usize {
        self.emit_noting(packets, Some(&self.refused))
    }

    /// The same; `refused` is set when not all were taken.
    fn emit_noting(&self, packets: &[Packet], refused: Option<&AtomicBool>) -> usize {
        let Some(memory) = &self.namespace.memory else { return self.send(packets, refused) };
        let mut records = memory.lock();
        for (taken, packet) in packets.iter().enumerate() {
            let packet = memory.stamp(&records, packet);
            if self.send(std::slice::from_ref(&packet), refused) == 0 {
                return taken;
            }
            memory.record(&mut records, packet, Audience::new(&[self.id()], &[]));
        }
        packets.len()
    }

    /// Sends a packet of a broadcast, which is remembered as one where that is wanted.
    pub(super) fn send_shared(&self, packet: &Packet) -> bool {
        self.send(std::slice::from_ref(packet), Some(&self.refused)) == 1
    }

    /// Sends packets as they are.
    fn send(&self, packets: &[Packet], refused: Option<&AtomicBool>) -> usize {
        match self.phase.load(Ordering::Acquire) {
            CONNECTED => {}
            GONE => return packets.len(),
            _ => {
                let mut early = lock(&self.early);
                if self.phase.load(Ordering::Acquire) == CONNECTING {
                    let room = self.session.settings().queue_packets.saturating_sub(early.len());
                    let taken = packets.len().min(room);
                    early.extend_from_slice(&packets[..taken]);
                    return taken;
                }
            }
        }
        self.session.emit(packets, refused)
    }

    /// Sends a small packet that may not wait for room. The connection ends when twice the limits wait.
    pub(crate) fn emit_urgent(&self, packet: &Packet) {
        if self.is_connected() {
            self.session.send(packet.clone());
        } else {
            // Refused only with a thousand packets waiting for a client that has not been let in.
            let _ = self.send(std::slice::from_ref(packet), None);
        }
    }

    /// Sends a packet once there is room; at once to a client that is gone.
    pub(crate) async fn emit_waiting(&self, packet: &Packet) {
        while self.emit_noting(std::slice::from_ref(packet), None) == 0 {
            if self.is_connected() {
                poll_fn(|context| self.session.poll_room(packet.size(), context)).await;
            } else {
                tokio::time::sleep(ADMISSION).await;
            }
        }
    }

    /// Sends an event and waits for the client's answer, its arguments.
    ///
    /// # Errors
    /// [`NoAnswer`] when the queue is full, no answer comes within `timeout`, the client goes, or the answer nests too deep.
    pub(crate) async fn emit_with_ack<T: Serialize + ?Sized>(
        &self,
        name: &str,
        args: &T,
        timeout: Duration,
    ) -> Result<Vec<Value>, NoAnswer> {
        let answer = self.ask(name, &super::packet::array(args), &[], timeout).await?;
        answer.args.iter().map(|value| serde_json::from_str(value.get()).map_err(|_| NoAnswer::TooDeep)).collect()
    }

    /// The same, with arguments that are a JSON array already, and attachments both ways.
    pub(super) async fn ask(&self, name: &str, args: &str, attachments: &[Bytes], timeout: Duration) -> Result<Answer, NoAnswer> {
        let (id, answer) = self.questions.ask().ok_or(NoAnswer::Full)?;
        let packet = Packet::numbered_event(self.namespace(), Some(id), name, args, attachments);
        let answer = match self.send(&[packet], None) {
            1 => tokio::time::timeout(timeout, answer).await.map_err(|_| NoAnswer::Late).and_then(|got| got.map_err(|_| NoAnswer::Gone)),
            _ => Err(NoAnswer::Full),
        };
        self.questions.forget(id);
        answer
    }

    /// Joins a room of the namespace. Joining twice is joining once.
    pub(crate) fn join(self: &Arc<Self>, room: &str) {
        let mut rooms = lock(&self.rooms);
        if self.phase.load(Ordering::Acquire) != GONE && !rooms.iter().any(|joined| &*joined.name == room) {
            rooms.push(self.namespace.enter(room, self));
        }
    }

    /// Leaves a room.
    pub(crate) fn leave(self: &Arc<Self>, room: &str) {
        let mut rooms = lock(&self.rooms);
        if let Some(place) = rooms.iter().position(|joined| &*joined.name == room) {
            let room = rooms.swap_remove(place);
            self.namespace.exit(&room, self);
        }
    }

    /// The rooms joined, in no order.
    pub(crate) fn rooms(&self) -> Vec<String> {
        lock(&self.rooms).iter().map(|room| room.name.to_string()).collect()
    }

    /// Whether the client was away for a moment only and has, or is about to get, its old id, its rooms, what was kept with it and what it
    /// missed. Known from the call of [`Handler::connect`](super::Handler::connect) on.
    pub(crate) fn recovered(&self) -> bool {
        self.returned.is_some()
    }

    /// Keeps a value with the socket. The first stays; one for each socket.
    pub(crate) fn set<T: Any + Send + Sync>(&self, value: T) {
        let _ = self.kept.set(Arc::new(value));
    }

    /// What was kept, if it is of this type.
    pub(crate) fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(self.kept.get()?).downcast().ok()
    }

    /// Disconnects the client from this namespace; its connection stays. The handler is told by a task of its own, so this may be called anywhere.
    pub(crate) fn disconnect(self: &Arc<Self>) {
        if !self.is_connected() {
            return;
        }
        self.session.send(Packet::control('1', self.namespace(), ""));
        self.session.sockets().retain(|other| !Arc::ptr_eq(other, self));
        let socket = Arc::clone(self);
        self.session.server.spawn(async move { socket.end(Reason::ServerLeft) });
    }

    /// Ends the whole connection, with all its namespaces.
    pub(crate) fn close(&self) {
        self.session.end_soon(Reason::ServerLeft);
    }

    pub(super) fn take_refused(&self) -> bool {
        self.refused.swap(false, Ordering::AcqRel)
    }

    /// The handler has decided.
    pub(super) fn decide(self: &Arc<Self>, decision: Result<(), Refusal>) {
        match decision {
            Ok(()) if self.accept() => {}
            Ok(()) => {
                // Gone before it was let in; the handler has counted it in.
                let socket = Arc::clone(self);
                self.session.server.spawn(async move {
                    let _one_at_a_time = lock(&socket.session.dispatch);
                    socket.namespace.handler.disconnect(&socket, Reason::TransportClosed);
                });
            }
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn accept(self: &Arc<Self>) -> bool {
        // Before all other locks: what is sent meanwhile is neither missed nor sent twice.
        let records = self.namespace.memory.as_ref().map(Memory::lock);
        let rooms = self.returned.as_ref().map(|returned| returned.away.rooms.as_slice()).unwrap_or_default();
        rooms.iter().for_each(|room| self.join(room));
        let mut early = lock(&self.early);
        if self.phase.load(Ordering::Acquire) != CONNECTING {
            return false;
        }
        self.namespace.add(self);
        self.session.connected.store(true, Ordering::Release);
        let pid = self.pid.map(|pid| format!(",\"pid\":\"{}\"", pid.as_str())).unwrap_or_default();
        self.session.send(Packet::control('0', self.namespace(), &format!("{{\"sid\":\"{}\"{pid}}}", self.id())));
        if let (Some(records), Some(returned)) = (records, &self.returned) {
            records.missed(returned).into_iter().for_each(|packet| self.session.send(packet));
        }
        for packet in std::mem::take(&mut *early) {
            self.session.send(packet);
        }
        self.phase.store(CONNECTED, Ordering::Release);
        true
    }

    fn refuse(self: &Arc<Self>, refusal: &Refusal) {
        self.session.sockets().retain(|other| !Arc::ptr_eq(other, self));
        if self.depart().is_none() {
            return;
        }
        let mut error = serde_json::Map::new();
        error.insert("message".to_owned(), refusal.message.as_str().into());
        if let Some(data) = &refusal.data {
            error.insert("data".to_owned(), data.clone());
        }
        self.session.send(Packet::control('4', self.namespace(), &Value::Object(error).to_string()));
    }

    /// Takes the socket out of everything and tells the handler, if it had been told of the connection.
    pub(super) fn end(self: &Arc<Self>, reason: Reason) {
        let rooms = self.rooms();
        if self.depart() == Some(CONNECTED) {
            self.remember(rooms, reason);
            let _one_at_a_time = lock(&self.session.dispatch);
            self.namespace.handler.disconnect(self, reason);
        }
    }

    /// Remembers a client that may come back.
    fn remember(&self, rooms: Vec<String>, reason: Reason) {
        let may_return = matches!(reason, Reason::TransportClosed | Reason::PingTimeout | Reason::Stalled);
        if let (Some(memory), Some(pid), true) = (&self.namespace.memory, self.pid, may_return) {
            memory.leave(pid, Away { sid: self.sid, rooms, kept: self.kept.get().cloned() });
        }
    }

    /// The same, from within dispatch.
    pub(super) fn end_dispatching(self: &Arc<Self>, reason: Reason) {
        if self.depart() == Some(CONNECTED) {
            self.namespace.handler.disconnect(self, reason);
        }
    }

    /// Leaves all rooms and the namespace. Returns the phase before, `None` if it was gone.
    fn depart(self: &Arc<Self>) -> Option<u8> {
        let before = {
            let mut early = lock(&self.early);
            early.clear();
            self.phase.swap(GONE, Ordering::AcqRel)
        };
        if before == GONE {
            return None;
        }
        for room in std::mem::take(&mut *lock(&self.rooms)) {
            self.namespace.exit(&room, self);
        }
        self.namespace.remove(self);
        self.session.server.release(&self.namespace);
        self.questions.clear();
        Some(before)
    }
}
