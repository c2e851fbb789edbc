//! What the owner of a venue is answered. Counts, never names.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::wire::Song;
use crate::venues::Style;

/// A venue now: who is there and how it suits them.
#[derive(Serialize, ToSchema)]
pub(super) struct VenueOverview {
    /// `name`, `kind`, `city`, `location`, `opening_hours` and `capacity`, as far as the index has them.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub(super) document: Map<String, Value>,
    pub(super) venue: String,
    /// How many are there.
    pub(super) present: usize,
    /// People of whom something may be said, at least.
    pub(super) least: usize,
    /// How those present suit what the venue usually hears, 0 to 1; null while fewer than `least` are there.
    pub(super) fit: Option<f64>,
    pub(super) taste: VenueTastes,
    /// The venue's open room.
    pub(super) room: Option<VenueRoom>,
}

/// What is liked, by genres.
#[derive(Serialize, ToSchema)]
pub(super) struct VenueTastes {
    /// Of those who usually come.
    pub(super) house: Vec<GenreShare>,
    /// Of those who are there; null while fewer than `least` are.
    pub(super) evening: Option<Vec<GenreShare>>,
}

/// A genre's part of a taste.
#[derive(Serialize, ToSchema)]
pub(super) struct GenreShare {
    pub(super) genre: String,
    /// 0 to 1.
    pub(super) share: f64,
}

/// The open room of a venue.
#[derive(Serialize, ToSchema)]
pub(super) struct VenueRoom {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) link: String,
    pub(super) members: usize,
    pub(super) online: usize,
    /// Songs that wait.
    pub(super) queue: usize,
}

/// Songs for those who are there.
#[derive(Serialize, ToSchema)]
pub(super) struct VenueMusic {
    pub(super) venue: String,
    pub(super) present: usize,
    /// For whom they are: `who is there now`, `who usually comes`, `popular here`.
    pub(super) r#for: &'static str,
    pub(super) songs: Vec<Song>,
}

/// Who around a venue would like it: counts of users who agreed to be counted, rounded down to fives. Parts with fewer are not there.
#[derive(Serialize, ToSchema)]
pub(super) struct NearbyMatches {
    pub(super) venue: String,
    /// The day they were counted, since 1970.
    pub(super) day: i32,
    pub(super) people: u32,
    pub(super) matches: u32,
    /// The part that matches, 0 to 1.
    pub(super) share: Option<f64>,
    pub(super) best_hour: Option<HourCount>,
    /// What they like, the most liked first.
    pub(super) like: Vec<String>,
    pub(super) hours: Vec<HourCount>,
    pub(super) cells: Vec<Cell>,
    /// What the counts are, for people.
    pub(super) note: &'static str,
}

/// Counts of an hour of the week.
#[derive(Serialize, ToSchema)]
pub(super) struct HourCount {
    pub(super) day: &'static str,
    pub(super) hour: u8,
    pub(super) people: u32,
    pub(super) matches: u32,
}

/// Counts of a square of the map.
#[derive(Serialize, ToSchema)]
pub(super) struct Cell {
    /// Of its middle.
    pub(super) lat: f64,
    pub(super) lon: f64,
    /// Metres along a side.
    pub(super) size_m: f64,
    pub(super) people: u32,
    pub(super) matches: u32,
}

/// Visits of the last days.
#[derive(Serialize, ToSchema)]
pub(super) struct VenueHistory {
    pub(super) venue: String,
    /// Today last; every day is there.
    pub(super) days: Vec<VisitedDay>,
    /// 168 counts of visits, Monday 00:00 first.
    pub(super) hours: Vec<u32>,
    /// What the venue's room played, the most often played first.
    pub(super) songs: Vec<OftenPlayed>,
}

/// A day of a venue.
#[derive(Serialize, ToSchema)]
pub(super) struct VisitedDay {
    pub(super) day: String,
    pub(super) visits: usize,
    /// Different users.
    pub(super) people: usize,
    /// How they suited the venue, 0 to 1; null for too few.
    pub(super) fit: Option<f64>,
}

/// A song and how often it was played.
#[derive(Serialize, ToSchema)]
pub(super) struct OftenPlayed {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) artist: String,
    pub(super) times: u32,
}

/// A venue's style and what it leaves.
#[derive(Serialize, ToSchema)]
pub(super) struct StyleAnswer {
    pub(super) style: Style,
    pub(super) songs: SongsLeft,
}

/// What a style would leave.
#[derive(Serialize, ToSchema)]
pub(super) struct StyleEffect {
    pub(super) songs: SongsLeft,
}

/// How many songs a style leaves.
#[derive(Serialize, ToSchema)]
pub(super) struct SongsLeft {
    pub(super) left: u64,
    /// Songs in all.
    pub(super) of: u64,
}
