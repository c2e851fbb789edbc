//! What an operator or a test may change about the server: times, limits, origins, and where a client's address comes from.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};

/// Limits and times of a [`Server`](crate::Server). The default is what production runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Time between two pings of the server.
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping that was handed to the network.
    pub ping_timeout: Duration,
    /// How long a client may stay without being connected to a namespace, counted from its first packet.
    pub connect_timeout: Duration,
    /// Largest message over WebSocket and largest body over long-polling, in bytes, both ways for polling. The attachments
    /// of one packet together stay below it, too.
    pub max_payload: usize,
    /// Packets that may wait for one connection.
    pub queue_packets: usize,
    /// Bytes that may wait for one connection; one packet may wait whatever its size.
    pub queue_bytes: usize,
    /// A connection that has packets waiting and takes nothing for so long is closed.
    pub write_timeout: Duration,
    /// Sessions at once; a further one is answered 503.
    pub max_connections: usize,
    /// Sessions at once that have not left long-polling.
    pub max_polling: usize,
    /// Binary attachments of one packet.
    pub max_attachments: usize,
    /// Namespaces one connection may be in.
    pub max_namespaces: usize,
    /// Web pages of which origins may connect.
    pub origins: Origins,
    /// How [`Socket::address`](crate::Socket::address) is found.
    pub client_address: ClientAddress,
}

/// Origins of web pages that may connect. Clients that send no `Origin` (mobile apps, servers) always may.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Any page, without credentials.
    Any,
    /// Only these, written as browsers do (`https://example.com`), with credentials.
    Only(Vec<String>),
}

/// How the address of a client is found from the request that opens its session.
#[derive(Clone)]
pub struct ClientAddress(Arc<FindAddress>);

/// The client's address by the request's headers and the peer's address.
type FindAddress = dyn Fn(&HeaderMap, IpAddr) -> IpAddr + Send + Sync;

impl ClientAddress {
    /// The address of the TCP connection.
    pub fn peer() -> Self {
        Self::by(|_, peer| peer)
    }

    /// What `address` says, given the request's headers and the address of the TCP connection. An application behind a proxy
    /// passes its own rule for `X-Forwarded-For` here.
    pub fn by(address: impl Fn(&HeaderMap, IpAddr) -> IpAddr + Send + Sync + 'static) -> Self {
        Self(Arc::new(address))
    }

    /// The address of the client behind `request`. Without axum's `ConnectInfo<SocketAddr>` the peer counts as `0.0.0.0`.
    pub(crate) fn of<B>(&self, request: &Request<B>) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        (self.0)(request.headers(), peer)
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ClientAddress")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(45),
            max_payload: 1_000_000,
            queue_packets: 1024,
            queue_bytes: 1 << 20,
            write_timeout: Duration::from_secs(30),
            max_connections: 100_000,
            max_polling: 20_000,
            max_attachments: 10,
            max_namespaces: 8,
            origins: Origins::Any,
            client_address: ClientAddress::peer(),
        }
    }
}

impl Config {
    /// The short times the protocol suite counts on.
    pub fn conformance() -> Self {
        Self {
            ping_interval: Duration::from_millis(300),
            ping_timeout: Duration::from_millis(200),
            connect_timeout: Duration::from_millis(1000),
            ..Self::default()
        }
    }
}
