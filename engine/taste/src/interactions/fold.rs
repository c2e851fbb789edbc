//! From what was done to confidences: each kind weighs what it says, and says less as time passes.

use std::collections::BTreeMap;

use super::history::Held;
use super::{Done, Kind};

/// Seconds after which what a person did says half as much.
pub const PERSON_HALF_LIFE: i64 = 180 * 86_400;
/// Below this nothing is learned from a pair.
const LEAST: f32 = 0.01;
/// What one person's likes may weigh in all: somebody who loops a song all night is one voice.
const MOST: f32 = 1000.0;

/// How much an interaction says, negative when it speaks against the item.
fn strength(done: &Done) -> f32 {
    match done.kind {
        // More plays say a little more: `1 + ln(1 + plays / 100)`.
        Kind::Listen => 1.0 + (done.times.max(0.0) / 100.0).ln_1p(),
        Kind::Like => 4.0,
        Kind::PlaylistAdd => 3.0,
        Kind::VoteUp | Kind::CheckIn => 2.0,
        Kind::Skip => -1.0,
        Kind::VoteDown => -3.0,
        Kind::Dislike => -10.0,
    }
}

/// What a person did with songs (or, with `venues`, with venues) as `(item, confidence)`: each interaction's strength times
/// `2^(-age / half-life)`, those of one sign with one item summed, a pair with both signs twice. The newest plays of one item by one
/// person do not sum beyond ten. `half_life` in seconds.
pub fn folded(done: &[Done], venues: bool, now: i64, half_life: i64) -> Vec<(u32, f32)> {
    let mut sums: BTreeMap<(u32, bool), f32> = BTreeMap::new();
    for one in done.iter().filter(|one| one.kind.is_of_venue() == venues) {
        let age = now.saturating_sub(one.at).max(0) as f32 / half_life.max(1) as f32;
        let strength = strength(one) * (-age).exp2();
        *sums.entry((one.item, strength < 0.0)).or_default() += strength;
    }
    let mut out: Vec<(u32, f32)> =
        sums.into_iter().map(|((item, _), sum)| (item, sum.clamp(-10.0, 10.0))).filter(|(_, sum)| sum.abs() >= LEAST).collect();
    let all: f32 = out.iter().filter(|(_, value)| *value > 0.0).map(|(_, value)| value).sum();
    if all > MOST {
        out.iter_mut().filter(|(_, value)| *value > 0.0).for_each(|(_, value)| *value *= MOST / all);
    }
    out
}

/// The `count` newest things a person did with songs (or venues), those of one moment in the order they came.
pub(crate) fn newest(done: &[Done], venues: bool, count: usize) -> Vec<Done> {
    let mut of_kind: Vec<Done> = done.iter().filter(|one| one.kind.is_of_venue() == venues).copied().collect();
    of_kind.sort_by_key(|one| one.at);
    of_kind.split_off(of_kind.len().saturating_sub(count))
}

impl Held {
    /// Everything that was done with songs, or with venues, as rows to train on: `(person, item, confidence)`.
    pub fn rows(&self, venues: bool, now: i64) -> Vec<(&str, &str, f32)> {
        self.people()
            .flat_map(|(person, done)| {
                let known = folded(done, venues, now, PERSON_HALF_LIFE);
                known.into_iter().map(move |(item, confidence)| (person, item, confidence))
            })
            .filter_map(|(person, item, confidence)| Some((person, self.item(item)?, confidence)))
            .collect()
    }
}
