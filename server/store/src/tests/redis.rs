//! The contract on a real Redis, and what only a store there does.

use std::sync::Arc;

use serde_json::json;

use super::redis_server::RedisServer;
use crate::contract::{self, COLLECTIONS, Place};
use crate::{Batch, RedisStore, SharedStore, Store as _, StoreError, Write};

struct Server(RedisServer);

impl Place for Server {
    async fn new() -> Server {
        Server(RedisServer::start())
    }

    async fn open(&self) -> SharedStore {
        Arc::new(RedisStore::connect(&self.0.url(), "tutti:", COLLECTIONS).await.unwrap())
    }
}

contract::contract!(Server);

fn put(key: &str) -> Batch {
    Batch { checks: Vec::new(), writes: vec![Write::Put("songs", key.to_owned(), json!({"tag": key}))] }
}

#[tokio::test]
async fn prefixes_do_not_mix() {
    let server = RedisServer::start();
    let one = RedisStore::connect(&server.url(), "one:", COLLECTIONS).await.unwrap();
    let two = RedisStore::connect(&server.url(), "two:", COLLECTIONS).await.unwrap();
    one.commit(put("a")).await.unwrap();
    assert!(two.get("songs", "a").await.unwrap().is_none());
    assert_eq!(two.position().await.unwrap(), 0);
}

#[tokio::test]
async fn servers_see_each_others_writes() {
    let server = RedisServer::start();
    let one = RedisStore::connect(&server.url(), "tutti:", COLLECTIONS).await.unwrap();
    let two = RedisStore::connect(&server.url(), "tutti:", COLLECTIONS).await.unwrap();
    let position = one.commit(put("a")).await.unwrap();
    assert!(two.get("songs", "a").await.unwrap().is_some());
    assert_eq!(two.changes(position - 1, 9).await.unwrap()[0].documents, [("songs".to_owned(), "a".to_owned())]);
}

#[tokio::test]
async fn a_redis_that_is_away_is_unavailable_until_it_is_back() {
    let mut server = RedisServer::start();
    let url = server.url();
    let store = RedisStore::connect(&url, "tutti:", COLLECTIONS).await.unwrap();
    store.commit(put("a")).await.unwrap();
    server.kill();
    assert!(matches!(store.commit(put("b")).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.get("songs", "a").await, Err(StoreError::Unavailable(_))));
    assert!(matches!(RedisStore::connect(&url, "tutti:", COLLECTIONS).await, Err(StoreError::Unavailable(_))));
    server.restart();
    // The first call after may still meet the connection that was lost.
    while store.commit(put("c")).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert!(store.get("songs", "c").await.unwrap().is_some());
    assert!(store.get("songs", "a").await.unwrap().is_none(), "this Redis keeps nothing");
}

#[tokio::test]
async fn a_full_redis_takes_nothing() {
    let server = RedisServer::start();
    let store = RedisStore::connect(&server.url(), "tutti:", COLLECTIONS).await.unwrap();
    store.commit(put("a")).await.unwrap();
    let mut raw = redis::Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let set = |value: &'static str| redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg(value).to_owned();
    set("1").exec_async(&mut raw).await.unwrap();
    assert!(matches!(store.commit(put("b")).await, Err(StoreError::Full)));
    assert!(store.get("songs", "a").await.unwrap().is_some(), "reading goes on");
    set("0").exec_async(&mut raw).await.unwrap();
    assert_eq!(store.commit(put("b")).await.unwrap(), 2);
}
