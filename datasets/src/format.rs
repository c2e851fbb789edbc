//! Which format a file has, by its content, and one way to open them all.

use std::{
    collections::VecDeque,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use crate::{
    Error, Mapping, Record, RowError,
    import::{self, Dump, Geo, Rows},
    read::{Chunks, Columnar, Elements, Table, lines_records, open_input},
};

/// A format Tutti reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object per line, in the fields of the index.
    Jsonl,
    /// One JSON list of objects.
    Json,
    /// Comma separated, with a header.
    Csv,
    /// Tab separated, with a header.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Last.fm HetRec 2011: the folder, or one of its files.
    Lastfm,
    /// Track CSV as of TidyTuesday's `spotify_songs.csv`.
    Spotify,
    /// Venues: GeoJSON features, one collection or one per line, or Overpass JSON.
    Geojson,
    /// MusicBrainz JSON dump lines: artists, recordings, releases.
    Musicbrainz,
    /// Tutti's neutral JSON lines.
    Neutral,
}

const NAMES: [(&str, Format); 10] = [
    ("jsonl", Format::Jsonl),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("parquet", Format::Parquet),
    ("lastfm", Format::Lastfm),
    ("spotify", Format::Spotify),
    ("geojson", Format::Geojson),
    ("musicbrainz", Format::Musicbrainz),
    ("neutral", Format::Neutral),
];

impl Format {
    /// All names, as `--format` takes them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, source)| *source == self).map_or("", |(name, _)| *name)
    }

    /// Whether lines are documents as they stand, so that the bulk path may take [`Chunks`] and parse in parallel.
    pub fn is_plain_lines(self) -> bool {
        self == Format::Jsonl
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format, Error> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source).ok_or_else(|| Error::UnknownFormat(name.to_owned()))
    }
}

/// Recognises the format of `path` by its content. Stdin (`-`) cannot be looked at twice and counts as JSON lines.
///
/// # Errors
/// When the file cannot be read.
pub fn detect(path: &Path) -> Result<Format, Error> {
    const LOOKED_AT: u64 = 256 << 10;
    if path == Path::new("-") {
        return Ok(Format::Jsonl);
    }
    if path.is_dir() {
        if import::has_lastfm_files(path) {
            return Ok(Format::Lastfm);
        }
        return Err(Error::Content {
            path: path.to_owned(),
            what: "a folder that is not the Last.fm HetRec 2011 set; name its files".to_owned(),
        });
    }
    let mut head = Vec::new();
    // What is broken shows when it is read, with its line; what came before it is enough to look at.
    let _ = open_input(path)?.take(LOOKED_AT).read_to_end(&mut head);
    Ok(recognise(&head))
}

fn recognise(head: &[u8]) -> Format {
    if head.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default();
    if text.starts_with('[') {
        return Format::Json;
    }
    if text.starts_with('{') {
        return match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(object) => by_members(&object),
            Err(_) if text.contains("\"FeatureCollection\"") || (text.contains("\"elements\"") && text.contains("\"osm3s\"")) => {
                Format::Geojson
            }
            Err(_) => Format::Jsonl,
        };
    }
    let columns: Vec<&str> = line.split([',', '\t']).map(|cell| cell.trim().trim_matches('"')).collect();
    let has = |name: &str| columns.contains(&name);
    if has("track_id") && has("track_name") && has("playlist_id") {
        Format::Spotify
    } else if line.contains('\t') && (line.starts_with("id\tname\turl") || line.contains("userID\tartistID") || line.starts_with("tagID\t"))
    {
        Format::Lastfm
    } else if line.matches('\t').count() > line.matches(',').count() {
        Format::Tsv
    } else {
        Format::Csv
    }
}

fn by_members(object: &Map<String, Value>) -> Format {
    let has = |name: &str| object.contains_key(name);
    let kind = object.get("type").and_then(Value::as_str);
    if matches!(kind, Some("FeatureCollection"))
        || (matches!(kind, Some("Feature")) && has("geometry"))
        || (has("elements") && has("osm3s"))
    {
        return Format::Geojson;
    }
    if has("artist-credit") || has("life-span") || has("sort-name") || has("text-representation") {
        return Format::Musicbrainz;
    }
    let pairs = object.get("tags").and_then(Value::as_array).is_some_and(|tags| tags.first().is_none_or(Value::is_array));
    let only = |names: &[&str]| object.keys().all(|name| names.contains(&name.as_str()));
    if only(&["user", "artist", "weight"]) && has("user") && has("artist") {
        return Format::Neutral;
    }
    let neutral = has("id")
        && ((has("lat") && has("lon") && has("kind"))
            || (has("title") && has("artist_ref"))
            || (has("songs") && has("subgenres"))
            || only(&["id", "friends"]) && has("friends")
            || only(&["id", "name", "tags"]) && has("name") && pairs);
    if neutral { Format::Neutral } else { Format::Jsonl }
}

