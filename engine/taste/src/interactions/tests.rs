use super::*;
use proptest::prelude::*;

fn interaction() -> impl Strategy<Value = Interaction> {
    let kind = (0usize..8).prop_map(|at| Kind::ALL[at].0);
    ("[a-c]{1,3}", "\\PC{0,6}", kind, any::<i64>(), prop_oneof![Just(1.0f32), 0.0f32..1e6], prop::option::of("v[0-9]{0,2}"))
        .prop_map(|(user, item, kind, at, times, venue)| Interaction { user, item, kind, at, times, venue })
}

proptest! {
    #[test]
    fn a_record_holds_its_batch_and_damage_is_an_error(batch in prop::collection::vec(interaction(), 0..30), cut in 1usize..9) {
        let bytes = codec::encode(&batch);
        let mut read = Vec::new();
        codec::decode(&bytes, |user, item, venue, kind, at, times| {
            read.push(Interaction { user: user.into(), item: item.into(), kind, at, times, venue: venue.map(Into::into) });
        }).unwrap();
        prop_assert_eq!(read, batch);
        prop_assert!(codec::decode(&bytes[..bytes.len().saturating_sub(cut)], |_, _, _, _, _, _| ()).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = codec::decode(&bytes, |_, _, _, _, _, _| ());
    }
}

fn one(user: &str, item: &str, kind: Kind, at: i64) -> Interaction {
    Interaction { user: user.into(), item: item.into(), kind, at, times: 1.0, venue: None }
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart_and_one_process_appends() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(folder.path()).unwrap();
    history.append(&[one("ana", "s1", Kind::Like, 10), one("ben", "s2", Kind::Skip, 20)]).unwrap();
    history.append(&[one("ana", "v1", Kind::CheckIn, 30)]).unwrap();
    assert!(matches!(History::open(folder.path()), Err(crate::TasteError::Busy(_))));
    assert_eq!(read(folder.path()).unwrap().len(), 3);
    drop(history);
    let history = History::open(folder.path()).unwrap();
    let table = history.table();
    assert_eq!((table.len(), table.last()), (3, 2));
    assert_eq!(table.of("ana").len(), 2);
    assert!(table.of("nobody").is_empty());
    assert_eq!(table.rows(true, 30), [("ana", "v1", 2.0)]);
}

#[test]
fn who_is_erased_is_gone_from_memory_and_disk_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(folder.path()).unwrap();
    history.append(&[one("ann", "s1", Kind::Like, 1), one("bo", "s1", Kind::Listen, 2)]).unwrap();
    history.append(&[one("ann", "s2", Kind::Listen, 3)]).unwrap();
    history.erase("ann").unwrap();
    history.erase("ann").unwrap();
    let last = history.append(&[one("bo", "s3", Kind::Listen, 4)]).unwrap();
    assert_eq!((history.table().knows("ann"), history.table().of("bo").len(), last), (false, 2, 3));
    drop(history);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(3).any(|three| three == b"ann"));
    }
    let history = History::open(folder.path()).unwrap();
    assert_eq!((history.table().of("ann").len(), history.table().of("bo").len(), history.table().last()), (0, 2, 3));
}

#[test]
fn confidences_fade_and_both_signs_of_a_pair_stay() {
    let events = |kind: Kind, at: i64| InteractionRow { item: 0, venue: u32::MAX, at, times: 1.0, kind };
    let now = PERSON_HALF_LIFE;
    assert_eq!(confidences(&[events(Kind::Like, now)], false, now, PERSON_HALF_LIFE), [(0, 4.0)]);
    assert_eq!(confidences(&[events(Kind::Like, 0)], false, now, PERSON_HALF_LIFE), [(0, 2.0)]);
    assert_eq!(confidences(&[events(Kind::Like, now), events(Kind::Dislike, now)], false, now, PERSON_HALF_LIFE), [(0, 4.0), (0, -10.0)]);
    assert_eq!(confidences(&[events(Kind::Like, 0)], false, 100 * now, PERSON_HALF_LIFE), []);
    let looped: Vec<InteractionRow> = (0..500).map(|_| events(Kind::Listen, now)).collect();
    assert_eq!(confidences(&looped, false, now, PERSON_HALF_LIFE), [(0, 10.0)]);
}
