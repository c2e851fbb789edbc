//! IvfIndex vectors: recall, speed, building and opening, on vectors that another program wrote.
//!
//! ```text
//! cargo bench -p benches --bench nearest -- FOLDER NAME
//! ```
//!
//! FOLDER holds NAME.rows.f32, NAME.queries.f32 (rows of 64 numbers) and NAME.truth.u32 (the 10 nearest by inner product of
//! each query), as a script around the peers writes them.

use std::path::Path;
use std::time::Instant;

use tutti_engine::vectors::{IvfIndex, Metric, Scope};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DIMENSIONS: usize = 64;
const K: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [folder, name] => run(Path::new(folder), name),
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        _ => println!("usage: nearest FOLDER NAME"),
    }
}

fn run(folder: &Path, name: &str) {
    let rows: Vec<f32> = words(&folder.join(format!("{name}.rows.f32")), f32::from_le_bytes);
    let queries: Vec<f32> = words(&folder.join(format!("{name}.queries.f32")), f32::from_le_bytes);
    let truth: Vec<u32> = words(&folder.join(format!("{name}.truth.u32")), u32::from_le_bytes);
    let ids: Vec<u32> = (0..(rows.len() / DIMENSIONS) as u32).collect();
    let path = folder.join(format!("{name}.nearest"));

    let started = Instant::now();
    let flat = IvfIndex::flat(Metric::DotProduct, DIMENSIONS, &ids, &rows);
    let made = flat.with_lists();
    let built = started.elapsed().as_secs_f64();
    made.write(&path).expect("the folder can be written");
    let written = started.elapsed().as_secs_f64() - built;
    drop((made, flat));

    let started = Instant::now();
    let opened = IvfIndex::open(&path).expect("the file that was just written");
    let open_ms = started.elapsed().as_secs_f64() * 1e3;
    println!(
        "{name}: {} vectors, built in {built:.2} s, written in {written:.2} s, {} MiB, opened in {open_ms:.2} ms",
        ids.len(),
        opened.bytes() >> 20
    );
    report(name, "lists", &queries, &truth, |query| opened.search(query, K, &Scope::All).iter().map(|found| found.id).collect());
    report(name, "exact", &queries, &truth, |query| opened.search_exact(query, K, &Scope::All).iter().map(|found| found.id).collect());
    let tenth = |id: u32| id.is_multiple_of(10);
    let times = time(&queries, |query| opened.search(query, K, &Scope::Where(&tenth)).len());
    println!("{name} lists, filter on every tenth: {}", figures(&times));
}

fn words<T>(path: &Path, read: impl Fn([u8; 4]) -> T) -> Vec<T> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.as_chunks::<4>().0.iter().map(|chunk| read(*chunk)).collect()
}

fn report(name: &str, how: &str, queries: &[f32], truth: &[u32], search: impl Fn(&[f32]) -> Vec<u32>) {
    let mut found = Vec::new();
    time(&queries[..queries.len().min(200 * DIMENSIONS)], |query| search(query).len());
    let times = time(queries, |query| {
        let ids = search(query);
        found.push(ids);
        K
    });
    let right: usize = found.iter().zip(truth.chunks_exact(K)).map(|(ids, truth)| ids.iter().filter(|id| truth.contains(id)).count()).sum();
    println!("{name} {how}: recall@{K} {:.4}, {}", right as f64 / (K * found.len()) as f64, figures(&times));
}

/// Nanoseconds of each query, for 15 seconds at most.
fn time(queries: &[f32], mut search: impl FnMut(&[f32]) -> usize) -> Vec<u64> {
    let started = Instant::now();
    let mut times = Vec::new();
    for query in queries.chunks_exact(DIMENSIONS) {
        let before = Instant::now();
        assert!(search(query) <= K, "no more than asked for");
        times.push(before.elapsed().as_nanos() as u64);
        if started.elapsed().as_secs() >= 15 {
            break;
        }
    }
    times
}

fn figures(times: &[u64]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = |share: f64| sorted[(sorted.len() as f64 * share) as usize] as f64 / 1e3;
    let rate = times.len() as f64 * 1e9 / times.iter().sum::<u64>() as f64;
    format!("{rate:.0} queries/s, p50 {:.0} us, p99 {:.0} us", at(0.5), at(0.99))
}
