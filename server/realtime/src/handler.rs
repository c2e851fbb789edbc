//! What a namespace is given to do its work: the trait its owner implements, and the words it is told things in.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::{Event, Socket};

/// What happens in a namespace. All calls for one connection come one after the other, `connect`'s future apart; none may block.
pub trait Handler: Send + Sync + 'static {
    /// A client asks to connect with `auth` (an object). The future decides. What is emitted to the socket before is
    /// sent behind the answer, so a handler may greet from here; rooms may be joined, too.
    ///
    /// After `Ok`, [`Handler::disconnect`] follows exactly once, even when the client was gone before the future was done.
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>>;

    /// The client sent an event. Called in the order the packets arrived.
    fn event(&self, socket: &Arc<Socket>, event: Event);

    /// After an emit to this socket was refused, its queue has run empty.
    fn drain(&self, socket: &Arc<Socket>);

    /// The socket is connected no more, and in no room.
    fn disconnect(&self, socket: &Arc<Socket>, reason: DisconnectReason);
}

/// Why a client may not connect to a namespace: what its `connect_error` carries.
#[derive(Clone, Debug)]
pub struct ConnectError {
    /// Becomes `error.message`.
    pub message: String,
    /// Becomes `error.data`.
    pub data: Option<Value>,
}

/// Why a socket is connected no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The client left the namespace.
    ClientDisconnect,
    /// [`Socket::disconnect`] was called, or the cluster asked for it.
    ServerDisconnect,
    /// The client closed the connection, or it broke.
    TransportClose,
    /// The client sent what the protocol does not allow.
    ParseError,
    /// The client did not answer a ping.
    PingTimeout,
    /// The client connected to no namespace in time.
    ConnectTimeout,
    /// Packets waited, and the client took nothing.
    WriteTimeout,
    /// More waited than a connection may ever have waiting.
    QueueOverflow,
    /// The server ends.
    ServerShutdown,
}

/// Which namespaces a handler serves.
#[derive(Clone, Debug)]
pub enum NamespacePattern {
    /// The namespace of this name, like `/rooms`.
    Exact(String),
    /// All namespaces of this prefix and one more segment: `/dyn/` serves `/dyn/7`, but neither `/dyn/` nor `/dyn/7/8`.
    Prefix(String),
}

impl NamespacePattern {
    /// Whether the namespace `name` is meant.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Prefix(prefix) => name.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        }
    }
}
