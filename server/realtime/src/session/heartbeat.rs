//! When a ping is due, and when a client has not answered one.

use std::time::Duration;

use tokio::time::Instant;

/// The heartbeat of one connection.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The next ping is due then.
    Resting(Instant),
    /// A ping waits to be handed to the network, since then.
    Queued(Instant),
    /// A ping was handed to the network then.
    Sent(Instant),
}

/// What a [`Heartbeat`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tick {
    /// Nothing yet.
    Wait,
    /// Send a ping, then call [`Heartbeat::sent`].
    Ping,
    /// No answer came in time.
    Lost,
}

impl Heartbeat {
    pub(crate) fn new(now: Instant, interval: Duration) -> Self {
        Self { state: State::Resting(now + interval) }
    }

    /// The ping was handed to the network: from now on its answer is waited for.
    pub(crate) fn sent(&mut self, now: Instant) {
        self.state = State::Sent(now);
    }

    /// When to call [`Heartbeat::tick`] next.
    pub(crate) fn due(&self, interval: Duration, timeout: Duration) -> Instant {
        match self.state {
            State::Resting(due) => due,
            State::Queued(since) => since + interval,
            State::Sent(at) => at + timeout,
        }
    }

    /// Looks at the clock. `heard` tells whether anything came from the client since the last ping was due.
    pub(crate) fn tick(&mut self, now: Instant, heard: bool, interval: Duration, timeout: Duration) -> Tick {
        match self.state {
            State::Resting(due) if now >= due => {
                self.state = State::Queued(now);
                Tick::Ping
            }
            State::Sent(at) if now >= at + timeout => {
                if !heard {
                    return Tick::Lost;
                }
                self.state = State::Resting((at + interval).max(now));
                if at + interval <= now { self.tick(now, heard, interval, timeout) } else { Tick::Wait }
            }
            State::Queued(since) if now >= since + interval => {
                self.state = State::Queued(now);
                Tick::Wait
            }
            _ => Tick::Wait,
        }
    }
}
