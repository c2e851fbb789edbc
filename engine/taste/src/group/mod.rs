//! Songs for a group: candidates from each member, one list by a [`Strategy`], hard rules before and softer ones after it, and a reason for
//! each pick. Numbers and profiles come in; names and accounts are the caller's.

mod exhaustive;
mod next_picks;
mod picks;
mod rules;
mod score_table;
mod selection;
mod sequence;
mod strategy;

pub use picks::{Group, Member, Pick, SatisfiedMember, Search};
pub use rules::{Played, Rules};
pub use sequence::Sequence;
pub use strategy::{Ballot, Strategy};

#[cfg(test)]
mod tests;
