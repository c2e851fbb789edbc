//! The time of day as a value: handlers and services ask the clock they were given, so that a test may stop it and turn it on.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Where the time comes from. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The clock of the machine.
    #[default]
    System,
    /// A clock that stands still until it is turned on, in milliseconds since 1970.
    Manual(watch::Sender<u64>),
}

impl Clock {
    /// A clock that stands still at this moment, in milliseconds since 1970.
    pub fn stopped_at(milliseconds: u64) -> Clock {
        Clock::Manual(watch::Sender::new(milliseconds))
    }

    /// Turns a manual clock on and wakes what waits for it. The machine's clock goes on by itself.
    pub fn advance(&self, by: Duration) {
        if let Clock::Manual(at) = self {
            at.send_modify(|at| *at += by.as_millis() as u64);
        }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        (self.now_ms() / 1000) as i64
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        match self {
            Clock::System => since_1970().as_millis() as u64,
            Clock::Manual(at) => *at.borrow(),
        }
    }

    /// Microseconds since 1970.
    pub fn now_micros(&self) -> i64 {
        match self {
            Clock::System => since_1970().as_micros() as i64,
            Clock::Manual(at) => (*at.borrow() * 1000) as i64,
        }
    }

    /// Waits until this time, in milliseconds since 1970, or for a minute: who waits looks at the clock again, which may have been set.
    pub(crate) async fn wait_until(&self, time: u64) {
        match self {
            Clock::System => tokio::time::sleep(Duration::from_millis(time.saturating_sub(self.now_ms()).min(60_000))).await,
            Clock::Manual(at) => drop(at.subscribe().wait_for(|at| *at >= time).await),
        }
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Clock;

    #[tokio::test]
    async fn a_manual_clock_goes_on_when_it_is_turned() {
        let clock = Clock::stopped_at(5_000);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.wait_until(6_000).await;
                clock.now()
            }
        });
        assert_eq!((clock.now(), clock.now_ms()), (5, 5_000));
        clock.advance(Duration::from_secs(2));
        assert_eq!(waiting.await.unwrap(), 7);
    }
}
