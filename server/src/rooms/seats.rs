//! Delivery: the devices in a room, each with how far it has come. A device that takes nothing is left out until it
//! has drained, and then caught up from the log; nobody waits for it.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use super::event::{Entry, Id, What};
use super::outlet::{Message, Outlet};

/// Events a room holds ready for those who come back.
const RECENT: usize = 64;
/// Missing events beyond which a device gets a snapshot instead.
pub(crate) const BEHIND: u64 = 500;

/// One device in the room.
#[derive(Debug)]
struct Seat {
    outlet: Outlet,
    member: Id,
    /// The last event it was sent.
    cursor: u64,
    /// It is left out of deliveries and has to be caught up.
    paused: bool,
    /// Somebody is catching it up.
    catching: bool,
    /// The log could not be read for it.
    failed: bool,
}

/// The devices in a room.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    list: Vec<Seat>,
    /// The last event that was delivered.
    rev: u64,
    recent: VecDeque<(u64, Message)>,
}

/// How the catching up of a device goes on.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// It is done, gone, or has to drain again.
    Done,
    /// These events are wanted from the log: behind the first number, up to the second.
    Read(u64, u64),
    /// It is too far behind.
    Snapshot,
}

impl Seats {
    /// What was delivered up to now is what a state of this revision holds.
    pub(crate) fn start(&mut self, rev: u64) {
        self.rev = rev;
    }

    /// Devices in the room.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Seats a device that has seen everything up to `cursor`; it is left out until it is caught up.
    pub(crate) fn add(&mut self, outlet: Outlet, member: Id, cursor: u64) {
        self.list.push(Seat { outlet, member, cursor, paused: true, catching: false, failed: false });
    }

    /// A device that sits here already asks for everything behind `cursor` again.
    pub(crate) fn rewind(&mut self, outlet: &Outlet, cursor: u64) {
        if let Some(seat) = self.list.iter_mut().find(|seat| seat.outlet.is(outlet)) {
            (seat.cursor, seat.paused, seat.catching) = (cursor, true, false);
        }
    }

    /// Takes a device away. Its member, if it had a seat.
    pub(crate) fn remove(&mut self, outlet: &Outlet) -> Option<Id> {
        let at = self.list.iter().position(|seat| seat.outlet.is(outlet))?;
        Some(self.list.swap_remove(at).member)
    }

    /// The member a device sits here for.
    pub(crate) fn member_of(&self, outlet: &Outlet) -> Option<Id> {
        self.list.iter().find(|seat| seat.outlet.is(outlet)).map(|seat| seat.member.clone())
    }

    /// Takes all devices of a member away, or of everybody.
    pub(crate) fn remove_all(&mut self, member: Option<&Id>) -> Vec<(Outlet, Id)> {
        let gone = self.list.extract_if(.., |seat| member.is_none_or(|member| seat.member == *member));
        gone.map(|seat| (seat.outlet, seat.member)).collect()
    }

    /// Sends events to every device that keeps up. O(devices).
    pub(crate) fn deliver(&mut self, room: &str, entries: &[Arc<Entry>]) {
        let Some(last) = entries.last() else { return };
        let messages: Vec<Message> = entries.iter().map(|entry| Message::new("room:event", &entry.event)).collect();
        self.rev = last.event.seq;
        for seat in self.list.iter_mut().filter(|seat| !seat.paused) {
            let taken = seat.outlet.send(&messages);
            seat.cursor += taken as u64;
            if taken < messages.len() {
                seat.paused = true;
                seat.outlet.urgent(&Message::new("room:lagging", &json!({"room": room})));
            }
        }
        self.recent.extend(entries.iter().map(|entry| entry.event.seq).zip(messages));
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        if entries.iter().any(|entry| matches!(entry.event.what, What::ChatDeleted { .. })) {
            self.forget();
        }
    }

    /// Holds nothing ready any more: words were taken back, and the log has them blanked.
    pub(crate) fn forget(&mut self) {
        self.recent.clear();
    }

    /// Sends what may be lost to every device that keeps up, but to one.
    pub(crate) fn whisper(&self, message: &Message, except: Option<&Outlet>) {
        for seat in self.list.iter().filter(|seat| !seat.paused && !except.is_some_and(|one| seat.outlet.is(one))) {
            // Refused: the next event finds the queue full as well, and catches the device up.
            let _ = seat.outlet.send(std::slice::from_ref(message));
        }
    }

    /// Events behind `since`, when all of them are held ready.
    pub(crate) fn recent(&self, since: u64) -> Option<Vec<Message>> {
        (since + 1 >= self.first_ready()).then(|| self.behind(since))
    }

    /// The number of the first event that is held ready.
    fn first_ready(&self) -> u64 {
        self.recent.front().map_or(self.rev + 1, |(seq, _)| *seq)
    }

    fn behind(&self, since: u64) -> Vec<Message> {
        self.recent.iter().filter(|(seq, _)| *seq > since).map(|(_, message)| message.clone()).collect()
    }

    /// Begins or goes on to catch a device up. `more` are events read from the log.
    pub(crate) fn catch_up(&mut self, outlet: &Outlet, going_on: bool, more: &[Entry]) -> Step {
        let first_ready = self.first_ready();
        let Some(seat) = self.list.iter_mut().find(|seat| seat.outlet.is(outlet)) else { return Step::Done };
        if !seat.paused || seat.catching != going_on {
            return Step::Done;
        }
        seat.catching = true;
        let fitting = more.iter().filter(|entry| entry.event.seq > seat.cursor);
        let messages: Vec<Message> = fitting.map(|entry| Message::new("room:event", &entry.event)).collect();
        if !seat.take(&messages) {
            return Step::Done;
        }
        if self.rev.saturating_sub(seat.cursor) > BEHIND {
            return Step::Snapshot;
        }
        if seat.cursor + 1 < first_ready {
            return Step::Read(seat.cursor, first_ready - 1);
        }
        let ready: Vec<Message> = self.recent.iter().filter(|(seq, _)| *seq > seat.cursor).map(|(_, message)| message.clone()).collect();
        if seat.take(&ready) {
            seat.paused = false;
            seat.catching = false;
        }
        Step::Done
    }

    /// The catching up of a device ends for now, because the log cannot be read.
    pub(crate) fn give_up(&mut self, outlet: &Outlet) {
        if let Some(seat) = self.list.iter_mut().find(|seat| seat.outlet.is(outlet)) {
            (seat.catching, seat.failed) = (false, true);
        }
    }

    /// Devices for which the log could not be read; they are to be caught up again.
    pub(crate) fn take_failed(&mut self) -> Vec<Outlet> {
        let failed = self.list.iter_mut().filter(|seat| seat.failed);
        failed
            .map(|seat| {
                seat.failed = false;
                seat.outlet.clone()
            })
            .collect()
    }

    /// Sends a snapshot of a revision to a device that is being caught up; whether to go on.
    pub(crate) fn snapshot(&mut self, outlet: &Outlet, rev: u64, message: &Message) -> bool {
        let Some(seat) = self.list.iter_mut().find(|seat| seat.outlet.is(outlet)) else { return false };
        if seat.outlet.send(std::slice::from_ref(message)) == 0 {
            seat.catching = false;
            return false;
        }
        seat.cursor = rev;
        true
    }
}

impl Seat {
    /// Sends messages; when not all are taken, the catching up ends until the device has drained.
    fn take(&mut self, messages: &[Message]) -> bool {
        let taken = if messages.is_empty() { 0 } else { self.outlet.send(messages) };
        self.cursor += taken as u64;
        self.catching = taken == messages.len();
        self.catching
    }
}
