//! What a server keeps of its own writes, as rows in its folder. `keys` says how they lie.

use std::time::{Duration, SystemTime};

use crate::redis::commits::{Done, TOMBSTONE_SECONDS};
use crate::redis::link::Link;
use crate::sled::files::Files;
use crate::sled::staging::Row;
use crate::{Batch, Position, SledStore, StoreError, Write, keys, rows as documents};

/// The largest position that was seen.
fn seen() -> Vec<u8> {
    keys::fact("seen")
}

/// The epoch whose servers know all that is kept here.
pub(crate) fn epoch() -> Vec<u8> {
    keys::fact("epoch")
}

/// The largest position whose batch is durable here.
pub(crate) fn reached(files: &Files) -> Result<Position, StoreError> {
    files.get(&seen())?.map_or(Ok(0), |bytes| keys::trailing_number(&bytes))
}

/// Notes that everything up to a position is durable here.
pub(crate) fn reach(position: Position) -> Row {
    Row::Set(seen(), Some(position.to_be_bytes().to_vec()))
}

/// What is kept of a deletion.
pub(crate) fn deletion(position: Position) -> Vec<u8> {
    [position.to_be_bytes(), now().to_be_bytes()].concat()
}

/// What is kept of an entry.
pub(crate) fn entry(position: Position, entry: &[u8]) -> Vec<u8> {
    [&position.to_be_bytes(), entry].concat()
}

/// Makes the folder ready, tells the link what was seen, and returns the epoch that was last joined.
pub(crate) async fn prepare(local: &SledStore, link: &Link) -> Result<String, StoreError> {
    let (position, known, old) = local
        .reading(|files| {
            let position = match files.get(&seen())? {
                Some(bytes) => keys::trailing_number(&bytes)?,
                None => files.position(),
            };
            let known = files.get(&epoch())?.map(|bytes| bytes.to_vec()).unwrap_or_default();
            Ok((position, String::from_utf8_lossy(&known).into_owned(), old_deletions(files)?))
        })
        .await?;
    let indexes = keys::fact("indexes ");
    // Indexes are not kept in step; whoever opens the folder without Redis builds them anew.
    let mut rows = vec![Row::Clear(indexes.clone(), keys::behind(&indexes)), reach(position)];
    rows.extend(old.into_iter().map(|key| Row::Set(key, None)));
    local.write_rows(rows).await?;
    link.see(position);
    link.adopt("none yet");
    Ok(known)
}

/// Deletions that need not be remembered any more.
fn old_deletions(files: &Files) -> Result<Vec<Vec<u8>>, StoreError> {
    let since = now().saturating_sub(TOMBSTONE_SECONDS * 1000);
    let mut old = Vec::new();
    for kind in [b't', b'x'] {
        for (key, value) in files.range(&[kind, 0], &[kind, 1], usize::MAX)? {
            if keys::trailing_number(&value)? < since {
                old.push(key.to_vec());
            }
        }
    }
    Ok(old)
}

/// The rows for a batch that Redis carried out.
pub(crate) fn rows(done: &Done, batch: Batch) -> Vec<Row> {
    let position = done.position;
    let mut numbers = done.numbers.iter().copied();
    let mut rows = vec![reach(position)];
    for write in batch.writes {
        match write {
            Write::Put(collection, key, body) => {
                // A body that Redis took can be written.
                rows.push(Row::Set(keys::document(collection, &key), documents::encode(position, &body).ok()));
                rows.push(Row::Set(keys::tombstone(collection, &key), None));
            }
            Write::Delete(collection, key) => {
                rows.push(Row::Set(keys::document(collection, &key), None));
                rows.push(Row::Set(keys::tombstone(collection, &key), Some(deletion(position))));
            }
            Write::Append { log, after, entries } => {
                for (number, entry) in (after + 1..).zip(entries) {
                    rows.push(Row::Set(keys::copy(&log, number), Some(self::entry(position, &entry))));
                }
            }
            Write::Begin { log, .. } => {
                let last = numbers.next().unwrap_or(0);
                rows.push(Row::Set(keys::beginning(&log), Some(beginning(position, last + 1, last))));
            }
            Write::Amend(log, number, entry) => {
                if numbers.next() == Some(1) {
                    rows.push(Row::Set(keys::copy(&log, number), Some(self::entry(position, &entry))));
                }
            }
            Write::Trim(log, below) => {
                let last = numbers.next().unwrap_or(0);
                let below = below.min(last + 1);
                rows.push(Row::Clear(keys::copies(&log), keys::copy(&log, below)));
                rows.push(Row::Set(keys::beginning(&log), Some(beginning(position, below, last))));
            }
            Write::Drop(log) => {
                rows.push(Row::Clear(keys::copies(&log), keys::behind(&keys::copies(&log))));
                rows.push(Row::Set(keys::beginning(&log), None));
                rows.push(Row::Set(keys::dropped(&log), Some(deletion(position))));
            }
        }
    }
    rows
}

fn beginning(position: u64, below: u64, last: u64) -> Vec<u8> {
    [position.to_be_bytes(), below.to_be_bytes(), last.to_be_bytes()].concat()
}

/// Unix time in milliseconds.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
