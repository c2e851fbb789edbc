//! Lucene's recorded answers, through `tutti search --batch`.

use std::fs::File;
use std::process::{Command, Stdio};

use crate::support::{repository, run_ok, tutti};

#[test]
fn lucene() {
    conforms("lucene");
}

#[test]
fn simple_syntax() {
    conforms("simple");
}

/// Asks every case of a set, on the songs of the Lucene set, and compares with what Lucene answered.
fn conforms(set: &str) {
    let folder = repository("tests/conformance/lucene");
    let file = |name: &str| folder.join(name).display().to_string();
    let cases = repository("tests/conformance").join(set).join("cases.jsonl").display().to_string();
    let data = tempfile::tempdir().unwrap();
    let data_path = data.path().display().to_string();
    let rejects = data.path().join("rejects.jsonl").display().to_string();
    run_ok(&[
        "index",
        "--data",
        &data_path,
        "--index",
        "conformance-songs",
        "--definition",
        &file("index.json"),
        "--rejects",
        &rejects,
        "-q",
        &file("songs.jsonl"),
    ]);
    let answers = data.path().join("answers.jsonl");
    let status = tutti()
        .args(["search", "--data", &data_path, "conformance-songs", "--batch", &cases])
        .stdout(Stdio::from(File::create(&answers).unwrap()))
        .status()
        .unwrap();
    assert!(status.success());
    let output = Command::new("python3")
        .args([&file("compare.py"), &cases, &file("songs.jsonl"), &answers.display().to_string(), "--show", "20"])
        .output()
        .expect("python3 is installed (tests/run sees to it)");
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{printed}");
    assert!(output.status.success(), "{printed}");
}
