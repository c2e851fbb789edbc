//! From a store into files.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{LOGS, TransferError, Transferred, blocking, extended, file_error};
use crate::{Collection, SharedStore};

/// Documents or entries that are fetched at once.
const PAGE: usize = 500;

/// Writes every collection and all logs into `folder`, in place of files that have the same names. What is committed
/// while it runs may be in them or not. A file has its name once it is whole.
///
/// # Errors
/// When the store cannot be read or a file not written.
pub async fn export(store: &SharedStore, collections: &'static [Collection], folder: &Path) -> Result<Transferred, TransferError> {
    let mut carried = Transferred::default();
    std::fs::create_dir_all(folder).map_err(|error| file_error(folder, error))?;
    for collection in collections {
        let mut out = Out::create(folder, &format!("{}.ndjson", collection.name)).await?;
        let mut after: Option<String> = None;
        loop {
            let page = store.scan(collection.name, "", after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            carried.documents += page.len() as u64;
            out = out.write(move || page.into_iter().map(|(key, document)| extended::from_document(&key, document.body)).collect()).await?;
        }
        out.finish().await?;
    }
    carried.entries = export_logs(store, folder).await?;
    Ok(carried)
}

async fn export_logs(store: &SharedStore, folder: &Path) -> Result<u64, TransferError> {
    let mut out = Out::create(folder, LOGS).await?;
    let mut after: Option<String> = None;
    let mut count = 0;
    loop {
        let logs = store.logs(after.as_deref(), PAGE).await?;
        let Some(last) = logs.last() else { break };
        after = Some(last.clone());
        for log in logs {
            let mut from = 0;
            loop {
                let page = store.read(&log, from, PAGE).await?;
                let Some((last, _)) = page.last() else { break };
                from = last + 1;
                count += page.len() as u64;
                let log = log.clone();
                out = out
                    .write(move || {
                        let line = |(seq, entry): (u64, bytes::Bytes)| {
                            json!({"_id": format!("{log}/{seq:020}"), "log": log, "seq": seq, "entry": extended::from_entry(&entry)})
                        };
                        page.into_iter().map(line).collect()
                    })
                    .await?;
            }
            if from == 0 {
                // Nothing but its number is left of it.
                let last = store.last(&log).await?;
                out = out.write(move || vec![json!({"_id": log, "log": log, "last": last})]).await?;
            }
        }
    }
    out.finish().await?;
    Ok(count)
}

/// A file that is being written.
struct Out {
    file: BufWriter<File>,
    part: PathBuf,
    whole: PathBuf,
}

impl Out {
    async fn create(folder: &Path, name: &str) -> Result<Out, TransferError> {
        let whole = folder.join(name);
        let part = folder.join(format!("{name}.part"));
        blocking(move || {
            let file = File::create(&part).map_err(|error| file_error(&part, error))?;
            Ok(Out { file: BufWriter::new(file), part, whole })
        })
        .await
    }

    /// Writes one value on each line.
    async fn write(mut self, lines: impl FnOnce() -> Vec<Value> + Send + 'static) -> Result<Out, TransferError> {
        blocking(move || {
            for line in lines() {
                writeln!(self.file, "{line}").map_err(|error| file_error(&self.part, error))?;
            }
            Ok(self)
        })
        .await
    }

    async fn finish(mut self) -> Result<(), TransferError> {
        blocking(move || {
            let written =
                self.file.flush().and_then(|()| self.file.get_ref().sync_all()).and_then(|()| std::fs::rename(&self.part, &self.whole));
            written.map_err(|error| file_error(&self.whole, error))
        })
        .await
    }
}
