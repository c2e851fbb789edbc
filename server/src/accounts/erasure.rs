//! The end of a person's data. First the account goes and its tokens with it, in one step that also notes the work left; then all
//! the rest, here and with everyone who holds something. The note outlives the process, so that work which broke off is finished.

use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::entry::Origin;
use super::records::{self, ACCOUNTS, BATCH, BLOCKS, EMAILS, ERASURES, Erasure, ErasureState, FOLLOWS, NAMES, SESSIONS, VENUE_OWNERS};
use super::revoked::{Revocation, Span};
use super::{AccountError, Accounts, Identity, Role};
use tutti_store::{Batch, StoreFuture, Write};

/// Work that began so long ago, in milliseconds, is nobody's any more.
const BROKEN_OFF: u64 = 60_000;

/// Somebody who keeps data about people.
pub(crate) trait PersonalData: Send + Sync {
    /// Names the holder's part of an export.
    fn name(&self) -> &'static str;

    /// Everything that is kept about a person.
    fn export(&self, user: &str) -> StoreFuture<Value>;

    /// Removes all of it. May be called again for somebody who is gone already.
    fn erase(&self, user: &str) -> StoreFuture<()>;
}

/// How far an erasure came before it was answered. The person is gone for everybody either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erased {
    /// Nothing is left.
    Done,
    /// A holder could not do its part yet; it is asked again until it has.
    UnderWay,
}

impl Accounts {
    /// Erases the caller: account, sessions, follows and blocks in both directions, venues, and what the registered
    /// holders have. The caller's tokens are refused at once. A user confirms it with the password.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] for a wrong password; [`AccountError::BadRequest`] when it is missing;
    /// [`AccountError::Forbidden`] for screens and the admin key.
    pub(crate) async fn erase(&self, caller: &Identity, password: Option<&str>, origin: &Origin) -> Result<Erased, AccountError> {
        let user = caller.user.as_str();
        if caller.role == Role::Screen {
            return Err(AccountError::Forbidden("a screen is nobody"));
        }
        if caller.role != Role::Guest {
            let password = password.ok_or_else(|| AccountError::bad("password", "confirm with your password"))?;
            self.confirmed(user, password, origin).await?;
        }
        records::settle(|| self.begin_erasure(user, caller.role == Role::Guest)).await?;
        match self.finish_erasure(user).await {
            Ok(()) => Ok(Erased::Done),
            Err(error) => {
                tracing::warn!(%error, "an erasure is left for later");
                Ok(Erased::UnderWay)
            }
        }
    }

    async fn begin_erasure(&self, user: &str, as_guest: bool) -> Result<(), AccountError> {
        self.revoked.catch_up(&self.store).await?;
        let mut batch = Batch::default();
        match records::load::<records::Account>(&self.store, ACCOUNTS, user).await? {
            // Another instance may not have heard yet that a guest's token was revoked.
            Some(_) if as_guest => return Err(AccountError::Unauthorized("this token was revoked")),
            Some(account) => {
                batch.checks.push(records::unchanged(ACCOUNTS, user, &account));
                batch.writes.push(records::delete(ACCOUNTS, user));
                batch.writes.push(records::delete(EMAILS, &account.value.email));
                batch.writes.push(records::delete(NAMES, &records::name_key(&account.value)));
            }
            None => batch.checks.push(records::absent(ACCOUNTS, user)),
        }
        batch.writes.push(records::put(ERASURES, user, &Erasure { state: ErasureState::Open, at: self.now() })?);
        let life = self.settings.guest_life.max(self.settings.access_life);
        let until = self.now() + life.as_millis() as u64;
        batch.writes.push(self.revoked.revoke(Span::Long, &[Revocation { of: user.to_owned(), below: u32::MAX, until }])?);
        self.store.commit(batch).await?;
        self.revoked.catch_up(&self.store).await
    }

    /// Finishes what broke off.
    pub(super) async fn finish_erasures(&self) -> Result<(), AccountError> {
        let open = records::find_all::<Erasure>(&self.store, ERASURES, "state", "open").await?;
        for (user, erasure) in open {
            if erasure.value.at + BROKEN_OFF <= self.now()
                && let Err(error) = self.finish_erasure(&user).await
            {
                tracing::warn!(%error, "an erasure is left for later");
            }
        }
        Ok(())
    }

    async fn finish_erasure(&self, user: &str) -> Result<(), AccountError> {
        for (collection, index) in [(SESSIONS, "user"), (VENUE_OWNERS, "user"), (FOLLOWS, "to"), (BLOCKS, "to")] {
            loop {
                let found = self.store.find(collection, index, user, None, BATCH).await?;
                if self.delete_all(collection, found.into_iter().map(|(key, _)| key).collect()).await? {
                    break;
                }
            }
        }
        for collection in [FOLLOWS, BLOCKS] {
            loop {
                let found = self.store.scan(collection, &records::pair(user, ""), None, BATCH).await?;
                if self.delete_all(collection, found.into_iter().map(|(key, _)| key).collect()).await? {
                    break;
                }
            }
        }
        let mut failed = None;
        for holder in self.holders() {
            // One that fails does not keep the others from erasing.
            if let Err(error) = holder.erase(user).await {
                tracing::warn!(holder = holder.name(), %error, "a holder could not erase a person yet");
                failed = Some(error);
            }
        }
        if let Some(error) = failed {
            return Err(error.into());
        }
        let done = records::put(ERASURES, user, &Erasure { state: ErasureState::Done, at: self.now() })?;
        self.store.commit(Batch { checks: Vec::new(), writes: vec![done] }).await?;
        Ok(())
    }

    /// Removes some documents; true when these were the last.
    async fn delete_all(&self, collection: &'static str, keys: Vec<String>) -> Result<bool, AccountError> {
        let last = keys.len() < BATCH;
        if !keys.is_empty() {
            let writes = keys.into_iter().map(|key| Write::Delete(collection, key)).collect();
            self.store.commit(Batch { checks: Vec::new(), writes }).await?;
        }
        Ok(last)
    }

    pub(super) fn holders(&self) -> Vec<Arc<dyn PersonalData>> {
        self.holders.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
