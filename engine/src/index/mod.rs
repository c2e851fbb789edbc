//! Indexes on disk: a definition becomes a tantivy schema, documents become durable and then searchable. Query grammars,
//! HTTP and rooms are unknown here.

mod actions;
mod aliases;
pub mod analysis;
mod bulk;
mod catalogue;
pub(crate) mod columns;
pub(crate) mod document;
pub(crate) mod generation;
pub(crate) mod layout;
pub(crate) mod live;
mod operations;
pub(crate) mod stored;
pub(crate) mod synonym_maps;
pub(crate) mod synonym_table;
mod vector_source;
pub(crate) mod vectors;

pub use actions::{Action, ActionKind, Done, Outcome, Refusal};
pub use aliases::{Alias, Aliases};
pub use analysis::AnalyzeWith;
pub use bulk::{Built, BulkBuild, BulkOptions, Rejected};
pub use catalogue::Engine;
pub use document::{micros, moment};
pub use live::{Access, Index};
pub use synonym_maps::StoredSynonymMap;
