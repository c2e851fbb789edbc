//! Channels, and broadcasts as MessagePack: `[uid, {type, data, nsp}, {rooms, except, flags}]`.

use bytes::Bytes;
use rmpv::Value as Pack;
use serde_json::Value;

use crate::Packet;
use crate::protocol::incoming;

/// Levels a message may nest.
const DEPTH: usize = 128;
/// What Socket.IO calls an event; whether it has attachments the receiver sees.
const EVENT: u64 = 2;

/// The channel a broadcast goes through.
pub(crate) fn channel(namespace: &str, rooms: &[&str]) -> String {
    match rooms {
        [room] => format!("socket.io#{namespace}#{room}#"),
        _ => format!("socket.io#{namespace}#"),
    }
}

/// The one room a channel is for.
pub(crate) fn room_of<'a>(namespace: &str, channel: &'a str) -> Option<&'a str> {
    let rest = channel.strip_prefix("socket.io#")?.strip_prefix(namespace)?.strip_prefix('#')?;
    rest.strip_suffix('#').filter(|room| !room.is_empty())
}

/// The pattern of all channels of a namespace. Its name may come from a client, so what is special in patterns is escaped.
pub(crate) fn pattern(namespace: &str) -> String {
    let mut pattern = String::from("socket.io#");
    for letter in namespace.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push_str("#*");
    pattern
}

/// The channel of requests of a namespace.
pub(crate) fn request_channel(namespace: &str) -> String {
    format!("socket.io-request#{namespace}#")
}

/// The channel of answers to requests.
pub(crate) fn response_channel(namespace: &str) -> String {
    format!("socket.io-response#{namespace}#")
}

/// A broadcast for the other servers; `None` when it nests too deep.
pub(crate) fn encode(uid: &str, namespace: &str, rooms: &[&str], except: &[&str], packet: &Packet) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(packet.text()).ok()?;
    let data = incoming::Incoming::parse(text.strip_prefix('4')?).ok()?.data;
    let attachments: Vec<&[u8]> = packet.attachments().collect();
    let data = pack(serde_json::from_str(data).ok()?, &attachments);
    let names = |names: &[&str]| Pack::Array(names.iter().map(|name| Pack::from(*name)).collect());
    let packet = map([("type", Pack::from(EVENT)), ("data", data), ("nsp", Pack::from(namespace))]);
    let options = map([("rooms", names(rooms)), ("except", names(except)), ("flags", Pack::Map(Vec::new()))]);
    write(&Pack::Array(vec![Pack::from(uid), packet, options]))
}

/// MessagePack as bytes.
pub(crate) fn write(value: &Pack) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(256);
    rmpv::encode::write_value(&mut message, value).ok()?;
    Some(message)
}

/// A map with text for keys.
pub(crate) fn map<const N: usize>(entries: [(&str, Pack); N]) -> Pack {
    Pack::Map(entries.into_iter().map(|(key, value)| (Pack::from(key), value)).collect())
}

/// JSON with placeholders to MessagePack with bytes. No deeper than what the JSON parser let through.
pub(crate) fn pack(value: Value, attachments: &[&[u8]]) -> Pack {
    match value {
        Value::Null => Pack::Nil,
        Value::Bool(value) => Pack::Boolean(value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Pack::from(number),
            (_, Some(number)) => Pack::from(number),
            _ => Pack::from(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Pack::from(text),
        Value::Array(values) => Pack::Array(values.into_iter().map(|value| pack(value, attachments)).collect()),
        Value::Object(entries) => {
            let attachment = match (entries.get("_placeholder"), entries.get("num").and_then(Value::as_u64)) {
                (Some(Value::Bool(true)), Some(number)) => usize::try_from(number).ok().and_then(|number| attachments.get(number)),
                _ => None,
            };
            match attachment {
                Some(attachment) => Pack::Binary(attachment.to_vec()),
                None => Pack::Map(entries.into_iter().map(|(key, value)| (Pack::from(key), pack(value, attachments))).collect()),
            }
        }
    }
}

/// A broadcast of another server.
#[derive(Debug, PartialEq)]
pub(crate) struct RemoteBroadcast {
    pub(crate) uid: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// A JSON array, with placeholders.
    pub(crate) args: String,
    pub(crate) attachments: Vec<Bytes>,
    pub(crate) rooms: Vec<String>,
    pub(crate) except: Vec<String>,
}

impl RemoteBroadcast {
    /// Reads a broadcast; `None` when it is none.
    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let message = read(message)?;
        let [uid, packet, options] = message.as_array()?.as_slice() else { return None };
        let (name, args) = get(packet, "data")?.as_array()?.split_first()?;
        let mut attachments = Vec::new();
        let mut json = String::from("[");
        push_list(&mut json, args, &mut attachments);
        json.push(']');
        Some(Self {
            uid: text(uid)?,
            namespace: get(packet, "nsp").and_then(text).unwrap_or_else(|| "/".to_owned()),
            name: text(name)?,
            args: json,
            attachments,
            rooms: get(options, "rooms").map(texts).unwrap_or_default(),
            except: get(options, "except").map(texts).unwrap_or_default(),
        })
    }
}

/// Reads MessagePack that does not nest too deep.
fn read(mut message: &[u8]) -> Option<Pack> {
    rmpv::decode::read_value_with_max_depth(&mut message, DEPTH).ok()
}

/// Reads a request or answer, JSON or MessagePack; what is binary in it is replaced by placeholders.
pub(crate) fn read_any(message: &[u8]) -> Option<(Value, Vec<Bytes>)> {
    let mut attachments = Vec::new();
    if message.first() == Some(&b'{') {
        return Some((serde_json::from_slice(message).ok()?, attachments));
    }
    let mut json = String::new();
    push_json(&mut json, &read(message)?, &mut attachments);
    Some((serde_json::from_str(&json).ok()?, attachments))
}

fn get<'a>(map: &'a Pack, key: &str) -> Option<&'a Pack> {
    map.as_map()?.iter().find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value)
}

