//! Export and import.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::migrations::{SCHEMA, migrate};
use crate::transfer::{Target, TransferError, Transferred, export, import};
use crate::{Batch, Collection, SharedStore, SledStore, Write};

static COLLECTIONS: &[Collection] = &[SCHEMA, Collection { name: "songs", indexes: &["tag"] }, Collection { name: "users", indexes: &[] }];

fn open(folder: &Path) -> SharedStore {
    Arc::new(SledStore::open(folder, COLLECTIONS).unwrap())
}

async fn commit(store: &SharedStore, writes: Vec<Write>) {
    store.commit(Batch { checks: Vec::new(), writes }).await.unwrap();
}

fn put(key: &str, body: Value) -> Write {
    Write::Put("songs", key.to_owned(), body)
}

fn append(log: &str, after: u64, entries: &[&[u8]]) -> Write {
    Write::Append { log: log.to_owned(), after, entries: entries.iter().map(|entry| Bytes::copy_from_slice(entry)).collect() }
}

/// Everything but versions, as text, so that the order of fields counts.
async fn all(store: &SharedStore) -> Vec<String> {
    let mut found = Vec::new();
    for collection in COLLECTIONS {
        for (key, document) in store.scan(collection.name, "", None, 10_000).await.unwrap() {
            found.push(format!("{} {key:?} {}", collection.name, document.body));
        }
    }
    for log in store.logs(None, 10_000).await.unwrap() {
        found.push(format!("{log:?} {} {:?}", store.last(&log).await.unwrap(), store.read(&log, 0, 10_000).await.unwrap()));
    }
    found
}

#[tokio::test]
async fn lines_are_what_mongoimport_takes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("db"));
    let body =
        json!({"title": "é", "addedAt": 1_700_000_000_123_i64, "n": [1, 2.5, u64::MAX], "in": {"playedAt": -5, "at": 7}, "x": {"$y": 1}});
    let writes = vec![put("one", body), append("room:1", 0, &[br#"{"kind":"vote","sentAt":0}"#, b"\xff"])];
    commit(&store, writes).await;
    commit(&store, vec![Write::Trim("room:1".to_owned(), 2), append("room:2", 0, &[b"1"]), Write::Trim("room:2".to_owned(), 2)]).await;
    let carried = export(&store, COLLECTIONS, folder.path()).await.unwrap();
    assert_eq!(carried, Transferred { documents: 1, entries: 1 });
    let songs = std::fs::read_to_string(folder.path().join("songs.ndjson")).unwrap();
    assert_eq!(
        songs,
        concat!(
            r#"{"_id":"one","title":"é","addedAt":{"$date":"2023-11-14T22:13:20.123Z"},"n":[1,2.5,{"$numberDecimal":"18446744073709551615"}],"#,
            r#""in":{"playedAt":{"$date":{"$numberLong":"-5"}},"at":7},"x":{"$binary":{"base64":"eyIkeSI6MX0=","subType":"80"}}}"#,
            "\n"
        )
    );
    let logs = std::fs::read_to_string(folder.path().join("logs.ndjson")).unwrap();
    assert_eq!(
        logs,
        concat!(
            r#"{"_id":"room:1/00000000000000000002","log":"room:1","seq":2,"entry":{"$binary":{"base64":"/w==","subType":"00"}}}"#,
            "\n",
            r#"{"_id":"room:2","log":"room:2","last":1}"#,
            "\n"
        )
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("users.ndjson")).unwrap(), "");
}

#[tokio::test]
async fn other_notations_of_extended_json_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = concat!(
        r#"{"_id":"a","n":{"$numberLong":"5"},"i":{"$numberInt":"-7"},"d":{"$numberDouble":"1.5"},"#,
        r#""t":{"$date":"2023-11-14T23:13:20.123+01:00"},"u":{"$date":{"$numberLong":"12"}},"o":{"$oid":"507f1f77bcf86cd799439011"}}"#,
        "\r\n\n"
    );
    std::fs::write(folder.path().join("songs.ndjson"), line).unwrap();
    let store = open(&folder.path().join("db"));
    import(&store, COLLECTIONS, folder.path(), Target::Empty).await.unwrap();
    let body = store.get("songs", "a").await.unwrap().unwrap().body;
    assert_eq!(body, json!({"n": 5, "i": -7, "d": 1.5, "t": 1_700_000_000_123_i64, "u": 12, "o": "507f1f77bcf86cd799439011"}));
}

