//! Stored documents read back: the JSON text that each tantivy document was made from.

use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::schema::{Field as Slot, IndexRecordOption, Value as _};
use tantivy::{DocSet, Searcher, TERMINATED, TantivyDocument, Term};

use super::generation::Generation;
use super::live::Index;
use crate::error::{Error, Result};

/// The stored text of the document with this key.
pub(crate) fn stored(generation: &Generation, searcher: &Searcher, key: &str) -> Result<Option<Arc<[u8]>>> {
    let term = Term::from_field_text(generation.layout.key, key);
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(generation.layout.key)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic).map_err(tantivy::TantivyError::from)? else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !reader.is_deleted(doc) {
                let document: TantivyDocument = reader.get_store_reader(1).map_err(tantivy::TantivyError::from)?.get(doc)?;
                return Ok(source_of(generation.layout.source, &document).map(Into::into));
            }
            doc = postings.advance();
        }
    }
    Ok(None)
}

/// The JSON text a tantivy document was made from.
pub(crate) fn source_of(source: Slot, document: &TantivyDocument) -> Option<&[u8]> {
    document.get_first(source)?.as_bytes()
}

pub(crate) fn parse(index: &str, source: &[u8]) -> Result<Map<String, Value>> {
    serde_json::from_slice(source).map_err(|error| Error::Damaged { index: index.to_owned(), what: format!("a stored document: {error}") })
}

impl Index {
    /// Hands every visible document to `each`, in no order. O(all of them): for what reads a whole catalogue once.
    pub fn each_document(&self, mut each: impl FnMut(Map<String, Value>)) -> Result<()> {
        let generation = self.generation();
        each_source(&generation, |sources| {
            for source in sources {
                each(parse(self.name(), source)?);
            }
            Ok(())
        })
    }
}

/// Every visible document's text, in chunks.
pub(crate) fn each_source(generation: &Generation, mut each: impl FnMut(&[Vec<u8>]) -> Result<()>) -> Result<()> {
    for reader in generation.searcher().segment_readers() {
        let store = reader.get_store_reader(4).map_err(tantivy::TantivyError::from)?;
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
