use super::super::decide::{Facts, overdue};
use super::super::event::{Role, Vote, What, Why};
use super::super::op::{Ask, Checkin, Heard};
use super::super::refusal::Code;
use super::super::settings::Settings;
use super::{Room, id, may, silent, song};

#[track_caller]
fn refused(room: &mut Room, by: &str, ask: &Ask, code: Code) {
    let before = room.state.clone();
    let refusal = room.act(by, ask).expect_err("refused");
    assert_eq!(refusal.code, code, "{refusal}");
    assert_eq!(room.state, before, "a refused op logs nothing");
}

#[test]
fn each_role_may_do_what_the_contract_says() {
    let settings = Settings::default();
    let item = || id("i1");
    let all = [
        (Ask::Vote { item: item(), vote: Vote::Up }, "HCG"),
        (Ask::Veto { item: item() }, "HCG"),
        (Ask::Remove { item: item() }, "HCG"),
        (Ask::Move { item: item(), to: 0 }, "HC"),
        (Ask::SkipVote { item: item() }, "HCG"),
        (Ask::Skip { item: item() }, "HC"),
        (Ask::Start { item: None }, "HCS"),
        (Ask::Ended { item: item() }, "HCS"),
        (Ask::Seek { position: 1 }, "HCS"),
        (Ask::Chat { text: "x".to_owned(), reply_to: None }, "HCG"),
        (Ask::Role { member: id("a"), role: Role::Guest }, "HC"),
        (Ask::Kick { member: id("a"), reason: None }, "HC"),
        (Ask::Ban { member: id("a"), reason: None }, "H"),
        (Ask::Unban { member: id("a") }, "H"),
        (Ask::Settings { name: None, settings: Default::default() }, "H"),
        (Ask::Checkin(Checkin::Code("X".to_owned())), "HCG"),
        (Ask::Detected { song: Heard::Song(item()), confidence: 1.0, source: "x".to_owned() }, "HCS"),
        (Ask::Next, "HCS"),
        (Ask::Leave, "HCGS"),
        (Ask::Close, "H"),
    ];
    for (ask, who) in all {
        for (role, letter) in [(Role::Host, 'H'), (Role::Cohost, 'C'), (Role::Guest, 'G'), (Role::Screen, 'S')] {
            assert_eq!(may(role, &ask, &settings).is_ok(), who.contains(letter), "{role:?} {ask:?}");
        }
    }
}

#[test]
fn votes_that_are_many_enough_remove_a_song() {
    let mut room = Room::with(silent(Settings::default()), &["a", "b", "c"]);
    let item = room.add("a", "A");
    room.act("a", &Ask::Vote { item: item.clone(), vote: Vote::None }).unwrap();
    room.act("host", &Ask::Vote { item: item.clone(), vote: Vote::Down }).unwrap();
    assert!(room.state.item(&item).is_some());
    room.act("b", &Ask::Vote { item: item.clone(), vote: Vote::Down }).unwrap();
    assert!(room.state.item(&item).is_none());
    assert!(room.state.unwanted.contains("A"), "the autopilot does not bring it back");
    refused(&mut room, "c", &Ask::Vote { item, vote: Vote::Up }, Code::ItemNotFound);
}

#[test]
fn vetoes_are_counted_spent_and_a_hosts_is_enough() {
    let mut room = Room::with(silent(Settings { veto_count: 2, vetoes_per_member: 1, ..Settings::default() }), &["a", "b"]);
    let x = room.add("a", "X");
    room.act("host", &Ask::Veto { item: x.clone() }).unwrap();
    assert!(room.state.item(&x).is_none());
    let y = room.add("a", "Y");
    room.act("a", &Ask::Veto { item: y.clone() }).unwrap();
    let z = room.add("a", "Z");
    refused(&mut room, "a", &Ask::Veto { item: z }, Code::VetoSpent);
    room.act("b", &Ask::Veto { item: y.clone() }).unwrap();
    assert!(room.state.item(&y).is_none());
}

