//! What is known of a person: the own account, what others see of it, finding people by name, roles.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::try_join_all;

use super::records::{self, ACCOUNTS, Account, Kept, NAMES, Pointer};
use super::revoked::{Revocation, Span};
use super::{AccountError, Accounts, Identity, Page, Privacy, Role, is_id, validation};
use tutti_store::Batch;

/// People found at a time.
const MOST_FOUND: usize = 50;
/// Letters of a name that are searched for, at least.
const FEWEST_LETTERS: usize = 2;

/// What others see of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// The id.
    pub(crate) user_id: String,
    /// The name.
    pub(crate) name: String,
    /// A short text shown for the person.
    pub(crate) avatar: Option<String>,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Me {
    /// What others see.
    pub(crate) profile: Profile,
    /// The role.
    pub(crate) role: Role,
    /// The e-mail address; a guest has none.
    pub(crate) email: Option<String>,
    /// When the account was made, in milliseconds since 1970; a guest never did.
    pub(crate) created_at: Option<u64>,
    /// The privacy switches.
    pub(crate) privacy: Privacy,
}

/// A change of an account. What is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Another name.
    pub(crate) name: Option<String>,
    /// Another avatar; an empty one takes it away.
    pub(crate) avatar: Option<String>,
    /// Switches.
    pub(crate) privacy: PrivacyChanges,
}

/// Switches to set. What is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PrivacyChanges {
    /// [`Privacy::discoverable`].
    pub(crate) discoverable: Option<bool>,
    /// [`Privacy::share_taste`].
    pub(crate) share_taste: Option<bool>,
    /// [`Privacy::presence`].
    pub(crate) presence: Option<bool>,
}

impl PrivacyChanges {
    fn over(self, kept: Privacy) -> Privacy {
        Privacy {
            discoverable: self.discoverable.unwrap_or(kept.discoverable),
            share_taste: self.share_taste.unwrap_or(kept.share_taste),
            presence: self.presence.unwrap_or(kept.presence),
        }
    }
}

