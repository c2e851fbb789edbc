//! Why an item is recommended: how much each thing a user likes adds to its score.

use crate::factors::Factored;
use crate::math::matrix::Row;
use crate::math::matrix::pairs;
use crate::model::Model;
use crate::recommend::{Profile, RECENT_WEIGHT};
use tutti_vectors::kernels::dots;

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// What the user likes.
    pub item: u32,
    /// What it adds to the score.
    pub score: f32,
}

/// The parts of an item's score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// One for everything the user likes, in the profile's order.
    pub contributions: Vec<Contribution>,
    /// What the popularity prior add.
    pub popularity_prior: f32,
}

impl Explanation {
    /// The `count` largest shares above 0, largest first.
    pub fn largest(&self, count: usize) -> Vec<Contribution> {
        let mut out: Vec<Contribution> = self.contributions.iter().filter(|share| share.score > 0.0).copied().collect();
        let largest_first = |a: &Contribution, b: &Contribution| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item));
        if count < out.len() {
            out.select_nth_unstable_by(count, largest_first);
            out.truncate(count);
        }
        out.sort_unstable_by(largest_first);
        out
    }

    /// The whole score.
    pub fn total(&self) -> f32 {
        self.contributions.iter().map(|share| share.score).sum::<f32>() + self.popularity_prior
    }
}

impl Model {
    /// How much everything in a profile adds to an item's score. The parts of the factors' score are exact (Hu, Koren, Volinsky 2008):
    /// `s_ui = sum_j c_uj t_uj hᵢᵀ A_u⁻¹ h_j`, with `A_u` the matrix the user's vector solves. O(n d² + d³).
    pub fn explain(&self, profile: &Profile, item: u32) -> Explanation {
        self.explain_all(profile, &[item]).pop().unwrap_or_default()
    }

    /// The same for several items, which costs less than one by one: what the user likes is fetched once.
    pub fn explain_all(&self, profile: &Profile, items: &[u32]) -> Vec<Explanation> {
        let known = profile.known();
        let mut factors = self.factor_parts(known, items);
        if let Some(recent) = &profile.recent {
            let recent = recent.row(0);
            let of_recent = self.factor_parts(recent, items);
            factors.iter_mut().for_each(|part| *part *= 1.0 - RECENT_WEIGHT);
            for (place, liked) in recent.columns.iter().enumerate() {
                let Ok(at) = known.columns.binary_search(liked) else { continue };
                for item in 0..items.len() {
                    factors[item * known.columns.len() + at] += RECENT_WEIGHT * of_recent[item * recent.columns.len() + place];
                }
            }
        }
        let n = known.columns.len();
        let deviation = self.deviation(&profile.vector).max(f32::MIN_POSITIVE);
        let of = |(at, item): (usize, &u32)| {
            let factors = &factors[at * n..(at + 1) * n];
            let likes = pairs(known).zip(factors).filter(|((_, value), _)| *value > 0.0);
            let mut contributions: Vec<Contribution> =
                likes.map(|((liked, _), part)| Contribution { item: liked, score: part / deviation }).collect();
            for step in profile.terms_to(*item) {
                if let Ok(at) = contributions.binary_search_by_key(&step.liked, |share| share.item) {
                    contributions[at].score += step.part;
                }
            }
            Explanation {
                contributions,
                popularity_prior: profile.popularity_weight * self.popularity_prior().get(*item as usize).copied().unwrap_or(0.0),
            }
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
