use std::collections::HashSet;

use super::*;

#[test]
fn the_same_seed_gives_the_same_documents_and_another_gives_others() {
    let sizes = Sizes::for_songs(600);
    let text = |seed: u64| {
        let generator = Generator::new(seed, sizes);
        let mut out = String::new();
        out.extend(generator.songs().map(|song| serde_json::to_string(&song).unwrap()));
        out.extend(generator.users().map(|user| serde_json::to_string(&user).unwrap()));
        out.extend(generator.venues().map(|venue| serde_json::to_string(&venue).unwrap()));
        out.extend(generator.listens().chain(generator.visits()).map(|listen| serde_json::to_string(&listen).unwrap()));
        out
    };
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
}

#[test]
fn tiny_sizes_work() {
    for songs in [0, 1, 11, 13, 25] {
        let sizes = Sizes::for_songs(songs);
        let generator = Generator::new(1, sizes);
        assert_eq!(generator.songs().count(), songs as usize);
        assert_eq!(generator.artists().count(), sizes.artists as usize);
    }
}

#[test]
fn the_spread_is_a_shuffle() {
    for count in [1, 2, 12, 97, 1000] {
        let spread = Spread::new(count);
        let positions: HashSet<u32> = (0..count).map(|rank| spread.position(rank)).collect();
        assert_eq!(positions.len(), count as usize);
        assert!((0..count).all(|rank| spread.rank(spread.position(rank)) == rank), "{count}");
    }
}

#[test]
fn words_follow_zipf_roughly() {
    let generator = Generator::new(3, Sizes::for_songs(12_000));
    let mut counts = std::collections::HashMap::new();
    for song in generator.songs() {
        for word in song.title.split_whitespace() {
            *counts.entry(word.to_owned()).or_insert(0_u32) += 1;
        }
    }
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_by(|a, b| b.cmp(a));
    assert!(counts.len() > 1_000, "{} different words", counts.len());
    assert!(counts[0] > 20 * counts[200], "{} and {}", counts[0], counts[200]);
}
