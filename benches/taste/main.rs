//! Training of taste: passes beside another program's on the same data and objective, and the size it has to bear.
//!
//! ```text
//! cargo bench -p benches --bench taste -- FOLDER NAME DIMENSIONS ROUND
//! cargo bench -p benches --bench taste -- large [pieces|model]
//! cargo bench -p benches --bench taste -- large groups [MODEL]
//! ```
//!
//! MODEL is opened, or trained and left there. FOLDER holds NAME.pairs.u32 (people, items, alpha, regularisation, then pairs), as a script around the peer writes it; ROUND 1
//! leaves the factors of every pass there.

mod groups;
mod large;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use tutti_engine::taste::factors::{Factors, Interactions, Settings};
use tutti_engine::taste::math::matrix::Matrix;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// More than the peer does: what it ends at may take one or two more.
const PASSES: usize = 20;
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().expect("the first pool");
    match arguments.as_slice() {
        ["large"] => large::run(None),
        ["large", "groups"] => large::groups(None),
        ["large", "groups", model] => large::groups(Some(Path::new(model))),
        ["large", part] => large::run(Some(part)),
        [folder, name, dimensions, round] => run(Path::new(folder), name, dimensions.parse().expect("a number"), round),
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        _ => println!("usage: taste FOLDER NAME DIMENSIONS ROUND | taste large [pieces|model|groups [MODEL]]"),
    }
}

fn run(folder: &Path, name: &str, dimensions: usize, round: &str) {
    let path = folder.join(format!("{name}.pairs.u32"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let words: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect();
    let (head, pairs) = words.split_at(4);
    let (people, items, alpha, regularisation) = (head[0] as usize, head[1] as usize, head[2] as f32, head[3] as f32);

    // The peer minimises sum c (s - t)² + reg (|w|² + |h|²), where c is alpha and t 1 for what is known, else 1 and 0. Up to a
    // constant that is (alpha - 1) (s - tau)² for what is known + s² for every pair, tau = alpha / (alpha - 1); with s = tau s' it
    // is tau² times our objective for s' with a regularisation of reg / tau.
    let tau = alpha / (alpha - 1.0);
    let settings = Settings {
        dimensions,
        unobserved: 1.0,
        regularisation: regularisation / tau,
        frequency_power: 0.0,
        popularity_power: 0.0,
        ..Settings::default()
    };
    let cells = pairs.as_chunks::<2>().0.iter().map(|[person, item]| (*person, *item, alpha - 1.0));
    let data = Interactions::of(Matrix::of(people, items, cells.collect()));
    let mut factors = Factors::random(people, items, &settings);
    let mut seconds = Vec::new();
    for pass in 1..=PASSES {
        let started = Instant::now();
        factors.pass(&data, &settings, None);
        seconds.push(started.elapsed().as_secs_f64());
        if round == "1" {
            for (side, rows) in [("people", &factors.users), ("items", &factors.items)] {
                let bytes: Vec<u8> = rows.iter().flat_map(|value| (value * tau.sqrt()).to_le_bytes()).collect();
                let path = folder.join(format!("{name}.{dimensions}.{pass}.{side}.f32"));
                std::fs::write(&path, bytes).expect("the folder can be written");
            }
        }
    }
    let mut out =
        std::fs::OpenOptions::new().append(true).create(true).open(folder.join("times.jsonl")).expect("the folder can be written");
    writeln!(out, r#"{{"how": "Tutti", "data": "{name}", "d": {dimensions}, "round": {round}, "seconds": {seconds:?}}}"#)
        .expect("the folder can be written");
    println!("{name}, d = {dimensions}, round {round}: {PASSES} passes in {:.2} s", seconds.iter().sum::<f64>());
}
