//! Ops in a stream: `fanout`, `rate`, and the same through rooms, with one publisher a room or several.
//!
//! A closed loop keeps `--window` ops of each publisher in flight: the next is sent when an earlier one is back (plain: the publisher read
//! its own event; rooms: it was acknowledged, and so is on disk). An open loop sends on a timetable, and latencies count from the time an op
//! was due, so that a server that stalls is not flattered. A delivery is one event read by one member, the publisher included.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::dialect::{Dialect, Heard};
use crate::link::Link;
use crate::options::Options;
use crate::process::Usage;
use crate::seats::{self, Seat};
use crate::tally::{Tally, more};

const WARM_UP: Duration = Duration::from_secs(2);
/// How long what is under way may take to arrive when nothing is sent any more.
const DRAIN: Duration = Duration::from_secs(10);
/// A publisher that hears nothing for so long goes on without.
const LOST: Duration = Duration::from_secs(5);

/// When a publisher sends.
#[derive(Clone, Copy)]
enum Pace {
    /// So many in flight.
    Window(u64),
    /// One each period; the first one then.
    Every(Duration, Instant),
}

/// What the members of one run have in common.
struct Run {
    dialect: Dialect,
    tally: Rc<Tally>,
    pad: String,
    stop: Instant,
}

struct Member {
    run: Rc<Run>,
    link: Link,
    room: Rc<str>,
    /// The number of the last event this member saw, which others look at in the end.
    seen: Rc<Cell<u64>>,
    pace: Option<Pace>,
    sent: u64,
    /// Ops that are not back: number, and when each was due.
    flying: VecDeque<(u64, u64)>,
}

/// Runs one scenario and prints its line.
pub(crate) async fn run(name: &str, options: &Options, dialect: Dialect, open: bool) {
    let addresses = options.addresses();
    let (rooms, members) = (options.count("rooms", 1), options.count("members", 100));
    let (writers, window, hz) = (options.count("writers", 1).clamp(1, members), options.count("window", 4), options.number("hz", 100.0));
    let measured = options.seconds(10.0, 120.0);
    let processes = options.processes();
    let seats = seats::make(dialect, &addresses, rooms, members).await;
    let links = enter(dialect, seats).await;

    let tally = Rc::new(Tally::new());
    let start = Instant::now();
    let pad = "x".repeat(options.count("size", 200).saturating_sub(40).max(1));
    let run = Rc::new(Run { dialect, tally: Rc::clone(&tally), pad, stop: start + WARM_UP + measured });
    let mut seen = Vec::new();
    for (room, joined) in links.into_iter().enumerate() {
        let mut of_room = Vec::new();
        for (member, (seat, link, order)) in joined.into_iter().enumerate() {
            let pace = (member < writers).then(|| {
                let all = (rooms * writers) as f64;
                let period = Duration::from_secs_f64(all / hz);
                let first = start + period.mul_f64((room * writers + member) as f64 / all);
                if open { Pace::Every(period, first) } else { Pace::Window(window as u64) }
            });
            let cell = Rc::new(Cell::new(order));
            of_room.push(Rc::clone(&cell));
            let member = Member { run: Rc::clone(&run), link, room: seat.room, seen: cell, pace, sent: 0, flying: VecDeque::new() };
            tokio::task::spawn_local(member.live());
        }
        seen.push(of_room);
    }

    tokio::time::sleep(WARM_UP).await;
    let (before, own_before, from) = (Usage::of(&processes), Usage::own(), Instant::now());
    tally.measuring.set(true);
    tokio::time::sleep(measured).await;
    tally.measuring.set(false);
    let (after, own_after, wall) = (Usage::of(&processes), Usage::own(), from.elapsed().as_secs_f64());
    let missing = tally.missing(drain(&seen).await);

    let (deliveries, acks, cpu) = (tally.deliveries.get() as f64, tally.acks.get() as f64, (after.cpu - before.cpu).max(0.001));
    assert!(deliveries > 0.0, "nothing was delivered, so nothing was measured");
    let (delivered, acked) = (tally.delivered.borrow(), tally.acked.borrow());
    println!(
        "scenario={name} rooms={rooms} members={members} writers={writers} servers={} deliveries={deliveries} wall={wall:.2} \
         deliveries_s={:.0} server_cpu={cpu:.2} deliveries_cpu_s={:.0} loader_cpu={:.2} p50_ms={:.2} p99_ms={:.2} p999_ms={:.2} acks_s={:.0} \
         acks_cpu_s={:.0} ack_p50_ms={:.2} ack_p99_ms={:.2} refused={} missing={missing} overtaken={} snapshots={} closed={} rss_kb={:.0}",
        addresses.len(),
        deliveries / wall,
        deliveries / cpu,
        own_after.cpu - own_before.cpu,
        delivered.quantile(0.5),
        delivered.quantile(0.99),
        delivered.quantile(0.999),
        acks / wall,
        acks / cpu,
        acked.quantile(0.5),
        acked.quantile(0.99),
        tally.refused.get(),
        tally.overtaken.get(),
        tally.snapshots.get(),
        tally.closed.get(),
        after.rss,
    );
}