impl Accounts {
    /// A user's switches; those of a guest are as they are at the beginning.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn privacy(&self, id: &str) -> Result<Privacy, AccountError> {
        Ok(self.account(id).await?.map(|account| account.value.privacy).unwrap_or_default())
    }

    pub(super) async fn account(&self, id: &str) -> Result<Option<Kept<Account>>, AccountError> {
        if !is_id(id) {
            return Ok(None);
        }
        records::load(&self.store, ACCOUNTS, id).await
    }

    pub(super) async fn needed(&self, id: &str) -> Result<Kept<Account>, AccountError> {
        self.account(id).await?.ok_or(AccountError::NotFound("person"))
    }

    /// The caller's own account. A guest is what the token says.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for screens; [`AccountError::NotFound`] when the account is gone.
    pub(crate) async fn me(&self, caller: &Identity) -> Result<Me, AccountError> {
        match caller.role {
            Role::Guest => {
                let profile = Profile { user_id: caller.user.clone(), name: caller.name.clone(), avatar: None };
                Ok(Me { profile, role: Role::Guest, email: None, created_at: None, privacy: Privacy::default() })
            }
            Role::User | Role::VenueOwner | Role::Admin | Role::Screen => Ok(me(self.needed(caller.registered()?).await?.value)),
        }
    }

    /// Changes the caller's account. The name in tokens follows at their next refresh.
    ///
    /// # Errors
    /// [`AccountError::BadRequest`]; [`AccountError::Forbidden`] for who has no account; [`AccountError::Busy`], also when the
    /// switches are stored and whoever acts on them could not be told: try again.
    pub(crate) async fn change(&self, caller: &Identity, changes: &Changes) -> Result<Me, AccountError> {
        let user = caller.registered()?;
        let name = changes.name.as_deref().map(validation::name).transpose()?;
        let avatar = changes.avatar.as_deref().map(validation::avatar).transpose()?;
        let changed = records::settle(|| async {
            let kept = self.needed(user).await?;
            let mut account = kept.value.clone();
            account.name = name.clone().unwrap_or(account.name);
            account.avatar = avatar.clone().unwrap_or(account.avatar);
            account.privacy = changes.privacy.over(account.privacy);
            let mut batch = Batch::default();
            batch.checks.push(records::unchanged(ACCOUNTS, user, &kept));
            batch.writes.push(records::delete(NAMES, &records::name_key(&kept.value)));
            if account.privacy.discoverable {
                batch.writes.push(records::put(NAMES, &records::name_key(&account), &Pointer { user: user.to_owned() })?);
            }
            batch.writes.push(records::put(ACCOUNTS, user, &account)?);
            self.store.commit(batch).await?;
            Ok(account)
        })
        .await?;
        // Called also when nothing changed: a try after a failure must reach it.
        if changes.privacy != PrivacyChanges::default()
            && let Some(hook) = self.privacy_hook.get()
        {
            hook(user, changed.privacy).await?;
        }
        Ok(me(changed))
    }

    /// What the caller may see of a person: everybody's name and avatar, for who knows the id, unless one has blocked the other.
    ///
    /// # Errors
    /// [`AccountError::NotFound`]; [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn person(&self, caller: &Identity, id: &str) -> Result<Profile, AccountError> {
        let me = caller.registered()?;
        let account = self.needed(id).await?;
        if !caller.is_admin() && self.is_blocked(me, id).await? {
            return Err(AccountError::NotFound("person"));
        }
        Ok(profile(account.value))
    }

    /// People who want to be found and whose names begin so, without regard to case and accents. At most 50 names are looked at;
    /// those of people who are blocked are left out.
    ///
    /// # Errors
    /// [`AccountError::BadRequest`] when there are fewer than two letters; [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn search(&self, caller: &Identity, beginning: &str, after: Option<&str>) -> Result<Page<Profile>, AccountError> {
        let me = caller.registered()?;
        let beginning = validation::folded(validation::name(beginning)?.as_str());
        if beginning.chars().count() < FEWEST_LETTERS {
            return Err(AccountError::bad("name", format!("{FEWEST_LETTERS} letters of a name are the least to search for")));
        }
        let after = after.map(|after| cursor(after).ok_or_else(|| AccountError::bad("after", "this is no `next` of an earlier answer")));
        let found = self.store.scan(NAMES, &beginning, after.transpose()?.as_deref(), MOST_FOUND).await?;
        let next = found.last().filter(|_| found.len() == MOST_FOUND).map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
        let pointers: Result<Vec<Kept<Pointer>>, _> = found.into_iter().map(|(_, document)| records::typed(NAMES, document)).collect();
        let seen = pointers?.into_iter().map(|pointer| self.seen(me, pointer.value.user));
        Ok(Page { items: try_join_all(seen).await?.into_iter().flatten().collect(), next })
    }

    async fn seen(&self, me: &str, id: String) -> Result<Option<Profile>, AccountError> {
        let account = self.account(&id).await?.filter(|account| account.value.privacy.discoverable);
        match account {
            Some(account) if !self.is_blocked(me, &id).await? => Ok(Some(profile(account.value))),
            Some(_) | None => Ok(None),
        }
    }

    /// Gives somebody a role. Tokens with the old one are revoked; the next refresh brings the new one.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] unless the caller is an admin; [`AccountError::BadRequest`] for a role that is not given;
    /// [`AccountError::NotFound`].
    pub(crate) async fn set_role(&self, caller: &Identity, id: &str, role: Role) -> Result<(), AccountError> {
        if !caller.is_admin() {
            return Err(AccountError::Forbidden("only an admin gives roles"));
        }
        if matches!(role, Role::Guest | Role::Screen) {
            return Err(AccountError::bad("role", "there are user, venueOwner and admin to give"));
        }
        records::settle(|| async {
            let kept = self.needed(id).await?;
            if kept.value.role == role {
                return Ok(());
            }
            self.with_role(Batch::default(), kept, role).await
        })
        .await
    }

    /// Commits `batch` together with another role. One try: see [`records::settle`].
    pub(super) async fn with_role(&self, mut batch: Batch, kept: Kept<Account>, role: Role) -> Result<(), AccountError> {
        self.revoked.catch_up(&self.store).await?;
        let id = kept.value.id.clone();
        batch.checks.push(records::unchanged(ACCOUNTS, &id, &kept));
        let account = Account { role, generation: kept.value.generation + 1, ..kept.value };
        batch.writes.push(records::put(ACCOUNTS, &id, &account)?);
        let until = self.now() + self.settings.access_life.as_millis() as u64;
        batch.writes.push(self.revoked.revoke(Span::Short, &[Revocation { of: id, below: account.generation, until }])?);
        self.store.commit(batch).await?;
        self.revoked.catch_up(&self.store).await
    }
}

fn cursor(text: &str) -> Option<String> {
    URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| key.len() <= 512 && !key.contains('\0'))
}

pub(super) fn profile(account: Account) -> Profile {
    Profile { user_id: account.id, name: account.name, avatar: account.avatar }
}

fn me(account: Account) -> Me {
    let (role, privacy) = (account.role, account.privacy);
    let (email, created_at) = (Some(account.email.clone()), Some(account.created_at));
    Me { profile: profile(account), role, email, created_at, privacy }
}
