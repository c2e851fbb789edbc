use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::grid::Point;
use super::cell::{LEVELS, Part};
use super::gate::CountState;
use super::release::Subject;
use super::{Area, Cell, HourOfWeek, Noise, Partition, People, Policy, Release, Sighting, Snapshot, likes, own_threshold};

fn cell(north: u16, east: u16) -> Cell {
    Cell::at(Point::new(51.505 + f64::from(north) / 112.0, -0.1 + f64::from(east) * 0.0145).unwrap())
}

fn hour(hour: u8) -> HourOfWeek {
    HourOfWeek::new(hour).unwrap()
}

fn sighting(person: u32, cell: Cell, at: u8, day: i32) -> Sighting {
    Sighting { person, day, cell, hour: hour(at) }
}

const NOBODY: People<'static> = People { audiences: &[], likes: &|_, _| false, tastes: &|_| Vec::new() };
/// Three venues with overlapping admirers; tastes that some share.
const MIXED: People<'static> = People {
    audiences: &[0, 1, 2],
    likes: &|audience, person| (person.wrapping_mul(2_654_435_761) >> (audience * 3)) % 5 < 3,
    tastes: &|p| vec![p % 2, 10 + p % 7],
};

#[test]
fn cells_are_about_a_kilometre_and_levels_nest() {
    for lat in [-89.0, -45.0, 0.0, 51.5, 70.0, 89.9] {
        let at = |lat, lon| Cell::at(Point::new(lat, lon).unwrap());
        let here = Point::new(lat, 10.0).unwrap();
        let across = (1..10_000).map(|m| f64::from(m) * 1e-3).find(|d| at(lat, 10.0 + d) != at(lat, 10.0));
        if let Some(d) = across {
            assert!(here.distance_m(Point::new(lat, 10.0 + d).unwrap()) < 1_300.0);
        }
    }
    assert_eq!(Cell::at(Point::new(10.0, 180.0).unwrap()), Cell::at(Point::new(10.0, -180.0).unwrap()));
    assert_eq!(cell(0, 0).around(1).len(), 9);
    assert!(LEVELS.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[1].1 % pair[0].1 == 0 && 168 % pair[1].1 == 0));
}

#[test]
fn twelve_and_two_people() {
    let mut seen: Vec<Sighting> = (0..14).map(|p| sighting(p, cell(0, 0), 21, 4)).collect();
    seen.extend([sighting(20, cell(0, 1), 21, 4), sighting(21, cell(0, 1), 21, 4)]);
    let snapshot = Snapshot::new(4, 28, &seen);
    let partition = Partition::build(&snapshot, 9);
    assert_eq!(partition.len(), 1, "the two are withheld");
    let people = People { audiences: &[7], likes: &|_, p| p < 10, tastes: &|p| vec![1, if p < 9 { 2 } else { 3 }] };
    let release = Release::first(partition, Policy::default(), &snapshot, &people);
    let summary = release.summary(&Area::new([cell(0, 0), cell(0, 1)]), 7, 5);
    assert_eq!((summary.people, summary.matches, summary.share), (10, 5, Some(0.5)));
    assert_eq!(summary.best_hour.map(|best| best.hour), HourOfWeek::new(21));
    assert_eq!(summary.tastes, [1, 2]);
    assert_eq!(release.summary(&Area::new([cell(5, 5)]), 7, 5).people, 0);
    // Everybody withdraws: nothing is left the next day.
    let empty = release.next(&Snapshot::new(5, 28, &[]), &people);
    assert_eq!(empty.summary(&Area::new([cell(0, 0)]), 7, 5).people, 0);
    assert_eq!(Release::restore(&release.save(), Policy::default()), Some(release));
}

#[test]
fn once_per_day_and_cell_within_the_window() {
    let seen = [
        sighting(1, cell(0, 0), 20, 3),
        sighting(1, cell(0, 0), 21, 3),
        sighting(1, cell(0, 0), 21, 4),
        sighting(1, cell(0, 0), 21, -25),
        sighting(1, cell(0, 0), 2, 5),
    ];
    assert_eq!(Snapshot::new(4, 28, &seen).sightings(), [seen[0], seen[2]]);
}

