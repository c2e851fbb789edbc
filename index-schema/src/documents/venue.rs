//! The typed document of the `venues` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

use super::Point;

/// A place where music plays, as the `venues` index holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Venue {
    /// The key.
    pub id: String,
    /// The name.
    pub name: String,
    /// `pub`, `bar`, `nightclub`, `music_venue`, `theatre`, `dance_venue` and so on.
    pub kind: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Point>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Opening hours in the syntax of OpenStreetMap, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<String>,
    /// Tags, `key` or `key=value`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Music played there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Summary of the taste of its guests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tastes: Vec<String>,
    /// A few sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many people fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i32>,
    /// 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<i32>,
    /// Its web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where the record comes from (`osm`, `gla`, ...).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// District or borough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}
