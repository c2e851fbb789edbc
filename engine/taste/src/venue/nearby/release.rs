//! The daily release: the numbers of all parts, as they stand and as they are published.
//!
//! Must not hold: persons. It keeps counts, to hold numbers over days; only what `published` returns may leave.

use std::collections::BTreeMap;

use super::K;
use super::cell::Part;
use super::gate::{CountState, Policy};
use super::partition::Partition;
use super::snapshot::Snapshot;

/// What is asked about people.
#[derive(Clone, Copy)]
pub struct People<'a> {
    /// The audiences: venues, or groups of venues alike.
    pub audiences: &'a [u32],
    /// Whether a person would like what an audience stands for: `likes(audience, person)`.
    pub likes: &'a dyn Fn(u32, u32) -> bool,
    /// A person's top genres and artists, numbered by the caller, without what the person hid.
    pub tastes: &'a dyn Fn(u32) -> Vec<u32>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Everybody,
    Audience(u32),
    Taste(u32),
}

impl Subject {
    fn words(self) -> [u64; 2] {
        match self {
            Subject::Everybody => [0, 0],
            Subject::Audience(id) => [1, u64::from(id)],
            Subject::Taste(id) => [2, u64::from(id)],
        }
    }

    fn from_words(kind: u8, id: u32) -> Option<Subject> {
        match kind {
            0 if id == 0 => Some(Subject::Everybody),
            1 => Some(Subject::Audience(id)),
            2 => Some(Subject::Taste(id)),
            _ => None,
        }
    }
}

/// All numbers of one day. Made from the day before, so that numbers hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    day: i32,
    partition: Partition,
    policy: Policy,
    states: BTreeMap<(Part, Subject), CountState>,
}

impl Release {
    /// The first release over a partition.
    #[must_use]
    pub fn first(partition: Partition, policy: Policy, snapshot: &Snapshot, people: &People<'_>) -> Release {
        Release { day: snapshot.day(), partition, policy, states: BTreeMap::new() }.advance(snapshot, people)
    }

    /// The release of another day. A snapshot of the same day or an earlier one changes nothing: a day is released once.
    ///
    /// O(people in parts * (audiences + tastes)).
    #[must_use]
    pub fn next(&self, snapshot: &Snapshot, people: &People<'_>) -> Release {
        if snapshot.day() <= self.day { self.clone() } else { self.advance(snapshot, people) }
    }

    fn advance(&self, snapshot: &Snapshot, people: &People<'_>) -> Release {
        let counts = self.count(snapshot, people);
        let mut states = BTreeMap::new();
        // A number nobody is counted in any more must come down too.
        for key in self.states.keys().chain(counts.keys()) {
            let before = self.states.get(key).copied().unwrap_or_default();
            let count = counts.get(key).copied().unwrap_or(0);
            let next = self.policy.next(before, count, &name(snapshot.day(), *key));
            if next != CountState::default() {
                states.insert(*key, next);
            }
        }
        Release { day: snapshot.day(), partition: self.partition.clone(), policy: self.policy, states }
    }

    /// The day of the release.
    #[must_use]
    pub fn day(&self) -> i32 {
        self.day
    }

    /// The partition all numbers are about.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    pub(super) fn count(&self, snapshot: &Snapshot, people: &People<'_>) -> BTreeMap<(Part, Subject), u32> {
        let mut counts = BTreeMap::new();
        for (part, persons) in self.partition.people(snapshot, self.policy.parts_each) {
            for person in persons {
                let mut subjects = vec![Subject::Everybody];
                subjects.extend(people.audiences.iter().filter(|a| (people.likes)(**a, person)).map(|a| Subject::Audience(*a)));
                subjects.extend((people.tastes)(person).into_iter().map(Subject::Taste));
                subjects.sort_unstable();
                subjects.dedup();
                subjects.into_iter().for_each(|subject| *counts.entry((part, subject)).or_insert(0) += 1);
            }
        }
        counts
    }

    /// The published number. Numbers about a part never exceed its number of people, so a withheld part tells nothing else either.
    pub(super) fn published(&self, part: Part, subject: Subject) -> u32 {
        let of = |subject| self.states.get(&(part, subject)).map_or(0, |states| states.published);
        of(subject).min(of(Subject::Everybody))
    }

    /// The tastes named in a part.
    pub(super) fn tastes(&self, part: Part) -> impl Iterator<Item = u32> {
        let range = (part, Subject::Taste(0))..=(part, Subject::Taste(u32::MAX));
        let named = self.states.range(range).filter(move |(key, _)| self.published(part, key.1) > 0);
        named.filter_map(|(key, _)| if let Subject::Taste(taste) = key.1 { Some(taste) } else { None })
    }

    #[cfg(test)]
    pub(super) fn keys(&self) -> impl Iterator<Item = &(Part, Subject)> {
        self.states.keys()
    }

    #[cfg(test)]
    pub(super) fn states(&self, key: (Part, Subject)) -> CountState {
        self.states.get(&key).copied().unwrap_or_default()
    }

    /// What must be stored to go on after a restart. Counts are in it: it is as secret as the sightings.
    #[must_use]
    pub fn save(&self) -> Saved {
        let number = |(&(part, subject), states): (&(Part, Subject), &CountState)| {
            let [kind, id] = subject.words();
            SavedNumber { part: part.words(), kind: kind as u8, id: id as u32, anchor: states.anchor, published: states.published }
        };
        Saved { day: self.day, parts: self.partition.words().collect(), numbers: self.states.iter().map(number).collect() }
    }

    /// The release that was saved, to be continued under `policy`. `None` when the data cannot have been saved by [`Release::save`].
    #[must_use]
    pub fn restore(saved: &Saved, policy: Policy) -> Option<Release> {
        let mut states = BTreeMap::new();
        for number in &saved.numbers {
            if number.published % K != 0 || number.published > number.anchor {
                return None;
            }
            let key = (Part::from_words(number.part)?, Subject::from_words(number.kind, number.id)?);
            states.insert(key, CountState { anchor: number.anchor, published: number.published });
        }
        Some(Release { day: saved.day, partition: Partition::from_words(&saved.parts)?, policy, states })
    }
}

/// A release as plain data.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Saved {
    /// Day of the release.
    pub day: i32,
    /// The partition: level, row, column and slot of each part.
    pub parts: Vec<[u16; 4]>,
    /// The numbers that stand.
    pub numbers: Vec<SavedNumber>,
}

/// One number of a [`Saved`] release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SavedNumber {
    /// The part it is about.
    pub part: [u16; 4],
    /// 0 everybody, 1 an audience, 2 a taste.
    pub kind: u8,
    /// The audience or the taste.
    pub id: u32,
    /// The count it was set for. Secret.
    pub anchor: u32,
    /// What is published.
    pub published: u32,
}

/// The words that name a number on a day, for noise.
fn name(day: i32, (part, subject): (Part, Subject)) -> [u64; 4] {
    let place = u64::from(part.row) << 32 | u64::from(part.column) << 16 | u64::from(part.level) << 8 | u64::from(part.slot);
    let [kind, id] = subject.words();
    [place, kind, id, i64::from(day).cast_unsigned()]
}
