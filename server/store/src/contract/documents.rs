//! Documents, scans and indexes.

use serde_json::{Value, json};

use super::{SharedStore, StoreError, Write, attempt, commit, keys, put, tagged};

pub(crate) async fn a_document_is_read_as_it_was_written(store: SharedStore) {
    assert_eq!(store.get("songs", "one").await.unwrap(), None);
    let body = json!({"z": 1, "a": [1.5, null, true, -0.1, u64::MAX, i64::MIN, 1e300], "t": "é\u{0}\"", "o": {"n": {}}});
    commit(&store, vec![put("songs", "one", body.clone())]).await;
    let found = store.get("songs", "one").await.unwrap().unwrap();
    assert_eq!(found.body, body);
    assert_eq!(found.body.to_string(), body.to_string(), "fields keep their order");
    assert_eq!(store.get("plain", "one").await.unwrap(), None, "collections do not mix");
    commit(&store, vec![Write::Delete("songs", "one".to_owned()), Write::Delete("songs", "none".to_owned())]).await;
    assert_eq!(store.get("songs", "one").await.unwrap(), None);
}

pub(crate) async fn every_write_changes_the_version(store: SharedStore) {
    let mut versions = Vec::new();
    for n in [1, 2, 2] {
        commit(&store, vec![put("songs", "one", json!({"n": n}))]).await;
        versions.push(store.get("songs", "one").await.unwrap().unwrap().version);
    }
    commit(&store, vec![Write::Delete("songs", "one".to_owned())]).await;
    commit(&store, vec![put("songs", "one", json!({"n": 2}))]).await;
    versions.push(store.get("songs", "one").await.unwrap().unwrap().version);
    commit(&store, vec![put("songs", "other", json!({}))]).await;
    assert_eq!(store.get("songs", "one").await.unwrap().unwrap().version, versions[3], "writes elsewhere do not count");
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 4);
}

pub(crate) async fn scans_go_by_prefix_in_byte_order(store: SharedStore) {
    let names = ["", "a", "a:", "a:1", "a:10", "a:2", "a;", "b", "é", "z", "\u{10ffff}", "\u{10ffff}x", "A"];
    commit(&store, names.iter().map(|name| put("songs", name, json!({"is": name}))).collect()).await;
    commit(&store, vec![put("plain", "a:3", json!({}))]).await;
    let mut sorted = names;
    sorted.sort_unstable();
    assert_eq!(keys(&store, "", None, 100).await, sorted);
    assert_eq!(keys(&store, "a:", None, 100).await, ["a:", "a:1", "a:10", "a:2"]);
    assert_eq!(keys(&store, "a:", Some("a:1"), 100).await, ["a:10", "a:2"]);
    assert_eq!(keys(&store, "a:", Some("a:15"), 100).await, ["a:2"], "the key to go on from need not be there");
    assert_eq!(keys(&store, "a:", Some("0"), 2).await, ["a:", "a:1"], "one before the prefix is no limit");
    assert_eq!(keys(&store, "a:", Some("a:2"), 100).await, [""; 0]);
    assert_eq!(keys(&store, "a:", Some("b"), 100).await, [""; 0]);
    assert_eq!(keys(&store, "\u{10ffff}", None, 100).await, ["\u{10ffff}", "\u{10ffff}x"]);
    assert_eq!(keys(&store, "", Some(""), 1).await, ["A"]);
    assert_eq!(keys(&store, "", None, 0).await, [""; 0]);
    assert_eq!(keys(&store, "nothing", None, 100).await, [""; 0]);
    assert_eq!(store.scan("songs", "a:1", None, 1).await.unwrap()[0].1.body, json!({"is": "a:1"}));
}

