//! The server over HTTP: indexing through REST beside the bulk path, searches by class at several concurrencies, and how
//! the time of a request divides between the engine and HTTP with JSON.
//!
//! ```text
//! cargo bench -p benches --bench http -- TUTTI CATALOG.jsonl QUERIES.tsv FOLDER REST_SONGS SECONDS
//! ```
//!
//! TUTTI is the program, FOLDER is for what this makes, REST_SONGS songs go through REST, each cell of the search tables
//! takes SECONDS. `benches/http.sh` makes the catalogue and the queries and runs it. Client and server share the machine.

mod indexing;
mod load;
mod queries;
mod searching;
mod server;

use std::path::Path;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [tutti, catalog, log, folder, rest_songs, seconds] => {
            let folder = Path::new(folder);
            std::fs::create_dir_all(folder).expect("the folder can be made");
            let venues = folder.join("venues.jsonl");
            std::fs::write(&venues, queries::venues()).expect("the folder can be written");
            let data = indexing::measure(tutti, Path::new(catalog), &venues, folder, number(rest_songs));
            let rows = queries::rows(&std::fs::read_to_string(log).expect("the query log"));
            searching::measure(tutti, &data, &rows, number(seconds) as u64);
        }
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        _ => println!("usage: http TUTTI CATALOG QUERIES FOLDER REST_SONGS SECONDS; see benches/http.sh"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// 1234567 as 1,234,567.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
