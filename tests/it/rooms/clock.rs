//! What time does in a room, by a clock that the test turns on: nothing here waits for time to pass.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message};
use tutti_server::clock::Clock;

use crate::owners::{call, guest};
use crate::support::Server;

/// An evening in 2026.
const EVENING: u64 = 1_795_800_000_000;

#[test]
fn a_song_that_no_player_ends_is_over_after_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::stopped_at(EVENING);
    let server = Server::start_by(folder.path(), &clock);
    let (_, host) = guest(&server, "Ana");
    let room = call(&server, &host, "/v1/rooms", &json!({"name": "Party", "settings": {"autopilot": false}}));
    let id = room["id"].as_str().unwrap();
    let song = json!({"id": "a", "title": "A", "artist": "B", "durationMs": 180_000});
    call(&server, &host, &format!("/v1/rooms/{id}/commands/song:add"), &json!({"song": song}));
    call(&server, &host, &format!("/v1/rooms/{id}/commands/play:start"), &json!({}));
    let url = format!("{}/v1/rooms/{id}/stream?token={host}", server.base.replacen("http", "ws", 1));
    let (mut stream, _) = tungstenite::connect(url).unwrap();
    let mut next = |wanted: &str| -> Value {
        loop {
            let Message::Text(text) = stream.read().unwrap() else { continue };
            if text.contains(wanted) {
                return serde_json::from_str(&text).unwrap();
            }
        }
    };
    next("\"state\"");
    clock.advance(Duration::from_secs(179));
    call(&server, &host, &format!("/v1/rooms/{id}/commands/chat:send"), &json!({"text": "still playing"}));
    let said = next("room:event");
    assert!(said.to_string().contains("chat.message"), "{said}");
    clock.advance(Duration::from_secs(60));
    let ended = next("play.ended").to_string();
    assert!(ended.contains("timeout") && ended.contains(&(EVENING + 239_000).to_string()), "{ended}");
}
