//! Lists built pick by pick, each pick looking at what members got before.

use std::cell::OnceCell;
use std::cmp::Ordering;

use super::strategy::{Ballot, Strategy};

/// A list under way.
#[derive(Debug)]
pub struct Sequence<'a> {
    ballot: &'a Ballot,
    strategy: Strategy,
    /// One score a candidate for strategies that are no sequences.
    fixed: Option<Vec<f32>>,
    /// What each member gets from each candidate.
    gains: Vec<f32>,
    /// What breaks ties, once there is one: the average.
    average: OnceCell<Vec<f32>>,
    /// What each member has got.
    served: Vec<f32>,
    shares: Vec<f32>,
    taken: Vec<bool>,
}

impl<'a> Sequence<'a> {
    /// Starts a list with what the ballot says members got before.
    pub fn new(ballot: &'a Ballot, strategy: Strategy) -> Sequence<'a> {
        let sum: f32 = ballot.weights.iter().sum();
        let mut served = ballot.served.clone();
        served.resize(ballot.members(), 0.0);
        Sequence {
            strategy,
            fixed: ballot.scores_of(strategy),
            gains: ballot.gains(strategy),
            average: OnceCell::new(),
            served,
            shares: ballot.weights.iter().map(|weight| weight / sum.max(f32::MIN_POSITIVE)).collect(),
            taken: vec![false; ballot.candidates],
            ballot,
        }
    }

    /// How good each candidate would be as the next pick: larger is better, `-inf` for one that was taken.
    pub fn values(&self) -> Vec<f32> {
        let mut out = match (&self.fixed, self.strategy) {
            (Some(fixed), _) => fixed.clone(),
            (None, Strategy::RoundRobin) => self.turn(),
            (None, Strategy::Proportional) => self.proportional(),
            (None, _) => self.unmet(),
        };
        out.iter_mut().zip(&self.taken).filter(|(_, taken)| **taken).for_each(|(value, _)| *value = f32::NEG_INFINITY);
        out
    }

    /// The best next pick.
    pub fn best(&self) -> Option<usize> {
        let values = self.values();
        (0..values.len())
            .filter(|at| values[*at] > f32::NEG_INFINITY)
            .max_by(|a, b| values[*a].total_cmp(&values[*b]).then_with(|| self.by_average(*a, *b)).then(b.cmp(a)))
    }

    fn by_average(&self, a: usize, b: usize) -> Ordering {
        let average = self.average.get_or_init(|| self.ballot.scores_of(Strategy::Average).unwrap_or_default());
        average[a].total_cmp(&average[b])
    }

    /// Makes a candidate the next pick.
    pub fn take(&mut self, at: usize) {
        let Some(taken) = self.taken.get_mut(at) else { return };
        *taken = true;
        for (member, served) in self.served.iter_mut().enumerate() {
            let gain = self.gains[member * self.ballot.candidates + at];
            *served += match self.strategy {
                Strategy::Fair => -(1.0 - gain.min(0.999)).ln(),
                _ => gain,
            };
        }
    }

    /// What each member has got, as the next ballot's `served` wants it.
    pub fn served(&self) -> &[f32] {
        &self.served
    }

    /// `sum_u q_u p(i,u) prod_{j before} (1 - p(j,u))`.
    fn unmet(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.ballot.candidates];
        for (member, gains) in self.gains.chunks_exact(self.ballot.candidates.max(1)).enumerate() {
            let weight = self.shares[member] * (-self.served[member]).exp();
            out.iter_mut().zip(gains).for_each(|(out, gain)| *out += weight * gain);
        }
        out
    }

    /// The gains of who got least for their weight; between equals, of who has the most to gain.
    fn turn(&self) -> Vec<f32> {
        let mut least: Option<(f32, f32, usize)> = None;
        let n = self.ballot.candidates;
        for member in 0..self.ballot.members() {
            let got = self.served[member] / self.shares[member].max(f32::MIN_POSITIVE);
            let row = &self.gains[member * n..(member + 1) * n];
            let most = row.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(gain, _)| *gain).fold(0.0, f32::max);
            if least.is_none_or(|(other, gain, _)| got < other || (got == other && most > gain)) {
                least = Some((got, most, member));
            }
        }
        let member = least.map_or(0, |(_, _, member)| member);
        self.gains.get(member * n..(member + 1) * n).map(<[f32]>::to_vec).unwrap_or_default()
    }

    /// `sum_u min(x_ui, max(0, q_u T_i - got_u))`, `T_i` all that would be given with `i`.
    fn proportional(&self) -> Vec<f32> {
        let (n, before) = (self.ballot.candidates, self.served.iter().sum::<f32>());
        let mut all = vec![before; n];
        for row in self.gains.chunks_exact(n.max(1)) {
            all.iter_mut().zip(row).for_each(|(all, gain)| *all += gain);
        }
        let mut out = vec![0.0; n];
        for (member, row) in self.gains.chunks_exact(n.max(1)).enumerate() {
            let (share, got) = (self.shares[member], self.served[member]);
            out.iter_mut().zip(row.iter().zip(&all)).for_each(|(out, (gain, all))| *out += gain.min((share * all - got).max(0.0)));
        }
        out
    }
}
