//! Client sessions over Socket.IO, in the namespace `/rooms`.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tutti_realtime::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Server, Socket};

use crate::accounts::Accounts;
use crate::rooms::clients::session::{ClientMessage, ClientSession};
use crate::rooms::cluster::link::NAMESPACE;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::runtime::registry::Rooms;

/// The handler of the namespace.
struct RoomsNamespace {
    rooms: Arc<Rooms>,
    accounts: Arc<Accounts>,
}

/// Serves rooms on a Socket.IO server.
pub(crate) fn serve(server: &Server, rooms: Arc<Rooms>, accounts: Arc<Accounts>) {
    server.namespace(NamespacePattern::Exact(NAMESPACE.to_owned()), Arc::new(RoomsNamespace { rooms, accounts }));
}

impl Handler for RoomsNamespace {
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        let caller = auth.get("token").and_then(Value::as_str).and_then(|token| self.accounts.verify(token).ok());
        let decision = match caller {
            Some(caller) => {
                socket.set_data(Arc::new(ClientSession::new(self.rooms.clone(), caller)));
                Ok(())
            }
            None => Err(ConnectError { message: "UNAUTHORIZED".to_owned(), data: Some(serde_json::json!({"code": "UNAUTHORIZED"})) }),
        };
        Box::pin(std::future::ready(decision))
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        let Some(session) = session(socket) else { return };
        let payload = event.value().unwrap_or(Value::Null);
        let Event { name, attachments, size, ack, .. } = event;
        let answer = Box::new(move |answer: Value| {
            if let Some(ack) = ack {
                ack.send(&answer);
            }
        });
        session.take(&Sink::Socket(socket.clone()), ClientMessage { name, payload, attachments, size, answer });
    }

    fn drain(&self, socket: &Arc<Socket>) {
        if let Some(session) = session(socket) {
            session.drain(&Sink::Socket(socket.clone()));
        }
    }

    fn disconnect(&self, socket: &Arc<Socket>, _: DisconnectReason) {
        if let Some(session) = session(socket) {
            session.end(&Sink::Socket(socket.clone()));
        }
    }
}

fn session(socket: &Socket) -> Option<Arc<ClientSession>> {
    socket.data::<Arc<ClientSession>>().map(|session| (*session).clone())
}
