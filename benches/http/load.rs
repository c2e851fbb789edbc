//! A load client that costs little: blocking threads, one connection kept alive each, requests written before the clock
//! starts, answers read by their length and not looked into.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: &str) -> Connection {
        let stream = TcpStream::connect(address).expect("the server accepts");
        stream.set_nodelay(true).expect("the socket can be set");
        Connection { stream, buffer: vec![0; 1 << 16] }
    }

    /// Sends a request and returns the status and the body of its answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream.write_all(request).expect("the server reads");
        let (mut read, mut head) = (0, None);
        loop {
            let got = self.stream.read(&mut self.buffer[read..]).expect("the server answers");
            assert!(got > 0, "the server closed the connection");
            read += got;
            if head.is_none() {
                head = self.buffer[..read].windows(4).position(|end| end == b"\r\n\r\n").map(|end| end + 4);
            }
            let Some(start) = head else { continue };
            let text = std::str::from_utf8(&self.buffer[..start]).expect("a head is text");
            let status = text[9..12].parse().expect("a status");
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().expect("a length"));
            if read == start + length {
                return (status, &self.buffer[start..read]);
            }
            if self.buffer.len() < start + length {
                self.buffer.resize(start + length, 0);
            }
        }
    }
}

/// A request as its bytes.
pub(crate) fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\napi-key: {}\r\n", crate::server::KEY);
    format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// What a closed loop saw.
pub(crate) struct Seen {
    pub(crate) requests: usize,
    pub(crate) seconds: f64,
    /// Nanoseconds of each request, ascending.
    times: Vec<u64>,
}

impl Seen {
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// Microseconds below which this share of the requests was answered.
    pub(crate) fn at(&self, share: f64) -> f64 {
        self.times[((self.times.len() as f64) * share) as usize] as f64 / 1e3
    }
}

/// `clients` connections, each asking its next request as soon as it has the answer to the last.
pub(crate) fn closed_loop(address: &str, requests: &[Vec<u8>], clients: usize, length: Duration) -> Seen {
    let started = Instant::now();
    let mut times: Vec<u64> = std::thread::scope(|scope| {
        let client = |number: usize| {
            let mut connection = Connection::open(address);
            let mut times = Vec::new();
            for at in number * requests.len() / clients.. {
                let before = Instant::now();
                let (status, _) = connection.ask(&requests[at % requests.len()]);
                times.push(before.elapsed().as_nanos() as u64);
                assert_eq!(status, 200);
                if started.elapsed() >= length {
                    break;
                }
            }
            times
        };
        let running: Vec<_> = (0..clients).map(|number| scope.spawn(move || client(number))).collect();
        running.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    times.sort_unstable();
    Seen { requests: times.len(), seconds, times }
}
