use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy as _;

use super::Ballot;
use super::{Group, Member, Played, Rules, Search, Strategy};
use crate::content::{ItemContent, Sound};
use crate::factors::Settings;
use crate::train::{Dataset, Options, train};
use crate::{Model, TasteError};

const ITEMS: usize = 120;

/// Three circles of taste with a few bridges, songs with artists, genres, tempo and energy.
fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut rows = Vec::new();
        for user in 0..90 {
            for item in 0..ITEMS {
                if (user % 3 == item % 3 && (user * 7 + item * 5) % 4 != 1) || (user * 31 + item * 17) % 41 == 0 {
                    rows.push((format!("u{user:02}"), format!("s{item:03}"), 1.0));
                }
            }
        }
        let content = (0..ITEMS).map(|item| ItemContent {
            id: format!("s{item:03}"),
            title: format!("Song {}", item / 2),
            artist: format!("Artist {}", item % 20),
            genres: vec![["rock", "jazz", "house"][item % 3].to_owned()],
            explicit: Some(item % 7 == 0),
            year: Some(1990 + (item % 30) as i32),
            sound: Sound {
                tempo: Some(90.0 + (item % 50) as f32),
                key: Some((item % 12) as u8),
                energy: Some((item % 10) as f32 / 10.0),
                ..Sound::default()
            },
            ..ItemContent::default()
        });
        let data = Dataset::of(&rows).with_content(content.collect());
        let options = Options { settings: Settings { dimensions: 16, ..Settings::default() }, ..Options::default() };
        train(&data, &options, None, &AtomicBool::new(false), &mut |_| ()).unwrap().into_model().unwrap()
    })
}

fn member(id: usize) -> Member {
    let model = model();
    let number = model.user_ids().number(&format!("u{:02}", id % 90)).unwrap();
    Member::new(model.profile_of(number).unwrap())
}

fn group(ids: &[usize], strategy: Strategy) -> Group {
    Group { members: ids.iter().map(|id| member(*id)).collect(), strategy, rules: Rules::none(), include_known: true, ..Group::default() }
}

fn items(group: &Group, k: usize, search: Search) -> Vec<u32> {
    model().group_picks(group, k, search, &|_| true).unwrap().into_iter().map(|pick| pick.item).collect()
}

fn strategies() -> impl proptest::strategy::Strategy<Value = Strategy> {
    (0..Strategy::ALL.len()).prop_map(|at| Strategy::ALL[at].0)
}

const ORDER_FREE: [Strategy; 6] = [
    Strategy::Average,
    Strategy::LeastMisery,
    Strategy::MostPleasure,
    Strategy::Multiplicative,
    Strategy::Borda,
    Strategy::AverageWithoutMisery,
];

