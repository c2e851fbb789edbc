//! The typed document of the `songs` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

/// A song as the `songs` index holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Song {
    /// The key.
    pub id: String,
    /// The title as released.
    pub title: String,
    /// The artists as credited (`A feat. B`).
    pub artist: String,
    /// Each artist by name, for facets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artists: Vec<String>,
    /// Keys of the artists in the `artists` index, in the order of `artists` where known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artist_ids: Vec<String>,
    /// The album.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// The album's id at its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album_id: Option<String>,
    /// Genres, lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Tags, lower case: moods, subgenres, what listeners say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Year of release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Day of release, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// Length in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i32>,
    /// Whether the words are explicit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<i32>,
    /// Language of the words, ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// International Standard Recording Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// Ids elsewhere, such as `spotify:...`, `musicbrainz:...`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_ids: Vec<String>,
    /// What the recording sounds like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<AudioFeatures>,
}

/// What a recording sounds like, in the measures streaming services publish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioFeatures {
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub danceability: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<f64>,
    /// Decibels, usually -60 to 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loudness: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speechiness: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acousticness: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrumentalness: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness: Option<f64>,
    /// 0 (sad) to 1 (cheerful).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valence: Option<f64>,
    /// Beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tempo: Option<f64>,
    /// Pitch class, 0 is C; -1 unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<i32>,
    /// 1 major, 0 minor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<i32>,
}
