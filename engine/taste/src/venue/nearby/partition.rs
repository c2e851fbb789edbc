//! The fixed partition of space and time: made once from a snapshot, then kept, so that borders do not move from day to day.
//!
//! Must not hold: numbers of people. A partition tells of its parts only that they had enough people when it was made.

use std::collections::{BTreeMap, BTreeSet};

use super::K;
use super::cell::{Cell, HourOfWeek, LEVELS, Part};
use super::snapshot::Snapshot;

/// Disjoint parts, each a cell and an hour or what merged from such.
///
/// A cell and hour belong to the finest part of the hierarchy that holds them. A part is thus what remains of its square and hours
/// after finer parts were taken out; where none holds them, they are withheld.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Partition {
    parts: BTreeSet<Part>,
}

impl Partition {
    /// Merges from fine to coarse: what has at least `least` different people (never below [`K`]) becomes a part, the rest is merged
    /// with what remains of its neighbours at the next level, in the one fixed order of levels. O(n log n) per level.
    ///
    /// `least` of 9 lets every part be published at once under the usual policy.
    #[must_use]
    pub fn build(snapshot: &Snapshot, least: u32) -> Partition {
        let least = least.max(K) as usize;
        let mut rest: BTreeMap<(Cell, HourOfWeek), BTreeSet<u32>> = BTreeMap::new();
        for s in snapshot.sightings() {
            rest.entry((s.cell, s.hour)).or_default().insert(s.person);
        }
        let mut parts = BTreeSet::new();
        for level in 0..LEVELS.len() {
            let mut people: BTreeMap<Part, BTreeSet<u32>> = BTreeMap::new();
            for (&(cell, hour), persons) in &rest {
                people.entry(Part::of(level, cell, hour)).or_default().extend(persons);
            }
            people.retain(|_, persons| persons.len() >= least);
            rest.retain(|&(cell, hour), _| !people.contains_key(&Part::of(level, cell, hour)));
            parts.extend(people.into_keys());
        }
        Partition { parts }
    }

    /// Number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether everything is withheld.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The one part that counts a cell and hour, if any.
    pub(super) fn part_of(&self, cell: Cell, hour: HourOfWeek) -> Option<Part> {
        (0..LEVELS.len()).map(|level| Part::of(level, cell, hour)).find(|part| self.parts.contains(part))
    }

    /// The different people of a snapshot in each part. A person counts in at most `parts_each` parts: those of most days, then the first ones.
    pub(super) fn people(&self, snapshot: &Snapshot, parts_each: usize) -> BTreeMap<Part, BTreeSet<u32>> {
        let mut days: BTreeMap<u32, BTreeMap<Part, u32>> = BTreeMap::new();
        for s in snapshot.sightings() {
            if let Some(part) = self.part_of(s.cell, s.hour) {
                *days.entry(s.person).or_default().entry(part).or_default() += 1;
            }
        }
        let mut people: BTreeMap<Part, BTreeSet<u32>> = BTreeMap::new();
        for (person, parts) in days {
            let mut ranked: Vec<(Part, u32)> = parts.into_iter().collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            for (part, _) in ranked.into_iter().take(parts_each) {
                people.entry(part).or_default().insert(person);
            }
        }
        people
    }

    pub(super) fn words(&self) -> impl Iterator<Item = [u16; 4]> {
        self.parts.iter().map(|part| part.words())
    }

    pub(super) fn from_words(words: &[[u16; 4]]) -> Option<Partition> {
        Some(Partition { parts: words.iter().map(|words| Part::from_words(*words)).collect::<Option<_>>()? })
    }
}
