//! Batches as the arguments of `commit.lua`, and places in indexes.

use bytes::Bytes;
use serde_json::Value;

use super::link::push;
use crate::{Batch, Check, Collection, StoreError, Write, names};

/// How much of an indexed value is part of a place.
const VALUE_LIMIT: usize = 512;

/// The arguments for a batch that was checked.
///
/// # Errors
/// [`StoreError::Refused`] for a collection that is not declared.
pub(crate) fn arguments(collections: &'static [Collection], batch: &Batch) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut all = Vec::new();
    for check in &batch.checks {
        match check {
            Check::Absent(collection, key) => push(&mut all, &["A", collection, key]),
            Check::Version(collection, key, version) => push(&mut all, &["V", collection, key, &version.to_string()]),
        }
    }
    for write in &batch.writes {
        match write {
            Write::Put(collection, key, body) => {
                push(&mut all, &["P", collection, key, &body.to_string()]);
                push(&mut all, index_places(names::collection(collections, collection)?, key, body));
            }
            Write::Delete(collection, key) => push(&mut all, &["D", collection, key]),
            Write::Append { log, after, entries } => {
                push(&mut all, &["+", log, &after.to_string(), &entries.len().to_string()]);
                push(&mut all, entries.iter().map(Bytes::as_ref).collect::<Vec<&[u8]>>());
            }
            Write::Begin { log, after } => push(&mut all, &["B", log, &after.to_string()]),
            Write::Amend(log, number, entry) => {
                push(&mut all, &["=", log, &number.to_string()]);
                push(&mut all, entry.as_ref());
            }
            Write::Trim(log, below) => push(&mut all, &["T", log, &below.to_string()]),
            Write::Drop(log) => push(&mut all, &["X", log]),
        }
    }
    Ok(all)
}

/// How many places a document has in indexes, then each as the index and the place.
pub(crate) fn index_places(collection: &Collection, key: &str, body: &Value) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for index in collection.indexes {
        for value in names::index_values(body, index) {
            let mut place = value_place(value);
            place.extend_from_slice(key.as_bytes());
            all.push(index.as_bytes().to_vec());
            all.push(place);
        }
    }
    all[0] = (all.len() / 2).to_string().into_bytes();
    all
}

/// What the places of all documents with this value begin with.
pub(crate) fn value_place(value: &str) -> Vec<u8> {
    let mut place = format!("{:08x}", value.len()).into_bytes();
    place.extend_from_slice(&value.as_bytes()[..value.len().min(VALUE_LIMIT)]);
    place
}
