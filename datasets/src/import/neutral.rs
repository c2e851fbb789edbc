//! Tutti's own neutral JSON lines, as its development data come: songs, artists, users, playlists and venues each in a small shape
//! (`{id, title, artist, features{}}`, `{id, name, tags: [[tag, count]]}`, `{id, friends}`, `{id, name, songs}`, `{id, name, kind, lat, lon}`).

use serde_json::{Map, Value};
use tutti_index_schema::{Address, Artist, AudioFeatures, Playlist, Point, Song, User, Venue};

use super::{owned, record, text, whole};
use crate::{Record, RowError, dates};

/// The typed document of a neutral line, by its shape.
pub(crate) fn neutral(row: &Record, index: &str) -> Result<Record, RowError> {
    let line = &row.document;
    let found = part(line);
    if found != index {
        let reason = format!("the line is one of {found}, not of {index}");
        return Err(RowError::new(row.line, reason, Value::Object(line.clone()).to_string().as_bytes()));
    }
    if found == "listens" {
        let (Some(user), Some(item)) = (owned(line, "user"), owned(line, "artist").or_else(|| owned(line, "item"))) else {
            return Err(RowError::new(row.line, "a listen needs `user` and `artist`", b""));
        };
        let weight = line.get("weight").and_then(Value::as_f64).unwrap_or(1.0);
        return record(row.line, &super::Listen { user, item, weight });
    }
    let Some(id) = owned(line, "id") else {
        return Err(RowError::new(row.line, "the line has no `id`", Value::Object(line.clone()).to_string().as_bytes()));
    };
    if line.contains_key("title") {
        return record(row.line, &song(id, line));
    }
    if line.contains_key("lat") {
        return record(row.line, &venue(id, line));
    }
    let name = owned(line, "name");
    if line.contains_key("songs") {
        let song_ids = texts(line, "songs");
        let song_count = i32::try_from(song_ids.len()).ok();
        let name = name.unwrap_or_else(|| id.clone());
        let list = Playlist {
            id,
            name,
            genres: texts(line, "genres"),
            tags: texts(line, "subgenres"),
            song_ids,
            song_count,
            ..Playlist::default()
        };
        return record(row.line, &list);
    }
    if line.contains_key("friends") {
        let name = name.unwrap_or_else(|| format!("Listener {}", id.trim_start_matches('u')));
        let followers = line.get("friends").and_then(Value::as_array).and_then(|list| i32::try_from(list.len()).ok());
        return record(row.line, &User { id, name, followers, ..User::default() });
    }
    let tags = line.get("tags").and_then(Value::as_array).into_iter().flatten();
    let tags = tags.filter_map(|tag| tag.as_str().or_else(|| tag.get(0)?.as_str())).map(str::to_owned).collect();
    match name {
        Some(name) => record(row.line, &Artist { id, name, tags, ..Artist::default() }),
        None => Err(RowError::new(
            row.line,
            "not the shape of a song, artist, user, playlist or venue",
            Value::Object(line.clone()).to_string().as_bytes(),
        )),
    }
}

/// The index a line is meant for, by its shape.
fn part(line: &Map<String, Value>) -> &'static str {
    let has = |name: &str| line.contains_key(name);
    if has("user") && has("weight") {
        "listens"
    } else if has("title") {
        "songs"
    } else if has("lat") {
        "venues"
    } else if has("songs") {
        "playlists"
    } else if has("friends") {
        "users"
    } else {
        "artists"
    }
}

fn texts(map: &Map<String, Value>, name: &str) -> Vec<String> {
    map.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn song(id: String, line: &Map<String, Value>) -> Song {
    let released = text(line, "released");
    let artist = owned(line, "artist").unwrap_or_default();
    let service = id.strip_prefix('s').map(|track| format!("spotify:track:{track}"));
    let features = line.get("features").and_then(Value::as_object).map(|features| {
        let number = |name: &str| features.get(name).and_then(Value::as_f64);
        AudioFeatures {
            danceability: number("danceability"),
            energy: number("energy"),
            loudness: number("loudness"),
            speechiness: number("speechiness"),
            acousticness: number("acousticness"),
            instrumentalness: number("instrumentalness"),
            liveness: number("liveness"),
            valence: number("valence"),
            tempo: number("tempo"),
            key: whole(features, "key"),
            mode: whole(features, "mode"),
        }
    });
    Song {
        id,
        title: owned(line, "title").unwrap_or_default(),
        artists: if artist.is_empty() { Vec::new() } else { vec![artist.clone()] },
        artist,
        artist_ids: owned(line, "artist_ref").into_iter().collect(),
        album: owned(line, "album"),
        album_id: owned(line, "album_id"),
        genres: texts(line, "genres"),
        tags: texts(line, "subgenres"),
        year: released.and_then(dates::year),
        released: released.and_then(dates::full),
        duration_ms: whole(line, "duration_ms"),
        popularity: whole(line, "popularity"),
        service_ids: service.into_iter().collect(),
        features,
        ..Song::default()
    }
}

fn venue(id: String, line: &Map<String, Value>) -> Venue {
    let tags = line.get("tags").and_then(Value::as_object);
    let tag = |name: &str| tags.and_then(|tags| owned(tags, name));
    let shown = |(name, value): (&String, &Value)| {
        let value = value.as_str()?;
        Some(if value == "yes" { name.clone() } else { format!("{name}={value}") })
    };
    let point = line.get("lat").and_then(Value::as_f64).zip(line.get("lon").and_then(Value::as_f64));
    let address = Address { street: owned(line, "address"), district: tag("borough"), ..Address::default() };
    Venue {
        id,
        name: owned(line, "name").unwrap_or_default(),
        kind: owned(line, "kind").unwrap_or_default(),
        location: point.map(|(latitude, longitude)| Point { longitude, latitude }),
        city: text(line, "city").map(capitalised),
        address: (address != Address::default()).then_some(address),
        opening_hours: owned(line, "opening_hours"),
        tags: tags
            .into_iter()
            .flatten()
            .filter(|(name, _)| !matches!(name.as_str(), "website" | "music_genre" | "capacity"))
            .filter_map(shown)
            .collect(),
        genres: tag("music_genre").iter().flat_map(|genres| genres.split(';')).map(|genre| genre.trim().to_lowercase()).collect(),
        capacity: tags.and_then(|tags| whole(tags, "capacity")),
        website: tag("website"),
        source: owned(line, "source"),
        ..Venue::default()
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
