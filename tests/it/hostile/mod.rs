//! Requests that mean harm, against the real program: every one is answered with a 4xx (or served, where it is only odd), soon,
//! and afterwards the server is as well and as small as before.

mod bodies;
mod connections;
mod parameters;
mod queries;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{ADMIN_KEY, Program, agent};

/// No answer may take longer.
const BOUND: Duration = Duration::from_secs(10);
/// Bytes by which the server may be larger afterwards.
const GROWTH: u64 = 200 << 20;
const VERSION: &str = "api-version=2025-09-01";

/// What is right for a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Right {
    /// Any 4xx.
    Refused,
    /// 200, 201 or 207.
    Served,
    /// One or the other.
    Either,
    /// A 4xx, or the connection is closed.
    Dropped,
}

use Right::{Dropped, Either, Refused, Served};

struct Attack {
    server: Program,
    _data: tempfile::TempDir,
    failures: std::sync::Mutex<Vec<String>>,
    count: std::sync::atomic::AtomicUsize,
}

impl Attack {
    fn begin(variables: &[(&str, &str)]) -> Attack {
        let data = tempfile::tempdir().unwrap();
        let server = Program::start_with(data.path(), &[], variables, agent());
        let songs: Vec<_> = (0..200)
            .map(|i| json!({"id": format!("s{i}"), "title": format!("aaaaaaaaaaaaaaaaaaaa song {i}"), "genres": [format!("g{i}"), "Rock"], "year": 1900 + i % 100}))
            .collect();
        let (status, body) = server.post("/v1/songs/documents?refresh=true", json!({"value": songs}).to_string().as_bytes());
        assert_eq!(status, 200, "{body}");
        // What is loaded at first use is no growth.
        for query in ["q=song&facet=genres", "q=title:s*ng&highlight=title", "filter=year+gt+1950&sort=year"] {
            assert_eq!(server.get(&format!("/v1/songs/search?{query}")).0, 200);
        }
        Attack { server, _data: data, failures: std::sync::Mutex::default(), count: Default::default() }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.base.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(BOUND + Duration::from_secs(5))).unwrap();
        stream.set_write_timeout(Some(BOUND)).unwrap();
        stream
    }

    /// Notes what came back and whether that is right.
    fn judge(&self, name: &str, right: Right, status: Option<u16>, took: Duration) {
        self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let fits = match (status, right) {
            (Some(400..500), Refused | Either | Dropped) | (Some(200 | 201 | 207), Served | Either) | (None, Dropped) => true,
            // There each document is refused on its own.
            (Some(207), Refused) => name.starts_with("POST /v1/"),
            _ => false,
        };
        if !fits || took > BOUND {
            let mut name = name.to_owned();
            name.truncate(name.char_indices().nth(160).map_or(name.len(), |(at, _)| at));
            self.failures.lock().unwrap().push(format!("{name}: {status:?} after {took:?}, right is {right:?}"));
        }
    }

    /// Sends the parts as they are and takes the status of the answer, if one comes.
    fn raw<'a>(&self, name: &str, right: Right, parts: impl IntoIterator<Item = &'a [u8]>) {
        let started = Instant::now();
        let mut stream = self.connect();
        // A server that has refused already may close while we still send; then its answer may be lost.
        let sent = parts.into_iter().all(|part| stream.write_all(part).is_ok());
        if right == Dropped {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let status = status(&mut stream);
        let right = if sent || right != Refused { right } else { Dropped };
        self.judge(name, right, status, started.elapsed());
    }

    fn send(&self, right: Right, method: &str, path: &str, body: &[u8]) {
        let shown: String = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let head = head(method, path, &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        self.raw(&format!("{method} {path} {shown}"), right, [head.as_bytes(), body]);
    }

    fn search(&self, right: Right, body: &serde_json::Value) {
        self.send(right, "POST", &format!("/indexes('songs')/docs/search.post.search?{VERSION}"), body.to_string().as_bytes());
    }

    fn get(&self, right: Right, path: &str) {
        self.raw(path, right, [head("GET", path, "").as_bytes()]);
    }

    /// The server is well, has lost nothing and has not grown.
    #[track_caller]
    fn end(self, before: u64) {
        let failures = self.failures.into_inner().unwrap();
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
        assert_eq!(self.server.get("/healthz").0, 200);
        assert_eq!(self.server.get("/readyz").0, 200);
        let (status, body) = self.server.get("/v1/songs/search?q=aaaaaaaaaaaaaaaaaaaa&top=0");
        assert_eq!((status, body["total"].as_u64()), (200, Some(200)), "{body}");
        // Memory goes back to the system a moment after its last use.
        let started = Instant::now();
        while self.server.memory() > before + GROWTH && started.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(100));
        }
        let after = self.server.memory();
        println!("{:?} requests; memory {} MB before, {} MB after", self.count, before >> 20, after >> 20);
        assert!(after < before + GROWTH, "the server grew from {before} to {after} bytes");
        assert_eq!(self.server.terminate(), Some(0));
    }
}

fn head(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\napi-key: {ADMIN_KEY}\r\nConnection: close\r\n{headers}\r\n")
}

/// The status line of the answer; `None` when the connection was closed without one.
fn status(stream: &mut TcpStream) -> Option<u16> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while answer.len() < 12 {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
        }
    }
    let status = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    // The rest is read, so that the server is not cut off.
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
    status
}
