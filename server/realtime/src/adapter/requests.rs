//! What other servers ask this one: which sockets and rooms it has, to move or end sockets, to send and collect answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Adapter, wire};
use crate::{Broadcast, Server, Socket, event};

/// Numbers of the requests, as Node counts them.
const SOCKETS: u64 = 0;
const ALL_ROOMS: u64 = 1;
const JOIN: u64 = 2;
const LEAVE: u64 = 3;
const DISCONNECT: u64 = 4;
const FETCH: u64 = 5;
pub(crate) const SERVER_SIDE_EMIT: u64 = 6;
const BROADCAST: u64 = 7;
const CLIENT_COUNT: u64 = 8;
const CLIENT_ANSWER: u64 = 9;

/// How long clients have to answer when the asking server does not say, and at most.
const TIMEOUT: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(60);

/// What a request to move or end sockets does to each.
enum Change<'a> {
    Join(&'a str),
    Leave(&'a str),
    Disconnect { close: bool },
}

impl Change<'_> {
    fn apply(&self, socket: &Arc<Socket>) {
        match self {
            Self::Join(room) => socket.join(room),
            Self::Leave(room) => socket.leave(room),
            Self::Disconnect { close: false } => socket.disconnect(),
            Self::Disconnect { close: true } => {
                socket.disconnect();
                socket.close();
            }
        }
    }
}

impl Adapter {
    /// Does what a request asks, and answers it.
    pub(crate) fn answer(self: &Arc<Self>, namespace: &str, message: &[u8]) {
        let Some(server) = self.server.upgrade() else { return };
        let Some((request, attachments)) = wire::read_any(message) else {
            tracing::warn!(namespace, "a request of another server is not understood");
            return;
        };
        let own = request["uid"] == self.uid.as_str();
        let kind = request["type"].as_u64();
        match kind {
            // Of these a server knows its own part already.
            Some(SOCKETS | ALL_ROOMS | FETCH | SERVER_SIDE_EMIT | BROADCAST) if own => {}
            Some(SOCKETS) => {
                let sockets = select(&server, namespace, &request["rooms"], &Value::Null);
                let ids: Vec<_> = sockets.iter().map(|socket| socket.id()).collect();
                self.respond(namespace, &json!({ "requestId": request["requestId"], "sockets": ids }));
            }
            Some(ALL_ROOMS) => {
                let rooms = server.find_namespace(namespace).map(|namespace| namespace.addressable()).unwrap_or_default();
                self.respond(namespace, &json!({ "requestId": request["requestId"], "rooms": rooms }));
            }
            Some(JOIN) => self.change(&server, namespace, &request, Change::Join),
            Some(LEAVE) => self.change(&server, namespace, &request, Change::Leave),
            Some(DISCONNECT) => {
                let close = request["close"] == true;
                self.change(&server, namespace, &request, |_| Change::Disconnect { close });
            }
            Some(FETCH) => {
                let sockets = select(&server, namespace, &request["opts"]["rooms"], &request["opts"]["except"]);
                let sockets: Vec<_> = sockets.iter().map(|socket| describe(socket)).collect();
                self.respond(namespace, &json!({ "requestId": request["requestId"], "sockets": sockets }));
            }
            Some(SERVER_SIDE_EMIT) => self.server_side(namespace, &request),
            Some(BROADCAST) => self.ask_clients(&server, namespace, &request, &attachments),
            _ => tracing::debug!(namespace, kind, "an unknown request of another server"),
        }
    }

    fn respond(&self, namespace: &str, response: &Value) {
        self.publish(wire::response_channel(namespace), response.to_string().into_bytes());
    }

