//! The server as programs use it.

use serde_json::{Value, json};

use crate::support::{Server, encode};

fn seeded() -> (tempfile::TempDir, Server) {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let songs: Vec<Value> = (0..50)
        .map(|i| {
            let colour = ["Blue", "Red", "Green"][i % 3];
            let thing = ["Moon", "Sun", "Star", "Sky", "Rain"][i % 5];
            let genre = ["Rock", "Pop"][i % 2];
            json!({"id": format!("s{i:02}"), "title": format!("{colour} {thing}"), "genres": [genre, "Live"], "year": 1980 + i, "released": format!("{}-03-01T12:00:00Z", 1980 + i),
                "popularity": (i * 37) % 100, "explicit": i % 7 == 0})
        })
        .collect();
    let (status, body) = server.post("/v1/songs/documents?refresh=true", json!({"value": songs}).to_string().as_bytes());
    assert_eq!(status, 200, "{body}");
    (data, server)
}

fn keys(body: &Value) -> Vec<String> {
    body["hits"].as_array().unwrap().iter().map(|hit| hit["key"].as_str().unwrap().to_owned()).collect()
}

fn facets(get: &dyn Fn(&str) -> Value) {
    let body = get("/v1/songs/search?facet=year,interval:10&facet=year,values:1990|2000&facet=released,interval:year&facet=explicit&top=0");
    assert_eq!(body["facets"][0]["buckets"][0], json!({"value": 1980, "count": 10}));
    assert_eq!(body["facets"][1]["buckets"][1], json!({"from": 1990, "to": 2000, "count": 10}));
    assert_eq!(body["facets"][2]["buckets"][1], json!({"value": "1981-01-01T00:00:00Z", "count": 1}));
    assert_eq!(body["facets"][3]["buckets"], json!([{"value": false, "count": 42}, {"value": true, "count": 8}]));

    // Multi-select: the chosen field's own counts are not narrowed, the others' are.
    let body = get("/v1/songs/search?choose=genres:Rock&facet=genres&facet=explicit&top=0");
    assert_eq!(body["total"], 25);
    assert_eq!(
        body["facets"][0]["buckets"],
        json!([{"value": "Live", "count": 50}, {"value": "Pop", "count": 25}, {"value": "Rock", "count": 25}])
    );
    assert_eq!(body["facets"][1]["buckets"][0], json!({"value": false, "count": 21}));
}

