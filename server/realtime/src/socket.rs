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

use crate::ack::{AckError, PendingAcks};
use crate::event::AckPayload;
use crate::namespace::{Namespace, Room};
use crate::protocol::sid::Sid;
use crate::recovery::{Audience, DisconnectedClient, RecoveredClient, RecoveryBuffer};
use crate::session::{Session, lock};
use crate::{ConnectError, DisconnectReason, Packet, QueueFull};

const CONNECTING: u8 = 0;
const CONNECTED: u8 = 1;
const GONE: u8 = 2;

/// How often [`Socket::emit_when_ready`] looks whether a client with a full queue has been connected.
const ADMISSION: Duration = Duration::from_millis(10);

/// One client in one namespace, from its CONNECT to its end.
#[derive(Debug)]
pub struct Socket {
    sid: Sid,
    pub(crate) session: Arc<Session>,
    pub(crate) namespace: Arc<Namespace>,
    phase: AtomicU8,
    /// An emit was refused, and the handler is to be told when there is room.
    refused: AtomicBool,
    /// Packets emitted before the client was told that it is connected. Locked for each change of `phase`.
    early: Mutex<Vec<Packet>>,
    rooms: Mutex<Vec<Arc<Room>>>,
    pub(crate) pending_acks: PendingAcks,
    data: OnceLock<Arc<dyn Any + Send + Sync>>,
    /// The private id by which a client asks for recovery, where the namespace offers it.
    pid: Option<Sid>,
    /// The private id that the application made, where it recovers clients itself.
    private_id: OnceLock<Box<str>>,
    recovered: Option<Box<RecoveredClient>>,
}

impl Socket {
    pub(crate) fn new(session: Arc<Session>, namespace: Arc<Namespace>, recovered: Option<Box<RecoveredClient>>, old: Option<Sid>) -> Self {
        let data = recovered.as_ref().and_then(|recovered| recovered.away.data.clone()).map(OnceLock::from).unwrap_or_default();
        let known = recovered.as_ref().map(|recovered| (recovered.away.sid, recovered.pid));
        let pid = known.map_or_else(Sid::random, |(_, pid)| pid);
        Self {
            sid: known.map(|(sid, _)| sid).or(old).unwrap_or_else(Sid::random),
            private_id: OnceLock::new(),
            pid: namespace.recovery.is_some().then_some(pid),
            recovered,
            session,
            namespace,
            phase: AtomicU8::new(CONNECTING),
            refused: AtomicBool::new(false),
            early: Mutex::default(),
            rooms: Mutex::default(),
            pending_acks: PendingAcks::default(),
            data,
        }
    }

    /// The socket's id, which the client knows too. It is not the session id of the transport.
    pub fn id(&self) -> &str {
        self.sid.as_str()
    }

    pub(crate) fn sid(&self) -> Sid {
        self.sid
    }

    /// The namespace's name.
    pub fn namespace(&self) -> &str {
        &self.namespace.name
    }

    /// The client's address, as [`Config::client_address`](crate::Config::client_address) finds it.
    pub fn address(&self) -> IpAddr {
        self.session.address
    }

    /// The query of the request that opened the client's session, without `?`: Engine.IO's own parameters and the client's.
    pub fn query(&self) -> &str {
        &self.session.query
    }

    /// Whether the client is connected to the namespace.
    pub fn is_connected(&self) -> bool {
        self.phase.load(Ordering::Acquire) == CONNECTED
    }

    /// Sends a packet.
    ///
    /// # Errors
    /// [`QueueFull`] when the queue has reached its limits; nothing was queued then, and [`Handler::drain`](crate::Handler::drain) follows once the queue has run empty.
    /// An emit to a client that is gone succeeds without effect.
    pub fn emit(&self, packet: &Packet) -> Result<(), QueueFull> {
        if self.emit_all(std::slice::from_ref(packet)) == 1 { Ok(()) } else { Err(QueueFull) }
    }

    /// Sends packets in order, under one lock and with one wake. Returns how many were taken; when not all were, see [`Socket::emit`].
    pub fn emit_all(&self, packets: &[Packet]) -> usize {
        self.emit_noting(packets, Some(&self.refused))
    }