/// Brings all members into their rooms: several rooms at once, the members of each one after the other.
async fn enter(dialect: Dialect, seats: Vec<Vec<Seat>>) -> Vec<Vec<(Seat, Link, u64)>> {
    let seats = Rc::new(seats);
    seats::each(seats.len(), |room| {
        let seats = Rc::clone(&seats);
        async move {
            let mut entered = Vec::new();
            for seat in &seats[room] {
                let joined = seat.enter(dialect, 16_384, "join", None).await.expect("members can join");
                entered.push((seat.clone(), joined.link, joined.order));
            }
            entered
        }
    })
    .await
}

/// Waits until all members of each room have seen the same, and returns how many events they still lack after some time.
async fn drain(rooms: &[Vec<Rc<Cell<u64>>>]) -> u64 {
    let end = Instant::now() + DRAIN;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let lacking = |room: &Vec<Rc<Cell<u64>>>| {
            let top = room.iter().map(|seen| seen.get()).max().unwrap_or(0);
            room.iter().map(|seen| top - seen.get()).sum::<u64>()
        };
        let behind = rooms.iter().map(lacking).sum();
        if behind == 0 || Instant::now() > end {
            return behind;
        }
    }
}

impl Member {
    async fn live(mut self) {
        if self.talk().await.is_err() {
            more(&self.run.tally.closed, 1);
        }
    }

    async fn talk(&mut self) -> io::Result<()> {
        loop {
            while let Some(range) = self.link.take()? {
                let heard = self.run.dialect.read(self.link.text(range));
                self.hear(&heard);
            }
            let until = self.publish();
            self.link.wait(until).await?;
            if matches!(self.pace, Some(Pace::Window(_))) && until.is_some_and(|until| Instant::now() >= until) {
                self.flying.clear();
            }
        }
    }

    fn hear(&mut self, heard: &Heard) {
        let tally = &self.run.tally;
        match *heard {
            Heard::Event { order, due } => {
                self.seen.set(tally.event(self.seen.get(), order, due));
                if self.run.dialect == Dialect::Plain && self.pace.is_some() {
                    self.flying.retain(|(op, _)| *op > order);
                }
            }
            Heard::Ack { op, done } => {
                if let Some(at) = self.flying.iter().position(|(flying, _)| *flying == op)
                    && let Some((_, due)) = self.flying.remove(at)
                {
                    tally.ack(due, done);
                }
            }
            Heard::Snapshot { order } => {
                more(&tally.snapshots, 1);
                self.seen.set(self.seen.get().max(order));
            }
            Heard::Other => {}
        }
    }

    /// Sends what is due. Returns when to look again at the latest.
    fn publish(&mut self) -> Option<Instant> {
        let (pace, now) = (self.pace?, Instant::now());
        if now >= self.run.stop {
            return None;
        }
        match pace {
            Pace::Window(window) => {
                while (self.flying.len() as u64) < window {
                    self.op(now);
                }
                Some(now + LOST)
            }
            Pace::Every(period, mut due) => {
                while due <= now {
                    self.op(due);
                    due += period;
                }
                self.pace = Some(Pace::Every(period, due));
                Some(due)
            }
        }
    }

    fn op(&mut self, due: Instant) {
        let due = self.run.tally.at(due);
        self.sent += 1;
        self.flying.push_back((self.sent, due));
        self.link.send(self.run.dialect.op(&self.room, self.sent, due, &self.run.pad).as_bytes());
    }
}
