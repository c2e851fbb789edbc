//! OData filters three ways: as the table in tests/conformance/odata says, as the engine answers, and as an evaluator that
//! shares no code with the engine works out. All three must agree.

mod naive;
mod parse;
mod random;

use std::fs;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tutti_engine::query::ast::Query;
use tutti_engine::query::{parse_filter, print_filter};
use tutti_engine::search::SearchRequest;
use tutti_engine::{Access, Action, ActionKind, Engine, Error, Index};
use tutti_index_schema::IndexDefinition;

use crate::support::repository;
use naive::Naive;

const TABLE: &str = "tests/conformance/odata/filters.jsonl";

/// One line of the table.
struct Case {
    group: String,
    filter: String,
    expected: Expected,
}

enum Expected {
    Keys(Vec<String>),
    /// The message, and the position where there is one.
    Refusal(String, Option<usize>),
}

fn lines(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(repository(path)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn table() -> Vec<Case> {
    let case = |line: Value| {
        let text = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}")).to_owned();
        let expected = match line["keys"].as_array() {
            Some(keys) => Expected::Keys(keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect()),
            None => Expected::Refusal(text("error"), line["at"].as_u64().map(|at| at as usize)),
        };
        Case { group: text("group"), filter: text("filter"), expected }
    };
    lines(TABLE).into_iter().map(case).collect()
}

/// The corpus in an index and in the evaluator.
struct Both {
    naive: Naive,
    index: std::sync::Arc<Index>,
    _engine: Engine,
    _folder: tempfile::TempDir,
}

static BOTH: LazyLock<Both> = LazyLock::new(|| {
    let definition: Value = serde_json::from_slice(&fs::read(repository("tests/conformance/odata/index.json")).unwrap()).unwrap();
    let documents = lines("tests/conformance/odata/documents.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&IndexDefinition::from_value(&definition).unwrap()).unwrap();
    let write = |documents: &[Value], kind: ActionKind| {
        let actions: Vec<Action> =
            documents.iter().map(|document| Action { kind, document: document.as_object().cloned().unwrap() }).collect();
        for outcome in index.write(&actions).unwrap() {
            outcome.result.unwrap();
        }
        index.refresh().unwrap();
    };
    // Several segments, with documents in them that were replaced or removed since.
    let other = |id: &str, of: usize| {
        let mut document: Map<String, Value> = documents[of].as_object().cloned().unwrap();
        document.insert("id".to_owned(), id.into());
        Value::Object(document)
    };
    write(&[other("d05", 30), other("gone", 9), documents[40].clone()], ActionKind::Upload);
    write(&documents[..25], ActionKind::Upload);
    write(&documents[25..], ActionKind::Upload);
    write(&[json!({"id": "gone"})], ActionKind::Delete);
    Both { naive: Naive::new(&definition, documents), index, _engine: engine, _folder: folder }
});

type Refusal = (String, Option<usize>);

/// The keys that the engine finds, sorted.
fn engine_keys(text: &str) -> Result<Vec<String>, Refusal> {
    let filter = parse_filter(text).map_err(|error| (error.message, Some(error.span.start)))?;
    parsed_keys(filter)
}

fn parsed_keys(filter: Query) -> Result<Vec<String>, Refusal> {
    let request = SearchRequest { filter: Some(filter), top: 1000, ..SearchRequest::default() };
    let found = BOTH.index.search(&request).map_err(|error| match error {
        Error::Filter(error) | Error::Query(error) => (error.message, Some(error.span.start)),
        other => (other.to_string(), None),
    })?;
    let mut keys: Vec<String> = found.hits.into_iter().map(|hit| hit.key).collect();
    assert_eq!(found.total, Some(keys.len() as u64), "the count is another one than that of the hits");
    keys.sort();
    Ok(keys)
}

/// Both of two answers, where they differ.
fn difference(case: &Case, answer: &Result<Vec<String>, Refusal>) -> Option<String> {
    let same = match (&case.expected, answer) {
        (Expected::Keys(keys), Ok(found)) => keys == found,
        (Expected::Refusal(message, at), Err((found, found_at))) => found.contains(message) && at == found_at,
        _ => false,
    };
    let expected = match &case.expected {
        Expected::Keys(keys) => format!("{keys:?}"),
        Expected::Refusal(message, at) => format!("{message} at {at:?}"),
    };
    (!same).then(|| format!("{}: {}\n  expected {expected}\n  found    {answer:?}", case.group, case.filter))
}

#[track_caller]
fn none(differences: &[String], of: usize) {
    assert!(differences.is_empty(), "{} of {of} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_engine_answers_as_the_table_says() {
    let table = table();
    let differences: Vec<String> = table.iter().filter_map(|case| difference(case, &engine_keys(&case.filter))).collect();
    none(&differences, table.len());
    let refused = table.iter().filter(|case| matches!(case.expected, Expected::Refusal(..))).count();
    println!("{} filters agree, {refused} of them refused", table.len());
    assert!(table.len() - refused >= 400 && refused >= 100, "the table has become short");
}

#[test]
fn the_evaluator_answers_as_the_table_says() {
    let table = table();
    let differs = |case: &&Case| match (&case.expected, BOTH.naive.keys(&case.filter)) {
        (Expected::Keys(keys), Ok(found)) => *keys != found,
        (Expected::Refusal(..), Err(_)) => false,
        _ => true,
    };
    let differences: Vec<String> =
        table.iter().filter(differs).map(|case| format!("{}: {:?}", case.filter, BOTH.naive.keys(&case.filter))).collect();
    none(&differences, table.len());
}

#[test]
fn filters_are_printed_and_mean_the_same() {
    let table = table();
    let mut differences = Vec::new();
    for case in &table {
        let Expected::Keys(keys) = &case.expected else { continue };
        let Some(printed) = print_filter(&parse_filter(&case.filter).unwrap()) else {
            differences.push(format!("{} is not printed", case.filter));
            continue;
        };
        let again = parse_filter(&printed).ok().and_then(|query| print_filter(&query));
        let found = engine_keys(&printed);
        if again.as_ref() != Some(&printed) || found.as_ref() != Ok(keys) {
            differences.push(format!("{}\n  printed {printed}\n  and then {again:?}\n  finds {found:?}", case.filter));
        }
    }
    none(&differences, table.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_filters_are_answered_alike(filter in random::filters()) {
        let (engine, naive) = (engine_keys(&filter), BOTH.naive.keys(&filter));
        prop_assert_eq!(engine.clone().ok(), naive.clone().ok(), "{}\nengine {:?}\nevaluator {:?}", filter, engine, naive);
        if let Ok(keys) = engine {
            let printed = parse_filter(&filter).ok().and_then(|query| print_filter(&query));
            prop_assert_eq!(printed.map(|printed| engine_keys(&printed)), Some(Ok(keys)), "{}", filter);
        }
    }
}

/// Writes the table anew: keys as the evaluator finds them, mistakes as the engine words them. Read the difference before
/// committing it. `cargo nextest run -p tests --run-ignored only write_the_table`
#[test]
#[ignore = "writes the table instead of testing it"]
fn write_the_table() {
    let mut out = String::new();
    for line in lines(TABLE) {
        let filter = line["filter"].as_str().unwrap();
        let written = match (line.get("error").is_some(), BOTH.naive.keys(filter), engine_keys(filter)) {
            (true, _, Err((message, at))) => json!({"group": line["group"], "filter": filter, "error": message, "at": at}),
            (true, naive, engine) => panic!("{filter} is no mistake: {naive:?}, {engine:?}"),
            (false, Ok(keys), _) => json!({"group": line["group"], "filter": filter, "keys": keys}),
            (false, Err(error), _) => panic!("{filter}: {error}"),
        };
        out.push_str(&format!("{written}\n"));
    }
    fs::write(repository(TABLE), out).unwrap();
}
