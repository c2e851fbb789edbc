//! A chat: whatever a client says in a room, everyone in the room hears. `cargo run -p tutti-realtime --example chat`, then
//! connect any Socket.IO client to <http://127.0.0.1:3000>, emit `join` with a room's name and `say` with a room and a text.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tutti_realtime::{Config, ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};

struct Chat(Arc<Server>);

impl Handler for Chat {
    fn connect(&self, _: &Arc<Socket>, _auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        Box::pin(async { Ok(()) })
    }
    fn event(&self, socket: &Arc<Socket>, event: Event) {
        let text = |place: usize| event.args.get(place).and_then(|arg| serde_json::from_str::<String>(arg.get()).ok());
        match (&*event.name, text(0), text(1)) {
            ("join", Some(room), None) => socket.join(&room),
            ("say", Some(room), Some(words)) => drop(self.0.to("/").room(&room).emit(&Packet::event("/", "said", &(room.as_str(), words)))),
            _ => {}
        }
    }
    fn drain(&self, _: &Arc<Socket>) {}
    fn disconnect(&self, _: &Arc<Socket>, _: DisconnectReason) {}
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = Server::new(Config::default());
    server.namespace(NamespacePattern::Exact("/".to_owned()), Arc::new(Chat(Arc::clone(&server))));
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, server.routes::<()>()).await
}
