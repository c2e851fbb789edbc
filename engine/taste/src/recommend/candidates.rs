//! The few items out of all that are worth a closer look for one user: the fast path.

use rayon::prelude::*;

use crate::model::{Model, SCAN_LIMIT};
use crate::recommend::Profile;
use tutti_vectors::{Neighbour, Scope};
use tutti_vectors::{Scored, TopK};

/// Results of the item-item model looked at, for each candidate wanted.
const ITEM_ITEM_SEEDS: usize = 2;

/// Which items may come up.
pub type Allowed<'a> = &'a (dyn Fn(u32) -> bool + Sync);

impl Model {
    /// Some `wanted` of the best items for each profile with their scores, best first: the nearest by factors, what the item-item model finds, and for
    /// users of whom little is known the popularity prior, of those allowed. What the profile knows is not left out here.
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
            found.extend(best_item_item(profile, ITEM_ITEM_SEEDS * wanted, allowed));
            if profile.popularity_weight > 0.0 {
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
    pub fn exhaustive_candidates(&self, profile: &Profile, wanted: usize, allowed: Allowed<'_>) -> Vec<(u32, f32)> {
        let mut scores = self.score_all(profile);
        for (item, score) in scores.iter_mut().enumerate() {
            if !allowed(item as u32) {
                *score = f32::NEG_INFINITY;
            }
        }
        tutti_vectors::top_k(&scores, wanted).into_iter().map(|item| (item, scores[item as usize])).collect()
    }

    /// The percentile of each item's score among the profile's scores of the catalogue, 0 to 1, estimated from a sample of a thousand.
    pub fn percentiles(&self, profile: &Profile, items: &[u32]) -> Vec<f32> {
        let mut sample = self.sample_scores(profile);
        sample.sort_unstable_by(f32::total_cmp);
        let below = |score: f32| sample.partition_point(|other| *other < score) as f32 / sample.len().max(1) as f32;
        self.score(profile, items).into_iter().map(below).collect()
    }

    /// The `k` items with the largest inner products with a vector: for venues and other tastes that are no user's.
    pub fn best_for_vector(&self, vector: &[f32], k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        self.items().search(vector, k, &Scope::Where(allowed)).into_iter().map(|near| near.id).collect()
    }

    /// The same of items that nobody likes yet, which have a vector from their content alone.
    pub(crate) fn best_unheard(&self, vector: &[f32], k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        let popularity = self.popularity();
        let wanted = |item: u32| popularity.get(item as usize) == Some(&0) && allowed(item);
        let found = match self.unheard() {
            // Looking for the few that pass among all would read every list.
            few if few.len() <= SCAN_LIMIT => {
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

/// The `wanted` best results of the item-item model that are allowed.
fn best_item_item(profile: &Profile, wanted: usize, allowed: Allowed<'_>) -> impl Iterator<Item = u32> {
    let mut best = TopK::new(wanted);
    for (item, part) in &profile.item_item_scores {
        // Whether one is allowed is asked last: most are never among the best.
        if *part >= best.threshold() && allowed(*item) {
            best.push(Scored { score: *part, id: *item });
        }
    }
    best.into_sorted().into_iter().map(|scored| scored.id)
}
