//! The people, rooms, devices and servers of a story.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::actor::{Actor, Stage};
use super::client::{Device, Dialect};
use super::deed::{Deed, Person};
use super::redis::Redis;
use super::verify;
use crate::support::{Program, agent, try_answer};

const SECRET: &str = "a secret that all servers of these tests share";

/// What chance begins with: `ROOMS_SEED` of the environment, to tell a story again, or what is given.
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
pub(super) struct Troupe {
    pub(super) people: Vec<Person>,
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

impl Troupe {
    /// Makes people, the last four of whom wander, and rooms: one with a place, one with a house list.
    pub(super) fn gather(base: &str, people: usize, rooms: usize, seed: u64) -> Troupe {
        let person = |number: usize| {
            let guest = post(base, "/v1/guests", None, &json!({"name": format!("Person {number}")}));
            let wanders = number + 4 >= people;
            Person { id: text(&guest["userId"]), token: text(&guest["token"]), wanders, deeds: Mutex::default() }
        };
        let people: Vec<Person> = (0..people).map(person).collect();
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
            let made = post(base, "/v1/rooms", Some(&people[number].token), &body);
            Room { id: text(&made["id"]), creator: number }
        };
        let rooms = (0..rooms).map(room).collect();
        Troupe { people, rooms, seed }
    }

    pub(super) fn stage(&self, servers: &Servers) -> Stage {
        let wanderers = self.people.iter().filter(|person| person.wanders).map(|person| person.id.clone()).collect();
        let bases = Mutex::new(servers.bases().into_iter().map(Some).collect());
        let (answered, acked) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Stage { bases, over: AtomicBool::new(false), answered, acked, complaints: Mutex::default(), wanderers }
    }

    /// A device for everybody and a second one for some, every fourth with the plain stream.
    pub(super) fn actors<'a>(&'a self, stage: &'a Stage, pace: u64) -> Vec<Actor<'a>> {
        let seconds = (0..self.people.len()).filter(|number| number % 3 == 0);
        let owners = (0..self.people.len()).chain(seconds);
        let actor = |(number, owner): (usize, usize)| {
            let person = &self.people[owner];
            let dialect = if number % 4 == 3 { Dialect::Plain } else { Dialect::SocketIo };
            let room = |number: usize| self.rooms[number % self.rooms.len()].id.clone();
            let mut rooms = vec![room(owner)];
            if dialect == Dialect::SocketIo && number % 2 == 0 && self.rooms.len() > 1 {
                rooms.push(room(owner + 1));
            }
            let device = Device::new(format!("d{number}"), &person.id, &person.token, dialect);
            Actor::new(stage, person, device, &rooms, self.seed.wrapping_mul(1000).wrapping_add(number as u64), pace)
        };
        owners.enumerate().map(actor).collect()
    }

    /// Everybody comes back and hears the rest; then all is checked on every server.
    pub(super) fn check(&self, servers: &Servers, stage: &Stage, mut actors: Vec<Actor<'_>>) {
        let bases = servers.bases();
        for (number, actor) in actors.iter_mut().enumerate() {
            actor.return_to(&bases[number % bases.len()]);
        }
        let mut devices: Vec<Device> = actors.into_iter().map(|actor| actor.device).collect();
        let complaints = stage.complaints.lock().expect("no thread failed");
        assert!(complaints.is_empty(), "seed {}: {complaints:#?}", self.seed);
        let unexplained: Vec<String> = self.rooms.iter().flat_map(|room| self.check_room(room, &bases, &mut devices)).collect();
        println!("seed {}: {} ops answered; {:?}", self.seed, stage.answered.load(Ordering::Relaxed), self.refusals());
        assert!(unexplained.is_empty(), "seed {}: {unexplained:#?}", self.seed);
    }

