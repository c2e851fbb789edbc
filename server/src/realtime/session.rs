//! A session: one client's Engine.IO connection, whatever carries it, and the sockets it has in namespaces.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use super::dispatch::Dispatch;
use super::outgoing::{Carrier, Outgoing};
use super::packet::SEPARATOR;
use super::settings::Settings;
use super::sid::Sid;
use super::{Packet, Reason, Server, Socket};

/// How much more than an emit an answer or a control packet may have waiting.
const CEILING: usize = 2;

/// One client's connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) server: Arc<Server>,
    pub(super) sid: Sid,
    pub(super) address: IpAddr,
    outgoing: Mutex<Outgoing>,
    pub(super) dispatch: Mutex<Dispatch>,
    sockets: Mutex<Vec<Arc<Socket>>>,
    /// Something came from the client since the last ping was due.
    pub(super) heard: AtomicBool,
    /// The client has been in a namespace: the connect timeout is over.
    pub(super) connected: AtomicBool,
    /// A poll waits.
    pub(super) polled: AtomicBool,
    /// A body is being received.
    pub(super) posting: AtomicBool,
}

/// What the sender of a session finds.
#[derive(Debug)]
pub(super) enum Taken {
    /// Packets were appended; there may be more.
    Some,
    /// All packets were appended; the sender will be woken for the next.
    All,
    /// Nothing waits; the sender will be woken.
    Nothing,
    /// Nothing waits, and an emit had been refused before.
    Drained,
    /// The session is over.
    Ended(Reason),
}

impl Session {
    pub(super) fn new(server: Arc<Server>, address: IpAddr, carrier: Carrier) -> Self {
        Self {
            server,
            sid: Sid::random(),
            address,
            outgoing: Mutex::new(Outgoing::new(carrier)),
            dispatch: Mutex::default(),
            sockets: Mutex::default(),
            heard: AtomicBool::new(true),
            connected: AtomicBool::new(false),
            polled: AtomicBool::new(false),
            posting: AtomicBool::new(false),
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.server.settings
    }

    /// The outgoing side. Never held while anything else is locked or called.
    pub(super) fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        lock(&self.outgoing)
    }

