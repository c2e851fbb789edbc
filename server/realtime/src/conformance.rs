//! Handlers for the protocol suite and the load tool. Served only when asked for by `TUTTI_CONFORMANCE`, never in production; they take
//! the same way as all handlers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::recovery::RecoveryConfig;
use crate::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};

/// How long the server waits for an answer to its own question.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Between the last packet of a flood and its answer.
const SETTLE: Duration = Duration::from_millis(200);

/// Serves what the protocol suite asks for, in `/`, `/custom`, `/dyn/{id}` and `/auth`.
pub fn install(server: &Arc<Server>) {
    let open = Arc::new(Echo { server: Arc::clone(server), token: None });
    let guarded = Arc::new(Echo { server: Arc::clone(server), token: Some("secret") });
    server.namespace(NamespacePattern::Exact("/".to_owned()), open.clone());
    server.namespace(NamespacePattern::Exact("/custom".to_owned()), open.clone());
    server.namespace(NamespacePattern::Prefix("/dyn/".to_owned()), open.clone());
    server.namespace_with_recovery(NamespacePattern::Exact("/recovering".to_owned()), open, RecoveryConfig::default());
    server.namespace(NamespacePattern::Exact("/auth".to_owned()), guarded);
}

/// Serves what the load tool asks for, in `/`.
pub fn install_bench(server: &Arc<Server>) {
    server.namespace(NamespacePattern::Exact("/".to_owned()), Arc::new(Load { server: Arc::clone(server) }));
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
            socket.emit_urgent(&Packet::event(socket.namespace(), "auth", &(auth,)));
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
                tokio::spawn(ask(Arc::clone(socket), event.args));
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
            _ => {}
        }
        Some(())
    }
}

/// Sends the arguments back as a question, and tells the client what it answered.
async fn ask(socket: Arc<Socket>, args: Vec<Box<RawValue>>) {
    let packet = match socket.emit_with_ack("emit-with-ack", &args, TIMEOUT).await {
        Ok(answer) => Packet::event(socket.namespace(), "emit-with-ack-result", &answer),
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

struct Load {
    server: Arc<Server>,
}

impl Handler for Load {
    fn connect(&self, _: &Arc<Socket>, _: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        ready(Ok(())).boxed()
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        let Some(room) = arg::<String>(&event, 0) else { return };
        match (event.name.as_str(), event.args.get(1)) {
            ("join", _) => {
                socket.join(&room);
                if let Some(ack) = event.ack {
                    ack.send("ok");
                }
            }
            ("pub", Some(payload)) => {
                let packet = Packet::event_raw(socket.namespace(), "ev", &format!("[{}]", payload.get()));
                self.server.to(socket.namespace()).room(&room).emit(&packet);
            }
            _ => {}
        }
    }

    fn drain(&self, _: &Arc<Socket>) {}

    fn disconnect(&self, _: &Arc<Socket>, _: DisconnectReason) {}
}
