//! Outgoing packets: encoded once, as the bytes that go over a WebSocket, and shared by all who get them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;

/// Opcodes of final frames (RFC 6455, 5.2).
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;

/// A Socket.IO packet ready to be sent. A clone costs one counter.
#[derive(Clone, Debug)]
pub struct Packet(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    /// The WebSocket frames: one of text, then one for each attachment. A server does not mask, so they are the same for everyone.
    frames: Box<[u8]>,
    /// Where the text stands in `frames`.
    text: Span,
    /// Where the attachments stand in `frames`.
    attachments: Box<[Span]>,
    /// Where the text of the packet that goes with it stands in `frames`.
    follower: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
}

impl Packet {
    /// An event with its arguments, a tuple or a slice; anything else that serialises counts as the one argument, but `()` as none.
    pub fn event<T: Serialize + ?Sized>(namespace: &str, name: &str, args: &T) -> Self {
        Self::event_raw(namespace, name, &array(args))
    }

    /// An event whose arguments are a JSON array already, like `[1,"x"]`.
    pub fn event_raw(namespace: &str, name: &str, args: &str) -> Self {
        Self::event_with(namespace, name, args, &[])
    }

    /// An event whose arguments point to attachments: `{"_placeholder":true,"num":0}` stands for the first of them.
    pub fn event_with(namespace: &str, name: &str, args: &str, attachments: &[Bytes]) -> Self {
        Self::numbered_event(namespace, None, name, args, attachments)
    }

    /// An event that asks for an answer.
    pub(crate) fn numbered_event(namespace: &str, id: Option<u64>, name: &str, args: &str, attachments: &[Bytes]) -> Self {
        let kind = if attachments.is_empty() { '2' } else { '5' };
        let mut text = head(kind, namespace, id, attachments.len(), name.len() + args.len() + 8);
        text.push(b'[');
        push_string(&mut text, name);
        let rest = args.trim_start().strip_prefix('[').unwrap_or("]").trim_start();
        if !rest.starts_with(']') {
            text.push(b',');
        }
        text.extend_from_slice(rest.as_bytes());
        Self::frame(&text, &slices(attachments))
    }

    /// The same event with one more argument, a text without anything to escape.
    pub(crate) fn with_last(&self, last: &str) -> Self {
        let old = self.text();
        let end = old.iter().rposition(|byte| *byte == b']').unwrap_or(old.len());
        let mut text = Vec::with_capacity(old.len() + last.len() + 3);
        text.extend_from_slice(&old[..end]);
        text.extend_from_slice(b",\"");
        text.extend_from_slice(last.as_bytes());
        text.extend_from_slice(b"\"]");
        Self::frame(&text, &self.attachments().collect::<Vec<_>>())
    }

    /// This packet and right behind it another one of text, queued, sent and refused as one.
    #[must_use]
    pub fn followed_by(&self, other: &Self) -> Self {
        let mut frames = Vec::with_capacity(self.0.frames.len() + other.text().len() + 10);
        frames.extend_from_slice(&self.0.frames);
        push_head(&mut frames, TEXT, other.text().len());
        let start = frames.len();
        frames.extend_from_slice(other.text());
        let follower = Some(Span { start, end: frames.len() });
        let (text, attachments) = (self.0.text, self.0.attachments.clone());
        Self(Arc::new(Encoded { frames: frames.into_boxed_slice(), text, attachments, follower }))
    }

    /// An answer; `args` is a JSON array.
    pub(crate) fn ack(namespace: &str, id: u64, args: &str, attachments: &[Bytes]) -> Self {
        let kind = if attachments.is_empty() { '3' } else { '6' };
        let mut text = head(kind, namespace, Some(id), attachments.len(), args.len());
        text.extend_from_slice(args.as_bytes());
        Self::frame(&text, &slices(attachments))
    }

    /// A packet that opens (`0`), ends (`1`) or refuses (`4`) a namespace; `data` is JSON or empty.
    pub(crate) fn control(kind: char, namespace: &str, data: &str) -> Self {
        let mut text = head(kind, namespace, None, 0, data.len());
        text.extend_from_slice(data.as_bytes());
        Self::frame(&text, &[])
    }

    /// An Engine.IO packet without a Socket.IO packet in it.
    pub(crate) fn engine(text: &str) -> Self {
        Self::frame(text.as_bytes(), &[])
    }

    /// A binary Engine.IO message.
    pub(crate) fn engine_binary(message: &[u8]) -> Self {
        let mut frames = Vec::with_capacity(message.len() + 10);
        push_head(&mut frames, BINARY, message.len());
        let start = frames.len();
        frames.extend_from_slice(message);
        let attachments = Box::new([Span { start, end: frames.len() }]);
        Self(Arc::new(Encoded { frames: frames.into_boxed_slice(), text: Span { start: 0, end: 0 }, attachments, follower: None }))
    }