fn value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "[a-z]{0,3}",
        "[a-z]{0,2}At",
        "\\$[a-z]{1,6}",
        Just("$date".to_owned()),
        Just("$binary".to_owned()),
        Just("_id".to_owned()),
        any::<String>()
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0..2_000_000_000_000_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_exported_is_imported_exactly() {
    let entry = prop_oneof![value().prop_map(|value| value.to_string().into_bytes()), prop::collection::vec(any::<u8>(), 0..20)];
    let documents = prop::collection::vec(("[^\u{0}]{0,8}", "[a-zA-Z$_]{1,4}", value()), 0..12);
    let logs = prop::collection::vec(("[^\u{0}]{0,6}", prop::collection::vec(entry, 1..6), 0..8u64), 0..4);
    let config = Config { cases: 40, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let handle = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&(documents, logs), |(documents, logs)| {
            handle.block_on(async {
                let folder = tempfile::tempdir().unwrap();
                let before = open(&folder.path().join("before"));
                migrate(&before, super::FIRST_SCHEMA).await.unwrap();
                for (key, name, value) in documents {
                    let body = if value.is_object() { value } else { json!({name: value}) };
                    commit(&before, vec![put(&key, body)]).await;
                }
                for (log, entries, below) in logs {
                    let after = before.last(&log).await.unwrap();
                    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
                    commit(&before, vec![append(&log, after, &entries), Write::Trim(log, below)]).await;
                }
                export(&before, COLLECTIONS, folder.path()).await.unwrap();
                let after = open(&folder.path().join("after"));
                import(&after, COLLECTIONS, folder.path(), Target::Empty).await.unwrap();
                assert_eq!(all(&after).await, all(&before).await);
            });
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[tokio::test]
async fn an_import_goes_on_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut songs: String = (0..1400).map(|n| format!("{{\"_id\":\"s{n:04}\",\"n\":{n}}}\n")).collect();
    let wrong = songs.clone() + "{\"_id\": 7}";
    let logs: String = (1..1200).map(|n| format!("{{\"_id\":\"l/{n}\",\"log\":\"l\",\"seq\":{n},\"entry\":{n}}}\n")).collect();
    let store = open(&folder.path().join("db"));
    let file = folder.path().join("songs.ndjson");
    std::fs::write(&file, wrong).unwrap();
    std::fs::write(folder.path().join("logs.ndjson"), logs).unwrap();
    let error = import(&store, COLLECTIONS, folder.path(), Target::Empty).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}:1401: `_id` is not a string", file.display()));
    let begun = store.scan("songs", "", None, 2000).await.unwrap().len();
    assert!(begun > 0 && begun < 1400, "what was right before it is there: {begun}");
    std::fs::write(&file, songs.clone() + "{}").unwrap();
    assert!(matches!(import(&store, COLLECTIONS, folder.path(), Target::Empty).await, Err(TransferError::Begun)), "these are other files");
    songs += "{\"_id\":\"\"";
    std::fs::write(&file, songs + "}").unwrap();
    let carried = import(&store, COLLECTIONS, folder.path(), Target::Empty).await.unwrap();
    assert_eq!(carried.documents + begun as u64, 1401, "nothing is done twice");
    assert_eq!(store.scan("songs", "", None, 2000).await.unwrap().len(), 1401);
    assert_eq!(store.read("l", 0, 2000).await.unwrap().len(), 1199);
    assert_eq!(all(&store).await.len(), 1402, "no trace of the progress is left");
}

#[tokio::test]
async fn wrong_lines_are_named() {
    let cases = [
        ("songs", "{\"_id\":\"a\"}\n{", "songs.ndjson:2: this is not JSON: EOF while parsing an object at line 1 column 1"),
        ("songs", "\n[]", "songs.ndjson:2: this is not a JSON object"),
        ("songs", "{}", "songs.ndjson:1: there is no `_id`"),
        ("songs", "{\"_id\":\"a\",\"b\":{\"$date\":\"yesterday\"}}", "songs.ndjson:1: `b`: \"yesterday\" is not a date such as"),
        ("songs", "{\"_id\":\"a\",\"b\":[{\"$where\":1}]}", "songs.ndjson:1: `b`: `$where` means nothing here"),
        ("songs", "{\"_id\":\"a\\u0000\"}", "songs.ndjson:1: the store does not take this"),
        ("logs", "{\"log\":\"l\",\"seq\":0,\"entry\":1}", "logs.ndjson:1: `seq` is not a number above 0"),
        ("logs", "{\"log\":\"l\",\"seq\":1}", "logs.ndjson:1: there is no `entry`"),
        (
            "logs",
            "{\"log\":\"l\",\"seq\":1,\"entry\":1}\n{\"log\":\"l\",\"seq\":3,\"entry\":1}",
            "logs.ndjson:2: entry 3 does not follow: the last one of `l` is 1",
        ),
    ];
    for (name, text, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(format!("{name}.ndjson")), text).unwrap();
        let store = open(&folder.path().join("db"));
        let error = import(&store, COLLECTIONS, folder.path(), Target::Empty).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn merging_keeps_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let from = open(&folder.path().join("from"));
    commit(&from, vec![put("a", json!({"n": 1})), put("b", json!({"n": 1})), append("l", 0, &[b"1", b"2", b"3"]), append("m", 0, &[b"1"])])
        .await;
    export(&from, COLLECTIONS, folder.path()).await.unwrap();
    let into = open(&folder.path().join("into"));
    commit(&into, vec![put("b", json!({"n": 2})), put("c", json!({"n": 2})), append("l", 0, &[b"one", b"two"])]).await;
    assert!(matches!(import(&into, COLLECTIONS, folder.path(), Target::Empty).await, Err(TransferError::NotEmpty)));
    for _ in 0..2 {
        import(&into, COLLECTIONS, folder.path(), Target::Merge).await.unwrap();
        let documents: Vec<_> =
            into.scan("songs", "", None, 9).await.unwrap().into_iter().map(|(key, document)| (key, document.body["n"].clone())).collect();
        assert_eq!(documents, [("a".to_owned(), json!(1)), ("b".to_owned(), json!(1)), ("c".to_owned(), json!(2))]);
        assert_eq!(into.read("l", 0, 9).await.unwrap(), [(1, "one".into()), (2, "two".into()), (3, "3".into())]);
        assert_eq!(into.last("m").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_folder_without_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("db"));
    assert!(matches!(import(&store, COLLECTIONS, folder.path(), Target::Empty).await, Err(TransferError::Nothing(_))));
}
