//! `tutti index --from-azure` with this server as the service, behind a proxy that can stop answering.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;

use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Server, run_err, run_ok, tutti};

/// A request as it came: the line, and what it brought.
type Asked = (String, Vec<u8>);

/// Hands each request to the test before it goes on to the server; nothing goes on when the test does not say so.
struct Proxy {
    url: String,
    asked: mpsc::Receiver<Asked>,
    go_on: mpsc::Sender<()>,
}

impl Proxy {
    fn start(target: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let target = target.trim_start_matches("http://").to_owned();
        let ((tell, asked), (go_on, wait)) = (mpsc::channel(), mpsc::channel());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let Ok(connection) = connection else { return };
                // A client that was killed is no failure of the proxy.
                if forward(&connection, &target, &tell, &wait).is_none() && tell.send((String::new(), Vec::new())).is_err() {
                    return;
                }
            }
        });
        Proxy { url, asked, go_on }
    }
}

/// One request there and its answer back.
fn forward(mut client: &TcpStream, target: &str, tell: &mpsc::Sender<Asked>, wait: &mpsc::Receiver<()>) -> Option<()> {
    let mut input = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        if !line.to_lowercase().starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    tell.send((head.lines().next().unwrap_or_default().to_owned(), body.clone())).ok()?;
    wait.recv().ok()?;
    let mut server = TcpStream::connect(target).ok()?;
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).ok()?;
    server.write_all(&body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    client.write_all(&answer).ok()
}

/// A server with an index of so many numbered documents, some without a year.
fn service(folder: &Path, count: usize) -> Server {
    let server = Server::start(&folder.join("service"));
    let (status, said) = server.put(
        "/synonymmaps('words')?api-version=2024-07-01",
        json!({"name": "words", "format": "solr", "synonyms": "moon, luna"}).to_string().as_bytes(),
    );
    assert_eq!(status, 201, "{said}");
    let definition = json!({"name": "works", "fields": [
        {"name": "id", "type": "Edm.String", "key": true, "sortable": true},
        {"name": "title", "type": "Edm.String", "searchable": true, "synonymMaps": ["words"]},
        {"name": "year", "type": "Edm.Int32", "filterable": true, "sortable": true},
        {"name": "tags", "type": "Collection(Edm.String)"}]});
    let (status, said) = server.put("/indexes('works')?api-version=2024-07-01", definition.to_string().as_bytes());
    assert_eq!(status, 201, "{said}");
    let all: Vec<usize> = (0..count).collect();
    for some in all.chunks(1000) {
        let documents: Vec<Value> = some
            .iter()
            .map(|n| json!({"id": format!("-k{n}="), "title": format!("luna {n}"), "year": (n % 9 != 0).then_some(1900 + n % 50), "tags": ["x"]}))
            .collect();
        let (status, said) = server.post("/v1/works/documents?refresh=true", Value::Array(documents).to_string().as_bytes());
        assert_eq!(status, 200, "{said}");
    }
    server
}

fn copy(data: &Path, url: &str, flags: &[&str]) -> Child {
    tutti()
        .args(["index", "--from-azure", url, "--index", "works", "--data"])
        .arg(data)
        .args(flags)
        .env("TUTTI_FROM_AZURE_KEY", ADMIN_KEY)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ended(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains(ADMIN_KEY), "{said}");
    said
}

fn total(data: &Path, query: &str) -> u64 {
    let printed = run_ok(&["search", "--data", &data.display().to_string(), "works", query, "--json"]);
    serde_json::from_str::<Value>(&printed).unwrap()["total"].as_u64().unwrap()
}

/// Lets requests through until the child ends; the number of pages it asked for.
fn let_through(proxy: &Proxy, child: Child) -> (usize, String) {
    let waiting = std::thread::spawn(move || ended(child));
    let mut pages = 0;
    while !waiting.is_finished() {
        if let Ok((line, _)) = proxy.asked.recv_timeout(std::time::Duration::from_millis(20)) {
            pages += usize::from(line.contains("/docs/search"));
            let _ = (!line.is_empty()).then(|| proxy.go_on.send(()));
        }
    }
    (pages, waiting.join().unwrap())
}

