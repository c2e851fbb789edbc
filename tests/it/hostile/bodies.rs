//! Bodies that are broken, of the wrong shape, deep or large.

use serde_json::json;

use super::Attack;
use super::Right::{self, Either, Refused, Served};
use super::{VERSION, head};

/// Everything that takes a body: method, path, and what an empty object is there.
fn endpoints() -> Vec<(&'static str, String)> {
    let azure = |path: &str| format!("{path}?{VERSION}");
    vec![
        ("POST", "/v1/songs/documents".to_owned()),
        ("POST", azure("/indexes('songs')/docs/search.index")),
        ("POST", azure("/indexes('songs')/docs/search.post.search")),
        ("POST", azure("/indexes('songs')/docs/search.post.suggest")),
        ("POST", azure("/indexes('songs')/docs/search.post.autocomplete")),
        ("POST", azure("/indexes('songs')/search.analyze")),
        ("POST", azure("/indexes")),
        ("PUT", azure("/indexes('other')")),
        ("PUT", azure("/synonymmaps('other')")),
        ("PUT", azure("/aliases('other')")),
    ]
}

/// Bodies that are none, and what must become of each.
fn bodies() -> Vec<(Right, Vec<u8>)> {
    let deep = |open: &str, close: &str| [open.repeat(100_000), close.repeat(100_000)].concat().into_bytes();
    let many = vec!["{}"; 5000].join(",");
    vec![
        (Refused, b"{".to_vec()),
        (Refused, b"{\"value\":[".to_vec()),
        (Refused, b"nul".to_vec()),
        (Refused, b"{'value':[]}".to_vec()),
        (Refused, b"{\"value\":[]}}".to_vec()),
        (Refused, b"\xff\xfe{\0}\0".to_vec()),
        (Refused, b"{\"value\":[{\"id\":\"\xff\xfe\"}]}".to_vec()),
        (Refused, b"{\"search\":\"\xc3\x28\"}".to_vec()),
        (Refused, vec![0; 1000]),
        (Refused, b"{\"value\":[{\"id\":\"a\0b\"}]}".to_vec()),
        (Refused, br#"{"value":[{"id":"a\u0000b"}]}"#.to_vec()),
        (Refused, br#"{"value":[{"id":"\ud800"}]}"#.to_vec()),
        (Refused, br#"{"search\u0000":"x"}"#.to_vec()),
        (Refused, deep("[", "")),
        (Refused, deep("[", "]")),
        (Refused, deep("{\"value\":", "}")),
        (Refused, deep("{\"value\":[", "]}")),
        (Refused, b"5".to_vec()),
        (Refused, b"\"text\"".to_vec()),
        (Refused, b"null".to_vec()),
        (Refused, b"true".to_vec()),
        (Refused, b"[[]]".to_vec()),
        (Refused, br#"{"value":5}"#.to_vec()),
        (Refused, br#"{"value":{"id":"x"}}"#.to_vec()),
        (Refused, br#"{"value":[5]}"#.to_vec()),
        (Refused, br#"{"value":[{"id":5}]}"#.to_vec()),
        (Refused, br#"{"search":5,"name":5,"text":5,"id":[]}"#.to_vec()),
        (Refused, br#"{"fields":{},"synonyms":{},"indexes":{},"search":{},"text":{}}"#.to_vec()),
        (Refused, br#"{"value":[{"id":"x"}],"top":1e999}"#.to_vec()),
        (Refused, br#"{"name":"other","fields":[5],"synonyms":[5],"indexes":[5]}"#.to_vec()),
        (Refused, format!("{{\"value\":[{many}]}}").into_bytes()),
        (Either, Vec::new()),
        (Either, b"{}".to_vec()),
        (Either, b"[]".to_vec()),
        (Either, br#"{"search":"a","search":"b","value":[],"value":[]}"#.to_vec()),
    ]
}

#[test]
fn bodies_that_are_no_requests() {
    let attack = Attack::begin(&[]);
    let before = attack.server.memory();
    let bodies = bodies();
    for (method, path) in endpoints() {
        for (right, body) in &bodies {
            attack.send(*right, method, &path, body);
        }
    }
    // Members twice, and values that only some endpoints know.
    let write = format!("/indexes('songs')/docs/search.index?{VERSION}");
    for document in [
        r#"{"id":"x","year":99999999999999999999}"#,
        r#"{"id":"x","year":1e999}"#,
        r#"{"id":"x","year":{}}"#,
        r#"{"id":"x","title":["a"]}"#,
        r#"{"id":"x","genres":"a"}"#,
        r#"{"id":"x","genres":[null]}"#,
        r#"{"id":"x","released":"soon"}"#,
        r#"{"id":"_x"}"#,
        r#"{"id":""}"#,
        r#"{"id":"x","@search.action":5}"#,
        r#"{"id":"x","@search.action":"drop table"}"#,
    ] {
        attack.send(Refused, "POST", &write, format!("{{\"value\":[{document}]}}").as_bytes());
    }
    attack.send(Either, "POST", &write, br#"{"value":[{"id":"twice","id":"two","title":"a","title":"b"}]}"#);
    attack.end(before);
}

#[test]
fn bodies_that_are_large() {
    let attack = Attack::begin(&[]);
    let before = attack.server.memory();
    let block = vec![b'a'; 1 << 20];
    for (method, path) in endpoints() {
        // A hundred megabytes of one string, announced and not.
        let start = b"{\"search\":\"".as_slice();
        let length = head(method, &path, &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", (100 << 20) + start.len()));
        let parts = [length.as_bytes(), start].into_iter().chain(std::iter::repeat_n(block.as_slice(), 100));
        attack.raw(&format!("100 MB to {path}"), Refused, parts);
        // Two bytes on the wire are some eighty in memory.
        let values = format!("{{\"value\":[{}0]}}", "0,".repeat(7 << 20));
        attack.send(Refused, method, &path, values.as_bytes());
    }
    let chunked = head("POST", "/v1/songs/documents", "Transfer-Encoding: chunked\r\n");
    let chunk = [b"100000\r\n".as_slice(), &block, b"\r\n"].concat();
    let chunks = std::iter::repeat_n(chunk.as_slice(), 100).chain([b"0\r\n\r\n".as_slice()]);
    attack.raw("100 MB in chunks", Refused, [chunked.as_bytes()].into_iter().chain(chunks));
    attack.send(Refused, "POST", "/v1/songs/documents", format!("[{}0]", "[],".repeat(20 << 20)).as_bytes());
    // Large, and nothing wrong with it.
    let genres: Vec<String> = (0..200_000).map(|i| format!("genre {i}")).collect();
    let document = json!({"value": [{"id": "many", "genres": genres}]}).to_string();
    let long = json!({"value": [{"id": "long", "lyrics": "word ".repeat(2 << 20)}]}).to_string();
    for path in ["/v1/songs/documents?refresh=true", &format!("/indexes('songs')/docs/search.index?{VERSION}")] {
        attack.send(Served, "POST", path, document.as_bytes());
        attack.send(Either, "POST", path, long.as_bytes());
    }
    attack.end(before);
}