/// Text, or a number, which Node lets be the name of a room.
fn text(value: &Pack) -> Option<String> {
    match value {
        Pack::String(text) => text.as_str().map(str::to_owned),
        Pack::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn texts(values: &Pack) -> Vec<String> {
    values.as_array().into_iter().flatten().filter_map(text).collect()
}

fn push_list(json: &mut String, values: &[Pack], attachments: &mut Vec<Bytes>) {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        push_json(json, value, attachments);
    }
}

/// MessagePack to JSON with placeholders, as JavaScript would write it.
fn push_json(json: &mut String, value: &Pack, attachments: &mut Vec<Bytes>) {
    match value {
        Pack::Nil => json.push_str("null"),
        Pack::Boolean(value) => json.push_str(if *value { "true" } else { "false" }),
        Pack::Integer(number) => json.push_str(&number.to_string()),
        Pack::F32(number) => push_float(json, f64::from(*number)),
        Pack::F64(number) => push_float(json, *number),
        Pack::String(text) => push_text(json, &String::from_utf8_lossy(text.as_bytes())),
        Pack::Binary(bytes) => push_attachment(json, bytes, attachments),
        Pack::Array(values) => {
            json.push('[');
            push_list(json, values, attachments);
            json.push(']');
        }
        Pack::Map(entries) => push_map(json, entries, attachments),
        Pack::Ext(kind, bytes) => push_extension(json, *kind, bytes, attachments),
    }
}

fn push_map(json: &mut String, entries: &[(Pack, Pack)], attachments: &mut Vec<Bytes>) {
    json.push('{');
    let mut first = true;
    for (key, value) in entries {
        let Some(key) = text(key) else { continue };
        if is_undefined(value) {
            continue;
        }
        if !std::mem::take(&mut first) {
            json.push(',');
        }
        push_text(json, &key);
        json.push(':');
        push_json(json, value, attachments);
    }
    json.push('}');
}

/// What Node's encoder writes for `undefined`.
fn is_undefined(value: &Pack) -> bool {
    matches!(value, Pack::Ext(0, bytes) if bytes.as_slice() == [0])
}

fn push_float(json: &mut String, number: f64) {
    // No number at all is `null` in JavaScript's JSON, and in this one.
    json.push_str(&Value::from(number).to_string());
}

fn push_text(json: &mut String, text: &str) {
    json.push_str(&Value::from(text).to_string());
}

fn push_attachment(json: &mut String, bytes: &[u8], attachments: &mut Vec<Bytes>) {
    json.push_str(&format!("{{\"_placeholder\":true,\"num\":{}}}", attachments.len()));
    attachments.push(Bytes::copy_from_slice(bytes));
}

/// Dates and array buffers.
fn push_extension(json: &mut String, kind: i8, bytes: &[u8], attachments: &mut Vec<Bytes>) {
    match (kind, bytes) {
        (0, [0]) => json.push_str("null"),
        (-1, _) => match date(bytes) {
            Some(date) => push_text(json, &date),
            None => json.push_str("null"),
        },
        _ => push_attachment(json, bytes, attachments),
    }
}

/// A MessagePack timestamp as JavaScript writes dates, in UTC with milliseconds.
fn date(bytes: &[u8]) -> Option<String> {
    let (seconds, nanos) = match bytes.len() {
        4 => (i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 0),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            (i64::try_from(both & 0x3_ffff_ffff).ok()?, u32::try_from(both >> 34).ok()?)
        }
        12 => (i64::from_be_bytes(bytes[4..].try_into().ok()?), u32::from_be_bytes(bytes[..4].try_into().ok()?)),
        _ => return None,
    };
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second) = moment.to_hms();
    Some(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", u8::from(month), nanos / 1_000_000))
}