    /// The same; `refused` is set when not all were taken.
    fn emit_noting(&self, packets: &[Packet], refused: Option<&AtomicBool>) -> usize {
        let Some(recovery) = &self.namespace.recovery else { return self.send(packets, refused) };
        let mut records = recovery.lock();
        for (taken, packet) in packets.iter().enumerate() {
            let packet = recovery.stamp(&records, packet);
            if self.send(std::slice::from_ref(&packet), refused) == 0 {
                return taken;
            }
            recovery.record(&mut records, packet, Audience::new(&[self.id()], &[]));
        }
        packets.len()
    }

    /// Sends a packet of a broadcast, which is remembered as one where that is wanted.
    pub(crate) fn send_shared(&self, packet: &Packet) -> bool {
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
                    let room = self.session.config().queue_packets.saturating_sub(early.len());
                    let taken = packets.len().min(room);
                    early.extend_from_slice(&packets[..taken]);
                    return taken;
                }
            }
        }
        self.session.emit(packets, refused)
    }

    /// Sends a small packet even when the queue is full. The connection ends once the queue holds twice its limits.
    pub fn emit_urgent(&self, packet: &Packet) {
        if self.is_connected() {
            self.session.send(packet.clone());
        } else {
            // Refused only with a thousand packets waiting for a client that has not been let in.
            let _ = self.send(std::slice::from_ref(packet), None);
        }
    }

    /// Sends a packet once the queue has room for it. Returns at once when the client is gone.
    pub async fn emit_when_ready(&self, packet: &Packet) {
        while self.emit_noting(std::slice::from_ref(packet), None) == 0 {
            if self.is_connected() {
                poll_fn(|context| self.session.poll_room(packet.size(), context)).await;
            } else {
                tokio::time::sleep(ADMISSION).await;
            }
        }
    }

    /// Sends an event and waits for the client's ack. Returns the arguments of the ack.
    ///
    /// # Errors
    /// [`AckError`] when the queue is full, no ack comes within `timeout`, the client disconnects, or the ack nests too deep.
    pub async fn emit_with_ack<T: Serialize + ?Sized>(&self, name: &str, args: &T, timeout: Duration) -> Result<Vec<Value>, AckError> {
        let answer = self.request_ack(name, &crate::protocol::packet::array(args), &[], timeout).await?;
        answer.args.iter().map(|value| serde_json::from_str(value.get()).map_err(|_| AckError::TooDeep)).collect()
    }

    /// The same, with arguments that are a JSON array already, and attachments both ways.
    pub(crate) async fn request_ack(
        &self,
        name: &str,
        args: &str,
        attachments: &[Bytes],
        timeout: Duration,
    ) -> Result<AckPayload, AckError> {
        let (id, answer) = self.pending_acks.register().ok_or(AckError::QueueFull)?;
        let packet = Packet::numbered_event(self.namespace(), Some(id), name, args, attachments);
        let answer = match self.send(&[packet], None) {
            1 => tokio::time::timeout(timeout, answer)
                .await
                .map_err(|_| AckError::Timeout)
                .and_then(|got| got.map_err(|_| AckError::Disconnected)),
            _ => Err(AckError::QueueFull),
        };
        self.pending_acks.remove(id);
        answer
    }

    /// Joins a room of the namespace. Joining twice is joining once.
    pub fn join(self: &Arc<Self>, room: &str) {
        let mut rooms = lock(&self.rooms);
        if self.phase.load(Ordering::Acquire) != GONE && !rooms.iter().any(|joined| &*joined.name == room) {
            rooms.push(self.namespace.enter(room, self));
        }
    }

    /// Leaves a room.
    pub fn leave(self: &Arc<Self>, room: &str) {
        let mut rooms = lock(&self.rooms);
        if let Some(place) = rooms.iter().position(|joined| &*joined.name == room) {
            let room = rooms.swap_remove(place);
            self.namespace.exit(&room, self);
        }
    }

    /// The rooms joined, in no order.
    pub fn rooms(&self) -> Vec<String> {
        lock(&self.rooms).iter().map(|room| room.name.to_string()).collect()
    }

    /// Whether the client's state was recovered after a short disconnection: its id, its rooms, its data and the packets it missed. Known from the call of [`Handler::connect`](crate::Handler::connect) on.
    pub fn recovered(&self) -> bool {
        self.recovered.is_some()
    }

    /// Gives the client a private id, by which it asks for recovery when it comes back: the application recovers it, by
    /// [`Handler::returning`](crate::Handler::returning). To be called before the client is let in; a client that gets the id it had knows
    /// that it was recovered. The id has no characters to escape in JSON.
    pub fn set_private_id(&self, id: &str) {
        let _ = self.private_id.set(id.into());
    }

    /// Attaches the application's own value to the socket. One for each socket: the first stays.
    pub fn set_data<T: Any + Send + Sync>(&self, value: T) {
        let _ = self.data.set(Arc::new(value));
    }

    /// The value of [`Socket::set_data`], if it is of this type.
    pub fn data<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(self.data.get()?).downcast().ok()
    }

    /// Disconnects the client from this namespace; its connection stays. [`Handler::disconnect`](crate::Handler::disconnect) is called by a
    /// task of its own, so this may be called anywhere.
    pub fn disconnect(self: &Arc<Self>) {
        if !self.is_connected() {
            return;
        }
        self.session.send(Packet::control('1', self.namespace(), ""));
        self.session.sockets().retain(|other| !Arc::ptr_eq(other, self));
        let socket = Arc::clone(self);
        self.session.server.spawn(async move { socket.end(DisconnectReason::ServerDisconnect) });
    }

    /// Ends the whole connection, with all its namespaces.
    pub fn close(&self) {
        self.session.end_soon(DisconnectReason::ServerDisconnect);
    }

    pub(crate) fn take_refused(&self) -> bool {
        self.refused.swap(false, Ordering::AcqRel)
    }

    /// The handler has decided.
    pub(crate) fn decide(self: &Arc<Self>, decision: Result<(), ConnectError>) {
        match decision {
            Ok(()) if self.accept() => self.namespace.handler.connected(self),
            Ok(()) => {
                // Gone before it was let in; the handler has counted it in.
                let socket = Arc::clone(self);
                self.session.server.spawn(async move {
                    let _one_at_a_time = lock(&socket.session.dispatch);
                    socket.namespace.handler.disconnect(&socket, DisconnectReason::TransportClose);
                });
            }
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn accept(self: &Arc<Self>) -> bool {
        // Before all other locks: what is sent meanwhile is neither missed nor sent twice.
        let records = self.namespace.recovery.as_ref().map(RecoveryBuffer::lock);
        let rooms = self.recovered.as_ref().map(|recovered| recovered.away.rooms.as_slice()).unwrap_or_default();
        rooms.iter().for_each(|room| self.join(room));
        let mut early = lock(&self.early);
        if self.phase.load(Ordering::Acquire) != CONNECTING {
            return false;
        }
        self.namespace.add(self);
        self.session.connected.store(true, Ordering::Release);
        let pid = self.pid.as_ref().map(Sid::as_str).or(self.private_id.get().map(AsRef::as_ref));
        let pid = pid.map(|pid| format!(",\"pid\":\"{pid}\"")).unwrap_or_default();
        self.session.send(Packet::control('0', self.namespace(), &format!("{{\"sid\":\"{}\"{pid}}}", self.id())));
        if let (Some(records), Some(recovered)) = (records, &self.recovered) {
            records.missed(recovered).into_iter().for_each(|packet| self.session.send(packet));
        }
        for packet in std::mem::take(&mut *early) {
            self.session.send(packet);
        }
        self.phase.store(CONNECTED, Ordering::Release);
        true
    }

    fn refuse(self: &Arc<Self>, refusal: &ConnectError) {
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
    pub(crate) fn end(self: &Arc<Self>, reason: DisconnectReason) {
        let rooms = self.rooms();
        if self.depart() == Some(CONNECTED) {
            self.remember(rooms, reason);
            let _one_at_a_time = lock(&self.session.dispatch);
            self.namespace.handler.disconnect(self, reason);
        }
    }

    /// Remembers a client that may come back.
    fn remember(&self, rooms: Vec<String>, reason: DisconnectReason) {
        let may_recover =
            matches!(reason, DisconnectReason::TransportClose | DisconnectReason::PingTimeout | DisconnectReason::WriteTimeout);
        if let (Some(recovery), Some(pid), true) = (&self.namespace.recovery, self.pid, may_recover) {
            recovery.leave(pid, DisconnectedClient { sid: self.sid, rooms, data: self.data.get().cloned() });
        }
    }

    /// The same, from within dispatch.
    pub(crate) fn end_dispatching(self: &Arc<Self>, reason: DisconnectReason) {
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
        self.pending_acks.clear();
        Some(before)
    }
}
