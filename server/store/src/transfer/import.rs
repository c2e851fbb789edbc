//! From files into a store.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::lines::Lines;
use super::{LOGS, TransferError, Transferred, blocking, extended, file_error};
use crate::migrations::SCHEMA;
use crate::{Batch, Collection, SharedStore, StoreError, Write};

/// Where the progress of an import is kept, so that it can go on after an interruption.
const PROGRESS: &str = "import";

/// What may be in the store before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing, or the beginning of the same import.
    Empty,
    /// Anything: documents take the place of those there, log entries that are there stay and new ones follow them.
    Merge,
}

/// Brings what [`export`](super::export) wrote, or MongoDB's own export of it, into a store. It goes on where it ended
/// when it is run again with the same files. `collections` has [`SCHEMA`] among them; files of other names are left alone.
///
/// # Errors
/// See [`TransferError`]; a wrong line is named.
pub async fn import(
    store: &SharedStore,
    collections: &'static [Collection],
    folder: &Path,
    into: Target,
) -> Result<Transferred, TransferError> {
    let files = present(collections, folder).await?;
    let sizes: Vec<_> = files.iter().map(|file| json!([file.name, file.size])).collect();
    let (mut at, mut done) = match store.get(SCHEMA.name, PROGRESS).await? {
        Some(progress) if progress.body["files"] != Value::Array(sizes.clone()) => return Err(TransferError::Begun),
        Some(progress) => (progress.body["file"].as_u64().unwrap_or(0), progress.body["line"].as_u64().unwrap_or(0)),
        None if into == Target::Empty && !is_empty(store, collections).await? => return Err(TransferError::NotEmpty),
        None => (0, 0),
    };
    let mut carried = Transferred::default();
    while let Some(file) = usize::try_from(at).ok().and_then(|at| files.get(at)) {
        let path = folder.join(&file.name);
        let mut lines = Lines::open(&path, done).await?;
        loop {
            let (rest, some) = lines.some().await?;
            lines = rest;
            let Some((last, _)) = some.last() else { break };
            let progress = json!({"files": sizes, "file": at, "line": last});
            let wrong = |line, message| TransferError::Line { file: path.clone(), line, message };
            let mut writes = match file.collection {
                Some(collection) => documents(collection, some, &mut carried).map_err(|(line, message)| wrong(line, message))?,
                None => entries(store, some, &mut carried).await?.map_err(|(line, message)| wrong(line, message))?,
            };
            writes.push(Write::Put(SCHEMA.name, PROGRESS.to_owned(), progress));
            store.commit(Batch { checks: Vec::new(), writes }).await?;
        }
        at += 1;
        done = 0;
    }
    store.commit(Batch { checks: Vec::new(), writes: vec![Write::Delete(SCHEMA.name, PROGRESS.to_owned())] }).await?;
    Ok(carried)
}

struct Found {
    name: String,
    size: u64,
    /// None for the logs.
    collection: Option<&'static Collection>,
}

/// The files that are there, in a fixed order.
async fn present(collections: &'static [Collection], folder: &Path) -> Result<Vec<Found>, TransferError> {
    let folder = folder.to_owned();
    blocking(move || {
        let mut names: Vec<_> = collections.iter().map(|collection| (format!("{}.ndjson", collection.name), Some(collection))).collect();
        names.push((LOGS.to_owned(), None));
        let mut found = Vec::new();
        for (name, collection) in names {
            let path = folder.join(&name);
            match std::fs::metadata(&path) {
                Ok(data) => found.push(Found { name, size: data.len(), collection }),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(file_error(&path, error)),
            }
        }
        if found.is_empty() {
            return Err(TransferError::Nothing(folder));
        }
        Ok(found)
    })
    .await
}

async fn is_empty(store: &SharedStore, collections: &'static [Collection]) -> Result<bool, StoreError> {
    for collection in collections.iter().filter(|collection| collection.name != SCHEMA.name) {
        if !store.scan(collection.name, "", None, 1).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(store.logs(None, 1).await?.is_empty())
}

/// A line that is wrong.
type Wrong = (u64, String);

fn documents(collection: &'static Collection, lines: Vec<(u64, Value)>, carried: &mut Transferred) -> Result<Vec<Write>, Wrong> {
    let mut writes = Vec::new();
    for (line, value) in lines {
        let (key, body) = extended::to_document(value).map_err(|message| (line, message))?;
        if collection.name == SCHEMA.name && key == PROGRESS {
            continue;
        }
        crate::names::check_name(&key).map_err(|error| (line, error.to_string()))?;
        writes.push(Write::Put(collection.name, key, body));
        carried.documents += 1;
    }
    Ok(writes)
}

/// The writes for lines of the logs; entries that are there already are passed over.
async fn entries(
    store: &SharedStore,
    lines: Vec<(u64, Value)>,
    carried: &mut Transferred,
) -> Result<Result<Vec<Write>, Wrong>, StoreError> {
    let mut writes = Vec::new();
    let mut lasts: HashMap<String, u64> = HashMap::new();
    for (line, value) in lines {
        let (log, number, entry) = match to_entry(value) {
            Ok(parts) => parts,
            Err(message) => return Ok(Err((line, message))),
        };
        let mut last = match lasts.get(&log) {
            Some(last) => *last,
            None => store.last(&log).await?,
        };
        let before = if entry.is_some() { number - 1 } else { number };
        if last == 0 && before > 0 {
            writes.push(Write::Begin { log: log.clone(), after: before });
            last = before;
        }
        if let Some(entry) = entry {
            if last < before {
                return Ok(Err((line, format!("entry {number} does not follow: the last one of `{log}` is {last}"))));
            }
            if last == before {
                append(&mut writes, &log, before, entry);
                last = number;
                carried.entries += 1;
            }
        }
        lasts.insert(log, last);
    }
    Ok(Ok(writes))
}

/// Appends, together with the entries before when they are of the same log.
fn append(writes: &mut Vec<Write>, name: &str, before: u64, entry: Vec<u8>) {
    if let Some(Write::Append { log, entries, .. }) = writes.last_mut()
        && log == name
    {
        entries.push(entry.into());
        return;
    }
    writes.push(Write::Append { log: name.to_owned(), after: before, entries: vec![entry.into()] });
}

/// A log's name and the number of an entry, with the entry; or its last number alone.
fn to_entry(value: Value) -> Result<(String, u64, Option<Vec<u8>>), String> {
    let Value::Object(mut fields) = value else { return Err("this is not a JSON object".to_owned()) };
    let Some(Value::String(log)) = fields.shift_remove("log") else { return Err("`log` is not a string".to_owned()) };
    crate::names::check_name(&log).map_err(|error| error.to_string())?;
    if let Some(last) = fields.get("last") {
        let last = last.as_u64().ok_or("`last` is not a number")?;
        return Ok((log, last, None));
    }
    let seq = fields.get("seq").and_then(Value::as_u64).filter(|seq| *seq > 0).ok_or("`seq` is not a number above 0")?;
    let entry = fields.shift_remove("entry").ok_or("there is no `entry`")?;
    Ok((log, seq, Some(extended::to_entry(entry).map_err(|message| format!("`entry`: {message}"))?)))
}
