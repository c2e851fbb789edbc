//! Guests and rooms, made over REST before anything is measured.

use std::io;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One kept connection to a server.
pub(crate) struct Rest {
    stream: TcpStream,
    address: String,
}

impl Rest {
    pub(crate) async fn open(address: &str) -> io::Result<Rest> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Rest { stream, address: address.to_owned() })
    }

    /// A new guest's token.
    pub(crate) async fn guest(&mut self, name: &str) -> io::Result<String> {
        text(&self.post("/v1/guests", None, &json!({ "name": name })).await?, "token")
    }

    /// The id of a new room of a guest. Nothing plays by itself in it.
    pub(crate) async fn room(&mut self, token: &str) -> io::Result<String> {
        let settings = json!({ "autopilot": false, "maxQueue": 500, "maxPerMember": 100 });
        text(&self.post("/v1/rooms", Some(token), &json!({ "name": "Load", "settings": settings })).await?, "id")
    }

    async fn post(&mut self, path: &str, token: Option<&str>, body: &Value) -> io::Result<Value> {
        let body = body.to_string();
        let bearer = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{bearer}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        let answer = self.answer().await?;
        let refused = || io::Error::other(format!("POST {path}: {answer}"));
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(refused)?;
        if !head.starts_with("HTTP/1.1 201") {
            return Err(refused());
        }
        serde_json::from_str(body).map_err(|_| refused())
    }

    /// Head and body of an answer that says its length.
    async fn answer(&mut self) -> io::Result<String> {
        let mut answer = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let read = self.stream.read(&mut piece).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= length(head)
            {
                return Ok(text.into_owned());
            }
        }
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let value = lower.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

fn text(answer: &Value, key: &str) -> io::Result<String> {
    answer[key].as_str().map(str::to_owned).ok_or_else(|| io::Error::other(format!("no {key} in {answer}")))
}
