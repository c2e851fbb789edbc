//! Catalogues in the formats people have them in.

use serde_json::Value;

use crate::support::{repository, run_ok};

fn total(data: &str, index: &str, query: &str) -> u64 {
    let printed = run_ok(&["search", "--data", data, index, query, "--json"]);
    serde_json::from_str::<Value>(&printed).unwrap()["total"].as_u64().unwrap()
}

#[test]
fn every_shipped_fixture_is_indexed_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d").display().to_string();
    let rejects = folder.path().join("rejects.jsonl").display().to_string();
    let fixtures = repository("datasets/tests/fixtures");
    let index = |name: &str, files: &[&str]| {
        let paths: Vec<String> = files.iter().map(|file| fixtures.join(file).display().to_string()).collect();
        let mut arguments = vec!["index", "-q", "--data", &data, "--rejects", &rejects, "--index", name];
        arguments.extend(paths.iter().map(String::as_str));
        run_ok(&arguments);
    };
    index("songs", &["spotify.csv"]);
    assert!(total(&data, "songs", "*") > 0);
    index("venues", &["venues.geojson"]);
    assert!(total(&data, "venues", "*") > 0);
}

#[test]
fn the_shipped_venues_are_real_and_searchable() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d").display().to_string();
    let file = repository("datasets/demo/venues.jsonl.gz").display().to_string();
    run_ok(&["index", "-q", "--data", &data, "--index", "venues", &file]);
    assert_eq!(total(&data, "venues", "*"), 6162);
    assert!(total(&data, "venues", "\"red lion\"") > 10);
    assert!(total(&data, "venues", "name:crwn~1") > 10);
    let printed = run_ok(&["search", "--data", &data, "venues", "*", "--filter", "city eq 'Salzburg' or city eq 'Copenhagen'", "--json"]);
    assert!(serde_json::from_str::<Value>(&printed).unwrap()["total"].as_u64() > Some(700));
    let table = run_ok(&["search", "--data", &data, "venues", "ø*", "--facet", "city", "--top", "3"]);
    assert!(table.contains("Copenhagen"), "{table}");
}
