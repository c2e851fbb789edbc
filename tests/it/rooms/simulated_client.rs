//! One device in somebody's hand: connects, loses its connection, comes back, and sends one command after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::client::{ConnectionLost, Dialect, TestClient};
use super::command::{KnownState, PICTURE_BYTES, malformed, one, random, song};
use super::record::{OpRecord, User};
use crate::support::{agent, try_answer};

/// What all devices share.
pub(super) struct TestRun {
    /// Addresses of the servers; none while one is down.
    pub(super) bases: Mutex<Vec<Option<String>>>,
    pub(super) over: AtomicBool,
    /// Ops that were answered.
    pub(super) answered: AtomicUsize,
    /// Those that were carried out.
    pub(super) acked: AtomicUsize,
    /// What cannot be right.
    pub(super) failures: Mutex<Vec<String>>,
    /// Ids of those who may be sent out.
    pub(super) leavers: BTreeSet<String>,
}

impl TestRun {
    pub(super) fn report_failure(&self, what: String) {
        eprintln!("complaint: {what}");
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    pub(super) fn set(&self, server: usize, base: Option<String>) {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)[server] = base;
    }

    /// Waits until ops are carried out again.
    #[track_caller]
    pub(super) fn wait_for_acks(&self) {
        let (before, until) = (self.acked.load(Ordering::Relaxed), Instant::now() + Duration::from_secs(20));
        while self.acked.load(Ordering::Relaxed) < before + 30 {
            assert!(Instant::now() < until, "nothing is carried out any more");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn base(&self, rng: &mut ChaCha8Rng) -> Option<String> {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.iter().flatten().collect::<Vec<_>>().choose(rng).map(|base| (*base).clone())
    }
}

/// A device and what its owner wants with it.
pub(super) struct SimulatedClient<'a> {
    pub(super) client: TestClient,
    run: &'a TestRun,
    user: &'a User,
    rooms: Vec<String>,
    known_states: BTreeMap<String, KnownState>,
    rng: ChaCha8Rng,
    rest: ureq::Agent,
    ops: usize,
    /// Milliseconds between two commands, at most.
    pace: u64,
}

impl<'a> SimulatedClient<'a> {
    pub(super) fn new(run: &'a TestRun, user: &'a User, client: TestClient, rooms: &[String], seed: u64, pace: u64) -> SimulatedClient<'a> {
        let known_states = rooms.iter().map(|room| (room.clone(), KnownState::default())).collect();
        let rng = ChaCha8Rng::seed_from_u64(seed);
        SimulatedClient { client, run, user, rooms: rooms.to_vec(), known_states, rng, rest: agent(), ops: 0, pace }
    }

    /// Goes on until the stage says that it is over.
    pub(super) fn run_until_over(&mut self) {
        while !self.run.over.load(Ordering::Relaxed) {
            if !self.client.is_connected() {
                self.connect();
                continue;
            }
            let out = self.rooms.len() > self.inside().len();
            let step = match self.rng.random_range(0..1000) {
                _ if out && (self.inside().is_empty() || self.rng.random_bool(0.1)) => self.rejoin(),
                0..12 => {
                    self.client.drop_connection();
                    let away = one(&mut self.rng, &[0, 1, 3, 12]) * self.pace;
                    std::thread::sleep(Duration::from_millis(away));
                    Ok(())
                }
                12..70 => self.send_malformed(),
                70..100 => self.send_volatile(),
                100..112 => self.send_burst(),
                112..132 => self.rejoin(),
                _ => self.act(),
            };
            // A lost connection is made again at the next step.
            let pause = self.rng.random_range(self.pace / 2..=self.pace);
            let _ = step.and_then(|()| self.receive(Duration::from_millis(pause)));
        }
    }

    /// Comes back for the end, to this server.
    pub(super) fn return_to(&mut self, base: &str) {
        let until = Instant::now() + Duration::from_secs(15);
        while Instant::now() < until {
            self.client.drop_connection();
            let Ok(acks) = self.client.connect(base, &self.rooms, true) else { continue };
            acks.iter().for_each(|(room, ack)| self.joined(room, ack));
            if acks.iter().all(|(_, ack)| ack["error"]["code"] != "BUSY") {
                return;
            }
        }
        self.run.report_failure(format!("{} cannot come back to {base}", self.client.name));
    }