/// The documents of some files, one after the other. An empty file ends with an error that says so; after a fatal error the next
/// file goes on.
pub struct Documents {
    files: VecDeque<PathBuf>,
    source: Option<Format>,
    index: String,
    mapping: Mapping,
    current: Option<(PathBuf, Rows, bool)>,
}

/// Opens `paths` for the index named `index` (`songs`, `artists`, `users`, `venues`, `playlists`, or `listens` for the raw material of
/// taste). Without `source` the format of each file is recognised. The first file is opened here, so that a wrong path is seen at once.
///
/// # Errors
/// When the first file cannot be opened, or its format has nothing for that index.
pub fn open(source: Option<Format>, index: &str, paths: &[PathBuf], mapping: Mapping) -> Result<Documents, Error> {
    let mut documents = Documents { files: paths.iter().cloned().collect(), source, index: index.to_owned(), mapping, current: None };
    documents.open_next()?;
    Ok(documents)
}

impl Documents {
    fn open_next(&mut self) -> Result<bool, Error> {
        let Some(path) = self.files.pop_front() else { return Ok(false) };
        let source = match self.source {
            Some(source) => source,
            None => detect(&path)?,
        };
        let rows = rows(source, &path, &self.index)?;
        self.current = Some((path, rows, false));
        Ok(true)
    }

    /// The file being read.
    pub fn path(&self) -> Option<&Path> {
        self.current.as_ref().map(|(path, ..)| path.as_path())
    }
}

impl Iterator for Documents {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((path, rows, any)) = self.current.as_mut() else {
                match self.open_next() {
                    Ok(true) => continue,
                    Ok(false) => return None,
                    Err(error) => return Some(Err(RowError::fatal(0, error.to_string()))),
                }
            };
            match rows.next() {
                Some(Ok(record)) => {
                    *any = true;
                    return Some(self.mapping.apply(record));
                }
                Some(Err(error)) => {
                    *any = true;
                    return Some(Err(error));
                }
                None => {
                    let empty = (!*any).then(|| RowError::fatal(0, format!("{} is empty: it holds no document", path.display())));
                    self.current = None;
                    if let Some(error) = empty {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

/// The raw blocks of a JSON lines file, for parsing in parallel.
///
/// # Errors
/// When the file cannot be opened.
pub fn open_chunks(path: &Path) -> Result<Chunks, Error> {
    Ok(Chunks::new(open_input(path)?))
}

fn rows(source: Format, path: &Path, index: &str) -> Result<Rows, Error> {
    Ok(match source {
        Format::Parquet => Box::new(Columnar::open(path)?),
        Format::Lastfm => import::open_lastfm(path, index)?,
        Format::Jsonl => Box::new(lines_records(open_input(path)?)),
        Format::Json => {
            Box::new(Elements::new(open_input(path)?, &[]).map(|element| element.and_then(|(line, value)| object(line, value))))
        }
        Format::Csv => Box::new(Table::new(open_input(path)?, b',')),
        Format::Tsv => Box::new(Table::new(open_input(path)?, b'\t')),
        Format::Spotify => import::open_spotify(Box::new(Table::new(open_input(path)?, b',')), index)?,
        Format::Neutral => {
            let index = index.to_owned();
            Box::new(lines_records(open_input(path)?).map(move |row| row.and_then(|row| import::neutral(&row, &index))))
        }
        Format::Musicbrainz => {
            let dump = Dump::of(index)?;
            Box::new(lines_records(open_input(path)?).flat_map(move |row| match row {
                Ok(row) => dump.documents(&row),
                Err(error) => vec![Err(error)],
            }))
        }
        Format::Geojson => {
            if index != "venues" {
                return Err(Error::NoSuchPart { source_name: "geojson", index: index.to_owned(), has: "venues" });
            }
            geojson(path)?
        }
    })
}

fn object(line: u64, value: Value) -> Result<Record, RowError> {
    match value {
        Value::Object(document) => Ok(Record { line, document }),
        other => Err(RowError::new(line, "not a JSON object", other.to_string().as_bytes())),
    }
}

/// A feature per line when the first line is a feature, otherwise one collection.
fn geojson(path: &Path) -> Result<Rows, Error> {
    let mut head = Vec::new();
    let _ = open_input(path)?.take(256 << 10).read_to_end(&mut head);
    let first = String::from_utf8_lossy(&head);
    let first: Option<Map<String, Value>> = first.lines().next().and_then(|line| serde_json::from_str(line).ok());
    let by_line = first.is_some_and(|object| object.get("type").and_then(Value::as_str) == Some("Feature"));
    let input = open_input(path)?;
    Ok(if by_line {
        Box::new(lines_records(input).map(|row| row.and_then(|row| Geo::venue(row.line, &Value::Object(row.document)))))
    } else {
        let elements = Elements::new(input, &["features", "elements"]);
        Box::new(elements.map(|element| element.and_then(|(line, value)| Geo::venue(line, &value))))
    })
}
