//! Documents on their way from version to version.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::migrations::{Migration, MigrationError, SCHEMA, Step, migrate};
use crate::{Batch, Collection, Position, SharedStore, SledStore, Store, StoreError, StoreFuture, Write};

static COLLECTIONS: &[Collection] = &[SCHEMA, Collection { name: "songs", indexes: &["kind"] }, Collection { name: "users", indexes: &[] }];

static STEPS: &[Migration] = &[
    Migration { version: 1, steps: &[] },
    Migration { version: 2, steps: &[Step { collection: "songs", forward: count }, Step { collection: "users", forward: drop_guests }] },
    Migration { version: 3, steps: &[Step { collection: "songs", forward: count }] },
];

fn count(_: &str, mut body: Value) -> Result<Option<Value>, String> {
    let count = body["count"].as_u64().ok_or("there is no count")? + 1;
    body["count"] = json!(count);
    body["kind"] = json!(format!("k{count}"));
    Ok(Some(body))
}

fn drop_guests(key: &str, body: Value) -> Result<Option<Value>, String> {
    Ok((!key.starts_with("guest")).then_some(body))
}

async fn filled(folder: &tempfile::TempDir) -> SharedStore {
    let store: SharedStore = Arc::new(SledStore::open(folder.path(), COLLECTIONS).unwrap());
    migrate(&store, &STEPS[..1]).await.unwrap();
    let mut writes: Vec<_> = (0..1000).map(|n| Write::Put("songs", format!("s{n:04}"), json!({"count": 0}))).collect();
    writes.extend(["anna", "guest:1", "guest:2"].map(|key| Write::Put("users", key.to_owned(), json!({}))));
    store.commit(Batch { checks: Vec::new(), writes }).await.unwrap();
    store
}

async fn check_moved(store: &SharedStore) {
    let songs = store.scan("songs", "", None, 2000).await.unwrap();
    assert_eq!(songs.len(), 1000);
    assert!(songs.iter().all(|(_, song)| song.body["count"] == 2), "each is moved once by each version");
    assert_eq!(store.find("songs", "kind", "k2", None, 2000).await.unwrap().len(), 1000);
    let users: Vec<_> = store.scan("users", "", None, 9).await.unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(users, ["anna"]);
}

#[tokio::test]
async fn documents_move_through_all_versions() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    assert_eq!(migrate(&store, STEPS).await.unwrap(), 3);
    check_moved(&store).await;
    let position = store.position().await.unwrap();
    assert_eq!(migrate(&store, STEPS).await.unwrap(), 3);
    assert_eq!(store.position().await.unwrap(), position, "a second time does nothing");
}

#[tokio::test]
async fn a_new_store_has_the_newest_version() {
    let folder = tempfile::tempdir().unwrap();
    let store: SharedStore = Arc::new(SledStore::open(folder.path(), COLLECTIONS).unwrap());
    assert_eq!(migrate(&store, super::FIRST_SCHEMA).await.unwrap(), super::FIRST_SCHEMA.last().unwrap().version);
}

/// Ends, as a process does, after some commits.
struct Dying {
    store: SharedStore,
    left: AtomicU64,
}

impl Store for Dying {
    fn commit(&self, batch: Batch) -> StoreFuture<Position> {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.left.store(0, Ordering::Relaxed);
            return Box::pin(std::future::ready(Err(StoreError::Unavailable("dead".to_owned()))));
        }
        self.store.commit(batch)
    }
    fn get(&self, collection: &'static str, key: &str) -> StoreFuture<Option<crate::Document>> {
        self.store.get(collection, key)
    }
    fn scan(
        &self,
        collection: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> StoreFuture<Vec<(String, crate::Document)>> {
        self.store.scan(collection, prefix, after, limit)
    }
    fn latest(&self, collection: &'static str, prefix: &str, at_most: &str) -> StoreFuture<Option<(String, crate::Document)>> {
        self.store.latest(collection, prefix, at_most)
    }
    fn find(
        &self,
        collection: &'static str,
        index: &'static str,
        value: &str,
        after: Option<&str>,
        limit: usize,
    ) -> StoreFuture<Vec<(String, crate::Document)>> {
        self.store.find(collection, index, value, after, limit)
    }
    fn read(&self, log: &str, from: u64, limit: usize) -> StoreFuture<Vec<(u64, bytes::Bytes)>> {
        self.store.read(log, from, limit)
    }
    fn last(&self, log: &str) -> StoreFuture<u64> {
        self.store.last(log)
    }
    fn logs(&self, after: Option<&str>, limit: usize) -> StoreFuture<Vec<String>> {
        self.store.logs(after, limit)
    }
    fn position(&self) -> StoreFuture<Position> {
        self.store.position()
    }
    fn changes(&self, after: Position, limit: usize) -> StoreFuture<Vec<crate::Change>> {
        self.store.changes(after, limit)
    }
}

#[tokio::test]
async fn a_migration_goes_on_where_it_ended() {
    for left in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(&folder).await;
        let dying: SharedStore = Arc::new(Dying { store: store.clone(), left: AtomicU64::new(left) });
        assert!(matches!(migrate(&dying, STEPS).await, Err(MigrationError::Store(_))));
        migrate(&store, STEPS).await.unwrap();
        check_moved(&store).await;
    }
}

#[tokio::test]
async fn servers_may_migrate_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { migrate(&store, STEPS).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 3);
    }
    check_moved(&store).await;
}

#[tokio::test]
async fn data_from_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    migrate(&store, STEPS).await.unwrap();
    let error = migrate(&store, &STEPS[..2]).await.unwrap_err();
    assert!(matches!(error, MigrationError::Newer { found: 3, known: 2 }));
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[tokio::test]
async fn a_document_that_cannot_be_moved_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder).await;
    store.commit(Batch { checks: Vec::new(), writes: vec![Write::Put("songs", "s0500".to_owned(), json!({}))] }).await.unwrap();
    let error = migrate(&store, STEPS).await.unwrap_err().to_string();
    assert_eq!(error, "`s0500` in `songs` cannot be moved to schema 2: there is no count");
    store.commit(Batch { checks: Vec::new(), writes: vec![Write::Put("songs", "s0500".to_owned(), json!({"count": 0}))] }).await.unwrap();
    migrate(&store, STEPS).await.unwrap();
    check_moved(&store).await;
}
