//! Taste: from interactions to factors, and from factors to songs for a person or a group, venues for people, people for a venue.
//! Knows neither HTTP nor accounts; time and seeds come in as arguments.

pub mod blend;
mod dense;
mod error;
pub mod evaluate;
mod exact;
pub mod factors;
pub mod group;
pub mod matrix;
mod model;
pub mod names;
mod profile;
pub mod ranking;
pub mod train;
pub mod walks;

pub use error::{Result, TasteError};
pub use model::{About, Model, Trained};
pub use profile::Profile;
