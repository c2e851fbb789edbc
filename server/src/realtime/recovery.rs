//! Connection-state recovery: a client that was away for a moment gets its id, its rooms and what it missed. An option of a
//! namespace, off unless asked for, and bounded in time, packets and bytes.
//!
//! Each event carries its offset as a last argument, as in Node's server; a client remembers the last one. While a packet is recorded
//! and sent the memory is locked, so that offsets rise in the order of sending. One server remembers; a client that comes
//! back to another starts anew.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::Packet;
use super::session::lock;
use super::sid::Sid;

/// How much a namespace remembers.
#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    /// How long a client may be away.
    pub(crate) longest: Duration,
    /// Packets remembered.
    pub(crate) packets: usize,
    /// Bytes of packets remembered.
    pub(crate) bytes: usize,
    /// Clients remembered that are away.
    pub(crate) clients: usize,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { longest: Duration::from_secs(120), packets: 10_000, bytes: 16 << 20, clients: 10_000 }
    }
}

/// What a namespace remembers.
#[derive(Debug)]
pub(super) struct Memory {
    limits: Recovery,
    /// Tells offsets of this run from those of another.
    run: Sid,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
pub(super) struct Records {
    /// The number of the first packet that is kept.
    first: u64,
    packets: VecDeque<Record>,
    bytes: usize,
    away: HashMap<Sid, Away>,
    /// Keys of `away` in the order they left; some may be gone from it.
    order: VecDeque<(Instant, Sid)>,
}

#[derive(Debug)]
struct Record {
    packet: Packet,
    audience: Audience,
    at: Instant,
}

/// Whom a packet was for: sockets in one of the rooms (everyone without any), but in none of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Audience {
    pub(super) rooms: Box<[String]>,
    pub(super) except: Box<[String]>,
}

impl Audience {
    pub(super) fn new(rooms: &[&str], except: &[&str]) -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { rooms: own(rooms), except: own(except) }
    }

    fn holds(&self, away: &Away) -> bool {
        let is_in = |room: &String| away.rooms.contains(room) || room == away.sid.as_str();
        (self.rooms.is_empty() || self.rooms.iter().any(is_in)) && !self.except.iter().any(is_in)
    }
}

/// A client that is away.
#[derive(Clone, Debug)]
pub(super) struct Away {
    pub(super) sid: Sid,
    pub(super) rooms: Vec<String>,
    pub(super) kept: Option<Arc<dyn Any + Send + Sync>>,
}

/// A client that has come back.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) pid: Sid,
    pub(super) away: Away,
    /// The number of the last packet it has.
    seen: u64,
}

impl Memory {
    pub(super) fn new(limits: Recovery) -> Self {
        Self { limits, run: Sid::random(), records: Mutex::default() }
    }

    /// Locks what is remembered. Before the members of any room.
    pub(super) fn lock(&self) -> MutexGuard<'_, Records> {
        lock(&self.records)
    }

    /// The packet as it is to be sent: with its offset.
    pub(super) fn stamp(&self, records: &Records, packet: &Packet) -> Packet {
        packet.with_last(&format!("{}.{}", self.run.as_str(), records.next()))
    }

    /// Remembers a packet that has been stamped and sent.
    pub(super) fn record(&self, records: &mut Records, packet: Packet, audience: Audience) {
        let at = Instant::now();
        records.bytes += packet.size();
        records.packets.push_back(Record { packet, audience, at });
        let is_old = |record: &Record| at.duration_since(record.at) > self.limits.longest;
        while records.packets.len() > self.limits.packets
            || records.bytes > self.limits.bytes
            || records.packets.front().is_some_and(is_old)
        {
            let Some(record) = records.packets.pop_front() else { break };
            records.bytes -= record.packet.size();
            records.first += 1;
        }
    }

    /// Remembers a client that went.
    pub(super) fn leave(&self, pid: Sid, away: Away) {
        let now = Instant::now();
        let mut records = self.lock();
        records.away.insert(pid, away);
        records.order.push_back((now, pid));
        while let Some((at, pid)) = records.order.front().copied() {
            if records.order.len() <= self.limits.clients && now.duration_since(at) <= self.limits.longest {
                break;
            }
            records.order.pop_front();
            records.away.remove(&pid);
        }
    }

    /// The client that `pid` was given to, if it is remembered and what it missed since `offset` is, too, and is no more than `most`
    /// packets and `most_bytes` bytes.
    pub(super) fn come_back(&self, pid: &str, offset: &str, most: usize, most_bytes: usize) -> Option<Returned> {
        let pid = Sid::parse(pid)?;
        let (run, seen) = offset.split_once('.')?;
        let seen: u64 = seen.parse().ok().filter(|_| run == self.run.as_str())?;
        let mut records = self.lock();
        let longest = self.limits.longest;
        let (at, _) = records.order.iter().rev().find(|(_, left)| *left == pid).copied()?;
        if at.elapsed() > longest || seen < records.first || seen >= records.next() {
            return None;
        }
        let away = records.away.remove(&pid)?;
        records.order.retain(|(_, left)| *left != pid);
        let returned = Returned { pid, away, seen };
        let missed = records.missed(&returned);
        let bytes: usize = missed.iter().map(Packet::size).sum();
        (missed.len() <= most && bytes <= most_bytes).then_some(returned)
    }
}

impl Records {
    fn next(&self) -> u64 {
        self.first + self.packets.len() as u64
    }

    /// What the client has missed up to now.
    pub(super) fn missed(&self, returned: &Returned) -> Vec<Packet> {
        let from = usize::try_from((returned.seen + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        let missed = self.packets.iter().skip(from).filter(|record| record.audience.holds(&returned.away));
        missed.map(|record| record.packet.clone()).collect()
    }
}
