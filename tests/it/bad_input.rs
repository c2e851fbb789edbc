//! Mistakes a user makes: a clear message each, nothing lost.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support::{Program, encode, run, run_err, run_ok, tutti};

const GOOD: &str = r#"{"id":"s1","title":"Café “Zoë” 🎉, live","genres":["Rock","Pop"],"year":1999}"#;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.folder.path().join(name), content).unwrap();
        self.path(name)
    }

    /// Indexes one good song, so that there is something to lose.
    fn with_song() -> Place {
        let place = Place::new();
        let file = place.file("good.jsonl", GOOD.as_bytes());
        run_ok(&["index", "-q", "--data", &place.path("d"), "--index", "songs", &file]);
        place
    }

    fn index_err(&self, code: i32, more: &[&str]) -> String {
        let (data, rejects) = (self.path("d"), self.path("rejects.jsonl"));
        let mut arguments = vec!["index", "-q", "--data", &data, "--index", "songs", "--rejects", &rejects];
        arguments.extend(more);
        run_err(code, &arguments)
    }

    #[track_caller]
    fn song_is_there(&self) {
        let printed = run_ok(&["search", "--data", &self.path("d"), "songs", "zoë", "--json"]);
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap()["total"], 1);
    }
}

#[track_caller]
fn says(said: &str, expected: &[&str]) {
    for part in expected {
        assert!(said.contains(part), "expected {part:?} in: {said}");
    }
}

#[test]
fn names_that_do_not_exist() {
    let place = Place::with_song();
    let data = place.path("d");
    says(&run_err(2, &["search", "--data", &data, "sings", "x"]), &["index `sings` does not exist", "songs"]);
    says(&run_err(2, &["search", "--data", &data, "songs", "x", "--fields", "titel"]), &["no field `titel`", "did you mean `title`?"]);
    says(&run_err(2, &["search", "--data", &data, "songs", "x", "--facet", "title"]), &["field `title` is not facetable"]);
    says(&run_err(2, &["search", "--data", &data, "songs", "x", "--sort", "genres"]), &["field `genres` is not sortable"]);
    says(&run_err(2, &["search", "--data", &data, "songs", "x", "--filter", "year eq 'old'"]), &["year", "number"]);
    says(&run_err(2, &["search", "--data", "/nowhere/at/all", "songs", "x"]), &["there is no data directory"]);
    says(&run_err(2, &["index", "--data", &data, "--index", "tracks", &place.path("good.jsonl")]), &["no index `tracks`", "--definition"]);
    says(&run_err(2, &["index", "--data", &data, "--index", "Bad Name", &place.path("good.jsonl")]), &["Bad Name"]);
    says(&run_err(2, &["search", "--data", &data, "songs"]), &["required", "QUERY"]);
    says(&run_ok(&["search", "--data", &data, "songs", "titel:x"]), &["there is no field `titel`", "did you mean `title`?"]);
    place.song_is_there();
}

#[test]
fn queries_that_do_not_parse_are_underlined() {
    let place = Place::with_song();
    let said = run_err(2, &["search", "--data", &place.path("d"), "songs", "title:(love AND"]);
    says(&said, &["title:(love AND", "^"]);
    let said = run_err(2, &["search", "--data", &place.path("d"), "songs", "x", "--filter", "year gt"]);
    says(&said, &["year gt", "^"]);
    says(&run_err(2, &["search", "--data", &place.path("d"), "songs", "/.*a.{14}/"]), &["10,000"]);
}

