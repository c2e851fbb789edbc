//! `kill -9` at any moment: what was acknowledged is there afterwards, nothing is there in part, and everything opens.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::support::{Program, agent, run_ok, tutti};

const KILLS: u64 = 50;

/// A document whose parts can be checked against each other.
fn song(id: &str, version: u64) -> Value {
    json!({"id": id, "title": format!("version {version}"), "album": format!("check {}", version.wrapping_mul(7919) % 100_003), "popularity": version % 101})
}

fn version_of(document: &Value) -> u64 {
    let version =
        document["title"].as_str().and_then(|title| title.strip_prefix("version ")).and_then(|text| text.parse().ok()).expect("a title");
    assert_eq!(*document, song(document["id"].as_str().unwrap(), version), "a document is there in part");
    version
}

#[test]
fn acknowledged_documents_survive_kill_9_while_uploading() {
    let data = tempfile::tempdir().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    // Key to the version last acknowledged, and to the version last sent.
    let acknowledged: Mutex<HashMap<String, u64>> = Mutex::default();
    let sent: Mutex<HashMap<String, u64>> = Mutex::default();
    let mut next = 0u64;
    for round in 0..KILLS {
        let server = Program::start(data.path());
        verify(&server, &acknowledged, &sent);
        let until = Instant::now() + Duration::from_millis(rng.random_range(20..400));
        thread::scope(|scope| {
            for worker in 0..3u64 {
                let base = server.base.clone();
                let (acknowledged, sent) = (&acknowledged, &sent);
                let start = next + worker * 1_000_000;
                scope.spawn(move || {
                    let agent = agent();
                    for version in start.. {
                        let batch: Vec<Value> =
                            (0..1 + version % 20).map(|i| song(&format!("w{worker}-{}", (version * 7 + i) % 500), version)).collect();
                        for document in &batch {
                            sent.lock().unwrap().insert(document["id"].as_str().unwrap().to_owned(), version);
                        }
                        let body = json!({"value": batch}).to_string();
                        let answer = agent
                            .post(format!("{base}/v1/songs/documents"))
                            .header("api-key", crate::support::ADMIN_KEY)
                            .content_type("application/json")
                            .send(body.as_bytes());
                        match answer {
                            Ok(answer) if answer.status() == 200 => {
                                for document in &batch {
                                    acknowledged.lock().unwrap().insert(document["id"].as_str().unwrap().to_owned(), version);
                                }
                            }
                            _ => return,
                        }
                    }
                });
            }
            thread::sleep(until.saturating_duration_since(Instant::now()));
            server.kill();
        });
        next += 10_000_000 * (round + 1);
    }
    let server = Program::start(data.path());
    verify(&server, &acknowledged, &sent);
    assert!(acknowledged.lock().unwrap().len() > 100, "too little was written to prove anything");
}

