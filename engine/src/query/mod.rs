//! Query text to one tree, and back. Three grammars parse here: Lucene's classic syntax, Azure's simple syntax and OData
//! filters. Nothing here knows an index, an analyzer or tantivy.

pub mod ast;
mod error;
mod lucene;
mod odata;
mod print;
mod simple;
#[cfg(test)]
mod tests;

pub use error::QueryError;
pub(crate) use lucene::word_runs;
pub use lucene::{parse_lucene, parse_lucene_with_paths};
pub use odata::{OrderBy, OrderKey, parse_filter, parse_order_by, print_filter};
pub use simple::parse_simple;

/// Groups may stand in groups this deep.
pub const MAX_DEPTH: usize = 512;
/// One query may have this many clauses, over all groups.
pub const MAX_CLAUSES: usize = 65_536;
