//! Two clients write the same index while others search it and its definition changes: no batch is lost, none is applied
//! in part, the last word on a key is the last one written, and of two changes that build on the same state one is refused.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use crate::support::{ADMIN_KEY, Program, agent};

const VERSION: &str = "api-version=2025-09-01";
const NAMES: [&str; 2] = ["a", "b"];

type Document = Map<String, Value>;

/// What one client has written: its own keys, its last whole word on shared keys, and its fields of merged keys.
#[derive(Clone, Default, PartialEq, Debug)]
struct Written {
    own: BTreeMap<String, Option<Document>>,
    shared: BTreeMap<String, Option<Document>>,
    merged: BTreeMap<String, Value>,
}

impl Written {
    /// The same after a batch was done.
    fn after(&self, batch: &[Value], name: &str) -> Written {
        let mut next = self.clone();
        for action in batch {
            let mut document = action.as_object().cloned().unwrap();
            let kind = document.shift_remove("@search.action").unwrap();
            let key = document["id"].as_str().unwrap().to_owned();
            if key.starts_with('m') {
                next.merged.insert(key, document[name].clone());
                continue;
            }
            let states = if key.starts_with('s') { &mut next.shared } else { &mut next.own };
            let state = states.entry(key).or_default();
            match kind.as_str().unwrap() {
                "delete" => *state = None,
                "upload" => *state = Some(document),
                _ => match state {
                    Some(state) => state.extend(document),
                    None => *state = Some(document),
                },
            }
        }
        next
    }
}

/// One client: 0 speaks to the search service, 1 to `/v1`.
struct Client {
    number: usize,
    rng: ChaCha8Rng,
    version: u64,
    written: Written,
    /// The batch that was sent last and not acknowledged.
    open: Vec<Value>,
}

impl Client {
    fn new(number: usize) -> Client {
        Client { number, rng: ChaCha8Rng::seed_from_u64(number as u64), version: 0, written: Written::default(), open: Vec::new() }
    }

    fn name(&self) -> &'static str {
        NAMES[self.number]
    }

    fn batch(&mut self) -> Vec<Value> {
        let name = self.name();
        let count = self.rng.random_range(1..20);
        let one = |_| {
            self.version += 1;
            let (version, rng) = (self.version, &mut self.rng);
            let kind = ["upload", "upload", "mergeOrUpload", "delete"][rng.random_range(0..4)];
            match rng.random_range(0..4) {
                // A shared key is written whole or removed.
                0 => {
                    let key = format!("s{}", rng.random_range(0..15));
                    let kind = if kind == "mergeOrUpload" { "upload" } else { kind };
                    json!({"@search.action": kind, "id": key, "title": format!("{name} {version}"), name: version})
                }
                // Of a merged key each client writes its own field, and none removes it.
                1 => json!({"@search.action": "mergeOrUpload", "id": format!("m{}", rng.random_range(0..10)), name: version}),
                _ if kind == "mergeOrUpload" => {
                    json!({"@search.action": kind, "id": format!("{name}{}", rng.random_range(0..40)), name: version})
                }
                _ => {
                    let key = format!("{name}{}", rng.random_range(0..40));
                    json!({"@search.action": kind, "id": key, "title": format!("{name} {version}")})
                }
            }
        };
        let mut batch: Vec<Value> = (0..count).map(one).collect();
        // Tells later whether the batch was done.
        batch.push(json!({"@search.action": "upload", "id": format!("{name}0"), "title": format!("{name} {}", self.version)}));
        batch
    }

    /// Sends a batch; whether it was acknowledged. The server may be killed meanwhile, but never says no.
    fn write(&mut self, base: &str) -> bool {
        self.open = self.batch();
        let path = if self.number == 0 { format!("/indexes('both')/docs/search.index?{VERSION}") } else { "/v1/both/documents".to_owned() };
        let body = json!({"value": self.open}).to_string();
        let request = agent().post(format!("{base}{path}")).header("api-key", ADMIN_KEY).content_type("application/json");
        let Ok(answer) = request.send(body.as_bytes()) else { return false };
        assert_eq!(answer.status(), 200, "a batch was refused");
        self.written = self.written.after(&std::mem::take(&mut self.open), self.name());
        true
    }

    /// What the index now holds of this client's.
    fn seen(&self, all: &BTreeMap<String, Document>) -> Written {
        let name = self.name();
        let merged = all.iter().filter(|(key, _)| key.starts_with('m'));
        let after = self.written.after(&self.open, name);
        Written {
            own: after.own.keys().map(|key| (key.clone(), all.get(key).cloned())).collect(),
            shared: BTreeMap::new(),
            merged: merged.filter_map(|(key, document)| Some((key.clone(), document.get(name)?.clone()))).collect(),
        }
    }

    /// Everything acknowledged is there, with the batch that was under way or without it, but not with a part of it.
    #[track_caller]
    fn check(&self, all: &BTreeMap<String, Document>) {
        let seen = self.seen(all);
        let expected = |written: Written| {
            let own = seen.own.keys().map(|key| (key.clone(), written.own.get(key).cloned().flatten())).collect();
            Written { own, shared: BTreeMap::new(), merged: written.merged }
        };
        let (without, with) = (expected(self.written.clone()), expected(self.written.after(&self.open, self.name())));
        assert!(seen == without || seen == with, "client {}: {seen:#?}\nshould be {without:#?}\nor {with:#?}", self.name());
    }
}

