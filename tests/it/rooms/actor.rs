//! One device in somebody's hand: connects, loses its connection, comes back, and sends one command after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::client::{Device, Dialect, Lost};
use super::command::{Hints, PICTURE_BYTES, malformed, one, random, song};
use super::deed::{Deed, Person};
use crate::support::{agent, try_answer};

/// What all devices share.
pub(super) struct Stage {
    /// Addresses of the servers; none while one is down.
    pub(super) bases: Mutex<Vec<Option<String>>>,
    pub(super) over: AtomicBool,
    /// Ops that were answered.
    pub(super) answered: AtomicUsize,
    /// Those that were carried out.
    pub(super) acked: AtomicUsize,
    /// What cannot be right.
    pub(super) complaints: Mutex<Vec<String>>,
    /// Ids of those who may be sent out.
    pub(super) wanderers: BTreeSet<String>,
}

impl Stage {
    pub(super) fn complain(&self, what: String) {
        eprintln!("complaint: {what}");
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).push(what);
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
pub(super) struct Actor<'a> {
    pub(super) device: Device,
    stage: &'a Stage,
    person: &'a Person,
    rooms: Vec<String>,
    hints: BTreeMap<String, Hints>,
    rng: ChaCha8Rng,
    rest: ureq::Agent,
    ops: usize,
    /// Milliseconds between two commands, at most.
    pace: u64,
}