/// Every acknowledged version or a later one that was sent is there, whole, by key and by search.
fn verify(server: &Program, acknowledged: &Mutex<HashMap<String, u64>>, sent: &Mutex<HashMap<String, u64>>) {
    let acknowledged = acknowledged.lock().unwrap();
    let sent = sent.lock().unwrap();
    let mut found: HashMap<String, u64> = HashMap::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = server.get(&format!("/v1/songs/search?top=1000&did_you_mean=false{cursor}"));
        assert_eq!(status, 200, "{page}");
        for hit in page["hits"].as_array().unwrap() {
            let before = found.insert(hit["key"].as_str().unwrap().to_owned(), version_of(&hit["document"]));
            assert!(before.is_none(), "{} is there twice", hit["key"]);
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for (key, version) in acknowledged.iter() {
        let there = found.get(key).unwrap_or_else(|| panic!("{key}, acknowledged at version {version}, is gone"));
        assert!(there == version || (there > version && *there <= sent[key]), "{key} is at {there}, acknowledged was {version}");
    }
    for key in found.keys() {
        assert!(sent.contains_key(key), "{key} was never sent");
    }
}

#[test]
fn a_bulk_build_killed_at_any_moment_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("d");
    let first = data.path().join("first.jsonl");
    let second = data.path().join("second.jsonl");
    write_songs(&first, "a", 2_000);
    write_songs(&second, "b", 30_000);
    index(&folder, &first);
    let total = |query: &str| -> u64 {
        let printed = run_ok(&["search", "--data", folder.to_str().unwrap(), "songs", query, "--json", "--top", "1"]);
        serde_json::from_str::<Value>(&printed).unwrap()["total"].as_u64().unwrap()
    };
    let started = Instant::now();
    let mut whole = tutti().args(arguments(&folder, &second)).stderr(Stdio::null()).spawn().unwrap();
    whole.wait().unwrap();
    let takes = started.elapsed();
    assert_eq!(total("*"), 30_000);
    index(&folder, &first);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut finished = 0;
    for round in 0..KILLS {
        let mut build = tutti().args(arguments(&folder, &second)).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(takes.mul_f64(rng.random_range(0.05..1.1)));
        let ended = build.try_wait().unwrap();
        build.kill().unwrap();
        build.wait().unwrap();
        // Old or new, never something between.
        let (old, new) = (total("album:a"), total("album:b"));
        assert!((old, new) == (2_000, 0) || (old, new) == (0, 30_000), "round {round}: {old} old and {new} new documents");
        assert!(ended.is_none() || new == 30_000, "a build that ended by itself must be served");
        if new > 0 {
            finished += 1;
            index(&folder, &first);
        }
    }
    println!("{finished} of {KILLS} builds were through before the kill");
    let left: Vec<_> =
        std::fs::read_dir(folder.join("indexes/songs")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().filter(|name| name.starts_with("gen-")).count() <= 2, "{left:?}");
}

fn write_songs(path: &Path, album: &str, count: u32) {
    let lines: Vec<String> = (0..count)
        .map(|i| {
            json!({"id": format!("s{i}"), "title": format!("song number {i} of many words to take some time"), "album": album}).to_string()
        })
        .collect();
    std::fs::write(path, lines.join("\n")).unwrap();
}

fn arguments(folder: &Path, file: &Path) -> Vec<String> {
    ["index", "-q", "--index", "songs", "--data"]
        .iter()
        .map(|part| (*part).to_owned())
        .chain([folder.display().to_string(), file.display().to_string()])
        .collect()
}

fn index(folder: &Path, file: &Path) {
    let arguments = arguments(folder, file);
    run_ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_running_server_takes_up_a_bulk_build_and_keeps_what_was_written_meanwhile() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("d");
    let file = data.path().join("songs.jsonl");
    write_songs(&file, "bulk", 20_000);
    let server = Program::start(&folder);
    let (status, _) = server.post("/v1/songs/documents", song("before", 1).to_string().as_bytes());
    assert_eq!(status, 200);
    let mut build = tutti().args(arguments(&folder, &file)).stderr(Stdio::null()).spawn().unwrap();
    while !folder.join("indexes/songs/gen-new.building").exists() && build.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(50));
    let (status, _) = server.post("/v1/songs/documents", song("during", 2).to_string().as_bytes());
    assert_eq!(status, 200);
    let during_build = build.try_wait().unwrap().is_none();
    assert!(build.wait().unwrap().success());
    let expected = if during_build { 20_001 } else { 20_000 };
    server.wait_for("/v1/songs/search?top=0", |body| body["total"].as_u64() >= Some(expected));
    if during_build {
        let (status, document) = server.get("/v1/songs/documents/during");
        assert_eq!((status, version_of(&document)), (200, 2));
    }
    assert_eq!(server.terminate(), Some(0));
    // And again after a restart.
    let server = Program::start(&folder);
    let (_, body) = server.get("/v1/songs/search?top=0");
    assert!(body["total"].as_u64() >= Some(expected), "{body}");
}
