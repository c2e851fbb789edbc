//! Searches over an index: a request to hits, scored as Lucene scores, counted, sorted, paged, highlighted; suggestions and
//! autocompletion; the keys of what passes a filter. Everything hangs on a [`Searcher`], which sees one state of the index. Which
//! grammar wrote a query and what the answer is called on a wire are unknown here.

mod bm25;
mod collect;
mod cursor;
mod docset;
mod facets;
mod found;
mod hits;
mod hybrid;
mod keys;
mod list;
mod nodes;
mod profile;
mod request;
mod response;
mod rewrite;
mod searcher;
mod snapshot;
mod sort;
mod spelling;
mod strategy;
mod top_k;
mod typeahead;

pub use facets::{FacetValues, FacetValuesRequest};
pub use request::*;
pub use response::*;
pub use searcher::{Searcher, Version};
pub use spelling::{Correction, apply_corrections};
pub use typeahead::{AutocompleteMode, AutocompleteRequest, Completion, SuggestRequest, Suggestion};
