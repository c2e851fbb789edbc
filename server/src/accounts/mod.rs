//! Who somebody is: accounts, guests, tokens, sessions, roles, venues and their owners, who follows whom, privacy, and everything
//! about a person as one document or gone for good. Knows no rooms, no sockets, no HTTP.
//!
//! A guest is nothing but a token: nothing about a guest is stored until the guest becomes a user, who keeps the id, or asks to be erased.
//! An access token is believed without a look at the store; what is revoked before its time stands in a small set in memory
//! (`revoked`) that follows a log of the store, so that every instance knows.

mod entry;
mod erasure;
mod error;
mod export;
mod follows;
mod passwords;
mod people;
mod records;
mod revoked;
mod secret;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;
mod validation;
mod venues;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::limits::RateLimits;
pub(crate) use entry::{NewAccount, Origin};
pub(crate) use erasure::{Erased, PersonalData};
pub(crate) use error::AccountError;
pub(crate) use passwords::Cost;
pub(crate) use people::{Changes, Me, PrivacyChanges, Profile};
pub(crate) use secret::Secret;
pub(crate) use sessions::{SessionShown, SignedIn};
use tokens::{Claims, Kind, Tokens};
use tutti_store::{Collection, SharedStore, StoreFuture};
pub(crate) use venues::Ownership;

/// What accounts keep in the store.
pub(crate) const COLLECTIONS: &[Collection] = &[
    Collection { name: records::ACCOUNTS, indexes: &[] },
    Collection { name: records::EMAILS, indexes: &[] },
    Collection { name: records::NAMES, indexes: &[] },
    Collection { name: records::SESSIONS, indexes: &["user"] },
    Collection { name: records::FOLLOWS, indexes: &["to"] },
    Collection { name: records::BLOCKS, indexes: &["to"] },
    Collection { name: records::VENUE_OWNERS, indexes: &["user"] },
    Collection { name: records::ERASURES, indexes: &["state"] },
];

/// What somebody may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Role {
    /// Has a name for some days.
    Guest,
    /// Has an account.
    User,
    /// May have venues. Which ones, [`Accounts::owns`] says.
    VenueOwner,
    /// May everything.
    Admin,
    /// The screen of one room.
    Screen,
}

/// Who asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The id: 1 to 64 of `[A-Za-z0-9_-]`.
    pub(crate) user: String,
    /// The name when the token was made.
    pub(crate) name: String,
    /// The role.
    pub(crate) role: Role,
    /// The device of a guest.
    pub(crate) device: Option<String>,
    /// The room of a screen.
    pub(crate) screen_of: Option<String>,
}

impl Identity {
    /// Whoever holds the admin key of the API. No account has this id.
    pub(crate) fn admin_key() -> Identity {
        let (user, name) = ("admin-key".to_owned(), "admin".to_owned());
        Identity { user, name, role: Role::Admin, device: None, screen_of: None }
    }

    /// Refuses who has no account.
    fn registered(&self) -> Result<&str, AccountError> {
        match self.role {
            Role::User | Role::VenueOwner | Role::Admin => Ok(&self.user),
            Role::Guest | Role::Screen => Err(AccountError::Forbidden("this needs an account")),
        }
    }

    fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

/// A caller and the session that the access token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Who.
    pub(crate) caller: Identity,
    /// In which session.
    pub(crate) session: Option<String>,
}

/// A guest who was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewGuest {
    /// The id.
    pub(crate) user_id: String,
    /// The token, good for [`Settings::guest_life`].
    pub(crate) token: String,
}

/// Some of many, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    /// These.
    pub(crate) items: Vec<T>,
    /// Hand it in as `after` for those behind.
    pub(crate) next: Option<String>,
}

/// What an account lets others see. All of it is off until it is switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Privacy {
    /// Others find the account by its name.
    pub(crate) discoverable: bool,
    /// The account's taste counts for others: who is near a venue, who is alike.
    pub(crate) share_taste: bool,
    /// Others see when the account is online.
    pub(crate) presence: bool,
}

/// Limits and lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// What hashing a password costs.
    pub(crate) cost: Cost,
    /// Passwords hashed at once.
    pub(crate) hashing: usize,
    /// Passwords that may wait for that; more are answered BUSY.
    pub(crate) hashing_waiting: usize,
    /// Life of an access token.
    pub(crate) access_life: Duration,
    /// Life of a session since its last refresh.
    pub(crate) refresh_life: Duration,
    /// Life of a guest's token.
    pub(crate) guest_life: Duration,
    /// Life of a screen's token.
    pub(crate) screen_life: Duration,
    /// Sessions of a user; the one unused for longest makes room.
    pub(crate) sessions: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Settings {
            cost: Cost::default(),
            hashing: 2,
            hashing_waiting: 64,
            access_life: Duration::from_secs(15 * 60),
            refresh_life: 30 * DAY,
            guest_life: 30 * DAY,
            screen_life: 365 * DAY,
            sessions: 50,
        }
    }
}

/// Called with a user and the privacy switches whenever they are set, before the request is answered.
pub(crate) type PrivacyHook = Box<dyn Fn(&str, Privacy) -> StoreFuture<()> + Send + Sync>;

/// All accounts.
pub(crate) struct Accounts {
    clock: Clock,
    store: SharedStore,
    settings: Settings,
    tokens: Tokens,
    passwords: passwords::Passwords,
    limits: Arc<RateLimits>,
    revoked: revoked::Revoked,
    /// Signs refresh tokens.
    refresh_key: hmac::Key,
    /// Signs the private ids of sockets.
    socket_key: hmac::Key,
    /// Hides the networks that sessions came from.
    network_key: hmac::Key,
    holders: RwLock<Vec<Arc<dyn PersonalData>>>,
    privacy_hook: OnceLock<PrivacyHook>,
}

