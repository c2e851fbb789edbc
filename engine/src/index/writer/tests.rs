use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::index::{Access, Engine, Index};
use crate::search::SearchRequest;

fn index(folder: &Path) -> Arc<Index> {
    let definition = IndexDefinition::from_value(&json!({"name": "things", "fields": [
        {"name": "id", "type": "Edm.String", "key": true},
        {"name": "title", "type": "Edm.String"},
    ]}));
    Engine::open(folder, Access::Write).unwrap().create_index(&definition.unwrap()).unwrap()
}

fn upload(index: &Index, key: &str, title: &str) {
    let serde_json::Value::Object(document) = json!({"id": key, "title": title}) else { unreachable!() };
    index.write(&[Action { kind: ActionKind::Upload, document }]).unwrap();
}

#[test]
fn no_reader_waits_for_a_commit_or_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let index = index(folder.path());
    upload(&index, "visible", "one");
    index.refresh().unwrap();
    upload(&index, "pending", "two");
    // A commit holds the writer's state, a rebuild both.
    let writer = index.writer_for_tests();
    let (_changing, _state) = (writer.changing(), writer.state());
    let (done, answer) = mpsc::channel();
    let reader = Arc::clone(&index);
    thread::spawn(move || {
        let title = |key: &str| reader.get(key).unwrap().and_then(|document| document["title"].as_str().map(str::to_owned));
        let hits = reader.search(&SearchRequest::default()).unwrap().total;
        done.send((title("visible"), title("pending"), title("missing"), hits)).unwrap();
    });
    let answer = answer.recv_timeout(Duration::from_secs(60)).expect("a reader waits for the writer");
    assert_eq!(answer, (Some("one".to_owned()), Some("two".to_owned()), None, Some(1)));
}

#[test]
fn a_searcher_sees_one_state() {
    let folder = tempfile::tempdir().unwrap();
    let index = index(folder.path());
    upload(&index, "a", "one");
    index.refresh().unwrap();
    let before = index.searcher();
    upload(&index, "a", "changed");
    upload(&index, "b", "two");
    index.refresh().unwrap();
    let keys = |searcher: &crate::search::Searcher| {
        let mut keys = Vec::new();
        searcher.each_key(None, |key| keys.push(key.to_owned())).unwrap();
        keys.sort();
        keys
    };
    assert_eq!((keys(&before), before.count()), (vec!["a".to_owned()], 1));
    assert_eq!(before.get("a").unwrap().unwrap()["title"], "one");
    assert_eq!(before.get("b").unwrap(), None);
    let after = index.searcher();
    assert_eq!(keys(&after), ["a", "b"]);
    assert_eq!(after.get("a").unwrap().unwrap()["title"], "changed");
    assert_ne!(before.version(), after.version());
}
