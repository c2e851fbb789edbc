//! Venues for people, and people for a venue: opening hours, places near a point, the score of a venue, the taste of a venue, and
//! anonymous counts for owners. Knows neither indexes nor HTTP.

pub mod grid;
pub mod hours;
pub mod nearby;
pub mod score;
pub mod vector;
mod venue_index;

pub use venue_index::{Place, VenueIndex};
