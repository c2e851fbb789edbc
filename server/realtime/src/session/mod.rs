//! A session: one client's Engine.IO connection over any transport, and the sockets it has in namespaces.

pub(crate) mod dispatch;
pub(crate) mod heartbeat;
pub(crate) mod outgoing;

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::config::Config;
use crate::protocol::packet::SEPARATOR;
use crate::protocol::sid::Sid;
use crate::session::dispatch::Dispatch;
use crate::session::outgoing::{Outgoing, Transport};
use crate::{DisconnectReason, Packet, Server, Socket};

/// How much more than an emit an answer or a control packet may have waiting.
const CEILING: usize = 2;

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) server: Arc<Server>,
    pub(crate) sid: Sid,
    pub(crate) address: IpAddr,
    /// The query of the request that opened it, without `?`.
    pub(crate) query: Box<str>,
    outgoing: Mutex<Outgoing>,
    pub(crate) dispatch: Mutex<Dispatch>,
    sockets: Mutex<Vec<Arc<Socket>>>,
    /// Something came from the client since the last ping was due.
    pub(crate) heard: AtomicBool,
    /// The client has been in a namespace: the connect timeout is over.
    pub(crate) connected: AtomicBool,
    /// A poll waits.
    pub(crate) polled: AtomicBool,
    /// A body is being received.
    pub(crate) posting: AtomicBool,
}

/// Who opened a session, and how.
#[derive(Debug)]
pub(crate) struct Opener {
    pub(crate) address: IpAddr,
    /// The query of the request, without `?`.
    pub(crate) query: Box<str>,
}

/// What the sender of a session finds.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Packets were appended; there may be more.
    Some,
    /// All packets were appended; the sender will be woken for the next.
    All,
    /// Nothing waits; the sender will be woken.
    Nothing,
    /// Nothing waits, and an emit had been refused before.
    Drained,
    /// The session is over.
    Ended(DisconnectReason),
}

impl Session {
    pub(crate) fn new(server: Arc<Server>, opener: Opener, transport: Transport) -> Self {
        Self {
            connected: AtomicBool::new(server.echoes),
            server,
            sid: Sid::random(),
            address: opener.address,
            query: opener.query,
            outgoing: Mutex::new(Outgoing::new(transport)),
            dispatch: Mutex::default(),
            sockets: Mutex::default(),
            heard: AtomicBool::new(true),
            polled: AtomicBool::new(false),
            posting: AtomicBool::new(false),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.server.config
    }

    /// The outgoing side. Never held while anything else is locked or called.
    pub(crate) fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        lock(&self.outgoing)
    }

