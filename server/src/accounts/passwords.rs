//! Hashing of passwords: argon2id on blocking threads, a few at once, so that it takes neither all memory nor all cores.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;

use super::AccountError;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Memory in KiB.
    pub(crate) memory: u32,
    /// Passes over it.
    pub(crate) passes: u32,
    /// Lanes.
    pub(crate) lanes: u32,
}

impl Default for Cost {
    /// What OWASP asks for at least: 19 MiB, two passes, one lane.
    fn default() -> Cost {
        Cost { memory: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// Hashes and checks passwords.
pub(super) struct Passwords {
    argon: Argon2<'static>,
    /// Who may hash now.
    working: Arc<Semaphore>,
    /// Who may hash or wait for it.
    waiting: Arc<Semaphore>,
    /// Checked when there is no account, so that this takes as long as when there is one.
    nobody: Arc<str>,
}

impl Passwords {
    /// `at_once` hashes are made at once, `waiting` more may wait.
    ///
    /// # Errors
    /// When the cost is none that argon2 knows.
    pub(super) fn new(cost: Cost, at_once: usize, waiting: usize) -> Result<Passwords, AccountError> {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, None);
        let params = params.map_err(|error| AccountError::Internal(format!("the cost of hashing is not possible: {error}")))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_now(&argon, "nobody has this password")?.into();
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Ok(Passwords { argon, working: semaphore(at_once.max(1)), waiting: semaphore(at_once.max(1) + waiting), nobody })
    }

    /// The hash of a password, with its salt and cost.
    ///
    /// # Errors
    /// [`AccountError::Busy`] when too many wait already.
    pub(super) async fn hash(&self, password: String) -> Result<String, AccountError> {
        self.work(move |argon| hash_now(&argon, &password)).await
    }

    /// Whether `hash` is the password's. `None` is nobody's hash: it takes the same time and never is.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub(super) async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, AccountError> {
        let nobody = Arc::clone(&self.nobody);
        let known = hash.is_some();
        self.work(move |argon| {
            let hash = PasswordHash::new(hash.as_deref().unwrap_or(&nobody));
            let hash = hash.map_err(|error| AccountError::Internal(format!("a kept hash cannot be read: {error}")))?;
            Ok(argon.verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(Argon2<'static>) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| AccountError::Busy)?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(|_| AccountError::Busy)?;
        let argon = self.argon.clone();
        // The permits go along: a caller who hangs up does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            job(argon)
        });
        done.await.unwrap_or_else(|error| Err(AccountError::Internal(format!("hashing broke off: {error}"))))
    }
}

fn hash_now(argon: &Argon2<'_>, password: &str) -> Result<String, AccountError> {
    let hash = argon.hash_password(password.as_bytes());
    Ok(hash.map_err(|error| AccountError::Internal(format!("a password cannot be hashed: {error}")))?.to_string())
}
