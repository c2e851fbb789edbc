//! Why an item is recommended: how much each thing a person likes adds to its score.

use super::factors::Factored;
use super::matrix::Row;
use super::model::Model;
use super::profile::{OF_LATE, Profile};
use super::walks::pairs;
use tutti_vectors::kernels::dots;

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// What the person likes.
    pub item: u32,
    /// What it adds to the score.
    pub score: f32,
}

/// The parts of an item's score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// One for everything the person likes, in the profile's order.
    pub shares: Vec<Share>,
    /// What the charts add.
    pub charts: f32,
}

impl Why {
    /// The `count` largest shares above 0, largest first.
    pub fn largest(&self, count: usize) -> Vec<Share> {
        let mut out: Vec<Share> = self.shares.iter().filter(|share| share.score > 0.0).copied().collect();
        let largest_first = |a: &Share, b: &Share| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item));
        if count < out.len() {
            out.select_nth_unstable_by(count, largest_first);
            out.truncate(count);
        }
        out.sort_unstable_by(largest_first);
        out
    }

    /// The whole score.
    pub fn total(&self) -> f32 {
        self.shares.iter().map(|share| share.score).sum::<f32>() + self.charts
    }
}

impl Model {
    /// How much everything in a profile adds to an item's score. The parts of the factors' score are exact (Hu, Koren, Volinsky 2008):
    /// `s_ui = sum_j c_uj t_uj hᵢᵀ A_u⁻¹ h_j`, with `A_u` the matrix the person's vector solves. O(n d² + d³).
    pub fn why(&self, profile: &Profile, item: u32) -> Why {
        self.whys(profile, &[item]).pop().unwrap_or_default()
    }

    /// The same for several items, which costs less than one by one: what the person likes is fetched once.
    pub fn whys(&self, profile: &Profile, items: &[u32]) -> Vec<Why> {
        let known = profile.known();
        let mut factors = self.factor_parts(known, items);
        if let Some(newest) = &profile.newest {
            let newest = newest.row(0);
            let of_newest = self.factor_parts(newest, items);
            factors.iter_mut().for_each(|part| *part *= 1.0 - OF_LATE);
            for (place, liked) in newest.columns.iter().enumerate() {
                let Ok(at) = known.columns.binary_search(liked) else { continue };
                for item in 0..items.len() {
                    factors[item * known.columns.len() + at] += OF_LATE * of_newest[item * newest.columns.len() + place];
                }
            }
        }
        let n = known.columns.len();
        let deviation = self.deviation(&profile.vector).max(f32::MIN_POSITIVE);
        let of = |(at, item): (usize, &u32)| {
            let factors = &factors[at * n..(at + 1) * n];
            let likes = pairs(known).zip(factors).filter(|((_, value), _)| *value > 0.0);
            let mut shares: Vec<Share> = likes.map(|((liked, _), part)| Share { item: liked, score: part / deviation }).collect();
            for step in profile.steps_to(*item) {
                if let Ok(at) = shares.binary_search_by_key(&step.liked, |share| share.item) {
                    shares[at].score += step.part;
                }
            }
            Why { shares, charts: profile.charts * self.charts().get(*item as usize).copied().unwrap_or(0.0) }
        };
        items.iter().enumerate().map(of).collect()
    }

    /// What each interaction adds to the inner product of the vector they fold in to and each item's, item after item; 0 for what is
    /// skipped.
    fn factor_parts(&self, known: Row<'_>, wanted: &[u32]) -> Vec<f32> {
        let rows = self.gathered(known.columns);
        let ridge = self.settings().ridge(known.confidence(), self.items().len() as f32);
        let diagonal: Vec<f32> = self.spectrum().iter().map(|g| g * self.settings().unobserved + ridge).collect();
        let factored = Factored::of(&rows, known.values, &diagonal);
        let mut out = vec![0.0; wanted.len() * known.columns.len()];
        for (item, out) in wanted.iter().zip(out.chunks_exact_mut(known.columns.len().max(1))) {
            let Some(vector) = self.item(*item) else { continue };
            let mut solved = vector.to_vec();
            factored.solve(&mut solved);
            dots(&rows, &solved, out);
            out.iter_mut().zip(known.values).for_each(|(part, confidence)| *part *= confidence.max(0.0));
        }
        out
    }
}
