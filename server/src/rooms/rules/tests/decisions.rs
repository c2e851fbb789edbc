use super::{TestRoom, id, may, silent, song};
use crate::rooms::rules::decide::{Lookups, overdue};
use crate::rooms::rules::event::{EventKind, MemberRole, Reason, Vote};
use crate::rooms::rules::op::{Action, AppAction, CheckIn, Detection};
use crate::rooms::rules::refusal::Code;
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::State;

#[track_caller]
fn refused(room: &mut TestRoom, by: &str, action: &Action, code: Code) {
    let before = room.state.clone();
    let refusal = room.act(by, action).expect_err("refused");
    assert_eq!(refusal.code, code, "{refusal}");
    assert_eq!(room.state, before, "a refused op logs nothing");
}

fn app(ephemeral: bool) -> Action {
    Action::App(AppAction { name: "dice".to_owned(), data: serde_json::json!({"n": 4}), ephemeral })
}

#[test]
fn an_app_s_own_event_is_logged_where_the_host_allows_it_and_changes_nothing() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    refused(&mut room, "a", &app(false), Code::Forbidden);
    let settings = serde_json::Map::from_iter([("appEvents".to_owned(), true.into())]);
    room.act("host", &Action::Settings { name: None, settings }).unwrap();
    let before = room.state.clone();
    room.act("a", &app(true)).unwrap();
    assert_eq!(room.state, before, "what is ephemeral is not logged");
    room.act("a", &app(false)).unwrap();
    assert_eq!(State { rev: before.rev, ts: before.ts, ..room.state.clone() }, before);
    let written = serde_json::to_value(room.log.last().unwrap()).unwrap();
    assert_eq!((&written["type"], &written["data"]), (&"app.dice".into(), &serde_json::json!({"data": {"n": 4}})));
    assert_eq!(&serde_json::from_value::<super::Entry>(written).unwrap(), room.log.last().unwrap());
    let settings = RoomSettings { app_events: true, ..RoomSettings::default() };
    assert!(may(MemberRole::Screen, &app(false), &settings).is_err());
    assert!(may(MemberRole::Guest, &app(false), &settings).is_ok());
}

#[test]
fn each_role_may_do_what_the_contract_says() {
    let settings = RoomSettings::default();
    let item = || id("i1");
    let all = [
        (Action::Vote { item: item(), vote: Vote::Up }, "HCG"),
        (Action::Veto { item: item() }, "HCG"),
        (Action::Remove { item: item() }, "HCG"),
        (Action::Move { item: item(), to: 0 }, "HC"),
        (Action::SkipVote { item: item() }, "HCG"),
        (Action::Skip { item: item() }, "HC"),
        (Action::Start { item: None }, "HCS"),
        (Action::Ended { item: item() }, "HCS"),
        (Action::Seek { position: 1 }, "HCS"),
        (Action::Chat { text: "x".to_owned(), reply_to: None }, "HCG"),
        (Action::Role { member: id("a"), role: MemberRole::Guest }, "HC"),
        (Action::Kick { member: id("a"), reason: None }, "HC"),
        (Action::Ban { member: id("a"), reason: None }, "H"),
        (Action::Unban { member: id("a") }, "H"),
        (Action::Settings { name: None, settings: Default::default() }, "H"),
        (Action::CheckIn(CheckIn::Code("X".to_owned())), "HCG"),
        (Action::Detected { song: Detection::Song(id("i1")), confidence: 1.0, source: "x".to_owned() }, "HCS"),
        (Action::Next, "HCS"),
        (app(false), ""),
        (Action::Leave, "HCGS"),
        (Action::Close, "H"),
    ];
    for (action, who) in all {
        for (role, letter) in [(MemberRole::Host, 'H'), (MemberRole::Cohost, 'C'), (MemberRole::Guest, 'G'), (MemberRole::Screen, 'S')] {
            assert_eq!(may(role, &action, &settings).is_ok(), who.contains(letter), "{role:?} {action:?}");
        }
    }
}

#[test]
fn votes_that_are_many_enough_remove_a_song() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b", "c"]);
    let item = room.add("a", "A");
    room.act("a", &Action::Vote { item: item.clone(), vote: Vote::None }).unwrap();
    room.act("host", &Action::Vote { item: item.clone(), vote: Vote::Down }).unwrap();
    assert!(room.state.item(&item).is_some());
    room.act("b", &Action::Vote { item: item.clone(), vote: Vote::Down }).unwrap();
    assert!(room.state.item(&item).is_none());
    assert!(room.state.unwanted.contains("A"), "the autopilot does not bring it back");
    refused(&mut room, "c", &Action::Vote { item, vote: Vote::Up }, Code::ItemNotFound);
}

#[test]
fn vetoes_are_counted_spent_and_a_hosts_is_enough() {
    let mut room = TestRoom::with(silent(RoomSettings { veto_count: 2, vetoes_per_member: 1, ..RoomSettings::default() }), &["a", "b"]);
    let x = room.add("a", "X");
    room.act("host", &Action::Veto { item: x.clone() }).unwrap();
    assert!(room.state.item(&x).is_none());
    let y = room.add("a", "Y");
    room.act("a", &Action::Veto { item: y.clone() }).unwrap();
    let z = room.add("a", "Z");
    refused(&mut room, "a", &Action::Veto { item: z }, Code::VetoSpent);
    room.act("b", &Action::Veto { item: y.clone() }).unwrap();
    assert!(room.state.item(&y).is_none());
}

