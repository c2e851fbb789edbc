//! Random commands: of every kind, mostly ones that make sense in what a device knows of its room.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// A picture of one grey point, as PNG in base64.
pub(super) const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
/// The same as bytes.
pub(super) const PICTURE_BYTES: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 58, 126, 155, 85, 0, 0, 0, 10, 73,
    68, 65, 84, 120, 156, 99, 104, 0, 0, 0, 130, 0, 129, 119, 205, 114, 182, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// What a device knows of its room, good enough to send commands.
#[derive(Debug, Default)]
pub(super) struct KnownState {
    pub(super) rev: u64,
    items: Vec<String>,
    playing: Option<String>,
    members: Vec<String>,
    messages: Vec<u64>,
    pictures: Vec<String>,
    pub(super) privileged: bool,
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|one| one[field].as_str()).map(str::to_owned).collect()
}

impl KnownState {
    /// Begins anew from a state.
    pub(super) fn read(&mut self, state: &Value, me: &str) {
        self.rev = state["rev"].as_u64().unwrap_or(0);
        self.items = texts(&state["queue"], "item");
        self.playing = state["now"]["item"].as_str().map(str::to_owned);
        self.members = texts(&state["members"], "id");
        self.pictures = texts(&state["pictures"], "picture");
        self.messages = state["chat"].as_array().into_iter().flatten().filter_map(|message| message["seq"].as_u64()).collect();
        let own = state["members"].as_array().into_iter().flatten().find(|member| member["id"] == me);
        self.privileged = own.is_some_and(|own| own["role"] == "host" || own["role"] == "cohost");
    }

    /// Goes on with an event.
    pub(super) fn note(&mut self, event: &Value, me: &str) {
        self.rev = event["seq"].as_u64().unwrap_or(0);
        let data = &event["data"];
        let text = |field: &str| data[field].as_str().unwrap_or_default().to_owned();
        match event["type"].as_str().unwrap_or_default() {
            "song.added" => self.items.push(text("item")),
            "song.removed" => self.items.retain(|item| data["item"] != **item),
            "play.started" => {
                self.items.retain(|item| data["item"] != **item);
                self.playing = Some(text("item"));
            }
            "play.ended" => self.playing = None,
            "member.joined" => self.members.push(text("member")),
            "member.left" | "member.banned" => self.members.retain(|member| data["member"] != **member),
            "member.role" if data["member"] == me => self.privileged = data["role"] == "host" || data["role"] == "cohost",
            "chat.message" => self.messages.push(self.rev),
            "picture.shared" => self.pictures.push(text("picture")),
            "picture.deleted" => self.pictures.retain(|picture| data["picture"] != **picture),
            _ => {}
        }
    }

    fn item(&self, rng: &mut ChaCha8Rng) -> String {
        self.items.choose(rng).filter(|_| rng.random_bool(0.95)).cloned().unwrap_or_else(|| "i1".to_owned())
    }

    fn playing(&self, rng: &mut ChaCha8Rng) -> String {
        self.playing.clone().filter(|_| rng.random_bool(0.95)).unwrap_or_else(|| self.item(rng))
    }

    fn message(&self, rng: &mut ChaCha8Rng) -> u64 {
        self.messages.choose(rng).copied().unwrap_or(1)
    }
}

/// One of some.
pub(super) fn one<T: Copy>(rng: &mut ChaCha8Rng, some: &[T]) -> T {
    some[rng.random_range(0..some.len())]
}

/// A song that no catalogue knows.
pub(super) fn song(rng: &mut ChaCha8Rng) -> Value {
    let number = rng.random_range(0..400);
    let duration = one(rng, &[1_000, 20_000, 40_000, 200_000, 200_000]);
    let title = one(rng, &["Nuit", "Ñandú", "Dawn", "雨"]);
    json!({"id": format!("x{number}"), "title": format!("{title} {number}"), "artist": format!("Artist {}", number % 37),
        "durationMs": duration, "explicit": number % 23 == 0})
}

/// A random command: its name and payload.
pub(super) fn random(
    rng: &mut ChaCha8Rng,
    known_states: &KnownState,
    leavers: &BTreeSet<String>,
    may_leave: bool,
) -> (&'static str, Value) {
    if rng.random_bool(if known_states.privileged { 0.5 } else { 0.1 }) {
        return privileged(rng, known_states, leavers);
    }
    match rng.random_range(0..100) {
        0..25 => ("song:add", json!({"song": song(rng), "note": one(rng, &["for you", ""])})),
        25..55 => ("song:vote", json!({"item": known_states.item(rng), "vote": one(rng, &["up", "up", "down", "none"])})),
        55..60 => ("song:remove", json!({"item": known_states.item(rng)})),
        60..64 => ("song:veto", json!({"item": known_states.item(rng)})),
        64..72 => ("skip:vote", json!({"item": known_states.playing(rng)})),
        72..78 => ("song:move", json!({"item": known_states.item(rng), "to": one(rng, &[0, 1, 2, 5, 1000])})),
        78..88 => match rng.random_range(0..4) {
            0 => ("chat:send", json!({"text": "an answer", "replyTo": known_states.message(rng)})),
            _ => ("chat:send", json!({"text": format!("word {}\n e\u{301}", rng.random_range(0..1000))})),
        },
        88..92 => ("chat:delete", json!({"seq": known_states.message(rng)})),
        92..94 => ("picture:share", json!({"mime": "image/png", "data": PICTURE, "caption": "a point"})),
        94..95 => match known_states.pictures.choose(rng) {
            Some(picture) => ("picture:delete", json!({"picture": picture})),
            None => ("song:vote", json!({"item": known_states.item(rng), "vote": "up"})),
        },
        95..98 => ("presence:checkin", json!({"method": "geo", "lat": 52.5, "lon": 13.4, "accuracyM": 10})),
        _ if may_leave && rng.random_bool(0.3) => ("room:leave", json!({})),
        _ => ("song:add", json!({"song": song(rng)})),
    }
}