/// On a shared key one of the two has had the last word.
#[track_caller]
fn check_shared(clients: &[Client], all: &BTreeMap<String, Document>) {
    for number in 0..15 {
        let key = format!("s{number}");
        let found = all.get(&key).cloned();
        let words = |client: &Client| {
            let after = client.written.after(&client.open, client.name());
            [client.written.shared.get(&key).cloned(), after.shared.get(&key).cloned()]
        };
        let words: Vec<Option<Document>> = clients.iter().flat_map(words).flatten().collect();
        assert!(words.contains(&found) || words.is_empty() && found.is_none(), "{key} is {found:?}; last words were {words:?}");
    }
}

fn definition(fields: usize) -> Value {
    let mut list = vec![
        json!({"name": "id", "type": "Edm.String", "key": true}),
        json!({"name": "title", "type": "Edm.String"}),
        json!({"name": "a", "type": "Edm.Int64"}),
        json!({"name": "b", "type": "Edm.Int64"}),
    ];
    list.extend((0..fields).map(|i| json!({"name": format!("more{i}"), "type": "Edm.String"})));
    json!({"name": "both", "fields": list})
}

/// PUT of a definition: status, body.
fn put(base: &str, path: &str, body: &Value, condition: Option<(&str, &str)>) -> (u16, Value) {
    let mut request = agent().put(format!("{base}{path}?{VERSION}")).header("api-key", ADMIN_KEY).content_type("application/json");
    if let Some((name, value)) = condition {
        request = request.header(name, value);
    }
    let mut answer = request.send(body.to_string().as_bytes()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn delete(base: &str, path: &str, tag: &str) -> u16 {
    let request = agent().delete(format!("{base}{path}?{VERSION}")).header("api-key", ADMIN_KEY).header("if-match", tag);
    request.call().unwrap().status().as_u16()
}

/// Every document, by look-up of every key there can be, by search and by count; all three agree.
#[track_caller]
fn everything(server: &Program) -> BTreeMap<String, Document> {
    let prefixes = [("a", 40), ("b", 40), ("s", 15), ("m", 10)];
    let mut all = BTreeMap::new();
    for key in prefixes.iter().flat_map(|(prefix, count)| (0..*count).map(move |i| format!("{prefix}{i}"))) {
        match server.get(&format!("/v1/both/documents/{key}")) {
            (200, Value::Object(document)) => {
                all.insert(key, document);
            }
            (status, _) => assert_eq!(status, 404, "{key}"),
        }
    }
    let page = server.wait_for("/v1/both/search?top=1000", |page| {
        let found: BTreeMap<String, Document> = page["hits"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|hit| (hit["key"].as_str().unwrap().to_owned(), hit["document"].as_object().cloned().unwrap()))
            .collect();
        found == all
    });
    assert_eq!(page["total"].as_u64(), Some(all.len() as u64), "a key is found twice");
    let mut count =
        agent().get(format!("{}/indexes('both')/docs/$count?{VERSION}", server.base)).header("api-key", ADMIN_KEY).call().unwrap();
    assert_eq!(count.body_mut().read_to_string().unwrap(), all.len().to_string());
    all
}

#[test]
fn nothing_is_lost_between_two_writers() {
    let data = tempfile::tempdir().unwrap();
    let server = Program::start(data.path());
    assert_eq!(put(&server.base, "/indexes('both')", &definition(0), None).0, 201);
    let done = AtomicBool::new(false);
    let mut clients = [Client::new(0), Client::new(1)];
    thread::scope(|scope| {
        let (done, server) = (&done, &server);
        for search in ["q=title:a&top=1000", "filter=b+gt+10&sort=a+desc,id&top=1000&facet=a"] {
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let (status, page) = server.get(&format!("/v1/both/search?{search}"));
                    assert_eq!(status, 200, "{page}");
                    let mut keys: Vec<&str> = page["hits"].as_array().unwrap().iter().map(|hit| hit["key"].as_str().unwrap()).collect();
                    let count = keys.len();
                    keys.sort_unstable();
                    keys.dedup();
                    assert_eq!((keys.len(), page["total"].as_u64()), (count, Some(count as u64)), "a document is there twice");
                }
            });
        }
        // More fields than there are spare places, so that the index is rebuilt meanwhile.
        scope.spawn(move || {
            for fields in 1..6 {
                thread::sleep(Duration::from_millis(100));
                if done.load(Ordering::Relaxed) {
                    return;
                }
                let (status, body) = put(&server.base, "/indexes('both')", &definition(fields * 3), None);
                assert_eq!(status, 200, "{body}");
            }
        });
        let writers: Vec<_> = clients.iter_mut().map(|client| scope.spawn(move || (0..60).all(|_| client.write(&server.base)))).collect();
        let all_written = writers.into_iter().map(|writer| writer.join()).collect::<Vec<_>>();
        done.store(true, Ordering::Relaxed);
        assert!(all_written.into_iter().all(|written| written.is_ok_and(|written| written)));
    });
    let all = everything(&server);
    clients.iter().for_each(|client| client.check(&all));
    check_shared(&clients, &all);
    // The same after a restart.
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(everything(&Program::start(data.path())), all);
}

