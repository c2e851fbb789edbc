//! What people did: every op with all its answers, so that it can be sent again and looked up in the log at the end.

use std::sync::Mutex;

use serde_json::{Value, json};

/// One op.
#[derive(Clone, Debug)]
pub(super) struct OpRecord {
    pub(super) room: String,
    /// The event's name.
    pub(super) name: String,
    /// The op's id; empty when the server chose it.
    pub(super) op: String,
    pub(super) payload: Value,
    /// Sent with the picture as an attachment, so that only such a sending is the same op.
    pub(super) binary: bool,
    /// Where it is in the log, by its first good answer.
    pub(super) seq: Option<u64>,
    /// Its first good answer.
    pub(super) answer: Value,
    /// It was sent and the answer is unknown: it may be in the log.
    pub(super) unconfirmed: bool,
    /// How often it was sent.
    pub(super) tries: usize,
    /// Why it was refused, with what its sender had seen before and after.
    pub(super) refusals: Vec<RefusedOp>,
}

/// One refusal.
#[derive(Clone, Debug)]
pub(super) struct RefusedOp {
    pub(super) code: String,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Codes that any op may get whatever it is, by the order of checks: those come before "op seen before".
const EARLIER: &[&str] = &["RATE_LIMITED", "NOT_IN_ROOM", "FORBIDDEN", "BUSY"];

impl OpRecord {
    pub(super) fn new(room: &str, name: &str, op: String, mut payload: Value) -> OpRecord {
        payload["op"] = json!(op);
        payload["room"] = json!(room);
        let (room, name) = (room.to_owned(), name.to_owned());
        OpRecord {
            room,
            name,
            op,
            payload,
            binary: false,
            seq: None,
            answer: Value::Null,
            unconfirmed: false,
            tries: 0,
            refusals: Vec::new(),
        }
    }

    /// Takes an answer in. `from` and `to` are what its sender had seen before and after.
    ///
    /// # Errors
    /// Why it cannot be right.
    pub(super) fn receive(&mut self, answer: &Value, from: u64, to: u64) -> Result<(), String> {
        let again = self.tries > 1;
        if answer["ok"] == json!(true) {
            let duplicate = answer["duplicate"] == json!(true);
            match (answer["seq"].as_u64(), self.seq) {
                (Some(seq), Some(known)) if seq != known => return Err(format!("was {known} and is now {seq}")),
                (Some(_), Some(_)) if !duplicate => return Err("repeated without `duplicate`".to_owned()),
                (Some(_), None) if duplicate && !again => return Err("`duplicate` at the first time".to_owned()),
                (Some(seq), _) if answer["rev"].as_u64() < Some(seq) => return Err(format!("`rev` is less than `seq`: {answer}")),
                (Some(_), Some(_)) => {}
                (Some(seq), None) => (self.seq, self.answer) = (Some(seq), answer.clone()),
                (None, Some(_)) => return Err(format!("a repetition without `seq`: {answer}")),
                (None, None) if answer["unchanged"] == json!(true) => {}
                (None, None) => return Err(format!("neither `seq` nor `unchanged`: {answer}")),
            }
            return Ok(());
        }
        let code = answer["error"]["code"].as_str().ok_or_else(|| format!("neither ok nor an error: {answer}"))?.to_owned();
        if !answer["error"]["message"].is_string() {
            return Err(format!("an error without a message: {answer}"));
        }
        if self.seq.is_some() && !EARLIER.contains(&&*code) {
            return Err(format!("in the log, and repeated it is {code}"));
        }
        // Whether it was written may not be known to the server either.
        self.unconfirmed |= code == "BUSY";
        self.refusals.push(RefusedOp { code, from, to });
        Ok(())
    }
}

/// A user with one or more clients.
pub(super) struct User {
    pub(super) id: String,
    pub(super) token: String,
    /// May be sent out of rooms, and leaves them.
    pub(super) may_leave: bool,
    /// What the user did; an op that is being sent is not in here.
    pub(super) records: Mutex<Vec<OpRecord>>,
}

impl User {
    /// Takes out a op that fits, to be sent again.
    pub(super) fn take(&self, at: usize, fits: impl Fn(&OpRecord) -> bool) -> Option<OpRecord> {
        let mut records = self.records.lock().expect("no thread failed");
        let fitting: Vec<usize> = records.iter().enumerate().filter(|(_, record)| fits(record)).map(|(index, _)| index).collect();
        if fitting.is_empty() {
            return None;
        }
        Some(records.swap_remove(fitting[at % fitting.len()]))
    }

    /// What was acknowledged in a room behind a number, with the user's id.
    pub(super) fn acked(&self, room: &str, behind: u64) -> Vec<(&str, OpRecord)> {
        let records = self.records.lock().expect("no thread failed");
        records.iter().filter(|record| record.room == room && record.seq > Some(behind)).map(|record| (&*self.id, record.clone())).collect()
    }

    pub(super) fn keep(&self, record: OpRecord) {
        self.records.lock().expect("no thread failed").push(record);
    }
}
