use std::sync::Arc;

use super::{Draft, TestRoom, id, silent, song};
use crate::rooms::rules::autopilot::{Candidate, CandidateSet, pick};
use crate::rooms::rules::event::EventKind;
use crate::rooms::rules::ids::ItemId;
use crate::rooms::rules::op::Action;
use crate::rooms::rules::settings::RoomSettings;

fn candidate(name: &str, vector: [f32; 2]) -> Candidate {
    Candidate { song: song(name), vector: Some(Arc::from(vector)) }
}

fn candidate_set(candidates: Vec<Candidate>, tastes: &[(&str, Option<[f32; 2]>)]) -> CandidateSet {
    let vectors = candidates.iter().filter_map(|one| Some((one.song.id.clone(), one.vector.clone()?))).collect();
    let tastes = tastes.iter().map(|(who, taste)| (id(who), taste.map(Arc::from))).collect();
    CandidateSet { candidates, vectors, tastes }
}

fn add(room: &mut TestRoom, song: &Arc<super::Song>) -> ItemId {
    let item: ItemId = id(&format!("i{}", room.state.rev + 1));
    room.log_one(Draft::of_server(EventKind::SongAdded { item: item.clone(), note: None, song: song.clone() }));
    item
}

#[test]
fn opposite_tastes_get_half_each() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    let candidates: Vec<Candidate> =
        (0..80).map(|n| candidate(&format!("{n:02}"), if n % 2 == 0 { [1.0, 0.0] } else { [0.0, 1.0] })).collect();
    let candidates = candidate_set(candidates, &[("a", Some([1.0, 0.0])), ("b", Some([0.0, 1.0])), ("host", None)]);
    let mut even = 0;
    for _ in 0..30 {
        let picked = pick(&room.state, room.now, &candidates).expect("a pick");
        even += usize::from(picked.song.id.parse::<u32>().unwrap() % 2 == 0);
        let item = add(&mut room, &picked.song);
        room.act("host", &Action::Start { item: Some(item) }).unwrap();
        room.now += 60_000;
    }
    assert!((12..=18).contains(&even), "{even} of 30");
}

#[test]
fn what_was_played_queued_or_thrown_out_is_not_picked() {
    let mut room = TestRoom::with(silent(RoomSettings { explicit: false, ..RoomSettings::default() }), &["a"]);
    let explicit = Candidate { song: Arc::new(super::Song { explicit: true, ..(*song("explicit")).clone() }), vector: None };
    let names = ["played", "queued", "vetoed"];
    let mut candidates: Vec<Candidate> = names.iter().map(|name| candidate(name, [1.0, 0.0])).collect();
    candidates.push(explicit);
    let candidates = candidate_set(candidates, &[("a", Some([1.0, 0.0]))]);
    let played = add(&mut room, &song("played"));
    room.act("host", &Action::Start { item: Some(played) }).unwrap();
    add(&mut room, &song("queued"));
    let vetoed = add(&mut room, &song("vetoed"));
    room.act("host", &Action::Veto { item: vetoed }).unwrap();
    assert_eq!(pick(&room.state, room.now, &candidates), None);
    let later = room.now + 60 * 60_000;
    assert_eq!(pick(&room.state, later, &candidates).unwrap().song.title, "played", "an hour later it may come again");
}

#[test]
fn equals_go_by_id_and_the_reasons_name_everybody() {
    let room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    let candidates =
        candidate_set(vec![candidate("b", [0.0, 1.0]), candidate("a", [0.0, 1.0])], &[("a", Some([0.0, 1.0])), ("host", None)]);
    let picked = pick(&room.state, room.now, &candidates).unwrap();
    assert_eq!(picked.song.title, "a");
    assert_eq!(picked.scores.values().copied().collect::<Vec<_>>(), [1.0, 1.0], "who tells no taste counts with the others' mean");
    assert_eq!(picked.weights.len(), 2);
}

#[test]
fn an_artist_does_not_come_twice_in_a_row_if_there_is_another() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    let of = |name: &str, artist: &str| Candidate {
        song: Arc::new(super::Song { artist: artist.to_owned(), ..(*song(name)).clone() }),
        vector: Some(Arc::from([1.0, 0.0])),
    };
    let candidates = candidate_set(vec![of("a", "same"), of("b", "same"), of("c", "other")], &[("a", Some([1.0, 0.0]))]);
    let first = pick(&room.state, room.now, &candidates).unwrap();
    assert_eq!(first.song.title, "a");
    add(&mut room, &first.song);
    let second = pick(&room.state, room.now, &candidates).unwrap();
    assert_eq!(second.song.title, "c");
    add(&mut room, &second.song);
    assert_eq!(pick(&room.state, room.now, &candidates).unwrap().song.title, "b");
}
