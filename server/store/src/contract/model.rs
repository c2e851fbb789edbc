//! Random batches against a model that is simple enough to be right by sight.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{Batch, Check, Place, SharedStore, StoreError, Write};
use crate::{Change, Document};

const CASES: u32 = 24;
const KEYS: &[&str] = &["a", "b", "ab", "é"];
const LOGS: &[&str] = &["x", "y"];
const TAGS: &[&str] = &["r", "rr", ""];

/// What is done, with numbers that are right or wrong relative to what is there.
#[derive(Clone, Debug)]
enum Step {
    Absent(usize),
    Version(usize, bool),
    Put(usize, Value),
    Delete(usize),
    Append(usize, bool, Vec<u8>),
    Begin(usize, u64),
    Amend(usize, u64),
    Trim(usize, u64),
    Drop(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..KEYS.len();
    let log = 0..LOGS.len();
    let body = prop_oneof![
        (0..TAGS.len(), 0..9u8).prop_map(|(tag, n)| json!({"tag": TAGS[tag], "n": n})),
        prop::collection::vec(0..TAGS.len(), 0..3).prop_map(|tags| json!({"tag": tags.iter().map(|tag| TAGS[*tag]).collect::<Vec<_>>()})),
        Just(json!({"tag": 1})),
    ];
    let step = prop_oneof![
        1 => key.clone().prop_map(Step::Absent),
        2 => (key.clone(), prop::bool::weighted(0.8)).prop_map(|(key, right)| Step::Version(key, right)),
        6 => (key.clone(), body).prop_map(|(key, body)| Step::Put(key, body)),
        2 => key.prop_map(Step::Delete),
        6 => (log.clone(), prop::bool::weighted(0.9), prop::collection::vec(any::<u8>(), 0..3)).prop_map(|(l, right, e)| Step::Append(l, right, e)),
        1 => (log.clone(), 0..4u64).prop_map(|(log, after)| Step::Begin(log, after)),
        2 => (log.clone(), 0..12u64).prop_map(|(log, number)| Step::Amend(log, number)),
        2 => (log.clone(), 0..12u64).prop_map(|(log, number)| Step::Trim(log, number)),
        1 => log.prop_map(Step::Drop),
    ];
    prop::collection::vec(step, 0..6)
}

#[derive(Clone, Default)]
struct Model {
    documents: BTreeMap<String, Document>,
    logs: BTreeMap<String, (u64, BTreeMap<u64, Bytes>)>,
    changes: Vec<Change>,
}

impl Model {
    /// The batch of some steps; appends count on from each other.
    fn batch(&self, steps: &[Step]) -> Batch {
        let mut batch = Batch::default();
        let mut lasts: BTreeMap<&str, u64> = LOGS.iter().map(|log| (*log, self.logs.get(*log).map_or(0, |found| found.0))).collect();
        for step in steps {
            match step {
                Step::Absent(key) => batch.checks.push(Check::Absent("songs", KEYS[*key].to_owned())),
                Step::Version(key, right) => {
                    let version = self.documents.get(KEYS[*key]).map_or(0, |document| document.version);
                    batch.checks.push(Check::Version("songs", KEYS[*key].to_owned(), if *right { version } else { version + 1 }));
                }
                Step::Put(key, body) => batch.writes.push(Write::Put("songs", KEYS[*key].to_owned(), body.clone())),
                Step::Delete(key) => batch.writes.push(Write::Delete("songs", KEYS[*key].to_owned())),
                Step::Append(log, right, entries) => {
                    let last = lasts.entry(LOGS[*log]).or_default();
                    let after = if *right { *last } else { *last + 1 };
                    *last += entries.len() as u64;
                    let entries = entries.iter().map(|byte| Bytes::from(vec![*byte])).collect();
                    batch.writes.push(Write::Append { log: LOGS[*log].to_owned(), after, entries });
                }
                Step::Begin(log, after) => {
                    lasts.insert(LOGS[*log], *after);
                    batch.writes.push(Write::Begin { log: LOGS[*log].to_owned(), after: *after });
                }
                Step::Amend(log, number) => batch.writes.push(Write::Amend(LOGS[*log].to_owned(), *number, Bytes::from_static(b"amended"))),
                Step::Trim(log, number) => batch.writes.push(Write::Trim(LOGS[*log].to_owned(), *number)),
                Step::Drop(log) => {
                    lasts.insert(LOGS[*log], 0);
                    batch.writes.push(Write::Drop(LOGS[*log].to_owned()));
                }
            }
        }
        batch
    }

    /// Carries a batch out; tells whether there was no conflict.
    fn apply(&mut self, batch: &Batch) -> bool {
        if !batch.checks.iter().all(|check| self.holds(check)) {
            return false;
        }
        let mut after = self.clone();
        let mut change = Change { position: 0, documents: Vec::new(), logs: Vec::new() };
        if !batch.writes.iter().all(|write| after.write(write, &mut change)) {
            return false;
        }
        *self = after;
        self.changes.push(change);
        true
    }

