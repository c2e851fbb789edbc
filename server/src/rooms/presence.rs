//! Who is there: connections of members, here and on other servers, and since when somebody is gone. Never logged.

use std::collections::HashMap;

use super::event::Id;

/// The connections of one room.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    here: HashMap<Id, usize>,
    elsewhere: HashMap<Id, HashMap<Id, usize>>,
    gone: HashMap<Id, u64>,
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

    /// Whether anybody is connected anywhere.
    pub(crate) fn is_anybody(&self) -> bool {
        !self.here.is_empty() || self.elsewhere.values().any(|server| !server.is_empty())
    }

    /// Members connected to this server and with how many connections.
    pub(crate) fn here(&self) -> impl Iterator<Item = (&Id, usize)> {
        self.here.iter().map(|(member, devices)| (member, *devices))
    }

    /// One more connection here.
    pub(crate) fn come(&mut self, member: &Id) {
        *self.here.entry(member.clone()).or_default() += 1;
        self.gone.remove(member);
    }

    /// One connection less here.
    pub(crate) fn go(&mut self, member: &Id, now: u64) {
        if let Some(devices) = self.here.get_mut(member) {
            *devices -= 1;
            if *devices == 0 {
                self.here.remove(member);
            }
        }
        self.note_gone(member, now);
    }

    /// What another server says about a member.
    pub(crate) fn set_elsewhere(&mut self, server: &Id, member: &Id, devices: usize, now: u64) {
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

    /// Another server is no more; returns the members it had.
    pub(crate) fn forget_server(&mut self, server: &str, now: u64) -> Vec<Id> {
        let members: Vec<Id> = self.elsewhere.remove(server).into_iter().flat_map(HashMap::into_keys).collect();
        for member in &members {
            self.note_gone(member, now);
        }
        members
    }

    fn note_gone(&mut self, member: &Id, now: u64) {
        if self.devices(member) == 0 {
            self.gone.entry(member.clone()).or_insert(now);
        }
    }

    /// Notes that of these members nobody knows a connection, as after a start.
    pub(crate) fn missing<'a>(&mut self, members: impl Iterator<Item = &'a Id>, now: u64) {
        for member in members {
            self.note_gone(member, now);
        }
    }

    /// When a member's last connection ended; none while there is one, or nothing is known.
    pub(crate) fn gone_since(&self, member: &str) -> Option<u64> {
        self.gone.get(member).copied()
    }

    /// Forgets somebody who is no member any more.
    pub(crate) fn forget(&mut self, member: &str) {
        if self.devices(member) == 0 {
            self.gone.remove(member);
        }
    }
}
