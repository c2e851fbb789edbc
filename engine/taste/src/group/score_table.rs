//! Candidates for a group and what each member thinks of them.

use rayon::prelude::*;

use super::Ballot;
use super::picks::{Group, Member, Search};
use super::rules::{CompiledRules, Rules, freshness};
use crate::Allowed;
use crate::content::Facts;
use crate::model::Model;
use crate::recommend::Profile;
use tutti_vectors::kernels::dots;

/// Candidates each member brings, at most and at least, and how many all members together.
const EACH: usize = 60;
const ALL: usize = 300;
const LEAST: usize = 16;
/// Candidates that the mean of all members brings, if twice what is asked for is no more: members' own lists may be much the same.
const MEAN: usize = 100;
/// The same of songs nobody has heard, where they are wanted.
const UNHEARD: usize = 20;
/// What members got fades to a half over this many picks.
const FADES: f32 = 10.0;
/// The part of a member's own order that counts as something the member likes.
const OWN_BEST: f32 = 0.95;

/// Candidates and what everybody thinks of them.
pub(super) struct ScoreTable<'a> {
    pub(super) model: &'a Model,
    pub(super) group: &'a Group,
    /// Ascending.
    pub(super) candidates: Vec<u32>,
    pub(super) facts: Vec<Facts>,
    /// What having been played lately leaves of each candidate's value.
    pub(super) fresh: Vec<f32>,
    pub(super) ballot: Ballot,
    /// For each member the score from which a song is of the own best.
    pub(super) own_best: Vec<f32>,
    /// The place in the group of each row of the ballot. Rows are in an order of their own, so that sums, and with them the picks, do
    /// not depend on the order in which members came.
    pub(super) member_of: Vec<usize>,
}

/// What a member's scores are compared with: of a sample of the catalogue the least, the one the misery guard asks for and the one from
/// which a song is of the own best.
struct Thresholds {
    least: f32,
    bearable: f32,
    own_best: f32,
}

