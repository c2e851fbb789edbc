//! Conditions, atomicity and order.

use serde_json::json;

use super::{Batch, Check, SharedStore, StoreError, Write, append, attempt, commit, entries, keys, put, tagged};

pub(crate) async fn checks_decide(store: SharedStore) {
    let absent = || vec![Check::Absent("songs", "a".to_owned())];
    attempt(&store, absent(), vec![put("songs", "a", json!({"n": 1}))]).await.unwrap();
    assert!(matches!(attempt(&store, absent(), vec![put("songs", "a", json!({"n": 2}))]).await, Err(StoreError::Conflict)));
    let version = store.get("songs", "a").await.unwrap().unwrap().version;
    let same = || vec![Check::Version("songs", "a".to_owned(), version)];
    attempt(&store, same(), vec![put("songs", "a", json!({"n": 3}))]).await.unwrap();
    assert!(matches!(attempt(&store, same(), vec![put("songs", "a", json!({"n": 4}))]).await, Err(StoreError::Conflict)));
    assert_eq!(store.get("songs", "a").await.unwrap().unwrap().body, json!({"n": 3}));
    commit(&store, vec![Write::Delete("songs", "a".to_owned())]).await;
    assert!(matches!(attempt(&store, same(), Vec::new()).await, Err(StoreError::Conflict)));
    attempt(&store, absent(), Vec::new()).await.unwrap();
}

pub(crate) async fn a_conflict_leaves_nothing(store: SharedStore) {
    commit(&store, vec![put("songs", "a", json!({"tag": "old"})), append("log", 0, &["1"])]).await;
    let before = store.position().await.unwrap();
    let writes = vec![
        put("songs", "a", json!({"tag": "new"})),
        put("songs", "b", json!({"tag": "new"})),
        Write::Amend("log".to_owned(), 1, "amended".into()),
        append("other", 0, &["1"]),
        append("log", 2, &["3"]),
    ];
    assert!(matches!(attempt(&store, Vec::new(), writes).await, Err(StoreError::Conflict)));
    assert_eq!(keys(&store, "", None, 9).await, ["a"]);
    assert_eq!(tagged(&store, "old").await, ["a"]);
    assert_eq!(tagged(&store, "new").await, [""; 0]);
    assert_eq!(entries(&store, "log", 0).await, [(1, "1".to_owned())]);
    assert_eq!(store.last("other").await.unwrap(), 0);
    assert_eq!(store.position().await.unwrap(), before);
    assert!(store.changes(before, 9).await.unwrap().is_empty());
}

pub(crate) async fn writes_of_a_batch_build_on_each_other(store: SharedStore) {
    let writes = vec![
        append("log", 0, &["1", "2"]),
        append("log", 2, &["3"]),
        Write::Amend("log".to_owned(), 2, "two".into()),
        Write::Trim("log".to_owned(), 2),
        put("songs", "a", json!({"tag": "x"})),
        Write::Delete("songs", "a".to_owned()),
        put("songs", "b", json!({"tag": "x"})),
        put("songs", "b", json!({"tag": "y"})),
        append("gone", 0, &["1"]),
        Write::Drop("gone".to_owned()),
        append("gone", 0, &["new"]),
    ];
    attempt(&store, vec![Check::Absent("songs", "a".to_owned())], writes).await.unwrap();
    assert_eq!(entries(&store, "log", 0).await, [(2, "two".to_owned()), (3, "3".to_owned())]);
    assert_eq!(keys(&store, "", None, 9).await, ["b"]);
    assert_eq!(tagged(&store, "x").await, [""; 0]);
    assert_eq!(tagged(&store, "y").await, ["b"]);
    assert_eq!(entries(&store, "gone", 0).await, [(1, "new".to_owned())]);
}

pub(crate) async fn batches_are_carried_out_in_the_order_they_were_handed_over(store: SharedStore) {
    let mut pending = Vec::new();
    for n in 0..200 {
        let entry = n.to_string();
        pending.push(
            store.commit(Batch { checks: Vec::new(), writes: vec![append("log", n, &[&entry]), put("songs", "n", json!({"n": n}))] }),
        );
    }
    // Awaited from the last to the first: the order of the calls counts, not that of waiting.
    let mut positions = Vec::new();
    while let Some(answer) = pending.pop() {
        positions.push(answer.await.unwrap());
    }
    assert!(positions.windows(2).all(|pair| pair[0] > pair[1]));
    let found = entries(&store, "log", 0).await;
    assert!(found.iter().enumerate().all(|(n, (number, entry))| *number == n as u64 + 1 && *entry == n.to_string()));
    assert_eq!(found.len(), 200);
    assert_eq!(store.get("songs", "n").await.unwrap().unwrap().body, json!({"n": 199}));
}

pub(crate) async fn one_of_many_wins(store: SharedStore) {
    let mut tasks = Vec::new();
    for n in 0..50 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let check = vec![Check::Absent("songs", "seat".to_owned())];
            attempt(&store, check, vec![put("songs", "seat", json!({"by": n}))]).await.is_ok()
        }));
    }
    let mut winners = Vec::new();
    for (n, task) in tasks.into_iter().enumerate() {
        if task.await.unwrap() {
            winners.push(n);
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(store.get("songs", "seat").await.unwrap().unwrap().body, json!({"by": winners[0]}));
}
