//! The one door to what an index holds: a [`Searcher`] sees one state and answers everything from it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::facets::{FacetValues, FacetValuesRequest, facet_values};
use super::request::SearchRequest;
use super::response::SearchResponse;
use super::snapshot::Snapshot;
use super::typeahead::{AutocompleteRequest, Completion, SuggestRequest, Suggestion, autocomplete, suggest};
use super::{keys, strategy};
use crate::error::Result;
use crate::index::document::parse;
use crate::index::synonyms::SynonymMaps;
use crate::index::{Index, stored};
use crate::query::ast::Query;
use tutti_index_schema::IndexDefinition;

/// One state of an index: a definition and the documents that were visible when the searcher was made. Commits, merges and
/// rebuilds that happen later change nothing for it; what it needs stays on disk until it is dropped. Cheap to make.
pub struct Searcher {
    snapshot: Snapshot,
    synonyms: Arc<SynonymMaps>,
}

/// What searches see of an index: another one after every change they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    generation: String,
    commit: u64,
}

impl Searcher {
    /// Answers a search.
    ///
    /// # Errors
    /// A field that does not exist or may not be used so, a pattern that is too complex, a cursor of another search: all
    /// the caller's. What cannot match but is well formed, such as an unknown field in a Lucene query, is a warning.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        strategy::search(&self.snapshot, &self.synonyms, request)
    }

    /// Documents that fit what is being typed, one suggestion each.
    ///
    /// # Errors
    /// A suggester or field that does not exist, a text too long, a filter with full text: all the caller's.
    pub fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
        suggest(&self.snapshot, request)
    }

    /// How what is being typed may go on, in alphabetical order; every completion is in a visible document.
    ///
    /// # Errors
    /// A suggester or field that does not exist, a text too long, a filter with full text: all the caller's.
    pub fn autocomplete(&self, request: &AutocompleteRequest) -> Result<Vec<Completion>> {
        autocomplete(&self.snapshot, request)
    }

    /// Values of a facet by what is typed.
    ///
    /// # Errors
    /// A field that does not exist or is no facet of strings, a text or `top` out of bounds, a filter that does not bind.
    pub fn facet_values(&self, request: &FacetValuesRequest) -> Result<FacetValues> {
        facet_values(&self.snapshot, request)
    }

    /// The visible document with this key; `None` when there is none. [`Index::get`] also sees what is not visible yet.
    ///
    /// # Errors
    /// The stored document cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<Map<String, Value>>> {
        let generation = &self.snapshot.generation;
        let source = stored::find(generation, &self.snapshot.segments, key)?;
        source.map(|source| parse(&generation.definition.name, &source)).transpose()
    }

    /// Hands the key of every document that passes the filter, or of all, to `each`: in several runs, ascending within each.
    /// O(matching documents + keys of their segments).
    ///
    /// # Errors
    /// What [`Searcher::search`] says of a filter.
    pub fn each_key(&self, filter: Option<&Query>, each: impl FnMut(&str)) -> Result<()> {
        keys::each_key(&self.snapshot, filter, each)
    }

    /// Hands every document to `each`, in no order. O(all of them): for what reads a whole catalogue once.
    ///
    /// # Errors
    /// A stored document cannot be read.
    pub fn each_document(&self, mut each: impl FnMut(Map<String, Value>)) -> Result<()> {
        let generation = &self.snapshot.generation;
        stored::each_source(generation, &self.snapshot.segments, |sources| {
            for source in sources {
                each(parse(&generation.definition.name, source)?);
            }
            Ok(())
        })
    }

    /// The number of documents.
    pub fn count(&self) -> u64 {
        self.snapshot.segments.num_docs()
    }

    /// The definition the documents are indexed by.
    pub fn definition(&self) -> &Arc<IndexDefinition> {
        &self.snapshot.generation.definition
    }

    /// The version of the index that is seen.
    pub fn version(&self) -> Version {
        let commit = self.snapshot.segments.generation().generation_id();
        Version { generation: self.snapshot.generation.name.clone(), commit }
    }
}

impl Index {
    /// A searcher over what is visible now.
    pub fn searcher(&self) -> Searcher {
        Searcher { snapshot: Snapshot::new(self.generation()), synonyms: Arc::clone(self.synonyms()) }
    }

    /// [`Searcher::search`] over what is visible now.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        self.searcher().search(request)
    }

    /// [`Searcher::suggest`] over what is visible now.
    ///
    /// # Errors
    /// Those of [`Searcher::suggest`].
    pub fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
        self.searcher().suggest(request)
    }

    /// [`Searcher::autocomplete`] over what is visible now.
    ///
    /// # Errors
    /// Those of [`Searcher::autocomplete`].
    pub fn autocomplete(&self, request: &AutocompleteRequest) -> Result<Vec<Completion>> {
        self.searcher().autocomplete(request)
    }

    /// [`Searcher::each_key`] over what is visible now.
    ///
    /// # Errors
    /// Those of [`Searcher::each_key`].
    pub fn each_key(&self, filter: Option<&Query>, each: impl FnMut(&str)) -> Result<()> {
        self.searcher().each_key(filter, each)
    }

    /// [`Searcher::each_document`] over what is visible now.
    ///
    /// # Errors
    /// Those of [`Searcher::each_document`].
    pub fn each_document(&self, each: impl FnMut(Map<String, Value>)) -> Result<()> {
        self.searcher().each_document(each)
    }

    /// The version that searches see now.
    pub fn version(&self) -> Version {
        self.searcher().version()
    }
}
