//! The contract on joined servers, and what they do when Redis loses everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tempfile::TempDir;

use super::redis_server::RedisServer;
use crate::contract::{self, COLLECTIONS, Place};
use crate::{Batch, Health, JoinedOptions, JoinedStore, RedisStore, SharedStore, SledOptions, SledStore, Store as _, StoreError, Write};

/// Short, so that tests do not wait; the servers of a test notice at once.
const SETTLE: Duration = Duration::from_millis(20);

struct Server(RedisServer, TempDir);

impl Place for Server {
    async fn new() -> Server {
        Server(RedisServer::start(), tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> SharedStore {
        Arc::new(join(&self.0, &self.1, SETTLE).await)
    }
}

contract::contract!(Server);

async fn join(server: &RedisServer, folder: &TempDir, settle: Duration) -> JoinedStore {
    let options = JoinedOptions { settle, sled: SledOptions::default() };
    let joined = JoinedStore::open(folder.path(), &server.url(), "tutti:", COLLECTIONS, options).await.unwrap();
    joined.until_joined().await;
    joined
}

/// Two servers that have about the time to notice that a real pair has.
async fn pair(server: &RedisServer, folders: &[TempDir; 2]) -> [Arc<JoinedStore>; 2] {
    let settle = Duration::from_secs(2);
    let (one, two) = tokio::join!(join(server, &folders[0], settle), join(server, &folders[1], settle));
    [Arc::new(one), Arc::new(two)]
}

fn folders() -> [TempDir; 2] {
    [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()]
}

async fn commit(store: &JoinedStore, writes: Vec<Write>) -> u64 {
    store.commit(Batch { checks: Vec::new(), writes }).await.unwrap()
}

fn put(key: &str, n: u64) -> Write {
    Write::Put("songs", key.to_owned(), json!({"tag": "t", "n": n}))
}

fn append(log: &str, after: u64, entries: &[&str]) -> Write {
    Write::Append { log: log.to_owned(), after, entries: entries.iter().map(|entry| Bytes::copy_from_slice(entry.as_bytes())).collect() }
}

async fn entries(store: &JoinedStore, log: &str) -> Vec<(u64, String)> {
    let found = store.read(log, 0, 100_000).await.unwrap();
    found.into_iter().map(|(number, entry)| (number, String::from_utf8(entry.to_vec()).unwrap())).collect()
}

fn pairs(all: &[(u64, &str)]) -> Vec<(u64, String)> {
    all.iter().map(|(number, entry)| (*number, (*entry).to_owned())).collect()
}

/// Commits until it is told to stop: to a log of its own, to one that all share, and to a document. Returns what was acknowledged.
async fn write_on(store: Arc<JoinedStore>, name: String, stop: Arc<AtomicBool>) -> (Vec<(u64, String)>, Vec<(u64, String)>) {
    let (mut own, mut common, mut n) = (Vec::new(), Vec::new(), 0_u64);
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let entry = format!("{name} {n}");
        let (Ok(last), Ok(shared)) = (store.last(&name).await, store.last("common").await) else {
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        let writes = vec![append(&name, last, &[&entry]), append("common", shared, &[&entry]), put(&name, n)];
        if store.commit(Batch { checks: Vec::new(), writes }).await.is_ok() {
            own.push((last + 1, entry.clone()));
            common.push((shared + 1, entry));
        }
    }
    (own, common)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_with_redis() {
    let (mut server, folders) = (RedisServer::start(), folders());
    let stores = pair(&server, &folders).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8).map(|n| tokio::spawn(write_on(stores[n % 2].clone(), format!("w{n}"), stop.clone()))).collect();
    for _ in 0..2 {
        let reached = stores[0].position().await.unwrap();
        while stores[0].position().await.unwrap() < reached + 300 {
            tokio::task::yield_now().await;
        }
        server.kill();
        for store in &stores {
            while store.get("songs", "w0").await.is_ok() {}
            assert!(matches!(store.health(), Health::Degraded { .. }));
        }
        server.restart();
        tokio::join!(stores[0].until_joined(), stores[1].until_joined());
    }
    stop.store(true, Ordering::Relaxed);
    let mut common = Vec::new();
    for (n, writer) in writers.into_iter().enumerate() {
        let (own, shared) = writer.await.unwrap();
        assert!(own.len() > 20, "writer {n} got to write: {}", own.len());
        common.extend(shared);
        for store in &stores {
            let kept = entries(store, &format!("w{n}")).await;
            // The end of one that was not acknowledged may be there; all that was is, where it was.
            assert!(own.iter().all(|entry| kept.contains(entry)), "writer {n}");
            assert!(kept.iter().enumerate().all(|(at, (number, _))| *number == at as u64 + 1), "there is no hole");
            let numbers: Vec<u64> = kept.iter().map(|(_, entry)| entry.split(' ').next_back().unwrap().parse().unwrap()).collect();
            assert!(numbers.is_sorted());
            let document = store.get("songs", &format!("w{n}")).await.unwrap().unwrap();
            assert!(document.body["n"].as_u64() >= numbers.last().copied());
        }
    }
    for store in &stores {
        let kept = entries(store, "common").await;
        assert!(kept.iter().enumerate().all(|(at, (number, _))| *number == at as u64 + 1), "there is no hole");
        let kept: std::collections::HashSet<_> = kept.into_iter().collect();
        assert!(common.iter().all(|entry| kept.contains(entry)));
        assert_eq!(store.find("songs", "tag", "t", None, 100).await.unwrap().len(), 8);
        assert!(store.conflicts().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_amendments_and_trims_come_back_too() {
    let (mut server, folders) = (RedisServer::start(), folders());
    let [one, two] = pair(&server, &folders).await;
    commit(&one, vec![put("kept", 1), put("gone", 1), put("changed", 1), append("log", 0, &["a", "b", "c"])]).await;
    commit(&one, vec![append("dropped", 0, &["old 1", "old 2", "old 3"]), append("emptied", 0, &["x", "y"])]).await;
    commit(&two, vec![Write::Delete("songs", "gone".to_owned()), put("changed", 2)]).await;
    commit(&two, vec![Write::Trim("log".to_owned(), 2), Write::Amend("log".to_owned(), 3, "C".into()), append("log", 3, &["d"])]).await;
    commit(&two, vec![Write::Drop("dropped".to_owned()), Write::Trim("emptied".to_owned(), 3)]).await;
    let position = commit(&one, vec![append("dropped", 0, &["new 1"])]).await;
    let versions = one.scan("songs", "", None, 9).await.unwrap();
    server.kill();
    server.restart();
    while one.get("songs", "kept").await.is_ok_and(|found| found.is_none()) {}
    tokio::join!(one.until_joined(), two.until_joined());
    while one.position().await.is_err() || two.position().await.is_err() {
        tokio::task::yield_now().await;
    }
    for store in [&one, &two] {
        assert_eq!(store.scan("songs", "", None, 9).await.unwrap(), versions, "versions are the same");
        assert_eq!(entries(store, "log").await, pairs(&[(2, "b"), (3, "C"), (4, "d")]));
        assert_eq!(entries(store, "dropped").await, pairs(&[(1, "new 1")]));
        assert_eq!(store.last("dropped").await.unwrap(), 1);
        assert_eq!(store.last("emptied").await.unwrap(), 2);
        assert!(store.position().await.unwrap() > position);
        assert!(matches!(store.changes(position, 9).await, Err(StoreError::Forgotten)));
    }
    assert_eq!(versions.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["changed", "kept"]);
    assert!(commit(&two, vec![append("log", 4, &["e"])]).await > position);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_brings_what_only_it_had() {
    let (mut server, folders) = (RedisServer::start(), folders());
    let one = join(&server, &folders[0], SETTLE).await;
    let two = join(&server, &folders[1], SETTLE).await;
    commit(&two, vec![append("free", 0, &["a", "b"]), append("taken", 0, &["a", "b"]), put("only", 1), put("again", 1)]).await;
    commit(&one, vec![append("free", 2, &["c"])]).await;
    drop(two);
    server.kill();
    server.restart();
    while one.last("taken").await.ok() != Some(0) {
        tokio::task::yield_now().await;
    }
    commit(&one, vec![append("taken", 0, &["other"]), put("again", 2)]).await;
    assert_eq!(entries(&one, "free").await, pairs(&[(3, "c")]), "the rest is away");
    let two = join(&server, &folders[1], SETTLE).await;
    for store in [&one, &two] {
        assert_eq!(entries(store, "free").await, pairs(&[(1, "a"), (2, "b"), (3, "c")]));
        assert_eq!(entries(store, "taken").await, pairs(&[(1, "other"), (2, "b")]));
        assert_eq!(store.get("songs", "only").await.unwrap().unwrap().body["n"], 1);
        assert_eq!(store.get("songs", "again").await.unwrap().unwrap().body["n"], 2);
    }
    assert_eq!(two.conflicts(), ["entry 1 of taken"]);
    assert!(one.conflicts().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_alone_is_brought_along() {
    let (server, folders) = (RedisServer::start(), folders());
    let alone = SledStore::open(folders[0].path(), COLLECTIONS).unwrap();
    let writes = vec![put("a", 1), append("log", 0, &["x", "y", "z"]), append("emptied", 0, &["x"])];
    alone.commit(Batch { checks: Vec::new(), writes }).await.unwrap();
    alone
        .commit(Batch { checks: Vec::new(), writes: vec![Write::Trim("log".to_owned(), 2), Write::Trim("emptied".to_owned(), 2)] })
        .await
        .unwrap();
    drop(alone);
    let one = join(&server, &folders[0], SETTLE).await;
    let two = join(&server, &folders[1], SETTLE).await;
    assert_eq!(two.find("songs", "tag", "t", None, 9).await.unwrap().len(), 1);
    assert_eq!(entries(&two, "log").await, pairs(&[(2, "y"), (3, "z")]));
    assert_eq!(two.last("emptied").await.unwrap(), 1);
    assert_eq!(two.logs(None, 9).await.unwrap(), ["emptied", "log"]);
    assert!(one.conflicts().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_agreed_on_and_outlives_redis() {
    let (mut server, folders) = (RedisServer::start(), folders());
    let [one, two] = pair(&server, &folders).await;
    assert_eq!(one.shared_secret("tokens", b"first").await.unwrap(), b"first");
    assert_eq!(two.shared_secret("tokens", b"second").await.unwrap(), b"first");
    assert_eq!(two.shared_secret("other", b"third").await.unwrap(), b"third");
    server.kill();
    while one.position().await.is_ok() || two.position().await.is_ok() {}
    assert!(matches!(two.shared_secret("tokens", b"second").await, Err(StoreError::Unavailable(_))));
    server.restart();
    tokio::join!(one.until_joined(), two.until_joined());
    assert_eq!(two.shared_secret("tokens", b"fourth").await.unwrap(), b"first");
    assert_eq!(one.shared_secret("other", b"fifth").await.unwrap(), b"third");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_what_others_changed_are_forgotten() {
    let (server, folders) = (RedisServer::start(), folders());
    let one = join(&server, &folders[0], SETTLE).await;
    let two = join(&server, &folders[1], SETTLE).await;
    commit(&one, vec![put("overwritten", 1), put("deleted", 1), put("mine", 1), append("log", 0, &["a", "b"])]).await;
    commit(&two, vec![put("overwritten", 2), Write::Delete("songs", "deleted".to_owned()), Write::Trim("log".to_owned(), 2)]).await;
    one.sweep().await.unwrap();
    two.sweep().await.unwrap();
    assert_eq!(one.scan("songs", "", None, 9).await.unwrap().len(), 2, "that is no loss");
    drop((one, two));
    let kept = async |folder: &TempDir| {
        let alone = SledStore::open(folder.path(), COLLECTIONS).unwrap();
        alone.scan("songs", "", None, 9).await.unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(kept(&folders[0]).await, ["mine"]);
    assert_eq!(kept(&folders[1]).await, ["overwritten"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_took_before_its_writer_ended_is_kept_too() {
    let (mut server, folders) = (RedisServer::start(), folders());
    let one = join(&server, &folders[0], SETTLE).await;
    commit(&one, vec![append("log", 0, &["a"]), put("gone", 1)]).await;
    drop(one);
    // Straight into Redis, as by a server that ends before it has a copy.
    let straight = RedisStore::connect(&server.url(), "tutti:", COLLECTIONS).await.unwrap();
    let writes = vec![append("log", 1, &["b", "c"]), put("new", 1), Write::Delete("songs", "gone".to_owned())];
    straight.commit(Batch { checks: Vec::new(), writes }).await.unwrap();
    let one = join(&server, &folders[0], SETTLE).await;
    commit(&one, vec![append("log", 3, &["d"])]).await;
    server.kill();
    while one.position().await.is_ok() {}
    server.restart();
    one.until_joined().await;
    assert_eq!(entries(&one, "log").await, pairs(&[(1, "a"), (2, "b"), (3, "c"), (4, "d")]));
    assert!(one.get("songs", "new").await.unwrap().is_some());
    assert!(one.get("songs", "gone").await.unwrap().is_none());
}