    fn receive(&mut self, time: Duration) -> Result<(), ConnectionLost> {
        let received = self.client.receive(time);
        self.update_known_states();
        received
    }

    /// Brings what the device knows up to date with what came in.
    fn update_known_states(&mut self) {
        for event in std::mem::take(&mut self.client.new_events) {
            let room = event["room"].as_str().unwrap_or_default();
            if let Some(known_states) = self.known_states.get_mut(room) {
                known_states.note(&event, &self.user.id);
            }
        }
    }

    fn connect(&mut self) {
        let Some(base) = self.run.base(&mut self.rng) else { return std::thread::sleep(Duration::from_millis(20)) };
        let resume = self.rng.random_bool(0.75);
        match self.client.connect(&base, &self.rooms, resume) {
            Ok(acks) => acks.iter().for_each(|(room, ack)| self.joined(room, ack)),
            Err(ConnectionLost) => std::thread::sleep(Duration::from_millis(20)),
        }
    }

    /// What the answer to a join says.
    fn joined(&mut self, room: &str, ack: &Value) {
        if ack["ok"] == json!(true) {
            if let Some(seq) = ack["seq"].as_u64() {
                let mut record = OpRecord::new(room, "room:join", String::new(), json!({}));
                record.seq = Some(seq);
                self.user.keep(record);
            }
            self.update_known_states();
            if let (Some(state), Some(known_states)) = (ack.get("state"), self.known_states.get_mut(room)) {
                known_states.read(state, &self.user.id);
            }
            return;
        }
        let observed = self.client.observed.entry(room.to_owned()).or_default();
        observed.out = true;
        let code = ack["error"]["code"].as_str().unwrap_or_default();
        let fine = matches!(code, "BUSY" | "RATE_LIMITED") || self.user.may_leave && matches!(code, "FORBIDDEN" | "BANNED");
        if !fine {
            self.run.report_failure(format!("{}: joining is answered {ack}", self.client.name));
        }
        if self.client.dialect() == Dialect::Plain {
            self.client.drop_connection();
        }
        std::thread::sleep(Duration::from_millis(50));
    }

    /// Comes back to a room it is out of, or joins once more where it is.
    fn rejoin(&mut self) -> Result<(), ConnectionLost> {
        if self.client.dialect() == Dialect::Plain {
            if self.client.observed.values().any(|observed| observed.out) {
                self.client.drop_connection();
            }
            return Ok(());
        }
        let out = self.rooms.iter().find(|room| self.client.observed.get(*room).is_none_or(|observed| observed.out));
        let room = out.unwrap_or(&self.rooms[0]).clone();
        let resume = self.rng.random_bool(0.5);
        let ack = self.client.join(&room, resume)?;
        self.joined(&room, &ack);
        Ok(())
    }

    /// Rooms that this connection is in.
    fn inside(&self) -> Vec<String> {
        self.rooms.iter().filter(|room| self.client.observed.get(*room).is_some_and(|observed| !observed.out)).cloned().collect()
    }

    /// One of them; another when there is none any more.
    fn room(&mut self) -> String {
        let inside = self.inside();
        inside.choose(&mut self.rng).unwrap_or(&self.rooms[0]).clone()
    }

    fn op(&mut self) -> String {
        self.ops += 1;
        format!("{}-{}", self.client.name, self.ops)
    }

