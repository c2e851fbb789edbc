//! The few items out of all that are worth a closer look for one person: the fast path.

use rayon::prelude::*;

use super::model::Model;
use super::profile::Profile;
use tutti_vectors::{Neighbour, Scope};
use tutti_vectors::{Scored, TopK};

/// Ends of walks looked at, for each candidate wanted.
const WALKED: usize = 2;

/// Up to this many items are simply compared one by one.
pub(super) const FEW: usize = 4096;

/// Which items may come up.
pub type Allowed<'a> = &'a (dyn Fn(u32) -> bool + Sync);

impl Model {
    /// Some `wanted` of the best items for each profile with their scores, best first: the nearest by factors, where walks end, and for
    /// people of whom little is known the charts, of those allowed. What the profile knows is not left out here.
    ///
    /// A scan in lists (see [`tutti_vectors`]) and a few hundred inner products each; not one comparison for each item.
    pub fn candidates(&self, profiles: &[&Profile], wanted: usize, allowed: Allowed<'_>) -> Vec<Vec<(u32, f32)>> {
        let known: Vec<&Profile> = profiles.iter().copied().filter(|profile| !profile.is_empty()).collect();
        let queries: Vec<f32> = known.iter().flat_map(|profile| profile.scaled.iter().copied()).collect();
        let mut near = self.items().search_each(&queries, wanted, &Scope::Where(allowed)).into_iter();
        let near: Vec<Vec<Neighbour>> =
            profiles.iter().map(|profile| if profile.is_empty() { Vec::new() } else { near.next().unwrap_or_default() }).collect();
        let with_others = |(profile, near): (&&Profile, Vec<Neighbour>)| {
            let mut found: Vec<u32> = near.into_iter().map(|near| near.id).collect();
            found.extend(walk_ends(profile, WALKED * wanted, allowed));
            if profile.charts > 0.0 {
                found.extend(self.most_popular().iter().filter(|item| allowed(**item)).take(2 * wanted));
            }
            found.sort_unstable();
            found.dedup();
            let mut scored: Vec<(u32, f32)> = found.iter().copied().zip(self.score_rows(profile, &found, &self.gathered(&found))).collect();
            scored.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            scored.truncate(wanted);
            scored
        };
        profiles.par_iter().zip(near).map(with_others).collect()
    }

    /// The same by scoring every item: the oracle of [`Model::candidates`]. O(items d).
    pub fn exact_candidates(&self, profile: &Profile, wanted: usize, allowed: Allowed<'_>) -> Vec<(u32, f32)> {
        let mut scores = self.score_all(profile);
        for (item, score) in scores.iter_mut().enumerate() {
            if !allowed(item as u32) {
                *score = f32::NEG_INFINITY;
            }
        }
        tutti_vectors::top_k(&scores, wanted).into_iter().map(|item| (item, scores[item as usize])).collect()
    }

    /// What part of the catalogue a profile likes less than each of these items, 0 to 1, as a sample of a thousand tells.
    pub fn standing(&self, profile: &Profile, items: &[u32]) -> Vec<f32> {
        let mut sample = self.sample_scores(profile);
        sample.sort_unstable_by(f32::total_cmp);
        let below = |score: f32| sample.partition_point(|other| *other < score) as f32 / sample.len().max(1) as f32;
        self.score(profile, items).into_iter().map(below).collect()
    }

    /// The `k` items with the largest inner products with a vector: for venues and other tastes that are no person's.
    pub fn best_for_vector(&self, vector: &[f32], k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        self.items().search(vector, k, &Scope::Where(allowed)).into_iter().map(|near| near.id).collect()
    }

    /// The same of items that nobody likes yet, which have a vector from their content alone.
    pub(crate) fn best_unheard(&self, vector: &[f32], k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        let popularity = self.popularity();
        let wanted = |item: u32| popularity.get(item as usize) == Some(&0) && allowed(item);
        let found = match self.unheard() {
            // Looking for the few that pass among all would read every list.
            few if few.len() <= FEW => {
                let few: Vec<u32> = few.iter().copied().filter(|item| allowed(*item)).collect();
                self.items().search(vector, k, &Scope::Among(&few))
            }
            _ => self.items().search(vector, k, &Scope::Where(&wanted)),
        };
        found.into_iter().map(|near| near.id).collect()
    }

    /// Scores of a fixed sample of items: what a score is worth beside the catalogue.
    pub(crate) fn sample_scores(&self, profile: &Profile) -> Vec<f32> {
        let (items, rows) = self.sample();
        self.score_rows(profile, items, rows)
    }
}

/// The `wanted` best ends of walks that are allowed.
fn walk_ends(profile: &Profile, wanted: usize, allowed: Allowed<'_>) -> impl Iterator<Item = u32> {
    let mut best = TopK::new(wanted);
    for (item, part) in &profile.walked {
        // Whether one is allowed is asked last: most are never among the best.
        if *part >= best.threshold() && allowed(*item) {
            best.push(Scored { score: *part, id: *item });
        }
    }
    best.into_sorted().into_iter().map(|scored| scored.id)
}