    /// The sockets of this connection, connecting ones included.
    pub(crate) fn sockets(&self) -> MutexGuard<'_, Vec<Arc<Socket>>> {
        lock(&self.sockets)
    }

    /// Queues packets in order as far as there is room, under one lock and with one wake. Returns how many were taken; when not all
    /// were, `refused` is set before the queue can run empty.
    pub(crate) fn emit(&self, packets: &[Packet], refused: Option<&AtomicBool>) -> usize {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return packets.len();
        }
        let mut taken = 0;
        for packet in packets {
            if outgoing.is_full(packet.size(), 1, self.config()) {
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
    pub(crate) fn poll_room(&self, size: usize, context: &Context<'_>) -> Poll<()> {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() || !outgoing.is_full(size, 1, self.config()) {
            return Poll::Ready(());
        }
        outgoing.waiting.push(context.waker().clone());
        Poll::Pending
    }

    /// Queues a packet that may not be refused: answers and control packets. Ends the session when too much waits.
    pub(crate) fn send(self: &Arc<Self>, packet: Packet) {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return;
        }
        let overflow = outgoing.is_full(packet.size(), CEILING, self.config());
        if !overflow {
            outgoing.push(packet);
        }
        let sender = outgoing.take_sender();
        drop(outgoing);
        if overflow {
            self.end_soon(DisconnectReason::QueueOverflow);
        }
        if let Some(sender) = sender {
            sender.wake();
        }
    }

    /// Whether an emit would be refused. A connection in this state is not read from.
    pub(crate) fn is_full(&self) -> bool {
        self.outgoing().is_full(0, 1, self.config())
    }

    /// Appends what waits to `bytes` as WebSocket frames, until they are more than `limit`. Registers the sender when nothing waits.
    pub(crate) fn take_frames(&self, context: &Context<'_>, bytes: &mut Vec<u8>, limit: usize) -> Taken {
        let mut outgoing = self.outgoing();
        if let Transport::Ended(reason) = outgoing.transport {
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
    pub(crate) fn take_payload(&self, context: &Context<'_>, body: &mut Vec<u8>) -> Taken {
        let limit = self.config().max_payload;
        let mut outgoing = self.outgoing();
        if outgoing.transport == Transport::WebSocket {
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
        match outgoing.transport {
            // The client closed it with a POST: nobody is left to be told, its poll is only released.
            Transport::Ended(DisconnectReason::TransportClose) => {
                separate(body);
                body.extend_from_slice(NOOP);
            }
            Transport::Ended(_) => {
                separate(body);
                body.extend_from_slice(CLOSE);
            }
            // The client polls once more before it switches; it must not wait for it.
            Transport::Upgrading => {
                separate(body);
                body.extend_from_slice(NOOP);
            }
            Transport::Polling | Transport::WebSocket => {}
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
    pub(crate) fn block(&self, unsent: usize, context: &Context<'_>) -> Result<(), DisconnectReason> {
        let mut outgoing = self.outgoing();
        if let Transport::Ended(reason) = outgoing.transport {
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
    pub(crate) fn switch_transport(&self, from: Transport, to: Transport) -> bool {
        let mut outgoing = self.outgoing();
        if outgoing.transport != from {
            return false;
        }
        outgoing.transport = to;
        if to == Transport::WebSocket {
            self.server.polling.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(sender) = outgoing.sender.take() {
            drop(outgoing);
            sender.wake();
        }
        true
    }

    /// Tells the handlers of sockets whose emits were refused that there is room again. Not under any lock.
    pub(crate) fn notify_drain(&self) {
        let sockets: Vec<_> = self.sockets().iter().filter(|socket| socket.take_refused()).cloned().collect();
        let _one_at_a_time = lock(&self.dispatch);
        for socket in sockets.iter().filter(|socket| socket.is_connected()) {
            socket.namespace.handler.drain(socket);
        }
    }

    /// Ends the session from wherever: at once for everyone who looks, while handlers are told by a task of its own.
    pub(crate) fn end_soon(self: &Arc<Self>, reason: DisconnectReason) {
        if self.mark_ended(reason) {
            let session = Arc::clone(self);
            self.server.spawn(async move { session.tear_down(reason) });
        }
    }

    /// Ends the session and tells its handlers. Only from tasks of the session itself, not under any lock.
    pub(crate) fn end(self: &Arc<Self>, reason: DisconnectReason) {
        if self.mark_ended(reason) {
            self.tear_down(reason);
        }
    }

    fn mark_ended(&self, reason: DisconnectReason) -> bool {
        let mut outgoing = self.outgoing();
        if outgoing.is_ended() {
            return false;
        }
        if outgoing.transport != Transport::WebSocket {
            self.server.polling.fetch_sub(1, Ordering::Relaxed);
        }
        outgoing.transport = Transport::Ended(reason);
        outgoing.refused = false;
        if let Some(sender) = outgoing.sender.take() {
            outgoing.waiting.push(sender);
        }
        wake_all(outgoing);
        self.server.forget(&self.sid);
        true
    }

    /// Ends the sockets that are left.
    pub(crate) fn tear_down(&self, reason: DisconnectReason) {
        let sockets = std::mem::take(&mut *self.sockets());
        for socket in sockets {
            socket.end(reason);
        }
    }

    /// Whether the session is over.
    pub(crate) fn is_ended(&self) -> bool {
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
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
