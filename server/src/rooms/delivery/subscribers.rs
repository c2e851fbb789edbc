//! The subscribers of a room: connections, each with the last event it was sent. One whose queue is full is paused until it has
//! drained and then caught up from the log; nobody waits for it.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use crate::rooms::delivery::message::Message;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::rules::event::{Entry, EventKind};
use crate::rooms::rules::ids::MemberId;

/// Events a room holds ready for clients that come back.
const MAX_RECENT: usize = 64;
/// Missing events beyond which a client gets a snapshot instead.
pub(crate) const MAX_BEHIND: u64 = 500;

/// One connection that gets the room's events.
#[derive(Debug)]
struct Subscriber {
    sink: Sink,
    member: MemberId,
    /// The last event it was sent.
    cursor: u64,
    /// Gets no events until it is caught up.
    paused: bool,
    /// It is being caught up.
    catching: bool,
    /// The log could not be read for it.
    failed: bool,
}

/// The subscribers of a room.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    list: Vec<Subscriber>,
    /// The last event that was delivered.
    rev: u64,
    recent: VecDeque<(u64, Message)>,
}

/// How catching a subscriber up goes on.
#[derive(Debug, PartialEq)]
pub(crate) enum CatchUpStep {
    /// It is done, gone, or has to drain again.
    Done,
    /// These events are wanted from the log: behind the first number, up to the second.
    Read(u64, u64),
    /// It is too far behind.
    Snapshot,
}

