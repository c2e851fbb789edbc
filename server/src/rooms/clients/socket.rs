//! Client sessions over Socket.IO, in the namespace `/rooms`.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tutti_realtime::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Server, Socket};

use crate::accounts::{Accounts, Identity};
use crate::rooms::clients::session::{ClientMessage, ClientSession};
use crate::rooms::cluster::link::NAMESPACE;
use crate::rooms::delivery::offsets::Offsets;
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

/// What a socket carries.
struct SocketData {
    session: Arc<ClientSession>,
    offsets: Arc<Offsets>,
}

impl RoomsNamespace {
    fn caller(&self, auth: &Value) -> Option<Identity> {
        auth["token"].as_str().and_then(|token| self.accounts.verify(token).ok())
    }
}

impl Handler for RoomsNamespace {
    fn returning(&self, auth: &Value) -> Option<String> {
        let private_id = auth["pid"].as_str().filter(|_| auth["offset"].is_string())?;
        let caller = self.caller(auth)?;
        self.accounts.socket_of(&caller.user, private_id).map(str::to_owned)
    }

    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        let Some(caller) = self.caller(&auth) else {
            let error = ConnectError { message: "UNAUTHORIZED".to_owned(), data: Some(serde_json::json!({"code": "UNAUTHORIZED"})) };
            return Box::pin(std::future::ready(Err(error)));
        };
        let user = caller.user.clone();
        let (session, offsets) = (Arc::new(ClientSession::new(self.rooms.clone(), caller)), Arc::new(Offsets::default()));
        socket.set_data(SocketData { session: session.clone(), offsets: offsets.clone() });
        let (accounts, socket) = (self.accounts.clone(), socket.clone());
        Box::pin(async move {
            let claimed = auth["pid"].as_str().filter(|private_id| accounts.socket_of(&user, private_id) == Some(socket.id()));
            if let (Some(private_id), Some(offset)) = (claimed, auth["offset"].as_str())
                && session.recover(&Sink::Socket(socket.clone(), offsets), offset).await
            {
                socket.set_private_id(private_id);
                return Ok(());
            }
            match accounts.private_id(&user, socket.id()) {
                Ok(private_id) => socket.set_private_id(&private_id),
                Err(error) => tracing::error!(%error, "a client cannot be given a private id"),
            }
            Ok(())
        })
    }

    fn connected(&self, socket: &Arc<Socket>) {
        // Sends what a client that came back has missed.
        self.drain(socket);
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        let Some((session, sink)) = session(socket) else { return };
        let payload = event.value().unwrap_or(Value::Null);
        let Event { name, attachments, size, ack, .. } = event;
        let answer = Box::new(move |answer: Value| {
            if let Some(ack) = ack {
                ack.send(&answer);
            }
        });
        session.take(&sink, ClientMessage { name, payload, attachments, size, answer });
    }

    fn drain(&self, socket: &Arc<Socket>) {
        if let Some((session, sink)) = session(socket) {
            session.drain(&sink);
        }
    }

    fn disconnect(&self, socket: &Arc<Socket>, _: DisconnectReason) {
        if let Some((session, sink)) = session(socket) {
            session.end(&sink);
        }
    }
}

fn session(socket: &Arc<Socket>) -> Option<(Arc<ClientSession>, Sink)> {
    let data = socket.data::<SocketData>()?;
    Some((data.session.clone(), Sink::Socket(socket.clone(), data.offsets.clone())))
}
