//! Taste: from interactions to factors, and from factors to songs for a user or a group, venues for users, users for a venue.
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
//! let model = train(&Dataset::of(&rows), &Options::default(), None, &AtomicBool::new(false), &mut |_| {})?.into_model()?;
//!
//! // A new user, who likes two songs of the first circle.
//! let liked: Vec<(u32, f32)> = ["song1", "song5"].iter().filter_map(|id| Some((model.item_ids().number(id)?, 3.0))).collect();
//! let profile = model.profile(&liked);
//! let best = &model.candidates(&[&profile], 3, &|item| !liked.iter().any(|(known, _)| *known == item))[0];
//! let first_circle = |id: &str| id["song".len()..].parse::<u32>().is_ok_and(|number| number < 12);
//! assert!(best.iter().all(|(item, _)| model.item_ids().name(*item).is_some_and(first_circle)));
//! # Ok(())
//! # }
//! ```

pub mod blend;
pub mod content;
mod error;
pub mod evaluate;
pub mod factors;
pub mod group;
pub mod interactions;
pub mod item_item;
mod item_set;
pub mod math;
mod model;
mod recommend;
mod service;
pub mod string_table;
pub mod train;
pub mod venue;

pub use error::{Result, TasteError};
pub use item_set::ItemSet;
pub use model::{ItemMatcher, Model, ModelMetadata, SectionPlace, Trained};
pub use recommend::{Allowed, Contribution, Explanation, Profile, Similar};
pub use service::{ModelKind, Taste, model_path};
