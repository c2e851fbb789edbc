//! Logs of numbered entries.

use super::{SharedStore, StoreError, Write, append, attempt, commit, entries};

fn pairs(all: &[(u64, &str)]) -> Vec<(u64, String)> {
    all.iter().map(|(number, entry)| (*number, (*entry).to_owned())).collect()
}

pub(crate) async fn entries_are_numbered(store: SharedStore) {
    assert_eq!(store.last("log").await.unwrap(), 0);
    assert!(store.read("log", 0, 9).await.unwrap().is_empty());
    commit(&store, vec![append("log", 0, &["a", "b", "c"])]).await;
    commit(&store, vec![append("log", 3, &[""])]).await;
    commit(&store, vec![append("log", 4, &[])]).await;
    assert_eq!(store.last("log").await.unwrap(), 4);
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(1, "a"), (2, "b"), (3, "c"), (4, "")]));
    assert_eq!(entries(&store, "log", 3).await, pairs(&[(3, "c"), (4, "")]));
    assert!(store.read("log", 5, 9).await.unwrap().is_empty());
    assert!(store.read("log", u64::MAX, 9).await.unwrap().is_empty());
    assert_eq!(store.read("log", 2, 2).await.unwrap(), [(2, "b".into()), (3, "c".into())]);
    assert!(store.read("log", 1, 0).await.unwrap().is_empty());
    for after in [0, 3, 5, u64::MAX] {
        assert!(matches!(attempt(&store, Vec::new(), vec![append("log", after, &["x"])]).await, Err(StoreError::Conflict)));
    }
    let bytes = bytes::Bytes::from_static(&[0, 255, 10, 13, 128]);
    commit(&store, vec![Write::Append { log: "log".to_owned(), after: 4, entries: vec![bytes.clone()] }]).await;
    assert_eq!(store.read("log", 5, 1).await.unwrap(), [(5, bytes)]);
}

pub(crate) async fn concurrent_writers_win_their_own_numbers(store: SharedStore) {
    let mut tasks = Vec::new();
    for writer in 0..32 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            while mine.len() < 10 {
                let after = store.last("log").await.unwrap();
                match attempt(&store, Vec::new(), vec![append("log", after, &[&writer.to_string()])]).await {
                    Ok(_) => mine.push(after + 1),
                    Err(StoreError::Conflict) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error}"),
                }
            }
            mine
        }));
    }
    let mut expected = Vec::new();
    for (writer, task) in tasks.into_iter().enumerate() {
        expected.extend(task.await.unwrap().into_iter().map(|number| (number, writer.to_string())));
    }
    expected.sort();
    assert_eq!(expected.len(), 320);
    assert_eq!(entries(&store, "log", 0).await, expected);
}

pub(crate) async fn an_entry_is_amended(store: SharedStore) {
    commit(&store, vec![append("log", 0, &["a", "b", "c"]), Write::Trim("log".to_owned(), 2)]).await;
    let before = store.position().await.unwrap();
    commit(&store, vec![Write::Amend("log".to_owned(), 2, "B".into())]).await;
    let absent = [("log", 0), ("log", 1), ("log", 4), ("none", 1)];
    commit(&store, absent.iter().map(|(log, number)| Write::Amend((*log).to_owned(), *number, "x".into())).collect()).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(2, "B"), (3, "c")]));
    assert_eq!(store.last("none").await.unwrap(), 0);
    let changes = store.changes(before, 9).await.unwrap();
    assert_eq!(changes[0].logs, ["log"]);
    assert!(changes[1].logs.is_empty(), "nothing was there to amend");
}

pub(crate) async fn a_trimmed_log_keeps_its_number(store: SharedStore) {
    commit(&store, vec![append("log", 0, &["a", "b", "c"])]).await;
    commit(&store, vec![Write::Trim("log".to_owned(), 3)]).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(3, "c")]));
    commit(&store, vec![Write::Trim("log".to_owned(), 1)]).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(3, "c")]));
    commit(&store, vec![Write::Trim("log".to_owned(), 100)]).await;
    assert_eq!(store.last("log").await.unwrap(), 3);
    assert!(store.read("log", 0, 9).await.unwrap().is_empty());
    assert!(matches!(attempt(&store, Vec::new(), vec![append("log", 0, &["x"])]).await, Err(StoreError::Conflict)));
    commit(&store, vec![append("log", 3, &["d"])]).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(4, "d")]));
    commit(&store, vec![Write::Trim("none".to_owned(), 5)]).await;
    assert_eq!(store.last("none").await.unwrap(), 0);
}

