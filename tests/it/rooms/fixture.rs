//! The people, rooms, devices and servers of a scenario.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Dialect, TestClient};
use super::record::{OpRecord, User};
use super::redis::Redis;
use super::simulated_client::{SimulatedClient, TestRun};
use super::verify;
use crate::support::{Program, agent, try_answer};

const SECRET: &str = "a secret that all servers of these tests share";

/// What chance begins with: `ROOMS_SEED` of the environment, to tell a scenario again, or what is given.
pub(super) fn seed(otherwise: u64) -> u64 {
    let told = std::env::var("ROOMS_SEED").ok().and_then(|text| text.parse().ok());
    let seed = told.unwrap_or(otherwise);
    println!("seed {seed}: ROOMS_SEED={seed} tells this story again, as far as threads and kills allow");
    seed
}

/// One server, or two that are joined by a Redis; each with its own folder.
pub(super) struct Servers {
    folders: Vec<TempDir>,
    running: Vec<Option<Program>>,
    pub(super) redis: Option<Redis>,
}

impl Servers {
    pub(super) fn one() -> Servers {
        Servers::start(1, None)
    }

    pub(super) fn two() -> Servers {
        Servers::start(2, Some(Redis::start()))
    }

    fn start(many: usize, redis: Option<Redis>) -> Servers {
        let folders: Vec<TempDir> = (0..many).map(|_| tempfile::tempdir().expect("a folder")).collect();
        let mut servers = Servers { folders, running: (0..many).map(|_| None).collect(), redis };
        (0..many).for_each(|which| servers.begin(which));
        servers
    }

    /// Starts a server on its folder.
    pub(super) fn begin(&mut self, which: usize) {
        let folder: &Path = self.folders[which].path();
        let url = self.redis.as_ref().map(Redis::url);
        let mut variables = vec![("TUTTI_JWT_SECRET", SECRET)];
        variables.extend(url.iter().map(|url| ("TUTTI_REDIS_URL", &**url)));
        self.running[which] = Some(Program::start_with(folder, &[], &variables, agent()));
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self, which: usize) {
        self.running[which].take().expect("it runs").kill();
    }

    /// SIGTERM.
    pub(super) fn terminate(&mut self, which: usize) {
        assert_eq!(self.running[which].take().expect("it runs").terminate(), Some(0), "the server ends in peace");
    }

    pub(super) fn base(&self, which: usize) -> String {
        self.running[which].as_ref().expect("it runs").base.clone()
    }

    pub(super) fn bases(&self) -> Vec<String> {
        self.running.iter().flatten().map(|server| server.base.clone()).collect()
    }
}

/// A room and who made it.
pub(super) struct Room {
    pub(super) id: String,
    creator: usize,
}

/// People and rooms.
pub(super) struct Fixture {
    pub(super) users: Vec<User>,
    pub(super) rooms: Vec<Room>,
    pub(super) seed: u64,
}