    /// Sends a command, a new one or one of before.
    fn act(&mut self) -> Result<(), ConnectionLost> {
        let at = self.rng.random_range(0..1000);
        let socket_io = self.client.dialect() == Dialect::SocketIo;
        let here = |record: &OpRecord, rooms: &[String]| {
            record.name != "room:join" && rooms.contains(&record.room) && (socket_io || !record.binary)
        };
        match self.rng.random_range(0..100) {
            0..20 => {
                let rooms = self.inside();
                let unconfirmed = self.user.take(at, |record| record.unconfirmed && record.seq.is_none() && here(record, &rooms));
                if let Some(record) = unconfirmed {
                    return self.perform(record);
                }
            }
            20..28 => {
                let rooms = self.inside();
                if let Some(record) = self.user.take(at, |record| record.seq.is_some() && here(record, &rooms)) {
                    return self.perform(record);
                }
            }
            28..31 => return self.reuse_op_id(at),
            31..34 => return self.send_twice_at_once(),
            34..38 => {
                let (room, op) = (self.room(), self.op());
                let rev = self.known_states[&room].rev;
                let text = format!("at {rev}");
                return self.perform(OpRecord::new(&room, "chat:send", op, json!({"text": text, "ifRev": rev})));
            }
            _ => {}
        }
        let room = self.room();
        let (name, payload) = random(&mut self.rng, &self.known_states[&room], &self.run.leavers, self.user.may_leave);
        let op = self.op();
        let mut record = OpRecord::new(&room, name, op, payload);
        record.binary = name == "picture:share" && socket_io;
        self.perform(record)
    }

    /// Sends an op over the socket or by REST, and keeps it with its answer.
    fn perform(&mut self, mut record: OpRecord) -> Result<(), ConnectionLost> {
        let from = self.client.observed.get(&record.room).map_or(0, |observed| observed.at);
        record.tries += 1;
        let outcome = if !record.binary && self.rng.random_bool(0.12) { self.by_rest(&record) } else { self.by_socket(&record) };
        let outcome = match outcome {
            Ok(answer) => {
                self.received(&mut record, &answer, from);
                Ok(())
            }
            Err(ConnectionLost) => {
                record.unconfirmed |= record.seq.is_none();
                Err(ConnectionLost)
            }
        };
        self.user.keep(record);
        outcome
    }

    fn received(&mut self, record: &mut OpRecord, answer: &Value, from: u64) {
        self.run.answered.fetch_add(1, Ordering::Relaxed);
        self.run.acked.fetch_add(usize::from(answer["ok"] == json!(true)), Ordering::Relaxed);
        self.update_known_states();
        let to = self.client.observed.get(&record.room).map_or(0, |observed| observed.at);
        if let Err(why) = record.receive(answer, from, to) {
            self.run.report_failure(format!("{}: {} {}: {why}", self.client.name, record.name, record.payload));
        }
    }

    fn by_socket(&mut self, record: &OpRecord) -> Result<Value, ConnectionLost> {
        if !record.binary {
            return self.client.ask(&record.name, &record.payload, None);
        }
        let mut payload = record.payload.clone();
        payload["data"] = json!({"_placeholder": true, "num": 0});
        self.client.ask(&record.name, &payload, Some(PICTURE_BYTES))
    }

    fn by_rest(&mut self, record: &OpRecord) -> Result<Value, ConnectionLost> {
        let Some(base) = self.run.base(&mut self.rng) else { return Err(ConnectionLost) };
        let request = self.rest.post(format!("{base}/v1/rooms/{}/commands/{}", record.room, record.name));
        let request = request.header("authorization", format!("Bearer {}", self.user.token)).header("content-type", "application/json");
        let (_, mut answer) = try_answer(request.send(record.payload.to_string().as_bytes())).ok_or(ConnectionLost)?;
        if answer.get("error").is_some() {
            answer["ok"] = json!(false);
        }
        Ok(answer)
    }

    /// The id of an op that is in the log, for something else.
    fn reuse_op_id(&mut self, at: usize) -> Result<(), ConnectionLost> {
        let rooms = self.inside();
        let Some(record) = self.user.take(at, |record| record.seq.is_some() && record.name != "room:join" && rooms.contains(&record.room))
        else {
            return Ok(());
        };
        let other = OpRecord::new(&record.room, "song:vote", record.op.clone(), json!({"item": "i1", "vote": "down", "other": true}));
        self.user.keep(record);
        let answer = self.client.ask(&other.name, &other.payload, None)?;
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        if !matches!(code, "OP_REUSED" | "RATE_LIMITED" | "NOT_IN_ROOM" | "FORBIDDEN" | "BUSY") {
            self.run.report_failure(format!("{}: reusing {} is answered {answer}", self.client.name, other.op));
        }
        Ok(())
    }

