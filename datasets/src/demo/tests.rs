use std::collections::HashMap;

use serde_json::Value;
use tutti_index_schema::{DocumentChecker, shipped};

use super::*;

#[track_caller]
fn check<T: serde::Serialize>(index: &str, least: usize, documents: impl Iterator<Item = T>) {
    let checker = DocumentChecker::new(&shipped(index).unwrap());
    let mut count = 0;
    for document in documents {
        let Value::Object(document) = serde_json::to_value(&document).unwrap() else { panic!("{index}: not an object") };
        if let Err(errors) = checker.check(&document) {
            panic!("{index}: {} in {document:?}", errors[0]);
        }
        count += 1;
    }
    assert!(count >= least, "{index}: {count}");
}

#[test]
fn every_demo_document_suits_its_index() {
    let demo = demo();
    check("songs", 10_000, demo.songs());
    check("artists", 1_000, demo.artists());
    check("users", 1_000, demo.users());
    check("playlists", 200, demo.playlists());
    check("venues", 6_162, demo.venues());
}

#[test]
fn listeners_of_one_taste_share_songs() {
    let demo = demo();
    let mut heard: HashMap<String, Vec<String>> = HashMap::new();
    for listen in demo.listens() {
        heard.entry(listen.user).or_default().push(listen.item);
    }
    let shared = |a: &str, b: &str| heard[a].iter().filter(|song| heard[b].contains(song)).count();
    // Users 0, 12, 24 ... have the same first taste, users 0, 1, 2 ... do not.
    let same: usize = (1..40).map(|i| shared("u0", &format!("u{}", i * 12))).sum();
    let other: usize = (1..40).filter(|i| i % 12 != 0).map(|i| shared("u0", &format!("u{i}"))).sum();
    assert!(same > 2 * other, "{same} shared with the same taste, {other} with others");
}
