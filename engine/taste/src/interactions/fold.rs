//! From what was done to confidences: each kind weighs what it says, and says less as time passes.

use std::collections::BTreeMap;

use super::history::InteractionTable;
use super::{InteractionRow, Kind};

/// Seconds after which what a user did says half as much.
pub const PERSON_HALF_LIFE: i64 = 180 * 86_400;
/// Below this nothing is learned from a pair.
const LEAST: f32 = 0.01;
/// What one user's likes may weigh in all: a user who loops a song all night is one voice.
const MOST: f32 = 1000.0;

/// How much an interaction says, negative when it speaks against the item.
fn strength(events: &InteractionRow) -> f32 {
    match events.kind {
        // More plays say a little more: `1 + ln(1 + plays / 100)`.
        Kind::Listen => 1.0 + (events.times.max(0.0) / 100.0).ln_1p(),
        Kind::Like => 4.0,
        Kind::PlaylistAdd => 3.0,
        Kind::VoteUp | Kind::CheckIn => 2.0,
        Kind::Skip => -1.0,
        Kind::VoteDown => -3.0,
        Kind::Dislike => -10.0,
    }
}

/// What a user did with songs (or, with `venues`, with venues) as `(item, confidence)`: each interaction's strength times
/// `2^(-age / half-life)`, those of one sign with one item summed, a pair with both signs twice. The newest plays of one item by one
/// user do not sum beyond ten. `half_life` in seconds.
pub fn confidences(events: &[InteractionRow], venues: bool, now: i64, half_life: i64) -> Vec<(u32, f32)> {
    let mut sums: BTreeMap<(u32, bool), f32> = BTreeMap::new();
    for one in events.iter().filter(|one| one.kind.is_of_venue() == venues) {
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

/// The `count` newest things a user did with songs (or venues), those of one moment in the order they came.
pub(crate) fn recent(events: &[InteractionRow], venues: bool, count: usize) -> Vec<InteractionRow> {
    let mut of_kind: Vec<InteractionRow> = events.iter().filter(|one| one.kind.is_of_venue() == venues).copied().collect();
    of_kind.sort_by_key(|one| one.at);
    of_kind.split_off(of_kind.len().saturating_sub(count))
}

impl InteractionTable {
    /// Everything that was done with songs, or with venues, as rows to train on: `(user, item, confidence)`.
    pub fn rows(&self, venues: bool, now: i64) -> Vec<(&str, &str, f32)> {
        self.users()
            .flat_map(|(user, events)| {
                let known = confidences(events, venues, now, PERSON_HALF_LIFE);
                known.into_iter().map(move |(item, confidence)| (user, item, confidence))
            })
            .filter_map(|(user, item, confidence)| Some((user, self.item(item)?, confidence)))
            .collect()
    }
}
