//! The time of day as a value: handlers and services ask the clock they were given, so that a test may stop it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Stops the clock of a server under test, in seconds since 1970.
const FIXED: &str = "TUTTI_TEST_CLOCK";

/// Where the time comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The clock of the machine.
    #[default]
    System,
    /// Always this moment, in seconds since 1970.
    Fixed(i64),
}

impl Clock {
    /// The clock of the machine, or the moment that a test set in the environment.
    ///
    /// # Errors
    /// The environment holds something that is no number of seconds.
    pub(crate) fn from_environment() -> anyhow::Result<Clock> {
        match std::env::var(FIXED) {
            Ok(text) => match text.parse() {
                Ok(seconds) => Ok(Clock::Fixed(seconds)),
                Err(_) => anyhow::bail!("{FIXED}: `{text}` is no number of seconds since 1970"),
            },
            Err(_) => Ok(Clock::System),
        }
    }

    /// Seconds since 1970.
    pub(crate) fn now(self) -> i64 {
        match self {
            Clock::System => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64),
            Clock::Fixed(seconds) => seconds,
        }
    }
}
