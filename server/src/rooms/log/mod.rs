//! How a room is kept: its log (`journal`) is the truth; `snapshots` bound the replay; `idempotency` knows which ops the log holds,
//! so that one that is sent again is carried out once; `document` and `members` are what is stored beside the log; `published` is the state that
//! the log has led to.

pub(crate) mod document;
mod errors;
pub(crate) mod idempotency;
pub(crate) mod journal;
pub(crate) mod members;
pub(crate) mod published;
pub(crate) mod snapshots;
