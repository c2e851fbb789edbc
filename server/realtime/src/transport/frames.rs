//! Incoming WebSocket frames, on top of tungstenite: bytes in, messages out.
//!
//! Only reading goes through tungstenite (masks, fragments, UTF-8, control frames, limits). What it answers by itself, pongs and closes, is
//! collected for the connection to write between its own frames, which need no work because servers do not mask.

use std::io::{self, Read, Write};

use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext};

/// Bytes a reader keeps while idle.
const BUFFER: usize = 512;
/// A reader that has grown for a message larger than this is made anew.
const LARGE: usize = 8 << 10;

/// Takes frames apart.
pub(crate) struct Frames {
    context: WebSocketContext,
    max_payload: usize,
    /// Bytes taken that are not part of a complete message, counted from above: never less than tungstenite holds.
    held: usize,
    /// The largest message since the reader was made.
    largest: usize,
    /// The protocol was broken: nothing can be made out any more.
    broken: bool,
}

/// What comes out of [`Frames::next`].
pub(crate) enum Decoded {
    Message(Message),
    /// All bytes were taken; more are needed.
    More,
    /// The client said goodbye.
    Closed,
    /// The client broke the protocol; close with this code.
    Broken(CloseCode),
}

impl Frames {
    pub(crate) fn new(max_payload: usize) -> Self {
        Self { context: context(max_payload), max_payload, held: 0, largest: 0, broken: false }
    }

    /// The next message in `input`, which is shortened by what was taken. After [`Decoded::Broken`] everything is passed over. Answers to control frames are appended to `answers`.
    pub(crate) fn next(&mut self, input: &mut &[u8], answers: &mut Vec<u8>) -> Decoded {
        if self.broken {
            *input = &[];
            return Decoded::More;
        }
        let before = input.len();
        let next = self.context.read(&mut Pipe { input, answers });
        self.held += before - input.len();
        match next {
            Ok(message) => {
                self.held = self.held.saturating_sub(least_size(&message));
                self.largest = self.largest.max(message.len());
                Decoded::Message(message)
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                self.shrink();
                Decoded::More
            }
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => Decoded::Closed,
            Err(error) => {
                self.broken = true;
                Decoded::Broken(match error {
                    Error::Capacity(_) => CloseCode::Size,
                    Error::Utf8(_) => CloseCode::Invalid,
                    _ => CloseCode::Protocol,
                })
            }
        }
    }

    /// Appends a close frame; what the client still sends is read, until it answers.
    pub(crate) fn close(&mut self, code: CloseCode, answers: &mut Vec<u8>) {
        let frame = CloseFrame { code, reason: "".into() };
        // Fails only where closing has been agreed on before.
        let _ = self.context.close(&mut Pipe { input: &mut &[][..], answers }, Some(frame));
    }

    /// Gives memory back after a large message. With nothing held there is no state to lose.
    fn shrink(&mut self) {
        if self.largest > LARGE && self.held == 0 {
            *self = Self::new(self.max_payload);
        }
    }
}

fn context(max_payload: usize) -> WebSocketContext {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(max_payload))
        .max_frame_size(Some(max_payload));
    WebSocketContext::new(Role::Server, Some(config))
}

/// The least a masked message takes on the wire: unfragmented, its length written the shortest way.
fn least_size(message: &Message) -> usize {
    let length = message.len();
    let head = match length {
        0..=125 => 6,
        126..=0xffff => 8,
        _ => 14,
    };
    match message {
        Message::Close(None) => 6,
        _ => head + length,
    }
}

/// Bytes that are there on one side, bytes to be written on the other. Never waits.
struct Pipe<'a, 'b> {
    input: &'a mut &'b [u8],
    answers: &'a mut Vec<u8>,
}

impl Read for Pipe<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() { Err(io::ErrorKind::WouldBlock.into()) } else { self.input.read(buffer) }
    }
}

impl Write for Pipe<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answers.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
