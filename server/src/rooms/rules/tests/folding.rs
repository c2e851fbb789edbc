use super::{Draft, TestRoom, id, silent};
use crate::rooms::rules::event::{EventKind, MemberRole, Reason, Vote};
use crate::rooms::rules::op::Action;
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::State;

#[test]
fn a_member_who_leaves_keeps_his_songs_and_loses_his_votes() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    let item = room.add("a", "A");
    room.act("b", &Action::Vote { item: item.clone(), vote: Vote::Up }).unwrap();
    assert_eq!(room.state.item(&item).unwrap().score(), 2);
    room.act("b", &Action::Leave).unwrap();
    assert_eq!(room.state.item(&item).unwrap().score(), 1);
    room.act("a", &Action::Leave).unwrap();
    assert_eq!(room.state.item(&item).unwrap().score(), 0);
}

#[test]
fn a_ban_takes_the_songs_along_and_keeps_the_name() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    room.add("a", "A");
    room.act("host", &Action::Ban { member: id("a"), reason: None }).unwrap();
    assert!(room.state.queue.is_empty());
    assert_eq!(room.state.bans.get("a").unwrap().name, "a");
    assert!(!room.state.members.contains_key("a"));
}

#[test]
fn handing_the_room_over_leaves_one_host() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    room.act("host", &Action::Role { member: id("a"), role: MemberRole::Host }).unwrap();
    let role = |room: &TestRoom, who: &str| room.state.members.get(who).unwrap().role;
    assert_eq!((role(&room, "a"), role(&room, "host")), (MemberRole::Host, MemberRole::Cohost));
    room.act("a", &Action::Leave).unwrap();
    assert_eq!(role(&room, "host"), MemberRole::Host, "a host who leaves hands over to a cohost");
}

#[test]
fn the_clock_goes_on_while_a_song_plays_and_stands_while_it_is_paused() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &[]);
    room.add("host", "A");
    room.act("host", &Action::Start { item: None }).unwrap();
    room.now += 5_000;
    room.act("host", &Action::Pause { position: None }).unwrap();
    room.now += 5_000;
    let stood = room.state.now.as_ref().unwrap().position(room.now);
    assert!((4_990..5_010).contains(&stood), "{stood}");
    room.act("host", &Action::Seek { position: 999_999_999 }).unwrap();
    assert_eq!(room.state.now.as_ref().unwrap().position(room.now), 180_000, "a position behind the end is the end");
}

#[test]
fn a_song_that_ends_is_followed_by_the_next_and_becomes_history() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &[]);
    let first = room.add("host", "A");
    room.add("host", "B");
    room.act("host", &Action::Start { item: None }).unwrap();
    room.act("host", &Action::Ended { item: first }).unwrap();
    assert_eq!(room.state.now.as_ref().unwrap().song.title, "B");
    assert_eq!(room.state.history.back().unwrap().reason, Reason::Finished);
}

#[test]
fn events_that_make_no_sense_change_nothing_but_the_revision() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    room.add("a", "A");
    let before = room.state.clone();
    let none = id("nothing");
    for kind in [
        EventKind::SongRemoved { item: none.clone(), reason: Reason::Removed },
        EventKind::SongVoted { item: none.clone(), vote: Vote::Up },
        EventKind::SongMoved { item: none.clone(), to: 3 },
        EventKind::PlayEnded { item: none.clone(), reason: Reason::Finished },
        EventKind::SkipVoted { item: none.clone() },
        EventKind::MemberRole { member: none.clone(), role: MemberRole::Cohost },
        EventKind::ChatDeleted { seq: 12_345 },
        EventKind::MemberUnbanned { member: none },
    ] {
        room.log_one(Draft::of_server(kind));
    }
    let after = State { rev: before.rev, ts: before.ts, ..room.state.clone() };
    assert_eq!(after, before);
}

#[test]
fn a_state_survives_its_snapshot_and_equals_the_fold_of_the_log() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    let item = room.add("a", "A");
    room.add("b", "B");
    room.act("b", &Action::Veto { item: item.clone() }).unwrap();
    room.act("a", &Action::Chat { text: "hello".to_owned(), reply_to: None }).unwrap();
    room.act("host", &Action::Move { item, to: 1 }).unwrap();
    room.act("host", &Action::Start { item: None }).unwrap();
    let kept: State = serde_json::from_value(serde_json::to_value(&room.state).unwrap()).unwrap();
    assert_eq!(kept, room.state);
    assert_eq!(room.folded(), room.state);
    for entry in &room.log {
        let written = serde_json::to_vec(entry).unwrap();
        assert_eq!(&serde_json::from_slice::<super::Entry>(&written).unwrap(), entry);
    }
}

#[test]
fn what_members_see_has_sorted_keys_and_bans_for_hosts_only() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    room.add("a", "A");
    room.act("host", &Action::Start { item: None }).unwrap();
    room.act("host", &Action::Ban { member: id("b"), reason: None }).unwrap();
    let view = room.state.view(MemberRole::Guest, |_| 0);
    assert!(view.get("bans").is_none());
    assert_eq!(room.state.view(MemberRole::Cohost, |_| 0)["bans"][0]["id"], "b");
    sorted(&view);
}

#[track_caller]
fn sorted(value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            assert!(map.keys().is_sorted(), "{:?}", map.keys().collect::<Vec<_>>());
            map.values().for_each(sorted);
        }
        serde_json::Value::Array(list) => list.iter().for_each(sorted),
        _ => {}
    }
}
