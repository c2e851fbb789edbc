//! The next songs for a group out of a million: how long the fast path takes, and how much it finds of what scoring every song for
//! every member finds. One song in ten is explicit and out, one in eight of a genre that is out.

use std::collections::HashSet;
use std::time::Instant;

use tutti_engine::taste::Model;
use tutti_engine::taste::content::ItemContent;
use tutti_engine::taste::group::{Group, Member, Rules, Search};

const SIZES: [(usize, usize, usize); 4] = [(2, 300, 30), (8, 300, 20), (50, 60, 5), (500, 12, 2)];
const PICKS: usize = 10;
/// Groups before the first that is timed.
const WARM: usize = 200;

/// What the rules look at.
pub(crate) fn content(song: u32, id: String) -> ItemContent {
    ItemContent {
        id,
        artist: format!("a{:06}", song / 10),
        genres: vec![format!("genre {}", song % 8)],
        explicit: Some(song.is_multiple_of(10)),
        ..ItemContent::default()
    }
}

pub(crate) fn run(model: &Model) {
    // The first groups read the model from disk, and the first with these rules make their bitmap.
    for at in 0..WARM {
        list(model, &group(model, 8, at, ruled(Rules::default())), Search::Fast);
    }
    let mut times: Vec<f64> = (0..1000)
        .map(|at| {
            let started = Instant::now();
            assert!(model.profile_of((at * 7919 + 31) % model.user_ids().len() as u32).is_some());
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    println!("a member's profile: p50 {:.0} us, p99 {:.0} us", times[500], times[990]);
    println!("| members | groups | p50 ms | p99 ms | recall@{PICKS} of the bare strategy | with everything the default asks |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (size, groups, judged) in SIZES {
        let mut times: Vec<f64> = (0..groups)
            .map(|at| {
                let group = group(model, size, at, ruled(Rules::default()));
                let started = Instant::now();
                assert_eq!(list(model, &group, Search::Fast).len(), PICKS);
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let recall = |rules: &Rules| {
            let found: usize = (0..judged)
                .map(|at| {
                    let group = group(model, size, at, rules.clone());
                    let exact: HashSet<u32> = list(model, &group, Search::Exact).into_iter().collect();
                    list(model, &group, Search::Fast).iter().filter(|item| exact.contains(item)).count()
                })
                .sum();
            found as f64 / (judged * PICKS) as f64
        };
        let (bare, full) = (ruled(Rules::none()), ruled(Rules::default()));
        println!("| {size} | {groups} | {:.2} | {:.2} | {:.3} | {:.3} |", at(0.5), at(0.99), recall(&bare), recall(&full));
    }
}

fn ruled(rules: Rules) -> Rules {
    Rules { clean: true, without: vec!["genre 3".to_owned()], ..rules }
}

fn group(model: &Model, size: usize, draw: usize, rules: Rules) -> Group {
    let people = model.user_ids().len();
    let member = |at: usize| model.profile_of(((draw * 7919 + at * 104_729 + 13) % people) as u32).map(Member::new);
    Group { members: (0..size).filter_map(member).collect(), rules, include_known: true, ..Group::default() }
}

fn list(model: &Model, group: &Group, search: Search) -> Vec<u32> {
    let picks = model.group_picks(group, PICKS, search, &|_| true).expect("a group with members");
    picks.into_iter().map(|pick| pick.item).collect()
}
