//! The pages as a browser gets them: headers, files, what stands in them before a script runs, and that nobody's text is markup.

use serde_json::{Value, json};

use crate::support::Server;

fn fetch(server: &Server, path: &str, coding: &str) -> ureq::http::Response<ureq::Body> {
    let request = ureq::get(format!("{}{path}", server.base)).header("accept-encoding", coding);
    request.call().unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn header<'a>(response: &'a ureq::http::Response<ureq::Body>, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn script(page: &str) -> String {
    let start = page.find("<script type=\"module\" src=\"").expect("the page has a script") + 27;
    page[start..].split('"').next().unwrap().to_owned()
}

#[test]
fn every_page_is_served_with_a_strict_policy_and_no_inline_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for path in ["/", "/r/ABCDEF", "/r/ABCDEF/wall", "/venue", "/venue/v1", "/places", "/console", "/docs"] {
        let mut answer = fetch(&server, path, "identity");
        let policy = header(&answer, "content-security-policy").to_owned();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(answer.headers().get_all("content-type").iter().collect::<Vec<_>>(), ["text/html; charset=utf-8"], "{path}");
        let page = answer.body_mut().read_to_string().unwrap();
        assert!(page.starts_with("<!doctype html>") && page.contains("lang=\"en\""), "{path}: is the program built without Node?");
        assert!(
            !page.contains("<style") && !page.contains(" style=") && page.matches("<script").count() == 1 && !page.contains("//"),
            "{path}: {page}"
        );
        let file = script(&page);
        let (plain, packed) = (fetch(&server, &file, "identity"), fetch(&server, &file, "br"));
        assert_eq!(header(&plain, "content-type"), "text/javascript; charset=utf-8");
        assert!(header(&plain, "cache-control").contains("immutable"), "{file}");
        assert_eq!((header(&plain, "content-encoding"), header(&packed, "content-encoding")), ("", "br"), "{file}");
        let long = |answer: ureq::http::Response<ureq::Body>| answer.into_body().into_reader();
        let size = |answer| std::io::copy(&mut long(answer), &mut std::io::sink()).unwrap();
        assert!(size(packed) * 2 < size(plain), "{file}");
    }
    let licences = fetch(&server, "/web/licences.txt", "identity");
    assert_eq!(header(&licences, "content-type"), "text/plain; charset=utf-8");
    let licences = licences.into_body().read_to_string().unwrap();
    assert!(["preact ", "socket.io-client ", "leaflet ", "uplot ", "figtree "].iter().all(|name| licences.contains(name)), "{licences}");
    let moved = ureq::Agent::config_builder().max_redirects(0).build();
    let moved = ureq::Agent::from(moved).get(format!("{}/p/abcdef/wall", server.base)).call().unwrap();
    assert_eq!((moved.status().as_u16(), header(&moved, "location")), (308, "/r/abcdef/wall"));
}

#[test]
fn a_party_is_readable_before_scripts_run_and_its_texts_stay_texts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::configured(folder.path(), |config| config.server.public_url = Some("https://party.example".to_owned()));
    let hostile = "</title><script>alert(1)</script>";
    let post = |path: &str, token: &str, body: Value| -> Value {
        let request = ureq::post(format!("{}{path}", server.base)).header("authorization", format!("Bearer {token}"));
        request.send_json(body).unwrap().body_mut().read_json().unwrap()
    };
    let made = server.post("/v1/guests", br#"{"name": "Ann"}"#).1;
    let token = made["token"].as_str().unwrap();
    let room = post("/v1/rooms", token, json!({"name": hostile, "settings": {"autopilot": false}}));
    let (id, code) = (room["id"].as_str().unwrap(), room["code"].as_str().unwrap());
    for (title, artist) in [("\"><img src=x onerror=alert(1)>", "One"), ("Blue & Moon", "Two")] {
        let song = json!({"id": artist, "title": title, "artist": artist, "durationMs": 200_000});
        post(&format!("/v1/rooms/{id}/commands/song:add"), token, json!({"song": song}));
    }
    let page = fetch(&server, &format!("/r/{}", code.to_lowercase()), "identity").body_mut().read_to_string().unwrap();
    assert!(page.contains("&lt;/title&gt;&lt;script&gt;alert(1)") && page.contains("Blue &amp; Moon · Two"), "{page}");
    assert_eq!((page.matches("<script").count(), page.matches("<img").count()), (1, 0), "{page}");
    assert!(page.contains(&format!("content=\"https://party.example/r/{code}\"")), "{page}");
    let unknown = fetch(&server, "/r/ZZZZZZ", "identity").body_mut().read_to_string().unwrap();
    assert!(!unknown.contains("<main") && unknown.contains("id=\"app\""), "{unknown}");
}

#[test]
fn tiles_are_told_to_the_page_and_allowed_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::configured(folder.path(), |config| {
        config.web.tile_url = Some("https://tiles.example/{z}/{x}/{y}.png".to_owned());
        config.web.tile_credit = Some("© A \"map\"".to_owned());
    });
    let mut answer = fetch(&server, "/places", "identity");
    assert!(header(&answer, "content-security-policy").contains("img-src 'self' data: blob: https://tiles.example;"));
    let page = answer.body_mut().read_to_string().unwrap();
    assert!(page.contains("content=\"https://tiles.example/{z}/{x}/{y}.png\"") && page.contains("© A &quot;map&quot;"), "{page}");
}

#[test]
fn any_song_has_a_cover() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let answer = fetch(&server, "/v1/songs/%3Cscript%3E/cover.svg", "identity");
    assert_eq!(header(&answer, "content-type"), "image/svg+xml");
    let cover = answer.into_body().read_to_string().unwrap();
    assert!(cover.starts_with("<svg") && !cover.contains("script"), "{cover}");
}