#[test]
fn a_skip_passes_with_the_share_of_those_present() {
    let mut room = Room::with(silent(Settings::default()), &["a", "b"]);
    let item = room.add("host", "A");
    room.act("host", &Ask::Start { item: None }).unwrap();
    room.act("a", &Ask::SkipVote { item: item.clone() }).unwrap();
    assert!(room.state.now.is_some(), "two of three are needed");
    room.present = 1;
    room.follow(true);
    assert!(room.state.now.is_none(), "one is enough once the others are gone");
    refused(&mut room, "b", &Ask::SkipVote { item }, Code::NotPlaying);
}

#[test]
fn nobody_present_skips_nothing_that_nobody_voted_on() {
    let mut room = Room::with(silent(Settings::default()), &[]);
    room.add("host", "A");
    room.act("host", &Ask::Start { item: None }).unwrap();
    room.present = 0;
    room.follow(true);
    assert!(room.state.now.is_some());
}

#[test]
fn limits_of_the_queue_are_told_apart() {
    let settings = silent(Settings { max_per_member: 2, max_queue: 3, explicit: false, external_songs: false, ..Settings::default() });
    let mut room = Room::with(settings, &["a"]);
    let add = |room: &mut Room, by: &str, one: std::sync::Arc<super::Song>, external: bool| {
        let ask = Ask::Add { song: super::super::op::Wanted::Given(one.clone()), note: None };
        room.act_with(by, &ask, &Facts { song: Some(one), external, ..Facts::default() }).map_err(|refusal| refusal.code)
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
    let mut room = Room::with(silent(Settings::default()), &["a", "b"]);
    let item = room.add("a", "A");
    refused(&mut room, "b", &Ask::Remove { item: item.clone() }, Code::Forbidden);
    room.act("a", &Ask::Remove { item }).unwrap();
    refused(&mut room, "a", &Ask::Role { member: id("a"), role: Role::Cohost }, Code::Forbidden);
    room.act("host", &Ask::Role { member: id("a"), role: Role::Cohost }).unwrap();
    refused(&mut room, "a", &Ask::Kick { member: id("host"), reason: None }, Code::Forbidden);
    refused(&mut room, "a", &Ask::Role { member: id("b"), role: Role::Cohost }, Code::Forbidden);
    room.act("a", &Ask::Role { member: id("b"), role: Role::Screen }).unwrap();
}

#[test]
fn a_check_in_by_code_lasts_four_hours() {
    let mut room = Room::with(silent(Settings { require_checkin: true, ..Settings::default() }), &["a"]);
    let code = |code: &str| Ask::Checkin(Checkin::Code(code.to_owned()));
    refused(&mut room, "a", &code("BADCODE1"), Code::BadCode);
    refused(&mut room, "a", &Ask::Checkin(Checkin::Place { lat: 0.0, lon: 0.0, accuracy: 1.0 }), Code::NoVenue);
    room.act("a", &code("GOODCODE")).unwrap();
    let item = room.add("a", "A");
    refused(&mut room, "host", &Ask::Vote { item: item.clone(), vote: Vote::Up }, Code::CheckinRequired);
    room.now += 4 * 3_600_000 + 10;
    refused(&mut room, "a", &Ask::Vote { item, vote: Vote::Down }, Code::CheckinRequired);
}

#[test]
fn time_ends_songs_and_memberships_but_not_the_hosts() {
    let mut room = Room::with(silent(Settings::default()), &["a"]);
    room.add("a", "A");
    room.act("host", &Ask::Start { item: None }).unwrap();
    let gone_at = room.now;
    let due = |room: &Room, later: u64| overdue(&room.state, room.now + later, |_| Some(gone_at));
    assert_eq!(due(&room, 184_000), []);
    let over = due(&room, 185_001);
    assert!(matches!(over[..], [super::Draft { what: What::PlayEnded { reason: Why::Timeout, .. }, .. }]), "{over:?}");
    let late = due(&room, 600_001);
    let left: Vec<_> = late.iter().filter(|draft| matches!(&draft.what, What::MemberLeft { reason: Why::Timeout, .. })).collect();
    assert!(matches!(&left[..], [draft] if matches!(&draft.what, What::MemberLeft { member, .. } if *member == id("a"))));
}
