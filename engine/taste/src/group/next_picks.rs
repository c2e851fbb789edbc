//! The next picks for a group: hard rules and vetoes first, then scores of all candidates, then one pick after the other.

use super::picks::{Group, Pick, Search};
use super::rules::CompiledRules;
use super::score_table::ScoreTable;
use super::selection::Selection;
use crate::Result;
use crate::model::Model;
use crate::recommend::{Allowed, Profile};

impl Model {
    /// The next `k` songs for a group, in order; fewer when no more are allowed. `allowed` is what the caller's filters say.
    ///
    /// # Errors
    /// [`crate::TasteError::BadRequest`] for an empty group, weights that are none, or rules that contradict themselves.
    pub fn group_picks(&self, group: &Group, k: usize, search: Search, allowed: Allowed<'_>) -> Result<Vec<Pick>> {
        group.check()?;
        let rules = CompiledRules::new(&group.rules, self, &group.played);
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
            let table = ScoreTable::new(self, group, k, search, &rules, &open);
            Selection::new(&table).picks(k)
        }))
    }
}

/// What a user does not want to hear: a dislike, not a mere skip.
fn disliked(profile: &Profile) -> impl Iterator<Item = u32> {
    let row = profile.known();
    row.columns.iter().zip(row.values).filter(|(_, value)| **value <= DISLIKE).map(|(item, _)| *item)
}

/// The confidence from which a dislike is more than a skip.
const DISLIKE: f32 = -5.0;