impl Accounts {
    /// The accounts in a store, which was opened with [`COLLECTIONS`].
    ///
    /// # Errors
    /// When the store cannot be read, or the cost of hashing is impossible.
    pub(crate) async fn open(
        store: SharedStore,
        secret: Secret,
        settings: Settings,
        limits: Arc<RateLimits>,
        clock: Clock,
    ) -> Result<Arc<Accounts>, AccountError> {
        let accounts = Accounts {
            clock,
            settings,
            tokens: Tokens::new(&secret),
            passwords: passwords::Passwords::new(settings.cost, settings.hashing, settings.hashing_waiting)?,
            limits,
            revoked: revoked::Revoked::default(),
            refresh_key: secret.key_for("refresh tokens"),
            socket_key: secret.key_for("private ids of sockets"),
            network_key: secret.key_for("networks of sessions"),
            holders: RwLock::default(),
            privacy_hook: OnceLock::new(),
            store,
        };
        accounts.revoked.catch_up(&accounts.store).await?;
        Ok(Arc::new(accounts))
    }

    /// Adds a holder of personal data, for exports and erasures. To be called before [`Accounts::watch`].
    pub(crate) fn register(&self, holder: Arc<dyn PersonalData>) {
        self.holders.write().unwrap_or_else(PoisonError::into_inner).push(holder);
    }

    /// Sets what is called when an account's switches are set. The first call counts.
    pub(crate) fn on_privacy_changed(&self, hook: PrivacyHook) {
        let _ = self.privacy_hook.set(hook);
    }

    /// Milliseconds since 1970.
    fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Who a token speaks for. Takes a few microseconds, all of them computing.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] when it was not made here, has expired, or was revoked.
    pub(crate) fn verify(&self, token: &str) -> Result<Identity, AccountError> {
        Ok(self.identify(token)?.caller)
    }

    /// As [`Accounts::verify`], with the session.
    pub(crate) fn identify(&self, token: &str) -> Result<Signed, AccountError> {
        let claims = self.tokens.read(token, self.now() / 1000)?;
        let ended = claims.sid.as_ref().is_some_and(|session| self.revoked.has(session, 0));
        if ended || self.revoked.has(&claims.sub, claims.generation) {
            return Err(AccountError::Unauthorized("this token was revoked"));
        }
        let Claims { sub, name, role, sid, dev, room, .. } = claims;
        Ok(Signed { caller: Identity { user: sub, name, role, device: dev, screen_of: room }, session: sid })
    }

    /// Makes a guest on a new device.
    ///
    /// # Errors
    /// [`AccountError::BadRequest`] for a name that is none.
    pub(crate) fn guest(&self, name: &str) -> Result<NewGuest, AccountError> {
        self.guest_on(name, &secret::random::<16>()?)
    }

    /// Makes a guest on a device that is known from an earlier token.
    ///
    /// # Errors
    /// As [`Accounts::guest`].
    pub(crate) fn guest_on(&self, name: &str, device: &str) -> Result<NewGuest, AccountError> {
        let (name, user_id) = (validation::name(name)?, new_id()?);
        let mut claims = Claims::new(Kind::Guest, &user_id, &name, Role::Guest, self.now() / 1000, self.settings.guest_life.as_secs());
        claims.dev = Some(device.to_owned());
        Ok(NewGuest { token: self.tokens.sign(&claims)?, user_id })
    }

    /// Lets a guest be made from an address.
    ///
    /// # Errors
    /// [`AccountError::RateLimited`] when too many were.
    pub(crate) fn admit_guest(&self, address: std::net::IpAddr) -> Result<(), AccountError> {
        self.limits.guest(address, std::time::Instant::now()).map_err(AccountError::RateLimited)
    }

    /// The token of a room's screen. It is worth nothing anywhere else.
    ///
    /// # Errors
    /// [`AccountError::Internal`] when it cannot be signed.
    pub(crate) fn screen_token(&self, room: &str) -> Result<String, AccountError> {
        let user = format!("screen-{}", &secret::fingerprint(room)[..22]);
        let mut claims = Claims::new(Kind::Screen, &user, "screen", Role::Screen, self.now() / 1000, self.settings.screen_life.as_secs());
        claims.room = Some(room.to_owned());
        self.tokens.sign(&claims)
    }

    /// Keeps up with what other instances revoke, finishes erasures that broke off and clears away what is over, until `end`.
    pub(crate) async fn watch(&self, end: impl Future<Output = ()>) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut end, mut count) = (std::pin::pin!(end), 0u64);
        loop {
            tokio::select! {
                () = &mut end => return,
                _ = second.tick() => {}
            }
            let done = self.tend(count).await;
            if let Err(error) = done {
                tracing::warn!(%error, "accounts are not up to date");
            }
            count += 1;
        }
    }

    /// What is due in the `count`-th second.
    async fn tend(&self, count: u64) -> Result<(), AccountError> {
        self.revoked.catch_up(&self.store).await?;
        if count.is_multiple_of(60) {
            self.revoked.forget(self.now());
            self.finish_erasures().await?;
        }
        if count % 3600 == 60 {
            self.revoked.trim(&self.store, self.now()).await?;
            self.clear_sessions(self.now()).await?;
        }
        Ok(())
    }
}

/// A new id of a person.
fn new_id() -> Result<String, AccountError> {
    Ok(format!("u{}", secret::random::<16>()?))
}

/// Whether `text` can be an id: 1 to 64 of `[A-Za-z0-9_-]`.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
