//! The messages between servers.

use bytes::Bytes;
use proptest::prelude::*;
use rmpv::Value as Pack;
use serde_json::{Value, json};

use super::wire::{self, RemoteBroadcast};
use crate::Packet;

fn round(packet: &Packet, rooms: &[&str], except: &[&str]) -> RemoteBroadcast {
    RemoteBroadcast::decode(&wire::encode("me", "/rooms", rooms, except, packet).unwrap()).unwrap()
}

#[test]
fn a_broadcast_is_written_as_node_reads_it() {
    let message = wire::encode("me", "/", &["r"], &[], &Packet::event("/", "e", &(1, "x"))).unwrap();
    // What notepack.io writes for ["me", {type: 2, data: ["e", 1, "x"], nsp: "/"}, {rooms: ["r"], except: [], flags: {}}].
    let node = [
        &[0x93, 0xa2][..],
        b"me",
        &[0x83, 0xa4],
        b"type",
        &[2, 0xa4],
        b"data",
        &[0x93, 0xa1],
        b"e",
        &[1, 0xa1],
        b"x",
        &[0xa3],
        b"nsp",
        &[0xa1],
        b"/",
        &[0x83, 0xa5],
        b"rooms",
        &[0x91, 0xa1],
        b"r",
        &[0xa6],
        b"except",
        &[0x90, 0xa5],
        b"flags",
        &[0x80],
    ];
    assert_eq!(message, node.concat());
}

#[test]
fn attachments_travel_as_bytes() {
    let args = r#"[{"a":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]"#;
    let attachments = [Bytes::from_static(&[1, 2]), Bytes::from_static(&[3])];
    let back = round(&Packet::event_with("/rooms", "e", args, &attachments), &[], &["x"]);
    assert_eq!(back.attachments, attachments);
    assert_eq!(back.args, args, "a placeholder without its attachment stays what it is");
    assert_eq!(back.except, ["x"]);
}

#[test]
fn what_javascript_knows_and_json_does_not_becomes_what_its_json_says() {
    let values = vec![
        Pack::from("e"),
        Pack::Ext(-1, vec![0xd5, 0x59, 0x7e, 0xc0, 0x65, 0x53, 0xf1, 0x00]),
        Pack::Ext(-1, vec![0x65, 0x53, 0xf1, 0x00]),
        Pack::Ext(0, vec![0]),
        Pack::Map(vec![(Pack::from("u"), Pack::Ext(0, vec![0])), (Pack::from(7), Pack::F64(f64::NAN))]),
    ];
    let packet = wire::map([("type", Pack::from(2)), ("data", Pack::Array(values))]);
    let options = wire::map([("rooms", Pack::Array(vec![Pack::from(42), Pack::from("r")]))]);
    let message = wire::write(&Pack::Array(vec![Pack::from("other"), packet, options])).unwrap();
    let incoming = RemoteBroadcast::decode(&message).unwrap();
    let args: Value = serde_json::from_str(&incoming.args).unwrap();
    assert_eq!(args, json!(["2023-11-14T22:13:20.894Z", "2023-11-14T22:13:20.000Z", null, { "7": null }]));
    assert_eq!((incoming.namespace.as_str(), incoming.rooms), ("/", vec!["42".to_owned(), "r".to_owned()]));
}

#[test]
fn channels_are_those_of_node() {
    assert_eq!(wire::channel("/a", &[]), "socket.io#/a#");
    assert_eq!(wire::channel("/a", &["r"]), "socket.io#/a#r#");
    assert_eq!(wire::channel("/a", &["r", "s"]), "socket.io#/a#");
    assert_eq!(wire::room_of("/a", "socket.io#/a#r#1#"), Some("r#1"));
    assert_eq!(wire::room_of("/a", "socket.io#/a#"), None);
    assert_eq!(wire::pattern("/a[b]*"), r"socket.io#/a\[b\]\*#*");
}

#[test]
fn deep_messages_are_refused() {
    let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
    assert!(RemoteBroadcast::decode(&deep).is_none());
    assert!(wire::read_any(&deep).is_none());
}

proptest! {
    #[test]
    fn a_broadcast_comes_back_as_it_was(numbers in prop::collection::vec(any::<i64>(), 0..4), float in -1e9..1e9, text in "\\PC{0,20}", room in "\\PC{1,10}") {
        let args = json!([numbers, { "text": text, "list": [null, true, float] }]);
        let back = round(&Packet::event("/rooms", &text, &args), &[&room, "second"], &[]);
        prop_assert_eq!(serde_json::from_str::<Value>(&back.args).unwrap(), args);
        prop_assert_eq!((back.uid, back.namespace, back.name), ("me".to_owned(), "/rooms".to_owned(), text));
        prop_assert_eq!(back.rooms, [room, "second".to_owned()]);
    }

    #[test]
    fn hostile_messages_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(incoming) = RemoteBroadcast::decode(&bytes) {
            prop_assert!(serde_json::from_str::<Value>(&incoming.args).is_ok());
        }
        if let Some((value, _)) = wire::read_any(&bytes) {
            prop_assert!(value.to_string().len() < 10_000);
        }
    }
}
