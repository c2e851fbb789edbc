//! The typed document of the `users` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

/// A person's public profile as the `users` index holds it. No address, no birthday, no listening history: what is here, everybody may read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// The key.
    pub id: String,
    /// The displayed name.
    pub name: String,
    /// The unique short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// What this user says of themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// City, if shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Languages, ISO 639-1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Favourite genres.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Favourite artists by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artists: Vec<String>,
    /// Keys of the favourite artists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artist_ids: Vec<String>,
    /// Communities of taste of this user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tastes: Vec<String>,
    /// How many follow them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<i32>,
    /// Since when, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<String>,
    /// Address of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}
