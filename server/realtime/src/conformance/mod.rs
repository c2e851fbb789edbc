//! Handlers for the protocol suite and the load tool. Served only when asked for by `TUTTI_CONFORMANCE`, never in production; they take
//! the same way as all handlers.

mod client;
mod load;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::recovery::RecoveryConfig;
use crate::{Config, ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};

pub use client::install as install_client;
pub use load::install as install_bench;

/// How long the server waits for an answer to its own question.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Between the answer to CONNECT and the event after it. The protocols' suites listen for one message at a time: of two that come in
/// one read they would miss the second.
const APART: Duration = Duration::from_millis(10);
/// Between the last packet of a flood and its answer.
const SETTLE: Duration = Duration::from_millis(200);

/// A server of Engine.IO alone, which sends every message back: what the suite of the Engine.IO protocol asks for at `/engine.io`.
pub fn engine(config: Config) -> Arc<Server> {
    Server::echo(config)
}

/// Serves what the protocol suite asks for, in `/`, `/custom`, `/dyn/{id}` and `/auth`, and what the client's own tests ask for beside it.
pub fn install(server: &Arc<Server>) {
    let open = Arc::new(Echo { server: Arc::clone(server), token: None });
    let guarded = Arc::new(Echo { server: Arc::clone(server), token: Some("secret") });
    server.namespace(NamespacePattern::Exact("/".to_owned()), open.clone());
    server.namespace(NamespacePattern::Exact("/custom".to_owned()), open.clone());
    server.namespace(NamespacePattern::Prefix("/dyn/".to_owned()), open.clone());
    server.namespace_with_recovery(NamespacePattern::Exact("/recovering".to_owned()), open, RecoveryConfig::default());
    server.namespace(NamespacePattern::Exact("/auth".to_owned()), guarded);
    client::install_beside(server, None);
}

struct Echo {
    server: Arc<Server>,
    token: Option<&'static str>,
}

impl Handler for Echo {
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        let refused = self.token.is_some_and(|token| auth["token"] != token);
        if refused {
            return ready(Err(ConnectError { message: "UNAUTHORIZED".to_owned(), data: None })).boxed();
        }
        if !socket.recovered() {
            let socket = Arc::clone(socket);
            tokio::spawn(async move {
                tokio::time::sleep(APART).await;
                socket.emit_urgent(&Packet::event(socket.namespace(), "auth", &(auth,)));
            });
        }
        ready(Ok(())).boxed()
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        if self.handle(socket, event).is_none() {
            tracing::debug!("an event of the protocol suite without the arguments it needs");
        }
    }

    fn drain(&self, _: &Arc<Socket>) {}

    fn disconnect(&self, _: &Arc<Socket>, _: DisconnectReason) {}
}

impl Echo {
    fn handle(&self, socket: &Arc<Socket>, event: Event) -> Option<()> {
        let namespace = socket.namespace();
        match event.name.as_str() {
            // Beyond the limit, but not far: a connection whose queue is full is not read from.
            "message" => socket.emit_urgent(&Packet::event_with(namespace, "message-back", &event.args_json(), &event.attachments)),
            "message-with-ack" => event.ack?.send_with(&crate::event::array(&event.args), &event.attachments),
            "emit-with-ack" => {
                tokio::spawn(ask(Arc::clone(socket), event.args_json(), event.attachments));
            }
            "join" => {
                socket.join(&arg::<String>(&event, 0)?);
                event.ack?.send("ok");
            }
            "leave" => {
                socket.leave(&arg::<String>(&event, 0)?);
                event.ack?.send("ok");
            }
            "rooms" => {
                let mut rooms = socket.rooms();
                rooms.sort_unstable();
                event.ack?.send(&rooms);
            }
            "to-room" => {
                self.server.to(namespace).room(&arg::<String>(&event, 0)?).except_socket(socket.id()).emit(&message(namespace, &event, 1)?);
            }
            "in-room" => {
                self.server.to(namespace).room(&arg::<String>(&event, 0)?).emit(&message(namespace, &event, 1)?);
            }
            "to-room-except" => {
                let (room, not) = (arg::<String>(&event, 0)?, arg::<String>(&event, 1)?);
                self.server.to(namespace).room(&room).except(&not).except_socket(socket.id()).emit(&message(namespace, &event, 2)?);
            }
            "broadcast" => {
                self.server.to(namespace).except_socket(socket.id()).emit(&message(namespace, &event, 0)?);
            }
            "bye" => socket.disconnect(),
            "flood" => {
                let (times, size) = (arg::<u32>(&event, 0)?.min(100_000), arg::<usize>(&event, 1)?.min(65_536));
                let (socket, ack) = (Arc::clone(socket), event.ack?);
                tokio::spawn(async move {
                    let pad = "x".repeat(size);
                    for number in 0..times {
                        socket.emit_when_ready(&Packet::event(socket.namespace(), "flood", &(number, &pad))).await;
                    }
                    tokio::time::sleep(SETTLE).await;
                    ack.send(&0);
                });
            }
            _ => client::handle(socket, event)?,
        }
        Some(())
    }
}

/// Sends the arguments back as a question, and tells the client what it answered.
async fn ask(socket: Arc<Socket>, args: String, attachments: Vec<Bytes>) {
    let packet = match socket.request_ack("emit-with-ack", &args, &attachments, TIMEOUT).await {
        Ok(answer) => {
            Packet::event_with(socket.namespace(), "emit-with-ack-result", &crate::event::array(&answer.args), &answer.attachments)
        }
        Err(_) => Packet::event_raw(socket.namespace(), "emit-with-ack-timeout", "[]"),
    };
    socket.emit_urgent(&packet);
}

fn arg<T: DeserializeOwned>(event: &Event, place: usize) -> Option<T> {
    serde_json::from_str(event.args.get(place)?.get()).ok()
}

/// The message the members of a room get.
fn message(namespace: &str, event: &Event, place: usize) -> Option<Packet> {
    let attachments: &[Bytes] = &event.attachments;
    Some(Packet::event_with(namespace, "room-msg", &format!("[{}]", event.args.get(place)?.get()), attachments))
}
