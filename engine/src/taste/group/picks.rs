//! The picks for a group.

use std::collections::HashSet;

use rayon::prelude::*;

use super::rules::{Compiled, Played, Rules, fit, freshness};
use super::{Ballot, Sequence, Strategy};
use crate::kernels::dots;
use crate::taste::blend::chance;
use crate::taste::content::Facts;
use crate::taste::model::Model;
use crate::taste::profile::Profile;
use crate::taste::why::Share;
use crate::taste::{Allowed, Result, TasteError};

/// Candidates each member brings, and how many there should be of all members together.
const EACH: usize = 60;
const ALL: usize = 4000;
const LEAST: usize = 10;
/// What members got fades to a half over this many picks.
const FADES: f32 = 10.0;
/// The part of a member's own order that counts as something the member likes.
const OWN_BEST: f32 = 0.95;
/// Members that a reason names, and things of each.
const NAMED: usize = 2;

/// Somebody in a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// Tastes.
    pub profile: Profile,
    /// What the member counts beside the others; above 0.
    pub weight: f32,
    /// What must not be played while the member is there.
    pub vetoes: HashSet<u32>,
    /// How many of the last picks the member was there for; none for all of them. Picks before count as if the member had got what the
    /// others got on average, so nobody is owed the whole evening.
    pub present: Option<usize>,
}

impl Member {
    /// A member who counts like everybody.
    pub fn new(profile: Profile) -> Member {
        Member { profile, weight: 1.0, vetoes: HashSet::new(), present: None }
    }
}

/// A group and what it asks for.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Who is there.
    pub members: Vec<Member>,
    /// How their opinions become one.
    pub strategy: Strategy,
    /// What the host asks for.
    pub rules: Rules,
    /// What was played, the last one last.
    pub played: Vec<Played>,
    /// Whether songs that members already know may come up: at a party they should, in a test of finding new ones not.
    pub include_known: bool,
}

/// How candidates are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// The best of each member.
    #[default]
    Fast,
    /// Every song is scored for every member: the oracle.
    Exact,
}

/// A song picked.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Which.
    pub item: u32,
    /// Its value when it was picked, 1 for the best that the strategy found at that place.
    pub value: f32,
    /// Who it is for, who gains most first.
    pub pleased: Vec<Pleased>,
    /// Whether it was picked because somebody was due.
    pub due: bool,
}

/// A member whom a pick is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Pleased {
    /// The member's place in the group.
    pub member: usize,
    /// The member's score of the pick, in deviations of the member's scores.
    pub score: f32,
    /// The chance that the member is pleased.
    pub chance: f32,
    /// What the member likes that adds most to it, largest first.
    pub because: Vec<Share>,
}

impl Group {
    fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(TasteError::BadRequest(what.to_owned()));
        if self.members.is_empty() {
            return wrong("a group without members cannot be recommended anything");
        }
        if self.members.iter().any(|member| !member.weight.is_finite() || member.weight <= 0.0) {
            return wrong("a member's weight is a number above 0");
        }
        self.rules.mistake().map_or(Ok(()), |what| Err(TasteError::BadRequest(what)))
    }
}

impl Model {
    /// The next `k` songs for a group, in order; fewer when no more are allowed. `allowed` is what the caller's filters say.
    ///
    /// # Errors
    /// [`TasteError::BadRequest`] for an empty group, weights that are none, or rules that contradict themselves.
    pub fn group_picks(&self, group: &Group, k: usize, search: Search, allowed: Allowed<'_>) -> Result<Vec<Pick>> {
        group.check()?;
        let rules = Compiled::new(&group.rules, self, &group.played);
        let vetoed: HashSet<u32> = group.members.iter().flat_map(|member| member.vetoes.iter().copied()).collect();
        // A dislike by anybody keeps a song out.
        let disliked = group.members.iter().flat_map(|member| disliked(&member.profile));
        let out: HashSet<u32> = vetoed.into_iter().chain(disliked).collect();
        let known: HashSet<u32> = if group.include_known {
            HashSet::new()
        } else {
            group.members.iter().flat_map(|member| member.profile.known().columns.iter().copied()).collect()
        };
        let open = |item: u32| !out.contains(&item) && !known.contains(&item) && rules.allow(item) && allowed(item);
        Ok(Table::new(self, group, k, search, &open).picks(k))
    }
}

