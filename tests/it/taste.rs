//! Recommendations over HTTP against a running server: interactions in, a training, songs for people and groups, venues, and what is
//! refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Api, Program, Server};

/// 2026-11-27 18:00 UTC, in seconds since 1970.
const FRIDAY_EVENING: u64 = 1_795_802_400;

/// Three circles of people: user n likes songs of circle n % 3, song n belongs to circle n % 3.
pub(crate) fn interactions() -> Vec<Value> {
    let mut out = Vec::new();
    for user in 0..60 {
        for song in 0..60 {
            if user % 3 == song % 3 && (user * 7 + song) % 5 != 1 {
                out.push(json!({"user": format!("u{user}"), "item": format!("s{song}"), "kind": "like"}));
            }
        }
        // A place of all circles, then the one of the own circle.
        for venue in [3 + user % 7, user % 3] {
            out.push(json!({"user": format!("u{user}"), "item": format!("v{venue}"), "kind": "check_in"}));
        }
    }
    out
}

pub(crate) fn songs() -> Value {
    let genres = ["rock", "jazz", "house"];
    let song = |at: usize| {
        json!({
            "id": format!("s{at}"), "title": format!("Night {at}"), "artist": format!("Artist {}", at % 20), "genres": [genres[at % 3]],
            "explicit": at.is_multiple_of(5), "year": 1990 + at % 30, "features": {"tempo": 100.0 + at as f64, "energy": 0.5, "key": at % 12, "mode": 1},
        })
    };
    // The last ones nobody has heard.
    json!({"value": (0..66).map(song).collect::<Vec<_>>()})
}

fn venues() -> Value {
    let venue = |at: usize| {
        json!({
            "id": format!("v{at}"), "name": format!("Bar {at}"), "kind": "bar", "opening_hours": "Mo-Su 18:00-02:00",
            "location": {"type": "Point", "coordinates": [-0.14 + at as f64 * 0.002, 51.51]},
        })
    };
    json!({"value": (0..10).map(venue).collect::<Vec<_>>()})
}

pub(crate) fn trained(server: &Api) {
    trained_on(server, &songs(), &interactions());
}