fn privileged(rng: &mut ChaCha8Rng, known_states: &KnownState, leavers: &BTreeSet<String>) -> (&'static str, Value) {
    let nobody = || "nobody".to_owned();
    let steady: Vec<&String> = known_states.members.iter().filter(|member| !leavers.contains(*member)).collect();
    let wanderer = |rng: &mut ChaCha8Rng| leavers.iter().collect::<Vec<_>>().choose(rng).map_or_else(nobody, |id| (*id).clone());
    match rng.random_range(0..100) {
        0..20 => ("play:start", json!({})),
        20..26 => ("play:start", json!({"item": known_states.item(rng)})),
        26..34 => ("play:skip", json!({"item": known_states.playing(rng)})),
        34..42 => ("play:ended", json!({"item": known_states.playing(rng)})),
        42..48 => (one(rng, &["play:pause", "play:resume"]), json!({})),
        48..52 => ("play:seek", json!({"positionMs": rng.random_range(0..50_000)})),
        52..64 => ("room:settings", json!({"settings": settings(rng)})),
        64..74 => {
            let role = one(rng, &["cohost", "guest", "screen", "guest", "cohost", "host"]);
            let whom = if role == "host" { steady.choose(rng).copied() } else { known_states.members.choose(rng) };
            ("member:role", json!({"member": whom.cloned().unwrap_or_else(nobody), "role": role}))
        }
        74..76 => ("member:kick", json!({"member": wanderer(rng), "reason": "late"})),
        76..78 => ("member:ban", json!({"member": wanderer(rng)})),
        78..82 => ("member:unban", json!({"member": wanderer(rng)})),
        82..90 => ("song:detected", json!({"songId": format!("x{}", rng.random_range(0..400)), "confidence": 0.9, "source": "phone"})),
        90..94 => ("autopilot:next", json!({})),
        _ => ("song:move", json!({"item": known_states.item(rng), "to": rng.random_range(0..8)})),
    }
}

fn settings(rng: &mut ChaCha8Rng) -> Value {
    match rng.random_range(0..12) {
        0..3 => json!({"order": one(rng, &["fair", "votes", "fifo"])}),
        3 => json!({"guestsMove": rng.random_bool(0.7)}),
        4 => json!({"allowDuplicates": rng.random_bool(0.5), "explicit": rng.random_bool(0.5)}),
        5 => json!({"maxPerMember": rng.random_range(2..12)}),
        6 => json!({"maxQueue": rng.random_range(20..80)}),
        7 => json!({"chat": rng.random_bool(0.8), "pictures": rng.random_bool(0.8)}),
        8 => json!({"vetoCount": rng.random_range(1..4), "vetoesPerMember": rng.random_range(1..9)}),
        9 => json!({"skipShare": one(rng, &[0.0, 0.3, 0.5, 1.0])}),
        10 => json!({"requireCheckin": rng.random_bool(0.2), "guestsAdd": rng.random_bool(0.9)}),
        _ => json!({"followDetected": rng.random_bool(0.5), "autopilot": rng.random_bool(0.5)}),
    }
}

/// A message that is wrong in itself, and the code it must get.
pub(super) fn malformed(rng: &mut ChaCha8Rng, room: &str, op: &str) -> (&'static str, Value, &'static str) {
    let with = |rest: Value| {
        let mut payload = json!({"op": op, "room": room});
        payload.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        payload
    };
    match rng.random_range(0..9) {
        0 => ("song:dance", with(json!({})), "UNKNOWN_EVENT"),
        1 => ("song:add", json!(["not", "an", "object"]), "BAD_REQUEST"),
        2 => ("song:add", with(json!({})), "BAD_REQUEST"),
        3 => ("song:vote", with(json!({"item": "i2", "vote": "maybe"})), "BAD_REQUEST"),
        4 => ("chat:send", with(json!({"text": "x".repeat(1001)})), "BAD_REQUEST"),
        5 => ("chat:send", with(json!({"text": "bell \u{7}"})), "BAD_REQUEST"),
        6 => ("song:move", with(json!({"item": "i2", "to": -1})), "BAD_REQUEST"),
        7 => ("chat:send", json!({"op": "two words", "room": room, "text": "hello"}), "BAD_REQUEST"),
        _ => ("chat:send", json!({"op": op, "room": "elsewhere", "text": "hello"}), "NOT_IN_ROOM"),
    }
}
