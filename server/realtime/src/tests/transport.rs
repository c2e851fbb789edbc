//! Connections, their order, their limits and their ends.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

use super::{Client, Running, SHORTEST_PAUSE, run};
use crate::ack::AckError;
use crate::{Config, Origins, Packet};

/// Sends a request by hand and reads the answer to its end.
async fn http(running: &Running, head: &str, body: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(&running.address).await.unwrap();
    let request = format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server may close while a body it refuses is still being sent.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_refusal_carries_its_data_and_leaves_the_connection() {
    let running = run(Config::default()).await;
    let mut client = Client::open(&running).await;
    client.send(r#"40{"refuse":true}"#).await;
    assert_eq!(client.next().await, r#"44{"message":"NO","data":{"code":7}}"#);
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
}

#[tokio::test]
async fn events_are_told_in_order_and_answered_by_number() {
    let running = run(Config::default()).await;
    let mut client = Client::connect(&running).await;
    for number in 0..50 {
        client.send(&format!("42{number}[\"e\",{number}]")).await;
    }
    for number in 0..50 {
        assert_eq!(client.next().await, format!("43{number}[0]"));
    }
    assert_eq!(running.notes.told(), (0..50).map(|number| format!("e[{number}]")).collect::<Vec<_>>());
}

#[tokio::test]
async fn attachments_are_counted_and_limited() {
    let running = run(Config { max_payload: 1000, ..Config::default() }).await;
    let mut client = Client::connect(&running).await;
    client.send("452-1[\"e\"]").await;
    client.0.send(Message::binary(vec![1; 400])).await.unwrap();
    client.0.send(Message::binary(vec![2; 400])).await.unwrap();
    assert_eq!(client.next().await, "431[2]");
    client.send("452-2[\"e\"]").await;
    client.0.send(Message::binary(vec![1; 600])).await.unwrap();
    client.0.send(Message::binary(vec![2; 600])).await.unwrap();
    assert_eq!(client.next().await, "closed");
    running.notes.wait_for("ParseError").await;
}

#[tokio::test]
async fn a_full_queue_refuses_and_says_when_it_has_room() {
    let running = run(Config { queue_packets: 8, ..Config::default() }).await;
    let mut client = Client::connect(&running).await;
    let socket = running.notes.socket(0);
    let packets: Vec<_> = (0..20).map(|number| Packet::event("/", "n", &(number,))).collect();
    // The connection's task has no turn before the first await on this runtime of one thread.
    assert_eq!(socket.emit_all(&packets), 8);
    assert!(socket.emit(&packets[8]).is_err());
    for number in 0..8 {
        assert_eq!(client.next().await, format!("42[\"n\",{number}]"));
    }
    running.notes.wait_for("drained").await;
    for packet in &packets[8..] {
        socket.emit_when_ready(packet).await;
    }
    for number in 8..20 {
        assert_eq!(client.next().await, format!("42[\"n\",{number}]"));
    }
}

#[tokio::test]
async fn what_may_not_be_refused_ends_the_connection_at_twice_the_limit() {
    let running = run(Config { queue_packets: 8, ..Config::default() }).await;
    let mut client = Client::connect(&running).await;
    let socket = running.notes.socket(0);
    for number in 0..17 {
        socket.emit_urgent(&Packet::event("/", "n", &(number,)));
    }
    running.notes.wait_for("QueueOverflow").await;
    assert!(!socket.is_connected());
    assert_eq!(client.next().await, "closed");
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_closed_and_one_that_reads_late_loses_nothing() {
    let config = Config { write_timeout: Duration::from_millis(300), queue_bytes: 64 << 20, queue_packets: 100_000, ..Config::default() };
    let running = run(config).await;
    let (_silent, mut late) = (Client::connect(&running).await, Client::connect(&running).await);
    let (silent, socket) = (running.notes.socket(0), running.notes.socket(1));
    let large = Packet::event("/", "large", &("x".repeat(500_000),));
    for _ in 0..40 {
        silent.emit(&large).unwrap();
        socket.emit(&large).unwrap();
    }
    for _ in 0..40 {
        assert_eq!(late.next().await.len(), 500_000 + r#"42["large",""]"#.len());
    }
    running.notes.wait_for("WriteTimeout").await;
    assert!(!silent.is_connected());
    assert!(socket.is_connected());
}

#[tokio::test]
async fn a_question_is_answered_or_not() {
    let running = run(Config::default()).await;
    let mut client = Client::connect(&running).await;
    let socket = running.notes.socket(0);
    let asked = tokio::spawn({
        let socket = socket.clone();
        async move { socket.emit_with_ack("how", &("are you",), Duration::from_secs(20)).await }
    });
    assert_eq!(client.next().await, r#"420["how","are you"]"#);
    client.send("430[\"fine\",1]").await;
    assert_eq!(asked.await.unwrap(), Ok(vec![json!("fine"), json!(1)]));
    assert_eq!(socket.emit_with_ack("how", &(), Duration::from_millis(20)).await, Err(AckError::Timeout));
    let asked = tokio::spawn({
        let socket = socket.clone();
        async move { socket.emit_with_ack("how", &(), Duration::from_secs(20)).await }
    });
    assert!(client.next().await.starts_with("421"));
    assert!(client.next().await.starts_with("422"));
    drop(client);
    assert_eq!(asked.await.unwrap(), Err(AckError::Disconnected));
}

#[tokio::test]
async fn every_end_is_told_once() {
    let running = run(Config::default()).await;
    let mut left = Client::connect(&running).await;
    running.notes.socket(0).disconnect();
    running.notes.socket(0).disconnect();
    assert_eq!(left.next().await, "41");
    running.notes.wait_for("ServerDisconnect").await;
    let broken = Client::connect(&running).await;
    drop(broken);
    running.notes.wait_for("TransportClose").await;
    let mut last = Client::connect(&running).await;
    running.server.close();
    assert_eq!(last.next().await, "1");
    assert_eq!(last.next().await, "closed");
    running.notes.wait_for("ServerShutdown").await;
    assert_eq!(running.notes.told(), ["ServerDisconnect", "TransportClose", "ServerShutdown"]);
    assert_eq!(running.server.count(), 0);
    let refused = http(&running, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1", "").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
}

#[tokio::test]
async fn an_old_client_is_told_that_it_is_too_old() {
    let running = run(Config::default()).await;
    let answer = http(&running, "GET /socket.io/?EIO=3&transport=polling HTTP/1.1", "").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.ends_with(r#"{"code":5,"message":"Unsupported protocol version"}"#), "{answer}");
}

#[tokio::test]
async fn polling_sessions_are_limited() {
    let running = run(Config { max_polling: 2, ..Config::default() }).await;
    let open = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1";
    let first = http(&running, open, "").await;
    let sid = first.split_once("\"sid\":\"").and_then(|(_, rest)| rest.split_once('"')).map(|(sid, _)| sid.to_owned()).unwrap();
    assert!(http(&running, open, "").await.contains("\"sid\""));
    assert!(http(&running, open, "").await.starts_with("HTTP/1.1 503"));
    let post = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    assert!(http(&running, &post, "1").await.ends_with("ok"));
    assert!(http(&running, open, "").await.contains("\"sid\""));
    let large = http(&running, &post, &"x".repeat(10)).await;
    assert!(large.contains("Session ID unknown"), "{large}");
}

#[tokio::test]
async fn only_the_pages_of_allowed_origins_connect() {
    let running = run(Config { origins: Origins::Only(vec!["https://party.example".to_owned()]), ..Config::default() }).await;
    let open = |origin: &str| format!("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\norigin: {origin}");
    let allowed = http(&running, &open("https://party.example"), "").await;
    assert!(allowed.contains("access-control-allow-origin: https://party.example"), "{allowed}");
    assert!(http(&running, &open("https://evil.example"), "").await.starts_with("HTTP/1.1 403"));
    assert!(http(&running, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1", "").await.contains("\"sid\""));
}

#[tokio::test]
async fn values_are_kept_with_a_socket() {
    let running = run(Config::default()).await;
    let _client = Client::connect(&running).await;
    let socket = running.notes.socket(0);
    assert!(socket.data::<u32>().is_none());
    socket.set_data(7_u32);
    socket.set_data(8_u32);
    assert_eq!(socket.data::<u32>().as_deref(), Some(&7));
    assert!(socket.data::<String>().is_none());
}

/// Opens a session over long-polling and gives its id.
async fn polling_session(running: &Running) -> String {
    let opened = http(running, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1", "").await;
    opened.split_once("\"sid\":\"").and_then(|(_, rest)| rest.split_once('"')).map(|(sid, _)| sid.to_owned()).unwrap()
}

#[tokio::test]
async fn a_poll_that_is_cancelled_ends_the_session() {
    let running = run(Config::default()).await;
    let sid = polling_session(&running).await;
    let poll = format!("GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    let mut waiting = tokio::net::TcpStream::connect(&running.address).await.unwrap();
    waiting.write_all(format!("{poll}\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let session = running.server.session(&sid).unwrap();
    while !session.polled.load(std::sync::atomic::Ordering::Acquire) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(waiting);
    tokio::time::timeout(SHORTEST_PAUSE, async {
        while running.server.count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the session ends");
    assert!(http(&running, &poll, "").await.contains("Session ID unknown"));
}

#[tokio::test]
async fn a_close_packet_releases_the_poll_that_waits() {
    let running = run(Config::default()).await;
    let sid = polling_session(&running).await;
    let poll = format!("GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    let post = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    let (polled, ()) = tokio::join!(http(&running, &poll, ""), async {
        assert!(http(&running, &post, "1").await.ends_with("ok"));
    });
    // The poll came first or found the session gone.
    assert!(polled.ends_with("\r\n\r\n6") || polled.contains("Session ID unknown"), "{polled}");
}

#[tokio::test]
async fn a_second_websocket_of_a_session_is_closed_at_once() {
    let running = run(Config::default()).await;
    let sid = polling_session(&running).await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket&sid={sid}", running.address);
    let (mut first, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    first.send(Message::text("2probe")).await.unwrap();
    assert_eq!(first.next().await.unwrap().unwrap().into_text().unwrap(), "3probe");
    first.send(Message::text("5")).await.unwrap();
    let (mut second, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    assert!(matches!(second.next().await, Some(Ok(Message::Close(None)))));
    first.send(Message::text("40")).await.unwrap();
    let answer = first.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(answer.starts_with("40{"), "{answer}");
}
