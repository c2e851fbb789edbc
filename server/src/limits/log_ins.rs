//! How fast passwords may be guessed. Guesses are slowed in three ways. A pair of address and account backs off exponentially after a few failures, 15 minutes at
//! most. An address has so many failures in all. An account has so many failures over all addresses, but a network from which its
//! owner is signed in is exempt from that one: a stranger cannot shut somebody out.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{REMEMBERED, Rate, TokenBuckets, TwoGenerationLru, subscriber};

/// Failures of a pair that cost nothing.
const FREE: u32 = 3;
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// A pair without failures for so long begins anew.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

type Pair = (IpAddr, String);

struct Failures {
    count: u32,
    last: Instant,
    until: Instant,
}

/// Throttles log-ins by address, by account, and by the pair of both.
pub(crate) struct LogInThrottle {
    addresses: TokenBuckets<IpAddr>,
    accounts: TokenBuckets<String>,
    pairs: Mutex<TwoGenerationLru<Pair, Failures>>,
}

/// A password under way. It counts as a failure unless it turns out right.
#[derive(Debug)]
pub(crate) struct Attempt {
    pair: Pair,
    of_account: bool,
}

impl LogInThrottle {
    /// Failures of an address at one rate, those of an account from wherever its owner is not signed in at another.
    pub(super) fn new(of_address: Rate, of_account: Rate) -> LogInThrottle {
        LogInThrottle {
            addresses: TokenBuckets::new(of_address, REMEMBERED),
            accounts: TokenBuckets::new(of_account, REMEMBERED),
            pairs: Mutex::new(TwoGenerationLru::new(REMEMBERED)),
        }
    }

    /// Lets a password be tried for `account` from `address`. `trusted` says that its owner is signed in from there.
    ///
    /// # Errors
    /// How long to wait, after too many failures; this one is not counted then.
    pub(crate) fn attempt(&self, address: IpAddr, account: &str, trusted: bool, now: Instant) -> Result<Attempt, Duration> {
        let pair = (subscriber(address), account.to_owned());
        self.waits(&pair, now)?;
        self.addresses.take(&pair.0, 1, now)?;
        if !trusted {
            let taken = self.accounts.take(&pair.1, 1, now);
            taken.inspect_err(|_| self.addresses.give_back(&pair.0, 1, now))?;
        }
        self.count(&pair, now);
        Ok(Attempt { pair, of_account: !trusted })
    }

    /// The attempt was right: the pair begins anew, and the others get back what it took.
    pub(crate) fn succeeded(&self, attempt: &Attempt, now: Instant) {
        self.lock().remove(&attempt.pair);
        self.take_back(attempt, now);
    }

    /// The attempt was never checked: it is as if it had not been made.
    pub(crate) fn not_checked(&self, attempt: &Attempt, now: Instant) {
        let mut pairs = self.lock();
        let failures = pairs.entry(&attempt.pair, || Failures { count: 1, last: now, until: now });
        failures.count = failures.count.saturating_sub(1);
        failures.until = now;
        drop(pairs);
        self.take_back(attempt, now);
    }

    fn take_back(&self, attempt: &Attempt, now: Instant) {
        self.addresses.give_back(&attempt.pair.0, 1, now);
        if attempt.of_account {
            self.accounts.give_back(&attempt.pair.1, 1, now);
        }
    }

    fn waits(&self, pair: &Pair, now: Instant) -> Result<(), Duration> {
        let mut pairs = self.lock();
        let failures = pairs.entry(pair, || Failures { count: 0, last: now, until: now });
        if now.saturating_duration_since(failures.last) > FORGOTTEN {
            *failures = Failures { count: 0, last: now, until: now };
        }
        match failures.until.saturating_duration_since(now) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
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

    fn lock(&self) -> MutexGuard<'_, TwoGenerationLru<Pair, Failures>> {
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

#[cfg(test)]
#[path = "log_ins_tests.rs"]
mod tests;
