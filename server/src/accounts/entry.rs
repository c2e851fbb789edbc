//! The ways in: signing up, a guest who becomes a user, logging in, changing the password.

use std::net::IpAddr;
use std::time::Instant;

use super::records::{self, ACCOUNTS, Account, EMAILS, ERASURES, Erasure, Kept, Pointer, SESSIONS, Session};
use super::revoked::{Revocation, Span};
use super::sessions::SignedIn;
use super::{AccountError, Accounts, Identity, Privacy, Role, Signed, new_id, secret, validation};
use crate::limits::{Attempt, subscriber};
use tutti_store::Batch;

/// What somebody signs up with.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    /// Nobody else has it.
    pub(crate) email: String,
    /// In clear.
    pub(crate) password: String,
    /// What others see.
    pub(crate) name: String,
}

/// Where a request came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Its address.
    pub(crate) address: IpAddr,
    /// What the client calls itself.
    pub(crate) agent: Option<String>,
}

const WRONG: AccountError = AccountError::Unauthorized("the e-mail address or the password is wrong");

impl Accounts {
    /// Makes an account and signs it in. A guest keeps the id, and the guest's token is revoked.
    ///
    /// # Errors
    /// [`AccountError::Conflict`] when the address has an account, or the guest has become a user already;
    /// [`AccountError::BadRequest`], [`AccountError::RateLimited`], [`AccountError::Busy`].
    pub(crate) async fn sign_up(&self, new: NewAccount, guest: Option<&Identity>, origin: &Origin) -> Result<SignedIn, AccountError> {
        if guest.is_some_and(|caller| caller.role != Role::Guest) {
            return Err(AccountError::Conflict("you are signed in; log out before you sign up again"));
        }
        let (email, name) = (validation::email(&new.email)?, validation::name(&new.name)?);
        let password = validation::new_password(&new.password, &name, &email)?;
        self.limits.sign_up(origin.address, Instant::now()).map_err(AccountError::RateLimited)?;
        // Hashed before the address is looked up: the time says nothing.
        let hash = self.passwords.hash(password).await?;
        let account = Account {
            id: guest.map_or_else(new_id, |guest| Ok(guest.user.clone()))?,
            name,
            avatar: None,
            email,
            hash,
            role: Role::User,
            generation: 1,
            created_at: self.now(),
            privacy: Privacy::default(),
        };
        records::settle(|| self.add(&account, guest.is_some(), origin)).await
    }

    async fn add(&self, account: &Account, was_guest: bool, origin: &Origin) -> Result<SignedIn, AccountError> {
        if records::load::<Pointer>(&self.store, EMAILS, &account.email).await?.is_some() {
            return Err(AccountError::Conflict("there is an account with this e-mail address"));
        }
        if records::load::<Account>(&self.store, ACCOUNTS, &account.id).await?.is_some() {
            return Err(AccountError::Conflict("this guest has an account already"));
        }
        if records::load::<Erasure>(&self.store, ERASURES, &account.id).await?.is_some() {
            return Err(AccountError::Unauthorized("this person is gone"));
        }
        let (session, signed_in) = self.fresh_session(account, origin)?;
        let mut batch = Batch::default();
        batch.checks.push(records::absent(EMAILS, &account.email));
        batch.checks.push(records::absent(ACCOUNTS, &account.id));
        batch.checks.push(records::absent(ERASURES, &account.id));
        batch.writes.push(records::put(EMAILS, &account.email, &Pointer { user: account.id.clone() })?);
        batch.writes.push(records::put(ACCOUNTS, &account.id, account)?);
        batch.writes.push(records::put(SESSIONS, &session.id, &session)?);
        if was_guest {
            self.revoked.catch_up(&self.store).await?;
            let until = self.now() + self.settings.guest_life.as_millis() as u64;
            let revocation = Revocation { of: account.id.clone(), below: account.generation, until };
            batch.writes.push(self.revoked.revoke(Span::Long, &[revocation])?);
        }
        self.store.commit(batch).await?;
        if was_guest {
            self.revoked.catch_up(&self.store).await?;
        }
        Ok(signed_in)
    }

    /// Opens a session.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] for a wrong address or password, without saying which;
    /// [`AccountError::RateLimited`] after too many wrong ones; [`AccountError::Busy`].
    pub(crate) async fn log_in(&self, email: &str, password: &str, origin: &Origin) -> Result<SignedIn, AccountError> {
        let (email, password) = (validation::email(email).map_err(|_| WRONG)?, validation::typed_password(password).map_err(|_| WRONG)?);
        let account = self.account_of(&email).await?;
        let user = account.as_ref().map_or("", |account| &account.value.id);
        let attempt = self.attempt(user, &email, origin).await?;
        self.check(&attempt, password, account.as_ref().map(|account| account.value.hash.clone())).await?;
        records::settle(|| self.add_session(user, &email, account.as_ref(), origin)).await
    }

