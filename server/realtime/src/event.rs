//! An event as a handler gets it.

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Ack;

/// What a client sent. The arguments are known to be JSON, and not parsed further: a handler does that once, into the type it wants.
#[derive(Debug)]
pub struct Event {
    /// The name; never one of those the library keeps for itself.
    pub name: String,
    /// The arguments as they were written. Attachments are `{"_placeholder":true,"num":n}` in them.
    pub args: Vec<Box<RawValue>>,
    /// The attachments, in order.
    pub attachments: Vec<Bytes>,
    /// Bytes of the text packet.
    pub size: usize,
    /// How to answer, when the client asked for an answer.
    pub ack: Option<Ack>,
}

impl Event {
    /// The first argument; `None` when there is none, or it nests deeper than 127 levels.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_str(self.args.first()?.get()).ok()
    }

    /// The arguments as one JSON array.
    pub fn args_json(&self) -> String {
        array(&self.args)
    }
}

/// What a client answered.
#[derive(Debug)]
pub(crate) struct AckPayload {
    /// The arguments as they were written.
    pub(crate) args: Vec<Box<RawValue>>,
    /// The attachments, in order.
    pub(crate) attachments: Vec<Bytes>,
}

/// Puts raw values into one JSON array.
pub(crate) fn array(values: &[Box<RawValue>]) -> String {
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
