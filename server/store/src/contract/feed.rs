//! Positions, changes, and what is there after reopening.

use serde_json::json;

use super::{Place, SharedStore, StoreError, Write, append, commit, entries, put, tagged};

fn document(key: &str) -> (String, String) {
    ("songs".to_owned(), key.to_owned())
}

pub(crate) async fn positions_grow_and_changes_are_told(store: SharedStore) {
    let start = store.position().await.unwrap();
    assert!(store.changes(start, 9).await.unwrap().is_empty());
    let first = commit(&store, vec![put("songs", "a", json!({})), put("songs", "a", json!({})), append("log", 0, &["1"])]).await;
    assert!(first > start);
    let second = commit(&store, vec![Write::Delete("songs", "a".to_owned()), Write::Delete("songs", "none".to_owned())]).await;
    let third = commit(&store, vec![append("log", 1, &["2"]), append("more", 0, &["1"]), put("songs", "b", json!({}))]).await;
    let fourth = commit(&store, vec![Write::Trim("log".to_owned(), 2), Write::Trim("more".to_owned(), 0), append("log", 2, &[])]).await;
    assert!(first < second && second < third && third < fourth);
    assert!(store.position().await.unwrap() >= fourth);
    let changes = store.changes(start, 9).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.position).collect::<Vec<_>>(), [first, second, third, fourth]);
    assert_eq!((&changes[0].documents, &changes[0].logs), (&vec![document("a")], &vec!["log".to_owned()]));
    assert_eq!((&changes[1].documents, &changes[1].logs), (&vec![document("a")], &Vec::new()));
    assert_eq!((&changes[2].documents, &changes[2].logs), (&vec![document("b")], &vec!["log".to_owned(), "more".to_owned()]));
    assert_eq!((&changes[3].documents, &changes[3].logs), (&Vec::new(), &vec!["log".to_owned()]));
    assert_eq!(store.changes(first, 1).await.unwrap(), changes[1..2]);
    assert!(store.changes(fourth, 9).await.unwrap().is_empty());
    assert!(store.changes(start, 0).await.unwrap().is_empty());
}

pub(crate) async fn unknown_positions_are_forgotten(store: SharedStore) {
    let position = commit(&store, vec![append("log", 0, &["1"])]).await;
    assert!(matches!(store.changes(position + 1_000_000, 9).await, Err(StoreError::Forgotten)), "it was never reached");
    // More batches than are kept, handed over at once so that they share flushes and round trips.
    for _ in 0..26 {
        let pending: Vec<_> = (0..4_000).map(|_| store.commit(super::Batch::default())).collect();
        for answer in pending {
            answer.await.unwrap();
        }
    }
    let reached = store.position().await.unwrap();
    assert!(matches!(store.changes(position, 9).await, Err(StoreError::Forgotten)));
    let oldest = store.changes(reached - 100_000, 3).await.unwrap();
    assert_eq!(oldest.iter().map(|change| change.position).collect::<Vec<_>>(), [reached - 99_999, reached - 99_998, reached - 99_997]);
}

pub(crate) async fn everything_survives_reopening<P: Place>() {
    let place = P::new().await;
    let mut reached = 0;
    for round in 0..4u64 {
        let store = place.open().await;
        assert_eq!(store.position().await.unwrap(), reached);
        assert_eq!(store.last("log").await.unwrap(), round * 2);
        commit(
            &store,
            vec![put("songs", &format!("s{round}"), json!({"tag": "t", "round": round})), append("log", round * 2, &["a", "b"])],
        )
        .await;
        // Not awaited: what was handed over before the end is carried out.
        let pending = store.commit(super::Batch { checks: Vec::new(), writes: vec![Write::Trim("log".to_owned(), round * 2 + 2)] });
        drop(store);
        reached = pending.await.unwrap();
    }
    let store = place.open().await;
    assert_eq!(tagged(&store, "t").await, ["s0", "s1", "s2", "s3"]);
    assert_eq!(store.get("songs", "s2").await.unwrap().unwrap().body, json!({"tag": "t", "round": 2}));
    assert_eq!(entries(&store, "log", 0).await, [(8, "b".to_owned())]);
    assert_eq!(store.changes(0, 100).await.unwrap().len(), 8);
    assert!(commit(&store, Vec::new()).await > reached);
}
