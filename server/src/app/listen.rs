//! Connections: accepted, and not waited for without end.

use std::net::SocketAddr;

use axum_server::accept::{TcpConfigAcceptor, TcpSocketConfig};
use tokio::net::TcpListener;

use crate::config::Server;

/// A server that does not wait for silent clients without end.
pub(super) fn server(
    listener: TcpListener,
    handle: axum_server::Handle<SocketAddr>,
    config: &Server,
) -> axum_server::Server<SocketAddr, TcpConfigAcceptor> {
    let mut server = axum_server::Server::from_listener(listener)
        .handle(handle)
        .acceptor(TcpConfigAcceptor::new(TcpSocketConfig::new().nodelay(true)))
        .first_request_timeout(config.first_request_timeout)
        .accept_error_handler(|client, error| match client {
            // A scanner, a client that does not trust the certificate, plain HTTP.
            Some(client) => tracing::debug!(%client, %error, "a connection was not made"),
            None => tracing::error!(%error, "cannot accept connections"),
        });
    server.http_builder().http1().header_read_timeout(config.idle_timeout);
    server.http_builder().http2().keep_alive_interval(config.idle_timeout);
    server
}
