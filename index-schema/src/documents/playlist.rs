//! The typed document of the `playlists` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

/// A public playlist as the `playlists` index holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Playlist {
    /// The key.
    pub id: String,
    /// The name.
    pub name: String,
    /// What its owner says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The owner's key in the `users` index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    /// The owner's displayed name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Genres.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Artists on it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artists: Vec<String>,
    /// Keys of the songs, in playing order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub song_ids: Vec<String>,
    /// How many songs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub song_count: Option<i32>,
    /// Length of all songs in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// How many follow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<i32>,
    /// Whether others may add songs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collaborative: Option<bool>,
    /// When it was made, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it last changed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
}