#[test]
fn rows_that_are_no_documents_are_rejected_with_line_and_reason() {
    let place = Place::new();
    let long = "x".repeat(40_000);
    let rows = [
        r#"{"id":"a","title":"fine"}"#.to_owned(),
        r#"{"id":"b","year":"1999"}"#.to_owned(),
        r#"{"id":"a","title":"again"}"#.to_owned(),
        r#"{"title":"no key"}"#.to_owned(),
        format!(r#"{{"id":"{}"}}"#, "k".repeat(2000)),
        format!(r#"{{"id":"c","isrc":"{long}"}}"#),
        r#"{"id":"d","colour":"red"}"#.to_owned(),
        r#"{"id":"e","title":"#.to_owned(),
        "[1,2]".to_owned(),
        String::new(),
        r#"{"id":"f","title":"last one"}"#.to_owned(),
    ];
    let mut bytes = rows.join("\n").into_bytes();
    bytes.extend(b"\n{\"id\":\"g\",\"title\":\"bad \xff\xfe\"}\n");
    let file = place.file("rows.jsonl", &bytes);
    let rejects = place.path("rejects.jsonl");
    let output = run(&["index", "--data", &place.path("d"), "--index", "songs", "--rejects", &rejects, &file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    says(&said, &["songs: 2 documents", "9 rows were rejected"]);
    let rejected: Vec<Value> = fs::read_to_string(&rejects).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reason = |line: u64| {
        rejected.iter().find(|row| row["line"] == line).unwrap_or_else(|| panic!("line {line}: {rejected:?}"))["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    says(&reason(2), &["/year"]);
    says(&reason(3), &["key was given before"]);
    says(&reason(4), &["id"]);
    says(&reason(5), &["1024"]);
    says(&reason(6), &["/isrc", "32"]);
    says(&reason(7), &["/colour"]);
    says(&reason(8), &["JSON"]);
    says(&reason(9), &["object"]);
    says(&reason(12), &["UTF-8"]);
    // --strict stops at the first and changes nothing.
    let said = run_err(1, &["index", "-q", "--data", &place.path("d"), "--index", "songs", "--strict", &file]);
    says(&said, &["rows.jsonl:2:", "--strict", "unchanged"]);
    let printed = run_ok(&["search", "--data", &place.path("d"), "songs", "fine OR last", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap()["total"], 2);
}

#[test]
fn files_that_are_broken() {
    let place = Place::with_song();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for i in 0..5_000 {
        writeln!(encoder, r#"{{"id":"z{i}","title":"song {i} {}"}}"#, i * 7919).unwrap();
    }
    let whole = encoder.finish().unwrap();
    let cut = place.file("cut.jsonl.gz", &whole[..whole.len() / 2]);
    says(&place.index_err(1, &[&cut]), &["cut.jsonl.gz", "unchanged"]);
    place.song_is_there();
    let empty = place.file("empty.jsonl", b"");
    says(&place.index_err(1, &[&empty]), &["empty"]);
    place.song_is_there();
    says(&place.index_err(1, &[&place.path("missing.jsonl")]), &["missing.jsonl", "No such file"]);
    let ragged = place.file("ragged.csv", "id,title,year\nr1,\"one, two\",1999\nr2,short\nr3,a,b,c,d\nr4,fine,2001\n".as_bytes());
    let output = run(&["index", "--data", &place.path("d2"), "--index", "songs", "--rejects", &place.path("r2.jsonl"), &ragged]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    says(&said, &["songs: 2 documents", "2 rows were rejected", "ragged.csv:3:"]);
    let definition = place.file(
        "broken.json",
        br#"{"name":"things","fields":[{"name":"id","type":"Edm.Strin","key":true},{"name":"2x","type":"Edm.Int32","searchable":true}]}"#,
    );
    let said = run_err(2, &["index", "-q", "--data", &place.path("d3"), "--index", "things", "--definition", &definition, &ragged]);
    says(&said, &["/fields/0/type", "Edm.String", "/fields/1/name", "/fields/1/searchable"]);
    place.song_is_there();
}

#[test]
fn folders_that_cannot_be_written() {
    // Root may write anywhere, so the folder is made of something that is none.
    let place = Place::new();
    let file = place.file("good.jsonl", GOOD.as_bytes());
    let not_a_folder = place.file("taken", b"a file");
    says(&run_err(1, &["index", "-q", "--data", &not_a_folder, "--index", "songs", &file]), &["taken"]);
    says(&run_err(1, &["serve", "--data", &not_a_folder, "--listen", "127.0.0.1:0"]), &["taken"]);
    says(&run_err(1, &["serve", "--data", &place.path("d"), "--listen", "192.0.2.1:1"]), &["cannot listen on 192.0.2.1:1"]);
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let place = Place::new();
    let mount = place.path("small");
    fs::create_dir(&mount).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs", &mount]).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("no small file system can be mounted here; skipped");
        return;
    }
    let data = format!("{mount}/d");
    let server = Program::start(Path::new(&data));
    let mut acknowledged = 0;
    let mut refused = None;
    for i in 0..400 {
        let document = format!(r#"{{"id":"full{i}","title":"words","album":"{}"}}"#, pseudo_random_words(i));
        let (status, body) = server.post("/v1/songs/documents", document.as_bytes());
        if status == 200 {
            acknowledged += 1;
        } else {
            refused = Some((status, body));
            break;
        }
    }
    let (status, body) = refused.expect("six megabytes hold less than this");
    assert_eq!((status, body["error"]["code"].as_str()), (507, Some("STORAGE_FULL")), "{body}");
    let (status, _) = server.get("/v1/songs/search?top=0");
    assert_eq!(status, 200, "searches go on");
    server.kill();
    Command::new("mount").args(["-o", "remount,size=64m", &mount]).status().unwrap();
    let server = Program::start(Path::new(&data));
    let (_, body) = server.get("/v1/songs/search?top=0");
    let total = body["total"].as_u64().unwrap();
    drop(server);
    Command::new("umount").args(["-l", &mount]).status().unwrap();
    assert!(total >= acknowledged, "{total} of {acknowledged} acknowledged documents are there");
}

/// Text that does not compress well.
fn pseudo_random_words(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = String::new();
    while out.len() < 30_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.push_str(&format!("{state:x} "));
    }
    out
}

#[test]
fn two_programs_on_one_folder() {
    let place = Place::with_song();
    let server = Program::start(&place.folder.path().join("d"));
    says(&run_err(1, &["serve", "--data", &place.path("d"), "--listen", "127.0.0.1:0"]), &["another process"]);
    place.song_is_there();
    drop(server);
}

#[test]
fn standard_input_and_closed_pipes() {
    let place = Place::new();
    let mut child =
        tutti().args(["index", "-q", "--data", &place.path("d"), "--index", "songs", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(GOOD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    place.song_is_there();
}

#[test]
fn http_mistakes_get_an_envelope() {
    let place = Place::with_song();
    let server = Program::start(&place.folder.path().join("d"));
    let check = |path: &str, status: u16, code: &str, parts: &[&str]| {
        let (got, body) = server.get(path);
        assert_eq!((got, body["error"]["code"].as_str()), (status, Some(code)), "{path}: {body}");
        says(body["error"]["message"].as_str().unwrap(), parts);
        body
    };
    check("/v1/sings/search?q=x", 404, "INDEX_NOT_FOUND", &["sings"]);
    check("/v1/songs/search?q=x&fields=titel", 400, "BAD_REQUEST", &["did you mean `title`?"]);
    check("/v1/songs/search?q=x&colour=red", 400, "BAD_REQUEST", &["colour", "known are q"]);
    check("/v1/songs/search?q=x&q=y", 400, "BAD_REQUEST", &["twice"]);
    check("/v1/songs/search?q=x&top=many", 400, "BAD_REQUEST", &["top"]);
    check("/v1/songs/search?q=x&top=1001", 400, "BAD_REQUEST", &["1000"]);
    check("/v1/songs/search?q=%ff%fe", 400, "BAD_REQUEST", &["UTF-8"]);
    check("/v1/songs/search?q=%4", 400, "BAD_REQUEST", &["hexadecimal"]);
    check("/v1/songs/search?q=x&cursor=nonsense", 400, "BAD_REQUEST", &["cursor"]);
    check("/v1/songs/search?q=x&facet=genres,count:none", 400, "BAD_REQUEST", &["count"]);
    check("/v2/anything", 404, "NOT_FOUND", &["/v2/anything"]);
    let body = check(&format!("/v1/songs/search?q={}", encode("love\nAND AND")), 400, "INVALID_QUERY", &[]);
    assert_eq!((body["error"]["position"]["line"].as_u64(), body["error"]["position"]["column"].as_u64()), (Some(2), Some(5)), "{body}");
    check(&format!("/v1/songs/search?q={}", encode("/(a|b|)/")), 400, "INVALID_QUERY", &[]);
    check("/v1/songs/documents/none", 404, "DOCUMENT_NOT_FOUND", &["none"]);
    let (status, body) = server.post("/v1/songs/documents", b"{\"id\":");
    assert_eq!((status, body["error"]["code"].as_str()), (400, Some("BAD_REQUEST")));
    let (status, body) = server.post("/v1/songs/documents", br#"{"value":[{"@search.action":"burn","id":"x"}]}"#);
    assert_eq!(status, 400, "{body}");
    let (status, body) = server.post(
        "/v1/songs/documents",
        br#"{"value":[{"@search.action":"merge","id":"nobody"},{"id":"ok","title":"yes"},{"id":"bad","year":"x"}]}"#,
    );
    assert_eq!(status, 207, "{body}");
    let codes: Vec<_> = body["value"].as_array().unwrap().iter().map(|item| item["statusCode"].as_u64().unwrap()).collect();
    assert_eq!(codes, [404, 201, 400]);
    let (status, body) = server.post("/v1/songs/search", b"");
    assert_eq!((status, body["error"]["code"].as_str()), (405, Some("METHOD_NOT_ALLOWED")));
    // The server answers without reading it all; a client still sending may see the connection close first.
    let huge = vec![b' '; 70 << 20];
    let answer = crate::support::agent()
        .post(format!("{}/v1/songs/documents", server.base))
        .header("api-key", crate::support::ADMIN_KEY)
        .send(&huge[..]);
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 413));
    assert_eq!(server.get("/healthz").0, 200);
}
