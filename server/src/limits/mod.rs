//! How often something may be asked for: token buckets by address, account or caller, and who counts as one address. All rates by
//! address and account are held here, for HTTP, sockets and streams alike; what one connection or one room may do is held with the
//! connection and the room.

mod address;
mod buckets;
mod log_ins;
mod lru;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::config::Rates;

pub use address::TrustedProxies;
pub(crate) use address::subscriber;
pub(crate) use buckets::TokenBuckets;
pub(crate) use log_ins::{Attempt, LogInThrottle};
pub(crate) use lru::TwoGenerationLru;

/// How often something may happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Tokens that come back in a second.
    pub per_second: f64,
    /// Tokens of a full bucket: what may be taken at once.
    pub burst: f64,
}

/// Addresses and accounts that each limit remembers at least.
pub(crate) const REMEMBERED: usize = 100_000;

/// All rates by address and account.
pub(crate) struct RateLimits {
    guests: TokenBuckets<IpAddr>,
    sign_ups: TokenBuckets<IpAddr>,
    codes: TokenBuckets<IpAddr>,
    /// Wrong passwords.
    pub(crate) log_ins: LogInThrottle,
}

/// A code under way. It counts as wrong unless it turns out right.
pub(crate) struct CodeAttempt {
    from: IpAddr,
    at: Instant,
}

impl RateLimits {
    pub(crate) fn new(rates: &Rates) -> RateLimits {
        let of_account = Rate { burst: (rates.log_ins.burst / 2.0).max(1.0), ..rates.log_ins };
        RateLimits {
            guests: TokenBuckets::new(rates.guests, REMEMBERED),
            sign_ups: TokenBuckets::new(rates.sign_ups, REMEMBERED),
            codes: TokenBuckets::new(rates.codes, REMEMBERED),
            log_ins: LogInThrottle::new(rates.log_ins, of_account),
        }
    }

    /// Lets a guest be made from `address`.
    ///
    /// # Errors
    /// How long to wait, after too many.
    pub(crate) fn guest(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.guests.take(&subscriber(address), 1, now)
    }

    /// Lets an account be made from `address`.
    ///
    /// # Errors
    /// How long to wait, after too many.
    pub(crate) fn sign_up(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.sign_ups.take(&subscriber(address), 1, now)
    }

    /// Lets the code of a room be tried from `address`.
    ///
    /// # Errors
    /// How long to wait, after too many wrong ones.
    pub(crate) fn code(&self, address: IpAddr, now: Instant) -> Result<CodeAttempt, Duration> {
        let from = subscriber(address);
        self.codes.take(&from, 1, now)?;
        Ok(CodeAttempt { from, at: now })
    }

    /// The code was right: it cost nothing.
    pub(crate) fn code_was_right(&self, attempt: &CodeAttempt) {
        self.codes.give_back(&attempt.from, 1, attempt.at);
    }
}