#[test]
fn own_bar_is_the_80th_percentile() {
    assert_eq!(own_threshold(&[0.1, 0.5, 0.2, 0.4, 0.3]), Some(0.4));
    assert_eq!(own_threshold(&[f32::NAN]), None);
    let scores: Vec<f32> = (0..100u8).map(f32::from).collect();
    let bar = own_threshold(&scores).unwrap();
    assert_eq!(scores.iter().filter(|score| likes(**score, bar)).count(), 20);
}

/// Groups all histories by what they publish; in each group every quantity must keep at least five values.
#[track_caller]
fn check_five_values(
    histories: impl Iterator<Item = Vec<u32>>,
    publish: impl Fn(&[u32]) -> Vec<u32>,
    quantities: impl Fn(&[u32]) -> Vec<i64>,
) {
    let mut groups: BTreeMap<Vec<u32>, Vec<BTreeSet<i64>>> = BTreeMap::new();
    for history in histories {
        let values = quantities(&history);
        let group = groups.entry(publish(&history)).or_insert_with(|| vec![BTreeSet::new(); values.len()]);
        group.iter_mut().zip(values).for_each(|(set, value)| {
            set.insert(value);
        });
    }
    // Histories are cut off at a largest count; groups that publish more are not complete.
    for (published, sets) in groups.iter().filter(|(published, _)| published.iter().all(|p| *p <= 10)) {
        assert!(sets.iter().all(|set| set.len() >= 5), "{published:?} {sets:?}");
    }
}

fn over_days(counts: &[u32]) -> Vec<u32> {
    let mut states = CountState::default();
    let publish = |count: &u32| {
        states = Policy::default().next(states, *count, &[]);
        states.published
    };
    counts.iter().map(publish).collect()
}

/// Guarantees 3 and 4, exhaustively: neither a day's count nor a change between days is known within fewer than five values.
#[test]
fn histories_of_a_number_leave_five_values() {
    let histories = (0..29u32.pow(3)).map(|i| vec![i % 29, i / 29 % 29, i / 841]);
    let differences =
        |h: &[u32]| [h[1], h[2], h[2]].iter().zip([h[0], h[1], h[0]]).map(|(a, b)| i64::from(*a) - i64::from(b)).collect::<Vec<_>>();
    check_five_values(histories, over_days, |h| h.iter().map(|n| i64::from(*n)).chain(differences(h)).collect());
}

proptest! {
    /// Guarantee 3 for histories of any length: five true histories, one person apart, publish the same.
    #[test]
    fn every_published_history_has_five_true_ones(counts in prop::collection::vec(prop_oneof![0u32..12, 0u32..40, 0u32..1_000], 1..40)) {
        let published = over_days(&counts);
        for shift in 4..9 {
            prop_assert_eq!(&over_days(&published.iter().map(|number| number + shift).collect::<Vec<_>>()), &published);
        }
    }
}

/// Guarantee 5, exhaustively: people, matches of one venue, matches of another, and all their differences, over two days.
#[test]
fn venues_and_complements_leave_five_values() {
    let pairs = (0..29u32.pow(4)).map(|i| vec![i % 29, i / 29 % 29, i / 841 % 29, i / 24_389]).filter(|h| h[1] <= h[0] && h[3] <= h[2]);
    let publish = |h: &[u32]| {
        let (people, matches) = (over_days(&[h[0], h[2]]), over_days(&[h[1], h[3]]));
        vec![people[0], people[1], matches[0].min(people[0]), matches[1].min(people[1])]
    };
    check_five_values(pairs, publish, |h| vec![i64::from(h[0]) - i64::from(h[1]), i64::from(h[2]) - i64::from(h[3])]);
    let triples = (0..29u32.pow(3)).map(|i| vec![i % 29, i / 29 % 29, i / 841]).filter(|h| h[1] <= h[0] && h[2] <= h[0]);
    let publish = |h: &[u32]| h.iter().map(|count| over_days(&[*count])[0].min(over_days(&[h[0]])[0])).collect();
    check_five_values(triples, publish, |h| vec![i64::from(h[1]) - i64::from(h[2])]);
}

