//! The contract on sled, and what only a store in a folder does.

use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use crate::contract::{self, COLLECTIONS, Place};
use crate::{Batch, Collection, SharedStore, SledOptions, SledStore, Store as _, StoreError, Write};

struct Folder(TempDir);

impl Place for Folder {
    async fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> SharedStore {
        Arc::new(SledStore::open(self.0.path(), COLLECTIONS).unwrap())
    }
}

contract::contract!(Folder);

#[tokio::test]
async fn without_room_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path(), COLLECTIONS).unwrap();
    store.commit(Batch { checks: Vec::new(), writes: vec![Write::Put("songs", "a".to_owned(), json!({}))] }).await.unwrap();
    drop(store);
    let full = SledStore::open_with(folder.path(), COLLECTIONS, SledOptions { reserve: u64::MAX, ..SledOptions::default() }).unwrap();
    let write = Batch { checks: Vec::new(), writes: vec![Write::Delete("songs", "a".to_owned())] };
    assert!(matches!(full.commit(write.clone()).await, Err(StoreError::Full)));
    assert!(full.get("songs", "a").await.unwrap().is_some(), "reading goes on");
    drop(full);
    let store = SledStore::open(folder.path(), COLLECTIONS).unwrap();
    assert_eq!(store.position().await.unwrap(), 1);
    store.commit(write).await.unwrap();
    assert!(store.get("songs", "a").await.unwrap().is_none());
}

#[tokio::test]
async fn an_index_declared_later_finds_what_was_there() {
    static BEFORE: &[Collection] = &[Collection { name: "songs", indexes: &[] }];
    static AFTER: &[Collection] = &[Collection { name: "songs", indexes: &["tag"] }];
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path(), BEFORE).unwrap();
    let writes =
        (0..50).map(|n| Write::Put("songs", format!("s{n:02}"), json!({"tag": if n % 2 == 0 { "even" } else { "odd" }}))).collect();
    store.commit(Batch { checks: Vec::new(), writes }).await.unwrap();
    drop(store);
    let store = SledStore::open(folder.path(), AFTER).unwrap();
    assert_eq!(store.find("songs", "tag", "even", None, 100).await.unwrap().len(), 25);
    drop(store);
    let store = SledStore::open(folder.path(), BEFORE).unwrap();
    store.commit(Batch { checks: Vec::new(), writes: vec![Write::Delete("songs", "s00".to_owned())] }).await.unwrap();
    drop(store);
    let store = SledStore::open(folder.path(), AFTER).unwrap();
    assert_eq!(store.find("songs", "tag", "even", None, 100).await.unwrap().len(), 24);
}

#[tokio::test]
async fn a_folder_belongs_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path(), COLLECTIONS).unwrap();
    let path = folder.path().to_owned();
    let second = tokio::task::spawn_blocking(move || SledStore::open(&path, COLLECTIONS)).await.unwrap();
    assert!(matches!(second, Err(StoreError::Unavailable(_))));
    assert_eq!(store.position().await.unwrap(), 0);
}

#[tokio::test]
async fn a_folder_from_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(SledStore::open(folder.path(), COLLECTIONS).unwrap());
    let raw = sled::open(folder.path()).unwrap();
    raw.insert(b"m\0layout", &99u64.to_be_bytes()).unwrap();
    drop(raw);
    let Err(StoreError::Damaged(message)) = SledStore::open(folder.path(), COLLECTIONS) else { panic!("it was opened") };
    assert!(message.contains("newer version"), "{message}");
}
