//! Which format the first bytes of a file are of.

use std::path::Path;

use serde_json::{Map, Value};

use super::Format;
use crate::{
    Error,
    import::{self, Part},
    read::{Input, open_input, peeked},
};

const LOOKED_AT: u64 = 256 << 10;

/// What objects of MongoDB's extended JSON are made of.
const EXTENDED: [&str; 9] =
    ["$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$binary", "$timestamp", "$regularExpression"];

/// Recognises the format of `path` by its content. Stdin (`-`) cannot be looked at twice and counts as JSON lines.
///
/// # Errors
/// When the file cannot be read, or is of a kind that is not read here.
pub fn detect(path: &Path) -> Result<Format, Error> {
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
    let (head, _) = open_with_head(path)?;
    head.refuse_archive(path)?;
    let named_bson = || {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
        [".bson", ".bson.gz", ".bson.zst"].iter().any(|end| name.ends_with(end))
    };
    Ok(if !head.0.is_empty() && named_bson() { Format::Bson } else { recognise(&head) })
}

/// The first bytes of a file, decompressed.
pub(crate) struct Head(Vec<u8>);

/// Opens a file whose head decides how it is read.
pub(crate) fn open_with_head(path: &Path) -> Result<(Head, Input), Error> {
    // What is broken shows when it is read, with its line; what came before it is enough to look at.
    let (head, input) = peeked(open_input(path)?, LOOKED_AT);
    Ok((Head(head), input))
}

impl Head {
    /// `mongodump --archive` is refused by its name.
    pub(crate) fn refuse_archive(&self, path: &Path) -> Result<(), Error> {
        if self.0.starts_with(&import::ARCHIVE) { Err(Error::Archive { path: path.to_owned() }) } else { Ok(()) }
    }

    /// The first value, or the first of a list; not when it is longer than the head.
    fn first(&self) -> Option<Map<String, Value>> {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.trim_start();
        let text = text.strip_prefix('[').unwrap_or(text);
        serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>().next()?.ok()
    }

    /// How the objects of a JSON file follow each other.
    pub(crate) fn layout(&self) -> Layout {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.trim_start();
        if text.starts_with('[') {
            return Layout::List;
        }
        let (first, broken) = text.split_once('\n').map_or((text, false), |(first, _)| (first, true));
        let open = serde_json::from_str::<serde::de::IgnoredAny>(first).is_err_and(|error| error.is_eof());
        if broken && open { Layout::Values } else { Layout::Lines }
    }

    /// What of Elasticsearch's the file holds.
    pub(crate) fn elasticsearch(&self) -> Option<Part> {
        match self.first() {
            Some(first) => import::part_of(&first),
            None => part_of_beginning(&String::from_utf8_lossy(&self.0)),
        }
    }
}

/// The same from the beginning of a value that is longer than what is looked at.
fn part_of_beginning(text: &str) -> Option<Part> {
    let has = |name: &str| text.contains(name);
    if has("\"hits\"") && (has("\"_shards\"") || has("\"timed_out\"") || has("\"_scroll_id\"")) {
        Some(Part::Answers)
    } else if has("\"_source\"") && (has("\"_index\"") || has("\"_id\"")) {
        Some(Part::Hits)
    } else {
        None
    }
}

/// How the objects of a JSON file follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Lines,
    List,
    /// With line breaks inside.
    Values,
}

fn recognise(head: &Head) -> Format {
    let bytes = &head.0;
    if bytes.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    if import::is_bson(bytes) {
        return Format::Bson;
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default();
    if text.starts_with(['[', '{']) {
        if head.elasticsearch().is_some() {
            return Format::Elasticsearch;
        }
        let begins = text.trim_start_matches(['[', '{']).trim_start().trim_start_matches('{').trim_start();
        if head.first().map_or_else(|| begins.starts_with("\"_id\""), |first| is_mongodb(&first)) {
            return Format::Mongodb;
        }
    }
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
    table(line)
}

/// A document that has an `_id`, which no field can be called, or a value of extended JSON.
fn is_mongodb(object: &Map<String, Value>) -> bool {
    let extended = |value: &Value| value.as_object().is_some_and(|inner| inner.keys().any(|name| EXTENDED.contains(&name.as_str())));
    object.contains_key("_id") || object.values().any(extended)
}

fn table(line: &str) -> Format {
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
