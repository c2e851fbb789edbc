//! Songs for a group: candidates from each member, one list by a [`Strategy`], hard rules before and softer ones after it, and a reason for
//! each pick. Numbers and profiles come in; names and accounts are the caller's.

mod choice;
mod picks;
mod ruled_out;
mod rules;
mod sequence;
mod strategy;
mod table;

pub use picks::{Group, Member, Pick, Pleased, Search};
pub(crate) use ruled_out::Kept as RuledOut;
pub use rules::{Played, Rules};
pub use sequence::Sequence;
pub use strategy::{Ballot, Strategy};

#[cfg(test)]
mod tests;
