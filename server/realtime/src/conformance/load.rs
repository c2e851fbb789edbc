//! Handlers for the load tool.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde_json::Value;

use super::arg;
use crate::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};

/// Serves what the load tool asks for, in `/`.
pub fn install(server: &Arc<Server>) {
    server.namespace(NamespacePattern::Exact("/".to_owned()), Arc::new(Load { server: Arc::clone(server) }));
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
