//! What owners of venues are told and set, and what a room says of its taste, against a running server.

use serde_json::{Value, json};

use crate::support::{Api, Program, Server};
use crate::taste::{interactions, songs, trained, trained_on};

pub(crate) fn guest(server: &Api, name: &str) -> (String, String) {
    let (status, made) = server.post("/v1/guests", json!({"name": name}).to_string().as_bytes());
    assert_eq!(status, 201, "{made}");
    (made["userId"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
}

pub(crate) fn call(server: &Api, token: &str, path: &str, body: &Value) -> Value {
    let request = ureq::post(format!("{}{path}", server.base)).header("authorization", format!("Bearer {token}"));
    request.header("api-key", crate::support::ADMIN_KEY).send_json(body).unwrap().body_mut().read_json().unwrap()
}

fn ask(server: &Api, token: &str, path: &str) -> Value {
    let request = ureq::get(format!("{}{path}", server.base)).header("authorization", format!("Bearer {token}"));
    request.call().unwrap().body_mut().read_json().unwrap()
}

#[test]
fn an_owner_sees_the_house_and_its_history_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    for path in ["house", "history", "style"] {
        assert_eq!(server.get(&format!("/v1/venues/v1/{path}")).0, 401, "{path}");
        assert_eq!(server.get_as_admin(&format!("/v1/venues/v99/{path}")).0, if path == "style" { 200 } else { 404 }, "{path}");
    }
    let (_, house) = server.get_as_admin("/v1/venues/v1/house");
    assert_eq!((house["present"].as_u64(), house["name"].as_str()), (Some(20), Some("Bar 1")), "{house}");
    assert!(house["fit"].as_f64().unwrap() > 0.9, "{house}");
    assert_eq!(house["taste"]["evening"][0]["genre"], "jazz", "{house}");
    assert_eq!(house["room"], Value::Null);
    let (_, history) = server.get_as_admin("/v1/venues/v1/history?days=7");
    let days = history["days"].as_array().unwrap();
    assert_eq!((days.len(), days[6]["visits"].as_u64(), days[6]["people"].as_u64()), (7, Some(20), Some(20)), "{history}");
    let hours = history["hours"].as_array().unwrap();
    assert_eq!((hours.len(), hours.iter().map(|hour| hour.as_u64().unwrap()).sum::<u64>()), (168, 20), "{history}");

    let (_, token) = guest(&server, "Owner");
    let room = call(&server, &token, "/v1/venues/v1/room", &json!({}));
    let id = room["id"].as_str().unwrap();
    call(&server, &token, &format!("/v1/rooms/{id}/commands/song:add"), &json!({"songId": "s1"}));
    call(&server, &token, &format!("/v1/rooms/{id}/commands/play:start"), &json!({}));
    assert_eq!(server.get_as_admin("/v1/venues/v1/house").1["room"]["code"], room["code"]);
    assert_eq!(server.get_as_admin("/v1/venues/v1/history").1["songs"][0]["id"], "s1");
}

#[test]
fn a_style_is_tried_set_and_kept_and_music_and_the_autopilot_follow_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::start(folder.path());
    trained(&server);
    let style = json!({"explicit": false, "without": ["jazz"], "years": [1990, 2010], "blocked": ["s3"]});
    let allowed = |id: &str| {
        let number: usize = id[1..].parse().unwrap();
        number % 3 != 1 && !number.is_multiple_of(5) && number % 30 <= 20 && number != 3
    };
    let left = (0..66).filter(|number| allowed(&format!("s{number}"))).count();
    let body = style.to_string();
    let (status, effect) = server.post("/v1/venues/v0/style/effect", body.as_bytes());
    assert_eq!((status, &effect), (200, &json!({"songs": {"left": left, "of": 66}})));
    assert_eq!(server.get_as_admin("/v1/venues/v0/style").1["songs"], json!({"left": 66, "of": 66}), "trying changes nothing");
    let (status, kept) = server.put("/v1/venues/v0/style", body.as_bytes());
    assert_eq!((status, &kept["songs"]["left"]), (200, &json!(left)), "{kept}");
    for wrong in [json!({"years": [2000, 1990]}), json!({"loud": true}), json!({"quiet": {"from": "25:00", "to": "07:00", "energy": 0.1}})]
    {
        assert_eq!(server.put("/v1/venues/v0/style", wrong.to_string().as_bytes()).0, 400, "{wrong}");
    }
    assert_eq!(server.put("/v1/venues/v0/style", b"").0, 400, "an empty body is no style: nothing is reset");
    assert_eq!(server.put("/v1/venues/none/style", b"{}").0, 404);
    server.kill();
    let server = Program::start(folder.path());
    assert_eq!(server.get_as_admin("/v1/venues/v0/style").1["style"]["blocked"], json!(["s3"]));

    let (_, music) = server.get_as_admin("/v1/venues/v0/music?k=30");
    let songs = music["songs"].as_array().unwrap();
    assert!(songs.len() >= 10 && songs.iter().all(|song| allowed(song["id"].as_str().unwrap())), "{music}");

    let (_, token) = guest(&server, "Owner");
    let room = call(&server, &token, "/v1/venues/v0/room", &json!({}));
    let id = room["id"].as_str().unwrap();
    for _ in 0..8 {
        let picked = call(&server, &token, &format!("/v1/rooms/{id}/commands/autopilot:next"), &json!({}));
        assert!(allowed(picked["song"]["id"].as_str().unwrap()), "{picked}");
    }
}

