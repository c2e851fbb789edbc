//! Handlers that the own tests of `socket.io-client` expect of a server: small events in `/`, namespaces that tell about the handshake,
//! or refuse it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Query;
use axum::http::Uri;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::TIMEOUT;
use crate::recovery::RecoveryConfig;
use crate::{ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, Server, Socket};

/// What the tests send and want back in binary.
const BINARY: &[u8] = b"asdfasdf";
/// How a binary argument stands in the text of an event with one attachment.
const PLACEHOLDER: &str = r#"[{"_placeholder":true,"num":0}]"#;
/// What is sent for `getUtf8`.
const TEXTS: [&str; 5] = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"];

/// Serves what the client's own tests ask for, with recovery in every namespace.
pub fn install(server: &Arc<Server>) {
    let recovery = Some(RecoveryConfig::default());
    serve(server, "/", Role::Main, recovery.clone());
    install_beside(server, recovery);
}

/// The same without `/`.
pub(super) fn install_beside(server: &Arc<Server>, recovery: Option<RecoveryConfig>) {
    for name in ["/foo", "/timeout_socket", "/valid", "/asd"] {
        serve(server, name, Role::Plain, recovery.clone());
    }
    serve(server, "/abc", Role::Handshake, recovery.clone());
    serve(server, "/no", Role::Refusing, recovery);
}

fn serve(server: &Arc<Server>, name: &str, role: Role, recovery: Option<RecoveryConfig>) {
    let (pattern, handler) = (NamespacePattern::Exact(name.to_owned()), Arc::new(Tested(role)));
    match recovery {
        Some(recovery) => server.namespace_with_recovery(pattern, handler, recovery),
        None => server.namespace(pattern, handler),
    }
}

struct Tested(Role);

#[derive(Clone, Copy)]
enum Role {
    /// The main namespace; refuses who comes with `?fail=`.
    Main,
    Plain,
    /// Tells how the client came.
    Handshake,
    /// Refuses everybody.
    Refusing,
}

impl Handler for Tested {
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        let refusal = match self.0 {
            Role::Main if query(socket).contains_key("fail") => Some("Auth failed (main namespace)"),
            Role::Refusing => Some("Auth failed (custom namespace)"),
            _ => None,
        };
        if let Some(message) = refusal {
            return ready(Err(ConnectError { message: message.to_owned(), data: None })).boxed();
        }
        if let Role::Handshake = self.0 {
            emit(socket, &Packet::event(socket.namespace(), "handshake", &(handshake(socket, &auth),)));
        }
        socket.set_data(auth);
        ready(Ok(())).boxed()
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        if handle(socket, event).is_none() {
            tracing::debug!("an event of the client's tests without the arguments it needs");
        }
    }

    fn drain(&self, _: &Arc<Socket>) {}

    fn disconnect(&self, _: &Arc<Socket>, _: DisconnectReason) {}
}

/// Handles an event of the client's tests; others are ignored.
pub(super) fn handle(socket: &Arc<Socket>, event: Event) -> Option<()> {
    let emit = |name: &str, args: &Value| emit(socket, &Packet::event(socket.namespace(), name, args));
    let is_binary = !event.attachments.is_empty();
    match event.name.as_str() {
        "hi" => emit("hi", &json!([])),
        "echo" => event.ack?.send_with(&format!("[{}]", event.args.first()?.get()), &event.attachments),
        "ack" => drop(tokio::spawn(ask(Arc::clone(socket)))),
        "getAckDate" => event.ack?.send(&now()),
        "getDate" => emit("takeDate", &json!([now()])),
        "getDateObj" => emit("takeDateObj", &json!([{ "date": now() }])),
        "getUtf8" => TEXTS.iter().for_each(|text| emit("takeUtf8", &json!([text]))),
        "false" => emit("false", &json!([false])),
        "doge" => emit_binary(socket, "doge"),
        "getbin" => emit_binary(socket, "takebin"),
        "buffa" if is_binary => emit("buffack", &json!([])),
        "jsonbuff" if is_binary => emit("jsonbuff-ack", &json!([])),
        "abuff2" => emit("abuff2-ack", &json!([])),
        "blob" if is_binary => emit("back", &json!([])),
        "jsonblob" if is_binary => emit("jsonblob-ack", &json!([])),
        "blob3" if is_binary => emit("blob3-ack", &json!([])),
        "getHandshake" => {
            let auth = socket.data::<Value>();
            event.ack?.send(&handshake(socket, auth.as_deref().unwrap_or(&Value::Null)));
        }
        "getId" => event.ack?.send(socket.id()),
        _ => {}
    }
    Some(())
}

/// Sends a packet that a client may recover by.
fn emit(socket: &Socket, packet: &Packet) {
    if socket.emit(packet).is_err() {
        tracing::debug!("a client of the tests does not read");
    }
}

fn emit_binary(socket: &Socket, name: &str) {
    emit(socket, &Packet::event_with(socket.namespace(), name, PLACEHOLDER, &[Bytes::from_static(BINARY)]));
}

/// Asks the client, and tells it that the answer was what the tests give.
async fn ask(socket: Arc<Socket>) {
    let Ok(answer) = socket.emit_with_ack("ack", &json!([]), TIMEOUT).await else { return };
    if let [first, second, ..] = answer.as_slice()
        && *first == 5
        && second["test"] == true
    {
        emit(&socket, &Packet::event_raw(socket.namespace(), "got it", "[]"));
    }
}

/// How a client came, in the words of Node's server.
fn handshake(socket: &Socket, auth: &Value) -> Value {
    json!({ "address": socket.address().to_string(), "auth": auth, "query": query(socket), "time": now() })
}

fn query(socket: &Socket) -> HashMap<String, String> {
    let uri = format!("/?{}", socket.query()).parse::<Uri>().unwrap_or_default();
    Query::try_from_uri(&uri).map(|Query(query)| query).unwrap_or_default()
}

/// The time as JavaScript writes dates into JSON.
fn now() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}
