//! What accounts keep, and how it is read and written. Keys: an account by its id; an e-mail address by itself; a name by its folded
//! form, a line feed and the id; relations by `from/to`; sessions and erasures by their ids.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{AccountError, Privacy, Role};
use tutti_store::{Check, Document, SharedStore, StoreError, Write};

pub(super) const ACCOUNTS: &str = "accounts";
pub(super) const EMAILS: &str = "emails";
pub(super) const NAMES: &str = "people_names";
pub(super) const SESSIONS: &str = "sessions";
pub(super) const FOLLOWS: &str = "follows";
pub(super) const BLOCKS: &str = "blocks";
pub(super) const VENUE_OWNERS: &str = "venue_owners";
pub(super) const ERASURES: &str = "erasures";

/// Documents read at a time where all are needed.
pub(super) const BATCH: usize = 200;
/// Tries of a change that others get in the way of.
const TRIES: usize = 50;

/// Somebody who signed up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) avatar: Option<String>,
    pub(super) email: String,
    pub(super) hash: String,
    pub(super) role: Role,
    /// Tokens with a lower one were revoked. A guest's tokens have 0.
    pub(super) generation: u32,
    pub(super) created_at: u64,
    pub(super) privacy: Privacy,
}

/// Which account something is the key of: an address or a name.
#[derive(Serialize, Deserialize)]
pub(super) struct Pointer {
    pub(super) user: String,
}

/// A device where somebody is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) user: String,
    /// Fingerprint of the one refresh token that is good.
    pub(super) token: String,
    pub(super) created_at: u64,
    pub(super) used_at: u64,
    pub(super) expires_at: u64,
    /// What the client calls itself.
    pub(super) agent: Option<String>,
    /// Where it came from, hidden.
    pub(super) network: String,
}

/// Somebody follows or blocks somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Relation {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) at: u64,
}

/// Somebody owns a venue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) venue: String,
    pub(super) user: String,
    pub(super) at: u64,
}

/// A person who is gone. Stays for good, so that a backup from before can be brought up to date; the id leads nowhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Erasure {
    pub(super) state: ErasureState,
    pub(super) at: u64,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ErasureState {
    Open,
    Done,
}

/// A document as its type, and its version.
#[derive(Clone, Debug)]
pub(super) struct Kept<T> {
    pub(super) version: u64,
    pub(super) value: T,
}

/// Reads one document.
pub(super) async fn load<T: DeserializeOwned>(
    store: &SharedStore,
    collection: &'static str,
    key: &str,
) -> Result<Option<Kept<T>>, AccountError> {
    let document = store.get(collection, key).await?;
    document.map(|document| typed(collection, document)).transpose()
}

pub(super) fn typed<T: DeserializeOwned>(collection: &'static str, document: Document) -> Result<Kept<T>, AccountError> {
    let value = serde_json::from_value(document.body);
    let value = value.map_err(|error| StoreError::Damaged(format!("a document of `{collection}`: {error}")))?;
    Ok(Kept { version: document.version, value })
}

/// Writes one document.
pub(super) fn put<T: Serialize>(collection: &'static str, key: &str, value: &T) -> Result<Write, AccountError> {
    let body = serde_json::to_value(value);
    let body = body.map_err(|error| AccountError::Internal(format!("a document of `{collection}` cannot be written: {error}")))?;
    Ok(Write::Put(collection, key.to_owned(), body))
}

pub(super) fn delete(collection: &'static str, key: &str) -> Write {
    Write::Delete(collection, key.to_owned())
}

pub(super) fn absent(collection: &'static str, key: &str) -> Check {
    Check::Absent(collection, key.to_owned())
}

pub(super) fn unchanged<T>(collection: &'static str, key: &str, kept: &Kept<T>) -> Check {
    Check::Version(collection, key.to_owned(), kept.version)
}

/// All documents with `value` in a field.
pub(super) async fn find_all<T: DeserializeOwned>(
    store: &SharedStore,
    collection: &'static str,
    index: &'static str,
    value: &str,
) -> Result<Vec<(String, Kept<T>)>, AccountError> {
    let mut all: Vec<(String, Kept<T>)> = Vec::new();
    loop {
        let after = all.last().map(|(key, _)| key.clone());
        let some = store.find(collection, index, value, after.as_deref(), BATCH).await?;
        let last = some.len() < BATCH;
        for (key, document) in some {
            all.push((key, typed(collection, document)?));
        }
        if last {
            return Ok(all);
        }
    }
}

/// All documents whose keys begin with `prefix`.
pub(super) async fn scan_all<T: DeserializeOwned>(
    store: &SharedStore,
    collection: &'static str,
    prefix: &str,
) -> Result<Vec<(String, Kept<T>)>, AccountError> {
    let mut all: Vec<(String, Kept<T>)> = Vec::new();
    loop {
        let after = all.last().map(|(key, _)| key.clone());
        let some = store.scan(collection, prefix, after.as_deref(), BATCH).await?;
        let last = some.len() < BATCH;
        for (key, document) in some {
            all.push((key, typed(collection, document)?));
        }
        if last {
            return Ok(all);
        }
    }
}

/// Key of a relation.
pub(super) fn pair(from: &str, to: &str) -> String {
    format!("{from}/{to}")
}

/// Key of a name.
pub(super) fn name_key(account: &Account) -> String {
    format!("{}\n{}", super::validation::folded(&account.name), account.id)
}

/// Carries a change out that reads, decides and commits; anew when what it read has changed meanwhile.
///
/// # Errors
/// Those of the change; [`AccountError::Busy`] when others get in the way again and again.
pub(super) async fn settle<T, F: Future<Output = Result<T, AccountError>>>(mut change: impl FnMut() -> F) -> Result<T, AccountError> {
    for _ in 0..TRIES {
        match change().await {
            Err(AccountError::Store(StoreError::Conflict)) => {}
            done => return done,
        }
    }
    Err(AccountError::Busy)
}
