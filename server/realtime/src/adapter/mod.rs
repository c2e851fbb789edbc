//! Several servers as one, through Redis, in the messages of Node's `@socket.io/redis-adapter` 8 and `@socket.io/redis-emitter` 5, so
//! that Node servers and emitters may be part of the cluster.
//!
//! Redis delivers at most once, and what is sent while it is away waits only in a bounded queue: who needs more keeps a log and
//! looks for holes. Nothing here waits for Redis.

mod link;
mod requests;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::{Packet, Server};
use wire::RemoteBroadcast;

/// Messages that may wait for Redis.
const QUEUE: usize = 16_384;
/// Bytes that may wait for Redis.
const QUEUE_BYTES: usize = 64 << 20;

/// Why there is no adapter.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The address of Redis cannot be used.
    #[error("the address of Redis is not usable: {0}")]
    Address(#[from] redis::RedisError),
    /// The server has an adapter already.
    #[error("the server has an adapter already")]
    Twice,
}

/// Told what another server sent to all servers (`serverSideEmit`): namespace and the event with its arguments. What it returns is the
/// answer, if one was asked for.
pub type OnServerSide = Box<dyn Fn(&str, &[Value]) -> Value + Send + Sync>;

/// The link of a server to its cluster.
pub struct Adapter {
    server: Weak<Server>,
    uid: String,
    outbox: mpsc::Sender<link::Publish>,
    waiting: AtomicUsize,
    changed: tokio::sync::Notify,
    reading: AtomicBool,
    writing: AtomicBool,
    lost: AtomicUsize,
    server_side: OnceLock<OnServerSide>,
    tasks: OnceLock<[AbortHandle; 2]>,
}

impl Adapter {
    /// Links a server to Redis at `url`. `uid` names this server in the cluster. Redis need not be there yet; the link comes and goes with it,
    /// see [`Adapter::is_connected`]. Call it on a runtime, once.
    ///
    /// # Errors
    /// When the address cannot be used, or the server has an adapter.
    pub fn start(server: &Arc<Server>, url: &str, uid: &str) -> Result<Arc<Self>, AdapterError> {
        let client = redis::Client::open(url)?;
        let (outbox, inbox) = mpsc::channel(QUEUE);
        let adapter = Arc::new(Self {
            server: Arc::downgrade(server),
            uid: uid.to_owned(),
            outbox,
            waiting: AtomicUsize::new(0),
            changed: tokio::sync::Notify::new(),
            reading: AtomicBool::new(false),
            writing: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
            server_side: OnceLock::new(),
            tasks: OnceLock::new(),
        });
        server.adapter.set(Arc::clone(&adapter)).map_err(|_| AdapterError::Twice)?;
        let reader = tokio::spawn(link::read(Arc::clone(&adapter), client.clone()));
        let writer = tokio::spawn(link::write(Arc::clone(&adapter), client, inbox));
        let _ = adapter.tasks.set([reader.abort_handle(), writer.abort_handle()]);
        Ok(adapter)
    }

    /// Whether messages go and come at the moment.
    pub fn is_connected(&self) -> bool {
        self.reading.load(Ordering::Acquire) && self.writing.load(Ordering::Acquire)
    }

    /// Messages that could not be sent since the start.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }

    /// Looks at what other servers send to all servers. The first hook stays.
    pub fn set_server_side(&self, hook: OnServerSide) {
        let _ = self.server_side.set(hook);
    }

    /// Sends an event to the other servers themselves, not to clients. `args` starts with its name.
    pub fn server_side_emit(&self, namespace: &str, args: &[Value]) {
        let request = serde_json::json!({ "uid": self.uid, "type": requests::SERVER_SIDE_EMIT, "data": args });
        self.publish(wire::request_channel(namespace), request.to_string().into_bytes());
    }

    /// Ends the link.
    pub fn stop(&self) {
        for task in self.tasks.get().into_iter().flatten() {
            task.abort();
        }
        self.reading.store(false, Ordering::Release);
        self.writing.store(false, Ordering::Release);
    }

    /// Sends a broadcast to the other servers.
    pub(crate) fn broadcast(&self, namespace: &str, rooms: &[&str], except: &[&str], packet: &Packet) {
        match wire::encode(&self.uid, namespace, rooms, except, packet) {
            Some(message) => self.publish(wire::channel(namespace, rooms), message),
            None => tracing::error!(namespace, "a broadcast nests too deep for other servers"),
        }
    }

    /// The namespaces of the server have changed: channels are to be subscribed to or left.
    pub(crate) fn namespaces_changed(&self) {
        self.changed.notify_one();
    }

    fn publish(&self, channel: String, message: Vec<u8>) {
        let size = message.len();
        let fits = self.waiting.fetch_add(size, Ordering::Relaxed) + size <= QUEUE_BYTES;
        if !fits || self.outbox.try_send(link::Publish { channel, message }).is_err() {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            self.lose(1);
        }
    }

    fn lose(&self, messages: usize) {
        let before = self.lost.fetch_add(messages, Ordering::Relaxed);
        if before == 0 || before / 1000 != (before + messages) / 1000 {
            tracing::warn!(total = before + messages, "messages to other servers were lost: Redis is away or too slow");
        }
    }

    /// Delivers a broadcast of another server to the clients here.
    fn deliver(&self, namespace: &str, channel: &str, message: &[u8]) {
        let Some(server) = self.server.upgrade() else { return };
        let room = wire::room_of(namespace, channel);
        let unknown = room.is_some_and(|room| server.to(namespace).room(room).is_empty());
        if unknown {
            return;
        }
        let Some(message) = RemoteBroadcast::decode(message) else {
            tracing::warn!(channel, "a message of another server is not understood");
            return;
        };
        if message.uid == self.uid || message.namespace != namespace {
            return;
        }
        let packet = Packet::event_with(namespace, &message.name, &message.args, &message.attachments);
        let mut broadcast = server.to(namespace).local();
        broadcast.rooms.extend(message.rooms.iter().map(String::as_str));
        broadcast.except.extend(message.except.iter().map(String::as_str));
        broadcast.emit(&packet);
    }
}

impl fmt::Debug for Adapter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Adapter").field("uid", &self.uid).field("connected", &self.is_connected()).finish_non_exhaustive()
    }
}
