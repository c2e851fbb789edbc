//! The limits of rooms: sizes, rates, and the token bucket of one connection.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::limits::Rate;

/// Limits of rooms, with the defaults of the contract.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomLimits {
    /// Members of a room.
    pub(crate) members: usize,
    /// Connections to one room.
    pub(crate) connections: usize,
    /// Rooms in memory on this server.
    pub(crate) rooms: usize,
    /// Open rooms of one host.
    pub(crate) rooms_of_host: usize,
    /// Rooms that one connection is in.
    pub(crate) rooms_of_connection: usize,
    /// Joins of one connection by codes that no room has.
    pub(crate) wrong_codes: Rate,
    /// Ops of one connection.
    pub(crate) ops: Rate,
    /// Chat messages of one connection.
    pub(crate) chat: Rate,
    /// Reactions of one connection.
    pub(crate) reactions: Rate,
    /// Pictures of one connection.
    pub(crate) pictures: Rate,
    /// Ops of a room.
    pub(crate) room: Rate,
}

impl Default for RoomLimits {
    fn default() -> RoomLimits {
        RoomLimits {
            members: 1_000,
            connections: 2_000,
            rooms: 100_000,
            rooms_of_host: 20,
            rooms_of_connection: 5,
            wrong_codes: Rate { per_second: 10.0 / 60.0, burst: 10.0 },
            ops: Rate { per_second: 10.0, burst: 30.0 },
            chat: Rate { per_second: 2.0, burst: 10.0 },
            reactions: Rate { per_second: 5.0, burst: 20.0 },
            pictures: Rate { per_second: 0.1, burst: 6.0 },
            room: Rate { per_second: 500.0, burst: 1_000.0 },
        }
    }
}

impl RoomLimits {
    /// Without rates, for measuring.
    pub(crate) fn unlimited() -> RoomLimits {
        let any = Rate { per_second: 1e9, burst: 1e9 };
        RoomLimits { rooms_of_host: 1_000_000, ops: any, chat: any, reactions: any, pictures: any, room: any, ..RoomLimits::default() }
    }
}

/// A token bucket: what is left of a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenBucket {
    left: f64,
    /// A part of one that it may hold above the burst, so that buckets which are emptied together refill at different moments, and a
    /// room's messages do not come in step.
    phase: f64,
    at: Instant,
}

/// Buckets made so far; the golden ratio spreads their phases evenly.
static MADE: AtomicU64 = AtomicU64::new(0);
const GOLDEN: f64 = 0.618_033_988_749_895;

impl TokenBucket {
    /// A full one.
    pub(crate) fn full(rate: Rate) -> TokenBucket {
        let phase = (MADE.fetch_add(1, Ordering::Relaxed) as f64 * GOLDEN).fract();
        TokenBucket { left: rate.burst + phase, phase, at: Instant::now() }
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long to wait when there is none.
    pub(crate) fn take(&mut self, rate: Rate) -> Result<(), Duration> {
        let now = Instant::now();
        self.left = (self.left + now.duration_since(self.at).as_secs_f64() * rate.per_second).min(rate.burst + self.phase);
        self.at = now;
        if self.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.left) / rate.per_second));
        }
        self.left -= 1.0;
        Ok(())
    }

    /// Puts back what was taken for nothing.
    pub(crate) fn give_back(&mut self) {
        self.left += 1.0;
    }
}
