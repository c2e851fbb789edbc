//! What an index is: fields, their types and attributes, analyzers by name, suggesters, scoring profiles; and the indexes
//! that ship with Tutti, with typed documents beside them. No I/O, no search engine.
//!
//! ```
//! use tutti_index_schema::{DocumentChecker, shipped};
//!
//! let songs = shipped("songs").unwrap();
//! assert!(songs.field("genres").is_some_and(|field| field.facetable));
//!
//! let checker = DocumentChecker::new(&songs);
//! let document = serde_json::json!({"id": "1", "title": "Love Me Tender", "year": "long ago"});
//! let errors = checker.check(document.as_object().unwrap()).unwrap_err();
//! assert_eq!(errors[0].pointer, "/year");
//! ```

#[rustfmt::skip]
pub mod analysis;
mod date;
mod definition;
mod document;
pub mod documents;
mod duration;
mod edm;
mod errors;
pub mod geo;
mod names;
mod read;
mod shipped;
mod synonyms;
mod write;

pub use analysis::NORMALIZERS;
pub use date::{DateTime, date_time_micros, date_time_text};
pub use definition::*;
pub use document::{DocumentChecker, DocumentError, DocumentErrorKind, MAX_KEY_LENGTH, MAX_TERM_BYTES, check};
pub use documents::{Activity, Address, Artist, AudioFeatures, Playlist, Point, Song, User, Venue};
pub use errors::{DefinitionErrors, ValidationError};
pub use names::{edit_distance, is_index_name};
pub use shipped::{shipped, shipped_json, shipped_names};
pub use synonyms::{SynonymError, SynonymMap, SynonymRule, parse_synonym_rule};