    /// What is acknowledged by now is in the logs of every server, now. `checked` holds how far each log was read before, and
    /// is brought up to date.
    pub(super) fn check_logs(&self, servers: &Servers, round: usize, checked: &mut [u64]) {
        for (room, from) in self.rooms.iter().zip(checked) {
            let acked: Vec<(&str, Deed)> = self.people.iter().flat_map(|person| person.acked(&room.id, *from)).collect();
            let token = &self.people[room.creator].token;
            let logs = servers.bases().into_iter().map(|base| verify::log(&base, token, &room.id, *from + 1));
            let shortest = logs.map(|events| verify::check_acked(round, &acked, &events, *from)).min();
            *from += shortest.expect("a server");
        }
    }

    /// How often ops were refused for what.
    fn refusals(&self) -> BTreeMap<String, usize> {
        let mut codes = BTreeMap::new();
        for person in &self.people {
            let deeds = person.deeds.lock().expect("no thread failed");
            let refused = deeds.iter().flat_map(|deed| &deed.refusals);
            refused.for_each(|refused| *codes.entry(refused.code.clone()).or_default() += 1);
        }
        codes
    }

    /// Refusals that nothing explains.
    fn check_room(&self, room: &Room, bases: &[String], devices: &mut [Device]) -> Vec<String> {
        let token = &self.people[room.creator].token;
        let state_at = |base: &str, token: &str, rev: u64| verify::get(base, token, &format!("/v1/rooms/{}/state?rev={rev}", room.id));
        let rev = bases.iter().map(|base| revision(base, token, &room.id)).max().expect("a server");
        for device in devices.iter_mut() {
            hear_until(device, &room.id, rev);
        }
        bases.iter().for_each(|base| wait_for_presence(base, token, &room.id, devices));
        let events = verify::log(&bases[0], token, &room.id, 1);
        for base in &bases[1..] {
            let other = verify::log(base, token, &room.id, 1);
            let both = events.len().min(other.len());
            assert!(events[..both] == other[..both], "two servers hold different logs");
        }
        let models = verify::fold(&events);
        let people: Vec<&Person> = self.people.iter().collect();
        let unexplained = verify::check_deeds(&people, &room.id, &events, &models, if bases.len() > 1 { verify::SLACK } else { 0 });
        for device in devices.iter() {
            verify::check_device(device, &room.id, &events, &models);
        }
        for since in [rev.saturating_sub(500), rev.saturating_sub(501), 1] {
            let creator = &self.people[room.creator];
            let mut late = Device::new(format!("late by {}", rev - since), &creator.id, &creator.token, Dialect::SocketIo);
            late.remember(&room.id, since);
            late.connect(&bases[0], std::slice::from_ref(&room.id), true).expect("a connection");
            verify::check_device(&late, &room.id, &verify::log(&bases[0], token, &room.id, 1), &models);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut revs: Vec<u64> = (0..30).map(|_| rng.random_range(1..=rev)).collect();
        revs.extend([1, rev]);
        for base in bases {
            for rev in &revs {
                let answer = state_at(base, token, *rev);
                verify::check_state("the host", &self.people[room.creator].id, &answer["state"], &models[*rev as usize], &events);
            }
        }
        for (number, person) in people.iter().enumerate().filter(|(_, person)| models[rev as usize].member(&person.id).is_some()) {
            let base = &bases[number % bases.len()];
            if models.last().is_some_and(|last| last.member(&person.id).is_some()) {
                let answer = state_at(base, &person.token, rev);
                verify::check_state("everybody", &person.id, &answer["state"], &models[rev as usize], &events);
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
fn wait_for_presence(base: &str, token: &str, room: &str, devices: &[Device]) {
    let here: Vec<&str> =
        devices.iter().filter(|device| device.seen.get(room).is_some_and(|seen| !seen.out)).map(|device| &*device.user).collect();
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
fn hear_until(device: &mut Device, room: &str, rev: u64) {
    let until = Instant::now() + Duration::from_secs(15);
    while device.seen.get(room).is_some_and(|seen| !seen.out && seen.at < rev) {
        assert!(Instant::now() < until, "{} has heard {:?} of {rev}", device.name, device.seen[room].at);
        device.hear(Duration::from_millis(20)).expect("the connection holds");
    }
}
