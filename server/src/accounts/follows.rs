//! Who follows and who blocks whom. Following needs no consent; a block, in either direction, ends it and hides both from each other.

use futures_util::future::try_join_all;

use super::people::{Profile, profile};
use super::records::{self, ACCOUNTS, BLOCKS, FOLLOWS, Relation, pair};
use super::{AccountError, Accounts, Identity, Page, is_id};
use tutti_store::Batch;

/// People one may follow, and people one may block.
const MOST: usize = 2000;
/// People of a page.
const MOST_SHOWN: usize = 100;

impl Accounts {
    /// Lets the caller follow somebody. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] when there is nobody or one has blocked the other; [`AccountError::BadRequest`] for oneself;
    /// [`AccountError::Conflict`] when too many are followed; [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn follow(&self, caller: &Identity, id: &str) -> Result<(), AccountError> {
        let me = caller.registered()?;
        not_oneself(me, id)?;
        records::settle(|| async {
            let (mine, theirs) = (self.needed(me).await?, self.needed(id).await?);
            if self.is_blocked(me, id).await? {
                return Err(AccountError::NotFound("person"));
            }
            if self.store.get(FOLLOWS, &pair(me, id)).await?.is_some() {
                return Ok(());
            }
            self.room_for_another(FOLLOWS, me).await?;
            let mut batch = Batch::default();
            batch.checks.push(records::unchanged(ACCOUNTS, me, &mine));
            batch.checks.push(records::unchanged(ACCOUNTS, id, &theirs));
            batch.checks.push(records::absent(FOLLOWS, &pair(me, id)));
            batch.checks.push(records::absent(BLOCKS, &pair(me, id)));
            batch.checks.push(records::absent(BLOCKS, &pair(id, me)));
            batch.writes.push(records::put(FOLLOWS, &pair(me, id), &relation(me, id, self.now()))?);
            self.store.commit(batch).await?;
            Ok(())
        })
        .await
    }

    /// Ends that. It is no error when there was nothing to end.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn unfollow(&self, caller: &Identity, id: &str) -> Result<(), AccountError> {
        self.remove(FOLLOWS, caller.registered()?, id).await
    }

    /// Lets the caller block somebody: neither follows or sees the other from now on.
    ///
    /// # Errors
    /// As [`Accounts::follow`].
    pub(crate) async fn block(&self, caller: &Identity, id: &str) -> Result<(), AccountError> {
        let me = caller.registered()?;
        not_oneself(me, id)?;
        records::settle(|| async {
            let (mine, theirs) = (self.needed(me).await?, self.needed(id).await?);
            if self.store.get(BLOCKS, &pair(me, id)).await?.is_some() {
                return Ok(());
            }
            self.room_for_another(BLOCKS, me).await?;
            let mut batch = Batch::default();
            batch.checks.push(records::unchanged(ACCOUNTS, me, &mine));
            batch.checks.push(records::unchanged(ACCOUNTS, id, &theirs));
            batch.writes.push(records::put(BLOCKS, &pair(me, id), &relation(me, id, self.now()))?);
            batch.writes.push(records::delete(FOLLOWS, &pair(me, id)));
            batch.writes.push(records::delete(FOLLOWS, &pair(id, me)));
            self.store.commit(batch).await?;
            Ok(())
        })
        .await
    }

    /// Ends that. What the block ended does not come back.
    ///
    /// # Errors
    /// As [`Accounts::unfollow`].
    pub(crate) async fn unblock(&self, caller: &Identity, id: &str) -> Result<(), AccountError> {
        self.remove(BLOCKS, caller.registered()?, id).await
    }

    /// Whom the caller follows.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn following(&self, caller: &Identity, after: Option<&str>) -> Result<Page<Profile>, AccountError> {
        self.list(FOLLOWS, caller.registered()?, after).await
    }

    /// Whom the caller has blocked.
    ///
    /// # Errors
    /// As [`Accounts::following`].
    pub(crate) async fn blocked(&self, caller: &Identity, after: Option<&str>) -> Result<Page<Profile>, AccountError> {
        self.list(BLOCKS, caller.registered()?, after).await
    }

    /// Who follows the caller.
    ///
    /// # Errors
    /// As [`Accounts::following`].
    pub(crate) async fn followers(&self, caller: &Identity, after: Option<&str>) -> Result<Page<Profile>, AccountError> {
        let me = caller.registered()?;
        let after = known(after)?.map(|after| pair(after, me));
        let found = self.store.find(FOLLOWS, "to", me, after.as_deref(), MOST_SHOWN).await?;
        let ids = found.iter().filter_map(|(key, _)| key.split_once('/').map(|(from, _)| from.to_owned())).collect();
        self.shown(ids).await
    }

    /// Whether one of two people has blocked the other.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn is_blocked(&self, one: &str, other: &str) -> Result<bool, AccountError> {
        let (there, back) = (pair(one, other), pair(other, one));
        Ok(self.store.get(BLOCKS, &there).await?.is_some() || self.store.get(BLOCKS, &back).await?.is_some())
    }

    async fn list(&self, relations: &'static str, me: &str, after: Option<&str>) -> Result<Page<Profile>, AccountError> {
        let after = known(after)?.map(|after| pair(me, after));
        let found = self.store.scan(relations, &pair(me, ""), after.as_deref(), MOST_SHOWN).await?;
        let ids = found.iter().filter_map(|(key, _)| key.split_once('/').map(|(_, to)| to.to_owned())).collect();
        self.shown(ids).await
    }

    async fn shown(&self, ids: Vec<String>) -> Result<Page<Profile>, AccountError> {
        let next = ids.last().filter(|_| ids.len() == MOST_SHOWN).cloned();
        let accounts = try_join_all(ids.iter().map(|id| self.account(id))).await?;
        Ok(Page { items: accounts.into_iter().flatten().map(|account| profile(account.value)).collect(), next })
    }

    async fn remove(&self, relations: &'static str, me: &str, id: &str) -> Result<(), AccountError> {
        if is_id(id) {
            self.store.commit(Batch { checks: Vec::new(), writes: vec![records::delete(relations, &pair(me, id))] }).await?;
        }
        Ok(())
    }

    async fn room_for_another(&self, relations: &'static str, me: &str) -> Result<(), AccountError> {
        if self.store.scan(relations, &pair(me, ""), None, MOST).await?.len() == MOST {
            return Err(AccountError::Conflict("this list is full"));
        }
        Ok(())
    }
}

fn relation(from: &str, to: &str, at: u64) -> Relation {
    Relation { from: from.to_owned(), to: to.to_owned(), at }
}

fn not_oneself(me: &str, id: &str) -> Result<(), AccountError> {
    if me == id {
        return Err(AccountError::bad("id", "this is yourself"));
    }
    Ok(())
}

/// A page's `after`, which is the id of a person.
fn known(after: Option<&str>) -> Result<Option<&str>, AccountError> {
    match after {
        Some(id) if !is_id(id) => Err(AccountError::bad("after", "this is no `next` of an earlier answer")),
        after => Ok(after),
    }
}