#[test]
fn a_room_says_whom_its_songs_suit_once_somebody_told_a_taste() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    let (rocker, rock) = guest(&server, "Rock");
    let (_, jazz) = guest(&server, "Jazz");
    assert_eq!(server.post("/v1/me/taste", b"{}").0, 401);
    let told = call(&server, &rock, "/v1/me/taste", &json!({"likes": ["s0", "s3", "s6"], "dislikes": ["s1"]}));
    assert_eq!(told, json!({"likes": 3, "dislikes": 1}));
    let unknown = ureq::post(format!("{}/v1/me/taste", server.base)).header("authorization", format!("Bearer {rock}"));
    assert!(matches!(unknown.send_json(json!({"likes": ["nothing"]})), Err(ureq::Error::StatusCode(404))));
    let room = call(&server, &rock, "/v1/rooms", &json!({"name": "Party", "settings": {"autopilot": false}}));
    let id = room["id"].as_str().unwrap();
    call(&server, &jazz, &format!("/v1/rooms/{id}/join"), &json!({"name": "Jazz"}));
    for song in ["s9", "s10"] {
        call(&server, &rock, &format!("/v1/rooms/{id}/commands/song:add"), &json!({"songId": song}));
    }
    // Only those who are there are asked for; the host is, on a stream.
    let url = format!("{}/v1/rooms/{id}/stream?token={rock}", server.base.replacen("http", "ws", 1));
    let _stream = tokio_tungstenite::tungstenite::connect(url).unwrap();
    let path = format!("/v1/rooms/{id}/taste");
    let taste = (0..50)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            ask(&server, &rock, &path)
        })
        .find(|taste| !taste["members"].as_array().unwrap().is_empty())
        .unwrap();
    assert_eq!(taste["members"][0]["known"], true, "{taste}");
    let score = |song: &str| {
        let found = taste["songs"].as_array().unwrap().iter().find(|one| one["song"] == song).unwrap();
        found["scores"][&rocker].as_f64().unwrap()
    };
    assert!(score("s9") > 0.8 && score("s9") > score("s10") + 0.2, "{taste}");
    let stranger = ureq::get(format!("{}{path}", server.base)).header("authorization", format!("Bearer {}", guest(&server, "Nobody").1));
    assert!(matches!(stranger.call(), Err(ureq::Error::StatusCode(403))));
    let settings = |curve: Value| {
        let request = ureq::patch(format!("{}/v1/rooms/{id}", server.base)).header("authorization", format!("Bearer {rock}"));
        request.send_json(json!({"settings": {"energyCurve": curve}})).map(|answer| answer.status().as_u16())
    };
    assert_eq!(settings(json!([[1000, 0.2], [2000, 0.9]])).unwrap(), 200);
    for wrong in [json!([[2000, 0.2], [1000, 0.9]]), json!([[1000, 1.2]]), json!("up"), json!([[1.5, 0.2]])] {
        assert!(matches!(settings(wrong.clone()), Err(ureq::Error::StatusCode(400))), "{wrong}");
    }
}

#[test]
fn the_autopilot_follows_the_energy_of_the_evening() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut songs = songs();
    for (at, song) in songs["value"].as_array_mut().unwrap().iter_mut().enumerate() {
        song["features"]["energy"] = json!(at as f64 / 66.0);
    }
    trained_on(&server, &songs, &interactions());
    let (_, token) = guest(&server, "Host");
    for wished in [0.1, 0.9] {
        let settings = json!({"autopilot": false, "energyCurve": [[1, wished]]});
        let room = call(&server, &token, "/v1/rooms", &json!({"name": "Party", "settings": settings}));
        for _ in 0..8 {
            let path = format!("/v1/rooms/{}/commands/autopilot:next", room["id"].as_str().unwrap());
            let picked = call(&server, &token, &path, &json!({}));
            let energy = picked["song"]["id"].as_str().unwrap()[1..].parse::<f64>().unwrap() / 66.0;
            assert!((energy - wished).abs() < 0.35, "{wished}: {picked}");
        }
    }
}
