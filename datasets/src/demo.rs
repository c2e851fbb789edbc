//! The demo set: real venues under open licences (see `demo/ATTRIBUTION.md`) and a generated catalogue from a fixed seed.

use std::io::Cursor;

use serde_json::Value;
use tutti_index_schema::{Artist, Playlist, Song, User, Venue};

use crate::{
    Generator, Listen, Sizes,
    import::neutral,
    read::{decompressed, lines_records},
};

const SEED: u64 = 2_024;
const SIZES: Sizes = Sizes { songs: 10_008, artists: 1_200, users: 1_200, venues: 0, playlists: 240, vocabulary: 0 };

/// The demo set. Each call gives the same documents.
pub struct Demo {
    generator: Generator,
}

/// The demo set.
pub fn demo() -> Demo {
    Demo { generator: Generator::new(SEED, SIZES) }
}

impl Demo {
    /// Some ten thousand generated songs.
    pub fn songs(&self) -> impl Iterator<Item = Song> {
        self.generator.songs()
    }

    /// Their artists.
    pub fn artists(&self) -> impl Iterator<Item = Artist> {
        self.generator.artists()
    }

    /// People in twelve communities of taste.
    pub fn users(&self) -> impl Iterator<Item = User> {
        self.generator.users()
    }

    /// Playlists of these people.
    pub fn playlists(&self) -> impl Iterator<Item = Playlist> {
        self.generator.playlists()
    }

    /// What they listened to: user, song, plays.
    pub fn listens(&self) -> impl Iterator<Item = Listen> {
        self.generator.listens()
    }

    /// Who went to which of these venues, given by id: each person some places, mostly those of the own community of taste. Made up: nobody
    /// has published who goes to these places.
    pub fn visits(&self, venues: &[String]) -> Vec<Listen> {
        self.generator.visits_among(venues)
    }

    /// Real venues of London, Copenhagen, Salzburg, Hel and Gdańsk.
    pub fn venues(&self) -> impl Iterator<Item = Venue> {
        let file: &'static [u8] = include_bytes!("../demo/venues.jsonl.gz");
        let input = decompressed(Box::new(Cursor::new(file))).expect("reading memory cannot fail");
        let rows = lines_records(input).filter_map(|row| neutral(&row.ok()?, "venues").ok());
        rows.filter_map(|row| serde_json::from_value(Value::Object(row.document)).ok())
    }
}

#[cfg(test)]
mod tests;
