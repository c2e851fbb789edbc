//! Keys: those of all documents that a filter lets through, read from a column, and where the document of one is. No stored document is
//! touched.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED, Term};

use super::docset::BitSet;
use super::nodes::filter_weight;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::index::layout::{KEY, Kind};
use crate::query::ast::Query;

/// Hands the keys to `each`.
pub(crate) fn each_key(snapshot: &Snapshot, filter: Option<&Query>, mut each: impl FnMut(&str)) -> Result<()> {
    let filter = filter.map(|filter| filter_weight(snapshot, filter)).transpose()?;
    for reader in snapshot.segments.segment_readers() {
        let Some((ords, Some(strings))) = snapshot.columns().numbers(reader, Kind::Keyword, KEY)? else { continue };
        // A key is in one document at most, so its number in the dictionary stands for the document.
        let mut wanted = BitSet::new(strings.num_terms());
        let mut want = |doc: u32| {
            if let Some(ord) = ords.first(doc) {
                wanted.insert(ord);
            }
        };
        match &filter {
            Some(filter) => BitSet::of(filter.as_ref(), reader)?.iter().for_each(&mut want),
            None => reader.doc_ids_alive().for_each(&mut want),
        }
        let mut keys = strings.dictionary().stream().map_err(tantivy::TantivyError::from)?;
        while keys.advance() {
            if wanted.contains(keys.term_ord() as u32) {
                each(std::str::from_utf8(keys.key()).unwrap_or_default());
            }
        }
    }
    Ok(())
}

/// Where the document with a key is.
pub(crate) fn address_of(snapshot: &Snapshot, key: &str) -> Result<Option<DocAddress>> {
    let term = Term::from_field_text(snapshot.generation.layout.key, key);
    for (ord, reader) in snapshot.segments.segment_readers().iter().enumerate() {
        let postings = reader.inverted_index(term.field())?.read_postings(&term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else { continue };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                return Ok(Some(DocAddress::new(ord as u32, postings.doc())));
            }
            postings.advance();
        }
    }
    Ok(None)
}
