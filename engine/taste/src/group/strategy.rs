//! How a group's one list is made from what each member thinks: strategies over a table of scores. Knows neither songs nor rules.
//!
//! A strategy orders places of a [`Ballot`]. Those that look at one candidate at a time give each a score; those that build a list
//! ([`Strategy::is_sequence`]) look at what members got so far.

use crate::blend::chance;

/// How members' opinions become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The weighted mean of min-max scores (Masthoff 2004).
    Average,
    /// The score of who likes it least (PolyLens, O'Connor et al. 2001).
    LeastMisery,
    /// The score of who likes it most (Masthoff 2004).
    MostPleasure,
    /// The average, but what is in anybody's lower half goes last (MusicFX, McCarthy and Anagnost 1998).
    AverageWithoutMisery,
    /// The weighted sum of logarithms of scores: Nash's product (Masthoff 2004).
    Multiplicative,
    /// Points for ranks over all candidates.
    Borda,
    /// Members in turn take the best of what is left, who got least before going first.
    RoundRobin,
    /// Greedily what most members who are not pleased yet are likely to be pleased by: GFAR (Kaya, Bridge, Tintarev 2020) with the chance
    /// that a score pleases in place of points for ranks. The default.
    #[default]
    Fair,
    /// Greedily the item that keeps each member's part of all given closest to that member's weight (EP-FuzzDA, Malecek and Peska 2021).
    Proportional,
}

impl Strategy {
    /// Every strategy with its name on the wire.
    pub const ALL: [(Strategy, &'static str); 9] = [
        (Strategy::Average, "average"),
        (Strategy::LeastMisery, "least_misery"),
        (Strategy::MostPleasure, "most_pleasure"),
        (Strategy::AverageWithoutMisery, "average_without_misery"),
        (Strategy::Multiplicative, "multiplicative"),
        (Strategy::Borda, "borda"),
        (Strategy::RoundRobin, "round_robin"),
        (Strategy::Fair, "fair"),
        (Strategy::Proportional, "proportional"),
    ];

    /// The strategy of a name.
    pub fn named(name: &str) -> Option<Strategy> {
        Strategy::ALL.iter().find(|(_, known)| *known == name).map(|(strategy, _)| *strategy)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Strategy::ALL.iter().find(|(strategy, _)| *strategy == self).map_or("fair", |(_, name)| name)
    }

    /// Whether what was picked before changes what is picked next.
    pub fn is_sequence(self) -> bool {
        matches!(self, Strategy::RoundRobin | Strategy::Fair | Strategy::Proportional)
    }
}

/// What each member thinks of each candidate.
#[derive(Clone, Debug, Default)]
pub struct Ballot {
    /// How many candidates there are.
    pub candidates: usize,
    /// A score for each member and candidate: `scores[member * candidates + candidate]`, in deviations of the member's scores, so that
    /// [`Strategy::Fair`] can read chances from them. Larger is better.
    pub scores: Vec<f32>,
    /// The score that pleases for certain: [`Blend::pleased_at`](crate::blend::Blend::pleased_at).
    pub pleased_at: f32,
    /// For each member the scores that count as 0 and as 1; without them the least and the largest of the candidates.
    pub bounds: Vec<(f32, f32)>,
    /// What each member counts; above 0.
    pub weights: Vec<f32>,
    /// What each member has got of the songs before, as [`Ballot::gains`] measures it, faded; 0 without any.
    pub served: Vec<f32>,
}

impl Ballot {
    /// How many members there are.
    pub fn members(&self) -> usize {
        self.weights.len()
    }

    /// What a member thinks of each candidate.
    pub(super) fn row(&self, member: usize) -> &[f32] {
        &self.scores[member * self.candidates..(member + 1) * self.candidates]
    }

