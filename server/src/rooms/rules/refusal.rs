//! Why an op is refused: a code, words for people, and what a client may do about it.

use serde_json::{Map, Value, json};

pub(crate) use crate::error_code::ErrorCode as Code;

/// An op that was not carried out. Nothing was logged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// What kind it is.
    pub(crate) code: Code,
    /// What is wrong, naming the field where there is one.
    pub(crate) message: String,
    /// When trying again may help, in milliseconds from now.
    pub(crate) retry_after_ms: Option<u64>,
    /// What else the error carries, such as the item a song already has.
    pub(crate) more: Map<String, Value>,
}

impl Code {
    /// Whether another state of the room could make the same op be carried out.
    pub(crate) fn is_of_state(self) -> bool {
        matches!(
            self,
            Code::Forbidden
                | Code::Banned
                | Code::MemberNotFound
                | Code::ItemNotFound
                | Code::NotFound
                | Code::NotInRoom
                | Code::Conflict
                | Code::DuplicateSong
                | Code::QueueFull
                | Code::MemberLimit
                | Code::Explicit
                | Code::CheckinRequired
                | Code::VetoSpent
                | Code::NotPlaying
                | Code::QueueEmpty
                | Code::ChatOff
                | Code::PicturesOff
                | Code::NothingToPick
        )
    }
}

impl Refusal {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), retry_after_ms: None, more: Map::new() }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(Code::BadRequest, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Refusal {
        Refusal::new(Code::Forbidden, message)
    }

    pub(crate) fn room_not_found() -> Refusal {
        Refusal::new(Code::RoomNotFound, "there is no such room")
    }

    pub(crate) fn not_in_room() -> Refusal {
        Refusal::new(Code::NotInRoom, "join the room first")
    }

    pub(crate) fn room_closed() -> Refusal {
        Refusal::new(Code::RoomClosed, "this room is closed")
    }

    pub(crate) fn no_item(item: &str) -> Refusal {
        Refusal::new(Code::ItemNotFound, format!("`{item}` is not in the queue"))
    }

    pub(crate) fn limited(what: &str, wait: std::time::Duration) -> Refusal {
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Refusal::new(Code::RateLimited, format!("too many {what}; wait a moment")).after(wait)
    }

    pub(crate) fn busy(message: impl Into<String>) -> Refusal {
        Refusal::new(Code::Busy, message).after(500)
    }

    pub(crate) fn internal() -> Refusal {
        Refusal::new(Code::Internal, "something went wrong here, not in the request; nothing was changed")
    }

    /// The same refusal, worth another try after some milliseconds.
    pub(crate) fn after(mut self, milliseconds: u64) -> Refusal {
        self.retry_after_ms = Some(milliseconds);
        self
    }

    /// The same refusal with something more in its error.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Refusal {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The `error` object of an answer.
    pub(crate) fn error(&self) -> Value {
        let mut error = self.more.clone();
        error.insert("code".to_owned(), json!(self.code.as_str()));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(wait) = self.retry_after_ms {
            error.insert("retryAfterMs".to_owned(), json!(wait));
        }
        Value::Object(error)
    }
}
