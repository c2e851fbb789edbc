//! Incoming Socket.IO packets: text to parts. Nothing here recurses, whatever the depth of the JSON.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A client sent what the protocol does not allow; the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a packet of Socket.IO v5")]
pub(crate) struct ParseError;

/// One packet, its parts still text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Incoming<'a> {
    pub(crate) kind: Kind,
    /// Attachments that follow.
    pub(crate) attachments: usize,
    pub(crate) namespace: &'a str,
    pub(crate) id: Option<u64>,
    /// JSON, not looked at yet; empty when there is none.
    pub(crate) data: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
}

impl<'a> Incoming<'a> {
    /// Takes a packet apart: `type[attachments-][/namespace,][id][data]`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, ParseError> {
        let (kind, binary) = match text.as_bytes().first() {
            Some(b'0') => (Kind::Connect, false),
            Some(b'1') => (Kind::Disconnect, false),
            Some(b'2') => (Kind::Event, false),
            Some(b'3') => (Kind::Ack, false),
            Some(b'5') => (Kind::Event, true),
            Some(b'6') => (Kind::Ack, true),
            _ => return Err(ParseError),
        };
        let mut rest = &text[1..];
        let mut attachments = 0;
        if binary {
            let (count, after) = rest.split_once('-').ok_or(ParseError)?;
            attachments = number(count)?;
            rest = after;
        }
        let mut namespace = "/";
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
            // Old clients put their query behind the namespace; it says nothing here.
            namespace = namespace.split_once('?').map_or(namespace, |(name, _)| name);
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let id = if digits > 0 { Some(number(&rest[..digits])?) } else { None };
        let attachments = usize::try_from(attachments).map_err(|_| ParseError)?;
        Ok(Self { kind, attachments, namespace, id, data: &rest[digits..] })
    }
}

fn number(digits: &str) -> Result<u64, ParseError> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().map_err(|_| ParseError) } else { Err(ParseError) }
}

/// Names the official client and server emit themselves; a peer may not send them.
const RESERVED: [&str; 6] = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// An event's name and arguments.
#[derive(Debug)]
pub(crate) struct EventData {
    pub(crate) name: String,
    pub(crate) args: Vec<Box<RawValue>>,
}

impl EventData {
    /// Reads `["name",...]`. The arguments are checked to be JSON, and kept as they were written.
    pub(crate) fn parse(data: &str) -> Result<Self, ParseError> {
        let named: Self = serde_json::from_str(data).map_err(|_| ParseError)?;
        if RESERVED.contains(&named.name.as_str()) { Err(ParseError) } else { Ok(named) }
    }
}

impl<'de> Deserialize<'de> for EventData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EventDataVisitor)
    }
}

struct EventDataVisitor;

impl<'de> Visitor<'de> for EventDataVisitor {
    type Value = EventData;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array that starts with the event's name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<EventData, A::Error> {
        let Name(name) = array.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
        let mut args = Vec::with_capacity(2);
        while let Some(arg) = array.next_element()? {
            args.push(arg);
        }
        Ok(EventData { name, args })
    }
}

/// Text, or a number, which the official parser lets through as well.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(Name(name.to_owned()))
    }

    fn visit_u64<E>(self, name: u64) -> Result<Name, E> {
        Ok(Name(name.to_string()))
    }

    fn visit_i64<E>(self, name: i64) -> Result<Name, E> {
        Ok(Name(name.to_string()))
    }

    fn visit_f64<E>(self, name: f64) -> Result<Name, E> {
        Ok(Name(name.to_string()))
    }
}

/// The arguments of an ack.
pub(crate) fn ack_args(data: &str) -> Result<Vec<Box<RawValue>>, ParseError> {
    serde_json::from_str(data).map_err(|_| ParseError)
}

/// What a CONNECT carries: an object, or nothing, which is taken for the empty one.
pub(crate) fn auth(data: &str) -> Result<serde_json::Value, ParseError> {
    match serde_json::from_str(if data.is_empty() { "{}" } else { data }) {
        Ok(auth @ serde_json::Value::Object(_)) => Ok(auth),
        _ => Err(ParseError),
    }
}

/// Checks that a DISCONNECT carries nothing, or JSON.
pub(crate) fn nothing(data: &str) -> Result<(), ParseError> {
    if data.is_empty() || serde_json::from_str::<IgnoredAny>(data).is_ok() { Ok(()) } else { Err(ParseError) }
}