impl Subscribers {
    /// What was delivered up to now is what a state of this revision holds.
    pub(crate) fn start_at(&mut self, rev: u64) {
        self.rev = rev;
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds a connection that has seen everything up to `cursor`; it is paused until it is caught up.
    pub(crate) fn add(&mut self, sink: Sink, member: MemberId, cursor: u64) {
        self.list.push(Subscriber { sink, member, cursor, paused: true, catching: false, failed: false });
    }

    /// Sets a subscriber back to `cursor`; everything behind it is sent again.
    pub(crate) fn rewind(&mut self, sink: &Sink, cursor: u64) {
        if let Some(subscriber) = self.list.iter_mut().find(|subscriber| subscriber.sink.is(sink)) {
            (subscriber.cursor, subscriber.paused, subscriber.catching) = (cursor, true, false);
        }
    }

    /// Takes a device away. Its member, if it had a seat.
    pub(crate) fn remove(&mut self, sink: &Sink) -> Option<MemberId> {
        let at = self.list.iter().position(|subscriber| subscriber.sink.is(sink))?;
        Some(self.list.swap_remove(at).member)
    }

    /// The member whose connection this is, if it is subscribed.
    pub(crate) fn member_of(&self, sink: &Sink) -> Option<MemberId> {
        self.list.iter().find(|subscriber| subscriber.sink.is(sink)).map(|subscriber| subscriber.member.clone())
    }

    /// Removes all connections of a member, or of all members.
    pub(crate) fn remove_all(&mut self, member: Option<&MemberId>) -> Vec<(Sink, MemberId)> {
        let gone = self.list.extract_if(.., |subscriber| member.is_none_or(|member| subscriber.member == *member));
        gone.map(|subscriber| (subscriber.sink, subscriber.member)).collect()
    }

    /// Sends events to every subscriber that is not paused. O(subscribers).
    pub(crate) fn deliver(&mut self, room: &str, entries: &[Arc<Entry>]) {
        let Some(last) = entries.last() else { return };
        let messages: Vec<Message> = entries.iter().map(|entry| Message::logged(&entry.event)).collect();
        self.rev = last.event.seq;
        for subscriber in self.list.iter_mut().filter(|subscriber| !subscriber.paused) {
            let taken = subscriber.sink.send_events(room, subscriber.cursor, &messages);
            subscriber.cursor += taken as u64;
            if taken < messages.len() {
                subscriber.paused = true;
                subscriber.sink.urgent(&Message::new("room:lagging", &json!({"room": room})));
            }
        }
        self.recent.extend(entries.iter().map(|entry| entry.event.seq).zip(messages));
        while self.recent.len() > MAX_RECENT {
            self.recent.pop_front();
        }
        if entries.iter().any(|entry| matches!(entry.event.kind, EventKind::ChatDeleted { .. })) {
            self.drop_recent();
        }
    }

    /// Drops the recent events that are held ready: one was blanked in the log.
    pub(crate) fn drop_recent(&mut self) {
        self.recent.clear();
    }

    /// Sends a message that may be lost to every subscriber that is not paused, except one.
    pub(crate) fn emit_volatile(&self, message: &Message, except: Option<&Sink>) {
        for subscriber in self.list.iter().filter(|subscriber| !subscriber.paused && !except.is_some_and(|one| subscriber.sink.is(one))) {
            // Refused: the next event finds the queue full as well, and catches the device up.
            let _ = subscriber.sink.send(std::slice::from_ref(message));
        }
    }

    /// The events behind `since`, when all of them are held ready.
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

    /// Begins or goes on to catch a subscriber up. `more` are events read from the log.
    pub(crate) fn catch_up(&mut self, room: &str, sink: &Sink, going_on: bool, more: &[Entry]) -> CatchUpStep {
        let first_ready = self.first_ready();
        let Some(subscriber) = self.list.iter_mut().find(|subscriber| subscriber.sink.is(sink)) else { return CatchUpStep::Done };
        if !subscriber.paused || subscriber.catching != going_on {
            return CatchUpStep::Done;
        }
        subscriber.catching = true;
        let fitting = more.iter().filter(|entry| entry.event.seq > subscriber.cursor);
        let messages: Vec<Message> = fitting.map(|entry| Message::logged(&entry.event)).collect();
        if !subscriber.take(room, &messages) {
            return CatchUpStep::Done;
        }
        if self.rev.saturating_sub(subscriber.cursor) > MAX_BEHIND {
            return CatchUpStep::Snapshot;
        }
        if subscriber.cursor + 1 < first_ready {
            return CatchUpStep::Read(subscriber.cursor, first_ready - 1);
        }
        let ready: Vec<Message> =
            self.recent.iter().filter(|(seq, _)| *seq > subscriber.cursor).map(|(_, message)| message.clone()).collect();
        if subscriber.take(room, &ready) {
            subscriber.paused = false;
            subscriber.catching = false;
        }
        CatchUpStep::Done
    }

    /// Ends catching a subscriber up for now, because the log cannot be read.
    pub(crate) fn give_up(&mut self, sink: &Sink) {
        if let Some(subscriber) = self.list.iter_mut().find(|subscriber| subscriber.sink.is(sink)) {
            (subscriber.catching, subscriber.failed) = (false, true);
        }
    }

    /// Subscribers for which the log could not be read; they are to be caught up again.
    pub(crate) fn take_failed(&mut self) -> Vec<Sink> {
        let failed = self.list.iter_mut().filter(|subscriber| subscriber.failed);
        failed
            .map(|subscriber| {
                subscriber.failed = false;
                subscriber.sink.clone()
            })
            .collect()
    }

    /// Sends a snapshot of a revision to a subscriber that is being caught up; whether to go on.
    pub(crate) fn snapshot(&mut self, room: &str, sink: &Sink, rev: u64, message: &Message) -> bool {
        let Some(subscriber) = self.list.iter_mut().find(|subscriber| subscriber.sink.is(sink)) else { return false };
        if subscriber.sink.send(std::slice::from_ref(message)) == 0 {
            subscriber.catching = false;
            return false;
        }
        subscriber.cursor = rev;
        subscriber.sink.move_offset(room, rev);
        true
    }
}

impl Subscriber {
    /// Sends messages; when not all are accepted, catching up ends until the connection has drained.
    fn take(&mut self, room: &str, messages: &[Message]) -> bool {
        let taken = if messages.is_empty() { 0 } else { self.sink.send_events(room, self.cursor, messages) };
        self.cursor += taken as u64;
        self.catching = taken == messages.len();
        self.catching
    }
}
