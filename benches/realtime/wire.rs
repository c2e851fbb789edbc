//! WebSocket framing by hand, for one side of it: small frames out with a mask of zeroes, whole buffers in. A library here would cost as
//! much as the server that is measured.

use std::io;
use std::ops::Range;

use tokio::io::AsyncReadExt as _;
use tokio::net::tcp::OwnedReadHalf;

/// Kinds of frames, as RFC 6455 numbers them.
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;

/// Appends a text frame. A mask of zeroes is a valid mask and leaves the text as it is.
pub(crate) fn frame(out: &mut Vec<u8>, text: &[u8]) {
    out.push(0x80 | TEXT);
    match text.len() {
        short if short < 126 => out.push(0x80 | short as u8),
        medium if medium < 65_536 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(text);
}

/// What comes in on a connection, cut into frames.
pub(crate) struct Reader {
    half: OwnedReadHalf,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Reader {
    /// The buffer begins with `capacity` bytes and grows to the largest frame.
    pub(crate) fn new(half: OwnedReadHalf, capacity: usize) -> Reader {
        Reader { half, buffer: vec![0; capacity], start: 0, end: 0 }
    }

    /// The next whole frame that is here: its kind, and where its content is.
    pub(crate) fn take(&mut self) -> Option<(u8, Range<usize>)> {
        let here = &self.buffer[self.start..self.end];
        let (head, length) = match here {
            [_, second, ..] => match (second & 127, here) {
                (126, [_, _, a, b, ..]) => (4, usize::from(u16::from_be_bytes([*a, *b]))),
                (127, [_, _, a, b, c, d, e, f, g, h, ..]) => (10, u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) as usize),
                (126 | 127, _) => return None,
                (short, _) => (2, usize::from(short)),
            },
            _ => return None,
        };
        if here.len() < head + length {
            return None;
        }
        let kind = here[0] & 15;
        let content = self.start + head;
        self.start = content + length;
        Some((kind, content..content + length))
    }

    /// The content of a frame; valid until the next `fill`.
    pub(crate) fn content(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Waits for more bytes. May be dropped while it waits.
    ///
    /// # Errors
    /// When the connection is over.
    pub(crate) async fn fill(&mut self) -> io::Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            } else {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        match self.half.read(&mut self.buffer[self.end..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.end += read;
                Ok(())
            }
        }
    }

    /// Reads the answer to the upgrade, up to its empty line.
    ///
    /// # Errors
    /// When it is a refusal.
    pub(crate) async fn upgraded(&mut self) -> io::Result<()> {
        loop {
            self.fill().await?;
            let here = &self.buffer[self.start..self.end];
            if let Some(at) = here.windows(4).position(|window| window == b"\r\n\r\n") {
                if !here.starts_with(b"HTTP/1.1 101") {
                    return Err(io::Error::other(String::from_utf8_lossy(here).into_owned()));
                }
                self.start += at + 4;
                return Ok(());
            }
        }
    }
}

/// The number right behind the first `key`.
pub(crate) fn number(text: &[u8], key: &[u8]) -> Option<u64> {
    let at = text.windows(key.len()).position(|window| window == key)?;
    Some(leading(&text[at + key.len()..])).filter(|(_, digits)| *digits > 0).map(|(number, _)| number)
}

/// What is right behind the last `key`.
pub(crate) fn behind_last<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(key.len()).rposition(|window| window == key)?;
    Some(&text[at + key.len()..])
}

/// The number that a text begins with, and its digits.
pub(crate) fn leading(text: &[u8]) -> (u64, usize) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold((0, 0), |(value, count), digit| (value * 10 + u64::from(digit - b'0'), count + 1))
}
