//! Packets out and in.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Packet;
use crate::protocol::incoming::{EventData, Incoming, Kind};
use crate::transport::frames::{Decoded, Frames};

fn text(packet: &Packet) -> &str {
    std::str::from_utf8(packet.text()).unwrap()
}

fn payload(packet: &Packet) -> String {
    let mut body = Vec::new();
    packet.push_payload(&mut body);
    assert_eq!(body.len(), packet.payload_size());
    String::from_utf8(body).unwrap()
}

#[test]
fn events_are_written_as_the_protocol_has_them() {
    assert_eq!(text(&Packet::event("/", "a", &(1, "x"))), r#"42["a",1,"x"]"#);
    assert_eq!(text(&Packet::event("/rooms", "a", &["x"])), r#"42/rooms,["a","x"]"#);
    assert_eq!(text(&Packet::event("/", "a", &json!({"b": 1}))), r#"42["a",{"b":1}]"#);
    assert_eq!(text(&Packet::event("/", "a", &())), r#"42["a"]"#);
    assert_eq!(text(&Packet::event_raw("/", "a", "[]")), r#"42["a"]"#);
    assert_eq!(text(&Packet::event_raw("/", "a", " [ 1]")), r#"42["a",1]"#);
    assert_eq!(text(&Packet::event_raw("/", "say \"hi\"\n", "[]")), r#"42["say \"hi\"\n"]"#);
    assert_eq!(text(&Packet::numbered_event("/n", Some(7), "a", "[1]", &[])), r#"42/n,7["a",1]"#);
    assert_eq!(text(&Packet::ack("/n", 0, "[1]", &[])), "43/n,0[1]");
}

#[test]
fn attachments_follow_their_text() {
    let packet = Packet::event_with("/", "a", r#"[{"_placeholder":true,"num":0}]"#, &[Bytes::from_static(&[1, 2, 3])]);
    assert_eq!(payload(&packet), "451-[\"a\",{\"_placeholder\":true,\"num\":0}]\x1ebAQID");
    assert_eq!(&packet.frames()[packet.frames().len() - 5..], [0x82, 3, 1, 2, 3]);
}

#[test]
fn frames_have_the_head_their_length_needs() {
    let head = |length: usize| Packet::engine(&"x".repeat(length)).frames()[..10].to_vec();
    assert_eq!(head(125)[..2], [0x81, 125]);
    assert_eq!(head(126)[..4], [0x81, 126, 0, 126]);
    assert_eq!(head(65_535)[..4], [0x81, 126, 255, 255]);
    assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn what_is_not_a_packet_is_refused() {
    for bad in ["", "abc", "7[]", "5[\"a\"]", "5x-[\"a\"]", "5-[\"a\"]", "5+1-[\"a\"]", "299999999999999999999[\"a\"]"] {
        assert!(Incoming::parse(bad).is_err(), "{bad}");
    }
    for bad in ["", "{}", "[]", "[{}]", "[null]", "[[1]]", "[\"a\",", "[\"a\"]]", "[\"connect\"]", "[\"disconnect\",1]", "[\"a\",nope]"] {
        assert!(EventData::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn deep_arguments_are_kept_as_they_are() {
    let deep = format!("[\"a\",{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let named = EventData::parse(&deep).unwrap();
    assert_eq!(named.args[0].get().len(), 200_000);
    let broken = format!("[\"a\",{}", "[".repeat(100_000));
    assert!(EventData::parse(&broken).is_err());
}

#[test]
fn names_may_be_numbers() {
    assert_eq!(EventData::parse("[12,true]").unwrap().name, "12");
}

/// A masked frame of a client, in one piece.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [7, 33, 1, 250];
    let mut frame = vec![opcode];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn messages(frames: &mut Frames, mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    loop {
        match frames.next(&mut input, &mut Vec::new()) {
            Decoded::Message(message) => found.push(message.into_data().to_vec()),
            Decoded::More => return found,
            Decoded::Closed | Decoded::Broken(_) => panic!("broken"),
        }
    }
}

#[test]
fn a_reader_that_has_grown_still_reads_on() {
    let mut frames = Frames::new(1 << 16);
    let large = vec![b'x'; 20_000];
    for _ in 0..3 {
        assert_eq!(messages(&mut frames, &masked(0x81, &large)), std::slice::from_ref(&large));
        assert_eq!(messages(&mut frames, &masked(0x81, b"small")), [b"small".to_vec()]);
    }
}

#[test]
fn a_message_beyond_the_limit_is_refused_by_its_head() {
    let mut frames = Frames::new(1000);
    let frame = masked(0x82, &[0; 1001]);
    let next = frames.next(&mut &frame[..8], &mut Vec::new());
    assert!(matches!(next, Decoded::Broken(_)));
}

fn argument() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map("\\PC{0,6}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn an_event_comes_back_as_it_was(
        name in "[^\\x00-\\x1f]{1,12}",
        namespace in "/[a-z0-9/]{0,8}",
        args in prop::collection::vec(argument(), 0..5),
        id in prop::option::of(any::<u64>()),
    ) {
        prop_assume!(!["connect", "connect_error", "disconnect", "disconnecting"].contains(&name.as_str()));
        let packet = Packet::numbered_event(&namespace, id, &name, &serde_json::to_string(&args).unwrap(), &[]);
        let parsed = Incoming::parse(&text(&packet)[1..]).unwrap();
        prop_assert_eq!(parsed.kind, Kind::Event);
        prop_assert_eq!((parsed.namespace, parsed.id), (namespace.as_str(), id));
        let named = EventData::parse(parsed.data).unwrap();
        prop_assert_eq!(named.name, name);
        let back: Vec<Value> = named.args.iter().map(|arg| serde_json::from_str(arg.get()).unwrap()).collect();
        prop_assert_eq!(back, args);
    }

    #[test]
    fn hostile_text_is_refused_or_read(text in "[0-9]?[0-9/,\\-\\[\\]{}\"a-z\\x1e\u{e9}]{0,40}") {
        if let Ok(packet) = Incoming::parse(&text) {
            prop_assert!(text.ends_with(packet.data));
            let _ = EventData::parse(packet.data);
        }
    }

    #[test]
    fn hostile_frames_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut frames = Frames::new(256);
        let (mut input, mut answers) = (&bytes[..], Vec::new());
        for _ in 0..1000 {
            match frames.next(&mut input, &mut answers) {
                Decoded::Message(message) => prop_assert!(message.len() <= 256),
                Decoded::More => break,
                Decoded::Closed | Decoded::Broken(_) => {}
            }
        }
        prop_assert!(answers.len() < 4096);
    }

    #[test]
    fn messages_do_not_depend_on_where_reads_end(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..6),
        cuts in prop::collection::vec(1_usize..1500, 1..20),
    ) {
        let stream: Vec<u8> = payloads.iter().flat_map(|payload| masked(0x82, payload)).collect();
        let mut frames = Frames::new(4096);
        let (mut found, mut rest) = (Vec::new(), &stream[..]);
        for cut in cuts.iter().cycle() {
            let (head, tail) = rest.split_at((*cut).min(rest.len()));
            found.extend(messages(&mut frames, head));
            rest = tail;
            if rest.is_empty() { break }
        }
        prop_assert_eq!(found, payloads);
    }
}
