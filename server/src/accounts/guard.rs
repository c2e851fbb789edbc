//! Protection against trying: how many guests and accounts an address makes, and how fast passwords may be guessed.
//!
//! Guesses are slowed in three ways. A pair of address and account backs off exponentially after a few failures, 15 minutes at
//! most. An address has so many failures in all. An account has so many failures over all addresses, but a network from which its
//! owner is signed in is exempt from that one: a stranger cannot shut somebody out.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::{Buckets, Rate, Recent, network};

use super::AccountError;

/// Keys that each limit remembers at least.
const REMEMBERED: usize = 100_000;
/// Failures of a pair that cost nothing.
const FREE: u32 = 3;
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// A pair without failures for so long begins anew.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// How much an address, and how much an account, may ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rates {
    /// Guests made from one address.
    pub(crate) guests: Rate,
    /// Accounts made from one address.
    pub(crate) sign_ups: Rate,
    /// Wrong passwords from one address.
    pub(crate) failures_of_address: Rate,
    /// Wrong passwords for one account, from wherever its owner is not signed in.
    pub(crate) failures_of_account: Rate,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            // A whole venue may come from one address.
            guests: Rate { per_second: 100.0, burst: 2000.0 },
            sign_ups: Rate { per_second: 20.0 / 3600.0, burst: 20.0 },
            failures_of_address: Rate { per_second: 0.2, burst: 60.0 },
            failures_of_account: Rate { per_second: 0.2, burst: 30.0 },
        }
    }
}

type Pair = (IpAddr, String);

struct Failures {
    count: u32,
    last: Instant,
    until: Instant,
}

/// Counts what comes from where.
pub(super) struct Guard {
    guests: Buckets<IpAddr>,
    sign_ups: Buckets<IpAddr>,
    addresses: Buckets<IpAddr>,
    accounts: Buckets<String>,
    pairs: Mutex<Recent<Pair, Failures>>,
}

/// A guess under way. It counts as a failure unless it turns out right.
#[derive(Debug)]
pub(super) struct Guess {
    pair: Pair,
    of_account: bool,
}

impl Guard {
    pub(super) fn new(rates: Rates) -> Guard {
        Guard {
            guests: Buckets::new(rates.guests, REMEMBERED),
            sign_ups: Buckets::new(rates.sign_ups, REMEMBERED),
            addresses: Buckets::new(rates.failures_of_address, REMEMBERED),
            accounts: Buckets::new(rates.failures_of_account, REMEMBERED),
            pairs: Mutex::new(Recent::new(REMEMBERED)),
        }
    }

    /// Lets a guest be made from `address`.
    pub(super) fn guest(&self, address: IpAddr, now: Instant) -> Result<(), AccountError> {
        self.guests.take(&network(address), 1, now).map_err(AccountError::RateLimited)
    }

    /// Lets an account be made from `address`.
    pub(super) fn sign_up(&self, address: IpAddr, now: Instant) -> Result<(), AccountError> {
        self.sign_ups.take(&network(address), 1, now).map_err(AccountError::RateLimited)
    }

    /// Lets a password be tried for `account` from `address`. `trusted` says that its owner is signed in from there.
    ///
    /// # Errors
    /// [`AccountError::RateLimited`] after too many failures; this one is not counted then.
    pub(super) fn guess(&self, address: IpAddr, account: &str, trusted: bool, now: Instant) -> Result<Guess, AccountError> {
        let pair = (network(address), account.to_owned());
        self.waits(&pair, now)?;
        self.addresses.take(&pair.0, 1, now).map_err(AccountError::RateLimited)?;
        if !trusted {
            let taken = self.accounts.take(&pair.1, 1, now);
            taken.inspect_err(|_| self.addresses.give_back(&pair.0, 1, now)).map_err(AccountError::RateLimited)?;
        }
        self.count(&pair, now);
        Ok(Guess { pair, of_account: !trusted })
    }

    /// The guess was right: the pair begins anew, and the others get back what it took.
    pub(super) fn right(&self, guess: &Guess, now: Instant) {
        self.lock().remove(&guess.pair);
        self.take_back(guess, now);
    }

    /// The guess was never checked: it is as if it had not been made.
    pub(super) fn unchecked(&self, guess: &Guess, now: Instant) {
        let mut pairs = self.lock();
        let failures = pairs.entry(&guess.pair, || Failures { count: 1, last: now, until: now });
        failures.count = failures.count.saturating_sub(1);
        failures.until = now;
        drop(pairs);
        self.take_back(guess, now);
    }

    fn take_back(&self, guess: &Guess, now: Instant) {
        self.addresses.give_back(&guess.pair.0, 1, now);
        if guess.of_account {
            self.accounts.give_back(&guess.pair.1, 1, now);
        }
    }

    fn waits(&self, pair: &Pair, now: Instant) -> Result<(), AccountError> {
        let mut pairs = self.lock();
        let failures = pairs.entry(pair, || Failures { count: 0, last: now, until: now });
        if now.saturating_duration_since(failures.last) > FORGOTTEN {
            *failures = Failures { count: 0, last: now, until: now };
        }
        match failures.until.saturating_duration_since(now) {
            Duration::ZERO => Ok(()),
            wait => Err(AccountError::RateLimited(wait)),
        }
    }

    /// Counts before the password is checked, so that many at once are not free.
    fn count(&self, pair: &Pair, now: Instant) {
        let mut pairs = self.lock();
        let failures = pairs.entry(pair, || Failures { count: 0, last: now, until: now });
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
        failures.until = now + back_off(failures.count);
    }

    fn lock(&self) -> MutexGuard<'_, Recent<Pair, Failures>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after so many failures: 1 s after the fourth, then twice as long each time.
fn back_off(failures: u32) -> Duration {
    match failures.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        Some(doublings) => Duration::from_secs(1u64 << doublings.min(20)).min(LONGEST),
    }
}
