//! What people did: every op with all its answers, so that it can be sent again and looked up in the log at the end.

use std::sync::Mutex;

use serde_json::{Value, json};

/// One op.
#[derive(Clone, Debug)]
pub(super) struct Deed {
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
    pub(super) unsure: bool,
    /// How often it was sent.
    pub(super) tries: usize,
    /// Why it was refused, with what its sender had seen before and after.
    pub(super) refusals: Vec<Refused>,
}

/// One refusal.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Codes that any op may get whatever it is, by the order of checks: those come before "op seen before".
const EARLIER: &[&str] = &["RATE_LIMITED", "NOT_IN_ROOM", "FORBIDDEN", "BUSY"];

impl Deed {
    pub(super) fn new(room: &str, name: &str, op: String, mut payload: Value) -> Deed {
        payload["op"] = json!(op);
        payload["room"] = json!(room);
        let (room, name) = (room.to_owned(), name.to_owned());
        Deed { room, name, op, payload, binary: false, seq: None, answer: Value::Null, unsure: false, tries: 0, refusals: Vec::new() }
    }

    /// Takes an answer in. `from` and `to` are what its sender had seen before and after.
    ///
    /// # Errors
    /// Why it cannot be right.
    pub(super) fn hear(&mut self, answer: &Value, from: u64, to: u64) -> Result<(), String> {
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
        self.unsure |= code == "BUSY";
        self.refusals.push(Refused { code, from, to });
        Ok(())
    }
}

/// Somebody with one or more devices.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) token: String,
    /// May be sent out of rooms, and leaves them.
    pub(super) wanders: bool,
    /// What he did; an op that is being sent is not in here.
    pub(super) deeds: Mutex<Vec<Deed>>,
}

impl Person {
    /// Takes out a deed that fits, to be sent again.
    pub(super) fn take(&self, at: usize, fits: impl Fn(&Deed) -> bool) -> Option<Deed> {
        let mut deeds = self.deeds.lock().expect("no thread failed");
        let fitting: Vec<usize> = deeds.iter().enumerate().filter(|(_, deed)| fits(deed)).map(|(index, _)| index).collect();
        if fitting.is_empty() {
            return None;
        }
        Some(deeds.swap_remove(fitting[at % fitting.len()]))
    }

    /// What was acknowledged in a room behind a number, with his id.
    pub(super) fn acked(&self, room: &str, behind: u64) -> Vec<(&str, Deed)> {
        let deeds = self.deeds.lock().expect("no thread failed");
        deeds.iter().filter(|deed| deed.room == room && deed.seq > Some(behind)).map(|deed| (&*self.id, deed.clone())).collect()
    }

    pub(super) fn keep(&self, deed: Deed) {
        self.deeds.lock().expect("no thread failed").push(deed);
    }
}
