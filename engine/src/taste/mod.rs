//! Taste: from interactions to factors, and from factors to songs for a person or a group, venues for people, people for a venue.
//! Knows neither HTTP nor accounts; time and seeds come in as arguments.

pub mod blend;
mod candidates;
pub mod content;
mod dense;
mod draw;
mod error;
pub mod evaluate;
mod exact;
pub mod factors;
pub mod group;
pub mod interactions;
mod item_set;
mod live;
pub mod matrix;
mod model;
pub mod names;
mod profile;
pub mod ranking;
mod similar;
mod start;
pub mod train;
pub mod venue;
pub mod walks;
mod why;

pub use error::{Result, TasteError};
pub use model::{About, Model, Trained};
pub use profile::Profile;
/// Where the model of `songs` or `venues` lies in a data directory.
pub fn model_path(folder: &std::path::Path, of: &str) -> std::path::PathBuf {
    folder.join("taste").join(format!("{of}.model"))
}

pub use candidates::Allowed;
pub use item_set::ItemSet;
pub use live::{Of, Taste};
pub use similar::Alike;
pub use why::{Share, Why};
