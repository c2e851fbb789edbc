//! Moves documents that older versions of the program wrote to today's shape, before anything else reads them.
//!
//! The store says in a document of [`SCHEMA`] which version its documents have, and how far a migration has got. Both
//! change in the same batch as the documents, so every document is moved once, also when the process ends in the middle
//! or several servers begin at once.

use serde_json::{Value, json};

use crate::{Batch, Check, Collection, Document, SharedStore, StoreError, Write};

/// Facts about the store itself. Belongs in the list of collections that a store is opened with.
pub const SCHEMA: Collection = Collection { name: "schema", indexes: &[] };

/// Documents that are moved together.
const BATCH_SIZE: usize = 256;
const VERSION: &str = "version";

/// The way from the version before to `version`.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts up from 1 without holes.
    pub version: u64,
    /// What is done, in this order.
    pub steps: &'static [Step],
}

/// What happens to each document of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Name of the collection.
    pub collection: &'static str,
    /// Takes a document's key and body and gives the new body, or none to remove it; or says what is wrong with it.
    pub forward: fn(&str, Value) -> Result<Option<Value>, String>,
}

/// Why the documents could not be moved.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer program was here.
    #[error(
        "the data was written by a newer version of this program (schema {found}, this one knows {known}): use that version, or a copy from before"
    )]
    Newer {
        /// The data's version.
        found: u64,
        /// The newest one known.
        known: u64,
    },
    /// A document is not as it should be; everything before it was moved.
    #[error("`{key}` in `{collection}` cannot be moved to schema {version}: {message}")]
    Document {
        /// Its collection.
        collection: &'static str,
        /// Its key.
        key: String,
        /// Where to.
        version: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far the store has got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Progress {
    version: u64,
    /// Of the way to the next version: the step, and the key behind which it goes on.
    step: usize,
    after: Option<String>,
}

/// Brings all documents to the newest version of `migrations`, which is returned. Work in proportion to the collections
/// that have steps. Safe to run again at any time and on several servers at once.
///
/// # Errors
/// See [`MigrationError`].
pub async fn migrate(store: &SharedStore, migrations: &[Migration]) -> Result<u64, MigrationError> {
    let known = migrations.last().map_or(0, |last| last.version);
    loop {
        let (progress, check) = progress(store).await?;
        if progress.version > known {
            return Err(MigrationError::Newer { found: progress.version, known });
        }
        let Some(migration) = migrations.iter().find(|migration| migration.version > progress.version) else { return Ok(known) };
        let mut batch = match migration.steps.get(progress.step) {
            Some(step) => advance(store, migration, step, &progress).await?,
            None => finish(migration),
        };
        batch.checks.push(check);
        match store.commit(batch).await {
            // Another server was faster, or a document changed: look again.
            Ok(_) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// How far the store has got, and the condition that nobody goes on from there meanwhile.
async fn progress(store: &SharedStore) -> Result<(Progress, Check), StoreError> {
    let Some(Document { version, body }) = store.get(SCHEMA.name, VERSION).await? else {
        return Ok((Progress::default(), Check::Absent(SCHEMA.name, VERSION.to_owned())));
    };
    let number = |field: &str| body.get(field).and_then(Value::as_u64);
    let progress = Progress {
        version: number("version").ok_or_else(|| StoreError::Damaged("the schema's version is not a number".to_owned()))?,
        step: number("step").and_then(|step| usize::try_from(step).ok()).unwrap_or(0),
        after: body.get("after").and_then(Value::as_str).map(str::to_owned),
    };
    Ok((progress, Check::Version(SCHEMA.name, VERSION.to_owned(), version)))
}

fn record(progress: &Progress) -> Write {
    let body = json!({"version": progress.version, "step": progress.step, "after": progress.after});
    Write::Put(SCHEMA.name, VERSION.to_owned(), body)
}

fn finish(migration: &Migration) -> Batch {
    Batch { checks: Vec::new(), writes: vec![record(&Progress { version: migration.version, ..Progress::default() })] }
}

/// The next documents of a step, or the beginning of the next step.
async fn advance(store: &SharedStore, migration: &Migration, step: &Step, progress: &Progress) -> Result<Batch, MigrationError> {
    let documents = store.scan(step.collection, "", progress.after.as_deref(), BATCH_SIZE).await?;
    let next = match documents.last() {
        Some((key, _)) => Progress { after: Some(key.clone()), ..progress.clone() },
        None => Progress { step: progress.step + 1, after: None, ..progress.clone() },
    };
    let mut batch = Batch { checks: Vec::new(), writes: vec![record(&next)] };
    for (key, document) in documents {
        let moved = (step.forward)(&key, document.body).map_err(|message| MigrationError::Document {
            collection: step.collection,
            key: key.clone(),
            version: migration.version,
            message,
        })?;
        batch.checks.push(Check::Version(step.collection, key.clone(), document.version));
        batch.writes.push(match moved {
            Some(body) => Write::Put(step.collection, key, body),
            None => Write::Delete(step.collection, key),
        });
    }
    Ok(batch)
}
