//! tantivy used directly, with its own tokenizer, queries and collectors: what a program would write without Tutti.

use std::borrow::Cow;
use std::io::{BufRead, BufReader};
use std::ops::Bound;
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery};
use tantivy::schema::{FAST, INDEXED, IndexRecordOption, STORED, STRING, Schema, TEXT};
use tantivy::{Index, ReloadPolicy, TantivyDocument, Term};

use crate::{Logged, measure, size};

#[derive(Deserialize)]
struct Song<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    artist: Cow<'a, str>,
    #[serde(borrow)]
    album: Cow<'a, str>,
    genre: Vec<String>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    year: i64,
    duration: i64,
    plays: i64,
    popularity: f64,
}

fn schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_text_field("id", STRING | STORED);
    builder.add_text_field("title", TEXT | STORED);
    builder.add_text_field("artist", TEXT | STORED);
    builder.add_text_field("album", TEXT);
    builder.add_text_field("genre", STRING | FAST);
    builder.add_text_field("description", TEXT);
    builder.add_i64_field("year", INDEXED | FAST);
    builder.add_i64_field("duration", FAST);
    builder.add_i64_field("plays", FAST);
    builder.add_f64_field("popularity", FAST);
    builder.build()
}

pub(crate) fn index(catalog: &str, folder: &str, threads: usize) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("the folder");
    let schema = schema();
    let field = |name: &str| schema.get_field(name).expect("a field");
    let [id, title, artist, album, genre, description] = ["id", "title", "artist", "album", "genre", "description"].map(field);
    let [year, duration, plays, popularity] = ["year", "duration", "plays", "popularity"].map(field);
    let index = Index::create_in_dir(folder, schema.clone()).expect("an index");
    let started = Instant::now();
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(threads, 256_000_000 * threads).expect("a writer");
    let mut count = 0u64;
    for line in BufReader::with_capacity(1 << 20, std::fs::File::open(catalog).expect("the catalogue")).lines() {
        let line = line.expect("a line");
        let song: Song<'_> = serde_json::from_str(&line).expect("a song");
        let mut document = TantivyDocument::new();
        for (slot, text) in
            [(id, &song.id), (title, &song.title), (artist, &song.artist), (album, &song.album), (description, &song.description)]
        {
            document.add_text(slot, text);
        }
        for text in &song.genre {
            document.add_text(genre, text);
        }
        document.add_i64(year, song.year);
        document.add_i64(duration, song.duration);
        document.add_i64(plays, song.plays);
        document.add_f64(popularity, song.popularity);
        writer.add_document(document).expect("a document is taken");
        count += 1;
    }
    writer.commit().expect("the commit");
    let took = started.elapsed().as_secs_f64();
    println!("tantivy index: {count} docs, {threads} indexing thread(s), {took:.1} s to commit, {:.0} docs/s", count as f64 / took);
    writer.wait_merging_threads().expect("merges");
    let merging = Instant::now();
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 100_000_000).expect("a writer");
    let segments = index.searchable_segment_ids().expect("segments");
    if segments.len() > 1 {
        writer.merge(&segments).wait().expect("a merge");
        writer.commit().expect("the commit");
        writer.garbage_collect_files().wait().expect("old files go");
    }
    println!("tantivy merge {} segments to one: {:.1} s", segments.len(), merging.elapsed().as_secs_f64());
    writer.wait_merging_threads().expect("merges");
    let bytes = size(Path::new(folder));
    println!("tantivy index size: {bytes} bytes ({:.0} per doc)", bytes as f64 / count as f64);
}

fn query(logged: &Logged, schema: &Schema) -> Box<dyn Query> {
    let field = |name: &str| schema.get_field(name).expect("a field");
    let description = field("description");
    let term = |word: &str| Term::from_field_text(description, word);
    let one = |word: &str| -> Box<dyn Query> { Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs)) };
    let text = logged.query.as_str();
    match logged.class.as_str() {
        "term" => one(text),
        "and" => Box::new(BooleanQuery::new(text.split(" AND ").map(|word| (Occur::Must, one(word))).collect())),
        "or" => Box::new(BooleanQuery::new(text.split(" OR ").map(|word| (Occur::Should, one(word))).collect())),
        "phrase" => Box::new(PhraseQuery::new(text.trim_matches('"').split(' ').map(term).collect())),
        "prefix" => {
            let prefix = text.trim_start_matches("title:").trim_end_matches('*');
            Box::new(RegexQuery::from_pattern(&format!("{prefix}.*"), field("title")).expect("a pattern"))
        }
        "fuzzy" => Box::new(FuzzyTermQuery::new(term(text.trim_end_matches("~1")), 1, true)),
        "wildcard" => Box::new(RegexQuery::from_pattern(&text.replace('*', ".*"), description).expect("a pattern")),
        _ => {
            let words: Vec<&str> = logged.filter.split(' ').collect();
            let bound = |at: usize| Bound::Included(Term::from_field_i64(field("year"), words[at].parse().expect("a year")));
            let range = ConstScoreQuery::new(Box::new(RangeQuery::new(bound(2), bound(6))), 0.0);
            Box::new(BooleanQuery::new(vec![(Occur::Must, one(text)), (Occur::Must, Box::new(range))]))
        }
    }
}

pub(crate) fn search(folder: &str, log: &[Logged], rounds: usize) {
    let started = Instant::now();
    let index = Index::open_in_dir(folder).expect("the index");
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().expect("a reader");
    let searcher = reader.searcher();
    println!(
        "tantivy open: {:.1} ms, {} docs, {} segment(s)",
        started.elapsed().as_secs_f64() * 1e3,
        searcher.num_docs(),
        searcher.segment_readers().len()
    );
    let schema = index.schema();
    let aggregations: Aggregations = serde_json::from_str(r#"{"genre":{"terms":{"field":"genre","size":10}}}"#).expect("a request");
    let queries: Vec<Box<dyn Query>> = log.iter().map(|logged| query(logged, &schema)).collect();
    measure("tantivy", log, rounds, |at, exact| {
        let top = TopDocs::with_limit(10).order_by_score();
        let query = queries[at].as_ref();
        let facets = || AggregationCollector::from_aggs(aggregations.clone(), Default::default());
        match (log[at].class == "facet", exact) {
            (false, true) => searcher.search(query, &(top, Count)).expect("an answer").1 as u64,
            (false, false) => searcher.search(query, &top).expect("an answer").len() as u64,
            (true, true) => searcher.search(query, &(top, Count, facets())).expect("an answer").1 as u64,
            (true, false) => searcher.search(query, &(top, facets())).expect("an answer").0.len() as u64,
        }
    });
}
