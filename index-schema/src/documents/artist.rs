//! The typed document of the `artists` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

/// An artist as the `artists` index holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artist {
    /// The key.
    pub id: String,
    /// The name.
    pub name: String,
    /// Other names and spellings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Genres, lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Tags, lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Year of birth or founding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin_year: Option<i32>,
    /// Year of death or parting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_year: Option<i32>,
    /// 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<i32>,
    /// How many people listen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listeners: Option<i32>,
    /// Ids elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_ids: Vec<String>,
}
