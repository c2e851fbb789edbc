use serde_json::json;

use super::{Draft, TestRoom, id, silent};
use crate::rooms::rules::event::{EventKind, MemberRole, Reason, Vote};
use crate::rooms::rules::op::Action;
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::State;

#[test]
fn the_songs_of_a_member_who_leaves_stay_and_the_votes_go() {
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
    for kind in [
        EventKind::SongRemoved { item: id("nothing"), reason: Reason::Removed },
        EventKind::SongVoted { item: id("nothing"), vote: Vote::Up },
        EventKind::SongMoved { item: id("nothing"), to: 3 },
        EventKind::PlayEnded { item: id("nothing"), reason: Reason::Finished },
        EventKind::SkipVoted { item: id("nothing") },
        EventKind::MemberRole { member: id("nothing"), role: MemberRole::Cohost },
        EventKind::ChatDeleted { seq: 12_345 },
        EventKind::MemberUnbanned { member: id("nothing") },
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
    let view = json!(room.state.view(MemberRole::Guest, |_| 0));
    assert!(view.get("bans").is_none());
    assert_eq!(json!(room.state.view(MemberRole::Cohost, |_| 0))["bans"][0]["id"], "b");
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

/// What the versions before persistent maps and typed ids wrote; data directories and exports hold it.
#[test]
fn what_older_versions_wrote_is_read_and_written_the_same() {
    let song = |name: &str| json!({"artist": "x", "durationMs": 180_000, "explicit": false, "id": name, "title": name});
    let snapshot = json!({
        "rev": 12, "ts": 1000, "name": "Party", "open": true, "host": "host", "settings": RoomSettings::default(),
        "members": {
            "a": {"name": "A", "role": "guest", "joinedSeq": 2, "device": 7},
            "host": {"name": "Host", "role": "host", "joinedSeq": 1},
        },
        "queue": [{
            "item": "i3", "song": song("A"), "by": "a", "note": "please", "addedSeq": 3, "scoreSeq": 4,
            "votes": {"a": "up", "host": "down"}, "vetoes": ["a"], "pin": {"index": 0, "seq": 5},
        }],
        "now": {
            "atMs": 900, "by": "host", "item": "i4", "positionMs": 0, "skips": ["a"], "song": song("B"), "startedMs": 900, "state": "playing",
        },
        "history": [{"by": "a", "endedMs": 800, "item": "i2", "reason": "finished", "song": song("C"), "startedMs": 700}],
        "chat": [{"by": "a", "deleted": false, "replyTo": null, "seq": 6, "text": "hello", "ts": 950}],
        "pictures": [{"by": "a", "caption": null, "mime": "image/png", "picture": "p1", "ts": 960, "url": "/v1/rooms/r/pictures/p1"}],
        "bans": {"b": {"device": 9, "name": "B", "reason": null}},
        "turns": {"a": 1}, "vetoes": {"a": 1}, "unwanted": ["D"], "started": {"B": 900}, "checkedIn": {"a": 5000}, "kicked": {"c": 60_950},
    });
    let state: State = serde_json::from_value(snapshot.clone()).unwrap();
    assert_eq!(serde_json::to_value(&state).unwrap(), snapshot);
    for entry in [
        json!({"by": "a", "type": "song.added", "data": {"item": "i3", "note": null, "song": song("A")}, "op": "o1", "room": "r", "seq": 3, "ts": 5,
            "private": {"digest": 1}}),
        json!({"by": "server", "type": "autopilot.picked", "data": {"scores": {"a": 0.5}, "songId": "A", "weights": {"a": 1.0}}, "op": null,
            "room": "r", "seq": 4, "ts": 5}),
    ] {
        let read: super::Entry = serde_json::from_value(entry.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), entry);
    }
}
