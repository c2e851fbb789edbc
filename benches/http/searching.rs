//! Searches: requests a second and times by concurrency over HTTP, and processor time beside the same searches in-process.

use std::path::Path;
use std::time::{Duration, Instant};

use tutti_engine::{Access, Engine};

use crate::load::{Seen, closed_loop, request};
use crate::queries::Row;
use crate::server::{self, Server};
use crate::thousands;

const CLIENTS: [usize; 3] = [1, 8, 64];

/// What one row cost.
struct Cost {
    name: &'static str,
    /// Microseconds of processor time of the server for a request, by concurrency.
    http: Vec<f64>,
    /// The same of the engine alone, one thread.
    engine: f64,
}

/// Prints both tables.
pub(crate) fn measure(tutti: &str, data: &Path, rows: &[Row], seconds: u64) {
    let length = Duration::from_secs(seconds);
    println!("\n## Searches over HTTP\n");
    let columns = CLIENTS.map(|clients| format!(" {clients}: requests/s | p50 us | p99 us |")).join("");
    println!("| search |{columns}\n| --- |{}", " --- | --- | --- |".repeat(CLIENTS.len()));
    let running = Server::start(tutti, data);
    let mut costs: Vec<Cost> = Vec::new();
    let mut over_http = |name: &'static str, requests: &[Vec<u8>]| {
        closed_loop(&running.address, requests, 8, length / 2);
        let mut cells = String::new();
        let mut http = Vec::new();
        for clients in CLIENTS {
            let before = running.cpu();
            let seen: Seen = closed_loop(&running.address, requests, clients, length);
            http.push((running.cpu() - before) / seen.requests as f64);
            cells += &format!(" {} | {} | {} |", thousands(seen.rate()), thousands(seen.at(0.5)), thousands(seen.at(0.99)));
        }
        println!("| {name} |{cells}");
        costs.push(Cost { name, http, engine: 0.0 });
    };
    over_http("(no search: /healthz)", &[request("GET", "/healthz", "")]);
    for row in rows {
        let path = format!("/indexes/{}/docs/search?api-version=2026-04-01", row.index);
        let requests: Vec<Vec<u8>> = row.searches.iter().map(|search| request("POST", &path, &search.body())).collect();
        over_http(row.name, &requests);
    }
    drop(running);
    let engine = Engine::open(data, Access::Read).expect("the data directory");
    for (row, cost) in rows.iter().zip(&mut costs[1..]) {
        cost.engine = in_process(&engine, row, length);
    }
    println!("\n## Processor time of a request, us\n");
    println!("| search | engine alone | server at 1 | at 8 | at 64 | HTTP and JSON at 8 |\n| --- | --- | --- | --- | --- | --- |");
    for Cost { name, http, engine } in &costs {
        println!("| {name} | {engine:.0} | {:.0} | {:.0} | {:.0} | {:.0} |", http[0], http[1], http[2], http[1] - engine);
    }
}

/// Microseconds of processor time of a search: parsing, searching and reading the hits' documents, one thread.
fn in_process(engine: &Engine, row: &Row, length: Duration) -> f64 {
    let index = engine.index(row.index).expect("the index");
    let search = |at: usize| index.search(&row.searches[at % row.searches.len()].request()).expect("an answer").hits.len();
    (0..row.searches.len()).for_each(|at| {
        search(at);
    });
    let (before, started) = (server::cpu("self"), Instant::now());
    let mut done = 0;
    while started.elapsed() < length {
        search(done);
        done += 1;
    }
    (server::cpu("self") - before) / done as f64
}