impl<'a> ScoreTable<'a> {
    pub(super) fn new(
        model: &'a Model,
        group: &'a Group,
        k: usize,
        search: Search,
        rules: &CompiledRules,
        open: Allowed<'_>,
    ) -> ScoreTable<'a> {
        let mut member_of: Vec<usize> = (0..group.members.len()).collect();
        let vector = |member: &usize| group.members[*member].profile.vector.iter().map(|value| value.to_bits());
        member_of.sort_by(|a, b| vector(a).cmp(vector(b)).then(group.members[*a].weight.total_cmp(&group.members[*b].weight)));
        let members: Vec<&Member> = member_of.iter().map(|member| &group.members[*member]).collect();
        let each = (ALL / group.members.len()).clamp(LEAST, EACH).max(k.min(EACH));
        let profiles: Vec<&Profile> = members.iter().map(|member| &member.profile).collect();
        let (found, of_all) =
            rayon::join(|| model.candidates(&profiles, each, open), || best_for_mean(model, &members, MEAN.max(2 * k), &group.rules, open));
        let mut candidates: Vec<u32> = match search {
            Search::Fast => found.iter().flatten().map(|(item, _)| *item).chain(of_all).collect(),
            Search::Exact => (0..model.items().len() as u32).filter(|item| open(*item)).collect(),
        };
        candidates.sort_unstable();
        candidates.dedup();
        let mut facts: Vec<Facts> = candidates.iter().map(|item| model.facts(*item)).collect();
        let kept: Vec<usize> = (0..candidates.len()).filter(|place| !rules.rests(&facts[*place])).collect();
        if kept.len() < candidates.len() {
            candidates = kept.iter().map(|place| candidates[*place]).collect();
            facts = kept.iter().map(|place| facts[*place]).collect();
        }
        let thresholds: Vec<Thresholds> = members.par_iter().map(|member| Thresholds::of(model, member, group.rules.misery)).collect();
        let mut rows = scores(model, &members, &candidates, search);
        if group.rules.misery > 0.0 {
            let bearable = |place: usize| rows.iter().zip(&thresholds).all(|(row, thresholds)| row[place] >= thresholds.bearable);
            let kept: Vec<usize> = (0..candidates.len()).filter(|place| bearable(*place)).collect();
            candidates = kept.iter().map(|place| candidates[*place]).collect();
            facts = kept.iter().map(|place| facts[*place]).collect();
            rows = rows.iter().map(|row| kept.iter().map(|place| row[*place]).collect()).collect();
        }
        let best = |found: &[(u32, f32)], row: &[f32]| {
            found.first().map_or_else(|| row.iter().copied().fold(f32::NEG_INFINITY, f32::max), |(_, score)| *score)
        };
        let bounds = thresholds.iter().zip(found.iter().zip(&rows)).map(|(thresholds, (found, row))| (thresholds.least, best(found, row)));
        let ballot = Ballot {
            candidates: candidates.len(),
            bounds: bounds.collect(),
            scores: rows.concat(),
            pleased_at: model.metadata().blend.pleased_at,
            weights: members.iter().map(|member| member.weight).collect(),
            served: Vec::new(),
        };
        let fresh = candidates.iter().map(|item| freshness(&group.played, *item)).collect();
        let own_best = thresholds.iter().map(|thresholds| thresholds.own_best).collect();
        let mut table = ScoreTable { model, group, candidates, facts, fresh, ballot, own_best, member_of };
        table.ballot.served = table.served_before();
        table
    }

    fn member(&self, row: usize) -> &Member {
        &self.group.members[self.member_of[row]]
    }

    pub(super) fn score(&self, member: usize, place: usize) -> f32 {
        self.ballot.scores[member * self.candidates.len() + place]
    }

    /// `1 / sqrt(1 + users who like it)`.
    pub(super) fn unheard(&self, place: usize) -> f32 {
        let users = self.model.popularity().get(self.candidates[place] as usize).copied().unwrap_or(0);
        1.0 / (1.0 + users as f32).sqrt()
    }

    /// Each member's scores of what was played, the last first.
    fn played_scores(&self) -> Vec<Vec<f32>> {
        let items: Vec<u32> = self.group.played.iter().rev().map(|played| played.item).collect();
        self.member_of.iter().map(|member| self.model.score(&self.group.members[*member].profile, &items)).collect()
    }

    /// What each member got of what was played, faded by half every [`FADES`] picks.
    fn served_before(&self) -> Vec<f32> {
        let members = self.group.members.len();
        let mut out = vec![0.0; members];
        if !self.group.strategy.is_sequence() {
            return out;
        }
        let scores = self.played_scores();
        for back in 0..self.group.played.len().min(64) {
            let fade = (-(back as f32) / FADES).exp2();
            let of = |(member, scores): (usize, &Vec<f32>)| self.ballot.gain_of(self.group.strategy, member, scores[back]);
            let gains: Vec<f32> = scores.iter().enumerate().map(of).collect();
            let mean = gains.iter().sum::<f32>() / members as f32;
            for (member, out) in out.iter_mut().enumerate() {
                let there = self.member(member).present.is_none_or(|present| back < present);
                *out += fade * if there { gains[member] } else { mean };
            }
        }
        out
    }

    /// The number of picks within which everybody present gets something of the own best.
    pub(super) fn window(&self) -> usize {
        2 * self.group.members.len()
    }

    /// For each member, how many picks are left until something of the own best is due.
    pub(super) fn slack_before(&self) -> Vec<usize> {
        let scores = self.played_scores();
        let slack = |(member, scores): (usize, &Vec<f32>)| {
            let there = self.member(member).present.unwrap_or(usize::MAX).min(scores.len());
            let since = scores[..there].iter().position(|score| *score >= self.own_best[member]).unwrap_or(there);
            self.window().saturating_sub(since)
        };
        scores.iter().enumerate().map(slack).collect()
    }

    /// The candidates' vectors made one long, one after the other.
    pub(super) fn directions(&self) -> Vec<f32> {
        let mut out = self.model.gathered(&self.candidates);
        for row in out.chunks_exact_mut(self.model.dimensions().max(1)) {
            let mut square = [0.0];
            dots(row, row, &mut square);
            let length = square[0].sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        out
    }
}

impl Thresholds {
    fn of(model: &Model, member: &Member, misery: f32) -> Thresholds {
        let mut sample = model.sample_scores(&member.profile);
        let mut at = |part: f32| {
            let place = (sample.len().max(1) - 1) as f32 * part;
            if sample.is_empty() { 0.0 } else { *sample.select_nth_unstable_by(place as usize, f32::total_cmp).1 }
        };
        Thresholds { least: at(0.0), bearable: at(misery), own_best: at(OWN_BEST) }
    }
}

/// What the mean of all members' vectors finds: with many members nobody's own best is what most of them like.
fn best_for_mean(model: &Model, members: &[&Member], wanted: usize, rules: &Rules, open: Allowed<'_>) -> Vec<u32> {
    let mut mean = vec![0.0; model.dimensions()];
    for member in members {
        mean.iter_mut().zip(&member.profile.scaled).for_each(|(mean, value)| *mean += member.weight * value);
    }
    let mut found = model.best_for_vector(&mean, wanted, open);
    if rules.new_songs {
        found.extend(model.best_unheard(&mean, UNHEARD, open));
    }
    found
}

/// Each member's scores of the candidates.
fn scores(model: &Model, members: &[&Member], candidates: &[u32], search: Search) -> Vec<Vec<f32>> {
    match search {
        Search::Fast => {
            let rows = model.gathered(candidates);
            members.par_iter().map(|member| model.score_rows(&member.profile, candidates, &rows)).collect()
        }
        Search::Exact => {
            let of = |member: &&Member| {
                let all = model.score_all(&member.profile);
                candidates.iter().map(|item| all[*item as usize]).collect()
            };
            members.par_iter().map(of).collect()
        }
    }
}
