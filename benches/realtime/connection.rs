//! A Socket.IO connection of the load tool: opened, written to and read from by one task.

use std::io;
use std::ops::Range;
use std::time::Instant;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;

use crate::wire::{self, Reader};

/// A connection with what it still has to write.
pub(crate) struct Connection {
    reader: Reader,
    writer: OwnedWriteHalf,
    out: Vec<u8>,
}

impl Connection {
    /// Opens a WebSocket and connects to a namespace (`/` or `/rooms`), with a token if there is one. Dropping it resets the connection,
    /// so that tens of thousands leave no ports waiting.
    ///
    /// # Errors
    /// When a step of this is refused; the text is what the server said.
    pub(crate) async fn open(address: &str, namespace: &str, token: Option<&str>, capacity: usize) -> io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.set_zero_linger()?;
        let (half, mut writer) = stream.into_split();
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        writer.write_all(request.as_bytes()).await?;
        let mut reader = Reader::new(half, capacity);
        reader.upgraded().await?;
        let mut connection = Connection { reader, writer, out: Vec::new() };
        connection.expect("0{").await?;
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        let auth = token.map(|token| format!("{{\"token\":\"{token}\"}}")).unwrap_or_default();
        connection.send(format!("40{prefix}{auth}").as_bytes());
        connection.expect(&format!("40{prefix}")).await?;
        Ok(connection)
    }

    /// The next packet, which has to begin like this.
    async fn expect(&mut self, beginning: &str) -> io::Result<String> {
        let packet = self.packet().await?;
        if packet.starts_with(beginning) { Ok(packet) } else { Err(io::Error::other(packet)) }
    }

    /// The next packet that is no ping.
    pub(crate) async fn packet(&mut self) -> io::Result<String> {
        loop {
            if let Some(range) = self.take()? {
                return Ok(String::from_utf8_lossy(self.text(range)).into_owned());
            }
            self.wait(None).await?;
        }
    }

    /// Queues a packet; `wait` writes it.
    pub(crate) fn send(&mut self, text: &[u8]) {
        wire::frame(&mut self.out, text);
    }

    /// The next packet that is here already and is no ping; pings are answered.
    ///
    /// # Errors
    /// When the server closed the connection.
    pub(crate) fn take(&mut self) -> io::Result<Option<Range<usize>>> {
        while let Some((kind, range)) = self.reader.take() {
            match kind {
                wire::CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                wire::TEXT if self.reader.content(range.clone()) == b"2" => self.send(b"3"),
                wire::TEXT => return Ok(Some(range)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The content of a packet, until the next `wait`.
    pub(crate) fn text(&self, range: Range<usize>) -> &[u8] {
        self.reader.content(range)
    }

    /// Writes what is queued, and returns when something came in or the time has come.
    ///
    /// # Errors
    /// When the connection is over.
    pub(crate) async fn wait(&mut self, until: Option<Instant>) -> io::Result<()> {
        loop {
            // Reading and writing go on side by side: a server that waits for us to read must not wait for ever.
            let pause = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                written = self.writer.write(&self.out), if !self.out.is_empty() => {
                    let written = written?;
                    self.out.drain(..written);
                }
                filled = self.reader.fill() => return filled,
                () = pause => return Ok(()),
            }
        }
    }
}
