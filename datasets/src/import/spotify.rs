//! Spotify-style track CSV (TidyTuesday 2020-01-21, `spotify_songs.csv`): one row per track and playlist. A track stands in several
//! playlists, so rows are gathered by track (or playlist) before the first document comes out.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tutti_index_schema::{AudioFeatures, Playlist, Song};

use super::{Rows, add_once, key, owned, record, text, whole};
use crate::{Error, Record, RowError, dates};

/// Gathers the rows of a track table into `songs` or `playlists`.
pub(crate) fn open(rows: Rows, index: &str) -> Result<Rows, Error> {
    let gather = match index {
        "songs" => songs,
        "playlists" => playlists,
        other => return Err(Error::NoSuchPart { source_name: "spotify", index: other.to_owned(), has: "songs, playlists" }),
    };
    // Gathering happens at the first call of `next`.
    Ok(Box::new(std::iter::once_with(move || gather(rows)).flatten()))
}

type Gathered = Vec<Result<Record, RowError>>;

fn missing(row: &Record, column: &str) -> RowError {
    RowError::new(row.line, format!("column `{column}` is missing or empty"), Value::Object(row.document.clone()).to_string().as_bytes())
}

fn songs(rows: Rows) -> Gathered {
    let mut out = Vec::new();
    let mut songs: Vec<(u64, Song)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                out.push(Err(error));
                continue;
            }
        };
        let Some(track) = text(&row.document, "track_id") else {
            out.push(Err(missing(&row, "track_id")));
            continue;
        };
        let at = match known.get(track) {
            Some(at) => *at,
            None => match song(track, &row.document) {
                Some(song) => {
                    known.insert(track.to_owned(), songs.len());
                    songs.push((row.line, song));
                    songs.len() - 1
                }
                None => {
                    out.push(Err(missing(&row, "track_name")));
                    continue;
                }
            },
        };
        add_once(&mut songs[at].1.genres, text(&row.document, "playlist_genre").unwrap_or_default());
        add_once(&mut songs[at].1.tags, text(&row.document, "playlist_subgenre").unwrap_or_default());
    }
    out.extend(songs.into_iter().map(|(line, mut song)| {
        song.genres.sort();
        song.tags.sort();
        record(line, &song)
    }));
    out
}

fn song(track: &str, row: &Map<String, Value>) -> Option<Song> {
    let artist = text(row, "track_artist").unwrap_or_default();
    let released = text(row, "track_album_release_date");
    let number = |name: &str| text(row, name)?.parse::<f64>().ok().filter(|n| n.is_finite());
    Some(Song {
        id: key("s", track),
        title: text(row, "track_name")?.to_owned(),
        artist: artist.to_owned(),
        artists: if artist.is_empty() { Vec::new() } else { vec![artist.to_owned()] },
        album: owned(row, "track_album_name"),
        album_id: owned(row, "track_album_id"),
        year: released.and_then(dates::year),
        released: released.and_then(dates::full),
        duration_ms: whole(row, "duration_ms"),
        popularity: whole(row, "track_popularity"),
        service_ids: vec![format!("spotify:track:{track}")],
        features: Some(AudioFeatures {
            danceability: number("danceability"),
            energy: number("energy"),
            loudness: number("loudness"),
            speechiness: number("speechiness"),
            acousticness: number("acousticness"),
            instrumentalness: number("instrumentalness"),
            liveness: number("liveness"),
            valence: number("valence"),
            tempo: number("tempo"),
            key: whole(row, "key"),
            mode: whole(row, "mode"),
        }),
        ..Song::default()
    })
}

fn playlists(rows: Rows) -> Gathered {
    let mut out = Vec::new();
    let mut lists: Vec<(u64, Playlist)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut members: std::collections::HashSet<(usize, String)> = std::collections::HashSet::new();
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                out.push(Err(error));
                continue;
            }
        };
        let (Some(id), Some(track)) = (text(&row.document, "playlist_id"), text(&row.document, "track_id")) else {
            out.push(Err(missing(&row, "playlist_id")));
            continue;
        };
        let at = *known.entry(id.to_owned()).or_insert_with(|| {
            let name = owned(&row.document, "playlist_name").unwrap_or_else(|| id.to_owned());
            lists.push((row.line, Playlist { id: key("p", id), name, ..Playlist::default() }));
            lists.len() - 1
        });
        let list = &mut lists[at].1;
        add_once(&mut list.genres, text(&row.document, "playlist_genre").unwrap_or_default());
        add_once(&mut list.tags, text(&row.document, "playlist_subgenre").unwrap_or_default());
        if members.insert((at, track.to_owned())) {
            list.song_ids.push(key("s", track));
            add_once(&mut list.artists, text(&row.document, "track_artist").unwrap_or_default());
            let length = whole(&row.document, "duration_ms").unwrap_or(0);
            list.duration_ms = Some(list.duration_ms.unwrap_or(0) + i64::from(length));
        }
    }
    out.extend(lists.into_iter().map(|(line, mut list)| {
        list.song_count = i32::try_from(list.song_ids.len()).ok();
        record(line, &list)
    }));
    out
}