/// The noise is what it claims: one person more changes no chance by more than the factor, but for delta.
#[test]
fn noise_is_bounded_by_epsilon_and_delta() {
    for epsilon in [0.05, 0.5, 1.0, 5.0] {
        let noise = Noise { epsilon, key: [1, 2] };
        let chances = noise.chances();
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9 && chances[0] <= 1e-3 && chances[2 * noise.reach() as usize] <= 1e-3);
        assert!(chances.windows(2).all(|c| c[0] <= c[1] * epsilon.exp() * (1.0 + 1e-9) && c[1] <= c[0] * epsilon.exp() * (1.0 + 1e-9)));
    }
}

fn populations() -> impl Strategy<Value = Vec<Sighting>> {
    let one = (0u32..70, 0u16..3, 0u16..3, prop::sample::select(vec![20u8, 21, 22, 45, 46, 120]), 0i32..28);
    prop::collection::vec(one.prop_map(|(p, n, e, h, d)| sighting(p, cell(n, e), h, d)), 0..600)
}

fn areas() -> impl Strategy<Value = Area> {
    prop::collection::btree_set((0u16..3, 0u16..3), 1..9).prop_map(|cells| Area::new(cells.into_iter().map(|(n, e)| cell(n, e))))
}

fn policies() -> impl Strategy<Value = Policy> {
    let noise = prop::option::of((0.5..3.0f64, any::<[u64; 2]>()).prop_map(|(epsilon, key)| Noise { epsilon, key }));
    (0u32..7, 1usize..9, noise).prop_map(|(slack, parts_each, noise)| Policy { slack, parts_each, noise })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_have_enough_people_and_levels_nest(seen in populations(), least in 0u32..12) {
        let snapshot = Snapshot::new(27, 28, &seen);
        let partition = Partition::build(&snapshot, least);
        let people = partition.people(&snapshot, usize::MAX);
        prop_assert!(people.values().all(|persons| persons.len() >= least.max(5) as usize));
        prop_assert_eq!(people.len(), partition.len());
        for s in seen.iter().zip(seen.iter().skip(1)) {
            let same: Vec<bool> = (0..LEVELS.len()).map(|l| Part::of(l, s.0.cell, s.0.hour) == Part::of(l, s.1.cell, s.1.hour)).collect();
            prop_assert!(same.is_sorted());
        }
    }

    /// Guarantees 1, 2 and 4 over random days, areas and venues, for any policy.
    #[test]
    fn random_histories_of_days_and_queries(
        days in prop::collection::vec(populations(), 1..6), asked in prop::collection::vec((areas(), areas(), 0u32..3), 1..6), policy in policies(),
    ) {
        let snapshots: Vec<Snapshot> = (27..).zip(&days).map(|(day, seen)| Snapshot::new(day, 28, seen)).collect();
        let mut release = Release::first(Partition::build(&snapshots[0], 5), policy, &snapshots[0], &MIXED);
        for snapshot in &snapshots {
            let before = release.clone();
            release = release.next(snapshot, &MIXED);
            prop_assert_eq!(&release, &release.next(snapshot, &NOBODY), "a day is released once");
            let counts = release.count(snapshot, &MIXED);
            for key in before.keys().chain(release.keys()).chain(counts.keys()).copied().collect::<BTreeSet<_>>() {
                let count = counts.get(&key).copied().unwrap_or(0);
                let number = release.published(key.0, key.1);
                prop_assert!(number.is_multiple_of(5) && number <= count);
                // What a number was set for is a true count, of today or of the day it was set.
                let (old, new) = (before.states(key), release.states(key));
                prop_assert!(new == old || new.anchor == count);
                prop_assert!(new == old || old.anchor.abs_diff(count) > policy.slack);
            }
            for (a, b, audience) in &asked {
                let (a, b) = (release.summary(a, *audience, 9), release.summary(b, *audience, 9));
                prop_assert!([a.people, b.people, a.matches, b.matches].iter().all(|n| n.is_multiple_of(5)));
                // A difference of areas is again a sum of published numbers.
                prop_assert!(a.people.abs_diff(b.people).is_multiple_of(5) && a.matches.abs_diff(b.matches).is_multiple_of(5));
                prop_assert!(a.matches <= a.people && a.best_hour.is_none_or(|best| best.matches >= 5 && best.matches <= best.people));
            }
        }
    }

    /// Up to four people who join or leave the day after do not change any answer to anybody.
    #[test]
    fn four_people_more_or_fewer_go_unseen(seen in populations(), gone in prop::collection::btree_set(0u32..70, 0..5), joined in populations(), area in areas()) {
        let first = Snapshot::new(27, 40, &seen);
        let release = Release::first(Partition::build(&first, 5), Policy::default(), &first, &MIXED);
        let fewer: Vec<Sighting> = seen.iter().filter(|s| !gone.contains(&s.person)).copied().collect();
        let newcomers = joined.iter().filter(|s| s.person < 4).map(|s| Sighting { person: s.person + 1_000, ..*s });
        let more: Vec<Sighting> = seen.iter().copied().chain(newcomers).collect();
        for changed in [fewer, more] {
            let next = release.next(&Snapshot::new(28, 40, &changed), &MIXED);
            for audience in 0..3 {
                prop_assert_eq!(release.hours(&area, audience), next.hours(&area, audience));
                prop_assert_eq!(release.summary(&area, audience, 9).tastes, next.summary(&area, audience, 9).tastes);
            }
        }
    }

    /// Guarantee 3 end to end: with more people in a part, up to the fifth possible count, everybody gets the same answers.
    #[test]
    fn worlds_with_other_counts_look_the_same(seen in populations(), pick in any::<prop::sample::Index>(), queries in prop::collection::vec(areas(), 1..8)) {
        prop_assume!(!seen.is_empty());
        let snapshot = Snapshot::new(27, 28, &seen);
        let partition = Partition::build(&snapshot, 5);
        let of = |snapshot: &Snapshot| Release::first(partition.clone(), Policy::default(), snapshot, &NOBODY);
        let chosen = *pick.get(&seen);
        let Some(part) = partition.part_of(chosen.cell, chosen.hour) else { return Ok(()) };
        let release = of(&snapshot);
        let count = release.count(&snapshot, &NOBODY).get(&(part, Subject::Everybody)).copied().unwrap_or(0);
        let most = release.published(part, Subject::Everybody) + 8;
        prop_assert!((most.saturating_sub(8)..=most).contains(&count));
        for more in 0..=most - count {
            let others = (0..more).map(|i| Sighting { person: 5_000 + i, day: 20, ..chosen });
            let world = of(&Snapshot::new(27, 28, &seen.iter().copied().chain(others).collect::<Vec<_>>()));
            for area in &queries {
                prop_assert_eq!(release.summary(area, 0, 9), world.summary(area, 0, 9));
            }
        }
    }

    /// With noise, waiting and asking again average nothing away, and saving loses nothing.
    #[test]
    fn noise_is_drawn_once(seen in populations(), epsilon in 0.5..3.0f64, key in any::<[u64; 2]>()) {
        let policy = Policy { noise: Some(Noise { epsilon, key }), ..Policy::default() };
        let partition = Partition::build(&Snapshot::new(27, 100, &seen), 5);
        let first = Release::first(partition, policy, &Snapshot::new(27, 100, &seen), &MIXED);
        let mut later = first.clone();
        for day in 28..60 {
            later = Release::restore(&later.save(), policy).unwrap().next(&Snapshot::new(day, 100, &seen), &MIXED);
        }
        prop_assert_eq!(first.save().numbers, later.save().numbers);
    }
}
