//! Songs for a group: candidates from each member, one list by a [`Strategy`], hard rules before and softer ones after it, and a reason for
//! each pick. Numbers and profiles come in; names and accounts are the caller's.

mod picks;
mod rules;
mod sequence;
mod strategy;

pub(crate) use picks::cosine;
pub use picks::{Group, Member, Pick, Pleased, Search};
pub use rules::{Played, Rules};
pub use sequence::Sequence;
pub use strategy::{Ballot, Strategy};

#[cfg(test)]
mod tests;
