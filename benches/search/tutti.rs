//! Tutti's engine as an embedding program calls it.

use std::path::Path;
use std::time::Instant;

use tutti_engine::index::BulkOptions;
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{FacetKind, FacetRequest, SearchRequest};
use tutti_engine::{Access, Engine};
use tutti_index_schema::IndexDefinition;

use crate::{Logged, measure, size};

const DEFINITION: &str = include_str!("catalog.json");

pub(crate) fn index(catalog: &str, folder: &str, threads: usize) {
    let _ = std::fs::remove_dir_all(folder);
    let definition = IndexDefinition::from_json(DEFINITION.as_bytes()).expect("the definition is right");
    let engine = Engine::open(Path::new(folder), Access::Write).expect("the folder can be written");
    let started = Instant::now();
    let options = BulkOptions { threads, memory: 256_000_000, merge: true };
    let mut build = engine.build_index(&definition, &options).expect("a build begins");
    for chunk in tutti_datasets::open_chunks(Path::new(catalog)).expect("the catalogue") {
        let chunk = chunk.expect("whole lines");
        let rows: Vec<&[u8]> = chunk.lines().map(|(_, line)| line).collect();
        let rejected = build.add_sources(&rows).expect("rows are taken");
        assert!(rejected.is_empty(), "{rejected:?}");
    }
    let rows = build.rows();
    let built = build.commit().expect("the commit");
    let to_commit = started.elapsed().as_secs_f64();
    println!("tutti index: {rows} docs, {threads} indexing thread(s), {to_commit:.1} s to commit, {:.0} docs/s", rows as f64 / to_commit);
    let merging = Instant::now();
    built.finish().expect("the swap");
    println!("tutti merge to one segment and swap in: {:.1} s", merging.elapsed().as_secs_f64());
    let bytes = size(Path::new(folder));
    println!("tutti index size: {bytes} bytes ({:.0} per doc)", bytes as f64 / rows as f64);
}

pub(crate) fn search(folder: &str, log: &[Logged], rounds: usize) {
    let started = Instant::now();
    let engine = Engine::open(Path::new(folder), Access::Read).expect("the folder");
    let index = engine.index("catalog").expect("the index");
    let opened = started.elapsed();
    let first = index.search(&SearchRequest { top: 1, ..SearchRequest::default() }).expect("a search");
    println!(
        "tutti open: {:.1} ms, first answer after {:.1} ms, {} docs",
        opened.as_secs_f64() * 1e3,
        started.elapsed().as_secs_f64() * 1e3,
        first.total.unwrap_or_default()
    );
    let requests: Vec<SearchRequest> = log.iter().map(request).collect();
    measure("tutti", log, rounds, |at, exact| {
        let request = SearchRequest { count: exact, ..requests[at].clone() };
        let response = index.search(&request).expect("an answer");
        response.total.unwrap_or(response.hits.len() as u64)
    });
}

/// Parsed before the clock starts, as the peers' queries are. Hits are keys, as the peers' are document numbers.
fn request(logged: &Logged) -> SearchRequest {
    let facet = FacetRequest { field: "genre".to_owned(), kind: FacetKind::values(10) };
    SearchRequest {
        query: Some(parse_lucene(&logged.query).expect("the log parses")),
        fields: vec![("description".to_owned(), 1.0)],
        filter: (!logged.filter.is_empty()).then(|| parse_filter(&logged.filter).expect("the filter parses")),
        facets: if logged.class == "facet" { vec![facet] } else { Vec::new() },
        select: Some(Vec::new()),
        ..SearchRequest::default()
    }
}