#[test]
fn two_writers_and_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let mut clients = [Client::new(0), Client::new(1)];
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let server = Program::start(data.path());
    assert_eq!(put(&server.base, "/indexes('both')", &definition(0), None).0, 201);
    drop(server);
    for round in 0..8 {
        let server = Program::start(data.path());
        let all = everything(&server);
        check_shared(&clients, &all);
        for client in &mut clients {
            client.check(&all);
            // What became of the batch that was under way is known now.
            let after = client.written.after(&client.open, client.name());
            let took = client.seen(&all).own.iter().all(|(key, state)| after.own.get(key).cloned().flatten() == *state);
            let took = took && client.seen(&all).merged == after.merged;
            if took {
                client.written = after;
            }
            client.open.clear();
        }
        thread::scope(|scope| {
            for client in &mut clients {
                let base = server.base.clone();
                scope.spawn(move || while client.write(&base) {});
            }
            thread::sleep(Duration::from_millis(rng.random_range(50..500)));
            // The index is rebuilt while both write, and the kill comes before the next commit.
            let (status, body) = put(&server.base, "/indexes('both')", &definition(5 * (round + 1)), None);
            assert_eq!(status, 200, "{body}");
            server.kill();
        });
    }
    let server = Program::start(data.path());
    let all = everything(&server);
    clients.iter().for_each(|client| client.check(&all));
    check_shared(&clients, &all);
    assert!(clients.iter().all(|client| client.version > 200), "too little was written to prove anything");
}

