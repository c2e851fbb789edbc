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

use crate::Packet;
use crate::protocol::sid::Sid;
use crate::session::lock;

/// How much a namespace keeps for clients that reconnect.
#[derive(Clone, Debug)]
pub struct RecoveryConfig {
    /// How long a client may be disconnected.
    pub max_disconnection: Duration,
    /// Packets that are kept.
    pub packets: usize,
    /// Bytes of packets that are kept.
    pub bytes: usize,
    /// Disconnected clients that are kept.
    pub clients: usize,
}

impl Default for RecoveryConfig {
    fn default() -> Self {
        Self { max_disconnection: Duration::from_secs(120), packets: 10_000, bytes: 16 << 20, clients: 10_000 }
    }
}

/// The packets and disconnected clients of a namespace.
#[derive(Debug)]
pub(crate) struct RecoveryBuffer {
    limits: RecoveryConfig,
    /// Tells offsets of this run from those of another.
    run: Sid,
    records: Mutex<Buffered>,
}

#[derive(Debug, Default)]
pub(crate) struct Buffered {
    /// The number of the first packet that is kept.
    first: u64,
    packets: VecDeque<BufferedPacket>,
    bytes: usize,
    away: HashMap<Sid, DisconnectedClient>,
    /// Keys of `away` in the order they left; some may be gone from it.
    order: VecDeque<(Instant, Sid)>,
}

#[derive(Debug)]
struct BufferedPacket {
    packet: Packet,
    audience: Audience,
    at: Instant,
}

/// Whom a packet was for: sockets in one of the rooms (everyone without any), but in none of the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Audience {
    pub(crate) rooms: Box<[String]>,
    pub(crate) except: Box<[String]>,
}

impl Audience {
    pub(crate) fn new(rooms: &[&str], except: &[&str]) -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { rooms: own(rooms), except: own(except) }
    }

    fn holds(&self, away: &DisconnectedClient) -> bool {
        let is_in = |room: &String| away.rooms.contains(room) || room == away.sid.as_str();
        (self.rooms.is_empty() || self.rooms.iter().any(is_in)) && !self.except.iter().any(is_in)
    }
}

/// A client that is away.
#[derive(Clone, Debug)]
pub(crate) struct DisconnectedClient {
    pub(crate) sid: Sid,
    pub(crate) rooms: Vec<String>,
    pub(crate) data: Option<Arc<dyn Any + Send + Sync>>,
}

/// A client that has come back.
#[derive(Debug)]
pub(crate) struct RecoveredClient {
    pub(crate) pid: Sid,
    pub(crate) away: DisconnectedClient,
    /// The number of the last packet it has.
    seen: u64,
}

impl RecoveryBuffer {
    pub(crate) fn new(limits: RecoveryConfig) -> Self {
        Self { limits, run: Sid::random(), records: Mutex::default() }
    }

    /// Locks what is remembered. Before the members of any room.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Buffered> {
        lock(&self.records)
    }

    /// The packet as it is to be sent: with its offset.
    pub(crate) fn stamp(&self, records: &Buffered, packet: &Packet) -> Packet {
        packet.with_last(&format!("{}.{}", self.run.as_str(), records.next()))
    }

    /// Remembers a packet that has been stamped and sent.
    pub(crate) fn record(&self, records: &mut Buffered, packet: Packet, audience: Audience) {
        let at = Instant::now();
        records.bytes += packet.size();
        records.packets.push_back(BufferedPacket { packet, audience, at });
        let is_old = |record: &BufferedPacket| at.duration_since(record.at) > self.limits.max_disconnection;
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
    pub(crate) fn leave(&self, pid: Sid, away: DisconnectedClient) {
        let now = Instant::now();
        let mut records = self.lock();
        records.away.insert(pid, away);
        records.order.push_back((now, pid));
        while let Some((at, pid)) = records.order.front().copied() {
            if records.order.len() <= self.limits.clients && now.duration_since(at) <= self.limits.max_disconnection {
                break;
            }
            records.order.pop_front();
            records.away.remove(&pid);
        }
    }

    /// The client that `pid` was given to, if it is remembered and what it missed since `offset` is, too, and is no more than `most`
    /// packets and `most_bytes` bytes.
    pub(crate) fn recover(&self, pid: &str, offset: &str, most: usize, most_bytes: usize) -> Option<RecoveredClient> {
        let pid = Sid::parse(pid)?;
        let (run, seen) = offset.split_once('.')?;
        let seen: u64 = seen.parse().ok().filter(|_| run == self.run.as_str())?;
        let mut records = self.lock();
        let max_disconnection = self.limits.max_disconnection;
        let (at, _) = records.order.iter().rev().find(|(_, left)| *left == pid).copied()?;
        if at.elapsed() > max_disconnection || seen < records.first || seen >= records.next() {
            return None;
        }
        let away = records.away.remove(&pid)?;
        records.order.retain(|(_, left)| *left != pid);
        let returned = RecoveredClient { pid, away, seen };
        let missed = records.missed(&returned);
        let bytes: usize = missed.iter().map(Packet::size).sum();
        (missed.len() <= most && bytes <= most_bytes).then_some(returned)
    }
}

impl Buffered {
    fn next(&self) -> u64 {
        self.first + self.packets.len() as u64
    }

    /// What the client has missed up to now.
    pub(crate) fn missed(&self, returned: &RecoveredClient) -> Vec<Packet> {
        let from = usize::try_from((returned.seen + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        let missed = self.packets.iter().skip(from).filter(|record| record.audience.holds(&returned.away));
        missed.map(|record| record.packet.clone()).collect()
    }
}
