//! Songs for a group.
mod sequence;
mod strategy;

pub use sequence::Sequence;
pub use strategy::{Ballot, Strategy};
