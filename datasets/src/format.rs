//! The formats of files, and one way to open them all; which one a file has, by its content, is told in `recognise`.

mod recognise;

use std::{
    collections::VecDeque,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

pub use recognise::detect;
pub(crate) use recognise::{Head, Layout, open_with_head};

use crate::{
    Conversion, Error, Record, RowError,
    conversion::Notation,
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
    /// MongoDB's extended JSON, as `mongoexport` writes it: lines or a list.
    Mongodb,
    /// BSON, as `mongodump` writes it.
    Bson,
    /// Elasticsearch and OpenSearch: `_bulk` files, answers to searches and scrolls, hits.
    Elasticsearch,
}

const NAMES: [(&str, Format); 13] = [
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
    ("mongodb", Format::Mongodb),
    ("bson", Format::Bson),
    ("elasticsearch", Format::Elasticsearch),
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

/// The documents of some files, one after the other. An empty file ends with an error that says so; after a fatal error the next
/// file goes on.
pub struct Documents {
    files: VecDeque<PathBuf>,
    source: Option<Format>,
    index: String,
    conversion: Conversion,
    current: Option<File>,
}

/// The file being read.
struct File {
    path: PathBuf,
    rows: Rows,
    /// Whether anything came out of it.
    any: bool,
    written: Written,
}

/// In whose notation rows are.
#[derive(Clone, Copy)]
enum Written {
    Ours,
    Theirs(Notation),
    Converted,
}

/// Opens `paths` for the index named `index` (`songs`, `artists`, `users`, `venues`, `playlists`, or `listens` for the raw material of
/// taste). Without `source` the format of each file is recognised. The first file is opened here, so that a wrong path is seen at once.
///
/// # Errors
/// When the first file cannot be opened, or its format has nothing for that index.
pub fn open(source: Option<Format>, index: &str, paths: &[PathBuf], conversion: impl Into<Conversion>) -> Result<Documents, Error> {
    let conversion = conversion.into();
    let mut documents = Documents { files: paths.iter().cloned().collect(), source, index: index.to_owned(), conversion, current: None };
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
        let rows = rows(source, &path, &self.index, &self.conversion)?;
        let written = match source {
            Format::Mongodb | Format::Bson => Written::Theirs(Notation::ExtendedJson),
            Format::Elasticsearch => Written::Converted,
            _ => Written::Ours,
        };
        self.current = Some(File { path, rows, any: false, written });
        Ok(true)
    }

    /// The file being read.
    pub fn path(&self) -> Option<&Path> {
        self.current.as_ref().map(|file| file.path.as_path())
    }
}

impl Iterator for Documents {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(file) = self.current.as_mut() else {
                match self.open_next() {
                    Ok(true) => continue,
                    Ok(false) => return None,
                    Err(error) => return Some(Err(RowError::fatal(0, error.to_string()))),
                }
            };
            match file.rows.next() {
                Some(row) => {
                    file.any = true;
                    let written = file.written;
                    return Some(row.and_then(|record| match written {
                        Written::Ours => self.conversion.apply(record),
                        Written::Theirs(notation) => self.conversion.apply_foreign(record, notation),
                        Written::Converted => Ok(record),
                    }));
                }
                None => {
                    let empty = (!file.any).then(|| RowError::fatal(0, format!("{} is empty: it holds no document", file.path.display())));
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

fn rows(source: Format, path: &Path, index: &str, conversion: &Conversion) -> Result<Rows, Error> {
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
        Format::Mongodb => {
            let (head, input) = open_with_head(path)?;
            import::open_mongodb(&head, input)
        }
        Format::Bson => {
            let (head, input) = open_with_head(path)?;
            head.refuse_archive(path)?;
            import::open_bson(input)
        }
        Format::Elasticsearch => {
            let (head, input) = open_with_head(path)?;
            import::open_elasticsearch(&head, input, conversion)
        }
        Format::Geojson => {
            if index != "venues" {
                return Err(Error::NoSuchPart { source_name: "geojson", index: index.to_owned(), has: "venues" });
            }
            geojson(path)?
        }
    })
}

/// A value that must be an object.
pub(crate) fn object(line: u64, value: Value) -> Result<Record, RowError> {
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