pub(crate) fn trained_on(server: &Api, songs: &Value, interactions: &[Value]) {
    let post = |path: &str, body: &Value| server.post(path, body.to_string().as_bytes());
    assert_eq!(post("/v1/songs/documents?refresh=true", songs).0, 200);
    assert_eq!(post("/v1/venues/documents?refresh=true", &venues()).0, 200);
    let (status, body) = post("/v1/interactions", &json!(interactions));
    assert_eq!((status, body["appended"].as_u64()), (200, Some(interactions.len() as u64)), "{body}");
    for user in 0..60 {
        assert_eq!(server.put(&format!("/v1/taste/consents/u{user}"), br#"{"nearby": true}"#).0, 200);
    }
    assert_eq!(post("/v1/taste/train", &json!({})).0, 202);
    let started = Instant::now();
    loop {
        let (_, state) = server.get("/v1/taste");
        if state["training"]["running"] == false {
            assert_eq!(state["training"]["error"], Value::Null, "{state}");
            assert_eq!(state["songs"]["items"], 66);
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{state}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn ids(answer: &Value) -> Vec<usize> {
    let songs = answer["songs"].as_array().unwrap_or_else(|| panic!("{answer}"));
    songs.iter().map(|song| song["id"].as_str().unwrap()[1..].parse().unwrap()).collect()
}

/// Venues for users, and what their owners learn of the users around.
fn recommends_venues_and_counts_people_near_them(server: &Api) {
    let near = "/v1/venues/recommendations?near=51.51,-0.14&for=u1&at=2026-11-27T21:30&k=3";
    let (status, bars) = server.get(near);
    assert_eq!((status, bars["venues"][0]["id"].as_str()), (200, Some("v1")), "{bars}");
    assert_eq!(bars["venues"][0]["open"], "open");
    assert_eq!(bars["venues"][0]["new_to_you"], 0.0);
    let closed = server.get("/v1/venues/recommendations?near=51.51,-0.14&for=u1&at=2026-11-27T09:30").1;
    assert_eq!(closed["venues"].as_array().unwrap().len(), 0, "{closed}");
    let (_, music) = server.get_as_admin("/v1/venues/v2/music?k=4");
    assert_eq!(music["present"], 20, "{music}");
    assert!(ids(&music).iter().filter(|song| **song % 3 == 2).count() >= 3, "{music}");
    assert_eq!(server.get("/v1/venues/v2/nearby-matches").0, 401);
    let (status, nearby) = server.get_as_admin("/v1/venues/v2/nearby-matches");
    assert_eq!(status, 200, "{nearby}");
    // Circle 2 of three would like the place of circle 2, and nobody else would; what is over fives, and four of a count, stays unsaid.
    let number = |name: &str| nearby[name].as_u64().unwrap();
    assert!((10..=20).contains(&number("matches")) && number("people") >= 50, "{nearby}");
    let most = |name: &str| nearby["hours"].as_array().unwrap().iter().map(|hour| hour[name].as_u64().unwrap()).max().unwrap();
    assert!(most("people") >= 50 && most("matches") == number("matches") && nearby["best_hour"]["matches"] == most("matches"), "{nearby}");
    let squares = nearby["cells"].as_array().unwrap();
    assert_eq!(squares.iter().map(|square| square["people"].as_u64().unwrap()).sum::<u64>(), number("people"), "{nearby}");
    let near =
        |square: &Value| (square["lat"].as_f64().unwrap() - 51.51).abs() < 0.02 && (square["lon"].as_f64().unwrap() + 0.13).abs() < 0.03;
    assert!(squares.iter().all(near), "{nearby}");
    let bars = "/v1/venues/recommendations?near=51.51,-0.14&at=2026-11-27T21:30";
    let (_, some) = server.get(&format!("{bars}&for=u1,nobody"));
    assert_eq!((&some["unknown"], some["venues"][0]["id"].as_str()), (&json!(["nobody"]), Some("v1")), "{some}");
    assert_eq!(server.get(&format!("{bars}&for=nobody")).0, 404);
    assert_eq!(server.get(&format!("{bars}&kind=pub,cafe")).1["venues"], json!([]));
    assert_eq!(server.get(&format!("{bars}&kind=pub,bar&open=true")).1["venues"].as_array().unwrap().len(), 10);
}

#[test]
fn from_interactions_to_songs_venues_and_reasons_and_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    // Interactions fade by the second: with the clock stopped, scores after a restart can be compared bit for bit.
    let server = Server::start_at(folder.path(), FRIDAY_EVENING);
    assert_eq!(server.get("/v1/recommendations/users/u1").1["error"]["code"], "NOT_TRAINED");
    trained(&server);

    let (status, mine) = server.get("/v1/recommendations/users/u4?k=4");
    assert_eq!(status, 200, "{mine}");
    assert!(ids(&mine).iter().filter(|song| **song % 3 == 1).count() >= 3, "{mine}");
    assert!(mine["songs"][0]["reason"].as_str().unwrap().starts_with("because you like Artist"), "{mine}");

    let guest = json!({"likes": ["s0", "s3", "s6"], "dislikes": ["s1"], "k": 5, "rules": {"clean": true}});
    let (status, guest) = server.post("/v1/recommendations/songs", guest.to_string().as_bytes());
    assert_eq!(status, 200, "{guest}");
    assert!(ids(&guest).iter().all(|song| song % 5 != 0), "{guest}");
    assert!(ids(&guest).iter().filter(|song| **song % 3 == 0).count() >= 3, "{guest}");

    let group = json!({
        "members": [{"user": "u0"}, {"user": "u1", "vetoes": ["s4"]}, {"name": "Ana", "likes": ["s2", "s5", "s8"]}],
        "played": [{"song": "s7", "seconds_ago": 60}], "rules": {"without": ["House"]}, "k": 8,
    });
    let (status, picks) = server.post("/v1/recommendations/groups", group.to_string().as_bytes());
    assert_eq!(status, 200, "{picks}");
    let picked = ids(&picks);
    assert!(!picked.contains(&4) && !picked.contains(&7) && picked.iter().all(|song| song % 3 != 2), "{picks}");
    assert!(picks["songs"][0]["reason"].as_str().unwrap().starts_with("for "), "{picks}");

    let (_, found) = server.get("/v1/songs/search?q=night&tasteOf=u2&top=5&tasteWeight=0.9");
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 5);
    assert!(hits.iter().all(|hit| hit["taste"].as_f64().unwrap() > 0.6 && hit["rank"].is_f64() && hit["score"].is_f64()), "{found}");

    let (_, similar) = server.get("/v1/recommendations/similar/songs/s3?k=5");
    assert!(ids(&similar).iter().filter(|song| **song % 3 == 0).count() >= 4, "{similar}");
    let (_, people) = server.get("/v1/recommendations/similar/users/u5?k=5");
    let circle = |user: &Value| user["user"].as_str().unwrap()[1..].parse::<usize>().unwrap() % 3;
    assert!(people["users"].as_array().unwrap().iter().all(|user| circle(user) == 2), "{people}");
    assert_eq!(server.get("/v1/recommendations/similar/artists/Artist%203?k=3").1["artists"].as_array().unwrap().len(), 3);
    assert_eq!(server.get("/v1/recommendations/quiz?k=3&likes=s1").1["ask"].as_array().unwrap().len(), 3);
    assert_eq!(ids(&server.get("/v1/recommendations/start?k=6").1).len(), 6);
    let more = server.post("/v1/recommendations/playlists", br#"{"songs": ["s1", "s4"], "k": 3}"#).1;
    assert_eq!(ids(&more).len(), 3);

    recommends_venues_and_counts_people_near_them(&server);

    let again = |server: &Server| {
        let group = json!({"members": [{"user": "u0"}, {"user": "u1"}], "k": 6}).to_string();
        (server.get("/v1/recommendations/users/u4?k=4").1, server.post("/v1/recommendations/groups", group.as_bytes()).1)
    };
    let before = again(&server);
    server.stop();
    assert_eq!(again(&Server::start_at(folder.path(), FRIDAY_EVENING)), before);
}

#[test]
fn a_new_like_counts_at_once_and_a_dislike_is_heeded() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    assert_eq!(server.get("/v1/recommendations/users/nobody").0, 404);
    let like =
        json!([{"user": "new", "item": "s2", "kind": "like"}, {"user": "new", "item": "s5", "kind": "like", "at": "2026-11-20T20:00:00Z"}]);
    assert_eq!(server.post("/v1/interactions", like.to_string().as_bytes()).0, 200);
    let (_, songs) = server.get("/v1/recommendations/users/new?k=5");
    let first = ids(&songs)[0];
    assert_eq!(first % 3, 2, "{songs}");
    let dislike = json!({"user": "new", "item": format!("s{first}"), "kind": "dislike"});
    assert_eq!(server.post("/v1/interactions", dislike.to_string().as_bytes()).0, 200);
    assert!(!ids(&server.get("/v1/recommendations/users/new?k=5&known=true").1).contains(&first));
}

#[test]
fn what_is_wrong_is_said_and_a_damaged_model_does_not_replace_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    let groups = [
        json!({"members": []}),
        json!({"members": [{"user": "u1", "weight": 0}]}),
        json!({"members": [{"user": "u1", "weight": 1e300}]}),
        json!({"members": [{"user": "u1", "likes": ["s1"]}]}),
        json!({"members": [{"user": "u1"}], "strategy": "loudest"}),
        json!({"members": [{"user": "u1"}], "rules": {"energy": 7}}),
        json!({"members": [{"user": "u1"}], "k": 0}),
        json!({"member": []}),
        json!("u1"),
    ];
    for body in groups {
        let (status, answer) = server.post("/v1/recommendations/groups", body.to_string().as_bytes());
        assert_eq!(status, 400, "{body} {answer}");
    }
    assert_eq!(server.post("/v1/recommendations/groups", br#"{"members": [{"user": "who"}]}"#).0, 404);
    let nothing = server.post("/v1/interactions", br#"[{"user": "u1", "item": "s1", "kind": "hum"}]"#);
    assert!(nothing.0 == 400 && nothing.1["error"]["message"].as_str().unwrap().starts_with("/0: `hum` is no kind"), "{nothing:?}");
    for path in [
        "/v1/venues/recommendations?for=u1",
        "/v1/venues/recommendations?near=1000,2",
        "/v1/venues/recommendations?near=51,0&at=noon",
        "/v1/recommendations/users/u1?kk=3",
        "/v1/songs/search?q=a&tasteOf=u1&sort=year",
        "/v1/songs/search?q=a&tasteOf=u1&tasteWeight=NaN",
        "/v1/artists/search?q=a&tasteOf=u1",
    ] {
        assert_eq!(server.get(path).0, 400, "{path}");
    }
    assert_eq!(server.get("/v1/recommendations/similar/songs/s999").0, 404);

    let path = folder.path().join("taste").join("songs.model");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes.truncate(bytes.len() - 1);
    std::fs::write(folder.path().join("broken"), bytes).unwrap();
    std::fs::rename(folder.path().join("broken"), &path).unwrap();
    let started = Instant::now();
    while server.get("/v1/taste").1["songs"]["refused"].is_null() {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.get("/v1/recommendations/users/u4?k=4").0, 200);
}

#[test]
fn only_what_the_catalogue_holds_and_a_filter_lets_through_comes_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    let everything = || ids(&server.get("/v1/recommendations/users/u4?k=200&known=true").1);
    let before = everything();
    let gone = before[0];
    let delete = json!({"value": [{"@search.action": "delete", "id": format!("s{gone}")}]});
    assert_eq!(server.post("/v1/songs/documents?refresh=true", delete.to_string().as_bytes()).0, 200);
    let after = everything();
    assert!(!after.contains(&gone) && after.len() == before.len() - 1, "{gone}: {after:?}");

    let filter = "genres/any(g: g eq 'jazz') and year lt 2000";
    let passes = |song: &usize| song % 3 == 1 && song % 30 < 10;
    let group = json!({"members": [{"user": "u0"}, {"likes": ["s1"]}], "filter": filter, "k": 200});
    let (status, songs) = server.post("/v1/recommendations/groups", group.to_string().as_bytes());
    let found = ids(&songs);
    assert!(status == 200 && found.len() > 3 && found.iter().all(passes), "{songs}");
    let likes = json!({"likes": ["s0", "s3"], "filter": filter});
    let found = ids(&server.post("/v1/recommendations/songs", likes.to_string().as_bytes()).1);
    assert!(!found.is_empty() && found.iter().all(passes), "{found:?}");
    let found = ids(&server.get("/v1/recommendations/users/u4?filter=year%20eq%201991&known=true").1);
    assert!(!found.is_empty() && found.iter().all(|song| song % 30 == 1), "{found:?}");
    for (filter, code) in [("year lt", "INVALID_QUERY"), ("colour eq 'red'", "BAD_REQUEST")] {
        let group = json!({"members": [{"user": "u0"}], "filter": filter});
        let (status, answer) = server.post("/v1/recommendations/groups", group.to_string().as_bytes());
        assert!(status == 400 && answer["error"]["code"] == code, "{filter}: {answer}");
    }
    assert_eq!(server.get("/v1/recommendations/users/u4?filter=year%20lt").1["error"]["position"]["offset"], 7);
}

#[test]
fn one_pick_in_ten_leans_to_songs_nobody_has_heard_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    let unheard = |new_songs: bool| {
        let group = json!({"members": [{"user": "u0"}, {"user": "u1"}], "k": 20, "rules": {"new_songs": new_songs, "transitions": false}});
        let (status, songs) = server.post("/v1/recommendations/groups", group.to_string().as_bytes());
        assert_eq!(status, 200, "{songs}");
        ids(&songs).iter().enumerate().filter(|(_, song)| **song >= 60).map(|(place, _)| place).collect::<Vec<usize>>()
    };
    assert_eq!(unheard(false), Vec::<usize>::new());
    let places = unheard(true);
    assert!(!places.is_empty() && places.iter().all(|place| place % 10 == 9), "{places:?}");
}

#[test]
fn a_model_of_another_catalogue_is_refused() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(folder.path());
    trained(&server);
    let stranger = Server::start(other.path());
    let renamed = |text: String| serde_json::from_str::<Value>(&text.replace("\"s", "\"x-")).unwrap();
    let songs = renamed(songs().to_string());
    let interactions = renamed(json!(interactions()).to_string());
    trained_on(&stranger, &songs, interactions.as_array().unwrap());

    let model = |folder: &std::path::Path| folder.join("taste").join("songs.model");
    std::fs::copy(model(other.path()), folder.path().join("foreign")).unwrap();
    std::fs::rename(folder.path().join("foreign"), model(folder.path())).unwrap();
    let started = Instant::now();
    let refused = loop {
        let refused = server.get("/v1/taste").1["songs"]["refused"].clone();
        if !refused.is_null() {
            break refused;
        }
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(refused.as_str().unwrap().contains("0 of the 66 items of the catalogue"), "{refused}");
    assert_eq!(server.get("/v1/recommendations/users/u4?k=4").0, 200, "the last one goes on");
    drop(server);
    // With nothing else to serve, it says so.
    let server = Server::start(folder.path());
    let (status, answer) = server.get("/v1/recommendations/users/u4?k=4");
    assert!(status == 409 && answer["error"]["code"] == "MODEL_MISMATCH", "{answer}");
}

#[test]
fn interactions_that_were_acknowledged_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::start(folder.path());
    let (status, answer) = server.post("/v1/interactions", json!(interactions()).to_string().as_bytes());
    assert_eq!(status, 200, "{answer}");
    let before = server.get("/v1/taste").1["interactions"].clone();
    assert!(before.as_u64().unwrap() > 100, "{before}");
    server.kill();
    assert_eq!(Server::start(folder.path()).get("/v1/taste").1["interactions"], before);
}

#[test]
fn what_a_room_taught_just_before_the_server_stops_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.post("/v1/songs/documents?refresh=true", songs().to_string().as_bytes()).0, 200);
    let sign_up = json!({"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"});
    let ada = server.post("/v1/accounts", sign_up.to_string().as_bytes()).1;
    let call = |method: &str, path: &str, body: &Value| -> Value {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", server.base));
        let request = request.header("authorization", format!("Bearer {}", ada["accessToken"].as_str().unwrap()));
        let mut answer = crate::support::agent().run(request.body(body.to_string()).unwrap()).unwrap();
        answer.body_mut().read_json().unwrap()
    };
    call("PATCH", "/v1/me", &json!({"privacy": {"shareTaste": true}}));
    let room = call("POST", "/v1/rooms", &json!({"name": "Party"}));
    let room = room["id"].as_str().unwrap();
    for at in 0..5 {
        let added = call("POST", &format!("/v1/rooms/{room}/commands/song:add"), &json!({"songId": format!("s{at}")}));
        assert_eq!(added["ok"], true, "{added}");
    }
    server.stop();
    assert_eq!(Server::start(folder.path()).get("/v1/taste").1["interactions"], 5);
}
