//! Requests whose bodies nobody reads, on connections that go on: the next request is answered, or the answer before it said
//! that the connection closes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{ADMIN_KEY, Server};

struct Line {
    stream: BufReader<TcpStream>,
}

/// An answer's status and head.
struct Answer {
    status: u16,
    head: String,
}

impl Answer {
    fn closes(&self) -> bool {
        self.head.contains("connection: close\r\n")
    }
}

impl Line {
    fn to(server: &Server) -> Line {
        let stream = TcpStream::connect(server.base.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        Line { stream: BufReader::new(stream) }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    fn head(&mut self, method: &str, path: &str, headers: &str) {
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes());
    }

    fn answer(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(self.stream.read_line(&mut head).unwrap() > 0, "the connection was closed after {head:?}");
        }
        head.make_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok()).unwrap_or(0);
        self.stream.read_exact(&mut vec![0; length]).unwrap();
        Answer { status: head[9..12].parse().unwrap(), head }
    }

    #[track_caller]
    fn goes_on(&mut self) {
        self.head("GET", "/healthz", "");
        assert_eq!(self.answer().status, 200);
    }

    #[track_caller]
    fn is_closed(&mut self) {
        // A reset, when bytes were left.
        assert!(!matches!(self.stream.read(&mut [0]), Ok(1..)));
    }
}

/// What is answered without a look at the body: path, headers, status.
fn unread() -> [(&'static str, String, u16); 5] {
    let admin = format!("api-key: {ADMIN_KEY}\r\n");
    [
        ("/v1/taste/train", admin.clone(), 202),
        ("/v1/songs/documents", "api-key: wrong\r\n".to_owned(), 403),
        ("/nowhere", admin.clone(), 404),
        ("/healthz", admin, 405),
        ("/socket.io/?EIO=4&transport=polling&sid=nobody", String::new(), 400),
    ]
}

#[test]
fn a_body_that_comes_late_costs_nobody_the_connection() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    for (path, headers, status) in unread() {
        let mut line = Line::to(&server);
        line.head("POST", path, &format!("{headers}Content-Length: 2\r\n"));
        std::thread::sleep(Duration::from_millis(100));
        line.send(b"{}");
        let answer = line.answer();
        assert_eq!((answer.status, answer.closes()), (status, false), "{path}: {}", answer.head);
        line.goes_on();
        if status == 202 {
            server.wait_for("/v1/taste", |state| state["training"]["running"] == false);
        }
    }
}

#[test]
fn a_large_refused_body_is_sent_to_its_end() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::configured(data.path(), |config| config.server.max_body = 1 << 20);
    let block = vec![b' '; 1 << 20];
    for (key, status) in [("wrong", 403), (ADMIN_KEY, 413)] {
        for chunked in [false, true] {
            let mut line = Line::to(&server);
            let framing = if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {}", 20 << 20) };
            line.head("POST", "/v1/songs/documents", &format!("api-key: {key}\r\n{framing}\r\n"));
            for _ in 0..20 {
                if chunked {
                    line.send(b"100000\r\n");
                }
                line.send(&block);
                if chunked {
                    line.send(b"\r\n");
                }
            }
            if chunked {
                line.send(b"0\r\n\r\n");
            }
            let answer = line.answer();
            assert_eq!((answer.status, answer.closes()), (status, false), "{framing}: {}", answer.head);
            line.goes_on();
        }
    }
}

#[test]
fn what_does_not_come_is_not_waited_for() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    // A client that asks first is told, and sends nothing.
    let mut line = Line::to(&server);
    line.head("POST", "/v1/songs/documents", "api-key: wrong\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n");
    let answer = line.answer();
    assert_eq!((answer.status, answer.closes()), (403, true), "{}", answer.head);
    line.is_closed();
    // One that may send gets its go-ahead, and keeps its connection.
    let mut line = Line::to(&server);
    let body = br#"{"value": [{"id": "1"}]}"#;
    line.head(
        "POST",
        "/v1/songs/documents",
        &format!("api-key: {ADMIN_KEY}\r\nExpect: 100-continue\r\nContent-Length: {}\r\n", body.len()),
    );
    assert_eq!(line.answer().status, 100);
    line.send(body);
    assert_eq!(line.answer().status, 200);
    line.goes_on();
    // The rest never comes, or would be too much.
    for length in [1_000_000u64, 1 << 40] {
        let mut line = Line::to(&server);
        line.head("POST", "/v1/songs/documents", &format!("api-key: wrong\r\nContent-Length: {length}\r\n"));
        line.send(b"{");
        let answer = line.answer();
        assert_eq!((answer.status, answer.closes()), (403, true), "{length}: {}", answer.head);
        line.is_closed();
    }
}