impl<'a> Actor<'a> {
    pub(super) fn new(stage: &'a Stage, person: &'a Person, device: Device, rooms: &[String], seed: u64, pace: u64) -> Actor<'a> {
        let hints = rooms.iter().map(|room| (room.clone(), Hints::default())).collect();
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Actor { device, stage, person, rooms: rooms.to_vec(), hints, rng, rest: agent(), ops: 0, pace }
    }

    /// Goes on until the stage says that it is over.
    pub(super) fn play(&mut self) {
        while !self.stage.over.load(Ordering::Relaxed) {
            if !self.device.is_connected() {
                self.connect();
                continue;
            }
            let out = self.rooms.len() > self.inside().len();
            let step = match self.rng.random_range(0..1000) {
                _ if out && (self.inside().is_empty() || self.rng.random_bool(0.1)) => self.rejoin(),
                0..12 => {
                    self.device.drop_connection();
                    let away = one(&mut self.rng, &[0, 1, 3, 12]) * self.pace;
                    std::thread::sleep(Duration::from_millis(away));
                    Ok(())
                }
                12..70 => self.wrong(),
                70..100 => self.whisper(),
                100..112 => self.burst(),
                112..132 => self.rejoin(),
                _ => self.act(),
            };
            // A lost connection is made again at the next step.
            let pause = self.rng.random_range(self.pace / 2..=self.pace);
            let _ = step.and_then(|()| self.hear(Duration::from_millis(pause)));
        }
    }

    /// Comes back for the end, to this server.
    pub(super) fn return_to(&mut self, base: &str) {
        let until = Instant::now() + Duration::from_secs(15);
        while Instant::now() < until {
            self.device.drop_connection();
            let Ok(acks) = self.device.connect(base, &self.rooms, true) else { continue };
            acks.iter().for_each(|(room, ack)| self.arrived(room, ack));
            if acks.iter().all(|(_, ack)| ack["error"]["code"] != "BUSY") {
                return;
            }
        }
        self.stage.complain(format!("{} cannot come back to {base}", self.device.name));
    }

    fn hear(&mut self, time: Duration) -> Result<(), Lost> {
        let heard = self.device.hear(time);
        self.learn();
        heard
    }

    /// Brings what the device knows up to date with what came in.
    fn learn(&mut self) {
        for event in std::mem::take(&mut self.device.fresh) {
            let room = event["room"].as_str().unwrap_or_default();
            if let Some(hints) = self.hints.get_mut(room) {
                hints.note(&event, &self.person.id);
            }
        }
    }

    fn connect(&mut self) {
        let Some(base) = self.stage.base(&mut self.rng) else { return std::thread::sleep(Duration::from_millis(20)) };
        let resume = self.rng.random_bool(0.75);
        match self.device.connect(&base, &self.rooms, resume) {
            Ok(acks) => acks.iter().for_each(|(room, ack)| self.arrived(room, ack)),
            Err(Lost) => std::thread::sleep(Duration::from_millis(20)),
        }
    }

    /// What the answer to a join says.
    fn arrived(&mut self, room: &str, ack: &Value) {
        if ack["ok"] == json!(true) {
            if let Some(seq) = ack["seq"].as_u64() {
                let mut deed = Deed::new(room, "room:join", String::new(), json!({}));
                deed.seq = Some(seq);
                self.person.keep(deed);
            }
            self.learn();
            if let (Some(state), Some(hints)) = (ack.get("state"), self.hints.get_mut(room)) {
                hints.read(state, &self.person.id);
            }
            return;
        }
        let seen = self.device.seen.entry(room.to_owned()).or_default();
        seen.out = true;
        let code = ack["error"]["code"].as_str().unwrap_or_default();
        let fine = matches!(code, "BUSY" | "RATE_LIMITED") || self.person.wanders && matches!(code, "FORBIDDEN" | "BANNED");
        if !fine {
            self.stage.complain(format!("{}: joining is answered {ack}", self.device.name));
        }
        if self.device.dialect() == Dialect::Plain {
            self.device.drop_connection();
        }
        std::thread::sleep(Duration::from_millis(50));
    }

    /// Comes back to a room it is out of, or joins once more where it is.
    fn rejoin(&mut self) -> Result<(), Lost> {
        if self.device.dialect() == Dialect::Plain {
            if self.device.seen.values().any(|seen| seen.out) {
                self.device.drop_connection();
            }
            return Ok(());
        }
        let out = self.rooms.iter().find(|room| self.device.seen.get(*room).is_none_or(|seen| seen.out));
        let room = out.unwrap_or(&self.rooms[0]).clone();
        let resume = self.rng.random_bool(0.5);
        let ack = self.device.join(&room, resume)?;
        self.arrived(&room, &ack);
        Ok(())
    }

    /// Rooms that this connection is in.
    fn inside(&self) -> Vec<String> {
        self.rooms.iter().filter(|room| self.device.seen.get(*room).is_some_and(|seen| !seen.out)).cloned().collect()
    }

    /// One of them; another when there is none any more.
    fn room(&mut self) -> String {
        let inside = self.inside();
        inside.choose(&mut self.rng).unwrap_or(&self.rooms[0]).clone()
    }

    fn op(&mut self) -> String {
        self.ops += 1;
        format!("{}-{}", self.device.name, self.ops)
    }

    /// Sends a command, a new one or one of before.
    fn act(&mut self) -> Result<(), Lost> {
        let at = self.rng.random_range(0..1000);
        let socket_io = self.device.dialect() == Dialect::SocketIo;
        let here = |deed: &Deed, rooms: &[String]| deed.name != "room:join" && rooms.contains(&deed.room) && (socket_io || !deed.binary);
        match self.rng.random_range(0..100) {
            0..20 => {
                let rooms = self.inside();
                let unsure = self.person.take(at, |deed| deed.unsure && deed.seq.is_none() && here(deed, &rooms));
                if let Some(deed) = unsure {
                    return self.perform(deed);
                }
            }
            20..28 => {
                let rooms = self.inside();
                if let Some(deed) = self.person.take(at, |deed| deed.seq.is_some() && here(deed, &rooms)) {
                    return self.perform(deed);
                }
            }
            28..31 => return self.reuse(at),
            31..34 => return self.twins(),
            34..38 => {
                let (room, op) = (self.room(), self.op());
                let rev = self.hints[&room].rev;
                let text = format!("at {rev}");
                return self.perform(Deed::new(&room, "chat:send", op, json!({"text": text, "ifRev": rev})));
            }
            _ => {}
        }
        let room = self.room();
        let (name, payload) = random(&mut self.rng, &self.hints[&room], &self.stage.wanderers, self.person.wanders);
        let op = self.op();
        let mut deed = Deed::new(&room, name, op, payload);
        deed.binary = name == "picture:share" && socket_io;
        self.perform(deed)
    }

    /// Sends an op over the socket or by REST, and keeps it with its answer.
    fn perform(&mut self, mut deed: Deed) -> Result<(), Lost> {
        let from = self.device.seen.get(&deed.room).map_or(0, |seen| seen.at);
        deed.tries += 1;
        let outcome = if !deed.binary && self.rng.random_bool(0.12) { self.by_rest(&deed) } else { self.by_socket(&deed) };
        let outcome = match outcome {
            Ok(answer) => {
                self.heard(&mut deed, &answer, from);
                Ok(())
            }
            Err(Lost) => {
                deed.unsure |= deed.seq.is_none();
                Err(Lost)
            }
        };
        self.person.keep(deed);
        outcome
    }

    fn heard(&mut self, deed: &mut Deed, answer: &Value, from: u64) {
        self.stage.answered.fetch_add(1, Ordering::Relaxed);
        self.stage.acked.fetch_add(usize::from(answer["ok"] == json!(true)), Ordering::Relaxed);
        self.learn();
        let to = self.device.seen.get(&deed.room).map_or(0, |seen| seen.at);
        if let Err(why) = deed.hear(answer, from, to) {
            self.stage.complain(format!("{}: {} {}: {why}", self.device.name, deed.name, deed.payload));
        }
    }

    fn by_socket(&mut self, deed: &Deed) -> Result<Value, Lost> {
        if !deed.binary {
            return self.device.ask(&deed.name, &deed.payload, None);
        }
        let mut payload = deed.payload.clone();
        payload["data"] = json!({"_placeholder": true, "num": 0});
        self.device.ask(&deed.name, &payload, Some(PICTURE_BYTES))
    }

    fn by_rest(&mut self, deed: &Deed) -> Result<Value, Lost> {
        let Some(base) = self.stage.base(&mut self.rng) else { return Err(Lost) };
        let request = self.rest.post(format!("{base}/v1/rooms/{}/commands/{}", deed.room, deed.name));
        let request = request.header("authorization", format!("Bearer {}", self.person.token)).header("content-type", "application/json");
        let (_, mut answer) = try_answer(request.send(deed.payload.to_string().as_bytes())).ok_or(Lost)?;
        if answer.get("error").is_some() {
            answer["ok"] = json!(false);
        }
        Ok(answer)
    }

    /// The id of an op that is in the log, for something else.
    fn reuse(&mut self, at: usize) -> Result<(), Lost> {
        let rooms = self.inside();
        let Some(deed) = self.person.take(at, |deed| deed.seq.is_some() && deed.name != "room:join" && rooms.contains(&deed.room)) else {
            return Ok(());
        };
        let other = Deed::new(&deed.room, "song:vote", deed.op.clone(), json!({"item": "i1", "vote": "down", "other": true}));
        self.person.keep(deed);
        let answer = self.device.ask(&other.name, &other.payload, None)?;
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        if !matches!(code, "OP_REUSED" | "RATE_LIMITED" | "NOT_IN_ROOM" | "FORBIDDEN" | "BUSY") {
            self.stage.complain(format!("{}: reusing {} is answered {answer}", self.device.name, other.op));
        }
        Ok(())
    }

    /// The same op over the socket and by REST at once.
    fn twins(&mut self) -> Result<(), Lost> {
        let (room, op) = (self.room(), self.op());
        let mut deed = Deed::new(&room, "song:add", op, json!({"song": song(&mut self.rng)}));
        let from = self.device.seen.get(&room).map_or(0, |seen| seen.at);
        deed.tries = 2;
        let id = self.device.send(&deed.name, &deed.payload, None);
        let by_rest = self.by_rest(&deed);
        let by_socket = id.and_then(|id| self.device.answer(id));
        let answers: Vec<Value> = [&by_rest, &by_socket].into_iter().filter_map(|answer| answer.as_ref().ok().cloned()).collect();
        let done: Vec<&Value> = answers.iter().filter(|answer| answer["ok"] == json!(true)).collect();
        if let [one, other] = &*done
            && (one["seq"] != other["seq"] || (one["duplicate"] == json!(true)) == (other["duplicate"] == json!(true)))
        {
            self.stage.complain(format!("{}: one op at once by two ways: {one} and {other}", self.device.name));
        }
        // The one that was carried out first, whatever its answer's way.
        let (first, later): (Vec<&Value>, Vec<&Value>) = answers.iter().partition(|answer| answer["duplicate"] != json!(true));
        let (good, refused): (Vec<&Value>, Vec<&Value>) = first.into_iter().partition(|answer| answer["ok"] == json!(true));
        for answer in refused.into_iter().chain(good).chain(later) {
            self.heard(&mut deed, answer, from);
        }
        deed.unsure |= answers.len() < 2 && deed.seq.is_none();
        self.person.keep(deed);
        by_socket.map(drop)
    }

    /// Several ops without waiting: they are applied in the order sent.
    fn burst(&mut self) -> Result<(), Lost> {
        let room = self.room();
        let from = self.device.seen.get(&room).map_or(0, |seen| seen.at);
        let mut sent = Vec::new();
        // More at once than a device may send.
        for _ in 0..one(&mut self.rng, &[8, 8, 40]) {
            let (name, payload) = match self.rng.random_range(0..2) {
                0 => ("song:add", json!({"song": song(&mut self.rng)})),
                _ => ("chat:send", json!({"text": "one of many"})),
            };
            let op = self.op();
            let mut deed = Deed::new(&room, name, op, payload);
            deed.tries = 1;
            let id = self.device.send(name, &deed.payload, None);
            sent.push((deed, id));
        }
        let mut last = 0;
        let mut outcome = Ok(());
        for (mut deed, id) in sent {
            match id.and_then(|id| self.device.answer(id)) {
                Ok(answer) => self.heard(&mut deed, &answer, from),
                Err(Lost) => {
                    deed.unsure = true;
                    outcome = Err(Lost);
                }
            }
            if deed.seq.is_some_and(|seq| seq < last) {
                self.stage.complain(format!("{}: ops of one socket out of order at {:?}", self.device.name, deed.seq));
            }
            last = deed.seq.unwrap_or(last);
            self.person.keep(deed);
        }
        outcome
    }

    fn wrong(&mut self) -> Result<(), Lost> {
        let (room, op) = (self.room(), self.op());
        let (name, payload, code) = malformed(&mut self.rng, &room, &op);
        let answer = self.device.ask(name, &payload, None)?;
        let got = answer["error"]["code"].as_str().unwrap_or_default();
        if got != code && got != "RATE_LIMITED" {
            self.stage.complain(format!("{}: {name} {payload} is answered {answer}, not {code}", self.device.name));
        }
        Ok(())
    }

    fn whisper(&mut self) -> Result<(), Lost> {
        let room = self.room();
        let (name, payload) = match self.rng.random_range(0..3) {
            0 => ("reaction:send", json!({"room": room, "emoji": "🎉"})),
            1 => ("chat:typing", json!({"room": room})),
            _ => ("clock:ping", json!({"t0": 1})),
        };
        let answer = self.device.ask(name, &payload, None)?;
        if name == "clock:ping" && !(answer["t2"].as_u64() >= answer["t1"].as_u64() && answer["t1"].is_u64()) {
            self.stage.complain(format!("{}: the clock says {answer}", self.device.name));
        }
        Ok(())
    }
}
