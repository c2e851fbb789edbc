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

use crate::connection::Connection;
use crate::counters::{Counters, more};
use crate::members::{self, Login};
use crate::options::Options;
use crate::process::Usage;
use crate::protocol::{Protocol, Received};

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
    protocol: Protocol,
    counters: Rc<Counters>,
    pad: String,
    stop: Instant,
}

struct Member {
    run: Rc<Run>,
    connection: Connection,
    room: Rc<str>,
    /// The number of the last event this member saw, which others look at in the end.
    seen: Rc<Cell<u64>>,
    pace: Option<Pace>,
    sent: u64,
    /// Ops that are not back: number, and when each was due.
    in_flight: VecDeque<(u64, u64)>,
}

/// A writer's pace in an open loop: `period` seconds between ops, the first after a share of it.
fn pace_of(start: Instant, period: f64, share: f64) -> Pace {
    let period = Duration::from_secs_f64(period);
    Pace::Every(period, start + period.mul_f64(share))
}

/// Runs one scenario and prints its line.
pub(crate) async fn run(name: &str, options: &Options, protocol: Protocol, open: bool) {
    let addresses = options.addresses();
    let (rooms, members) = (options.count("rooms", 1), options.count("members", 100));
    let (writers, window, hz) = (options.count("writers", 1).clamp(1, members), options.count("window", 4), options.number("hz", 100.0));
    let measured = options.seconds(10.0, 120.0);
    let processes = options.processes();
    let logins = members::make(protocol, &addresses, rooms, members).await;
    let links = connect_and_join(protocol, logins).await;

    let counters = Rc::new(Counters::new());
    let start = Instant::now();
    let pad = "x".repeat(options.count("size", 200).saturating_sub(40).max(1));
    let run = Rc::new(Run { protocol, counters: Rc::clone(&counters), pad, stop: start + WARM_UP + measured });
    let mut seen = Vec::new();
    for (room, joined) in links.into_iter().enumerate() {
        let mut of_room = Vec::new();
        for (member, (login, connection, order)) in joined.into_iter().enumerate() {
            let all = (rooms * writers) as f64;
            let every = || pace_of(start, all / hz, (room * writers + member) as f64 / all);
            let pace = (member < writers).then(|| if open { every() } else { Pace::Window(window as u64) });
            let cell = Rc::new(Cell::new(order));
            of_room.push(Rc::clone(&cell));
            let member =
                Member { run: Rc::clone(&run), connection, room: login.room, seen: cell, pace, sent: 0, in_flight: VecDeque::new() };
            tokio::task::spawn_local(member.run());
        }
        seen.push(of_room);
    }

    tokio::time::sleep(WARM_UP).await;
    let (before, own_before, from) = (Usage::of(&processes), Usage::own(), Instant::now());
    counters.measuring.set(true);
    tokio::time::sleep(measured).await;
    counters.measuring.set(false);
    let (after, own_after, wall) = (Usage::of(&processes), Usage::own(), from.elapsed().as_secs_f64());
    let missing = counters.missing(drain(&seen).await);

    let (deliveries, acks, cpu) = (counters.deliveries.get() as f64, counters.acks.get() as f64, (after.cpu - before.cpu).max(0.001));
    assert!(deliveries > 0.0, "nothing was delivered, so nothing was measured");
    let (delivered, acked) = (counters.delivered.borrow(), counters.acked.borrow());
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
        counters.refused.get(),
        counters.overtaken.get(),
        counters.snapshots.get(),
        counters.closed.get(),
        after.rss,
    );
}

/// Brings all members into their rooms: several rooms at once, the members of each one after the other.
async fn connect_and_join(protocol: Protocol, members: Vec<Vec<Login>>) -> Vec<Vec<(Login, Connection, u64)>> {
    let members = Rc::new(members);
    members::each(members.len(), |room| {
        let members = Rc::clone(&members);
        async move {
            let mut entered = Vec::new();
            for login in &members[room] {
                let joined = login.connect_and_join(protocol, 16_384, "join", None).await.expect("members can join");
                entered.push((login.clone(), joined.connection, joined.order));
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
    async fn run(mut self) {
        if self.talk().await.is_err() {
            more(&self.run.counters.closed, 1);
        }
    }

    async fn talk(&mut self) -> io::Result<()> {
        loop {
            while let Some(range) = self.connection.take()? {
                let received = self.run.protocol.read(self.connection.text(range));
                self.hear(&received);
            }
            let until = self.publish();
            self.connection.wait(until).await?;
            if matches!(self.pace, Some(Pace::Window(_))) && until.is_some_and(|until| Instant::now() >= until) {
                self.in_flight.clear();
            }
        }
    }

    fn hear(&mut self, received: &Received) {
        let counters = &self.run.counters;
        match *received {
            Received::Event { order, due } => {
                self.seen.set(counters.event(self.seen.get(), order, due));
                if self.run.protocol == Protocol::Plain && self.pace.is_some() {
                    self.in_flight.retain(|(op, _)| *op > order);
                }
            }
            Received::Ack { op, done } => {
                if let Some(at) = self.in_flight.iter().position(|(in_flight, _)| *in_flight == op)
                    && let Some((_, due)) = self.in_flight.remove(at)
                {
                    counters.ack(due, done);
                }
            }
            Received::Snapshot { order } => {
                more(&counters.snapshots, 1);
                self.seen.set(self.seen.get().max(order));
            }
            Received::Other => {}
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
                while (self.in_flight.len() as u64) < window {
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
        let due = self.run.counters.at(due);
        self.sent += 1;
        self.in_flight.push_back((self.sent, due));
        self.connection.send(self.run.protocol.op(&self.room, self.sent, due, &self.run.pad).as_bytes());
    }
}
