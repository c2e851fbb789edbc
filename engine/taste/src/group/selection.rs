//! Which candidate comes next: the strategy's value, difference from what came before, transitions, manners, and that everybody is served
//! in time.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::picks::{Pick, SatisfiedMember};
use super::rules::{NEW, NEW_EVERY, TRANSITIONS, fit};
use super::score_table::ScoreTable;
use super::{Played, Sequence};
use crate::blend::chance;
use crate::content::Facts;
use crate::recommend::Contribution;
use tutti_vectors::kernels::dots;

/// Members that a reason names, and things of each.
const NAMED: usize = 2;

/// A list under way.
pub(super) struct Selection<'a> {
    table: &'a ScoreTable<'a>,
    taken: Vec<usize>,
    /// The candidates' directions; empty when difference does not count.
    directions: Vec<f32>,
    /// For each candidate the largest cosine with a pick before.
    alike: Vec<f32>,
    /// For each member, how many picks are left until something of the own best is due.
    slack: Vec<usize>,
    /// For each member, how many candidates of the own best are left.
    own_left: Vec<usize>,
    /// What was played last, the last first, as far as it matters.
    before: Vec<Facts>,
}

/// A place picked.
struct Picked {
    place: usize,
    value: f32,
    due: bool,
}

impl<'a> Selection<'a> {
    pub(super) fn new(table: &'a ScoreTable<'a>) -> Selection<'a> {
        let rules = &table.group.rules;
        let own = |member: usize| table.ballot.row(member).iter().filter(|score| **score >= table.own_best[member]).count();
        let facts = |played: &Played| table.model.facts(played.item);
        Selection {
            taken: Vec::new(),
            directions: if rules.relevance < 1.0 { table.directions() } else { Vec::new() },
            alike: vec![0.0; table.candidates.len()],
            slack: table.slack_before(),
            own_left: (0..table.own_best.len()).map(own).collect(),
            before: table.group.played.iter().rev().take(rules.artist_spacing.max(1)).map(facts).collect(),
            table,
        }
    }

    pub(super) fn picks(mut self, k: usize) -> Vec<Pick> {
        let table = self.table;
        let mut sequence = Sequence::new(&table.ballot, table.group.strategy);
        let mut picked: Vec<Picked> = Vec::new();
        while picked.len() < k {
            let values = sequence.values();
            let Some(best) = self.best(&values) else { break };
            let due = if table.group.rules.everyone_served { self.who_is_due(best) } else { None };
            let place = due.and_then(|member| self.best_of(member)).unwrap_or(best);
            let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let value = if most > 0.0 { values[place] / most } else { 1.0 };
            picked.push(Picked { place, value, due: due.is_some() && place != best });
            sequence.take(place);
            self.take(place);
        }
        let shown = |picked: &Picked| Pick {
            item: table.candidates[picked.place],
            value: picked.value,
            satisfied: satisfied(table, picked.place),
            due: picked.due,
        };
        let mut picks: Vec<Pick> = picked.iter().map(shown).collect();
        give_reasons(table, &mut picks);
        picks
    }

    fn take(&mut self, place: usize) {
        let window = self.table.window();
        for (member, (slack, left)) in self.slack.iter_mut().zip(&mut self.own_left).enumerate() {
            let served = self.table.score(member, place) >= self.table.own_best[member];
            *slack = if served { window } else { slack.saturating_sub(1) };
            *left -= usize::from(served);
        }
        if !self.directions.is_empty() {
            let d = self.table.model.dimensions();
            let mut cosines = vec![0.0; self.alike.len()];
            dots(&self.directions, &self.directions[place * d..(place + 1) * d], &mut cosines);
            self.alike.iter_mut().zip(cosines).for_each(|(alike, cosine)| *alike = alike.max(cosine));
        }
        self.taken.push(place);
    }

    /// Who must be served by this pick, were the strategy's choice to leave a user without what was promised: as many members may be
    /// due within `n` picks as there are picks, so the first `n` for whom that is tight goes first (earliest deadline first).
    fn who_is_due(&self, selection: usize) -> Option<usize> {
        let served = |member: usize| self.table.score(member, selection) >= self.table.own_best[member];
        let after = |member: &usize| if served(*member) { usize::MAX } else { self.slack[*member] };
        // What is not there cannot be due.
        let mut order: Vec<usize> = (0..self.slack.len()).filter(|member| self.own_left[*member] > 0).collect();
        order.sort_by_key(|member| (after(member), self.slack[*member]));
        // Once the choice is made, the member at place n must still find a pick among the next n.
        let tight = order.iter().enumerate().any(|(place, member)| after(member) <= place + 1);
        tight.then(|| order[0])
    }

    /// The best allowed song of one member.
    fn best_of(&self, member: usize) -> Option<usize> {
        let row = self.table.ballot.row(member);
        let free = |place: &usize| !self.taken.contains(place) && self.may_follow(*place);
        let by = |a: &usize, b: &usize| row[*a].total_cmp(&row[*b]).then(b.cmp(a));
        let best = (0..row.len()).filter(free).max_by(by);
        best.filter(|place| row[*place] >= self.table.own_best[member])
            .or_else(|| (0..row.len()).filter(|place| !self.taken.contains(place)).max_by(by))
    }

    /// The place with the best value once difference from what came before, transitions and energy are counted.
    fn best(&self, values: &[f32]) -> Option<usize> {
        let (table, rules) = (self.table, &self.table.group.rules);
        let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let least = values.iter().copied().filter(|value| value.is_finite()).fold(f32::INFINITY, f32::min);
        // Values of strategies that look at one candidate may lie far from 0; those of sequences begin there.
        let floor = if table.group.strategy.is_sequence() { 0.0 } else { least };
        let range = (most - floor).max(f32::MIN_POSITIVE);
        let before = self.taken.last().map(|place| &table.facts[*place]).or(self.before.first());
        let place_of_evening = table.group.played.len() + self.taken.len();
        let leans_to_new = rules.new_songs && place_of_evening % NEW_EVERY == NEW_EVERY - 1;
        let new = |place: usize| if leans_to_new { NEW * table.unheard(place) } else { 0.0 };
        let mut best: Option<(f32, usize)> = None;
        for (place, value) in values.iter().enumerate().filter(|(_, value)| **value > f32::NEG_INFINITY) {
            let good = (value - floor) / range * table.fresh[place];
            let worth = rules.relevance * good - (1.0 - rules.relevance) * self.alike[place] + new(place);
            // A place that cannot reach the best is not looked at further.
            if best.is_some_and(|(top, _)| worth + TRANSITIONS <= top) {
                continue;
            }
            let worth = worth + fit(rules, &table.facts[place], before);
            if best.is_none_or(|(top, _)| worth > top) && self.may_follow(place) {
                best = Some((worth, place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// Whether neither the same song in another version came before nor the same artist too lately.
    fn may_follow(&self, place: usize) -> bool {
        let facts = &self.table.facts[place];
        let same_song = |other: &Facts| facts.song.is_some() && facts.song == other.song;
        let same_artist = |other: &Facts| facts.artist.is_some() && facts.artist == other.artist;
        let taken = || self.taken.iter().rev().map(|place| &self.table.facts[*place]);
        let spacing = self.table.group.rules.artist_spacing;
        let late = taken().chain(&self.before).take(spacing).any(same_artist);
        !late && !taken().any(same_song)
    }
}

/// Whom a pick is for, who gains most first.
fn satisfied(table: &ScoreTable<'_>, place: usize) -> Vec<SatisfiedMember> {
    let mut out: Vec<SatisfiedMember> = (0..table.group.members.len())
        .map(|row| {
            let score = table.score(row, place);
            SatisfiedMember { member: table.member_of[row], score, chance: chance(score, table.ballot.pleased_at), because: Vec::new() }
        })
        .collect();
    out.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.member.cmp(&b.member)));
    let most = out.first().map_or(0.0, |first| first.chance);
    out.retain(|satisfied| satisfied.chance > 0.0 && satisfied.chance >= most / 4.0);
    out
}

/// Says what the first members of each pick like that adds most to it; member by member, since fetching what one likes takes longest.
fn give_reasons(table: &ScoreTable<'_>, picks: &mut [Pick]) {
    let mut named: BTreeMap<usize, Vec<(u32, &mut Vec<Contribution>)>> = BTreeMap::new();
    for pick in picks {
        for satisfied in pick.satisfied.iter_mut().take(NAMED) {
            named.entry(satisfied.member).or_default().push((pick.item, &mut satisfied.because));
        }
    }
    named.into_par_iter().for_each(|(member, wanted)| {
        let items: Vec<u32> = wanted.iter().map(|(item, _)| *item).collect();
        let explain_all = table.model.explain_all(&table.group.members[member].profile, &items);
        for ((_, because), explain) in wanted.into_iter().zip(explain_all) {
            // A tenth of the score, or of a user with many likes about what one of them adds on average.
            let enough = explain.total() * (0.9 / explain.contributions.len().max(1) as f32).min(0.1);
            *because = explain.largest(NAMED).into_iter().filter(|share| share.score > enough).collect();
        }
    });
}
