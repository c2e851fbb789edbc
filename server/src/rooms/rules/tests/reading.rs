use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rooms::rules::op::{Action, NAMES, Op};
use crate::rooms::rules::payload::{clean, is_emoji};
use crate::rooms::rules::refusal::Code;
use crate::rooms::rules::settings::RoomSettings;

fn read(name: &str, payload: &Value) -> Result<Op, super::Refusal> {
    Op::read(name, payload, &[], payload.to_string().len())
}

#[test]
fn mistakes_name_the_field() {
    let all = [
        ("song:add", json!(null), "payload"),
        ("song:add", json!([1]), "payload"),
        ("song:add", json!({"song": {}}), "`op`"),
        ("chat:send", json!({"op": 7, "text": "x"}), "`op`"),
        ("chat:send", json!({"op": "a", "text": ""}), "`text`"),
        ("chat:send", json!({"op": "a", "text": "a\u{0}b"}), "`text`"),
        ("chat:send", json!({"op": "a", "text": "x".repeat(1001)}), "`text`"),
        ("chat:send", json!({"op": "a", "text": "x", "ifRev": 1.5}), "`ifRev`"),
        ("song:vote", json!({"op": "a", "item": "x", "vote": "maybe"}), "`vote`"),
        ("song:move", json!({"op": "a", "item": "x", "to": -1}), "`to`"),
        ("song:add", json!({"op": "a", "song": {"id": "x", "title": "t", "artist": "a", "durationMs": 1e15}}), "`song.durationMs`"),
        ("song:add", json!({"op": "a", "song": {"id": "x"}}), "`song.title`"),
        ("song:add", json!({"op": "a"}), "`song`"),
        ("presence:checkin", json!({"op": "a", "method": "geo", "lat": 91, "lon": 0, "accuracyM": 1}), "`lat`"),
        ("song:detected", json!({"op": "a", "songId": "x", "confidence": 2, "source": "x"}), "`confidence`"),
    ];
    for (name, payload, field) in all {
        let refusal = read(name, &payload).expect_err(name);
        assert_eq!(refusal.code, Code::BadRequest, "{name} {payload}");
        assert!(refusal.message.contains(field), "{name} {payload}: {refusal}");
    }
    assert_eq!(read("song:explode", &json!({"op": "a"})).unwrap_err().code, Code::UnknownEvent);
    let big = json!({"op": "a", "text": "x", "filler": "y".repeat(20_000)});
    assert_eq!(read("chat:send", &big).unwrap_err().code, Code::TooLarge);
}

#[test]
fn an_app_s_own_events_have_names_and_bounds() {
    let nested = |levels: usize| serde_json::from_str::<Value>(&format!("{}{}", "[".repeat(levels), "]".repeat(levels))).unwrap();
    let app = |name: &str, data: Value| read(name, &json!({"op": "a", "data": data}));
    for name in ["app:a", "app:dice_2-x", &format!("app:{}", "n".repeat(32))] {
        assert!(matches!(app(name, nested(32)).unwrap().action, Action::App(_)), "{name}");
    }
    for name in ["app:", "app:A", "app:a.b", "app:a b", "app", &format!("app:{}", "n".repeat(33))] {
        assert_eq!(app(name, json!(1)).unwrap_err().code, Code::UnknownEvent, "{name}");
    }
    assert_eq!(app("app:a", nested(33)).unwrap_err().code, Code::BadRequest);
    assert!(app("app:a", json!("x".repeat(4094))).is_ok());
    assert_eq!(app("app:a", json!("x".repeat(4095))).unwrap_err().code, Code::TooLarge);
}

#[test]
fn a_digest_tells_payloads_apart_and_not_where_they_go() {
    let digest = |payload: Value| read("chat:send", &payload).unwrap().digest;
    let one = digest(json!({"op": "a", "room": "r", "text": "x"}));
    assert_eq!(one, digest(json!({"text": "x", "op": "b", "room": "other", "ifRev": 3})));
    assert_ne!(one, digest(json!({"op": "a", "room": "r", "text": "y"})));
}

#[test]
fn text_is_normalised_and_trimmed() {
    assert_eq!(clean("  e\u{301}te\u{301} ", 1, 40), Ok("été".to_owned()));
    assert!(clean(" \n ", 1, 40).is_err());
    assert!(clean("a\u{7f}", 1, 40).is_err());
    assert_eq!(clean("two\nlines", 1, 40), Ok("two\nlines".to_owned()));
    for (text, is) in [("🔥", true), ("👩‍👩‍👧", true), ("é", true), ("ab", false), ("", false), (" ", false)] {
        assert_eq!(is_emoji(text), is, "{text}");
    }
}

#[test]
fn settings_are_checked_one_by_one() {
    let change = |partial: Value| RoomSettings::default().changed(partial.as_object().unwrap());
    assert!(change(json!({"order": "votes", "skipShare": 1, "maxQueue": 3})).is_ok());
    for bad in [
        json!({"order": "random"}),
        json!({"skipShare": 1.1}),
        json!({"maxQueue": 0}),
        json!({"maxQueue": "3"}),
        json!({"chat": 1}),
        json!({"colour": "red"}),
    ] {
        let name = bad.as_object().unwrap().keys().next().unwrap().clone();
        let refusal = change(bad).unwrap_err();
        assert!(refusal.message.contains(&format!("settings.{name}")), "{refusal}");
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(
                "(op|song|songId|item|to|vote|text|id|title|positionMs|member|role|settings|data|method|seq)",
                inner,
                0..5
            )
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_payload_panics_and_what_is_read_has_an_op(name in prop::sample::select(NAMES), payload in anything()) {
        if let Ok(op) = read(name, &payload) {
            prop_assert!(payload["op"].is_string());
            if let Action::Chat { text, .. } = op.action {
                prop_assert!((1..=1000).contains(&text.chars().count()));
            }
        }
    }
}
