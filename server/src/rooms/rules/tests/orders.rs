use super::{TestRoom, id, silent};
use crate::rooms::rules::event::Vote;
use crate::rooms::rules::op::Action;
use crate::rooms::rules::settings::{QueueOrder, RoomSettings};

fn fair() -> RoomSettings {
    silent(RoomSettings::default())
}

#[test]
fn turns_go_round_and_the_playing_song_counts() {
    let mut room = TestRoom::with(fair(), &["a", "b", "c"]);
    for name in ["A0", "A1", "A2"] {
        room.add("a", name);
    }
    room.act("host", &Action::Start { item: None }).unwrap();
    room.add("b", "B");
    room.add("c", "C");
    assert_eq!(room.order(), ["B", "C", "A1", "A2"]);
}

#[test]
fn a_late_guest_goes_first_once() {
    let mut room = TestRoom::with(fair(), &["a", "b"]);
    for name in ["A0", "A1", "A2"] {
        room.add("a", name);
    }
    room.act("host", &Action::Start { item: None }).unwrap();
    for _ in 0..2 {
        room.now += 60_000;
        let item = room.state.now.as_ref().unwrap().item.clone();
        room.act("host", &Action::Ended { item }).unwrap();
    }
    for name in ["B0", "B1", "B2"] {
        room.add("b", name);
    }
    room.add("a", "A3");
    room.add("a", "A4");
    assert_eq!(room.order(), ["B0", "B1", "A3", "B2", "A4"]);
}

#[test]
fn a_turn_that_was_cut_short_comes_back() {
    let mut room = TestRoom::with(fair(), &["a"]);
    for (after, turns) in [(10_000, 0), (31_000, 1)] {
        let item = room.add("a", &format!("song after {after}"));
        room.act("host", &Action::Start { item: None }).unwrap();
        room.now += after;
        room.act("host", &Action::Skip { item }).unwrap();
        assert_eq!(room.state.turns.get("a").copied().unwrap_or(0), turns);
    }
}

#[test]
fn who_reaches_a_score_last_stands_last_among_equals() {
    let mut room = TestRoom::with(RoomSettings { order: QueueOrder::Votes, ..fair() }, &["a", "b"]);
    let (x, _, z) = (room.add("host", "X"), room.add("host", "Y"), room.add("host", "Z"));
    room.act("a", &Action::Vote { item: z, vote: Vote::Up }).unwrap();
    room.act("a", &Action::Vote { item: x.clone(), vote: Vote::Up }).unwrap();
    assert_eq!(room.order(), ["Z", "X", "Y"]);
    room.act("a", &Action::Vote { item: x, vote: Vote::None }).unwrap();
    assert_eq!(room.order(), ["Z", "Y", "X"], "falling back to a score reaches it anew");
}

#[test]
fn pins_hold_their_places_and_the_later_one_stands_first() {
    let mut room = TestRoom::with(RoomSettings { order: QueueOrder::Fifo, ..fair() }, &[]);
    let items: Vec<_> = (0..5).map(|n| room.add("host", &format!("M{n}"))).collect();
    let shift = |room: &mut TestRoom, at: usize, to| room.act("host", &Action::Move { item: items[at].clone(), to }).unwrap();
    shift(&mut room, 3, 0);
    assert_eq!(room.order(), ["M3", "M0", "M1", "M2", "M4"]);
    shift(&mut room, 0, 99);
    assert_eq!(room.order(), ["M3", "M1", "M2", "M4", "M0"]);
    shift(&mut room, 4, 0);
    assert_eq!(room.order(), ["M4", "M3", "M1", "M2", "M0"]);
    shift(&mut room, 1, 99);
    assert_eq!(room.order(), ["M4", "M3", "M2", "M1", "M0"]);
    room.act("host", &Action::Start { item: None }).unwrap();
    assert_eq!(room.order(), ["M3", "M2", "M1", "M0"], "what was pinned second is first once the first plays");
}

#[test]
fn songs_of_the_server_come_last() {
    let mut room = TestRoom::with(fair(), &["a"]);
    room.log_one(super::Draft::of_server(super::EventKind::SongAdded { item: id("s1"), note: None, song: super::song("S") }));
    room.add("a", "A0");
    room.add("a", "A1");
    assert_eq!(room.order(), ["A0", "A1", "S"]);
}
