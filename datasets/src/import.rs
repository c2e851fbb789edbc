//! The public data sets and the other engines' files that Tutti reads, one file each. Data sets' files turn records into the typed documents of the
//! shipped indexes; how bytes become records is `read`'s business.

mod bson;
mod elasticsearch;
mod geo;
mod lastfm;
mod mongodb;
mod musicbrainz;
mod neutral;
mod spotify;

use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) use bson::{ARCHIVE, is_bson, open as open_bson};
pub(crate) use elasticsearch::{Part, open as open_elasticsearch, part_of};
pub(crate) use geo::Geo;
pub(crate) use lastfm::{has_files as has_lastfm_files, open as open_lastfm};
pub(crate) use mongodb::open as open_mongodb;
pub(crate) use musicbrainz::Dump;
pub(crate) use neutral::neutral;
pub(crate) use spotify::open as open_spotify;

use crate::{Record, RowError, read::lines_object};

/// Records, or rows set aside.
pub(crate) type Rows = Box<dyn Iterator<Item = Result<Record, RowError>> + Send>;

/// A listen: how often a user played an artist or a song. Not an index; the raw material of taste.
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
pub struct Listen {
    /// Key of the user.
    pub user: String,
    /// Key of the artist or song.
    pub item: String,
    /// How often.
    pub weight: f64,
}

/// A typed document as a record.
pub(crate) fn record<T: Serialize>(line: u64, document: &T) -> Result<Record, RowError> {
    match serde_json::to_value(document).map(lines_object) {
        Ok(Some(document)) => Ok(Record { line, document }),
        Ok(None) => Err(RowError::new(line, "not an object", b"")),
        Err(error) => Err(RowError::new(line, error.to_string(), b"")),
    }
}

pub(crate) fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

pub(crate) fn owned(map: &Map<String, Value>, name: &str) -> Option<String> {
    text(map, name).map(str::to_owned)
}

pub(crate) fn whole(map: &Map<String, Value>, name: &str) -> Option<i32> {
    let value = map.get(name)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range")]
    (number.abs() <= f64::from(i32::MAX)).then_some(number.round() as i32)
}

/// A key made from an id of any characters: what cannot stand in a key becomes `-`.
pub(crate) fn key(prefix: &str, id: &str) -> String {
    let legal = id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=') { c } else { '-' });
    prefix.chars().chain(legal).take(1024).collect()
}

/// Adds `item` to a list that has each item once.
pub(crate) fn add_once(list: &mut Vec<String>, item: &str) {
    if !item.is_empty() && !list.iter().any(|other| other == item) {
        list.push(item.to_owned());
    }
}
