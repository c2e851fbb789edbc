//! Running a weight over the segments. Which way is cheapest depends on what the request asks for; `search::strategy` chooses:
//! the best documents only, with tantivy's skipping ([`top_docs`]); a query whose documents all score alike ([`constant_score`]);
//! or one pass over every match, with facets, sort keys and post-filters ([`full`]).

mod constant_score;
mod full;
mod top_docs;

pub(crate) use constant_score::constant_score;
pub(crate) use full::{FullCollector, PostFilter};
pub(crate) use top_docs::top_docs;