#[test]
fn a_skip_passes_with_the_share_of_those_present() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    let item = room.add("host", "A");
    room.act("host", &Action::Start { item: None }).unwrap();
    room.act("a", &Action::SkipVote { item: item.clone() }).unwrap();
    assert!(room.state.now.is_some(), "two of three are needed");
    room.present = 1;
    room.follow(true);
    assert!(room.state.now.is_none(), "one is enough once the others are gone");
    refused(&mut room, "b", &Action::SkipVote { item }, Code::NotPlaying);
}

#[test]
fn nobody_present_skips_nothing_that_nobody_voted_on() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &[]);
    room.add("host", "A");
    room.act("host", &Action::Start { item: None }).unwrap();
    room.present = 0;
    room.follow(true);
    assert!(room.state.now.is_some());
}

#[test]
fn a_picture_that_came_while_pictures_were_off_is_not_called_bad() {
    let mut room = TestRoom::with(silent(RoomSettings { pictures: false, ..RoomSettings::default() }), &["a"]);
    let picture = Action::Picture { mime: "image/png".to_owned(), data: b"png"[..].into(), caption: None };
    refused(&mut room, "a", &picture, Code::PicturesOff);
    // The host turns them on between the look at the picture, which then was not made, and the decision.
    let on = serde_json::Map::from_iter([("pictures".to_owned(), true.into())]);
    room.act("host", &Action::Settings { name: None, settings: on }).expect("set");
    refused(&mut room, "a", &picture, Code::PicturesOff);
    let looked_at = Lookups { picture: Some((id("p1"), "image/png".to_owned(), 3)), ..Lookups::default() };
    room.act_with("a", &picture, &looked_at).expect("shared");
}

#[test]
fn limits_of_the_queue_are_told_apart() {
    let settings =
        silent(RoomSettings { max_per_member: 2, max_queue: 3, explicit: false, external_songs: false, ..RoomSettings::default() });
    let mut room = TestRoom::with(settings, &["a"]);
    let add = |room: &mut TestRoom, by: &str, one: std::sync::Arc<super::Song>, external: bool| {
        let action = Action::Add { song: crate::rooms::rules::op::RequestedSong::Given(one.clone()), note: None };
        room.act_with(by, &action, &Lookups { song: Some(one), external, ..Lookups::default() }).map_err(|refusal| refusal.code)
    };
    assert_eq!(add(&mut room, "a", song("1"), false), Ok(()));
    assert_eq!(add(&mut room, "host", song("1"), false), Err(Code::DuplicateSong));
    assert_eq!(add(&mut room, "a", song("2"), false), Ok(()));
    assert_eq!(add(&mut room, "a", song("3"), false), Err(Code::MemberLimit));
    assert_eq!(add(&mut room, "host", song("3"), true), Err(Code::SongNotFound));
    let explicit = std::sync::Arc::new(super::Song { explicit: true, ..(*song("4")).clone() });
    assert_eq!(add(&mut room, "host", explicit, false), Err(Code::Explicit));
    assert_eq!(add(&mut room, "host", song("3"), false), Ok(()));
    assert_eq!(add(&mut room, "host", song("5"), false), Err(Code::QueueFull));
}

#[test]
fn guests_touch_their_own_things_only() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a", "b"]);
    let item = room.add("a", "A");
    refused(&mut room, "b", &Action::Remove { item: item.clone() }, Code::Forbidden);
    room.act("a", &Action::Remove { item }).unwrap();
    refused(&mut room, "a", &Action::Role { member: id("a"), role: MemberRole::Cohost }, Code::Forbidden);
    room.act("host", &Action::Role { member: id("a"), role: MemberRole::Cohost }).unwrap();
    refused(&mut room, "a", &Action::Kick { member: id("host"), reason: None }, Code::Forbidden);
    refused(&mut room, "a", &Action::Role { member: id("b"), role: MemberRole::Cohost }, Code::Forbidden);
    room.act("a", &Action::Role { member: id("b"), role: MemberRole::Screen }).unwrap();
}

#[test]
fn a_check_in_by_code_lasts_four_hours() {
    let mut room = TestRoom::with(silent(RoomSettings { require_checkin: true, ..RoomSettings::default() }), &["a"]);
    let code = |code: &str| Action::CheckIn(CheckIn::Code(code.to_owned()));
    refused(&mut room, "a", &code("BADCODE1"), Code::BadCode);
    refused(&mut room, "a", &Action::CheckIn(CheckIn::Place { lat: 0.0, lon: 0.0, accuracy: 1.0 }), Code::NoVenue);
    room.act("a", &code("GOODCODE")).unwrap();
    let item = room.add("a", "A");
    refused(&mut room, "host", &Action::Vote { item: item.clone(), vote: Vote::Up }, Code::CheckinRequired);
    room.now += 4 * 3_600_000 + 10;
    refused(&mut room, "a", &Action::Vote { item, vote: Vote::Down }, Code::CheckinRequired);
}

#[test]
fn time_ends_songs_and_memberships_but_not_the_hosts() {
    let mut room = TestRoom::with(silent(RoomSettings::default()), &["a"]);
    room.add("a", "A");
    room.act("host", &Action::Start { item: None }).unwrap();
    let gone_at = room.now;
    let due = |room: &TestRoom, later: u64| overdue(&room.state, room.now + later, |_| Some(gone_at));
    assert_eq!(due(&room, 184_000), []);
    let over = due(&room, 185_001);
    assert!(matches!(over[..], [super::Draft { kind: EventKind::PlayEnded { reason: Reason::Timeout, .. }, .. }]), "{over:?}");
    let late = due(&room, 600_001);
    let left: Vec<_> = late.iter().filter(|draft| matches!(&draft.kind, EventKind::MemberLeft { reason: Reason::Timeout, .. })).collect();
    assert!(matches!(&left[..], [draft] if matches!(&draft.kind, EventKind::MemberLeft { member, .. } if *member == id("a"))));
}
