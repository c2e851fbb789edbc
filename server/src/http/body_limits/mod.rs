//! Request bodies, bounded: what is read of them, and what is done with what nobody reads.

mod discard;
mod read;

pub(super) use discard::discard;
pub(super) use read::{in_time, read};