    fn frame(text: &[u8], attachments: &[&[u8]]) -> Self {
        let size = text.len() + attachments.iter().map(|attachment| attachment.len()).sum::<usize>() + 10 * (attachments.len() + 1);
        let mut frames = Vec::with_capacity(size);
        let mut push = |opcode: u8, payload: &[u8]| {
            push_head(&mut frames, opcode, payload.len());
            let start = frames.len();
            frames.extend_from_slice(payload);
            Span { start, end: frames.len() }
        };
        let text = push(TEXT, text);
        let attachments = attachments.iter().map(|attachment| push(BINARY, attachment)).collect();
        Self(Arc::new(Encoded { frames: frames.into_boxed_slice(), text, attachments, follower: None }))
    }

    /// The bytes that go over a WebSocket.
    pub(crate) fn frames(&self) -> &[u8] {
        &self.0.frames
    }

    /// Bytes that wait while this packet waits.
    pub(crate) fn size(&self) -> usize {
        self.0.frames.len()
    }

    /// Appends the packet as long-polling carries it: text as it is, attachments as `b` and base64.
    pub(crate) fn push_payload(&self, body: &mut Vec<u8>) {
        body.extend_from_slice(self.text());
        for (place, attachment) in self.attachments().enumerate() {
            if place > 0 || !self.text().is_empty() {
                body.extend_from_slice(SEPARATOR);
            }
            body.push(b'b');
            body.extend_from_slice(STANDARD.encode(attachment).as_bytes());
        }
        if let Some(span) = self.0.follower {
            body.extend_from_slice(SEPARATOR);
            body.extend_from_slice(&self.0.frames[span.start..span.end]);
        }
    }

    /// Bytes [`Packet::push_payload`] appends.
    pub(crate) fn payload_size(&self) -> usize {
        let attachments: usize = self.attachments().map(|attachment| attachment.len().div_ceil(3) * 4 + 2).sum();
        self.text().len() + attachments + self.0.follower.map_or(0, |span| span.end - span.start + SEPARATOR.len())
    }

    /// The text of the Engine.IO packet.
    pub fn text(&self) -> &[u8] {
        &self.0.frames[self.0.text.start..self.0.text.end]
    }

    /// The attachments, in order.
    pub(crate) fn attachments(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.0.attachments.iter().map(|span| &self.0.frames[span.start..span.end])
    }
}

/// What stands between the packets of one long-polling body.
pub(crate) const SEPARATOR: &[u8] = b"\x1e";

/// A ping of the server, framed.
pub(crate) const PING_FRAME: &[u8] = b"\x81\x012";

/// The arguments as a JSON array. What cannot be written as JSON (a map with keys that are no text) is a mistake of the caller; nothing
/// is sent in its place but an empty array, and the log says so.
pub(crate) fn array<T: Serialize + ?Sized>(args: &T) -> String {
    match serde_json::to_string(args) {
        Ok(json) if json.starts_with('[') => json,
        Ok(json) if json == "null" => "[]".to_owned(),
        Ok(json) => format!("[{json}]"),
        Err(error) => {
            tracing::error!(%error, "the arguments of an event are no JSON");
            "[]".to_owned()
        }
    }
}

fn slices(attachments: &[Bytes]) -> Vec<&[u8]> {
    attachments.iter().map(|attachment| &attachment[..]).collect()
}

fn head(kind: char, namespace: &str, id: Option<u64>, attachments: usize, room: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(namespace.len() + room + 32);
    text.extend_from_slice(&[b'4', kind as u8]);
    if attachments > 0 {
        text.extend_from_slice(attachments.to_string().as_bytes());
        text.push(b'-');
    }
    if namespace != "/" {
        text.extend_from_slice(namespace.as_bytes());
        text.push(b',');
    }
    if let Some(id) = id {
        text.extend_from_slice(id.to_string().as_bytes());
    }
    text
}

fn push_string(text: &mut Vec<u8>, name: &str) {
    if name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push(b'"');
        text.extend_from_slice(name.as_bytes());
        text.push(b'"');
    } else {
        text.extend_from_slice(serde_json::Value::from(name).to_string().as_bytes());
    }
}

fn push_head(frames: &mut Vec<u8>, opcode: u8, length: usize) {
    frames.push(opcode);
    match length {
        0..=125 => frames.push(length as u8),
        126..=0xffff => {
            frames.push(126);
            frames.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            frames.push(127);
            frames.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}
