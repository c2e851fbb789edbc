//! A group, what it asks for, and the picks it gets.

use std::collections::HashSet;

use super::Strategy;
use super::rules::{Played, Rules};
use crate::recommend::Contribution;
use crate::recommend::Profile;
use crate::{Result, TasteError};

/// A user in a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// Tastes.
    pub profile: Profile,
    /// What the member counts beside the others; above 0.
    pub weight: f32,
    /// What must not be played while the member is there.
    pub vetoes: HashSet<u32>,
    /// How many of the last picks the member was there for; none for all of them. Picks before count as if the member had got what the
    /// others got on average, so nobody is owed the whole evening.
    pub present: Option<usize>,
}

impl Member {
    /// A member who counts like everybody.
    pub fn new(profile: Profile) -> Member {
        Member { profile, weight: 1.0, vetoes: HashSet::new(), present: None }
    }
}

/// A group and what it asks for.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Who is there.
    pub members: Vec<Member>,
    /// How their opinions become one.
    pub strategy: Strategy,
    /// What the host asks for.
    pub rules: Rules,
    /// What was played, the last one last.
    pub played: Vec<Played>,
    /// Whether songs that members already know may come up: at a party they should, in a test of finding new ones not.
    pub include_known: bool,
}

/// How candidates are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// The best of each member.
    #[default]
    Fast,
    /// Every song is scored for every member: the oracle.
    Exact,
}

/// A song picked.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Which.
    pub item: u32,
    /// Its value when it was picked, 1 for the best that the strategy found at that place.
    pub value: f32,
    /// Who it is for, who gains most first.
    pub satisfied: Vec<SatisfiedMember>,
    /// Whether it was picked because a user was due.
    pub due: bool,
}

/// A member whom a pick is for.
#[derive(Clone, Debug, PartialEq)]
pub struct SatisfiedMember {
    /// The member's place in the group.
    pub member: usize,
    /// The member's score of the pick, in deviations of the member's scores.
    pub score: f32,
    /// The chance that the member is pleased.
    pub chance: f32,
    /// What the member likes that adds most to it, largest first; the pick itself may be among it.
    pub because: Vec<Contribution>,
}

impl Group {
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(TasteError::BadRequest(what.to_owned()));
        if self.members.is_empty() {
            return wrong("a group without members cannot be recommended anything");
        }
        if self.members.iter().any(|member| !member.weight.is_finite() || member.weight <= 0.0) {
            return wrong("a member's weight is a number above 0");
        }
        self.rules.validate()
    }
}
