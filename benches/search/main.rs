//! Indexing and searching a catalogue of songs, with Tutti's engine and with tantivy used directly, by the same clock.
//!
//! ```text
//! cargo bench -p benches --bench search -- tutti   index  CATALOG.jsonl DIR THREADS
//! cargo bench -p benches --bench search -- tutti   search DIR QUERIES.tsv ROUNDS
//! cargo bench -p benches --bench search -- tantivy index  CATALOG.jsonl DIR THREADS
//! cargo bench -p benches --bench search -- tantivy search DIR QUERIES.tsv ROUNDS
//! ```
//!
//! `benches/search.sh` makes the catalogue and the queries and runs both and Lucene one after the other.

mod raw;
mod tutti;

use std::collections::BTreeMap;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A line of the query log.
pub(crate) struct Logged {
    /// term, and, or, phrase, prefix, fuzzy, wildcard, facet
    pub(crate) class: String,
    /// Lucene syntax.
    pub(crate) query: String,
    /// `year ge A and year le B`, or empty.
    pub(crate) filter: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tutti", "index", catalog, folder, threads] => tutti::index(catalog, folder, number(threads)),
        ["tutti", "search", folder, queries, rounds] => tutti::search(folder, &log(queries), number(rounds)),
        ["tantivy", "index", catalog, folder, threads] => raw::index(catalog, folder, number(threads)),
        ["tantivy", "search", folder, queries, rounds] => raw::search(folder, &log(queries), number(rounds)),
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        _ => println!("usage: search tutti|tantivy index CATALOG DIR THREADS | search DIR QUERIES ROUNDS; see benches/search.sh"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn log(path: &str) -> Vec<Logged> {
    let text = std::fs::read_to_string(path).expect("the query log");
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Logged { class: next(), query: next(), filter: next() }
    };
    text.lines().map(line).collect()
}

/// Runs every query of the log three times unmeasured and `rounds` times measured, with the exact count and without, and
/// prints a line a class.
pub(crate) fn measure(who: &str, log: &[Logged], rounds: usize, mut run: impl FnMut(usize, bool) -> u64) {
    for exact in [true, false] {
        let mut order: Vec<&str> = Vec::new();
        let mut times: BTreeMap<&str, (Vec<u64>, u64)> = BTreeMap::new();
        for round in 0..3 + rounds {
            for (at, logged) in log.iter().enumerate() {
                let started = Instant::now();
                let hits = run(at, exact);
                let took = started.elapsed().as_nanos() as u64;
                if round < 3 {
                    continue;
                }
                if !order.contains(&logged.class.as_str()) {
                    order.push(&logged.class);
                }
                let entry = times.entry(&logged.class).or_default();
                entry.0.push(took);
                if round == 3 && exact {
                    entry.1 += hits;
                }
            }
        }
        for class in order {
            let (sorted, hits) = times.get_mut(class).expect("every class was timed");
            sorted.sort_unstable();
            let at = |share: f64| sorted[((sorted.len() as f64) * share) as usize] as f64 / 1e3;
            let mode = if exact { "top10+count" } else { "top10" };
            println!("{who} {class:<9} {mode:<12} wall p50 {:9.1} p99 {:9.1} us   sum-of-hits {hits}", at(0.5), at(0.99));
        }
    }
}

/// Bytes of the files in a folder.
pub(crate) fn size(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.metadata().map_or(0, |meta| if meta.is_dir() { size(&entry.path()) } else { meta.len() })).sum()
}
