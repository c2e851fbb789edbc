//! What earlier versions wrote opens and answers the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Program, repository, run_ok};

/// Unpacks an archive of a fixture.
fn unpack(name: &str, into: &Path) {
    let archive = repository("tests/fixtures/written-by-0.1").join(name);
    assert!(Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(into).status().unwrap().success());
}

fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(repository("tests/fixtures/written-by-0.1/expected.json")).unwrap()).unwrap()
}

/// The lines of an export, by file; the order of documents is their key's.
fn lines(folder: &Path) -> Vec<(PathBuf, Vec<Value>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    files.iter().map(|path| (path.file_name().unwrap().into(), read(path))).collect()
}

#[test]
fn a_data_directory_of_0_1_opens_and_answers_the_same() {
    let folder = tempfile::tempdir().unwrap();
    unpack("data.tar.gz", folder.path());
    let (server, expected) = (Program::start(&folder.path().join("d")), expected());
    let (_, mut found) = server.get("/v1/songs/search?q=moon&facet=genres&top=30");
    found.as_object_mut().unwrap().remove("took_ms");
    assert_eq!(found, expected["search"]);
    // Acknowledged just before the kill.
    assert_eq!(server.get("/v1/songs/documents/s05").1["title"], "Kept in the log");
    assert_eq!(server.get("/v1/recommendations/similar/songs/s04?k=5").1, expected["similar"]);
    let (_, songs) = server.post("/v1/recommendations/songs", json!({"likes": ["s01", "s06"], "k": 5}).to_string().as_bytes());
    let ids: Vec<&Value> = songs["songs"].as_array().unwrap().iter().map(|song| &song["id"]).collect();
    assert_eq!(json!(ids), expected["recommend"]);
    assert_eq!(server.get_as_admin("/v1/venues/v1/style").1, expected["style"]);
    assert_eq!(server.get_as_admin("/v1/venue-owners/v1").1, expected["owners"]);
    let login = json!({"email": "ada@example.org", "password": "correct horse battery"});
    let (status, ada) = server.post("/v1/sessions", login.to_string().as_bytes());
    assert_eq!((status, &ada["userId"]), (201, &expected["ada"]["userId"]));
    assert_eq!(server.get_as(ada["accessToken"].as_str().unwrap(), "/v1/me/following").1, expected["following"]);
    let room = expected["room"]["id"].as_str().unwrap();
    let (status, summary) = server.get(&format!("/v1/rooms/{room}"));
    assert_eq!((status, &summary["name"]), (200, &json!("Kept party")), "{summary}");
}

#[test]
fn a_store_of_0_1_is_exported_as_it_was_and_an_export_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    unpack("data.tar.gz", folder.path());
    unpack("store-export.tar.gz", folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let kept = lines(&folder.path().join("export"));
    assert!(kept.iter().map(|(_, lines)| lines.len()).sum::<usize>() >= 25, "the fixture is not empty");
    run_ok(&["store", "export", "--data", &path("d"), &path("again")]);
    assert_eq!(lines(&folder.path().join("again")), kept);
    run_ok(&["store", "import", "--data", &path("fresh"), &path("export")]);
    run_ok(&["store", "export", "--data", &path("fresh"), &path("third")]);
    assert_eq!(lines(&folder.path().join("third")), kept);
}
