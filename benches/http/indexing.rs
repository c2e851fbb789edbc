//! Songs a second, through REST with 1, 2 and 4 connections and through `tutti index`.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::load::{Connection, request};
use crate::server::Server;
use crate::thousands;

const DEFINITION: &str = include_str!("../search/catalog.json");
/// Documents of a request.
const BATCH: usize = 1000;
const VERSION: &str = "api-version=2026-04-01";

/// Prints the table and returns the data directory with the whole catalogue and the venues.
pub(crate) fn measure(tutti: &str, catalog: &Path, venues: &Path, folder: &Path, rest_songs: usize) -> PathBuf {
    let lines = BufReader::new(File::open(catalog).expect("the catalogue")).lines();
    let lines: Vec<String> = lines.take(rest_songs).map(|line| line.expect("a line")).collect();
    let some = folder.join("some.jsonl");
    let mut file = std::io::BufWriter::new(File::create(&some).expect("the folder can be written"));
    lines.iter().for_each(|line| writeln!(file, "{line}").expect("the folder can be written"));
    drop(file);
    let batches: Vec<Vec<u8>> = lines
        .chunks(BATCH)
        .map(|chunk| request("POST", &format!("/indexes/catalog/docs/index?{VERSION}"), &format!(r#"{{"value":[{}]}}"#, chunk.join(","))))
        .collect();
    println!(
        "\n## Indexing\n\n| path | songs | songs/s, acknowledged | songs/s, searchable | server CPU us/song |\n| --- | --- | --- | --- | --- |"
    );
    for connections in [1, 2, 4] {
        rest(tutti, folder, &batches, connections, lines.len());
    }
    bulk(tutti, &folder.join("some"), "catalog", &some);
    let data = folder.join("data");
    bulk(tutti, &data, "catalog", catalog);
    bulk(tutti, &data, "venues", venues);
    data
}

fn rest(tutti: &str, folder: &Path, batches: &[Vec<u8>], connections: usize, songs: usize) {
    let data = folder.join("rest");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).expect("the folder can be made");
    let server = Server::start(tutti, &data);
    let mut first = Connection::open(&server.address);
    assert_eq!(first.ask(&request("POST", &format!("/indexes?{VERSION}"), DEFINITION)).0, 201);
    let (cpu, started, next) = (server.cpu(), Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut connection = Connection::open(&server.address);
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (status, answer) = connection.ask(batch);
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(answer));
                }
            });
        }
    });
    let acknowledged = started.elapsed().as_secs_f64();
    let all = request("POST", &format!("/indexes/catalog/docs/search?{VERSION}"), r#"{"search":"*","top":0,"count":true}"#);
    loop {
        let (_, answer) = first.ask(&all);
        let answer: Value = serde_json::from_slice(answer).expect("JSON");
        if answer["@odata.count"] == songs {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(900), "{answer}");
        std::thread::sleep(Duration::from_millis(20));
    }
    let searchable = started.elapsed().as_secs_f64();
    let each = |seconds: f64| thousands(songs as f64 / seconds);
    let cpu = (server.cpu() - cpu) / songs as f64;
    println!(
        "| REST, {connections} connection(s) | {} | {} | {} | {cpu:.0} |",
        thousands(songs as f64),
        each(acknowledged),
        each(searchable)
    );
}

fn bulk(tutti: &str, data: &Path, index: &str, file: &Path) {
    let definition = data.with_extension("json");
    std::fs::create_dir_all(data).expect("the folder can be made");
    std::fs::write(&definition, DEFINITION).expect("the folder can be written");
    let mut command = Command::new(tutti);
    command
        .args(["index", "--quiet", "--index", index, "--data"])
        .arg(data)
        .arg("--rejects")
        .arg(data.with_extension("rejects"))
        .arg("--strict");
    if index == "catalog" {
        command.arg("--definition").arg(&definition);
    }
    let started = Instant::now();
    let output = command.arg(file).output().expect("the program starts");
    let seconds = started.elapsed().as_secs_f64();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let count = BufReader::new(File::open(file).expect("the file")).split(b'\n').count();
    println!("| `tutti index`, {index} | {} | - | {} | - |", thousands(count as f64), thousands(count as f64 / seconds));
}
