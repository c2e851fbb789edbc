//! The keys of all documents that a filter lets through, read from a column: no stored document is touched.

use super::docset::BitSet;
use super::nodes::weight;
use super::snapshot::Snapshot;
use crate::binding::Binder;
use crate::error::{Error, Result};
use crate::index::layout::{KEY, Kind};
use crate::query::ast::{Query, SearchMode};

/// Hands the keys to `each`.
pub(crate) fn each_key(snapshot: &Snapshot, filter: Option<&Query>, mut each: impl FnMut(&str)) -> Result<()> {
    let filter = match filter {
        Some(filter) => {
            let plan = Binder::new(snapshot.fields(), SearchMode::Any, &[])?.filter(filter).map_err(Error::in_filter)?;
            Some(weight(&plan, snapshot, false)?)
        }
        None => None,
    };
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