/// What a person does not want to hear: a dislike, not a mere skip.
fn disliked(profile: &Profile) -> impl Iterator<Item = u32> {
    let row = profile.known();
    row.columns.iter().zip(row.values).filter(|(_, value)| **value <= DISLIKE).map(|(item, _)| *item)
}

/// The confidence from which a dislike is more than a skip.
const DISLIKE: f32 = -5.0;

/// Candidates and what everybody thinks of them.
struct Table<'a> {
    model: &'a Model,
    group: &'a Group,
    candidates: Vec<u32>,
    facts: Vec<Facts>,
    ballot: Ballot,
    /// For each member the score from which a song is of the own best.
    own_best: Vec<f32>,
    /// The place in the group of each row of the ballot. Rows are in an order of their own, so that sums, and with them the picks, do
    /// not depend on the order in which members came.
    member_of: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(model: &'a Model, group: &'a Group, k: usize, search: Search, open: Allowed<'_>) -> Table<'a> {
        let mut member_of: Vec<usize> = (0..group.members.len()).collect();
        let vector = |member: &usize| group.members[*member].profile.vector.iter().map(|value| value.to_bits());
        member_of.sort_by(|a, b| vector(a).cmp(vector(b)).then(group.members[*a].weight.total_cmp(&group.members[*b].weight)));
        let members: Vec<&Member> = member_of.iter().map(|member| &group.members[*member]).collect();
        let each = (ALL / group.members.len()).clamp(LEAST, EACH).max(k.min(EACH));
        let found: Vec<Vec<(u32, f32)>> = members.par_iter().map(|member| model.candidates(&member.profile, each, open)).collect();
        let mut candidates: Vec<u32> = match search {
            Search::Fast => found.iter().flatten().map(|(item, _)| *item).collect(),
            Search::Exact => (0..model.items().len() as u32).filter(|item| open(*item)).collect(),
        };
        candidates.sort_unstable();
        candidates.dedup();
        let samples: Vec<Vec<f32>> = members.par_iter().map(|member| model.sample_scores(&member.profile)).collect();
        let at = |sample: &[f32], part: f32| sample.get(((sample.len().max(1) - 1) as f32 * part) as usize).copied().unwrap_or(0.0);
        let scores = |member: &Member, candidates: &[u32]| match search {
            Search::Fast => model.score(&member.profile, candidates),
            Search::Exact => {
                let all = model.score_all(&member.profile);
                candidates.iter().map(|item| all[*item as usize]).collect()
            }
        };
        let mut rows: Vec<Vec<f32>> = members.par_iter().map(|member| scores(member, &candidates)).collect();
        if group.rules.misery > 0.0 {
            let bars: Vec<f32> = samples.iter().map(|sample| at(sample, group.rules.misery)).collect();
            let bearable = |place: usize| rows.iter().zip(&bars).all(|(row, bar)| row[place] >= *bar);
            let kept: Vec<usize> = (0..candidates.len()).filter(|place| bearable(*place)).collect();
            candidates = kept.iter().map(|place| candidates[*place]).collect();
            rows = rows.iter().map(|row| kept.iter().map(|place| row[*place]).collect()).collect();
        }
        let best = |found: &[(u32, f32)], row: &[f32]| {
            found.first().map_or_else(|| row.iter().copied().fold(f32::NEG_INFINITY, f32::max), |(_, score)| *score)
        };
        let ballot = Ballot {
            candidates: candidates.len(),
            bounds: samples.iter().zip(found.iter().zip(&rows)).map(|(sample, (found, row))| (at(sample, 0.0), best(found, row))).collect(),
            scores: rows.concat(),
            pleased_at: model.about().blend.pleased_at,
            weights: members.iter().map(|member| member.weight).collect(),
            served: Vec::new(),
        };
        let facts = candidates.iter().map(|item| model.facts(*item)).collect();
        let own_best = samples.iter().map(|sample| at(sample, OWN_BEST)).collect();
        let mut table = Table { model, group, candidates, facts, ballot, own_best, member_of };
        table.ballot.served = table.served_before();
        table
    }

    fn member(&self, row: usize) -> &Member {
        &self.group.members[self.member_of[row]]
    }

    fn score(&self, member: usize, place: usize) -> f32 {
        self.ballot.scores[member * self.candidates.len() + place]
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

    /// For each member, how many picks are left until something of the own best is due.
    fn slack_before(&self) -> Vec<usize> {
        let window = 2 * self.group.members.len();
        let scores = self.played_scores();
        let slack = |(member, scores): (usize, &Vec<f32>)| {
            let there = self.member(member).present.unwrap_or(usize::MAX).min(scores.len());
            let since = scores[..there].iter().position(|score| *score >= self.own_best[member]).unwrap_or(there);
            window.saturating_sub(since)
        };
        scores.iter().enumerate().map(slack).collect()
    }

    fn picks(&self, k: usize) -> Vec<Pick> {
        let mut sequence = Sequence::new(&self.ballot, self.group.strategy);
        let mut slack = self.slack_before();
        let mut taken: Vec<usize> = Vec::new();
        let mut out = Vec::new();
        while out.len() < k {
            let values = sequence.values();
            let Some(best) = self.choose(&values, &taken) else { break };
            let mut place = best;
            let due = if self.group.rules.everyone_served { self.who_is_due(&slack, best, &taken) } else { None };
            if let Some(member) = due {
                place = self.best_of(member, &taken).unwrap_or(best);
            }
            let served = |member: usize| self.score(member, place) >= self.own_best[member];
            let window = 2 * self.group.members.len();
            slack.iter_mut().enumerate().for_each(|(member, slack)| *slack = if served(member) { window } else { slack.saturating_sub(1) });
            let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            out.push(Pick {
                item: self.candidates[place],
                value: if most > 0.0 { values[place] / most } else { 1.0 },
                pleased: self.pleased(place),
                due: due.is_some() && place != best,
            });
            sequence.take(place);
            taken.push(place);
        }
        out
    }

    /// Who must be served by this pick, were the strategy's choice to leave somebody without what was promised: as many members may be
    /// due within `n` picks as there are picks, so the first `n` for whom that is tight goes first (earliest deadline first).
    fn who_is_due(&self, slack: &[usize], choice: usize, taken: &[usize]) -> Option<usize> {
        let after = |member: &usize| if self.score(*member, choice) >= self.own_best[*member] { usize::MAX } else { slack[*member] };
        let mut order: Vec<usize> = (0..slack.len()).filter(|member| self.has_own_best(*member, taken)).collect();
        order.sort_by_key(|member| (after(member), slack[*member]));
        // Once the choice is made, the member at place n must still find a pick among the next n.
        let tight = order.iter().enumerate().any(|(place, member)| after(member) <= place + 1);
        tight.then(|| order[0])
    }

    /// Whether something of a member's own best is left: what is not there cannot be due.
    fn has_own_best(&self, member: usize, taken: &[usize]) -> bool {
        let row = self.ballot.row(member);
        row.iter().enumerate().any(|(place, score)| *score >= self.own_best[member] && !taken.contains(&place))
    }

    /// The best allowed song of one member.
    fn best_of(&self, member: usize, taken: &[usize]) -> Option<usize> {
        let row = self.ballot.row(member);
        let free = |place: &usize| !taken.contains(place) && self.may_follow(*place, taken);
        let by = |a: &usize, b: &usize| row[*a].total_cmp(&row[*b]).then(b.cmp(a));
        let best = (0..row.len()).filter(free).max_by(by);
        best.filter(|place| row[*place] >= self.own_best[member])
            .or_else(|| (0..row.len()).filter(|place| !taken.contains(place)).max_by(by))
    }

    /// The place with the best value once difference from what came before, transitions and energy are counted.
    fn choose(&self, values: &[f32], taken: &[usize]) -> Option<usize> {
        let rules = &self.group.rules;
        let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let least = values.iter().copied().filter(|value| value.is_finite()).fold(f32::INFINITY, f32::min);
        // Values of strategies that look at one candidate may lie far from 0; those of sequences begin there.
        let floor = if self.group.strategy.is_sequence() { 0.0 } else { least };
        let range = (most - floor).max(f32::MIN_POSITIVE);
        let last = taken.last().map(|place| self.candidates[*place]).or_else(|| self.group.played.last().map(|played| played.item));
        let before = last.map(|item| self.model.facts(item));
        let worth = |place: usize| {
            let good = (values[place] - floor) / range * freshness(&self.group.played, self.candidates[place]);
            let alike = if rules.relevance < 1.0 { self.most_alike(place, taken) } else { 0.0 };
            rules.relevance * good - (1.0 - rules.relevance) * alike + fit(rules, &self.facts[place], before.as_ref())
        };
        // Bounds first: a place whose value alone cannot reach the best is not compared with what came before.
        let room = (1.0 - rules.relevance) + 2.0 * 0.05 + f32::from(u8::from(rules.energy.is_some()));
        let mut best: Option<(f32, usize)> = None;
        let mut order: Vec<usize> = (0..values.len()).filter(|place| values[*place] > f32::NEG_INFINITY).collect();
        order.sort_unstable_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
        for place in order {
            let most_possible = rules.relevance * (values[place] - floor) / range + room;
            if best.is_some_and(|(top, _)| most_possible < top) {
                break;
            }
            if !self.may_follow(place, taken) {
                continue;
            }
            let value = worth(place);
            if best.is_none_or(|(top, at)| value > top || (value == top && place < at)) {
                best = Some((value, place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// Whether neither the same song in another version came before nor the same artist too lately.
    fn may_follow(&self, place: usize, taken: &[usize]) -> bool {
        let facts = &self.facts[place];
        let same_song = |other: &Facts| facts.song.is_some() && facts.song == other.song;
        let same_artist = |other: &Facts| facts.artist.is_some() && facts.artist == other.artist;
        let spacing = self.group.rules.artist_spacing;
        let late = taken.iter().rev().take(spacing).any(|other| same_artist(&self.facts[*other]));
        let rest = spacing.saturating_sub(taken.len());
        let played = self.group.played.iter().rev().take(rest).any(|played| same_artist(&self.model.facts(played.item)));
        !late && !played && !taken.iter().any(|other| same_song(&self.facts[*other]))
    }

    /// The largest cosine with a pick before.
    fn most_alike(&self, place: usize, taken: &[usize]) -> f32 {
        let Some(vector) = self.model.item(self.candidates[place]) else { return 0.0 };
        let cosine = |other: &usize| self.model.item(self.candidates[*other]).map_or(0.0, |other| cosine(vector, other));
        taken.iter().map(cosine).fold(0.0, f32::max)
    }

    /// Whom a pick is for, with reasons.
    fn pleased(&self, place: usize) -> Vec<Pleased> {
        let mut out: Vec<Pleased> = (0..self.group.members.len())
            .map(|row| {
                let score = self.score(row, place);
                Pleased { member: self.member_of[row], score, chance: chance(score, self.ballot.pleased_at), because: Vec::new() }
            })
            .collect();
        out.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.member.cmp(&b.member)));
        let most = out.first().map_or(0.0, |first| first.chance);
        out.retain(|pleased| pleased.chance > 0.0 && pleased.chance >= most / 4.0);
        for pleased in out.iter_mut().take(NAMED) {
            let why = self.model.why(&self.group.members[pleased.member].profile, self.candidates[place]);
            let whole = why.total();
            // A tenth of the score, or of somebody with many likes half as much again as one of them adds on average.
            let enough = whole * (1.5 / why.shares.len().max(1) as f32).min(0.1);
            let others = why.largest(NAMED + 1).into_iter().filter(|share| share.item != self.candidates[place]);
            pleased.because = others.filter(|share| share.score > enough).take(NAMED).collect();
        }
        out
    }
}

/// The cosine of two vectors; 0 where one is.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let inner = |a: &[f32], b: &[f32]| {
        let mut out = [0.0];
        dots(a, b, &mut out);
        out[0]
    };
    let lengths = (inner(a, a) * inner(b, b)).sqrt();
    if lengths > 0.0 { inner(a, b) / lengths } else { 0.0 }
}
