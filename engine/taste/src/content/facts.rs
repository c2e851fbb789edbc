//! What rules and transitions look at, a few numbers an item, in the form the model file keeps.

use std::collections::HashMap;

use super::ItemContent;
use crate::string_table::StringTable;

/// Numbers an item takes in the table.
pub(crate) const WORDS: usize = 6;
const NONE: u32 = u32::MAX;
const EXPLICIT: u32 = 1;
const CLEAN: u32 = 2;

/// A key of music.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// 0 (C) to 11 (B).
    pub tonic: u8,
    /// Major or minor.
    pub major: bool,
}

impl Key {
    /// Steps apart on the circle of fifths, 0 to 6; a minor key stands where its relative major stands.
    pub fn distance(self, other: Key) -> u8 {
        let place = |key: Key| (u16::from(if key.major { key.tonic } else { (key.tonic + 3) % 12 }) * 7) % 12;
        let apart = place(self).abs_diff(place(other)) as u8;
        apart.min(12 - apart)
    }
}

/// What is known of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// The number of its artist among the model's artists.
    pub artist: Option<u32>,
    /// The same for all versions of a song: artist and title without what stands in brackets.
    pub song: Option<u32>,
    /// Beats a minute.
    pub tempo: Option<f32>,
    /// 0 calm to 1 intense.
    pub energy: Option<f32>,
    /// The key.
    pub key: Option<Key>,
    /// Whether the words are explicit; none where nobody said.
    pub explicit: Option<bool>,
    /// The year it came out.
    pub year: Option<u16>,
}

/// Facts of all items, their artists, and their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FactsTable {
    /// [`WORDS`] numbers an item.
    pub(crate) words: Vec<u32>,
    pub(crate) artists: StringTable,
    pub(crate) labels: StringTable,
    /// Where the labels of each item begin; one more than there are items.
    pub(crate) label_starts: Vec<u64>,
    pub(crate) item_labels: Vec<u32>,
    /// What items are called.
    pub(crate) title_ends: Vec<u64>,
    pub(crate) titles: Vec<u8>,
}

impl FactsTable {
    /// The table of these items, in their order.
    pub(crate) fn of(items: &[Option<&ItemContent>]) -> FactsTable {
        let said = || items.iter().flatten();
        let artists = StringTable::of(said().map(|item| item.artist.as_str()).filter(|artist| !artist.is_empty()).collect::<Vec<_>>());
        let labels_of = |item: &ItemContent| -> Vec<String> {
            item.genres.iter().chain(item.tags.iter().map(|(tag, _)| tag)).map(|label| label.to_lowercase()).collect()
        };
        let labels = StringTable::of(said().flat_map(|item| labels_of(item)).collect::<Vec<String>>());
        let mut songs: HashMap<(&str, String), u32> = HashMap::new();
        let mut out = FactsTable { label_starts: vec![0], ..FactsTable::default() };
        for item in items {
            let mut words = [NONE, NONE, f32::NAN.to_bits(), f32::NAN.to_bits(), NONE, 0];
            if let Some(item) = item {
                words[0] = artists.number(&item.artist).unwrap_or(NONE);
                if !item.title.is_empty() {
                    let next = songs.len() as u32;
                    words[1] = *songs.entry((item.artist.as_str(), title_key(&item.title))).or_insert(next);
                }
                words[2] = item.sound.tempo.unwrap_or(f32::NAN).to_bits();
                words[3] = item.sound.energy.unwrap_or(f32::NAN).to_bits();
                if let Some(tonic) = item.sound.key.filter(|key| *key < 12) {
                    words[4] = u32::from(tonic) * 2 + u32::from(item.sound.major.unwrap_or(true));
                }
                let explicit = item.explicit.map_or(0, |explicit| if explicit { EXPLICIT } else { CLEAN });
                let year = item.year.and_then(|year| u16::try_from(year).ok()).unwrap_or(0);
                words[5] = explicit | (u32::from(year) << 16);
                let mut own: Vec<u32> = labels_of(item).iter().filter_map(|label| labels.number(label)).collect();
                own.sort_unstable();
                own.dedup();
                out.item_labels.extend(own);
                out.titles.extend_from_slice(item.title.as_bytes());
            }
            out.words.extend(words);
            out.label_starts.push(out.item_labels.len() as u64);
            out.title_ends.push(out.titles.len() as u64);
        }
        FactsTable { artists, labels, ..out }
    }
}

/// Reads an item's numbers.
pub(crate) fn read(words: &[u32]) -> Facts {
    let Some(&[artist, song, tempo, energy, key, rest]) = words.first_chunk::<WORDS>() else { return Facts::default() };
    let number = |bits: u32| Some(f32::from_bits(bits)).filter(|value| value.is_finite());
    let some = |word: u32| (word != NONE).then_some(word);
    Facts {
        artist: some(artist),
        song: some(song),
        tempo: number(tempo),
        energy: number(energy),
        key: some(key).map(|key| Key { tonic: (key / 2) as u8, major: key % 2 == 1 }),
        explicit: match rest & 3 {
            EXPLICIT => Some(true),
            CLEAN => Some(false),
            _ => None,
        },
        year: Some((rest >> 16) as u16).filter(|year| *year > 0),
    }
}

/// A title without what stands in brackets or after a dash, in lower case and single spaces: the same for a song's versions.
pub fn title_key(title: &str) -> String {
    let mut depth = 0usize;
    let mut bare = String::with_capacity(title.len());
    for letter in title.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(letter),
            _ => {}
        }
    }
    let bare = bare.split(" - ").next().unwrap_or_default();
    let key = bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if key.is_empty() { title.to_lowercase() } else { key }
}
