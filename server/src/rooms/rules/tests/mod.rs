//! The rules of rooms, through the fold and the decisions.

mod autopilot;
mod decisions;
mod folding;
mod orders;
mod reading;

use std::sync::Arc;

use crate::rooms::rules::decide::{Case, Context, Decision, Draft, FollowUp, Lookups, consequences, decide, may};
use crate::rooms::rules::event::{Entry, Event, EventKind, MemberRole, Private, Song};
use crate::rooms::rules::ids::ItemId;
use crate::rooms::rules::op::Action;
use crate::rooms::rules::refusal::Refusal;
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::State;

/// A room whose log is in memory.
struct TestRoom {
    state: State,
    log: Vec<Entry>,
    now: u64,
    present: usize,
}

fn id<T: for<'a> From<&'a str>>(text: &str) -> T {
    text.into()
}

fn song(name: &str) -> Arc<Song> {
    Arc::new(Song { artist: format!("by {name}"), duration_ms: 180_000, explicit: false, id: id(name), title: name.to_owned() })
}

impl TestRoom {
    /// A room of `host` with guests, all of them present.
    fn with(settings: RoomSettings, guests: &[&str]) -> TestRoom {
        let mut room = TestRoom { state: State::default(), log: Vec::new(), now: 1_000_000, present: guests.len() + 1 };
        let created = EventKind::RoomCreated {
            host: id("host"),
            host_name: "Host".to_owned(),
            name: "Party".to_owned(),
            settings: Box::new(settings),
        };
        room.log_one(Draft::new(&id("host"), created));
        for guest in guests {
            let joined = EventKind::MemberJoined { member: id(guest), name: (*guest).to_owned(), role: MemberRole::Guest };
            room.log_one(Draft::new(&id(guest), joined));
        }
        room
    }

    fn log_one(&mut self, draft: Draft) {
        self.now += 1;
        let event = Event { by: draft.by, kind: draft.kind, op: None, room: id("room"), seq: self.state.rev + 1, ts: self.now };
        let entry = Entry { event, private: Private::default() };
        self.state.apply(&entry);
        self.log.push(entry);
    }

    fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        let room = id("room");
        let shown = |code: &str| code == "GOODCODE";
        work(&Context { room: &room, now: self.now, present: self.present, connected: true, venue: None, screen_code: &shown })
    }

    /// Carries an op out, and what follows from it.
    fn act(&mut self, by: &str, action: &Action) -> Result<(), Refusal> {
        self.act_with(by, action, &Lookups::default())
    }

    fn act_with(&mut self, by: &str, action: &Action, lookups: &Lookups) -> Result<(), Refusal> {
        let by = id(by);
        let member = self.state.members.get(&by).cloned().expect("a member");
        may(member.role, action, &self.state.settings)?;
        let decided: Decision =
            self.with_context(|context| decide(&Case { state: &self.state, by: &by, member: &member, context, lookups }, action))?;
        let played = self.state.now.is_some();
        decided.events.into_iter().for_each(|draft| self.log_one(draft));
        self.follow(played);
        Ok(())
    }

    fn follow(&mut self, played: bool) {
        loop {
            let stopped = played && self.state.now.is_none();
            match self.with_context(|context| consequences(&self.state, context, stopped)) {
                FollowUp::Log(draft) => self.log_one(draft),
                FollowUp::Nothing | FollowUp::Pick => return,
            }
        }
    }

    fn add(&mut self, by: &str, name: &str) -> ItemId {
        let lookups = Lookups { song: Some(song(name)), ..Lookups::default() };
        let action = Action::Add { song: crate::rooms::rules::op::RequestedSong::Given(song(name)), note: None };
        self.act_with(by, &action, &lookups).expect("added");
        self.state.queue.last().expect("there").item.clone()
    }

    /// Titles in the order they will play.
    fn order(&self) -> Vec<&str> {
        self.state.order().into_iter().map(|index| self.state.queue[index].song.title.as_str()).collect()
    }

    /// The fold of the log from its beginning.
    fn folded(&self) -> State {
        let mut state = State::default();
        self.log.iter().for_each(|entry| state.apply(entry));
        state
    }
}

fn silent(mut settings: RoomSettings) -> RoomSettings {
    settings.autopilot = false;
    settings
}