/// A path, the body that writes a text there, and the member that tells which text it was.
type Kind<'a> = (&'a str, &'a dyn Fn(&str) -> Value, &'a str);

#[test]
fn of_two_changes_of_the_same_state_one_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = Program::start(data.path());
    let base = server.base.as_str();
    assert_eq!(put(base, "/indexes('both')", &definition(0), None).0, 201);
    let index = |text: &str| {
        let mut definition = definition(0);
        definition["name"] = "raced".into();
        definition["description"] = text.into();
        definition
    };
    let map = |text: &str| json!({"name": "raced-map", "format": "solr", "synonyms": format!("{text}, other")});
    let alias = |text: &str| json!({"name": "raced-alias", "indexes": [if text.ends_with('a') { "both" } else { "songs" }]});
    let kinds: [Kind<'_>; 3] = [
        ("/indexes('raced')", &index, "description"),
        ("/synonymmaps('raced-map')", &map, "synonyms"),
        ("/aliases('raced-alias')", &alias, "indexes"),
    ];
    for (path, body, told) in kinds {
        // Two that may only create it.
        let mut state = race(path, &["1a", "1b"].map(body), |body| put(base, path, body, Some(("if-none-match", "*"))), 201);
        // Two that change what they have both seen.
        for round in 2..12 {
            let tag = state["@odata.etag"].as_str().unwrap().to_owned();
            let bodies = [format!("{round}a"), format!("{round}b")].map(|text| body(&text));
            state = race(path, &bodies, |body| put(base, path, body, Some(("if-match", &tag))), 200);
            let mut answer = agent().get(format!("{base}{path}?{VERSION}")).header("api-key", ADMIN_KEY).call().unwrap();
            let now: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
            assert_eq!((&now["@odata.etag"], &now[told]), (&state["@odata.etag"], &state[told]), "{path} is not what the winner wrote");
            assert_eq!(put(base, path, &bodies[0], Some(("if-match", &tag))).0, 412, "{path}: an old tag still opens");
        }
        // One that changes it and one that removes it.
        let tag = state["@odata.etag"].as_str().unwrap().to_owned();
        let (barrier, last) = (Barrier::new(2), body("last"));
        let (changed, removed) = thread::scope(|scope| {
            let changing = scope.spawn(|| {
                barrier.wait();
                put(base, path, &last, Some(("if-match", &tag))).0
            });
            barrier.wait();
            let removed = delete(base, path, &tag);
            (changing.join().unwrap(), removed)
        });
        assert!(matches!((changed, removed), (200, 412) | (412, 204)), "{path}: {changed} and {removed}");
    }
}

/// Runs `change` with each body at the same time; one must win with `success`, the other be told 412. Answers what the winner got.
#[track_caller]
fn race(path: &str, bodies: &[Value; 2], change: impl Fn(&Value) -> (u16, Value) + Sync, success: u16) -> Value {
    let barrier = Barrier::new(2);
    let answers = thread::scope(|scope| {
        let (barrier, change) = (&barrier, &change);
        let racing = bodies.each_ref().map(|body| {
            scope.spawn(move || {
                barrier.wait();
                change(body)
            })
        });
        racing.map(|racer| racer.join().unwrap())
    });
    let mut statuses = answers.each_ref().map(|(status, _)| *status);
    statuses.sort_unstable();
    assert_eq!(statuses, [success, 412], "{path}");
    answers.into_iter().find(|(status, _)| *status == success).map(|(_, body)| body).unwrap()
}
