//! A long evening: `--rooms` with `--members` each for `--secs`. Each guest does something about every `--pause` seconds: mostly votes, some
//! chat, some songs, and now and then leaves and comes back, or loses the connection and asks for what was missed. Every five seconds a line
//! of the CSV, every minute one on standard output.

mod guest;
mod record;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::dialect::Dialect;
use crate::options::Options;
use crate::seats;
use crate::tally::Tally;

use guest::Guest;
use record::Record;

/// The longest evening.
const LONGEST: f64 = 12.0 * 3600.0;
/// How long what is under way may take to arrive in the end.
const DRAIN: Duration = Duration::from_secs(10);
/// Between two lines of the CSV.
const TICK: Duration = Duration::from_secs(5);

/// What all guests have in common.
struct Evening {
    tally: Tally,
    /// Middle of the pause between two deeds of a guest.
    pause: Duration,
    /// Refusals and failures that should not be, by what was said.
    errors: RefCell<BTreeMap<String, u64>>,
    /// Refusals that belong to a party: the song is gone, the queue is full.
    turned_down: Cell<u64>,
    ops: Cell<u64>,
    returns: Cell<u64>,
    /// Guests in their rooms now.
    present: Cell<u64>,
}

impl Evening {
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

/// Runs the evening. `--csv` is the file for the figures.
pub(crate) async fn run(options: &Options) {
    let (rooms, members) = (options.count("rooms", 1_000), options.count("members", 10));
    let length = options.seconds(3_600.0, LONGEST);
    let csv = options.text("csv", "party.csv");
    let csv = BufWriter::new(File::create(&csv).unwrap_or_else(|error| panic!("{csv}: {error}")));
    let addresses = options.addresses();
    let started = Instant::now();
    let seats = Rc::new(seats::make(Dialect::Rooms, &addresses, rooms, members).await);
    let evening = Rc::new(Evening {
        tally: Tally::new(),
        pause: Duration::from_secs_f64(options.number("pause", 20.0)),
        errors: RefCell::default(),
        turned_down: Cell::default(),
        ops: Cell::default(),
        returns: Cell::default(),
        present: Cell::default(),
    });
    let guests = seats::each(rooms, |room| {
        let (seats, evening) = (Rc::clone(&seats), Rc::clone(&evening));
        async move { fill(&seats[room], &evening, room).await }
    })
    .await;
    println!("{} guests in {rooms} rooms after {:.1} s", rooms * members, started.elapsed().as_secs_f64());

    let stop = Instant::now() + length;
    let mut seen = Vec::new();
    for guest in guests.into_iter().flatten() {
        seen.push((Rc::clone(&guest.room), Rc::clone(&guest.seen)));
        tokio::task::spawn_local(guest.live(stop));
    }
    evening.tally.measuring.set(true);
    let mut record = Record::new(Rc::clone(&evening), csv, options.processes());
    while Instant::now() < stop {
        tokio::time::sleep(TICK.min(stop.saturating_duration_since(Instant::now()))).await;
        record.tick().expect("the figures can be written");
    }
    let missing = evening.tally.missing(drain(&seen).await);
    record.end(missing).expect("the figures can be written");
}

/// Brings the guests of one room in.
async fn fill(seats: &[seats::Seat], evening: &Rc<Evening>, number: usize) -> Vec<Guest> {
    let room = Rc::new(Room { songs: RefCell::default(), playing: Cell::default(), top: Cell::default() });
    let mut guests = Vec::new();
    for (member, seat) in seats.iter().enumerate() {
        match seat.enter(Dialect::Rooms, 2_048, "join-0", None).await {
            Ok(joined) => guests.push(Guest::new(Rc::clone(evening), Rc::clone(&room), seat.clone(), joined, number, member)),
            Err(error) => evening.error(&format!("join: {error}")),
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
