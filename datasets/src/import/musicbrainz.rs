//! MusicBrainz JSON dumps: one artist, recording or release per line. A release gives a song for each of its tracks.

use serde_json::{Map, Value};
use tutti_index_schema::{Artist, Song};

use super::{owned, record, text, whole};
use crate::{Error, Record, RowError, dates};

/// What to make of dump lines.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dump {
    Songs,
    Artists,
}

impl Dump {
    pub(crate) fn of(index: &str) -> Result<Dump, Error> {
        match index {
            "songs" => Ok(Dump::Songs),
            "artists" => Ok(Dump::Artists),
            other => Err(Error::NoSuchPart { source_name: "musicbrainz", index: other.to_owned(), has: "songs, artists" }),
        }
    }

    /// The documents of one line.
    pub(crate) fn documents(self, row: &Record) -> Vec<Result<Record, RowError>> {
        let line = &row.document;
        let fail = |reason: &str| vec![Err(RowError::new(row.line, reason, Value::Object(line.clone()).to_string().as_bytes()))];
        if text(line, "id").is_none() {
            return fail("the line has no `id`");
        }
        match self {
            Dump::Artists => match artist(line) {
                Some(artist) => vec![record(row.line, &artist)],
                None => fail("the line is not an artist: no `name`"),
            },
            Dump::Songs if line.contains_key("media") => release(line).iter().map(|song| record(row.line, song)).collect(),
            Dump::Songs => match song(line, line) {
                Some(song) => vec![record(row.line, &song)],
                None => fail("the line is neither a recording nor a release: no `title`"),
            },
        }
    }
}

fn objects<'a>(map: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    map.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Names of `genres` or `tags`, most votes first.
fn voted(map: &Map<String, Value>, name: &str) -> Vec<String> {
    let mut names: Vec<(i64, String)> = objects(map, name)
        .filter_map(|item| Some((item.get("count").and_then(Value::as_i64).unwrap_or(0), text(item, "name")?.to_lowercase())))
        .filter(|(count, _)| *count >= 0)
        .collect();
    names.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    names.into_iter().map(|(_, name)| name).collect()
}

fn artist(line: &Map<String, Value>) -> Option<Artist> {
    let id = text(line, "id")?;
    let name = text(line, "name")?;
    let span = line.get("life-span").and_then(Value::as_object);
    let year = |end: &str| span.and_then(|span| text(span, end)).and_then(dates::year);
    let mut aliases: Vec<String> = Vec::new();
    for alias in objects(line, "aliases").filter_map(|alias| text(alias, "name")).filter(|alias| *alias != name) {
        super::add_once(&mut aliases, alias);
    }
    Some(Artist {
        id: super::key("", id),
        name: name.to_owned(),
        aliases,
        genres: voted(line, "genres"),
        tags: voted(line, "tags"),
        country: owned(line, "country"),
        begin_year: year("begin"),
        end_year: year("end"),
        service_ids: vec![format!("musicbrainz:{id}")],
        ..Artist::default()
    })
}

/// A recording; what it lacks is taken from `around` (its release or itself).
fn song(recording: &Map<String, Value>, around: &Map<String, Value>) -> Option<Song> {
    let id = text(recording, "id")?;
    let title = text(recording, "title")?;
    let credit_of = |map: &Map<String, Value>| objects(map, "artist-credit").next().is_some();
    let credited = if credit_of(recording) { recording } else { around };
    let mut artist = String::new();
    let (mut artists, mut artist_ids) = (Vec::new(), Vec::new());
    for credit in objects(credited, "artist-credit") {
        let own = credit.get("artist").and_then(Value::as_object);
        let name = text(credit, "name").or_else(|| text(own?, "name")).unwrap_or_default();
        artist.push_str(name);
        artist.push_str(credit.get("joinphrase").and_then(Value::as_str).unwrap_or_default());
        artists.push(name.to_owned());
        artist_ids.extend(own.and_then(|own| text(own, "id")).map(|id| super::key("", id)));
    }
    let released = text(recording, "first-release-date").or_else(|| text(around, "date"));
    let isrc = recording.get("isrcs").and_then(Value::as_array).and_then(|list| list.first()?.as_str()).map(str::to_owned);
    let genres = voted(recording, "genres");
    Some(Song {
        id: super::key("", id),
        title: title.to_owned(),
        artist,
        artists,
        artist_ids,
        genres: if genres.is_empty() { voted(around, "genres") } else { genres },
        tags: voted(recording, "tags"),
        year: released.and_then(dates::year),
        released: released.and_then(dates::full),
        duration_ms: whole(recording, "length"),
        isrc,
        service_ids: vec![format!("musicbrainz:{id}")],
        ..Song::default()
    })
}

fn release(line: &Map<String, Value>) -> Vec<Song> {
    let mut out = Vec::new();
    for track in objects(line, "media").flat_map(|medium| objects(medium, "tracks")) {
        let recording = track.get("recording").and_then(Value::as_object).unwrap_or(track);
        let Some(mut song) = song(recording, if track.contains_key("artist-credit") { track } else { line }) else { continue };
        song.album = owned(line, "title");
        song.album_id = owned(line, "id");
        song.duration_ms = song.duration_ms.or_else(|| whole(track, "length"));
        if song.released.is_none() {
            song.year = text(line, "date").and_then(dates::year);
            song.released = text(line, "date").and_then(dates::full);
        }
        if song.genres.is_empty() {
            song.genres = voted(line, "genres");
        }
        out.push(song);
    }
    out
}
