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
    pub(crate) fn from_environment() -> Clock {
        let Ok(text) = std::env::var(FIXED) else { return Clock::System };
        match text.parse() {
            Ok(seconds) => Clock::Fixed(seconds),
            Err(_) => {
                tracing::warn!(value = text, "{FIXED} is no number of seconds since 1970 and is ignored");
                Clock::System
            }
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
