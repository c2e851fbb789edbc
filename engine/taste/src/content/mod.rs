//! What items are, apart from who likes them: labels, sound, artist. From it items nobody has heard get a vector, rules know what is
//! explicit or out of place, and transitions know tempo and key. Knows no index and no file.

mod facts;
mod features;
mod ridge;

pub use facts::{Facts, Key, title_key};
pub(crate) use facts::{FactsTable, WORDS, read as read_facts};
pub(crate) use ridge::content_vectors;

/// What an item is. Everything but the id may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemContent {
    /// The item's id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub artist: String,
    /// Genres and subgenres.
    pub genres: Vec<String>,
    /// Tags with how often each was given.
    pub tags: Vec<(String, f32)>,
    /// Whether its words are explicit.
    pub explicit: Option<bool>,
    /// The year it came out.
    pub year: Option<i32>,
    /// How it sounds.
    pub sound: Sound,
}

/// How an item sounds, as music services describe it; each may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sound {
    /// Beats a minute.
    pub tempo: Option<f32>,
    /// 0 (C) to 11 (B).
    pub key: Option<u8>,
    /// Whether the key is major.
    pub major: Option<bool>,
    /// 0 calm to 1 intense.
    pub energy: Option<f32>,
    /// Decibels below full scale.
    pub loudness: Option<f32>,
    /// 0 to 1 each: danceability, speechiness, acousticness, instrumentalness, liveness, valence.
    pub shares: [Option<f32>; 6],
}

impl ItemContent {
    /// Whether there is anything that a vector could be made from.
    pub(crate) fn says_something(&self) -> bool {
        !self.genres.is_empty() || !self.tags.is_empty() || self.sound != Sound::default() || !self.artist.is_empty()
    }

    /// The mean of several, for example the songs of an artist: labels together, sound averaged.
    pub fn mean_of(id: &str, parts: &[&ItemContent]) -> ItemContent {
        let mut out = ItemContent { id: id.to_owned(), ..ItemContent::default() };
        for part in parts {
            out.genres.extend(part.genres.iter().cloned());
            for (tag, count) in &part.tags {
                match out.tags.iter_mut().find(|(known, _)| known == tag) {
                    Some((_, sum)) => *sum += count,
                    None => out.tags.push((tag.clone(), *count)),
                }
            }
        }
        out.genres.sort_unstable();
        out.genres.dedup();
        let mean = |of: &dyn Fn(&Sound) -> Option<f32>| {
            let values: Vec<f32> = parts.iter().filter_map(|part| of(&part.sound)).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
        };
        out.sound.tempo = mean(&|sound| sound.tempo);
        out.sound.energy = mean(&|sound| sound.energy);
        out.sound.loudness = mean(&|sound| sound.loudness);
        for at in 0..out.sound.shares.len() {
            out.sound.shares[at] = mean(&|sound| sound.shares[at]);
        }
        if let [one] = parts {
            (out.sound.key, out.sound.major) = (one.sound.key, one.sound.major);
        }
        out
    }
}

#[cfg(test)]
mod tests;
