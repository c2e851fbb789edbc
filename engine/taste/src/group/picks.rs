//! A group, what it asks for, and the picks it gets.

use std::collections::HashSet;

use super::Strategy;
use super::choice::Choice;
use super::rules::{Compiled, Played, Rules};
use super::table::Table;
use crate::model::Model;
use crate::profile::Profile;
use crate::why::Share;
use crate::{Allowed, Result, TasteError};

/// Somebody in a group.
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
    pub pleased: Vec<Pleased>,
    /// Whether it was picked because somebody was due.
    pub due: bool,
}

/// A member whom a pick is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Pleased {
    /// The member's place in the group.
    pub member: usize,
    /// The member's score of the pick, in deviations of the member's scores.
    pub score: f32,
    /// The chance that the member is pleased.
    pub chance: f32,
    /// What the member likes that adds most to it, largest first; the pick itself may be among it.
    pub because: Vec<Share>,
}

impl Group {
    fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(TasteError::BadRequest(what.to_owned()));
        if self.members.is_empty() {
            return wrong("a group without members cannot be recommended anything");
        }
        if self.members.iter().any(|member| !member.weight.is_finite() || member.weight <= 0.0) {
            return wrong("a member's weight is a number above 0");
        }
        self.rules.mistake().map_or(Ok(()), |what| Err(TasteError::BadRequest(what)))
    }
}

impl Model {
    /// The next `k` songs for a group, in order; fewer when no more are allowed. `allowed` is what the caller's filters say.
    ///
    /// # Errors
    /// [`TasteError::BadRequest`] for an empty group, weights that are none, or rules that contradict themselves.
    pub fn group_picks(&self, group: &Group, k: usize, search: Search, allowed: Allowed<'_>) -> Result<Vec<Pick>> {
        group.check()?;
        let rules = Compiled::new(&group.rules, self, &group.played);
        // A dislike by anybody keeps a song out.
        let mut out: Vec<u32> =
            group.members.iter().flat_map(|member| member.vetoes.iter().copied().chain(disliked(&member.profile))).collect();
        if !group.include_known {
            out.extend(group.members.iter().flat_map(|member| member.profile.known().columns));
        }
        out.sort_unstable();
        let open = |item: u32| out.binary_search(&item).is_err() && rules.allow(item) && allowed(item);
        // All of it on one of rayon's threads: going there from outside for each step would cost more than most steps.
        Ok(rayon::scope(|_| {
            let table = Table::new(self, group, k, search, &rules, &open);
            Choice::new(&table).picks(k)
        }))
    }
}

/// What a person does not want to hear: a dislike, not a mere skip.
fn disliked(profile: &Profile) -> impl Iterator<Item = u32> {
    let row = profile.known();
    row.columns.iter().zip(row.values).filter(|(_, value)| **value <= DISLIKE).map(|(item, _)| *item)
}

/// The confidence from which a dislike is more than a skip.
const DISLIKE: f32 = -5.0;
