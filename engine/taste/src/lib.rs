//! Taste: from interactions to factors, and from factors to songs for a person or a group, venues for people, people for a venue.
//! Knows neither HTTP nor accounts; time and seeds come in as arguments.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use tutti_taste::train::{Dataset, Options, train};
//!
//! # fn main() -> tutti_taste::Result<()> {
//! // Two circles of listeners, each with songs of its own.
//! let mut rows = Vec::new();
//! for listener in 0..40 {
//!     for song in (0..12).filter(|song| (song + listener) % 4 != 0) {
//!         let song = song + if listener % 2 == 0 { 0 } else { 12 };
//!         rows.push((format!("listener{listener}"), format!("song{song}"), 1.0));
//!     }
//! }
//! let model = train(&Dataset::of(&rows), &Options::default(), None, &AtomicBool::new(false), &mut |_| {})?.in_memory()?;
//!
//! // Somebody new, who likes two songs of the first circle.
//! let liked: Vec<(u32, f32)> = ["song1", "song5"].iter().filter_map(|id| Some((model.item_names().number(id)?, 3.0))).collect();
//! let profile = model.profile(&liked);
//! let best = &model.candidates(&[&profile], 5, &|item| !liked.iter().any(|(known, _)| *known == item))[0];
//! let first_circle = |id: &str| id["song".len()..].parse::<u32>().is_ok_and(|number| number < 12);
//! assert!(best.iter().all(|(item, _)| model.item_names().name(*item).is_some_and(first_circle)));
//! # Ok(())
//! # }
//! ```

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
pub use item_set::{ItemMatcher, ItemSet};
pub use live::{Of, Taste};
pub use similar::Alike;
pub use why::{Share, Why};
