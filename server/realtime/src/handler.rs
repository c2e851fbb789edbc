//! The trait that an application implements for a namespace, and the types of its arguments.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::{Event, Socket};

/// Handles what happens in a namespace. Calls for one connection are made one after the other, except that the future of `connect`
/// runs beside them. None may block.
pub trait Handler: Send + Sync + 'static {
    /// A client asks to connect, with `auth` (a JSON object). The future decides. What is emitted to the socket before that is sent
    /// after the client was told that it is connected, so a handler may emit and join rooms here.
    ///
    /// After `Ok`, [`Handler::disconnect`] follows exactly once, even when the client disconnected before the future was done.
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>>;

    /// The id that a client has who asks to connect with the private id it was given before, where the application itself knows what clients
    /// missed: it is to be the id of the new socket. The application says with [`Socket::set_private_id`] whether it took the client back.
    fn returning(&self, auth: &Value) -> Option<String> {
        let _ = auth;
        None
    }

    /// The client was told that it is connected; what waited for that was sent before. Other calls may run beside this one.
    fn connected(&self, socket: &Arc<Socket>) {
        let _ = socket;
    }

    /// The client sent an event. Called in the order the packets arrived.
    fn event(&self, socket: &Arc<Socket>, event: Event);

    /// The queue of this socket has run empty, after an emit to it was refused.
    fn drain(&self, socket: &Arc<Socket>);

    /// The socket is no longer connected, and has left all rooms.
    fn disconnect(&self, socket: &Arc<Socket>, reason: DisconnectReason);
}

/// Why a client may not connect to a namespace; the client gets it as `connect_error`.
#[derive(Clone, Debug)]
pub struct ConnectError {
    /// Becomes `error.message`.
    pub message: String,
    /// Becomes `error.data`.
    pub data: Option<Value>,
}

/// Why a socket was disconnected.
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
    /// Packets waited, and the client read nothing for [`Config::write_timeout`](crate::Config::write_timeout).
    WriteTimeout,
    /// Answers and control packets filled twice the limits of the queue.
    QueueOverflow,
    /// [`Server::close`](crate::Server::close) was called.
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
    /// Whether it covers the namespace `name`.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Prefix(prefix) => name.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        }
    }
}
