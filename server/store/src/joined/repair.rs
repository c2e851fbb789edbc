//! Copying what Redis took but this server may not have: it ended, or its disk was full, between the two. Nobody was told
//! that such a batch happened, but others have seen it and built on it, so that it must not be missing later.

use std::collections::BTreeSet;

use super::{Shared, copies};
use crate::redis::RedisStore;
use crate::sled::staging::Row;
use crate::{Change, Position, Store as _, StoreError, keys, names, rows};

/// Changes that are looked at together, and entries that are copied together.
const BATCH_SIZE: usize = 256;

/// Copies what was touched since the last position that is durable here. That takes more than is needed, since others write
/// too; a copy more does no harm.
///
/// # Errors
/// When Redis goes away or the folder cannot be written; it is done again then.
pub(crate) async fn repair(shared: &Shared, store: &RedisStore) -> Result<(), StoreError> {
    let target = store.position().await?;
    let mut since = shared.local.reading(copies::reached).await?;
    while since < target {
        let changes = match store.changes(since, BATCH_SIZE).await {
            Ok(changes) => changes,
            Err(StoreError::Forgotten) => {
                tracing::warn!(since, "what was written so long ago is not copied here");
                return shared.local.write_rows(vec![copies::reach(target)]).await;
            }
            Err(error) => return Err(error),
        };
        let Some(last) = changes.last() else { break };
        since = last.position;
        copy(shared, store, &changes, since).await?;
        shared.local.write_rows(vec![copies::reach(since)]).await?;
    }
    Ok(())
}

async fn copy(shared: &Shared, store: &RedisStore, changes: &[Change], position: Position) -> Result<(), StoreError> {
    let documents: BTreeSet<_> = changes.iter().flat_map(|change| &change.documents).collect();
    let mut found = Vec::new();
    for (name, key) in documents {
        let Ok(collection) = names::collection(shared.link.collections, name) else { continue };
        match store.get(collection.name, key).await? {
            Some(document) => {
                found.push(Row::Set(keys::document(name, key), Some(rows::encode(document.version, &document.body)?)));
                found.push(Row::Set(keys::tombstone(name, key), None));
            }
            None => {
                found.push(Row::Set(keys::document(name, key), None));
                found.push(Row::Set(keys::tombstone(name, key), Some(copies::deletion(position))));
            }
        }
    }
    shared.local.write_rows(found).await?;
    let logs: BTreeSet<_> = changes.iter().flat_map(|change| &change.logs).collect();
    for log in logs {
        copy_log(shared, store, log, position).await?;
    }
    Ok(())
}

/// Copies the entries behind the last one that is here.
async fn copy_log(shared: &Shared, store: &RedisStore, log: &str, position: Position) -> Result<(), StoreError> {
    let all = keys::copies(log);
    let last = shared.local.reading(move |files| files.last_key(&all, &keys::behind(&all))).await?;
    let mut from = last.map_or(Ok(0), |key| keys::trailing_number(&key))? + 1;
    loop {
        let page = store.read(log, from, BATCH_SIZE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        from = last + 1;
        let row = |(number, entry): (u64, bytes::Bytes)| Row::Set(keys::copy(log, number), Some(copies::entry(position, &entry)));
        shared.local.write_rows(page.into_iter().map(row).collect()).await?;
    }
}
