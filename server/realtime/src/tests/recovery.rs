//! Clients that come back.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Client, Running, run};
use crate::{Config, ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Packet, RecoveryConfig, Socket};

async fn remembering(recovery: RecoveryConfig) -> Running {
    let running = run(Config::default()).await;
    running.server.namespace_with_recovery(
        NamespacePattern::Exact("/again".to_owned()),
        Arc::clone(&running.notes) as Arc<dyn Handler>,
        recovery,
    );
    running
}

/// Connects to the namespace that remembers, and returns what the server said.
async fn connect(client: &mut Client, auth: &str) -> Value {
    client.send(&format!("40/again,{auth}")).await;
    serde_json::from_str(client.next().await.strip_prefix("40/again,").unwrap()).unwrap()
}

/// The event's name and its offset.
fn parts(packet: &str) -> (String, String) {
    let mut args: Vec<String> = serde_json::from_str(packet.strip_prefix("42/again,").unwrap()).unwrap();
    let offset = args.pop().unwrap();
    (args.concat(), offset)
}

fn event(name: &str) -> Packet {
    Packet::event("/again", name, &())
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed_once() {
    let running = remembering(RecoveryConfig::default()).await;
    let mut client = Client::open(&running).await;
    let first = connect(&mut client, "").await;
    let socket = running.notes.socket(0);
    assert!(!socket.recovered());
    socket.join("room");
    socket.set_data(7_u8);
    let to = || running.server.to("/again");
    to().room("room").emit(&event("seen"));
    let (name, offset) = parts(&client.next().await);
    assert_eq!(name, "seen");
    drop(client);
    running.notes.wait_for("TransportClose").await;
    to().room("room").emit(&event("missed"));
    to().room("other").emit(&event("of others"));
    to().room("room").except(socket.id()).emit(&event("not for it"));
    to().emit(&event("for all"));

    let mut client = Client::open(&running).await;
    let auth = format!("{{\"pid\":{},\"offset\":\"{offset}\"}}", first["pid"]);
    assert_eq!(connect(&mut client, &auth).await, first);
    let again = running.notes.socket(1);
    assert!(again.recovered());
    assert_eq!(again.data::<u8>().as_deref(), Some(&7));
    again.emit(&event("new")).unwrap();
    to().room("room").emit(&event("last"));
    for name in ["missed", "for all", "new", "last"] {
        assert_eq!(parts(&client.next().await).0, name);
    }

    let mut thief = Client::open(&running).await;
    assert_ne!(connect(&mut thief, &auth).await["sid"], first["sid"], "who is connected cannot come back");
}

#[tokio::test]
async fn who_stayed_too_long_or_missed_too_much_starts_anew() {
    for (recovery, more) in [
        (RecoveryConfig { max_disconnection: Duration::ZERO, ..RecoveryConfig::default() }, 0),
        (RecoveryConfig { packets: 3, ..RecoveryConfig::default() }, 4),
    ] {
        let running = remembering(recovery).await;
        let mut client = Client::open(&running).await;
        let first = connect(&mut client, "").await;
        running.notes.socket(0).join("room");
        running.server.to("/again").emit(&event("seen"));
        let (_, offset) = parts(&client.next().await);
        drop(client);
        running.notes.wait_for("TransportClose").await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        for _ in 0..more {
            running.server.to("/again").emit(&event("missed"));
        }
        let mut client = Client::open(&running).await;
        let second = connect(&mut client, &format!("{{\"pid\":{},\"offset\":\"{offset}\"}}", first["pid"])).await;
        assert_ne!(second["sid"], first["sid"]);
        assert_ne!(second["pid"], first["pid"]);
        assert!(running.notes.socket(1).rooms().is_empty());
    }
}

/// Takes everybody back who names a socket.
struct OwnMemory(Arc<super::Notes>);

impl Handler for OwnMemory {
    fn returning(&self, auth: &Value) -> Option<String> {
        auth["pid"].as_str().map(str::to_owned)
    }

    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        socket.set_private_id(socket.id());
        self.0.connect(socket, auth)
    }

    fn connected(&self, socket: &Arc<Socket>) {
        socket.emit_urgent(&event("told when connected").followed_by(&event("at once")));
    }

    fn event(&self, socket: &Arc<Socket>, event: Event) {
        self.0.event(socket, event);
    }

    fn drain(&self, _: &Arc<Socket>) {}

    fn disconnect(&self, socket: &Arc<Socket>, reason: DisconnectReason) {
        self.0.disconnect(socket, reason);
    }
}

#[tokio::test]
async fn an_application_with_a_memory_of_its_own_gives_the_old_id_and_the_old_connection_ends() {
    let running = run(Config::default()).await;
    let handler = Arc::new(OwnMemory(Arc::clone(&running.notes)));
    running.server.namespace(NamespacePattern::Exact("/again".to_owned()), handler);
    let mut first = Client::open(&running).await;
    let ids = connect(&mut first, "").await;
    assert_eq!(ids["pid"], ids["sid"]);
    for name in ["told when connected", "at once"] {
        assert_eq!(first.next().await, format!("42/again,[\"{name}\"]"));
    }
    let mut second = Client::open(&running).await;
    assert_eq!(connect(&mut second, &format!("{{\"pid\":{}}}", ids["pid"])).await, ids);
    running.notes.wait_for("ServerDisconnect").await;
    while first.next().await != "closed" {}
    second.next().await;
    second.next().await;
    running.server.to("/again").room(ids["sid"].as_str().unwrap()).emit(&event("by its id"));
    assert_eq!(second.next().await, "42/again,[\"by its id\"]");
}

#[tokio::test]
async fn who_left_by_will_is_not_remembered_and_nonsense_is_ignored() {
    let running = remembering(RecoveryConfig::default()).await;
    let mut client = Client::open(&running).await;
    let first = connect(&mut client, "").await;
    running.server.to("/again").emit(&event("seen"));
    let (_, offset) = parts(&client.next().await);
    client.send("41/again,").await;
    running.notes.wait_for("ClientDisconnect").await;
    let pid = &first["pid"];
    for auth in [
        format!("{{\"pid\":{pid},\"offset\":\"{offset}\"}}"),
        format!("{{\"pid\":{pid},\"offset\":\"x.99\"}}"),
        format!("{{\"pid\":{pid},\"offset\":7}}"),
    ] {
        let again = connect(&mut client, &auth).await;
        assert_ne!(again["sid"], first["sid"]);
        client.send("41/again,").await;
    }
}