fn ballot(members: usize, scores: Vec<f32>) -> Ballot {
    Ballot { candidates: scores.len() / members, scores, weights: vec![1.0; members], pleased_at: 4.0, ..Ballot::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_members_changes_nothing(ids in prop::collection::vec(0usize..90, 1..6), strategy in strategies()) {
        let mut turned = ids.clone();
        turned.reverse();
        prop_assert_eq!(items(&group(&ids, strategy), 6, Search::Exact), items(&group(&turned, strategy), 6, Search::Exact));
    }

    #[test]
    fn every_member_twice_changes_nothing(ids in prop::collection::vec(0usize..90, 1..5), at in 0usize..6) {
        let doubled: Vec<usize> = ids.iter().chain(&ids).copied().collect();
        let strategy = ORDER_FREE[at];
        prop_assert_eq!(items(&group(&ids, strategy), 6, Search::Exact), items(&group(&doubled, strategy), 6, Search::Exact));
    }

    #[test]
    fn liking_a_song_more_never_lowers_its_place(
        members in 1usize..5,
        scores in prop::collection::vec(-3i8..6, 40),
        raised in any::<prop::sample::Index>(),
        by in 1u8..5,
        at in 0usize..3,
    ) {
        let strategy = [Strategy::Average, Strategy::LeastMisery, Strategy::MostPleasure][at];
        let scores: Vec<f32> = scores.into_iter().map(f32::from).take(members * (40 / members)).collect();
        let before = ballot(members, scores.clone());
        let place = raised.index(scores.len());
        let candidate = place % before.candidates;
        let mut more = scores;
        more[place] += f32::from(by);
        // Bounds stay, as they do when they come from the whole catalogue.
        let bounds: Vec<(f32, f32)> = vec![(-3.0, 12.0); members];
        let above = |scores: Vec<f32>| {
            let values = Ballot { bounds: bounds.clone(), ..ballot(members, scores) }.scores_of(strategy).unwrap();
            values.iter().filter(|value| **value > values[candidate]).count()
        };
        prop_assert!(above(more) <= above(before.scores));
    }

    #[test]
    fn a_vetoed_song_and_one_out_of_the_rules_never_come(
        ids in prop::collection::vec(0usize..90, 1..5),
        vetoes in prop::collection::hash_set(0u32..ITEMS as u32, 0..60),
        strategy in strategies(),
        clean in any::<bool>(),
        without in prop::option::of(prop::sample::select(vec!["rock", "jazz", "house"])),
        search in prop::sample::select(vec![Search::Fast, Search::Exact]),
    ) {
        let mut group = group(&ids, strategy);
        group.members[0].vetoes = vetoes.clone();
        group.rules = Rules { clean, without: without.iter().map(|genre| (*genre).to_owned()).collect(), years: Some((1995, 2010)), ..Rules::default() };
        let picks = items(&group, 15, search);
        let mut songs = HashSet::new();
        for (at, item) in picks.iter().enumerate() {
            let facts = model().facts(*item);
            prop_assert!(!vetoes.contains(item));
            prop_assert!(!clean || facts.explicit != Some(true));
            prop_assert!(facts.year.is_some_and(|year| (1995..=2010).contains(&year)));
            let genre = model().labels(*item).iter().filter_map(|label| model().label_names().name(*label)).next();
            prop_assert!(without.is_none() || genre != without);
            prop_assert!(songs.insert(facts.song), "two versions of a song");
            for before in picks[..at].iter().rev().take(4) {
                prop_assert!(!clean || model().facts(*before).artist != facts.artist || facts.artist.is_none() || due(&group, search, at));
            }
        }
    }

    #[test]
    fn everybody_is_served_within_the_window(ids in prop::collection::vec(0usize..90, 1..6), strategy in strategies()) {
        let mut group = group(&ids, strategy);
        group.rules = Rules { everyone_served: true, ..Rules::none() };
        let picks = items(&group, 40, Search::Exact);
        let window = 2 * ids.len();
        for member in &group.members {
            let mut sample = model().sample_scores(&member.profile);
            sample.sort_unstable_by(f32::total_cmp);
            let bar = sample[((sample.len() - 1) as f32 * 0.95) as usize];
            let scores = model().score(&member.profile, &picks);
            // The catalogue is small: once all of the own best are played there is nothing left to promise.
            let own_best = model().score_all(&member.profile).iter().filter(|score| **score >= bar).count();
            let mut served = 0;
            for (at, part) in scores.windows(window).enumerate() {
                served = served.max(scores[..at].iter().filter(|score| **score >= bar).count());
                prop_assert!(served >= own_best || part.iter().any(|score| *score >= bar), "{at} {part:?} {bar}");
            }
        }
    }

    #[test]
    fn the_fast_path_finds_what_scoring_everything_finds(ids in prop::collection::vec(0usize..90, 1..6)) {
        let exact: HashSet<u32> = items(&group(&ids, Strategy::Fair), 10, Search::Exact).into_iter().collect();
        let fast = items(&group(&ids, Strategy::Fair), 10, Search::Fast);
        prop_assert!(fast.iter().filter(|item| exact.contains(item)).count() >= 9);
    }

    #[test]
    fn the_shares_of_a_reason_add_up_to_the_score(id in 0usize..90, item in 0u32..ITEMS as u32, likes in prop::collection::btree_set(0u32..ITEMS as u32, 0..30)) {
        let model = model();
        let few: Vec<(u32, f32)> = likes.into_iter().enumerate().map(|(at, item)| (item, if at % 5 == 4 { -1.0 } else { 1.0 + at as f32 % 3.0 })).collect();
        let recent = &few[few.len().saturating_sub(5)..];
        for profile in [member(id).profile, model.profile(&few), model.recent_profile(&few, recent)] {
            let (explain, score) = (model.explain(&profile, item), model.score(&profile, &[item])[0]);
            prop_assert!((explain.total() - score).abs() < 2e-3 * score.abs().max(1.0), "{} {score}", explain.total());
        }
    }
}

/// Whether the pick at this place was made because a user was due: such a pick may pass over good manners.
fn due(group: &Group, search: Search, at: usize) -> bool {
    model().group_picks(group, 15, search, &|_| true).unwrap()[at].due
}

#[test]
fn what_was_played_is_not_played_again_soon_and_a_late_guest_is_not_owed_the_evening() {
    let mut group = group(&[0, 1], Strategy::Fair);
    let first = items(&group, 5, Search::Fast);
    group.played = first.iter().map(|item| Played { item: *item, seconds_ago: 600 }).collect();
    let next = items(&group, 5, Search::Fast);
    assert!(next.iter().all(|item| !first.contains(item)));
    // A user of another circle comes: with everybody else long served, the next songs are mostly the newcomer's, unless the
    // newcomer counts as served like the others.
    let mine = |group: &Group| items(group, 6, Search::Exact).iter().filter(|item| **item % 3 == 2).count();
    group.members.push(Member { present: Some(0), ..member(2) });
    let late = mine(&group);
    group.members[2].present = None;
    assert!(late <= mine(&group));
}

#[test]
fn as_many_come_as_are_asked_for_when_there_are_so_many() {
    for ids in [vec![0], vec![0, 3]] {
        let group = group(&ids, Strategy::Fair);
        let all = items(&group, ITEMS, Search::Exact).len();
        assert_eq!(items(&group, all, Search::Fast).len(), all);
    }
}

#[test]
fn each_pick_says_whom_it_is_for_and_why() {
    let group = group(&[0, 1, 2], Strategy::Fair);
    let picks = model().group_picks(&group, 6, Search::Fast, &|_| true).unwrap();
    assert_eq!(picks.len(), 6);
    for pick in &picks {
        let first = &pick.satisfied[0];
        let gains = |at: usize| model().score(&group.members[at].profile, &[pick.item])[0];
        assert!((0..3).all(|at| gains(at) <= gains(first.member)), "{pick:?}");
        assert!(first.because.iter().all(|share| member(first.member).profile.known().likes(share.item)));
        assert!(!first.because.is_empty());
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |group: &Group| matches!(model().group_picks(group, 5, Search::Fast, &|_| true), Err(TasteError::BadRequest(_)));
    assert!(refused(&Group::default()));
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let mut group = group(&[1], Strategy::Fair);
        group.members[0].weight = weight;
        assert!(refused(&group));
    }
    let mut group = group(&[1], Strategy::Fair);
    group.rules.energy = Some(f32::NAN);
    assert!(refused(&group));
}
