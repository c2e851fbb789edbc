//! What is counted: the sightings of a window of days, each person once per day and cell.
//!
//! Must not hold: people who did not opt in or who withdrew. The caller leaves them out.

use super::cell::{Cell, HourOfWeek};

/// That a person was somewhere, as coarse as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// The person; only ever counted.
    pub person: u32,
    /// Day number, counted from anywhere.
    pub day: i32,
    /// Where.
    pub cell: Cell,
    /// Hour of the week; its weekday is that of `day`.
    pub hour: HourOfWeek,
}

/// The sightings that count on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    day: i32,
    sightings: Vec<Sighting>,
}

impl Snapshot {
    /// Keeps the sightings of the `window` days up to and with `day`, of each person the earliest per day and cell. O(n log n).
    #[must_use]
    pub fn new(day: i32, window: u16, sightings: &[Sighting]) -> Snapshot {
        let first = i64::from(day) - i64::from(window);
        let recent = |s: &&Sighting| first < i64::from(s.day) && s.day <= day;
        let mut kept: Vec<Sighting> = sightings.iter().filter(recent).copied().collect();
        kept.sort_unstable();
        kept.dedup_by_key(|s| (s.person, s.day, s.cell));
        Snapshot { day, sightings: kept }
    }

    /// The day of the snapshot.
    #[must_use]
    pub fn day(&self) -> i32 {
        self.day
    }

    /// The sightings, sorted.
    pub(super) fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }
}