    /// The weighted mean over members of something about each candidate. Sums of doubles: whole numbers add up exactly, so candidates
    /// that tie do so however many members there are.
    fn mean_of(&self, values: &[f32], metadata: impl Fn(f32) -> f32) -> Vec<f32> {
        let mut sums = vec![0.0f64; self.candidates];
        for (row, weight) in values.chunks_exact(self.candidates.max(1)).zip(&self.weights) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*weight) * f64::from(metadata(*value)));
        }
        let all: f64 = self.weights.iter().map(|weight| f64::from(*weight)).sum();
        sums.into_iter().map(|sum| (sum / all.max(f64::MIN_POSITIVE)) as f32).collect()
    }

    /// Scores between 0 and 1 for each member: min-max over the candidates.
    fn comparable(&self) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.scores.len());
        for member in 0..self.members() {
            let row = self.row(member);
            let (least, most) = self.bounds_of(member);
            let range = (most - least).max(f32::MIN_POSITIVE);
            out.extend(row.iter().map(|score| (score - least) / range));
        }
        out
    }

    fn bounds_of(&self, member: usize) -> (f32, f32) {
        self.bounds.get(member).copied().unwrap_or_else(|| {
            let row = self.row(member);
            (row.iter().copied().fold(f32::INFINITY, f32::min), row.iter().copied().fold(f32::NEG_INFINITY, f32::max))
        })
    }

    /// What a member gets from something with this score, as a sequence counts it.
    pub(crate) fn gain_of(&self, strategy: Strategy, member: usize, score: f32) -> f32 {
        match strategy {
            Strategy::Fair => -(1.0 - chance(score, self.pleased_at)).ln(),
            Strategy::RoundRobin => {
                let better = self.row(member).iter().filter(|other| **other > score).count();
                1.0 / (1.0 + better as f32)
            }
            _ => {
                let (least, most) = self.bounds_of(member);
                ((score - least) / (most - least).max(f32::MIN_POSITIVE)).clamp(0.0, 1.0)
            }
        }
    }

    /// Places in each member's own order, 0 the best; equal scores share the better place, so that no order of candidates matters.
    fn ranks(&self) -> Vec<u32> {
        let mut out = vec![0; self.scores.len()];
        let mut order: Vec<u32> = Vec::new();
        for member in 0..self.members() {
            let row = self.row(member);
            order.clear();
            order.extend(0..self.candidates as u32);
            order.sort_unstable_by(|a, b| row[*b as usize].total_cmp(&row[*a as usize]));
            let ranks = &mut out[member * self.candidates..(member + 1) * self.candidates];
            for (place, at) in order.iter().enumerate() {
                let same = place > 0 && row[order[place - 1] as usize] == row[*at as usize];
                ranks[*at as usize] = if same { ranks[order[place - 1] as usize] } else { place as u32 };
            }
        }
        out
    }

    /// The scores of strategies that look at one candidate at a time; `None` for sequences. Larger is better.
    pub fn scores_of(&self, strategy: Strategy) -> Option<Vec<f32>> {
        let fold = |values: &[f32], start: f32, join: fn(f32, f32) -> f32| -> Vec<f32> {
            let mut out = vec![start; self.candidates];
            for row in values.chunks_exact(self.candidates.max(1)) {
                out.iter_mut().zip(row).for_each(|(out, value)| *out = join(*out, *value));
            }
            out
        };
        let average = |values: &[f32]| self.mean_of(values, |value| value);
        let ranked = || self.ranks().into_iter().map(|rank| rank as f32).collect::<Vec<f32>>();
        Some(match strategy {
            Strategy::Average => average(&self.comparable()),
            Strategy::LeastMisery => fold(&self.comparable(), f32::INFINITY, f32::min),
            Strategy::MostPleasure => fold(&self.comparable(), f32::NEG_INFINITY, f32::max),
            Strategy::Multiplicative => self.mean_of(&self.comparable(), |value| (value + 0.01).ln()),
            Strategy::Borda => average(&ranked()).into_iter().map(|rank| self.candidates as f32 - rank).collect(),
            Strategy::AverageWithoutMisery => {
                let worst = fold(&ranked(), 0.0, f32::max);
                let mut out = average(&self.comparable());
                let half = self.candidates as f32 / 2.0;
                out.iter_mut().zip(worst).filter(|(_, rank)| *rank > half).for_each(|(score, _)| *score -= 1.0);
                out
            }
            Strategy::RoundRobin | Strategy::Fair | Strategy::Proportional => return None,
        })
    }

    /// How much each member gets from each candidate: what [`Ballot::served`] sums up. `gains[member * candidates + candidate]`.
    pub fn gains(&self, strategy: Strategy) -> Vec<f32> {
        match strategy {
            Strategy::Fair => self.chances(),
            Strategy::RoundRobin => self.turns(),
            _ => self.comparable(),
        }
    }

    /// The chance that a member is pleased.
    fn chances(&self) -> Vec<f32> {
        self.scores.iter().map(|score| chance(*score, self.pleased_at)).collect()
    }

    /// 1 for each member's best candidate, less down the member's list.
    fn turns(&self) -> Vec<f32> {
        self.ranks().into_iter().map(|rank| 1.0 / (1.0 + rank as f32)).collect()
    }
}