pub(crate) async fn the_latest_is_the_last_at_or_before_a_key(store: SharedStore) {
    let latest = async |prefix: &str, at_most: &str| store.latest("songs", prefix, at_most).await.unwrap().map(|(key, _)| key);
    assert_eq!(latest("r/", "r/9").await, None);
    for key in ["q/5", "r/1", "r/3", "r/5", "s/1"] {
        commit(&store, vec![put("songs", key, json!({"tag": key}))]).await;
    }
    assert_eq!(latest("r/", "r/9").await.as_deref(), Some("r/5"));
    assert_eq!(latest("r/", "r/4").await.as_deref(), Some("r/3"));
    assert_eq!(latest("r/", "r/3").await.as_deref(), Some("r/3"), "the bound itself counts");
    assert_eq!(latest("r/", "r/0").await, None);
    assert_eq!(latest("r/", "z").await.as_deref(), Some("r/5"), "a bound beyond the prefix");
    assert_eq!(latest("r/", "a").await, None, "a bound before the prefix");
    assert_eq!(latest("", "r/2").await.as_deref(), Some("r/1"));
    commit(&store, vec![Write::Delete("songs", "r/5".to_owned())]).await;
    let (key, document) = store.latest("songs", "r/", "r/9").await.unwrap().unwrap();
    assert_eq!((key.as_str(), document.body), ("r/3", json!({"tag": "r/3"})));
}

pub(crate) async fn indexes_follow_the_documents(store: SharedStore) {
    commit(&store, vec![put("songs", "b", json!({"tag": "rock"})), put("songs", "a", json!({"tag": ["rock", "pop", "rock"]}))]).await;
    assert_eq!(tagged(&store, "rock").await, ["a", "b"]);
    assert_eq!(tagged(&store, "pop").await, ["a"]);
    commit(&store, vec![put("songs", "a", json!({"tag": ["jazz"], "artist": {"name": "x"}}))]).await;
    assert_eq!(tagged(&store, "rock").await, ["b"]);
    assert_eq!(tagged(&store, "pop").await, [""; 0]);
    assert_eq!(tagged(&store, "jazz").await, ["a"]);
    assert_eq!(store.find("songs", "artist.name", "x", None, 9).await.unwrap()[0].0, "a");
    commit(&store, vec![Write::Delete("songs", "a".to_owned()), put("songs", "b", json!({}))]).await;
    assert_eq!(tagged(&store, "jazz").await, [""; 0]);
    assert_eq!(tagged(&store, "rock").await, [""; 0]);
    let again =
        vec![put("songs", "c", json!({"tag": "1"})), put("songs", "c", json!({"tag": "2"})), put("songs", "d", json!({"tag": "2"}))];
    commit(&store, again).await;
    commit(&store, vec![Write::Delete("songs", "d".to_owned()), put("songs", "d", json!({"tag": "2"}))]).await;
    assert_eq!(tagged(&store, "1").await, [""; 0]);
    assert_eq!(tagged(&store, "2").await, ["c", "d"]);
}

pub(crate) async fn only_strings_and_lists_of_strings_are_found(store: SharedStore) {
    let bodies = [
        json!({"tag": 1}),
        json!({"tag": null}),
        json!({"tag": {"1": "1"}}),
        json!({"tag": [1, "1", null, ["1"]]}),
        json!({"artist": "1"}),
        json!({"artist": {"name": ["1", ""]}}),
        json!({"artist": [{"name": "1"}]}),
    ];
    let writes = bodies.iter().enumerate().map(|(n, body)| put("songs", &n.to_string(), body.clone())).collect();
    commit(&store, writes).await;
    assert_eq!(tagged(&store, "1").await, ["3"]);
    assert_eq!(tagged(&store, "").await, [""; 0]);
    let found = store.find("songs", "artist.name", "1", None, 9).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "5");
    assert_eq!(store.find("songs", "artist.name", "", None, 9).await.unwrap()[0].0, "5");
}

pub(crate) async fn finding_goes_on_behind_a_key(store: SharedStore) {
    let writes = (0..25).map(|n| put("songs", &format!("s{n:02}"), json!({"tag": if n % 5 == 4 { "t" } else { "tt" }}))).collect();
    commit(&store, writes).await;
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.find("songs", "tag", "tt", after.as_deref(), 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page.into_iter().map(|(key, _)| key));
    }
    let expected: Vec<String> = (0..25).filter(|n| n % 5 != 4).map(|n| format!("s{n:02}")).collect();
    assert_eq!(found, expected);
    assert_eq!(tagged(&store, "t").await.len(), 5);
    assert!(store.find("songs", "tag", "tt", None, 0).await.unwrap().is_empty());
}

