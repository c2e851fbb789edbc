//! The keys of all documents that a filter lets through, read from a column: no stored document is touched.

use super::compile::Compiler;
use super::passing::Passing;
use super::statistics::Statistics;
use super::weights;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::index::layout::{KEY, Kind};
use crate::query::ast::{Query, SearchMode};

/// What searches see of an index: another one after every change they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String, u64);

impl Index {
    /// The version that searches see now.
    pub fn version(&self) -> Version {
        let generation = self.generation();
        let seen = generation.searcher().generation().generation_id();
        Version(generation.name.clone(), seen)
    }

    /// Hands the key of every visible document that passes the filter, or of all, to `each`: in several runs, ascending within each.
    /// O(matching documents + keys of their segments).
    ///
    /// # Errors
    /// What [`Index::search`] says of a filter.
    pub fn each_key(&self, filter: Option<&Query>, mut each: impl FnMut(&str)) -> Result<()> {
        let generation = self.generation();
        let searcher = generation.searcher();
        let statistics = Statistics::new(&generation, &searcher);
        let filter = match filter {
            Some(filter) => {
                let plan = Compiler::new(&generation, SearchMode::Any, &[])?.filter(filter).map_err(Error::in_filter)?;
                Some(weights::weight(&plan, &statistics, false)?)
            }
            None => None,
        };
        for reader in searcher.segment_readers() {
            let Some((ords, Some(strings))) = generation.columns.numbers(reader, Kind::Exact, KEY)? else { continue };
            // A key is in one document at most, so its number in the dictionary stands for the document.
            let mut wanted = vec![0u64; strings.num_terms().div_ceil(64)];
            let mut want = |doc: u32| {
                if let Some(word) = ords.first(doc).and_then(|ord| Some((wanted.get_mut(ord as usize / 64)?, ord))) {
                    *word.0 |= 1 << (word.1 % 64);
                }
            };
            match &filter {
                Some(filter) => Passing::of(filter.as_ref(), reader)?.numbers().into_iter().for_each(&mut want),
                None => reader.doc_ids_alive().for_each(&mut want),
            }
            let mut keys = strings.dictionary().stream().map_err(tantivy::TantivyError::from)?;
            while keys.advance() {
                let ord = keys.term_ord() as usize;
                if wanted[ord / 64] >> (ord % 64) & 1 == 1 {
                    each(std::str::from_utf8(keys.key()).unwrap_or_default());
                }
            }
        }
        Ok(())
    }
}