    fn holds(&self, check: &Check) -> bool {
        match check {
            Check::Absent(_, key) => !self.documents.contains_key(key),
            Check::Version(_, key, version) => self.documents.get(key).is_some_and(|document| document.version == *version),
        }
    }

    /// Carries one write out and notes what it touches. Whether it is no conflict.
    fn write(&mut self, write: &Write, change: &mut Change) -> bool {
        match write {
            Write::Put(name, key, body) => {
                self.documents.insert(key.clone(), Document { version: 0, body: body.clone() });
                note(&mut change.documents, ((*name).to_owned(), key.clone()));
            }
            Write::Delete(name, key) => {
                if self.documents.remove(key).is_some() {
                    note(&mut change.documents, ((*name).to_owned(), key.clone()));
                }
            }
            Write::Append { log, after: number, entries } => {
                let found = self.logs.entry(log.clone()).or_default();
                if found.0 != *number {
                    return false;
                }
                for entry in entries {
                    found.0 += 1;
                    found.1.insert(found.0, entry.clone());
                    note(&mut change.logs, log.clone());
                }
            }
            Write::Begin { log, after: number } => {
                let found = self.logs.entry(log.clone()).or_default();
                if found.0 > 0 {
                    return false;
                }
                found.0 = *number;
                if *number > 0 {
                    note(&mut change.logs, log.clone());
                }
            }
            Write::Amend(log, number, entry) => {
                if let Some(place) = self.logs.entry(log.clone()).or_default().1.get_mut(number) {
                    *place = entry.clone();
                    note(&mut change.logs, log.clone());
                }
            }
            Write::Trim(log, below) => {
                let found = self.logs.entry(log.clone()).or_default();
                let kept = found.1.split_off(below);
                if !std::mem::replace(&mut found.1, kept).is_empty() {
                    note(&mut change.logs, log.clone());
                }
            }
            Write::Drop(log) => {
                if self.logs.insert(log.clone(), Default::default()).is_some_and(|found| found.0 > 0) {
                    note(&mut change.logs, log.clone());
                }
            }
        }
        true
    }
}

fn note<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

pub(crate) async fn random_batches_do_what_the_model_does<P: Place>() {
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let tests = prop::collection::vec(steps(), 1..40);
    let handle = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&tests, |script| {
            handle.block_on(async {
                let place = P::new().await;
                follow(&place.open().await, &script).await;
            });
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

async fn follow(store: &SharedStore, script: &[Vec<Step>]) {
    let mut model = Model::default();
    for steps in script {
        let batch = model.batch(steps);
        let expected = model.apply(&batch);
        match store.commit(batch.clone()).await {
            Ok(position) => {
                assert!(expected, "{batch:?} of {script:?} should be a conflict");
                if let Some(change) = model.changes.last_mut() {
                    change.position = position;
                    for (_, key) in &change.documents {
                        if let Some(document) = model.documents.get_mut(key) {
                            document.version = store.get("songs", key).await.unwrap().unwrap().version;
                        }
                    }
                }
            }
            Err(StoreError::Conflict) => assert!(!expected, "{batch:?} of {script:?} should be carried out"),
            Err(error) => panic!("{error}"),
        }
        compare(store, &model, script).await;
    }
    assert_eq!(store.changes(0, 1000).await.unwrap(), model.changes, "{script:?}");
}

async fn compare(store: &SharedStore, model: &Model, script: &[Vec<Step>]) {
    let documents: Vec<_> = model.documents.iter().map(|(key, document)| (key.clone(), document.clone())).collect();
    assert_eq!(store.scan("songs", "", None, 100).await.unwrap(), documents, "{script:?}");
    for tag in TAGS {
        let has = |document: &Document| match &document.body["tag"] {
            Value::Array(tags) => tags.iter().any(|found| found == tag),
            found => found == tag,
        };
        let expected: Vec<_> = documents.iter().filter(|(_, document)| has(document)).cloned().collect();
        assert_eq!(store.find("songs", "tag", tag, None, 100).await.unwrap(), expected, "{script:?}");
    }
    let names: Vec<_> = model.logs.iter().filter(|(_, found)| found.0 > 0).map(|(name, _)| name.clone()).collect();
    assert_eq!(store.logs(None, 100).await.unwrap(), names, "{script:?}");
    for log in LOGS {
        let (last, entries) = model.logs.get(*log).cloned().unwrap_or_default();
        assert_eq!(store.last(log).await.unwrap(), last, "{script:?}");
        assert_eq!(store.read(log, 0, 1000).await.unwrap(), entries.into_iter().collect::<Vec<_>>(), "{script:?}");
    }
}
