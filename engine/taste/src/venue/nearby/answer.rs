//! Answers to owners: sums over published numbers of whole parts, nothing else.
//!
//! Must not hold: anything that reads sightings or counts. That rule is what makes overlapping areas harmless.

use std::collections::{BTreeMap, BTreeSet};

use super::super::grid::Point;
use super::cell::{self, Cell, HourOfWeek, Part};
use super::release::{Release, Subject};

/// Parts longer than this say nothing about the hour, in hours.
const HOURLY: u8 = 4;

/// An owner's area, fixed at registration: whole cells. A part that reaches into it counts whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    cells: BTreeSet<Cell>,
}

impl Area {
    /// An area of these cells.
    #[must_use]
    pub fn new(cells: impl IntoIterator<Item = Cell>) -> Area {
        Area { cells: cells.into_iter().collect() }
    }

    fn parts_at(&self, release: &Release, hour: HourOfWeek) -> BTreeSet<Part> {
        self.cells.iter().filter_map(|cell| release.partition().part_of(*cell, hour)).collect()
    }
}

/// What is published about one hour of the week in an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// The hour.
    pub hour: HourOfWeek,
    /// At least so many people, a multiple of 5. Somebody seen in two cells at that hour counts in both.
    pub people: u32,
    /// At least so many who would like the place, a multiple of 5.
    pub matches: u32,
}

/// What an owner learns.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Day of the release.
    pub day: i32,
    /// People summed over parts, a multiple of 5. A person counts once in each part, so this is presence, not heads.
    pub people: u32,
    /// The same of those who would like the place.
    pub matches: u32,
    /// `matches / people`, if there are people.
    pub share: Option<f64>,
    /// The hour with most matches, the earliest of equals, if any hour has some.
    pub best_hour: Option<Hour>,
    /// Genres and artists shared by at least five people of a part; those of more people first, then by number.
    pub tastes: Vec<u32>,
}

/// What is published about a square of cells, over all hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    /// Its middle.
    pub middle: Point,
    /// Its height, and about its width, in metres.
    pub side_m: f64,
    /// People summed over its parts, a multiple of 5: presence, not heads.
    pub people: u32,
    /// The same of those who would like the place.
    pub matches: u32,
}

impl Release {
    /// The summary of an area for an audience, with at most `tastes` names. Depends on nothing but the release and the arguments.
    ///
    /// O(cells * 168).
    #[must_use]
    pub fn summary(&self, area: &Area, audience: u32, tastes: usize) -> Summary {
        let parts: BTreeSet<Part> = HourOfWeek::all().flat_map(|hour| area.parts_at(self, hour)).collect();
        let sum = |subject| parts.iter().map(|part| self.published(*part, subject)).sum::<u32>();
        let (people, matches) = (sum(Subject::Everybody), sum(Subject::Audience(audience)));
        let mut best_hour: Option<Hour> = None;
        for hour in self.hours(area, audience) {
            if hour.matches > best_hour.map_or(0, |best| best.matches) {
                best_hour = Some(hour);
            }
        }
        let share = (people > 0).then(|| f64::from(matches) / f64::from(people));
        Summary { day: self.day(), people, matches, share, best_hour, tastes: self.shared_tastes(&parts, tastes) }
    }

    /// The week of an area for an audience: all 168 hours, from parts of at most four hours. O(cells * 168).
    #[must_use]
    pub fn hours(&self, area: &Area, audience: u32) -> Vec<Hour> {
        let of = |hour| {
            let parts: Vec<Part> = area.parts_at(self, hour).into_iter().filter(|part| part.hours() <= HOURLY).collect();
            let sum = |subject| parts.iter().map(|part| self.published(*part, subject)).sum();
            Hour { hour, people: sum(Subject::Everybody), matches: sum(Subject::Audience(audience)) }
        };
        HourOfWeek::all().map(of).collect()
    }

    /// Where in an area people are: the published numbers of its parts, summed over hours for each square that parts have, small
    /// squares first. Squares of different sizes may lie over each other; squares with nobody are left out. O(cells * 168).
    #[must_use]
    pub fn squares(&self, area: &Area, audience: u32) -> Vec<Square> {
        let parts: BTreeSet<Part> = HourOfWeek::all().flat_map(|hour| area.parts_at(self, hour)).collect();
        let mut sums: BTreeMap<(u16, u16, u16), (u32, u32)> = BTreeMap::new();
        for part in parts {
            let sum = sums.entry(part.square()).or_default();
            sum.0 += self.published(part, Subject::Everybody);
            sum.1 += self.published(part, Subject::Audience(audience));
        }
        let there = sums.into_iter().filter(|(_, (people, _))| *people > 0);
        let shown = there.filter_map(|(square, (people, matches))| {
            let (middle, side_m) = cell::middle(square)?;
            Some(Square { middle, side_m, people, matches })
        });
        shown.collect()
    }

    fn shared_tastes(&self, parts: &BTreeSet<Part>, limit: usize) -> Vec<u32> {
        let mut people: BTreeMap<u32, u32> = BTreeMap::new();
        for &part in parts {
            for taste in self.tastes(part) {
                *people.entry(taste).or_default() += self.published(part, Subject::Taste(taste));
            }
        }
        let mut ranked: Vec<(u32, u32)> = people.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter().take(limit).map(|(taste, _)| taste).collect()
    }
}
