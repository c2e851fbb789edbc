//! What vectors cost in an index: searches by text, by vector, by both, with filters, over generated songs with vectors of
//! 64 numbers around 512 centres.
//!
//! ```text
//! cargo bench -p benches --bench hybrid -- SONGS
//! ```

use std::time::Instant;

use serde_json::json;
use tutti_engine::index::BulkOptions;
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{SearchRequest, VectorFilter, VectorQuery};
use tutti_engine::{Access, Engine, Index};
use tutti_index_schema::IndexDefinition;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DIMENSIONS: usize = 64;
const CENTRES: usize = 512;
const WORDS: usize = 5000;
const QUERIES: usize = 500;

fn main() {
    let songs = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok());
    match songs {
        Some(songs) => run(songs),
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        None => println!("usage: hybrid SONGS"),
    }
}

fn run(songs: usize) {
    let folder = std::env::temp_dir().join(format!("tutti-hybrid-{}", std::process::id()));
    let engine = Engine::open(&folder, Access::Write).expect("a folder for the index");
    let mut random = Random(7);
    let centres: Vec<f32> = (0..CENTRES * DIMENSIONS).map(|_| random.bell()).collect();
    let started = Instant::now();
    let mut build = engine.build_index(&definition(), &BulkOptions::default()).expect("a new index");
    for start in (0..songs).step_by(10_000) {
        let rows: Vec<String> = (start..songs.min(start + 10_000))
            .map(|id| {
                let title: Vec<String> = (0..4).map(|_| random.word()).collect();
                let taste = random.near(&centres);
                json!({"id": format!("s{id}"), "title": title.join(" "), "year": 1960 + random.below(64), "taste": taste}).to_string()
            })
            .collect();
        assert!(build.add_sources(&rows).expect("rows are taken").is_empty());
    }
    build.finish().expect("the index is built");
    let index = engine.index("songs").expect("the index is there");
    let bytes = index.vector_bytes().expect("its files can be read") >> 20;
    println!("{songs} songs indexed in {:.1} s, {bytes} MiB of vectors\n", started.elapsed().as_secs_f64());
    println!("| search, ten hits | p50 us | p99 us |\n| --- | --- | --- |");
    let rounds: Vec<(String, Vec<f32>)> = (0..QUERIES).map(|_| (random.word(), random.near(&centres))).collect();
    let vector = |vector: &[f32], exhaustive: bool| {
        vec![VectorQuery { vector: vector.to_vec(), k: 10, fields: vec!["taste".to_owned()], exhaustive, weight: 1.0 }]
    };
    let text = |word: &str| parse_lucene(word).ok();
    let filter = |text: &str| parse_filter(text).ok();
    let base = || SearchRequest { count: false, select: Some(vec!["id".to_owned()]), ..SearchRequest::default() };
    row(&index, "text", &rounds, |word, _| SearchRequest { query: text(word), ..base() });
    row(&index, "vector", &rounds, |_, near| SearchRequest { vectors: vector(near, false), ..base() });
    row(&index, "vector, every one compared", &rounds[..100], |_, near| SearchRequest { vectors: vector(near, true), ..base() });
    for (name, expression) in [("half", "year lt 1992"), ("one in 64", "year eq 1992")] {
        row(&index, &format!("vector, filter for {name} before"), &rounds, |_, near| SearchRequest {
            vectors: vector(near, false),
            filter: filter(expression),
            ..base()
        });
    }
    row(&index, "vector, filter for half after", &rounds, |_, near| SearchRequest {
        vectors: vector(near, false),
        filter: filter("year lt 1992"),
        vector_filter: VectorFilter::Post,
        ..base()
    });
    row(&index, "text and vector", &rounds, |word, near| SearchRequest { query: text(word), vectors: vector(near, false), ..base() });
    row(&index, "text and vector, counted", &rounds, |word, near| SearchRequest {
        query: text(word),
        vectors: vector(near, false),
        count: true,
        ..base()
    });
    drop((index, engine));
    let _ = std::fs::remove_dir_all(&folder);
}

fn row(index: &Index, name: &str, rounds: &[(String, Vec<f32>)], request: impl Fn(&str, &[f32]) -> SearchRequest) {
    let requests: Vec<SearchRequest> = rounds.iter().map(|(word, near)| request(word, near)).collect();
    for request in requests.iter().take(50) {
        index.search(request).expect("the search is right");
    }
    let mut times: Vec<u128> = Vec::with_capacity(requests.len());
    for request in &requests {
        let before = Instant::now();
        assert!(index.search(request).expect("the search is right").hits.len() <= 10);
        times.push(before.elapsed().as_micros());
    }
    times.sort_unstable();
    println!("| {name} | {} | {} |", times[times.len() / 2], times[times.len() * 99 / 100]);
}

fn definition() -> IndexDefinition {
    IndexDefinition::from_value(&json!({
        "name": "songs",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "title", "type": "Edm.String"},
            {"name": "year", "type": "Edm.Int32"},
            {"name": "taste", "type": "Collection(Edm.Single)", "dimensions": DIMENSIONS, "vectorSearchProfile": "p"},
        ],
        "vectorSearch": {
            "algorithms": [{"name": "h", "kind": "hnsw", "hnswParameters": {"metric": "cosine"}}],
            "profiles": [{"name": "p", "algorithm": "h"}],
        },
    }))
    .expect("the definition is right")
}

/// The same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// About normal.
    fn bell(&mut self) -> f32 {
        (0..6).map(|_| self.below(2001) as f32 / 1000.0 - 1.0).sum::<f32>() / 1.4
    }

    /// Frequent words are more frequent, about as in a language.
    fn word(&mut self) -> String {
        let share = (self.below(1_000_000) + 1) as f64 / 1e6;
        format!("w{}", (WORDS as f64).powf(share) as usize)
    }

    fn near(&mut self, centres: &[f32]) -> Vec<f32> {
        let at = self.below(CENTRES) * DIMENSIONS;
        centres[at..at + DIMENSIONS].iter().map(|value| value + 0.6 * self.bell()).collect()
    }
}