    /// The sockets of this connection, connecting ones included.
    pub(super) fn sockets(&self) -> MutexGuard<'_, Vec<Arc<Socket>>> {
        lock(&self.sockets)
    }

    /// Queues packets in order as far as there is room, under one lock and with one wake. Returns how many were taken; when not all
    /// were, `refused` is set before the queue can run empty.
    pub(super) fn emit(&self, packets: &[Packet], refused: Option<&AtomicBool>) -> usize {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return packets.len();
        }
        let mut taken = 0;
        for packet in packets {
            if outgoing.is_full(packet.size(), 1, self.settings()) {
                if let Some(refused) = refused {
                    refused.store(true, Ordering::Release);
                    outgoing.refused = true;
                }
                break;
            }
            outgoing.push(packet.clone());
            taken += 1;
        }
        let sender = if taken > 0 { outgoing.take_sender() } else { None };
        drop(outgoing);
        if let Some(sender) = sender {
            sender.wake();
        }
        taken
    }

    /// Ready when another packet of `size` bytes would be taken.
    pub(super) fn poll_room(&self, size: usize, context: &Context<'_>) -> Poll<()> {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() || !outgoing.is_full(size, 1, self.settings()) {
            return Poll::Ready(());
        }
        outgoing.waiting.push(context.waker().clone());
        Poll::Pending
    }

    /// Queues a packet that may not be refused: answers and control packets. Ends the session when too much waits.
    pub(super) fn send(self: &Arc<Self>, packet: Packet) {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return;
        }
        let overflow = outgoing.is_full(packet.size(), CEILING, self.settings());
        if !overflow {
            outgoing.push(packet);
        }
        let sender = outgoing.take_sender();
        drop(outgoing);
        if overflow {
            self.end_soon(Reason::Overflow);
        }
        if let Some(sender) = sender {
            sender.wake();
        }
    }

    /// Whether an emit would be refused. A connection in this state is not read from.
    pub(super) fn is_full(&self) -> bool {
        self.outgoing().is_full(0, 1, self.settings())
    }

    /// Appends what waits to `bytes` as WebSocket frames, until they are more than `limit`. Registers the sender when nothing waits.
    pub(super) fn take_frames(&self, context: &Context<'_>, bytes: &mut Vec<u8>, limit: usize) -> Taken {
        let mut outgoing = self.outgoing();
        if let Carrier::Ended(reason) = outgoing.carrier {
            return Taken::Ended(reason);
        }
        outgoing.blocked = false;
        outgoing.unsent = 0;
        if outgoing.queue.is_empty() {
            if outgoing.sender.is_none() {
                outgoing.sender = Some(context.waker().clone());
            }
            outgoing.shrink();
            return if std::mem::take(&mut outgoing.refused) { Taken::Drained } else { Taken::Nothing };
        }
        while bytes.len() < limit {
            let Some(packet) = outgoing.pop() else { break };
            bytes.extend_from_slice(packet.frames());
        }
        let all = outgoing.queue.is_empty() && !outgoing.refused;
        if all {
            outgoing.shrink();
            if outgoing.sender.is_none() {
                outgoing.sender = Some(context.waker().clone());
            }
        }
        wake_all(outgoing);
        if all { Taken::All } else { Taken::Some }
    }

    /// Appends what waits to `body` as a long-polling payload of at most `max_payload` bytes, but always one packet. Registers the
    /// sender when the poll has to wait.
    pub(super) fn take_payload(&self, context: &Context<'_>, body: &mut Vec<u8>) -> Taken {
        let limit = self.settings().max_payload;
        let mut outgoing = self.outgoing();
        if outgoing.carrier == Carrier::WebSocket {
            // What waits is the connection's.
            body.extend_from_slice(NOOP);
            return Taken::Some;
        }
        while let Some(packet) = outgoing.queue.front() {
            if !body.is_empty() && body.len() + packet.payload_size() + SEPARATOR.len() > limit {
                break;
            }
            separate(body);
            packet.push_payload(body);
            outgoing.pop();
        }
        match outgoing.carrier {
            Carrier::Ended(_) => {
                separate(body);
                body.extend_from_slice(CLOSE);
            }
            // The client polls once more before it switches; it must not wait for it.
            Carrier::Upgrading => {
                separate(body);
                body.extend_from_slice(NOOP);
            }
            Carrier::Polling | Carrier::WebSocket => {}
        }
        if body.is_empty() {
            outgoing.sender = Some(context.waker().clone());
        }
        let drained = outgoing.queue.is_empty() && std::mem::take(&mut outgoing.refused);
        outgoing.shrink();
        wake_all(outgoing);
        if drained { Taken::Drained } else { Taken::Some }
    }

    /// Notes that `unsent` bytes are still to be written; the sender sleeps until the network takes more.
    ///
    /// # Errors
    /// The reason, when the session is over.
    pub(super) fn block(&self, unsent: usize, context: &Context<'_>) -> Result<(), Reason> {
        let mut outgoing = self.outgoing();
        if let Carrier::Ended(reason) = outgoing.carrier {
            return Err(reason);
        }
        outgoing.unsent = unsent;
        outgoing.blocked = true;
        if outgoing.sender.is_none() {
            outgoing.sender = Some(context.waker().clone());
        }
        Ok(())
    }

    /// Changes what carries the session if it is `from`; wakes a poll that waits.
    pub(super) fn carry(&self, from: Carrier, to: Carrier) -> bool {
        let mut outgoing = self.outgoing();
        if outgoing.carrier != from {
            return false;
        }
        outgoing.carrier = to;
        if to == Carrier::WebSocket {
            self.server.polling.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(sender) = outgoing.sender.take() {
            drop(outgoing);
            sender.wake();
        }
        true
    }

    /// Tells the handlers of sockets whose emits were refused that there is room again. Not under any lock.
    pub(super) fn tell_drained(&self) {
        let sockets: Vec<_> = self.sockets().iter().filter(|socket| socket.take_refused()).cloned().collect();
        let _one_at_a_time = lock(&self.dispatch);
        for socket in sockets.iter().filter(|socket| socket.is_connected()) {
            socket.namespace.handler.drained(socket);
        }
    }

    /// Ends the session from wherever: at once for everyone who looks, while handlers are told by a task of its own.
    pub(super) fn end_soon(self: &Arc<Self>, reason: Reason) {
        if self.mark_ended(reason) {
            let session = Arc::clone(self);
            self.server.spawn(async move { session.tear_down(reason) });
        }
    }

    /// Ends the session and tells its handlers. Only from tasks of the session itself, not under any lock.
    pub(super) fn end(self: &Arc<Self>, reason: Reason) {
        if self.mark_ended(reason) {
            self.tear_down(reason);
        }
    }

    fn mark_ended(&self, reason: Reason) -> bool {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return false;
        }
        if outgoing.carrier != Carrier::WebSocket {
            self.server.polling.fetch_sub(1, Ordering::Relaxed);
        }
        outgoing.carrier = Carrier::Ended(reason);
        outgoing.refused = false;
        if let Some(sender) = outgoing.sender.take() {
            outgoing.waiting.push(sender);
        }
        wake_all(outgoing);
        self.server.forget(&self.sid);
        true
    }

    /// Ends the sockets that are left.
    pub(super) fn tear_down(&self, reason: Reason) {
        let sockets = std::mem::take(&mut *self.sockets());
        for socket in sockets {
            socket.end(reason);
        }
    }

    /// Whether the session is over.
    pub(super) fn is_ended(&self) -> bool {
        self.outgoing().is_ended()
    }
}

/// Engine.IO packets without data.
const CLOSE: &[u8] = b"1";
const NOOP: &[u8] = b"6";

fn separate(body: &mut Vec<u8>) {
    if !body.is_empty() {
        body.extend_from_slice(SEPARATOR);
    }
}

/// Lets go of the lock and wakes all who wait for room.
fn wake_all(mut outgoing: MutexGuard<'_, Outgoing>) {
    if outgoing.waiting.is_empty() {
        return;
    }
    let waiting = std::mem::take(&mut outgoing.waiting);
    drop(outgoing);
    for waker in waiting {
        waker.wake();
    }
}

/// Locks; a handler that panicked under the lock leaves it usable.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