fn post(base: &str, path: &str, token: Option<&str>, body: &Value) -> Value {
    let mut request = agent().post(format!("{base}{path}")).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let (status, answer) = try_answer(request.send(body.to_string().as_bytes())).expect("the server answers");
    assert_eq!(status, 201, "{path} is answered {answer}");
    answer
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Fixture {
    /// Makes people, the last four of whom wander, and rooms: one with a place, one with a house list.
    pub(super) fn create(base: &str, users: usize, rooms: usize, seed: u64) -> Fixture {
        let user = |number: usize| {
            let guest = post(base, "/v1/guests", None, &json!({"name": format!("Person {number}")}));
            let may_leave = number + 4 >= users;
            User { id: text(&guest["userId"]), token: text(&guest["token"]), may_leave, records: Mutex::default() }
        };
        let users: Vec<User> = (0..users).map(user).collect();
        let house: Vec<Value> = (0..30)
            .map(|number| {
                let vector = [f64::from(number % 2), f64::from((number + 1) % 2)];
                json!({"id": format!("h{number}"), "title": "House", "artist": format!("A{number}"), "durationMs": 180_000, "vector": vector})
            })
            .collect();
        let room = |number: usize| {
            let mut body = json!({"name": format!("Room {number}"), "settings": {"autopilot": number == 2, "maxPerMember": 20}});
            if number == 1 {
                body["venue"] = json!({"lat": 52.5, "lon": 13.4, "radiusM": 100});
            }
            if number == 2 {
                body["houseList"] = json!(house);
            }
            let made = post(base, "/v1/rooms", Some(&users[number].token), &body);
            Room { id: text(&made["id"]), creator: number }
        };
        let rooms = (0..rooms).map(room).collect();
        Fixture { users, rooms, seed }
    }

    pub(super) fn run(&self, servers: &Servers) -> TestRun {
        let leavers = self.users.iter().filter(|user| user.may_leave).map(|user| user.id.clone()).collect();
        let bases = Mutex::new(servers.bases().into_iter().map(Some).collect());
        let (answered, acked) = (AtomicUsize::new(0), AtomicUsize::new(0));
        TestRun { bases, over: AtomicBool::new(false), answered, acked, failures: Mutex::default(), leavers }
    }

    /// A device for everybody and a second one for some, every fourth with the plain stream.
    pub(super) fn clients<'a>(&'a self, run: &'a TestRun, pace: u64) -> Vec<SimulatedClient<'a>> {
        let seconds = (0..self.users.len()).filter(|number| number % 3 == 0);
        let owners = (0..self.users.len()).chain(seconds);
        let simulated_client = |(number, owner): (usize, usize)| {
            let user = &self.users[owner];
            let dialect = if number % 4 == 3 { Dialect::Plain } else { Dialect::SocketIo };
            let room = |number: usize| self.rooms[number % self.rooms.len()].id.clone();
            let mut rooms = vec![room(owner)];
            if dialect == Dialect::SocketIo && number % 2 == 0 && self.rooms.len() > 1 {
                rooms.push(room(owner + 1));
            }
            let client = TestClient::new(format!("d{number}"), &user.id, &user.token, dialect);
            SimulatedClient::new(run, user, client, &rooms, self.seed.wrapping_mul(1000).wrapping_add(number as u64), pace)
        };
        owners.enumerate().map(simulated_client).collect()
    }

    /// Everybody comes back and hears the rest; then all is checked on every server.
    pub(super) fn check(&self, servers: &Servers, run: &TestRun, mut clients: Vec<SimulatedClient<'_>>) {
        let bases = servers.bases();
        for (number, simulated_client) in clients.iter_mut().enumerate() {
            simulated_client.return_to(&bases[number % bases.len()]);
        }
        let mut test_clients: Vec<TestClient> = clients.into_iter().map(|simulated_client| simulated_client.client).collect();
        let failures = run.failures.lock().expect("no thread failed");
        assert!(failures.is_empty(), "seed {}: {failures:#?}", self.seed);
        let unexplained: Vec<String> = self.rooms.iter().flat_map(|room| self.check_room(room, &bases, &mut test_clients)).collect();
        println!("seed {}: {} ops answered; {:?}", self.seed, run.answered.load(Ordering::Relaxed), self.refusals());
        assert!(unexplained.is_empty(), "seed {}: {unexplained:#?}", self.seed);
    }

    /// What is acknowledged by now is in the logs of every server, now. `checked` holds how far each log was read before, and
    /// is brought up to date.
    pub(super) fn check_logs(&self, servers: &Servers, round: usize, checked: &mut [u64]) {
        for (room, from) in self.rooms.iter().zip(checked) {
            let acked: Vec<(&str, OpRecord)> = self.users.iter().flat_map(|user| user.acked(&room.id, *from)).collect();
            let token = &self.users[room.creator].token;
            let logs = servers.bases().into_iter().map(|base| verify::log(&base, token, &room.id, *from + 1));
            let shortest = logs.map(|events| verify::check_acked(round, &acked, &events, *from)).min();
            *from += shortest.expect("a server");
        }
    }

    /// How often ops were refused for what.
    fn refusals(&self) -> BTreeMap<String, usize> {
        let mut codes = BTreeMap::new();
        for user in &self.users {
            let records = user.records.lock().expect("no thread failed");
            let refused = records.iter().flat_map(|record| &record.refusals);
            refused.for_each(|refused| *codes.entry(refused.code.clone()).or_default() += 1);
        }
        codes
    }

    /// Refusals that nothing explains.
    fn check_room(&self, room: &Room, bases: &[String], test_clients: &mut [TestClient]) -> Vec<String> {
        let token = &self.users[room.creator].token;
        let state_at = |base: &str, token: &str, rev: u64| verify::get(base, token, &format!("/v1/rooms/{}/state?rev={rev}", room.id));
        let rev = bases.iter().map(|base| revision(base, token, &room.id)).max().expect("a server");
        for client in test_clients.iter_mut() {
            receive_until(client, &room.id, rev);
        }
        bases.iter().for_each(|base| wait_for_presence(base, token, &room.id, test_clients));
        let events = verify::log(&bases[0], token, &room.id, 1);
        for base in &bases[1..] {
            let other = verify::log(base, token, &room.id, 1);
            let both = events.len().min(other.len());
            assert!(events[..both] == other[..both], "two servers hold different logs");
        }
        let models = verify::fold(&events);
        let users: Vec<&User> = self.users.iter().collect();
        let unexplained = verify::check_records(&users, &room.id, &events, &models, if bases.len() > 1 { verify::SLACK } else { 0 });
        for client in test_clients.iter() {
            verify::check_client(client, &room.id, &events, &models);
        }
        for since in [rev.saturating_sub(500), rev.saturating_sub(501), 1] {
            let creator = &self.users[room.creator];
            let mut late = TestClient::new(format!("late by {}", rev - since), &creator.id, &creator.token, Dialect::SocketIo);
            late.remember(&room.id, since);
            late.connect(&bases[0], std::slice::from_ref(&room.id), true).expect("a connection");
            verify::check_client(&late, &room.id, &verify::log(&bases[0], token, &room.id, 1), &models);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut revs: Vec<u64> = (0..30).map(|_| rng.random_range(1..=rev)).collect();
        revs.extend([1, rev]);
        for base in bases {
            for rev in &revs {
                let answer = state_at(base, token, *rev);
                verify::check_state("the host", &self.users[room.creator].id, &answer["state"], &models[*rev as usize], &events);
            }
        }
        for (number, user) in users.iter().enumerate().filter(|(_, user)| models[rev as usize].member(&user.id).is_some()) {
            let base = &bases[number % bases.len()];
            if models.last().is_some_and(|last| last.member(&user.id).is_some()) {
                let answer = state_at(base, &user.token, rev);
                verify::check_state("everybody", &user.id, &answer["state"], &models[rev as usize], &events);
            }
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        events.iter().filter_map(|event| event["type"].as_str()).for_each(|kind| *kinds.entry(kind).or_default() += 1);
        println!("room {}: {} events: {kinds:?}", room.id, events.len());
        unexplained
    }
}

fn revision(base: &str, token: &str, room: &str) -> u64 {
    verify::get(base, token, &format!("/v1/rooms/{room}/state"))["rev"].as_u64().expect("a revision")
}

/// Whoever has a device in a room is shown as there, on every server.
fn wait_for_presence(base: &str, token: &str, room: &str, test_clients: &[TestClient]) {
    let here: Vec<&str> = test_clients
        .iter()
        .filter(|client| client.observed.get(room).is_some_and(|observed| !observed.out))
        .map(|client| &*client.user)
        .collect();
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        let state = verify::get(base, token, &format!("/v1/rooms/{room}/state"));
        let online =
            |id: &str| state["state"]["members"].as_array().into_iter().flatten().any(|one| one["id"] == id && one["online"] == true);
        let missing: Vec<&&str> = here.iter().filter(|id| !online(id)).collect();
        if missing.is_empty() {
            return;
        }
        assert!(Instant::now() < until, "{missing:?} are connected and not shown as online");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A device that is in a room hears all there is.
fn receive_until(client: &mut TestClient, room: &str, rev: u64) {
    let until = Instant::now() + Duration::from_secs(15);
    while client.observed.get(room).is_some_and(|observed| !observed.out && observed.at < rev) {
        assert!(Instant::now() < until, "{} has heard {:?} of {rev}", client.name, client.observed[room].at);
        client.receive(Duration::from_millis(20)).expect("the connection holds");
    }
}
