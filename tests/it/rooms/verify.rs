//! The end of a scenario: every log is read, folded by the model and compared with everything that anybody saw or was told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{TestClient, is_same};
use super::model::Model;
use super::record::{OpRecord, RefusedOp, User};
use super::rules::{AskedOp, allowed, due, explains, fits, of_server, says};
use crate::support::{agent, try_answer};

/// Events by which what a device has seen may be behind what its op was decided on.
pub(super) const SLACK: u64 = 80;

/// A GET of a member, tried again while a server is busy with coming up.
pub(super) fn get(base: &str, token: &str, path: &str) -> Value {
    let agent = agent();
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        let request = agent.get(format!("{base}{path}")).header("authorization", format!("Bearer {token}"));
        match try_answer(request.call()) {
            Some((200, answer)) => return answer,
            Some((503, _)) | None if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            other => panic!("{path} is answered {other:?}"),
        }
    }
}

/// The log of a room from a number on.
pub(super) fn log(base: &str, token: &str, room: &str, mut from: u64) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let page = get(base, token, &format!("/v1/rooms/{room}/log?from={from}&limit=700"));
        events.extend(page["events"].as_array().expect("events").iter().cloned());
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => return events,
        }
    }
}

/// A state without who is online, which is not in the log.
fn stripped(state: &Value) -> Value {
    let mut state = state.clone();
    for member in state["members"].as_array_mut().into_iter().flatten() {
        member.as_object_mut().map(|member| member.remove("online"));
    }
    state
}

/// Checks a log by itself: numbers, times, ops, and that every event was allowed. The model at every revision.
pub(super) fn fold(events: &[Value]) -> Vec<Model> {
    let mut models = vec![Model::default()];
    let mut ops = HashSet::new();
    for event in events {
        let mut model = models[models.len() - 1].clone();
        if model.rev > 0 {
            allowed(&model, event).unwrap_or_else(|why| panic!("behind {}: {why}", model.rev));
            let played = models[models.len().saturating_sub(2)].now.is_some();
            let by_server = event["by"] == "server";
            if let Some(due) = due(&model, played).filter(|_| !by_server && event["type"] != "play.started") {
                panic!("behind {}: {due}, and the server does nothing: {event}", model.rev);
            }
            let received = events[..model.rev as usize].iter().rev().take(2).any(|event| event["type"] == "song.detected");
            if by_server {
                of_server(&model, event, received).unwrap_or_else(|why| panic!("behind {}: {why}", model.rev));
            }
        }
        model.apply(event).unwrap_or_else(|why| panic!("{why}"));
        if let Some(op) = event["op"].as_str() {
            assert!(ops.insert((event["by"].to_string(), op.to_owned())), "an op is in the log twice: {event}");
        }
        models.push(model);
    }
    models
}

/// Every good answer of some is in the log behind a number, which has no hole. How many events there are.
pub(super) fn check_acked(round: usize, acked: &[(&str, OpRecord)], events: &[Value], behind: u64) -> u64 {
    for (event, seq) in events.iter().zip(behind + 1..) {
        assert_eq!(event["seq"], seq, "round {round}: a hole in the log");
    }
    for (by, record) in acked {
        let event = record.seq.and_then(|seq| events.get((seq - behind) as usize - 1));
        let there = event.is_some_and(|event| event["by"] == **by && (record.op.is_empty() || event["op"] == *record.op));
        assert!(there, "round {round}: acked and lost: {record:?}; the log has {} more events, there {event:?}", events.len());
    }
    events.len() as u64
}

/// Every good answer is in the log once, under its number; what was refused is not there, and rightly so: refusals that
/// no state explains are returned. `stale` events may be missing on one server that another has told already.
pub(super) fn check_records(users: &[&User], room: &str, events: &[Value], models: &[Model], stale: u64) -> Vec<String> {
    let mut unexplained = Vec::new();
    let logged: HashMap<(&str, &str), u64> =
        events.iter().filter_map(|event| Some(((event["by"].as_str()?, event["op"].as_str()?), event["seq"].as_u64()?))).collect();
    for user in users {
        let records = user.records.lock().expect("no thread failed");
        for record in records.iter().filter(|record| record.room == room) {
            check_record(user, record, events, &logged, models);
            unexplained.extend(check_refusals(user, record, models, stale));
        }
    }
    unexplained
}

