//! Rooms of sockets and broadcasts.

use super::{Client, run};
use crate::{Config, Packet};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broadcast_reaches_whom_it_means_once() {
    let running = run(Config::default()).await;
    let (mut first, mut second, mut third) =
        (Client::connect(&running).await, Client::connect(&running).await, Client::connect(&running).await);
    let sockets = [running.notes.socket(0), running.notes.socket(1), running.notes.socket(2)];
    for socket in &sockets {
        socket.join("all");
    }
    sockets[0].join("some");
    sockets[1].join("some");
    let packet = |name: &str| Packet::event("/", name, &());
    let to = || running.server.to("/");
    assert!(to().room("all").room("some").emit(&packet("both")).is_empty());
    assert!(to().room("all").except("some").emit(&packet("third")).is_empty());
    assert!(to().room("some").except_socket(sockets[0].id()).emit(&packet("second")).is_empty());
    assert!(to().room(sockets[0].id()).emit(&packet("first")).is_empty());
    assert!(to().room("nobody").emit(&packet("none")).is_empty());
    assert!(running.server.to("/nowhere").emit(&packet("none")).is_empty());
    assert!(to().emit(&packet("end")).is_empty());
    let got = |names: &[&str]| names.iter().map(|name| format!("42[\"{name}\"]")).collect::<Vec<_>>();
    for (client, names) in
        [(&mut first, ["both", "first", "end"]), (&mut second, ["both", "second", "end"]), (&mut third, ["both", "third", "end"])]
    {
        let mut seen = Vec::new();
        for _ in names {
            seen.push(client.next().await);
        }
        assert_eq!(seen, got(&names));
    }
}

#[tokio::test]
async fn who_is_gone_is_in_no_room() {
    let running = run(Config::default()).await;
    let mut client = Client::connect(&running).await;
    let socket = running.notes.socket(0);
    socket.join("a");
    socket.join("a");
    assert_eq!(socket.rooms(), ["a"]);
    assert_eq!(running.server.to("/").room("a").sockets().len(), 1);
    client.send("41").await;
    running.notes.wait_for("ClientDisconnect").await;
    socket.join("b");
    assert!(socket.rooms().is_empty());
    assert!(running.server.to("/").room("a").sockets().is_empty());
    assert!(running.server.to("/").room("b").sockets().is_empty());
    assert!(running.server.to("/").sockets().is_empty());
    assert_eq!(running.server.count(), 1, "the connection itself stays");
}

#[tokio::test]
async fn a_dynamic_namespace_goes_with_its_last_socket() {
    let running = run(Config::default()).await;
    let mut client = Client::open(&running).await;
    client.send("40/party/7,").await;
    assert!(client.next().await.starts_with("40/party/7,{"));
    assert_eq!(running.server.namespace_names().len(), 2);
    client.send("40/party/7/8,").await;
    assert_eq!(client.next().await, r#"44/party/7/8,{"message":"Invalid namespace"}"#);
    client.send("41/party/7,").await;
    running.notes.wait_for("ClientDisconnect").await;
    assert_eq!(running.server.namespace_names().len(), 1);
}