pub(crate) async fn a_dropped_log_begins_again(store: SharedStore) {
    commit(&store, vec![append("log", 0, &["a", "b"]), append("logs", 0, &["x"]), append("trimmed", 0, &["t"])]).await;
    commit(&store, vec![Write::Trim("trimmed".to_owned(), 2)]).await;
    let before = store.position().await.unwrap();
    commit(&store, vec![Write::Drop("log".to_owned()), Write::Drop("trimmed".to_owned()), Write::Drop("none".to_owned())]).await;
    assert_eq!(store.last("log").await.unwrap(), 0);
    assert_eq!(store.last("trimmed").await.unwrap(), 0);
    assert!(store.read("log", 0, 9).await.unwrap().is_empty());
    assert_eq!(entries(&store, "logs", 0).await, pairs(&[(1, "x")]));
    assert_eq!(store.changes(before, 9).await.unwrap()[0].logs, ["log", "trimmed"]);
    commit(&store, vec![append("log", 0, &["again"])]).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(1, "again")]));
}

pub(crate) async fn logs_do_not_mix(store: SharedStore) {
    let names = ["room", "room:1", "room:10", "room:1\u{1}", "r", ""];
    for name in names {
        commit(&store, vec![append(name, 0, &[name, "2"])]).await;
    }
    commit(&store, vec![Write::Trim("room:1".to_owned(), 9), Write::Drop("room".to_owned())]).await;
    for name in ["room:10", "room:1\u{1}", "r", ""] {
        assert_eq!(entries(&store, name, 0).await, pairs(&[(1, name), (2, "2")]));
        assert_eq!(store.last(name).await.unwrap(), 2);
    }
    assert_eq!(store.last("room:1").await.unwrap(), 2);
    assert_eq!(store.last("room").await.unwrap(), 0);
}

pub(crate) async fn a_log_begins_behind_a_number(store: SharedStore) {
    let begin = |log: &str, after| Write::Begin { log: log.to_owned(), after };
    commit(&store, vec![begin("log", 41), append("log", 41, &["a"]), begin("empty", 7), begin("none", 0)]).await;
    assert_eq!(entries(&store, "log", 0).await, pairs(&[(42, "a")]));
    assert_eq!(store.last("empty").await.unwrap(), 7);
    assert_eq!(store.last("none").await.unwrap(), 0);
    for log in ["log", "empty"] {
        assert!(matches!(attempt(&store, Vec::new(), vec![begin(log, 50)]).await, Err(StoreError::Conflict)));
    }
    assert!(matches!(attempt(&store, Vec::new(), vec![append("empty", 0, &["x"])]).await, Err(StoreError::Conflict)));
    commit(&store, vec![append("empty", 7, &["b"])]).await;
    assert_eq!(entries(&store, "empty", 0).await, pairs(&[(8, "b")]));
}

pub(crate) async fn all_logs_are_listed(store: SharedStore) {
    assert!(store.logs(None, 9).await.unwrap().is_empty());
    let names = ["", "a", "a\u{1}", "a:1", "a:10", "a:2", "b", "é"];
    for name in names {
        commit(&store, vec![append(name, 0, &["x", "y"])]).await;
    }
    let writes = vec![
        append("gone", 0, &["x"]),
        Write::Drop("gone".to_owned()),
        Write::Trim("a:1".to_owned(), 9),
        Write::Trim("none".to_owned(), 9),
    ];
    commit(&store, writes).await;
    assert_eq!(store.logs(None, 100).await.unwrap(), names);
    assert_eq!(store.logs(Some("a"), 2).await.unwrap(), ["a\u{1}", "a:1"]);
    assert_eq!(store.logs(Some("a:11"), 2).await.unwrap(), ["a:2", "b"]);
    assert!(store.logs(Some("é"), 2).await.unwrap().is_empty());
    assert!(store.logs(None, 0).await.unwrap().is_empty());
}
