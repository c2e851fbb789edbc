//! The namespace `/rooms`: devices that connect with the library.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::device::{Device, Sent};
use super::outlet::{NAMESPACE, Outlet};
use super::registry::Rooms;
use crate::accounts::Accounts;
use tutti_realtime::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Server, Socket};

/// What happens in the namespace.
struct Door {
    rooms: Arc<Rooms>,
    accounts: Arc<Accounts>,
}

/// Serves rooms on a Socket.IO server.
pub(crate) fn serve(server: &Server, rooms: Arc<Rooms>, accounts: Arc<Accounts>) {
    server.namespace(NamespacePattern::Exact(NAMESPACE.to_owned()), Arc::new(Door { rooms, accounts }));
}

impl Handler for Door {
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        let caller = auth.get("token").and_then(Value::as_str).and_then(|token| self.accounts.verify(token).ok());
        let decision = match caller {
            Some(caller) => {
                socket.set_data(Arc::new(Device::new(self.rooms.clone(), caller)));
                Ok(())
            }
            None => Err(ConnectError { message: "UNAUTHORIZED".to_owned(), data: Some(serde_json::json!({"code": "UNAUTHORIZED"})) }),
        };
        Box::pin(std::future::ready(decision))
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        let Some(device) = device(socket) else { return };
        let payload = event.value().unwrap_or(Value::Null);
        let Event { name, attachments, size, ack, .. } = event;
        let answer = Box::new(move |answer: Value| {
            if let Some(ack) = ack {
                ack.send(&answer);
            }
        });
        device.take(&Outlet::Socket(socket.clone()), Sent { name, payload, attachments, size, answer });
    }

    fn drain(&self, socket: &Arc<Socket>) {
        if let Some(device) = device(socket) {
            device.drained(&Outlet::Socket(socket.clone()));
        }
    }

    fn disconnect(&self, socket: &Arc<Socket>, _: DisconnectReason) {
        if let Some(device) = device(socket) {
            device.end(&Outlet::Socket(socket.clone()));
        }
    }
}

fn device(socket: &Socket) -> Option<Arc<Device>> {
    socket.data::<Arc<Device>>().map(|device| (*device).clone())
}
