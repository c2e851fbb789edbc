//! Typed documents of the shipped indexes, one file each. A test holds them and the definitions together.

mod activity;
mod artist;
mod playlist;
mod song;
mod user;
mod venue;

use serde::{Deserialize, Serialize};

pub use activity::Activity;
pub use artist::Artist;
pub use playlist::Playlist;
pub use song::{AudioFeatures, Song};
pub use user::User;
pub use venue::{Address, Venue};

/// A place on Earth, written as a GeoJSON point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "GeoJson", into = "GeoJson")]
pub struct Point {
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Degrees north, -90 to 90.
    pub latitude: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
enum GeoJson {
    Point { coordinates: (f64, f64) },
}

impl From<GeoJson> for Point {
    fn from(json: GeoJson) -> Self {
        let GeoJson::Point { coordinates: (longitude, latitude) } = json;
        Point { longitude, latitude }
    }
}

impl From<Point> for GeoJson {
    fn from(point: Point) -> Self {
        GeoJson::Point { coordinates: (point.longitude, point.latitude) }
    }
}

#[cfg(test)]
mod tests;
