//! Offering what a server keeps to a Redis that may have lost it.

use sled::IVec;

use super::Shared;
use crate::redis::commits::TOMBSTONE_SECONDS;
use crate::redis::link::{self, push, text};
use crate::redis::operations::index_places;
use crate::{StoreError, keys, names, rows};

/// Rows of one call, and their size in bytes (one row may be larger).
const ROWS: usize = 256;
const BYTES: usize = 512 << 10;

/// What kinds of rows are offered: drops and beginnings of logs first, then documents, their deletions and entries, those
/// written without Redis among them.
const KINDS: &[u8] = b"xbdtenl";

/// Offers everything, and returns in words what does not fit any more.
pub(crate) async fn replay(shared: &Shared, epoch: &str) -> Result<Vec<String>, StoreError> {
    let mut first = Vec::new();
    push(&mut first, &["p", &shared.link.seen().to_string()]);
    let secret = keys::fact("secret ");
    let secrets = shared.local.reading({
        let secret = secret.clone();
        move |files| files.range(&secret, &keys::behind(&secret), usize::MAX)
    });
    for (key, value) in secrets.await? {
        push(&mut first, &[b"s", &key[secret.len()..], &value[..]]);
    }
    let mut conflicts = call(shared, epoch, &first).await?;
    for kind in KINDS {
        let mut from = vec![*kind, 0];
        let mut log_before = String::new();
        loop {
            let (start, end) = (from.clone(), vec![*kind, 1]);
            let page = shared.local.reading(move |files| files.range(&start, &end, ROWS)).await?;
            let Some((last, _)) = page.last() else { break };
            from = [last.as_ref(), &[0]].concat();
            let (mut arguments, mut size) = (Vec::new(), 0);
            for (key, value) in &page {
                size += key.len() + value.len();
                add(shared, &mut arguments, &mut log_before, key, value)?;
                if size > BYTES {
                    conflicts.extend(call(shared, epoch, &arguments).await?);
                    (arguments, size) = (Vec::new(), 0);
                }
            }
            conflicts.extend(call(shared, epoch, &arguments).await?);
        }
    }
    Ok(conflicts)
}

async fn call(shared: &Shared, epoch: &str, offered: &[Vec<u8>]) -> Result<Vec<String>, StoreError> {
    let (settle, week) = (shared.settle.as_millis().max(1).to_string(), TOMBSTONE_SECONDS.to_string());
    let mut arguments = vec![epoch.as_bytes(), settle.as_bytes(), week.as_bytes()];
    arguments.extend(offered.iter().map(Vec::as_slice));
    shared.link.run_always(&link::REPLAY, &arguments).await?.map(text).collect()
}

/// Adds what a row says to the arguments of `replay.lua`.
fn add(shared: &Shared, arguments: &mut Vec<Vec<u8>>, log_before: &mut String, key: &IVec, value: &IVec) -> Result<(), StoreError> {
    let mut parts = key[2..].splitn(2, |byte| *byte == 0);
    let name = text(parts.next().unwrap_or_default().to_vec())?;
    let rest = parts.next().unwrap_or_default();
    let position = || number(value, 0);
    match key[0] {
        b'd' => {
            // A collection that is not declared any more stays in the folder.
            let Ok(collection) = names::collection(shared.link.collections, &name) else { return Ok(()) };
            let document_key = text(rest.to_vec())?;
            let document = rows::decode(value)?;
            push(arguments, &["d", &name, &document_key, &document.version.to_string()]);
            push(arguments, &value[8..]);
            push(arguments, index_places(collection, &document_key, &document.body));
        }
        b't' => {
            push(arguments, &[b"t", name.as_bytes(), rest]);
            push(arguments, position()?.to_string());
        }
        b'x' => push(arguments, &["x", &name, &position()?.to_string()]),
        b'b' => begin(arguments, &name, position()?, number(value, 8)?, number(value, 16)?),
        b'e' => {
            push(arguments, &["e", &name, &keys::trailing_number(key)?.to_string(), &position()?.to_string()]);
            push(arguments, &value[8..]);
        }
        // Written without Redis: older than all that was written with it.
        b'n' => begin(arguments, &name, 0, keys::trailing_number(value)? + 1, keys::trailing_number(value)?),
        _ => {
            let entry = keys::trailing_number(key)?;
            if *log_before != name {
                if entry > 1 {
                    begin(arguments, &name, 0, entry, entry - 1);
                }
                log_before.clone_from(&name);
            }
            push(arguments, &["e", &name, &entry.to_string(), "0"]);
            push(arguments, &value[..]);
        }
    }
    Ok(())
}

fn begin(arguments: &mut Vec<Vec<u8>>, log: &str, position: u64, below: u64, last: u64) {
    push(arguments, &["b", log, &position.to_string(), &below.to_string(), &last.to_string()]);
}

/// The number at a place in a row.
fn number(value: &[u8], at: usize) -> Result<u64, StoreError> {
    keys::trailing_number(value.get(..at + 8).unwrap_or_default())
}