pub(crate) async fn any_text_is_a_name(store: SharedStore) {
    let long = "x".repeat(512);
    let names = [
        "",
        " ",
        "\n\r\t",
        "\u{1}",
        "\u{feff}",
        "'\"\\{}[]*?^%$#",
        "../../etc/passwd",
        "日本",
        "🎉",
        "{a}:b",
        &long,
        "\u{ff}",
        "(",
        "[",
        "+",
        "-",
    ];
    for name in names {
        let tag = format!("tag\u{0}{name}");
        commit(&store, vec![put("songs", name, json!({"tag": tag})), super::append(name, 0, &["entry"])]).await;
        assert_eq!(store.get("songs", name).await.unwrap().unwrap().body, json!({"tag": tag}));
        assert_eq!(tagged(&store, &tag).await, [name]);
        assert_eq!(super::entries(&store, name, 0).await, [(1, "entry".to_owned())]);
    }
    assert_eq!(keys(&store, "", None, 100).await.len(), names.len());
    let similar = ["v".repeat(2000) + "1", "v".repeat(2000) + "2", "v".repeat(2001) + "1"];
    commit(&store, similar.iter().map(|tag| put("songs", &tag[1990..], json!({"tag": tag}))).collect()).await;
    for tag in &similar {
        assert_eq!(tagged(&store, tag).await, [&tag[1990..]]);
    }
}

pub(crate) async fn what_no_store_takes_is_refused(store: SharedStore) {
    let long = "x".repeat(513);
    let before = store.position().await.unwrap();
    for name in ["a\u{0}b", &long] {
        let writes = [
            put("songs", name, json!({})),
            Write::Delete("songs", name.to_owned()),
            super::append(name, 0, &["x"]),
            Write::Amend(name.to_owned(), 1, "x".into()),
            Write::Trim(name.to_owned(), 1),
            Write::Drop(name.to_owned()),
        ];
        for write in writes {
            let both = vec![put("songs", "first", json!({})), write];
            assert!(matches!(attempt(&store, Vec::new(), both).await, Err(StoreError::Refused(_))));
        }
        let check = vec![super::Check::Absent("songs", name.to_owned())];
        assert!(matches!(attempt(&store, check, Vec::new()).await, Err(StoreError::Refused(_))));
        assert!(matches!(store.get("songs", name).await, Err(StoreError::Refused(_))));
        assert!(matches!(store.read(name, 0, 1).await, Err(StoreError::Refused(_))));
        assert!(matches!(store.last(name).await, Err(StoreError::Refused(_))));
    }
    for body in [json!(1), json!([]), json!("x"), Value::Null] {
        assert!(matches!(attempt(&store, Vec::new(), vec![put("songs", "x", body)]).await, Err(StoreError::Refused(_))));
    }
    assert!(matches!(attempt(&store, Vec::new(), vec![put("nowhere", "x", json!({}))]).await, Err(StoreError::Refused(_))));
    assert!(matches!(store.get("nowhere", "x").await, Err(StoreError::Refused(_))));
    assert!(matches!(store.scan("nowhere", "", None, 1).await, Err(StoreError::Refused(_))));
    assert!(matches!(store.find("songs", "artist", "x", None, 1).await, Err(StoreError::Refused(_))));
    assert_eq!(store.get("songs", "first").await.unwrap(), None);
    assert_eq!(store.position().await.unwrap(), before);
}

pub(crate) async fn large_values_are_kept_whole(store: SharedStore) {
    let text = "0123456789abcdef".repeat(1 << 16);
    commit(&store, vec![put("songs", "big", json!({"text": text})), super::append("big", 0, &[&text, "small"])]).await;
    commit(&store, vec![put("songs", "bigger", json!({"text": text})), put("songs", "small", json!({}))]).await;
    assert_eq!(store.get("songs", "big").await.unwrap().unwrap().body, json!({"text": text}));
    assert_eq!(store.scan("songs", "", None, 9).await.unwrap().len(), 3);
    assert_eq!(super::entries(&store, "big", 1).await, [(1, text), (2, "small".to_owned())]);
}