#[test]
fn search_facets_sort_pages_and_marks() {
    let (_data, server) = seeded();
    let get = |path: &str| {
        let (status, body) = server.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let body =
        get(&format!("/v1/songs/search?q={}&facet=genres&highlight=title&explain=true&select=title", encode("title:(blue AND moon)")));
    assert_eq!(body["total"], 4);
    assert_eq!(body["hits"][0]["highlights"]["title"][0], "<em>Blue</em> <em>Moon</em>");
    assert_eq!(body["hits"][0]["document"], json!({"title": "Blue Moon"}));
    assert_eq!(body["facets"][0]["buckets"][0], json!({"value": "Live", "count": 4}));
    let details = body["hits"][0]["explanation"]["details"].as_array().unwrap();
    let sum: f64 = details.iter().map(|part| part["value"].as_f64().unwrap()).sum();
    assert!((sum - body["hits"][0]["score"].as_f64().unwrap()).abs() < 1e-4);

    let body = get("/v1/songs/search?sort=year+desc&top=3&select=year");
    assert_eq!(keys(&body), ["s49", "s48", "s47"]);
    assert_eq!(server.get("/v1/songs/search?sort=genres").1["error"]["code"], "FIELD_NOT_ALLOWED");

    // All pages by cursor, with ties, are all documents once.
    for sort in ["", "&sort=popularity", "&sort=title,score"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = get(&format!("/v1/songs/search?q=rock+live&top=7{sort}{cursor}"));
            seen.extend(keys(&page));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let whole = keys(&get(&format!("/v1/songs/search?q=rock+live&top=1000{sort}")));
        assert_eq!(seen, whole, "{sort}");
        assert_eq!(whole.len(), 50);
    }

    facets(&get);

    let filter = encode("year ge 1990 and (genres/any(g: g eq 'Pop') or explicit) and not (popularity lt 50)");
    let body = get(&format!("/v1/songs/search?filter={filter}&top=1000&select=year,genres,explicit,popularity"));
    let expected: Vec<String> = (0..50usize)
        .filter(|i| 1980 + i >= 1990 && (i % 2 == 1 || i % 7 == 0) && (i * 37) % 100 >= 50)
        .map(|i| format!("s{i:02}"))
        .collect();
    let mut got = keys(&body);
    got.sort();
    assert_eq!(got, expected);

    let body = get(&format!("/v1/songs/search?q={}", encode("title:bleu title:mon")));
    assert_eq!(body["did_you_mean"], "title:blue title:moon", "{body}");
    assert_eq!(get("/v1/songs/search?q=moon&syntax=simple&mode=all")["total"], 10);
    assert_eq!(get("/v1/songs/search?q=moon&count=false").get("total"), None);
    assert_eq!(get("/healthz")["status"], "ok");
    assert_eq!(get("/readyz")["status"], "ready");
    assert_eq!(get("/v1")["indexes"].as_array().unwrap().len(), 6);
}

#[test]
fn writing_merging_deleting_and_when_it_is_seen() {
    let (_data, server) = seeded();
    let write = |path: &str, body: Value| {
        let (status, answer) = server.post(path, body.to_string().as_bytes());
        assert_eq!(status, 200, "{answer}");
    };
    write("/v1/songs/documents", json!({"value": [{"@search.action": "merge", "id": "s00", "title": "Violet Moon"}]}));
    // Reading by key sees it at once, searching within a second.
    let (_, document) = server.get("/v1/songs/documents/s00");
    assert_eq!((document["title"].as_str(), document["year"].as_u64()), (Some("Violet Moon"), Some(1980)));
    server.wait_for("/v1/songs/search?q=violet", |body| body["total"] == 1);
    write(
        "/v1/songs/documents?refresh=true",
        json!({"value": [{"@search.action": "delete", "id": "s00"}, {"@search.action": "delete", "id": "s01"}]}),
    );
    assert_eq!(server.get("/v1/songs/search?top=0").1["total"], 48);
    write("/v1/songs/documents?refresh=true", json!({"value": [{"@search.action": "mergeOrUpload", "id": "s01", "title": "new"}]}));
    assert_eq!(server.get("/v1/songs/documents/s01").1, json!({"id": "s01", "title": "new"}));
    server.stop();
}

#[test]
fn sixteen_clients_write_and_search_at_once() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    std::thread::scope(|scope| {
        for client in 0..16 {
            let server = &server;
            scope.spawn(move || {
                for i in 0..20 {
                    let song = json!({"id": format!("c{client}-{i}"), "title": format!("song {i} by {client}")});
                    assert_eq!(server.post("/v1/songs/documents", song.to_string().as_bytes()).0, 200);
                    assert_eq!(server.get("/v1/songs/search?q=song&facet=genres").0, 200);
                }
            });
        }
    });
    server.wait_for("/v1/songs/search?q=song&top=0", |body| body["total"] == 320);
}

#[test]
fn a_scoring_profile_by_freshness_knows_what_time_it_is() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let definition = json!({"name": "news", "fields": [
        {"name": "id", "type": "Edm.String", "key": true},
        {"name": "title", "type": "Edm.String", "searchable": true},
        {"name": "at", "type": "Edm.DateTimeOffset", "filterable": true}],
        "scoringProfiles": [{"name": "fresh", "functions": [{"type": "freshness", "fieldName": "at", "boost": 10, "freshness": {"boostingDuration": "P36500D"}}]}]});
    let (status, answer) = server.put("/indexes/news?api-version=2026-04-01", definition.to_string().as_bytes());
    assert_eq!(status, 201, "{answer}");
    let documents =
        json!([{"id": "old", "title": "moon", "at": "1950-01-01T00:00:00Z"}, {"id": "new", "title": "moon", "at": "2026-01-01T00:00:00Z"}]);
    assert_eq!(server.post("/v1/news/documents?refresh=true", documents.to_string().as_bytes()).0, 200);
    let (status, found) = server.get("/v1/news/search?q=moon&profile=fresh");
    assert_eq!(status, 200, "{found}");
    assert_eq!(keys(&found), ["new", "old"]);
}
