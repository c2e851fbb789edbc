//! Who is connected to a room: connections of members here and to other servers, and since when a member has none. Never logged.

use std::collections::HashMap;

use crate::rooms::rules::ids::{MemberId, ServerId};

/// The connections of one room.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    here: HashMap<MemberId, usize>,
    elsewhere: HashMap<ServerId, HashMap<MemberId, usize>>,
    gone: HashMap<MemberId, u64>,
}

impl Presence {
    /// Connections of a member on all servers.
    pub(crate) fn devices(&self, member: &str) -> usize {
        let there: usize = self.elsewhere.values().filter_map(|server| server.get(member)).sum();
        self.here.get(member).copied().unwrap_or(0) + there
    }

    /// Connections of a member on this server.
    pub(crate) fn devices_here(&self, member: &str) -> usize {
        self.here.get(member).copied().unwrap_or(0)
    }

    /// Whether there is any connection, here or to another server.
    pub(crate) fn has_connections(&self) -> bool {
        !self.here.is_empty() || self.elsewhere.values().any(|server| !server.is_empty())
    }

    /// Members connected to this server and with how many connections.
    pub(crate) fn here(&self) -> impl Iterator<Item = (&MemberId, usize)> {
        self.here.iter().map(|(member, devices)| (member, *devices))
    }

    /// One more connection here.
    pub(crate) fn connect(&mut self, member: &MemberId) {
        *self.here.entry(member.clone()).or_default() += 1;
        self.gone.remove(member);
    }

    /// One connection less here.
    pub(crate) fn disconnect(&mut self, member: &MemberId, now: u64) {
        if let Some(devices) = self.here.get_mut(member) {
            *devices -= 1;
            if *devices == 0 {
                self.here.remove(member);
            }
        }
        self.note_gone(member, now);
    }

    /// Sets how many connections a member has to another server.
    pub(crate) fn set_elsewhere(&mut self, server: &ServerId, member: &MemberId, devices: usize, now: u64) {
        let there = self.elsewhere.entry(server.clone()).or_default();
        if devices == 0 {
            there.remove(member);
            if there.is_empty() {
                self.elsewhere.remove(server);
            }
        } else {
            there.insert(member.clone(), devices);
            self.gone.remove(member);
        }
        self.note_gone(member, now);
    }

    /// Forgets another server; returns the members that were connected to it.
    pub(crate) fn forget_server(&mut self, server: &str, now: u64) -> Vec<MemberId> {
        let members: Vec<MemberId> = self.elsewhere.remove(server).into_iter().flat_map(HashMap::into_keys).collect();
        for member in &members {
            self.note_gone(member, now);
        }
        members
    }

    fn note_gone(&mut self, member: &MemberId, now: u64) {
        if self.devices(member) == 0 {
            self.gone.entry(member.clone()).or_insert(now);
        }
    }

    /// Notes members of whom no connection is known, as after a start.
    pub(crate) fn note_absent<'a>(&mut self, members: impl Iterator<Item = &'a MemberId>, now: u64) {
        for member in members {
            self.note_gone(member, now);
        }
    }

    /// When a member's last connection ended; none while there is one, or nothing is known.
    pub(crate) fn gone_since(&self, member: &str) -> Option<u64> {
        self.gone.get(member).copied()
    }

    /// Forgets a user who is no member any more.
    pub(crate) fn forget(&mut self, member: &str) {
        if self.devices(member) == 0 {
            self.gone.remove(member);
        }
    }
}
