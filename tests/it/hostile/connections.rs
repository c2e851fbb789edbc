//! Requests that break HTTP, break off or never end.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::Right::{self, Dropped, Either, Refused};
use super::{Attack, BOUND, head};

#[test]
fn connections_that_misbehave() {
    let attack = Attack::begin(&[("TUTTI_REQUEST_TIMEOUT", "3")]);
    let before = attack.server.memory();
    let good = br#"{"value":[{"id":"conn","title":"x"}]}"#;
    std::thread::scope(|scope| {
        slow_bodies(scope, &attack);
        let idle: Vec<TcpStream> = (0..50)
            .map(|_| {
                let mut stream = attack.connect();
                stream.write_all(b"GET /v1/songs/search?q=x HTTP/1.1\r\nHost: loc").unwrap();
                stream
            })
            .collect();
        wrong_framing(&attack, good);
        no_requests(&attack);
        let headers: String = (0..10_000).map(|i| format!("X-{i}: y\r\n")).collect();
        attack.raw("ten thousand headers", Dropped, [head("GET", "/v1/songs/search?q=x", &headers).as_bytes()]);
        let header = format!("X-Long: {}\r\n", "y".repeat(2 << 20));
        attack.raw("a header of two megabytes", Dropped, [head("GET", "/v1/songs/search?q=x", &header).as_bytes()]);
        drop(idle);
    });
    attack.end(before);
}

/// Bodies that come a byte at a time, and heads that never end.
fn slow_bodies<'scope>(scope: &'scope std::thread::Scope<'scope, '_>, attack: &'scope Attack) {
    for path in ["/v1/songs/documents", "/indexes('songs')/docs/search.index?api-version=2025-09-01"] {
        for _ in 0..10 {
            scope.spawn(move || {
                let started = Instant::now();
                let mut stream = attack.connect();
                let head = head("POST", path, "Content-Type: application/json\r\nContent-Length: 100000\r\n");
                let _ = stream.write_all(head.as_bytes());
                stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
                let mut answer = [0; 12];
                while started.elapsed() < BOUND && stream.write_all(b" ").is_ok() {
                    if matches!(stream.peek(&mut answer), Ok(12)) {
                        break;
                    }
                }
                let status = std::str::from_utf8(&answer[9..]).ok().and_then(|digits| digits.parse().ok());
                attack.judge(&format!("a slow body to {path}"), Dropped, status, started.elapsed());
            });
        }
    }
}

/// Lengths, chunks and types that do not fit the body.
fn wrong_framing(attack: &Attack, good: &[u8]) {
    for path in ["/v1/songs/documents", "/indexes('songs')/docs/search.index?api-version=2025-09-01"] {
        let post = |headers: &str| head("POST", path, headers).into_bytes();
        let with = |name: &str, right: Right, headers: &str, body: &[u8]| {
            attack.raw(&format!("{name} to {path}"), right, [&post(headers)[..], body]);
        };
        with("a truncated body", Dropped, "Content-Type: application/json\r\nContent-Length: 1000\r\n", good);
        with("a body longer than announced", Refused, "Content-Type: application/json\r\nContent-Length: 20\r\n", good);
        with("no length at all", Refused, "Content-Type: application/json\r\n", good);
        for length in ["abc", "-5", "99999999999999999999999", "0x10", "5, 6", ""] {
            with(&format!("length {length}"), Dropped, &format!("Content-Length: {length}\r\n"), good);
        }
        with("two lengths", Dropped, "Content-Length: 5\r\nContent-Length: 6\r\n", good);
        with("length and chunks", Dropped, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n");
        with("unknown coding", Dropped, "Transfer-Encoding: magic\r\n", good);
        with(
            "coded body",
            Refused,
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n",
            b"\x1f\x8b\x08\0\0\0\0\0\0\0",
        );
        for chunks in
            ["zz\r\n", "5\r\nab", "ffffffffffffffffff\r\nab", "-1\r\n", "5\r\nabcdefgh\r\n0\r\n\r\n", "\r\n\r\n", "5;ext=\"", "0\r\nX: "]
        {
            with(
                &format!("chunks {chunks:?}"),
                Dropped,
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                chunks.as_bytes(),
            );
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "\u{e9}",
            "application/json; charset=utf-16",
        ] {
            let length = good.len();
            with(&format!("type {kind}"), Either, &format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"), good);
        }
    }
}

/// Bytes that are no request, or one of another protocol.
fn no_requests(attack: &Attack) {
    for request in [
        b"\0\0\0\0\0\0\0\0\r\n\r\n".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/songs/search?q=\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/songs/search?q=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"MAKE /v1/songs/search HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ] {
        attack.raw(&format!("{:?}", String::from_utf8_lossy(request)), Dropped, [request]);
    }
}
