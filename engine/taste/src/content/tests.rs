use super::*;

#[test]
fn versions_of_a_song_have_one_key() {
    for title in ["Hello", "HELLO (Live)", "Hello [2011 Remaster]", "Hello - Radio Edit", "  hello  (feat. X)"] {
        assert_eq!(title_key(title), "hello");
    }
    assert_eq!(title_key("(I Can't Get No) Satisfaction"), "satisfaction");
    assert_eq!(title_key("(Untitled)"), "(untitled)");
}

#[test]
fn keys_are_as_far_apart_as_on_the_circle_of_fifths() {
    let key = |tonic: u8, major: bool| Key { tonic, major };
    assert_eq!(key(0, true).distance(key(7, true)), 1);
    assert_eq!(key(0, true).distance(key(9, false)), 0);
    assert_eq!(key(0, true).distance(key(6, true)), 6);
    for a in 0..12 {
        for b in 0..12 {
            assert_eq!(key(a, true).distance(key(b, false)), key(b, false).distance(key(a, true)));
        }
    }
}

#[test]
fn facts_are_read_as_they_were_told() {
    let item = ItemContent {
        id: "s".into(),
        title: "T".into(),
        artist: "A".into(),
        genres: vec!["Pop".into()],
        explicit: Some(true),
        year: Some(1999),
        sound: Sound { tempo: Some(120.0), key: Some(5), major: Some(false), energy: Some(0.5), ..Sound::default() },
        ..ItemContent::default()
    };
    let table = FactsTable::of(&[None, Some(&item)]);
    assert_eq!(facts::read(&table.words), Facts::default());
    let facts = facts::read(&table.words[facts::WORDS..]);
    assert_eq!((facts.tempo, facts.energy, facts.explicit, facts.year), (Some(120.0), Some(0.5), Some(true), Some(1999)));
    assert_eq!(facts.key, Some(Key { tonic: 5, major: false }));
    assert_eq!(table.label_starts, [0, 0, 1]);
}

#[test]
fn a_new_item_gets_the_vector_of_what_is_like_it() {
    // Rock items point one way, jazz items the other.
    let item = |id: usize, genre: &str| ItemContent {
        id: id.to_string(),
        tags: vec![(genre.into(), 3.0), ("all".into(), 1.0)],
        ..ItemContent::default()
    };
    let items: Vec<ItemContent> = (0..40).map(|at| item(at, if at % 2 == 0 { "rock" } else { "jazz" })).collect();
    let vectors: Vec<f32> = (0..40).flat_map(|at| if at % 2 == 0 { [1.0, 0.1] } else { [-1.0, 0.1] }).collect();
    let mut listeners = vec![9u32; 40];
    (listeners[0], listeners[1]) = (0, 0);
    let all: Vec<Option<&ItemContent>> = items.iter().map(Some).collect();
    let promises = content_vectors(&all, &vectors, &listeners, 2);
    assert!(promises[0] > 0.7 && promises[2] < -0.7, "{promises:?}");
}
