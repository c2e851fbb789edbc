//! What is known of one user, ready to score items with: likes and skips, the vector they fold in to, and the item-item
//! scores that follow from the likes.
//!
//! The score of an item is what [`crate::blend`] says. Deviations come in closed form, so scoring a few items costs a few inner products.

use crate::blend::popularity_weight;
use crate::factors::{Settings, fold_in};
use crate::math::matrix::pairs;
use crate::math::matrix::{Matrix, Row};
use crate::model::Model;
use tutti_vectors::kernels::dots;

/// Likes that item-item scores are made from, at most: the strongest.
const ITEM_ITEM_SEEDS: usize = 512;
/// What the most recent likes count in a vector that leans to them.
pub(crate) const RECENT_WEIGHT: f32 = 0.3;

/// What one like adds to the item-item score of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ItemItemTerm {
    /// The item.
    end: u32,
    pub(crate) liked: u32,
    /// What it adds to the score of the end.
    pub(crate) part: f32,
}

/// A user to score items for.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Items and confidences, negative for what is skipped.
    pub(crate) known: Matrix,
    /// The vector.
    pub(crate) vector: Vec<f32>,
    /// The vector over the deviation of its scores.
    pub(crate) scaled: Vec<f32>,
    /// Item-item scores, by item.
    pub(crate) item_item_scores: Vec<(u32, f32)>,
    /// What each like adds to them, by end, then by like.
    pub(crate) steps: Vec<ItemItemTerm>,
    /// The weight of the popularity prior.
    pub(crate) popularity_weight: f32,
    /// The newest of what is known, when the vector leans to it: then it is `(1 - OF_LATE)` of the vector of everything and [`OF_LATE`]
    /// of the vector of these.
    pub(crate) recent: Option<Matrix>,
}

impl Profile {
    /// Items and confidences, ascending by item.
    pub fn known(&self) -> Row<'_> {
        self.known.row(0)
    }

    /// The vector: what a group's or a venue's is made from.
    pub fn vector(&self) -> &[f32] {
        &self.vector
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// What item-item scores add to the score of an item.
    pub(crate) fn item_item_score(&self, item: u32) -> f32 {
        self.item_item_scores.binary_search_by_key(&item, |(end, _)| *end).map_or(0.0, |at| self.item_item_scores[at].1)
    }

    /// The item-item scores that end at an item, by like.
    pub(crate) fn terms_to(&self, item: u32) -> &[ItemItemTerm] {
        let start = self.steps.partition_point(|step| step.end < item);
        let count = self.steps[start..].iter().take_while(|step| step.end == item).count();
        &self.steps[start..start + count]
    }
}

impl Model {
    /// The profile of a user with these interactions: `(item, confidence)`, negative for what is skipped. Items the model does not
    /// know are left out. O(n² d) for `n` interactions up to `d / 3`.
    pub fn profile(&self, interactions: &[(u32, f32)]) -> Profile {
        let m = self.items().len();
        let known = Matrix::of(1, m, interactions.iter().map(|(item, confidence)| (0, *item, *confidence)).collect());
        let vector = self.fold_in(known.row(0));
        self.profile_with(known, vector)
    }

    /// The profile of a user the model knows, as of the training.
    pub fn profile_of(&self, user: u32) -> Option<Profile> {
        let vector = self.user(user)?.to_vec();
        let row = self.known(user);
        let known = Matrix {
            starts: vec![0, row.columns.len() as u64],
            columns: row.columns.to_vec(),
            values: row.values.to_vec(),
            width: self.items().len(),
        };
        Some(self.profile_with(known, vector))
    }

    /// The same for what is wanted now: the vector leans to the newest of the interactions, given again with what each says alone.
    pub fn recent_profile(&self, interactions: &[(u32, f32)], recent: &[(u32, f32)]) -> Profile {
        let all = self.profile(interactions);
        let recent = Matrix::of(1, self.items().len(), recent.iter().map(|(item, confidence)| (0, *item, *confidence)).collect());
        let of_recent = self.fold_in(recent.row(0));
        let vector: Vec<f32> =
            all.vector.iter().zip(of_recent).map(|(all, recent)| (1.0 - RECENT_WEIGHT) * all + RECENT_WEIGHT * recent).collect();
        Profile { scaled: self.scaled(&vector), vector, recent: Some(recent), ..all }
    }

    fn scaled(&self, vector: &[f32]) -> Vec<f32> {
        let deviation = self.deviation(vector);
        vector.iter().map(|value| if deviation > 0.0 { value / deviation } else { 0.0 }).collect()
    }

    fn profile_with(&self, known: Matrix, vector: Vec<f32>) -> Profile {
        let scaled = self.scaled(&vector);
        let steps = self.steps(known.row(0));
        let item_item_scores =
            steps.chunk_by(|a, b| a.end == b.end).map(|steps| (steps[0].end, steps.iter().map(|step| step.part).sum())).collect();
        let likes = known.values.iter().filter(|value| **value > 0.0).count();
        Profile { popularity_weight: popularity_weight(likes), known, vector, scaled, item_item_scores, steps, recent: None }
    }

