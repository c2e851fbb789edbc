//! Indexes on disk: a definition becomes a tantivy schema, documents become durable and then searchable. Query grammars,
//! HTTP and rooms are unknown here; searching what is here is `search`'s business.

mod aliases;
pub(crate) mod analysis;
mod bulk;

pub(crate) mod columns;
pub(crate) mod document;
mod engine;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod generation;
pub(crate) mod layout;
mod open_index;
mod rules;
pub(crate) mod stored;
pub(crate) mod synonyms;
pub(crate) mod vectors;
mod visible;
mod writer;

pub use aliases::{Alias, Aliases};
pub use analysis::{AnalysisError, AnalyzeWith, Token};
pub use bulk::{Built, BulkBuild, BulkOptions, Rejected};
pub use document::{micros, moment};
pub use engine::Engine;
pub use open_index::{Access, Index};
pub use rules::{Boost, Held, Match, Rule, RuleError, Rules, StoredRule, When};
pub use synonyms::StoredSynonymMap;
pub use writer::{Action, ActionKind, Done, Outcome, Refusal};
