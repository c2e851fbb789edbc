//! Who owns which venue. An admin gives a venue to somebody; an owner may add others and leave.

use super::records::{self, ACCOUNTS, Kept, Owner, VENUE_OWNERS, pair};
use super::{AccountError, Accounts, Identity, Role, is_id};
use tutti_store::Batch;

/// Owners of a venue.
const MOST: usize = 100;
/// Bytes of a venue's id.
const LONGEST: usize = 128;

/// Somebody owns a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ownership {
    /// The venue.
    pub(crate) venue: String,
    /// Its owner.
    pub(crate) user_id: String,
    /// Since when, in milliseconds since 1970.
    pub(crate) since: u64,
}

impl Accounts {
    /// Whether somebody owns a venue.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn owns(&self, user: &str, venue: &str) -> Result<bool, AccountError> {
        Ok(is_venue(venue) && is_id(user) && self.store.get(VENUE_OWNERS, &pair(venue, user)).await?.is_some())
    }

    /// Makes somebody an owner of a venue, and a venue owner by role where the role was user. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] unless the caller is an admin or owns the venue; [`AccountError::NotFound`] when there is no such
    /// person; [`AccountError::BadRequest`]; [`AccountError::Conflict`] when the venue has too many owners.
    pub(crate) async fn add_owner(&self, caller: &Identity, venue: &str, user: &str) -> Result<(), AccountError> {
        self.may_see_owners(caller, venue).await?;
        records::settle(|| async {
            let account = self.needed(user).await?;
            if self.owns(user, venue).await? {
                return Ok(());
            }
            if self.store.scan(VENUE_OWNERS, &pair(venue, ""), None, MOST).await?.len() == MOST {
                return Err(AccountError::Conflict("this venue has as many owners as there may be"));
            }
            let mut batch = Batch::default();
            batch.checks.push(records::absent(VENUE_OWNERS, &pair(venue, user)));
            let owner = Owner { venue: venue.to_owned(), user: user.to_owned(), at: self.now() };
            batch.writes.push(records::put(VENUE_OWNERS, &pair(venue, user), &owner)?);
            if account.value.role == Role::User {
                return self.with_role(batch, account, Role::VenueOwner).await;
            }
            batch.checks.push(records::unchanged(ACCOUNTS, user, &account));
            self.store.commit(batch).await?;
            Ok(())
        })
        .await
    }

    /// Takes a venue away from somebody. The role stays: it opens no venue by itself.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] unless the caller is an admin, or an owner who leaves.
    pub(crate) async fn remove_owner(&self, caller: &Identity, venue: &str, user: &str) -> Result<(), AccountError> {
        self.may_see_owners(caller, venue).await?;
        if !caller.is_admin() && caller.user != user {
            return Err(AccountError::Forbidden("only an admin takes a venue from somebody else"));
        }
        if is_id(user) {
            self.store.commit(Batch { checks: Vec::new(), writes: vec![records::delete(VENUE_OWNERS, &pair(venue, user))] }).await?;
        }
        Ok(())
    }

    /// The owners of a venue.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] unless the caller is an admin or one of them.
    pub(crate) async fn owners(&self, caller: &Identity, venue: &str) -> Result<Vec<Ownership>, AccountError> {
        self.may_see_owners(caller, venue).await?;
        let found: Vec<(String, Kept<Owner>)> = records::scan_all(&self.store, VENUE_OWNERS, &pair(venue, "")).await?;
        Ok(found.into_iter().map(|(_, owner)| ownership(owner.value)).collect())
    }

    /// The venues of the caller.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn venues(&self, caller: &Identity) -> Result<Vec<Ownership>, AccountError> {
        let found: Vec<(String, Kept<Owner>)> = records::find_all(&self.store, VENUE_OWNERS, "user", caller.registered()?).await?;
        Ok(found.into_iter().map(|(_, owner)| ownership(owner.value)).collect())
    }

    async fn may_see_owners(&self, caller: &Identity, venue: &str) -> Result<(), AccountError> {
        if !is_venue(venue) {
            return Err(AccountError::bad("venue", "this is no id of a venue"));
        }
        if caller.is_admin() || self.owns(caller.registered()?, venue).await? {
            return Ok(());
        }
        Err(AccountError::Forbidden("only an owner of the venue and an admin may do this"))
    }
}

/// Whether `text` can be a venue's id: a key of the index of venues.
fn is_venue(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'='))
}

fn ownership(owner: Owner) -> Ownership {
    Ownership { venue: owner.venue, user_id: owner.user, since: owner.at }
}
