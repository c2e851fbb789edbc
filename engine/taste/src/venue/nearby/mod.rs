//! For owners: how many people nearby would like a place, when, and what they share, without pointing at anybody (spec section 10).
//!
//! Sightings of people who opted in (a cell of about 1 km, an hour of the week, a day) are counted once a day over a fixed
//! partition of space and time. Every answer is computed from the published numbers of that one partition, never from sightings.
//!
//! # What is guaranteed
//! 1. *Never fewer than five.* A published number is a multiple of 5 and at most the number of different people now in that part,
//!    so a number above 0 stands for at least five people, also after withdrawals. A taste is named only when five people share it.
//! 2. *One family of numbers.* Parts are disjoint, and areas, hours and totals are sums of published numbers. Overlapping areas,
//!    hours against totals, neighbours asking side by side or asking again therefore add nothing: their sums and differences are
//!    functions of the same few numbers. No total is counted by itself, so none can betray a withheld part.
//! 3. *Five possible counts.* Whatever was published of a number over any days, at least five true histories fit, each one person
//!    above the other: the published numbers plus 4, 5, 6, 7 or 8. In each part independently, as people seen in one part only would
//!    give all combinations.
//! 4. *Days.* A published number changes only when the count has moved by at least five people since it was last set. Up to four
//!    people who join or leave do not change a release that was just set.
//! 5. *Venues.* All venues use the same parts, and 1, 3 and 4 hold for each. People who match minus people who do not, or who match
//!    another venue, is again known only within five or more values.
//!
//! 3 to 5 are for a [`Policy`] with its usual slack of 4; with slack 0 counts are rounded down daily, and 1 and 2 still hold.
//!
//! # What is not
//! - Without [`Noise`], somebody who knows all others in a part, or fills it with accounts of their own, can see whether one more is
//!   there when the number moves. Noise bounds that for the number when it is set, see [`Noise`]; it does not cover the day on which
//!   a number changes. Accounts must be made costly elsewhere.
//! - Many venues with tastes made up to probe are many questions about the same people. Limit how often a style may change, or let
//!   venues share a small fixed set of audiences.
//! - Which cells merged is decided by thresholds without noise.
//! - When nearly all people of a part match, a person known to be in it is known to match (k-anonymity says nothing about that).
//! - A new partition over the same sightings is a second family of numbers. Rebuild only after the window has turned over.
//!
//! Must not hold: names, coordinates, storage, venues' scores. The snapshot and the [`Release`] without its numbers stay inside.

mod answer;
mod cell;
mod gate;
mod likes;
mod partition;
mod release;
mod snapshot;
#[cfg(test)]
mod tests;

pub use answer::{Area, Hour, Square, Summary};
pub use cell::{Cell, HourOfWeek};
pub use gate::{Noise, Policy};
pub use likes::{likes, own_threshold};
pub use partition::Partition;
pub use release::{People, Release, Saved, SavedNumber};
pub use snapshot::{Sighting, Snapshot};

/// The least number of people a number may stand for, and the step of all numbers.
pub const K: u32 = 5;
