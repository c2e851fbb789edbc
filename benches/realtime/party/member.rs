//! One guest of the party.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PartyRun, Room, Seen};
use crate::connection::Connection;
use crate::counters::more;
use crate::members::{Joined, Login};
use crate::protocol::{Protocol, Received};

/// Songs that are short, so that the queue moves on.
const SONG_MS: u64 = 45_000;
/// Songs of the queue that guests vote on.
const KNOWN: usize = 30;
/// An op that is not answered by then is lost.
const ACK_TIMEOUT: Duration = Duration::from_secs(20);
/// Refusals that happen at any party.
const EXPECTED_REFUSALS: [&str; 7] =
    ["ITEM_NOT_FOUND", "NOT_PLAYING", "QUEUE_EMPTY", "QUEUE_FULL", "MEMBER_LIMIT", "DUPLICATE_SONG", "CHECKIN_REQUIRED"];

pub(super) struct SimulatedMember {
    run_state: Rc<PartyRun>,
    pub(super) room: Rc<Room>,
    pub(super) seen: Seen,
    login: Login,
    connection: Connection,
    host: bool,
    rng_state: u64,
    /// Ops of this guest so far; all ids of ops are made of it.
    ops: u64,
    /// Ops that are not answered: number, when it was due, since when it flies.
    in_flight: VecDeque<(u64, u64, Instant)>,
}