    /// The same op over the socket and by REST at once.
    fn send_twice_at_once(&mut self) -> Result<(), ConnectionLost> {
        let (room, op) = (self.room(), self.op());
        let mut record = OpRecord::new(&room, "song:add", op, json!({"song": song(&mut self.rng)}));
        let from = self.client.observed.get(&room).map_or(0, |observed| observed.at);
        record.tries = 2;
        let id = self.client.send(&record.name, &record.payload, None);
        let by_rest = self.by_rest(&record);
        let by_socket = id.and_then(|id| self.client.answer(id));
        let answers: Vec<Value> = [&by_rest, &by_socket].into_iter().filter_map(|answer| answer.as_ref().ok().cloned()).collect();
        let done: Vec<&Value> = answers.iter().filter(|answer| answer["ok"] == json!(true)).collect();
        if let [one, other] = &*done
            && (one["seq"] != other["seq"] || (one["duplicate"] == json!(true)) == (other["duplicate"] == json!(true)))
        {
            self.run.report_failure(format!("{}: one op at once by two ways: {one} and {other}", self.client.name));
        }
        // The one that was carried out first, whatever its answer's way.
        let (first, later): (Vec<&Value>, Vec<&Value>) = answers.iter().partition(|answer| answer["duplicate"] != json!(true));
        let (good, refused): (Vec<&Value>, Vec<&Value>) = first.into_iter().partition(|answer| answer["ok"] == json!(true));
        for answer in refused.into_iter().chain(good).chain(later) {
            self.received(&mut record, answer, from);
        }
        record.unconfirmed |= answers.len() < 2 && record.seq.is_none();
        self.user.keep(record);
        by_socket.map(drop)
    }

    /// Several ops without waiting: they are applied in the order sent.
    fn send_burst(&mut self) -> Result<(), ConnectionLost> {
        let room = self.room();
        let from = self.client.observed.get(&room).map_or(0, |observed| observed.at);
        let mut sent = Vec::new();
        // More at once than a device may send.
        for _ in 0..one(&mut self.rng, &[8, 8, 40]) {
            let (name, payload) = match self.rng.random_range(0..2) {
                0 => ("song:add", json!({"song": song(&mut self.rng)})),
                _ => ("chat:send", json!({"text": "one of many"})),
            };
            let op = self.op();
            let mut record = OpRecord::new(&room, name, op, payload);
            record.tries = 1;
            let id = self.client.send(name, &record.payload, None);
            sent.push((record, id));
        }
        let mut last = 0;
        let mut outcome = Ok(());
        for (mut record, id) in sent {
            match id.and_then(|id| self.client.answer(id)) {
                Ok(answer) => self.received(&mut record, &answer, from),
                Err(ConnectionLost) => {
                    record.unconfirmed = true;
                    outcome = Err(ConnectionLost);
                }
            }
            if record.seq.is_some_and(|seq| seq < last) {
                self.run.report_failure(format!("{}: ops of one socket out of order at {:?}", self.client.name, record.seq));
            }
            last = record.seq.unwrap_or(last);
            self.user.keep(record);
        }
        outcome
    }

    fn send_malformed(&mut self) -> Result<(), ConnectionLost> {
        let (room, op) = (self.room(), self.op());
        let (name, payload, code) = malformed(&mut self.rng, &room, &op);
        let answer = self.client.ask(name, &payload, None)?;
        let got = answer["error"]["code"].as_str().unwrap_or_default();
        if got != code && got != "RATE_LIMITED" {
            self.run.report_failure(format!("{}: {name} {payload} is answered {answer}, not {code}", self.client.name));
        }
        Ok(())
    }

    fn send_volatile(&mut self) -> Result<(), ConnectionLost> {
        let room = self.room();
        let (name, payload) = match self.rng.random_range(0..3) {
            0 => ("reaction:send", json!({"room": room, "emoji": "🎉"})),
            1 => ("chat:typing", json!({"room": room})),
            _ => ("clock:ping", json!({"t0": 1})),
        };
        let answer = self.client.ask(name, &payload, None)?;
        if name == "clock:ping" && !(answer["t2"].as_u64() >= answer["t1"].as_u64() && answer["t1"].is_u64()) {
            self.run.report_failure(format!("{}: the clock says {answer}", self.client.name));
        }
        Ok(())
    }
}
