//! Rooms from the command line: following one, and a store's way out to files and back.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Program, run_err, run_ok, tutti};

fn guest(server: &Program) -> String {
    let (status, made) = server.post("/v1/guests", br#"{"name": "Ann"}"#);
    assert_eq!(status, 201, "{made}");
    made["token"].as_str().unwrap().to_owned()
}

fn call(server: &Program, token: &str, path: &str, body: &Value) -> Value {
    let request = ureq::post(format!("{}{path}", server.base)).header("authorization", format!("Bearer {token}"));
    request.send_json(body).unwrap().body_mut().read_json().unwrap()
}

#[test]
fn a_room_is_followed_in_words_and_its_store_goes_out_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Program::start(&data);
    let token = guest(&server);
    let room = call(&server, &token, "/v1/rooms", &json!({"name": "Party", "settings": {"autopilot": false}}));
    let (id, code) = (room["id"].as_str().unwrap(), room["code"].as_str().unwrap());
    let said = folder.path().join("said");
    let mut watch = tutti()
        .args(["rooms", "watch", code, "--server", &server.base])
        .stdout(std::fs::File::create(&said).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let waits_for = |text: &str| {
        let seen = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            std::fs::read_to_string(&said).unwrap().contains(text)
        });
        assert!(seen, "{text}: {}", std::fs::read_to_string(&said).unwrap());
    };
    waits_for("Party · 2 members");
    let song = json!({"id": "x1", "title": "Blue Moon", "artist": "The Marcels", "durationMs": 136_000});
    call(&server, &token, &format!("/v1/rooms/{id}/commands/song:add"), &json!({"song": song}));
    call(&server, &token, &format!("/v1/rooms/{id}/commands/play:start"), &json!({}));
    waits_for("Ann adds Blue Moon · The Marcels");
    waits_for("▶ Blue Moon · The Marcels");
    call(&server, &token, &format!("/v1/rooms/{id}/commands/room:close"), &json!({}));
    assert!(watch.wait().unwrap().success(), "a closed room ends the following");
    assert_eq!(server.terminate(), Some(0));

    let (files, other) = (folder.path().join("files"), folder.path().join("other"));
    let (data, files, other) = (data.to_str().unwrap(), files.to_str().unwrap(), other.to_str().unwrap());
    assert!(run_ok(&["store", "export", files, "--data", data]).starts_with("exported "));
    let logs = std::fs::read_to_string(format!("{files}/logs.ndjson")).unwrap();
    assert!(logs.contains("Blue Moon") && logs.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert!(run_ok(&["store", "import", files, "--data", other]).starts_with("imported "));
    assert!(run_err(1, &["store", "import", files, "--data", data]).contains("not empty"));
    let again = folder.path().join("again");
    run_ok(&["store", "export", again.to_str().unwrap(), "--data", other]);
    for file in std::fs::read_dir(files).unwrap() {
        let file = file.unwrap().file_name();
        let read = |folder: &str| std::fs::read_to_string(std::path::Path::new(folder).join(&file)).unwrap();
        assert_eq!(read(files), read(again.to_str().unwrap()), "{file:?}");
    }
}
