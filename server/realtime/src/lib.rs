//! A Socket.IO v5 server over Engine.IO v4, to be mounted in an [axum] application: long-polling and WebSocket, namespaces,
//! rooms, acknowledgements, binary attachments, connection-state recovery, and the Redis adapter in the wire format of Node's
//! `@socket.io/redis-adapter`.
//!
//! Three promises set it apart:
//!
//! - **Order.** The events of one client reach its [`Handler`] in the order they were sent, one at a time; the packets of one
//!   room reach all its members in one order.
//! - **Bounds.** Each connection has one queue, limited in packets and bytes. An emit that finds it full returns [`QueueFull`]
//!   and drops nothing silently; [`Handler::drain`] tells when the queue has run empty.
//! - **Cost.** A packet is encoded once ([`Packet`]) and its bytes are shared by all who receive it.
//!
//! The crate does not know what events mean. An application implements [`Handler`] and registers it for a namespace:
//!
//! ```
//! use std::sync::Arc;
//!
//! use futures_util::future::BoxFuture;
//! use serde_json::Value;
//! use tutti_realtime::{Config, ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};
//!
//! /// Sends every event back to the client it came from.
//! struct Echo;
//!
//! impl Handler for Echo {
//!     fn connect(&self, _: &Arc<Socket>, _auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
//!         Box::pin(async { Ok(()) })
//!     }
//!
//!     fn event(&self, socket: &Arc<Socket>, event: Event) {
//!         // A full queue is an answer, too: this client is slower than its own events.
//!         let _ = socket.emit(&Packet::event_raw(socket.namespace(), &event.name, &event.args_json()));
//!     }
//!
//!     fn drain(&self, _: &Arc<Socket>) {}
//!     fn disconnect(&self, _: &Arc<Socket>, _: DisconnectReason) {}
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let server = Server::new(Config::default());
//! server.namespace(NamespacePattern::Exact("/".to_owned()), Arc::new(Echo));
//! let app = axum::Router::new().merge(server.routes::<()>());
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! tokio::spawn(async move { axum::serve(listener, app).await });
//!
//! // Any Socket.IO client speaks to it; here a raw WebSocket shows the packets.
//! use futures_util::{SinkExt, StreamExt};
//! use tokio_tungstenite::{connect_async, tungstenite::Message};
//! let (mut client, _) = connect_async(format!("ws://{address}/socket.io/?EIO=4&transport=websocket")).await?;
//! client.next().await.expect("the OPEN packet")?;
//! client.send(Message::text("40")).await?;
//! client.next().await.expect("the CONNECT packet")?;
//! client.send(Message::text(r#"42["hello",1]"#)).await?;
//! assert_eq!(client.next().await.expect("the event")?.into_text()?, r#"42["hello",1]"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/chat.rs` is a chat in thirty lines.
//!
//! # Lock order
//!
//! From the outside in: a session's dispatch (held while a handler runs), a namespace's recovery buffer, a socket's rooms, the
//! rooms of a namespace, the members of a room, a session's outgoing queue. None is held across an await, and no handler runs
//! under any but the first.

mod ack;
mod adapter;
mod broadcast;
mod config;
pub mod conformance;
mod event;
mod handler;
mod namespace;
mod protocol;
mod recovery;
mod server;
mod session;
mod socket;
mod transport;

#[cfg(test)]
mod tests;

pub use ack::{Ack, AckError};
pub use adapter::{Adapter, AdapterError, OnServerSide};
pub use broadcast::Broadcast;
pub use config::{ClientAddress, Config, Origins};
pub use event::Event;
pub use handler::{ConnectError, DisconnectReason, Handler, NamespacePattern};
pub use protocol::packet::Packet;
pub use recovery::RecoveryConfig;
pub use server::Server;
pub use session::outgoing::QueueFull;
pub use socket::Socket;