#[test]
fn a_copy_that_is_killed_goes_on_after_the_last_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    let (server, data) = (service(folder.path(), 3400), folder.path().join("copy"));
    let proxy = Proxy::start(&server.base);
    let mut child = copy(&data, &proxy.url, &["-q"]);
    let mut pages = 0;
    while pages < 3 {
        let (line, _) = proxy.asked.recv().unwrap();
        pages += usize::from(line.contains("/docs/search"));
        if pages < 3 {
            proxy.go_on.send(()).unwrap();
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What the third page waited for.
    proxy.go_on.send(()).unwrap();
    assert!(run_err(2, &["search", "--data", &data.display().to_string(), "works", "x"]).contains("works"));
    let (pages, said) = let_through(&proxy, copy(&data, &proxy.url, &["-q"]));
    assert_eq!(pages, 2, "{said}");
    assert!(said.contains("the service counts 3,400 documents, 3,400 were read"), "{said}");
    assert_eq!((total(&data, "moon"), total(&data, "*")), (3400, 3400));
    assert!(!data.join("from-azure/works").exists());
    let (pages, _) = let_through(&proxy, copy(&data, &proxy.url, &["-q", "--restart"]));
    assert_eq!(pages, 4);
}

#[test]
fn ranges_of_a_field_hold_every_document_also_those_without_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let (server, data) = (service(folder.path(), 1200), folder.path().join("copy"));
    ended(copy(&data, &server.base, &["-q", "--range-field", "year"]));
    assert_eq!(total(&data, "*"), 1200);
}

#[test]
fn a_served_index_is_the_new_one_when_the_command_returns() {
    let folder = tempfile::tempdir().unwrap();
    let server = service(folder.path(), 1100);
    let here = folder.path().join("here");
    ended(copy(&here, &server.base, &["-q"]));
    let served = Server::start(&here);
    assert_eq!(served.get("/v1/works/search?top=0").1["total"], 1100);
    let (status, said) = server.post("/v1/works/documents?refresh=true", json!([{"id": "one-more"}]).to_string().as_bytes());
    assert_eq!(status, 200, "{said}");
    ended(copy(&here, &server.base, &["-q"]));
    assert_eq!(served.get("/v1/works/search?top=0").1["total"], 1101);
}

#[test]
fn refusals_say_whose_fault_they_are_and_make_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (server, data) = (service(folder.path(), 1), folder.path().join("copy"));
    let data = data.display().to_string();
    let cases: [(i32, &str, &[&str], &str); 8] = [
        (2, "http://search.example", &["--index", "works", "--key", ADMIN_KEY], "https"),
        (2, &server.base, &["--index", "works"], "TUTTI_FROM_AZURE_KEY"),
        (2, &server.base, &["--index", "works", "--key", ADMIN_KEY, "--range-field", "title"], "title"),
        (2, &server.base, &["--index", "works", "--key", ADMIN_KEY, "--without", "everything"], "vectorizers"),
        (2, &server.base, &["--index", "A", "--key", ADMIN_KEY], "`A`"),
        (2, &server.base, &["--index", "works", "--key", ADMIN_KEY, "file.jsonl"], "[FILE]"),
        (1, &server.base, &["--index", "works", "--key", "wrong"], "40"),
        (1, &server.base, &["--index", "none", "--key", ADMIN_KEY], "`none`"),
    ];
    for (code, url, flags, expected) in cases {
        let arguments = [&["index", "--data", &data, "--from-azure", url][..], flags].concat();
        let said = run_err(code, &arguments);
        assert!(said.contains(expected), "{flags:?}: {said}");
        assert!(!Path::new(&data).join("indexes/works").exists(), "{flags:?}");
    }
    run_ok(&["index", "-q", "--data", &data, "--from-azure", &server.base, "--index", "works", "--key", ADMIN_KEY]);
    server.put(
        "/synonymmaps('words')?api-version=2024-07-01",
        json!({"name": "words", "format": "solr", "synonyms": "a, b"}).to_string().as_bytes(),
    );
    let said = run_err(1, &["index", "--data", &data, "--from-azure", &server.base, "--index", "works", "--key", ADMIN_KEY]);
    assert!(said.contains("`words` is here already and differs"), "{said}");
}
