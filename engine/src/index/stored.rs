//! Stored documents read back: the JSON text that each tantivy document was made from.

use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, TantivyDocument, TantivyError, Term};

use super::document::{parse, source_of};
use super::generation::Generation;
use crate::error::{Error, Result};

/// Blocks of a segment's document store kept unpacked while several documents are read.
const STORE_BLOCKS: usize = 4;

/// The stored text of the document with this key.
pub(crate) fn find(generation: &Generation, searcher: &Searcher, key: &str) -> Result<Option<Arc<[u8]>>> {
    let term = Term::from_field_text(generation.layout.key, key);
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(generation.layout.key)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic).map_err(TantivyError::from)? else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !reader.is_deleted(doc) {
                let document: TantivyDocument = reader.get_store_reader(1).map_err(TantivyError::from)?.get(doc)?;
                return Ok(source_of(generation.layout.source, &document).map(Into::into));
            }
            doc = postings.advance();
        }
    }
    Ok(None)
}

/// Every visible document's text, in chunks.
pub(crate) fn each_source(generation: &Generation, searcher: &Searcher, mut each: impl FnMut(&[Vec<u8>]) -> Result<()>) -> Result<()> {
    for reader in searcher.segment_readers() {
        let store = reader.get_store_reader(STORE_BLOCKS).map_err(TantivyError::from)?;
        let mut chunk = Vec::new();
        for document in store.iter::<TantivyDocument>(reader.alive_bitset()) {
            chunk.extend(source_of(generation.layout.source, &document?).map(<[u8]>::to_vec));
            if chunk.len() == 4096 {
                each(&chunk)?;
                chunk.clear();
            }
        }
        each(&chunk)?;
    }
    Ok(())
}

/// Documents read by their address, each segment's store opened when first needed.
pub(crate) struct StoredDocuments<'a> {
    generation: &'a Generation,
    searcher: &'a Searcher,
    stores: Vec<Option<StoreReader>>,
    count: usize,
}

impl<'a> StoredDocuments<'a> {
    pub(crate) fn new(generation: &'a Generation, searcher: &'a Searcher) -> StoredDocuments<'a> {
        StoredDocuments { generation, searcher, stores: searcher.segment_readers().iter().map(|_| None).collect(), count: 0 }
    }

    /// Reads one document.
    pub(crate) fn read(&mut self, address: DocAddress) -> Result<Map<String, Value>> {
        self.count += 1;
        let name = &self.generation.definition.name;
        let damaged = || Error::Damaged { index: name.clone(), what: "a document has no stored text".to_owned() };
        let store = self.stores.get_mut(address.segment_ord as usize).ok_or_else(damaged)?;
        if store.is_none() {
            let reader = self.searcher.segment_reader(address.segment_ord);
            *store = Some(reader.get_store_reader(STORE_BLOCKS).map_err(TantivyError::from)?);
        }
        let document: TantivyDocument = store.as_ref().ok_or_else(damaged)?.get(address.doc_id)?;
        parse(name, source_of(self.generation.layout.source, &document).ok_or_else(damaged)?)
    }

    /// How many documents were read.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}
