//! How much of everything: sizes, rates, and the bucket that a rate is held with.

use crate::limits::Rate;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Limits of rooms, with the defaults of the contract.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Members of a room.
    pub(crate) members: usize,
    /// Connected devices of a room.
    pub(crate) devices: usize,
    /// Rooms in memory on this server.
    pub(crate) rooms: usize,
    /// Open rooms of one host.
    pub(crate) of_host: usize,
    /// Rooms that one device is in.
    pub(crate) of_device: usize,
    /// Joins of a device by codes that no room has.
    pub(crate) wrong_codes: Rate,
    /// Ops of a device.
    pub(crate) ops: Rate,
    /// Chat messages of a device.
    pub(crate) chat: Rate,
    /// Reactions of a device.
    pub(crate) reactions: Rate,
    /// Pictures of a device.
    pub(crate) pictures: Rate,
    /// Ops of a room.
    pub(crate) room: Rate,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            members: 1_000,
            devices: 2_000,
            rooms: 100_000,
            of_host: 20,
            of_device: 5,
            wrong_codes: Rate { per_second: 10.0 / 60.0, burst: 10.0 },
            ops: Rate { per_second: 10.0, burst: 30.0 },
            chat: Rate { per_second: 2.0, burst: 10.0 },
            reactions: Rate { per_second: 5.0, burst: 20.0 },
            pictures: Rate { per_second: 0.1, burst: 6.0 },
            room: Rate { per_second: 500.0, burst: 1_000.0 },
        }
    }
}

impl Limits {
    /// Without rates, for measuring.
    pub(crate) fn unlimited() -> Limits {
        let any = Rate { per_second: 1e9, burst: 1e9 };
        Limits { of_host: 1_000_000, ops: any, chat: any, reactions: any, pictures: any, room: any, ..Limits::default() }
    }
}

/// What is left of a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    left: f64,
    /// A part of one that it may hold above the burst. Buckets that are emptied together are so refilled at different
    /// moments, and a room's messages do not come in step.
    phase: f64,
    at: Instant,
}

/// Buckets made so far; the golden ratio spreads their phases evenly.
static MADE: AtomicU64 = AtomicU64::new(0);
const GOLDEN: f64 = 0.618_033_988_749_895;

impl Bucket {
    /// One from which nothing was taken.
    pub(crate) fn full(rate: Rate) -> Bucket {
        let phase = (MADE.fetch_add(1, Ordering::Relaxed) as f64 * GOLDEN).fract();
        Bucket { left: rate.burst + phase, phase, at: Instant::now() }
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
