//! What an operator or a test may change about the transport.

use std::time::Duration;

/// Limits and times of a [`Server`](super::Server). The default is what production runs with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Time between two pings of the server.
    pub(crate) ping_interval: Duration,
    /// How long a client may take to answer a ping that was handed to the network.
    pub(crate) ping_timeout: Duration,
    /// How long a client may stay without being connected to a namespace, counted from its first packet.
    pub(crate) connect_timeout: Duration,
    /// Largest message over WebSocket and largest body over long-polling, in bytes, both ways for polling. The attachments
    /// of one packet together stay below it, too.
    pub(crate) max_payload: usize,
    /// Packets that may wait for one connection.
    pub(crate) queue_packets: usize,
    /// Bytes that may wait for one connection; one packet may wait whatever its size.
    pub(crate) queue_bytes: usize,
    /// A connection that has packets waiting and takes nothing for so long is closed.
    pub(crate) stall: Duration,
    /// Sessions at once; a further one is answered 503.
    pub(crate) max_connections: usize,
    /// Sessions at once that have not left long-polling.
    pub(crate) max_polling: usize,
    /// Binary attachments of one packet.
    pub(crate) max_attachments: usize,
    /// Namespaces one connection may be in.
    pub(crate) max_namespaces: usize,
    /// Web pages of which origins may connect.
    pub(crate) origins: Origins,
    /// Take the client's address from `x-forwarded-for` (its last entry). Only behind a proxy that sets it.
    pub(crate) trust_forwarded: bool,
}

/// Origins of web pages that may connect. Clients that send no `Origin` (mobile apps, servers) always may.
#[derive(Clone, Debug)]
pub(crate) enum Origins {
    /// Any page, without credentials.
    Any,
    /// Only these, written as browsers do (`https://example.com`), with credentials.
    Only(Vec<String>),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(45),
            max_payload: 1_000_000,
            queue_packets: 1024,
            queue_bytes: 1 << 20,
            stall: Duration::from_secs(30),
            max_connections: 100_000,
            max_polling: 20_000,
            max_attachments: 10,
            max_namespaces: 8,
            origins: Origins::Any,
            trust_forwarded: false,
        }
    }
}

impl Settings {
    /// The short times the protocol suite counts on.
    pub(crate) fn conformance() -> Self {
        Self {
            ping_interval: Duration::from_millis(300),
            ping_timeout: Duration::from_millis(200),
            connect_timeout: Duration::from_millis(1000),
            ..Self::default()
        }
    }
}
