//! What every implementation asks of names and documents, and which values a document is found by.

use serde_json::Value;

use crate::{Batch, Check, Collection, StoreError, Write};

/// Longest key of a document and longest name of a log, in bytes.
pub const NAME_LIMIT: usize = 512;

/// Largest number of an entry: what every number in JSON and in Redis's scripts holds exactly.
const LARGEST_NUMBER: u64 = 1 << 53;

/// The collection of that name.
///
/// # Errors
/// [`StoreError::Refused`] when the store was opened without it.
pub(crate) fn collection(collections: &'static [Collection], name: &str) -> Result<&'static Collection, StoreError> {
    collections.iter().find(|c| c.name == name).ok_or_else(|| StoreError::Refused(format!("there is no collection `{name}`")))
}

/// # Errors
/// [`StoreError::Refused`] for a key or log name that is too long or holds a NUL.
pub(crate) fn check_name(name: &str) -> Result<(), StoreError> {
    if name.len() > NAME_LIMIT {
        return Err(StoreError::Refused(format!("a name of {} bytes is longer than {NAME_LIMIT}", name.len())));
    }
    if name.contains('\0') {
        return Err(StoreError::Refused(format!("the name {name:?} holds a NUL")));
    }
    Ok(())
}

/// # Errors
/// [`StoreError::Refused`] when an index is not declared.
pub(crate) fn check_index(collection: &Collection, index: &str) -> Result<(), StoreError> {
    if collection.indexes.contains(&index) {
        return Ok(());
    }
    Err(StoreError::Refused(format!("collection `{}` has no index `{index}`", collection.name)))
}

/// Checks all that can be checked of a batch without looking at what is stored.
///
/// # Errors
/// [`StoreError::Refused`] for a name, a collection or a body that no store takes.
pub(crate) fn check_batch(collections: &'static [Collection], batch: &Batch) -> Result<(), StoreError> {
    for check in &batch.checks {
        let (Check::Absent(name, key) | Check::Version(name, key, _)) = check;
        collection(collections, name)?;
        check_name(key)?;
    }
    for write in &batch.writes {
        match write {
            Write::Put(name, key, body) => {
                collection(collections, name)?;
                check_name(key)?;
                if !body.is_object() {
                    return Err(StoreError::Refused(format!("the body of `{key}` in `{name}` is not a JSON object")));
                }
            }
            Write::Delete(name, key) => {
                collection(collections, name)?;
                check_name(key)?;
            }
            Write::Begin { log, after } => {
                check_name(log)?;
                if *after > LARGEST_NUMBER {
                    return Err(StoreError::Refused(format!("no log has entries beyond {LARGEST_NUMBER}")));
                }
            }
            Write::Append { log, .. } | Write::Amend(log, ..) | Write::Trim(log, _) | Write::Drop(log) => check_name(log)?,
        }
    }
    Ok(())
}

/// The strings that `body` has at the dotted path `index`: one, those of a list, or none.
pub(crate) fn index_values<'a>(body: &'a Value, index: &str) -> Vec<&'a str> {
    let mut value = body;
    for step in index.split('.') {
        match value.get(step) {
            Some(inner) => value = inner,
            None => return Vec::new(),
        }
    }
    let mut found: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}