impl SimulatedMember {
    pub(super) fn new(
        run_state: Rc<PartyRun>,
        room: Rc<Room>,
        login: Login,
        joined: Joined,
        number: usize,
        member: usize,
    ) -> SimulatedMember {
        more(&run_state.present, 1);
        let seen = Rc::new(Cell::new(Some(joined.order)));
        room.top.set(room.top.get().max(joined.order));
        let rng_state = ((number as u64) << 20 | member as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        SimulatedMember {
            run_state,
            room,
            seen,
            login,
            connection: joined.connection,
            host: member == 0,
            rng_state,
            ops: 0,
            in_flight: VecDeque::new(),
        }
    }

    /// Takes part until then, and listens on after it.
    pub(super) async fn run(mut self, until: Instant) {
        loop {
            match self.act_until(until).await {
                Ok(()) => {}
                Err(error) => {
                    more(&self.run_state.counters.closed, 1);
                    self.run_state.error(&format!("connection: {error}"));
                }
            }
            // Out: for a moment, then back with what was missed.
            let since = self.seen.take();
            self.run_state.present.set(self.run_state.present.get() - 1);
            self.in_flight.clear();
            tokio::time::sleep(Duration::from_millis(200 + self.random_below(3_000))).await;
            while let Err(error) = self.reconnect(since).await {
                self.run_state.error(&format!("return: {error}"));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Until the guest loses the connection on purpose; an error is the server's doing.
    async fn act_until(&mut self, until: Instant) -> io::Result<()> {
        let mut next = self.next();
        loop {
            self.listen()?;
            if Instant::now() >= next {
                if Instant::now() < until && self.act().await? {
                    return Ok(());
                }
                next = self.next();
            }
            self.connection.wait(Some(next)).await?;
        }
    }

    /// Somewhere between now and twice the pause.
    fn next(&mut self) -> Instant {
        let twice = self.run_state.pause.as_micros() as u64 * 2;
        Instant::now() + Duration::from_micros(self.random_below(twice.max(1)))
    }

    fn listen(&mut self) -> io::Result<()> {
        while let Some(range) = self.connection.take()? {
            let packet = self.connection.text(range);
            let received = Protocol::Rooms.read(packet);
            if let Received::Event { .. } = received {
                note_queue(&self.room, packet);
            }
            let refusal = matches!(received, Received::Ack { done: false, .. }).then(|| refusal(packet));
            self.hear(&received, refusal.as_deref());
        }
        if self.in_flight.front().is_some_and(|(_, _, since)| since.elapsed() > ACK_TIMEOUT) {
            self.in_flight.pop_front();
            self.run_state.error("an op was not answered");
        }
        Ok(())
    }

    fn hear(&mut self, received: &Received, refusal: Option<&str>) {
        let counters = &self.run_state.counters;
        match *received {
            Received::Event { order, due } => {
                if let Some(seen) = self.seen.get() {
                    self.seen.set(Some(counters.event(seen, order, due)));
                    self.room.top.set(self.room.top.get().max(order));
                }
            }
            Received::Ack { op, done } => {
                let Some(at) = self.in_flight.iter().position(|(in_flight, ..)| *in_flight == op) else { return };
                let Some((_, due, _)) = self.in_flight.remove(at) else { return };
                match refusal {
                    Some(code) if EXPECTED_REFUSALS.contains(&code) => more(&self.run_state.expected_refusals, 1),
                    Some(code) => self.run_state.error(code),
                    None => counters.ack(due, done),
                }
            }
            Received::Snapshot { order } => {
                more(&counters.snapshots, 1);
                self.seen.set(Some(order));
                self.room.top.set(self.room.top.get().max(order));
            }
            Received::Other => {}
        }
    }

    /// Does one thing. `true` when that was to drop the connection.
    async fn act(&mut self) -> io::Result<bool> {
        if self.host && !self.room.playing.get() {
            self.op("play:start", "");
            return Ok(false);
        }
        let song = self.some_song();
        match (self.random_below(100), song) {
            (0..60, Some(item)) => {
                let vote = ["up", "up", "down", "none"][self.random_below(4) as usize];
                self.op("song:vote", &format!(",\"item\":\"{item}\",\"vote\":\"{vote}\""));
            }
            (60..75, _) => self.op("chat:send", ",\"text\":\"what a nice evening this is, play something with a saxophone\""),
            (85..92, _) => self.op("reaction:send", ",\"emoji\":\"🎉\""),
            (92..95, _) if !self.host => self.leave_and_rejoin().await?,
            (95..100, _) => return Ok(true),
            _ => {
                let song = self.random_below(1 << 40);
                self.op(
                    "song:add",
                    &format!(
                        ",\"song\":{{\"id\":\"load-{song}\",\"title\":\"Song {song}\",\"artist\":\"Artist {}\",\"durationMs\":{SONG_MS}}}",
                        song % 1_000
                    ),
                );
            }
        }
        Ok(false)
    }

    fn op(&mut self, event: &str, more_fields: &str) {
        let due = self.run_state.counters.now();
        self.ops += 1;
        more(&self.run_state.ops, 1);
        self.in_flight.push_back((self.ops, due, Instant::now()));
        let (op, room) = (self.ops, &self.login.room);
        self.connection.send(format!("42/rooms,{op}[\"{event}\",{{\"op\":\"{op}-{due}\",\"room\":\"{room}\"{more_fields}}}]").as_bytes());
    }

    /// Leaves the room by an op and joins it again on the same connection.
    async fn leave_and_rejoin(&mut self) -> io::Result<()> {
        self.op("room:leave", "");
        let op = self.ops;
        while self.in_flight.iter().any(|(in_flight, ..)| *in_flight == op) {
            self.connection.wait(Some(Instant::now() + Duration::from_secs(1))).await?;
            self.listen()?;
        }
        self.seen.set(None);
        self.ops += 1;
        more(&self.run_state.ops, 1);
        let id = format!("join-{}", self.ops);
        let (order, _) = self.login.join(&mut self.connection, &id, None).await?;
        self.seen.set(Some(order));
        more(&self.run_state.returns, 1);
        Ok(())
    }

    /// Connects again and asks for what came after `since`.
    async fn reconnect(&mut self, since: Option<u64>) -> io::Result<()> {
        self.ops += 1;
        more(&self.run_state.ops, 1);
        let joined = self.login.connect_and_join(Protocol::Rooms, 2_048, &format!("join-{}", self.ops), since).await?;
        if let (Some(since), Some(events)) = (since, joined.events) {
            self.run_state.counters.add_missing((joined.order - since).abs_diff(events));
        }
        self.connection = joined.connection;
        self.seen.set(Some(joined.order));
        self.room.top.set(self.room.top.get().max(joined.order));
        more(&self.run_state.present, 1);
        more(&self.run_state.returns, 1);
        Ok(())
    }

    fn some_song(&mut self) -> Option<String> {
        let count = self.room.songs.borrow().len() as u64;
        let at = self.random_below(count.max(1));
        self.room.songs.borrow().get(at as usize).cloned()
    }

    /// A number below `sides` (xorshift).
    fn random_below(&mut self, sides: u64) -> u64 {
        self.rng_state ^= self.rng_state << 13;
        self.rng_state ^= self.rng_state >> 7;
        self.rng_state ^= self.rng_state << 17;
        (self.rng_state >> 11) % sides
    }
}

/// Keeps what an event says about queue and playback.
fn note_queue(room: &Room, packet: &[u8]) {
    let Ok(packet) = std::str::from_utf8(packet) else { return };
    let about = |key: &str| packet.split_once(key).and_then(|(_, rest)| rest.split('"').next());
    match about("\"type\":\"") {
        Some("song.added") => {
            let (Some(item), mut songs) = (about("\"item\":\""), room.songs.borrow_mut()) else { return };
            if !songs.iter().any(|song| song == item) {
                songs.push_back(item.to_owned());
                if songs.len() > KNOWN {
                    songs.pop_front();
                }
            }
        }
        Some(kind @ ("song.removed" | "play.started")) => {
            if let Some(item) = about("\"item\":\"") {
                room.songs.borrow_mut().retain(|song| song != item);
            }
            if kind == "play.started" {
                room.playing.set(true);
            }
        }
        Some("play.ended") => room.playing.set(false),
        _ => {}
    }
}

/// The code of a refusal.
fn refusal(packet: &[u8]) -> String {
    let text = String::from_utf8_lossy(packet);
    let answer = text.find('[').and_then(|at| serde_json::from_str::<Value>(&text[at..]).ok()).unwrap_or_default();
    answer[0]["error"]["code"].as_str().unwrap_or("an answer without a code").to_owned()
}
