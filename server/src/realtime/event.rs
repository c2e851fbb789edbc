//! An event as a handler gets it.

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Ack;

/// What a client sent. The arguments are known to be JSON, and not parsed further: a handler does that once, into the type it wants.
#[derive(Debug)]
pub(crate) struct Event {
    /// The name; never one of those the library keeps for itself.
    pub(crate) name: String,
    /// The arguments as they were written. Attachments are `{"_placeholder":true,"num":n}` in them.
    pub(crate) args: Vec<Box<RawValue>>,
    /// The attachments, in order.
    pub(crate) attachments: Vec<Bytes>,
    /// Bytes of the text packet.
    pub(crate) size: usize,
    /// How to answer, when the client asked for an answer.
    pub(crate) ack: Option<Ack>,
}

impl Event {
    /// The first argument; `None` when there is none, or it nests deeper than 127 levels.
    pub(crate) fn value(&self) -> Option<Value> {
        serde_json::from_str(self.args.first()?.get()).ok()
    }

    /// The arguments as one JSON array.
    pub(crate) fn args_json(&self) -> String {
        array(&self.args)
    }
}

/// What a client answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// The arguments as they were written.
    pub(super) args: Vec<Box<RawValue>>,
    /// The attachments, in order.
    pub(super) attachments: Vec<Bytes>,
}

/// Puts raw values into one JSON array.
pub(super) fn array(values: &[Box<RawValue>]) -> String {
    let mut json = String::with_capacity(values.iter().map(|value| value.get().len() + 1).sum::<usize>() + 2);
    json.push('[');
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        json.push_str(value.get());
    }
    json.push(']');
    json
}
