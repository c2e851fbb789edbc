//! One guest of the evening.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Evening, Room, Seen};
use crate::dialect::{Dialect, Heard};
use crate::link::Link;
use crate::seats::{Joined, Seat};
use crate::tally::more;

/// Songs that are short, so that the queue moves on.
const SONG_MS: u64 = 45_000;
/// Songs of the queue that guests vote on.
const KNOWN: usize = 30;
/// An op that is not answered by then is lost.
const PATIENCE: Duration = Duration::from_secs(20);
/// Refusals that happen at any party.
const TURNED_DOWN: [&str; 7] =
    ["ITEM_NOT_FOUND", "NOT_PLAYING", "QUEUE_EMPTY", "QUEUE_FULL", "MEMBER_LIMIT", "DUPLICATE_SONG", "CHECKIN_REQUIRED"];

pub(super) struct Guest {
    evening: Rc<Evening>,
    pub(super) room: Rc<Room>,
    pub(super) seen: Seen,
    seat: Seat,
    link: Link,
    host: bool,
    dice: u64,
    /// Ops of this guest so far; all ids of ops are made of it.
    ops: u64,
    /// Ops that are not answered: number, when it was due, since when it flies.
    flying: VecDeque<(u64, u64, Instant)>,
}

impl Guest {
    pub(super) fn new(evening: Rc<Evening>, room: Rc<Room>, seat: Seat, joined: Joined, number: usize, member: usize) -> Guest {
        more(&evening.present, 1);
        let seen = Rc::new(Cell::new(Some(joined.order)));
        room.top.set(room.top.get().max(joined.order));
        let dice = ((number as u64) << 20 | member as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Guest { evening, room, seen, seat, link: joined.link, host: member == 0, dice, ops: 0, flying: VecDeque::new() }
    }

    /// Takes part until then, and listens on after it.
    pub(super) async fn live(mut self, until: Instant) {
        loop {
            match self.take_part(until).await {
                Ok(()) => {}
                Err(error) => {
                    more(&self.evening.tally.closed, 1);
                    self.evening.error(&format!("connection: {error}"));
                }
            }
            // Out: for a moment, then back with what was missed.
            let since = self.seen.take();
            self.evening.present.set(self.evening.present.get() - 1);
            self.flying.clear();
            tokio::time::sleep(Duration::from_millis(200 + self.roll(3_000))).await;
            while let Err(error) = self.come_back(since).await {
                self.evening.error(&format!("return: {error}"));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Until the guest loses the connection on purpose; an error is the server's doing.
    async fn take_part(&mut self, until: Instant) -> io::Result<()> {
        let mut next = self.next();
        loop {
            self.listen()?;
            if Instant::now() >= next {
                if Instant::now() < until && self.act().await? {
                    return Ok(());
                }
                next = self.next();
            }
            self.link.wait(Some(next)).await?;
        }
    }

    /// Somewhere between now and twice the pause.
    fn next(&mut self) -> Instant {
        let twice = self.evening.pause.as_micros() as u64 * 2;
        Instant::now() + Duration::from_micros(self.roll(twice.max(1)))
    }

    fn listen(&mut self) -> io::Result<()> {
        while let Some(range) = self.link.take()? {
            let packet = self.link.text(range);
            let heard = Dialect::Rooms.read(packet);
            if let Heard::Event { .. } = heard {
                learn(&self.room, packet);
            }
            let refusal = matches!(heard, Heard::Ack { done: false, .. }).then(|| refusal(packet));
            self.hear(&heard, refusal.as_deref());
        }
        if self.flying.front().is_some_and(|(_, _, since)| since.elapsed() > PATIENCE) {
            self.flying.pop_front();
            self.evening.error("an op was not answered");
        }
        Ok(())
    }

    fn hear(&mut self, heard: &Heard, refusal: Option<&str>) {
        let tally = &self.evening.tally;
        match *heard {
            Heard::Event { order, due } => {
                if let Some(seen) = self.seen.get() {
                    self.seen.set(Some(tally.event(seen, order, due)));
                    self.room.top.set(self.room.top.get().max(order));
                }
            }
            Heard::Ack { op, done } => {
                let Some(at) = self.flying.iter().position(|(flying, ..)| *flying == op) else { return };
                let Some((_, due, _)) = self.flying.remove(at) else { return };
                match refusal {
                    Some(code) if TURNED_DOWN.contains(&code) => more(&self.evening.turned_down, 1),
                    Some(code) => self.evening.error(code),
                    None => tally.ack(due, done),
                }
            }
            Heard::Snapshot { order } => {
                more(&tally.snapshots, 1);
                self.seen.set(Some(order));
                self.room.top.set(self.room.top.get().max(order));
            }
            Heard::Other => {}
        }
    }

    /// Does one thing. `true` when that was to drop the connection.
    async fn act(&mut self) -> io::Result<bool> {
        if self.host && !self.room.playing.get() {
            self.op("play:start", "");
            return Ok(false);
        }
        let song = self.some_song();
        match (self.roll(100), song) {
            (0..60, Some(item)) => {
                let vote = ["up", "up", "down", "none"][self.roll(4) as usize];
                self.op("song:vote", &format!(",\"item\":\"{item}\",\"vote\":\"{vote}\""));
            }
            (60..75, _) => self.op("chat:send", ",\"text\":\"what a nice evening this is, play something with a saxophone\""),
            (85..92, _) => self.op("reaction:send", ",\"emoji\":\"🎉\""),
            (92..95, _) if !self.host => self.step_out().await?,
            (95..100, _) => return Ok(true),
            _ => {
                let song = self.roll(1 << 40);
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
        let due = self.evening.tally.now();
        self.ops += 1;
        more(&self.evening.ops, 1);
        self.flying.push_back((self.ops, due, Instant::now()));
        let (op, room) = (self.ops, &self.seat.room);
        self.link.send(format!("42/rooms,{op}[\"{event}\",{{\"op\":\"{op}-{due}\",\"room\":\"{room}\"{more_fields}}}]").as_bytes());
    }

    /// Leaves the room by an op and joins it again on the same connection.
    async fn step_out(&mut self) -> io::Result<()> {
        self.op("room:leave", "");
        let op = self.ops;
        while self.flying.iter().any(|(flying, ..)| *flying == op) {
            self.link.wait(Some(Instant::now() + Duration::from_secs(1))).await?;
            self.listen()?;
        }
        self.seen.set(None);
        self.ops += 1;
        more(&self.evening.ops, 1);
        let id = format!("join-{}", self.ops);
        let (order, _) = self.seat.join(&mut self.link, &id, None).await?;
        self.seen.set(Some(order));
        more(&self.evening.returns, 1);
        Ok(())
    }

    /// Connects again and asks for what came after `since`.
    async fn come_back(&mut self, since: Option<u64>) -> io::Result<()> {
        self.ops += 1;
        more(&self.evening.ops, 1);
        let joined = self.seat.enter(Dialect::Rooms, 2_048, &format!("join-{}", self.ops), since).await?;
        if let (Some(since), Some(events)) = (since, joined.events) {
            self.evening.tally.lack((joined.order - since).abs_diff(events));
        }
        self.link = joined.link;
        self.seen.set(Some(joined.order));
        self.room.top.set(self.room.top.get().max(joined.order));
        more(&self.evening.present, 1);
        more(&self.evening.returns, 1);
        Ok(())
    }

    fn some_song(&mut self) -> Option<String> {
        let count = self.room.songs.borrow().len() as u64;
        let at = self.roll(count.max(1));
        self.room.songs.borrow().get(at as usize).cloned()
    }

    /// A number below `sides` (xorshift).
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) % sides
    }
}

/// Keeps what an event says about queue and playback.
fn learn(room: &Room, packet: &[u8]) {
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
