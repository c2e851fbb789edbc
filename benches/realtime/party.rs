//! A long party: `--rooms` with `--members` each for `--secs`. Each guest does something about every `--pause` seconds: mostly votes, some
//! chat, some songs, and now and then leaves and comes back, or loses the connection and asks for what was missed. Every five seconds a line
//! of the CSV, every minute one on standard output.

mod member;
mod record;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::counters::Counters;
use crate::members;
use crate::options::Options;
use crate::protocol::Protocol;

use member::SimulatedMember;
use record::Record;

/// The longest party.
const MAX_DURATION: f64 = 12.0 * 3600.0;
/// How long what is under way may take to arrive in the end.
const DRAIN: Duration = Duration::from_secs(10);
/// Between two lines of the CSV.
const TICK: Duration = Duration::from_secs(5);

/// What all guests have in common.
struct PartyRun {
    counters: Counters,
    /// Middle of the pause between two ops of a guest.
    pause: Duration,
    /// Refusals and failures that should not be, by what was said.
    errors: RefCell<BTreeMap<String, u64>>,
    /// Refusals that belong to a party: the song is gone, the queue is full.
    expected_refusals: Cell<u64>,
    ops: Cell<u64>,
    returns: Cell<u64>,
    /// Guests in their rooms now.
    present: Cell<u64>,
}

impl PartyRun {
    fn error(&self, what: &str) {
        *self.errors.borrow_mut().entry(what.to_owned()).or_default() += 1;
    }
}

/// The number of the last event that a guest saw; none while outside.
type Seen = Rc<Cell<Option<u64>>>;

/// What guests of a room know together: they see the same queue.
struct Room {
    songs: RefCell<VecDeque<String>>,
    playing: Cell<bool>,
    /// The number of the last event that anybody saw.
    top: Cell<u64>,
}

/// Runs the party. `--csv` is the file for the figures.
pub(crate) async fn run(options: &Options) {
    let (rooms, members) = (options.count("rooms", 1_000), options.count("members", 10));
    let length = options.seconds(3_600.0, MAX_DURATION);
    let csv = options.text("csv", "party.csv");
    let csv = BufWriter::new(File::create(&csv).unwrap_or_else(|error| panic!("{csv}: {error}")));
    let addresses = options.addresses();
    let started = Instant::now();
    let logins = Rc::new(members::make(Protocol::Rooms, &addresses, rooms, members).await);
    let run_state = Rc::new(PartyRun {
        counters: Counters::new(),
        pause: Duration::from_secs_f64(options.number("pause", 20.0)),
        errors: RefCell::default(),
        expected_refusals: Cell::default(),
        ops: Cell::default(),
        returns: Cell::default(),
        present: Cell::default(),
    });
    let guests = members::each(rooms, |room| {
        let (logins, run_state) = (Rc::clone(&logins), Rc::clone(&run_state));
        async move { fill(&logins[room], &run_state, room).await }
    })
    .await;
    println!("{} guests in {rooms} rooms after {:.1} s", rooms * members, started.elapsed().as_secs_f64());

    let stop = Instant::now() + length;
    let mut seen = Vec::new();
    for member in guests.into_iter().flatten() {
        seen.push((Rc::clone(&member.room), Rc::clone(&member.seen)));
        tokio::task::spawn_local(member.run(stop));
    }
    run_state.counters.measuring.set(true);
    let mut record = Record::new(Rc::clone(&run_state), csv, options.processes());
    while Instant::now() < stop {
        tokio::time::sleep(TICK.min(stop.saturating_duration_since(Instant::now()))).await;
        record.tick().expect("the figures can be written");
    }
    let missing = run_state.counters.missing(drain(&seen).await);
    record.end(missing).expect("the figures can be written");
}

/// Brings the guests of one room in.
async fn fill(members: &[members::Login], run_state: &Rc<PartyRun>, number: usize) -> Vec<SimulatedMember> {
    let room = Rc::new(Room { songs: RefCell::default(), playing: Cell::default(), top: Cell::default() });
    let mut guests = Vec::new();
    for (member, login) in members.iter().enumerate() {
        match login.connect_and_join(Protocol::Rooms, 2_048, "join-0", None).await {
            Ok(joined) => guests.push(SimulatedMember::new(Rc::clone(run_state), Rc::clone(&room), login.clone(), joined, number, member)),
            Err(error) => run_state.error(&format!("join: {error}")),
        }
    }
    guests
}

/// How many events all guests together still lack when nothing happens any more.
async fn drain(seen: &[(Rc<Room>, Seen)]) -> u64 {
    let end = Instant::now() + DRAIN;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        // Who is on the way out or in lacks nothing.
        let behind = seen.iter().filter_map(|(room, seen)| Some(room.top.get() - seen.get()?)).sum();
        if behind == 0 || Instant::now() > end {
            return behind;
        }
    }
}

fn flush(csv: &mut BufWriter<File>, line: &str) -> std::io::Result<()> {
    writeln!(csv, "{line}")?;
    csv.flush()
}