fn check_record(user: &User, record: &OpRecord, events: &[Value], logged: &HashMap<(&str, &str), u64>, models: &[Model]) {
    let found = logged.get(&(&*user.id, &*record.op)).copied();
    match record.seq {
        Some(seq) => {
            let event =
                events.get(seq as usize - 1).unwrap_or_else(|| panic!("acked and lost: {record:?}; the log ends with {}", events.len()));
            assert!(event["by"] == *user.id && fits(&record.name, event), "acked as {seq}, where there is {event}: {record:?}");
            assert!(record.op.is_empty() || event["op"] == *record.op, "acked as {seq}, where there is {event}: {record:?}");
            let told = says(&record.answer, &record.name, event, &models[seq as usize]);
            assert!(told || record.tries > 1, "answered {} for {event}", record.answer);
            if let (Some(rev), 1) = (record.payload["ifRev"].as_u64(), record.tries) {
                assert_eq!(seq, rev + 1, "`ifRev` did not hold: {record:?}");
            }
        }
        None if record.unconfirmed => {}
        None => assert_eq!(found, None, "refused, and in the log: {record:?}"),
    }
}

fn check_refusals(user: &User, record: &OpRecord, models: &[Model], stale: u64) -> Vec<String> {
    let asked = AskedOp { by: &user.id, op: &record.name, payload: &record.payload };
    let last = models.len() - 1;
    let range = |refused: &RefusedOp| {
        let from = (refused.from.saturating_sub(stale) as usize).clamp(1, last);
        from..=((refused.to + SLACK) as usize).clamp(from, last)
    };
    let explained = |refused: &RefusedOp| models[range(refused)].iter().any(|model| explains(model, &asked, &refused.code));
    let odd = record.refusals.iter().filter(|refused| !explained(refused));
    odd.map(|refused| format!("{} {} of {} was refused without a reason: {refused:?}", record.name, record.payload, user.id)).collect()
}

/// What a device saw is the log, without exception; every state it was told is the fold.
pub(super) fn check_client(client: &TestClient, room: &str, events: &[Value], models: &[Model]) {
    let Some(observed) = client.observed.get(room) else { return };
    for (seq, event) in &observed.events {
        let logged = events.get(*seq as usize - 1).unwrap_or_else(|| panic!("{} saw {event}, which is lost", client.name));
        assert!(is_same(event, logged), "{} saw {event}, the log holds {logged}", client.name);
    }
    for (rev, state) in &observed.states {
        check_state(&client.name, &client.user, state, &models[*rev as usize], events);
    }
}

/// Compares a state of the server with the model's.
#[track_caller]
pub(super) fn check_state(who: &str, user: &str, state: &Value, model: &Model, events: &[Value]) {
    let mut told = stripped(state);
    // A message that was taken back later has lost its text in the log.
    for message in told["chat"].as_array_mut().into_iter().flatten() {
        let logged = message["seq"].as_u64().and_then(|seq| events.get(seq as usize - 1));
        if logged.is_some_and(|event| event["data"]["text"] == "") {
            message["text"] = json!("");
        }
    }
    let role = model.member(user).map_or("guest", |member| &*member.role);
    let folded = model.view(role);
    if told == folded {
        return;
    }
    let fields: HashSet<&String> = told.as_object().expect("a state").keys().chain(folded.as_object().expect("a state").keys()).collect();
    let different: BTreeMap<&String, (&Value, &Value)> = fields
        .into_iter()
        .map(|field| (field, (told.get(field).unwrap_or(&Value::Null), folded.get(field).unwrap_or(&Value::Null))))
        .filter(|(_, (told, folded))| told != folded)
        .collect();
    for (field, (told, folded)) in &different {
        eprintln!("{field}:\n  told   {told}\n  folded {folded}");
    }
    panic!("{who} was told a state of revision {} that is not the fold of the log in {:?}", model.rev, different.keys());
}