    /// The vector of a user with these interactions.
    pub(crate) fn fold_in(&self, row: Row<'_>) -> Vec<f32> {
        // The factors lie in the order of the lists; the solver reads them there.
        let positions = self.items().positions();
        let columns: Vec<u32> = row.columns.iter().map(|item| positions[*item as usize]).collect();
        let row = Row { columns: &columns, values: row.values };
        fold_in(self.items().rows(), self.spectrum(), &self.metadata().settings, row)
    }

    /// The standard deviation of a vector's scores over all items: `sqrt(wᵀMw - (w·mean)²)`, `M` the mean of `h hᵀ`. O(d²).
    pub(crate) fn deviation(&self, vector: &[f32]) -> f32 {
        let mut turned = vec![0.0; vector.len()];
        dots(self.moment(), vector, &mut turned);
        let square: f32 = vector.iter().zip(&turned).map(|(value, turned)| value * turned).sum();
        let mean: f32 = vector.iter().zip(self.mean()).map(|(value, mean)| value * mean).sum();
        (square - mean * mean).max(0.0).sqrt()
    }

    /// The item-item scores from the likes of a row, scaled to their part of the score.
    fn steps(&self, row: Row<'_>) -> Vec<ItemItemTerm> {
        let weight = self.metadata().blend.item_item;
        if weight == 0.0 {
            return Vec::new();
        }
        let mut likes: Vec<(u32, f32)> = pairs(row).filter(|(_, value)| *value > 0.0).collect();
        if likes.len() > ITEM_ITEM_SEEDS {
            likes.select_nth_unstable_by(ITEM_ITEM_SEEDS, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            likes.truncate(ITEM_ITEM_SEEDS);
        }
        let item_item = self.item_item();
        let from = |(liked, _): (u32, f32)| pairs(item_item.row(liked as usize)).map(move |(end, part)| ItemItemTerm { end, liked, part });
        let mut steps: Vec<ItemItemTerm> = likes.into_iter().flat_map(from).collect();
        steps.sort_unstable_by_key(|step| u64::from(step.end) << 32 | u64::from(step.liked));
        let m = self.items().len().max(1) as f32;
        let ends = steps.chunk_by(|a, b| a.end == b.end).map(|steps| steps.iter().map(|step| step.part).sum());
        let (sum, squares) = ends.fold((0.0f32, 0.0f32), |(sum, squares), value: f32| (sum + value, squares + value * value));
        let deviation: f32 = (squares / m - (sum / m) * (sum / m)).max(0.0_f32).sqrt();
        if deviation > 0.0 {
            steps.iter_mut().for_each(|step| step.part *= weight / deviation);
        }
        steps
    }

    /// The score of every item, by item. O(m d).
    pub fn score_all(&self, profile: &Profile) -> Vec<f32> {
        let items = self.items();
        let mut by_row = vec![0.0; items.len()];
        dots(items.rows(), &profile.scaled, &mut by_row);
        let mut out = vec![0.0; items.len()];
        for (item, score) in items.ids().iter().zip(by_row) {
            out[*item as usize] = score;
        }
        self.each_extra(profile, |item, part| out[item as usize] += part);
        out
    }

    /// Everything that is added to the factors' part of scores, item by item; an item may come more than once.
    pub(crate) fn each_extra(&self, profile: &Profile, mut add: impl FnMut(u32, f32)) {
        let m = self.items().len() as u32;
        profile.item_item_scores.iter().filter(|(item, _)| *item < m).for_each(|(item, part)| add(*item, *part));
        if profile.popularity_weight > 0.0 {
            self.popularity_prior().iter().zip(0..m).for_each(|(part, item)| add(item, profile.popularity_weight * part));
        }
    }

    /// The score of some items.
    pub fn score(&self, profile: &Profile, items: &[u32]) -> Vec<f32> {
        let mut out = [0.0];
        items
            .iter()
            .map(|item| {
                let Some(vector) = self.item(*item) else { return f32::NEG_INFINITY };
                dots(vector, &profile.scaled, &mut out);
                let popularity_prior = self.popularity_prior().get(*item as usize).copied().unwrap_or(0.0);
                out[0] + profile.item_item_score(*item) + profile.popularity_weight * popularity_prior
            })
            .collect()
    }

    /// The scores of items, ascending, whose vectors lie in `rows` one after the other.
    pub(crate) fn score_rows(&self, profile: &Profile, items: &[u32], rows: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; items.len()];
        dots(rows, &profile.scaled, &mut out);
        let mut item_item_scores = profile.item_item_scores.as_slice();
        for (item, out) in items.iter().zip(&mut out) {
            item_item_scores = &item_item_scores[item_item_scores.partition_point(|(end, _)| end < item)..];
            if let Some((_, part)) = item_item_scores.first().filter(|(end, _)| end == item) {
                *out += part;
            }
        }
        if profile.popularity_weight > 0.0 {
            let popularity_prior = self.popularity_prior();
            items
                .iter()
                .zip(&mut out)
                .for_each(|(item, out)| *out += profile.popularity_weight * popularity_prior.get(*item as usize).unwrap_or(&0.0));
        }
        out
    }

    /// How the factors were made.
    pub fn settings(&self) -> &Settings {
        &self.metadata().settings
    }
}
