//! Synonyms of queries: the maps of a data directory, and their rules as a field's analyzer sees them. What is indexed is never
//! touched by them.

mod maps;
mod table;

pub use maps::StoredSynonymMap;
pub(crate) use maps::SynonymMaps;
pub(crate) use table::{SynonymTable, SynonymTables, from_zero};
