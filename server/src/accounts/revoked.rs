//! What was revoked before its time: sessions that were ended, tokens from before a change of role, everything of people who are
//! gone. Two logs of the store hold it, one per life of what it is about; memory holds what still matters, for a look in no time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::AccountError;
use tutti_store::{Batch, SharedStore, Write};

const LOGS: [&str; 2] = ["accounts.revoked.sessions", "accounts.revoked.people"];
const BATCH: usize = 1000;

/// How long something must stay revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// As long as an access token lives.
    Short,
    /// As long as a guest's token lives.
    Long,
}

/// One entry of a log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Revocation {
    /// A person's or a session's id.
    pub(super) of: String,
    /// Tokens of a lower generation are revoked.
    pub(super) below: u32,
    /// In milliseconds since 1970; after this, no such token is left.
    pub(super) until: u64,
}

/// What is revoked.
#[derive(Default)]
pub(super) struct Revoked {
    known: RwLock<HashMap<String, (u32, u64)>>,
    /// The last entry of each log that is known.
    read: Mutex<[u64; 2]>,
}

impl Revoked {
    /// Whether tokens of `generation` are revoked.
    pub(super) fn has(&self, id: &str, generation: u32) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(id).is_some_and(|(below, _)| generation < *below)
    }

    /// What to write to revoke something. The batch it is part of is a conflict when a log went on meanwhile: call
    /// [`Revoked::catch_up`] before each try, and after it was committed.
    pub(super) fn revoke(&self, span: Span, revocations: &[Revocation]) -> Result<Write, AccountError> {
        let entries: Result<Vec<Bytes>, _> = revocations.iter().map(|one| serde_json::to_vec(one).map(Bytes::from)).collect();
        let entries = entries.map_err(|error| AccountError::Internal(format!("an entry cannot be written: {error}")))?;
        let after = self.cursors()[span as usize];
        Ok(Write::Append { log: LOGS[span as usize].to_owned(), after, entries })
    }

    /// Reads what was revoked since the last time, here or elsewhere.
    pub(super) async fn catch_up(&self, store: &SharedStore) -> Result<(), AccountError> {
        for (at, log) in LOGS.iter().enumerate() {
            loop {
                let from = self.cursors()[at] + 1;
                let entries = store.read(log, from, BATCH).await?;
                let more = entries.len() == BATCH;
                self.take_in(at, &entries);
                if more {
                    continue;
                }
                // A log that was trimmed to nothing has a number all the same.
                if entries.is_empty() && from == 1 {
                    let last = store.last(log).await?;
                    if store.read(log, from, 1).await?.is_empty() {
                        self.advance(at, last);
                    }
                }
                break;
            }
        }
        Ok(())
    }

    fn take_in(&self, at: usize, entries: &[(u64, Bytes)]) {
        let Some((last, _)) = entries.last() else { return };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (number, entry) in entries {
            match serde_json::from_slice::<Revocation>(entry) {
                Ok(Revocation { of, below, until }) => {
                    let kept = known.entry(of).or_default();
                    *kept = (kept.0.max(below), kept.1.max(until));
                }
                Err(error) => tracing::error!(log = LOGS[at], number, %error, "an entry cannot be read"),
            }
        }
        drop(known);
        self.advance(at, *last);
    }

    /// Forgets what is over.
    pub(super) fn forget(&self, now: u64) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).retain(|_, (_, until)| *until > now);
    }

    /// Cuts what is over off the logs.
    pub(super) async fn trim(&self, store: &SharedStore, now: u64) -> Result<(), AccountError> {
        for log in LOGS {
            loop {
                let entries = store.read(log, 1, BATCH).await?;
                let over = |entry: &Bytes| serde_json::from_slice::<Revocation>(entry).is_ok_and(|one| one.until <= now);
                let over = entries.iter().take_while(|(_, entry)| over(entry)).count();
                let Some((last_over, _)) = over.checked_sub(1).and_then(|at| entries.get(at)) else { break };
                store.commit(Batch { checks: Vec::new(), writes: vec![Write::Trim(log.to_owned(), last_over + 1)] }).await?;
                if over < BATCH {
                    break;
                }
            }
        }
        Ok(())
    }

    fn advance(&self, at: usize, to: u64) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read[at] = read[at].max(to);
    }

    fn cursors(&self) -> [u64; 2] {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
