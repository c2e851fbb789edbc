//! Why an item is recommended: how much each thing a person likes adds to its score.

use super::factors::{Fitting, Problem, Solver};
use super::matrix::Row;
use super::model::Model;
use super::profile::Profile;
use super::walks::pairs;
use crate::kernels::dots;

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
        out.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        out.truncate(count);
        out
    }

    /// The whole score.
    pub fn total(&self) -> f32 {
        self.shares.iter().map(|share| share.score).sum::<f32>() + self.charts
    }
}

impl Model {
    /// How much everything in a profile adds to an item's score. The parts of the factors' score are exact (Hu, Koren, Volinsky 2008):
    /// `s_ui = sum_j c_uj t_uj hᵢᵀ A_u⁻¹ h_j`, with `A_u` the matrix the person's vector solves. O(n d) a step of some ten, or O(n² d)
    /// for short profiles.
    pub fn why(&self, profile: &Profile, item: u32) -> Why {
        let Some(vector) = self.item(item) else { return Why::default() };
        let (items, known) = (self.items(), profile.known());
        let positions: Vec<u32> = known.columns.iter().map(|item| items.positions()[*item as usize]).collect();
        let ridge = self.settings().ridge(known.confidence(), items.len() as f32);
        let diagonal: Vec<f32> = self.spectrum().iter().map(|g| g * self.settings().unobserved + ridge).collect();
        // A⁻¹ h: the minimum with every target 0 and a prior of h through the ridge.
        let without_targets: Vec<f32> = known.values.iter().map(|value| -value.abs()).collect();
        let prior: Vec<f32> = vector.iter().map(|value| value / ridge).collect();
        let row = Row { columns: &positions, values: &without_targets };
        let mut solved = vec![0.0; vector.len()];
        Fitting::finely().solve(&Problem { fixed: items.rows(), row, diagonal: &diagonal, ridge, prior: Some(&prior) }, &mut solved);
        let deviation = self.deviation(&profile.vector).max(f32::MIN_POSITIVE);
        let walked: f32 = profile.walk_part(item);
        let steps: Vec<f32> = pairs(known).map(|(liked, value)| if value > 0.0 { self.walk_step(liked, item) } else { 0.0 }).collect();
        let all_steps: f32 = steps.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let shares = pairs(known).zip(steps).filter(|((_, value), _)| *value > 0.0).map(|((liked, confidence), step)| {
            let mut inner = [0.0];
            dots(self.item(liked).unwrap_or(&[]), &solved, &mut inner);
            Share { item: liked, score: confidence * inner[0] / deviation + walked * step / all_steps }
        });
        Why { shares: shares.collect(), charts: profile.charts * self.charts().get(item as usize).copied().unwrap_or(0.0) }
    }

    /// The weight of the walk from one item to another.
    fn walk_step(&self, from: u32, to: u32) -> f32 {
        let row = self.walks().row(from as usize);
        row.columns.binary_search(&to).map_or(0.0, |at| row.values[at])
    }
}
