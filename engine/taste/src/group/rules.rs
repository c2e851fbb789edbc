//! What may be picked for a group, and what fits where it comes: hard rules, what was played, transitions.

use std::collections::HashSet;
use std::sync::Arc;

use crate::TasteError;
use crate::content::Facts;
use crate::item_set::ItemSet;
use crate::model::{ItemRule, Model};

/// Nothing is played again in a room before this many seconds have passed.
const PAUSE: i64 = 3 * 3600;
/// After the pause a song comes back slowly: `1 - 2^(-age / this)`.
const COMES_BACK: f32 = 24.0 * 3600.0;
/// Tempos within this part of each other go together, half and double tempo too.
const TEMPO: f32 = 0.06;
/// What fitting tempo and fitting key add, each; a best pick's own value is 1.
const TRANSITION: f32 = 0.05;
/// What a pick that leans to new songs adds for one nobody has heard; `1 / sqrt(1 + users)` of it for others.
pub(super) const NEW: f32 = 0.5;
/// Every how many picks one leans to new songs.
pub(super) const NEW_EVERY: usize = 10;
/// What [`fit`] adds at most.
pub(super) const TRANSITIONS: f32 = 2.0 * TRANSITION;

/// A song that was played in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// Which.
    pub item: u32,
    /// How many seconds ago.
    pub seconds_ago: i64,
}

/// What a host asks for. The default asks for nothing but what good manners do: no repeats, no artist twice within four picks.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Nothing that is said to be explicit.
    pub clean: bool,
    /// Genres and tags that stay out, in lower case.
    pub without: Vec<String>,
    /// Genres and tags of which a song must have one, in lower case; empty asks for none.
    pub only: Vec<String>,
    /// First and last year; songs without one stay out when it is given.
    pub years: Option<(u16, u16)>,
    /// Picks between two of the same artist.
    pub artist_spacing: usize,
    /// How much of the value of a pick is how good it is; the rest is how different from the picks before (maximal marginal relevance,
    /// Carbonell and Goldstein 1998). 1 looks at nothing but how good.
    pub relevance: f32,
    /// The energy wished for, 0 calm to 1 intense; the distance from it is taken off.
    pub energy: Option<f32>,
    /// Whether tempo and key should go with the song before.
    pub transitions: bool,
    /// Nobody's lower part: a song that stands in this lowest part of anybody's own order stays out. 0 asks for nothing. It costs:
    /// at 0.5 the mean ndcg of groups fell from 0.103 to 0.095 (validation groups of Last.fm).
    pub misery: f32,
    /// Each member gets a song of the own best twentieth within any `2 x members` picks.
    pub everyone_served: bool,
    /// One pick in ten leans to songs hardly anybody has heard, which otherwise nobody ever would. Not for venues that play by
    /// themselves.
    pub new_songs: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            clean: false,
            without: Vec::new(),
            only: Vec::new(),
            years: None,
            artist_spacing: 4,
            relevance: 0.8,
            energy: None,
            transitions: true,
            misery: 0.0,
            everyone_served: true,
            new_songs: false,
        }
    }
}

impl Rules {
    /// Nothing asked: the bare strategy.
    pub fn none() -> Rules {
        Rules { artist_spacing: 0, relevance: 1.0, transitions: false, everyone_served: false, ..Rules::default() }
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// [`TasteError::BadRequest`] with the first thing that is wrong.
    pub fn validate(&self) -> Result<(), TasteError> {
        let share = |value: f32| (0.0..=1.0).contains(&value);
        if !share(self.relevance) || !self.energy.is_none_or(share) || !(0.0..1.0).contains(&self.misery) {
            Err(TasteError::BadRequest("relevance and energy are between 0 and 1, misery from 0 to below 1".to_owned()))
        } else if self.years.is_some_and(|(first, last)| first > last) {
            Err(TasteError::BadRequest("the first year is after the last".to_owned()))
        } else {
            Ok(())
        }
    }
}

/// The rules that look at nothing but an item, with labels by number.
fn item_rule(rules: &Rules, model: &Model) -> ItemRule {
    let numbers = |labels: &[String]| -> Vec<u32> {
        let mut out: Vec<u32> = labels.iter().filter_map(|label| model.label_names().number(label)).collect();
        out.sort_unstable();
        out
    };
    let only = (!rules.only.is_empty()).then(|| numbers(&rules.only));
    ItemRule { clean: rules.clean, without: numbers(&rules.without), only, years: rules.years }
}

/// What rules leave of a model's items after what was played.
pub(super) struct CompiledRules {
    /// None when everything may come up.
    allowed: Option<Arc<ItemSet>>,
    /// Songs that were played too lately.
    resting: HashSet<u32>,
    /// The same in any version.
    resting_songs: HashSet<u32>,
}

impl CompiledRules {
    pub(super) fn new(rules: &Rules, model: &Model, played: &[Played]) -> CompiledRules {
        let resting: HashSet<u32> = played.iter().filter(|played| played.seconds_ago < PAUSE).map(|played| played.item).collect();
        let resting_songs = resting.iter().filter_map(|item| model.facts(*item).song).collect();
        CompiledRules { allowed: model.items_passing(item_rule(rules, model)), resting, resting_songs }
    }

    /// Whether a song may come up, as far as the song alone tells.
    pub(super) fn allow(&self, item: u32) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.has(item)) && (self.resting.is_empty() || !self.resting.contains(&item))
    }

    /// Whether a version of the song was played too lately. Asked of candidates only: it takes the song's facts.
    pub(super) fn rests(&self, facts: &Facts) -> bool {
        facts.song.is_some_and(|song| self.resting_songs.contains(&song))
    }
}

/// What playing a song some time ago leaves of its value.
pub(super) fn freshness(played: &[Played], item: u32) -> f32 {
    let last = played.iter().filter(|played| played.item == item).map(|played| played.seconds_ago).min();
    last.map_or(1.0, |age| 1.0 - (-(age as f32) / COMES_BACK).exp2())
}

/// What is added for going well with the song before, and taken off for the wrong energy.
pub(super) fn fit(rules: &Rules, facts: &Facts, before: Option<&Facts>) -> f32 {
    let mut out = 0.0;
    if let (true, Some(before)) = (rules.transitions, before) {
        if let (Some(a), Some(b)) = (facts.tempo, before.tempo)
            && [0.5, 1.0, 2.0].iter().any(|times| (a * times / b - 1.0).abs() <= TEMPO)
        {
            out += TRANSITION;
        }
        if let (Some(a), Some(b)) = (facts.key, before.key)
            && a.distance(b) <= 1
        {
            out += TRANSITION;
        }
    }
    if let (Some(wanted), Some(energy)) = (rules.energy, facts.energy) {
        out -= (energy - wanted).abs();
    }
    out
}