    async fn account_of(&self, email: &str) -> Result<Option<Kept<Account>>, AccountError> {
        let pointer: Option<Kept<Pointer>> = records::load(&self.store, EMAILS, email).await?;
        // Nobody is read in place of somebody, so that both take as long.
        let user = pointer.map_or_else(|| "nobody".to_owned(), |pointer| pointer.value.user);
        records::load(&self.store, ACCOUNTS, &user).await
    }

    /// Opens a session for somebody whose password was right, unless it was changed meanwhile.
    async fn add_session(
        &self,
        user: &str,
        email: &str,
        checked: Option<&Kept<Account>>,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let current = self.account_of(email).await?;
        let (Some(current), Some(checked)) = (current, checked) else { return Err(WRONG) };
        if current.value.id != user || current.value.hash != checked.value.hash {
            return Err(WRONG);
        }
        let (session, signed_in) = self.fresh_session(&current.value, origin)?;
        let mut batch = Batch::default();
        batch.checks.push(records::unchanged(ACCOUNTS, user, &current));
        batch.writes.extend(self.room_for_a_session(user).await?);
        batch.writes.push(records::put(SESSIONS, &session.id, &session)?);
        self.store.commit(batch).await?;
        Ok(signed_in)
    }

    /// Sets another password and ends the other sessions.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] when `old` is wrong; otherwise as [`Accounts::sign_up`].
    pub(crate) async fn change_password(&self, signed: &Signed, old: &str, new: &str, origin: &Origin) -> Result<(), AccountError> {
        let user = signed.caller.registered()?;
        let account = self.confirmed(user, old, origin).await?;
        let new = validation::new_password(new, &account.value.name, &account.value.email)?;
        let hash = self.passwords.hash(new).await?;
        records::settle(|| async {
            let Some(mut current) = records::load::<Account>(&self.store, ACCOUNTS, user).await? else {
                return Err(AccountError::NotFound("account"));
            };
            if current.value.hash != account.value.hash {
                return Err(AccountError::Conflict("the password was changed meanwhile"));
            }
            let mut batch = Batch::default();
            batch.checks.push(records::unchanged(ACCOUNTS, user, &current));
            current.value.hash.clone_from(&hash);
            batch.writes.push(records::put(ACCOUNTS, user, &current.value)?);
            let sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
            let others = sessions.into_iter().map(|(id, _)| id).filter(|id| Some(id) != signed.session.as_ref());
            self.end_sessions(batch, others.collect()).await
        })
        .await
    }

    /// The account of `user`, once `password` was found right.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] when it is wrong; [`AccountError::RateLimited`]; [`AccountError::Busy`].
    pub(super) async fn confirmed(&self, user: &str, password: &str, origin: &Origin) -> Result<Kept<Account>, AccountError> {
        let account: Option<Kept<Account>> = records::load(&self.store, ACCOUNTS, user).await?;
        let account = account.ok_or(AccountError::NotFound("account"))?;
        let wrong = || AccountError::Unauthorized("the password is wrong");
        let password = validation::typed_password(password).map_err(|_| wrong())?;
        let attempt = self.attempt(user, &account.value.email, origin).await?;
        self.check(&attempt, password, Some(account.value.hash.clone())).await.map_err(|error| match error {
            AccountError::Unauthorized(_) => wrong(),
            other => other,
        })?;
        Ok(account)
    }

    /// Lets a password be tried. When the account has had too many wrong ones, only from where its owner is signed in.
    async fn attempt(&self, user: &str, email: &str, origin: &Origin) -> Result<Attempt, AccountError> {
        let limited = match self.limits.log_ins.attempt(origin.address, email, false, Instant::now()) {
            Err(wait) => wait,
            Ok(attempt) => return Ok(attempt),
        };
        let from = self.network_mark(origin.address);
        let sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
        if sessions.iter().any(|(_, session)| session.value.network == from && session.value.expires_at > self.now()) {
            return self.limits.log_ins.attempt(origin.address, email, true, Instant::now()).map_err(AccountError::RateLimited);
        }
        Err(AccountError::RateLimited(limited))
    }

    async fn check(&self, attempt: &Attempt, password: String, hash: Option<String>) -> Result<(), AccountError> {
        match self.passwords.fits(password, hash).await {
            Ok(true) => {
                self.limits.log_ins.succeeded(attempt, Instant::now());
                Ok(())
            }
            Ok(false) => Err(WRONG),
            Err(error) => {
                self.limits.log_ins.not_checked(attempt, Instant::now());
                Err(error)
            }
        }
    }

    /// Where somebody comes from, so that it can be compared but not read.
    pub(super) fn network_mark(&self, address: IpAddr) -> String {
        secret::mark(&self.network_key, &subscriber(address).to_string())
    }
}