    /// Changes the one socket a request names, and says so; or all it selects, which nobody waits for.
    fn change<'a>(&self, server: &Server, namespace: &str, request: &'a Value, to_change: impl Fn(&'a str) -> Change<'a>) {
        if let Some(sid) = request["sid"].as_str() {
            let Some(socket) = server.find_namespace(namespace).and_then(|namespace| namespace.socket(sid)) else { return };
            to_change(request["room"].as_str().unwrap_or_default()).apply(&socket);
            self.respond(namespace, &json!({ "requestId": request["requestId"] }));
            return;
        }
        let sockets = select(server, namespace, &request["opts"]["rooms"], &request["opts"]["except"]);
        // A request to disconnect names no rooms to change.
        let rooms = request["rooms"].as_array().map_or_else(|| vec![""], |rooms| rooms.iter().filter_map(Value::as_str).collect());
        for room in rooms {
            let change = to_change(room);
            sockets.iter().for_each(|socket| change.apply(socket));
        }
    }

    fn server_side(&self, namespace: &str, request: &Value) {
        let args = request["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let answer = self.server_side.get().map_or(Value::Null, |hook| hook(namespace, args));
        if let Some(id) = request["requestId"].as_str() {
            self.respond(namespace, &json!({ "type": SERVER_SIDE_EMIT, "requestId": id, "data": answer }));
        }
    }

    /// Sends an event to clients here and passes each answer on.
    fn ask_clients(self: &Arc<Self>, server: &Server, namespace: &str, request: &Value, attachments: &[Bytes]) {
        let options = &request["opts"];
        let Some((Value::String(name), args)) = request["packet"]["data"].as_array().and_then(|data| data.split_first()) else { return };
        let sockets = select(server, namespace, &options["rooms"], &options["except"]);
        self.respond(namespace, &json!({ "type": CLIENT_COUNT, "requestId": request["requestId"], "clientCount": sockets.len() }));
        let patience = options["flags"]["timeout"].as_u64().map_or(TIMEOUT, Duration::from_millis).min(LONGEST);
        let args = Value::from(args).to_string();
        for socket in sockets {
            let (adapter, id, name, args) = (Arc::clone(self), request["requestId"].clone(), name.clone(), args.clone());
            let attachments = attachments.to_vec();
            tokio::spawn(async move {
                if let Ok(answer) = socket.request_ack(&name, &args, &attachments, patience).await {
                    adapter.pass_on(socket.namespace(), id, &answer);
                }
            });
        }
    }

    fn pass_on(&self, namespace: &str, id: Value, answer: &event::AckPayload) {
        let value = answer.args.first().and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default();
        let attachments: Vec<&[u8]> = answer.attachments.iter().map(|attachment| &attachment[..]).collect();
        let entries =
            [("type", rmpv::Value::from(CLIENT_ANSWER)), ("requestId", wire::pack(id, &[])), ("packet", wire::pack(value, &attachments))];
        if let Some(message) = wire::write(&wire::map(entries)) {
            self.publish(wire::response_channel(namespace), message);
        }
    }
}

/// The sockets of a namespace that are in one of `rooms` (all without any), but in none of `except`.
fn select(server: &Server, namespace: &str, rooms: &Value, except: &Value) -> Vec<Arc<Socket>> {
    let names = |names: &Value| -> Vec<String> { names.as_array().into_iter().flatten().filter_map(room_name).collect() };
    let (rooms, except) = (names(rooms), names(except));
    let mut broadcast: Broadcast<'_> = server.to(namespace);
    broadcast.rooms.extend(rooms.iter().map(String::as_str));
    broadcast.except.extend(except.iter().map(String::as_str));
    broadcast.sockets()
}

fn room_name(name: &Value) -> Option<String> {
    match name {
        Value::String(name) => Some(name.clone()),
        Value::Number(name) => Some(name.to_string()),
        _ => None,
    }
}

/// A socket as Node's `fetchSockets` wants it. Of the handshake only the address is kept here.
fn describe(socket: &Socket) -> Value {
    let mut rooms = vec![socket.id().to_owned()];
    rooms.extend(socket.rooms());
    json!({
        "id": socket.id(),
        "handshake": { "headers": {}, "query": {}, "auth": {}, "address": socket.address(), "xdomain": false, "secure": false, "url": "/socket.io/" },
        "rooms": rooms,
        "data": {},
    })
}
