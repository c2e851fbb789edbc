//! What recommendations answer with. Scores are of single precision and printed as such numbers always were.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::taste::Job;

/// A song: its id, and what the model knows of it.
#[derive(Serialize, ToSchema)]
#[schema(as = TasteSong)]
pub(super) struct Song {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) artist: Option<String>,
}

/// A song and a number.
#[derive(Serialize, ToSchema)]
pub(super) struct ScoredSong {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) artist: Option<String>,
    pub(super) score: f64,
}

/// A song that is recommended.
#[derive(Serialize, ToSchema)]
pub(super) struct RecommendedSong {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) artist: Option<String>,
    /// Of a cold start there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) score: Option<f64>,
    /// Why, in a few words.
    pub(super) reason: String,
    /// The liked songs that add most to the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) because: Option<Vec<ScoredSong>>,
}

/// Songs for a user.
#[derive(Serialize, ToSchema)]
pub(super) struct UserSongs {
    pub(super) user: String,
    pub(super) songs: Vec<RecommendedSong>,
}

/// Songs, the best first.
#[derive(Serialize, ToSchema)]
pub(super) struct RecommendedSongs {
    pub(super) songs: Vec<RecommendedSong>,
}

/// Songs to ask about.
#[derive(Serialize, ToSchema)]
pub(super) struct Quiz {
    pub(super) ask: Vec<Song>,
}

/// Artists like another.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarArtists {
    pub(super) artists: Vec<SimilarArtist>,
}

/// An artist like another.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarArtist {
    pub(super) artist: Option<String>,
    pub(super) score: f64,
    pub(super) reason: String,
}

/// Users of a similar taste.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarUsers {
    pub(super) users: Vec<SimilarUser>,
}

/// A user of a similar taste.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarUser {
    pub(super) user: Option<String>,
    pub(super) score: f64,
    /// Songs that both like.
    pub(super) shared_songs: usize,
    pub(super) reason: String,
}

/// The next songs for a group.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupSongs {
    pub(super) strategy: &'static str,
    /// The names by which members are called below.
    pub(super) members: Vec<String>,
    pub(crate) songs: Vec<GroupSong>,
}

/// A song for a group.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupSong {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) artist: Option<String>,
    /// 1 for the strategy's best.
    pub(super) value: f64,
    pub(crate) reason: String,
    /// Whom it suits, those it suits best first.
    pub(super) r#for: Vec<MemberReason>,
    /// Picked because a member was owed a song.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(super) due: bool,
}

/// Why a song suits a member.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberReason {
    pub(super) member: String,
    pub(super) score: f64,
    /// How likely the member likes it, 0 to 1.
    pub(super) chance: f64,
    pub(super) because: Vec<ScoredSong>,
}

/// Venues around a place, the best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Venues {
    /// Latitude and longitude.
    #[schema(min_items = 2, max_items = 2)]
    pub(super) near: [f64; 2],
    /// The local time that opening hours were read at.
    pub(super) local_time: String,
    /// Users of whom nothing is known.
    pub(super) unknown: Vec<String>,
    pub(crate) venues: Vec<VenueAnswer>,
}

/// A venue as a map needs it.
#[derive(Serialize, ToSchema)]
#[schema(as = RecommendedVenue)]
pub(crate) struct VenueAnswer {
    pub(super) id: String,
    /// `name`, `kind`, `city`, `genres` and `opening_hours`, as far as the index has them.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub(crate) document: Map<String, Value>,
    pub(super) location: GeoPoint,
    pub(super) score: f64,
    /// How well it suits, 0 to 1.
    pub(super) taste: f64,
    pub(super) distance_m: f64,
    /// `open`, `closed` or `unknown`.
    pub(super) open: &'static str,
    /// Local time at which that changes.
    pub(super) open_until: Option<String>,
    /// How full it is, 0 to 1, as far as check-ins say.
    pub(super) crowd: Option<f64>,
    /// The part of those asked for who have not been there.
    pub(super) new_to_you: f64,
    /// Why, in a few sentences.
    pub(crate) because: Vec<String>,
}

/// A point in GeoJSON.
#[derive(Serialize, ToSchema)]
pub(super) struct GeoPoint {
    /// `Point`.
    pub(super) r#type: &'static str,
    /// Longitude and latitude.
    #[schema(min_items = 2, max_items = 2)]
    pub(super) coordinates: [f64; 2],
}

/// Interactions that were taken in.
#[derive(Serialize, ToSchema)]
pub(super) struct InteractionsTaken {
    pub(super) appended: usize,
    /// Their place in the log.
    pub(super) sequence: u64,
}

/// Whether a user may be counted near venues.
#[derive(Serialize, ToSchema)]
pub(super) struct Consent {
    pub(super) user: String,
    pub(super) nearby: bool,
}

/// How many likes and dislikes were taken in.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnTasteTaken {
    pub(super) likes: usize,
    pub(super) dislikes: usize,
}

/// A training that has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct TrainingStarted {
    /// `songs` or `venues`.
    pub(super) training: &'static str,
    /// Where its progress is shown.
    pub(super) state: &'static str,
}

/// The models in use and the job that makes new ones.
#[derive(Serialize, ToSchema)]
pub(super) struct TasteState {
    pub(super) songs: ModelState,
    pub(super) venues: ModelState,
    /// Interactions that are kept.
    pub(super) interactions: usize,
    /// The number of the last one.
    pub(super) last: u64,
    pub(super) training: Job,
}

/// A model, or why there is none.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ModelState {
    /// One is in use.
    Loaded {
        people: usize,
        items: usize,
        dimensions: usize,
        /// Passes over the interactions that it took.
        passes: u32,
        /// Seconds since 1970.
        trained_at: i64,
        /// The last interaction that went in.
        interactions: u64,
        /// On the part that was held out; null when none was.
        held_out_ndcg: Option<f64>,
        /// The weight of item-item scores.
        walks: f64,
        /// Why a newer one was not taken up.
        refused: Option<String>,
    },
    /// There is none.
    Unavailable {
        /// Why.
        error: String,
    },
}
