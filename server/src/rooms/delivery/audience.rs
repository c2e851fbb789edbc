//! Everyone connected to one room: its subscribers, who is online here and on other servers, and the messages that may be lost
//! (presence, reactions, typing).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::rooms::cluster::link::Cluster;
use crate::rooms::cluster::presence::Presence;
use crate::rooms::delivery::announcer::PresenceAnnouncer;
use crate::rooms::delivery::message::Message;
use crate::rooms::delivery::reactions::{GATHER, Reactions};
use crate::rooms::delivery::sink::Sink;
use crate::rooms::delivery::subscribers::Subscribers;
use crate::rooms::rules::event::MemberRole;
use crate::rooms::rules::ids::{MemberId, RoomId, ServerId};
use crate::rooms::rules::op::AppAction;
use crate::rooms::rules::state::State;
use crate::rooms::rules::view::RoomView;

/// The connections of one room.
pub(crate) struct Audience {
    room: RoomId,
    clock: Clock,
    /// The other servers, when there are some.
    cluster: Option<Arc<Cluster>>,
    subscribers: Mutex<Subscribers>,
    presence: Mutex<Presence>,
    announcer: Mutex<PresenceAnnouncer>,
    reactions: Mutex<Reactions>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Audience {
    /// Nobody yet. `state` is what deliveries follow; its members count as absent since `absent_since`.
    pub(crate) fn new(room: &RoomId, clock: Clock, cluster: Option<Arc<Cluster>>, state: &State, absent_since: u64) -> Arc<Audience> {
        let mut subscribers = Subscribers::default();
        subscribers.start_at(state.rev);
        let mut presence = Presence::default();
        presence.note_absent(state.members.keys(), absent_since);
        Arc::new(Audience {
            room: room.clone(),
            clock,
            cluster,
            subscribers: Mutex::new(subscribers),
            presence: Mutex::new(presence),
            announcer: Mutex::default(),
            reactions: Mutex::default(),
        })
    }

    pub(crate) fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        lock(&self.subscribers)
    }

    pub(crate) fn presence(&self) -> MutexGuard<'_, Presence> {
        lock(&self.presence)
    }

    /// Members present, screens left out.
    pub(crate) fn present(&self, state: &State) -> Vec<MemberId> {
        let presence = self.presence();
        let people = state.members.iter().filter(|(id, member)| member.role != MemberRole::Screen && presence.devices(id) > 0);
        people.map(|(id, _)| id.clone()).collect()
    }

    /// Members connected to this server, screens left out.
    pub(crate) fn present_here(&self, state: &State) -> Vec<MemberId> {
        let presence = self.presence();
        let people = state.members.iter().filter(|(id, member)| member.role != MemberRole::Screen && presence.devices_here(id) > 0);
        people.map(|(id, _)| id.clone()).collect()
    }

    /// How many members are present, screens left out; and whether anyone is connected, screens too.
    pub(crate) fn present_count(&self, state: &State) -> (usize, bool) {
        let presence = self.presence();
        let people = state.members.iter().filter(|(id, member)| member.role != MemberRole::Screen && presence.devices(id) > 0);
        (people.count(), presence.has_connections())
    }

    /// A state as this member sees it.
    pub(crate) fn view(&self, state: &State, member: &str) -> RoomView {
        let role = state.members.get(member).map_or(MemberRole::Guest, |member| member.role);
        let presence = self.presence();
        state.view(role, |member| presence.devices(member))
    }

    /// Has a connection get the events behind `rev`, once it is caught up.
    pub(crate) fn subscribe(self: &Arc<Self>, sink: &Sink, member: &MemberId, rev: u64) {
        {
            let mut subscribers = self.subscribers();
            if subscribers.member_of(sink).is_some() {
                subscribers.rewind(sink, rev);
                return;
            }
            subscribers.add(sink.clone(), member.clone(), rev);
        }
        sink.join(&self.room);
        self.presence().connect(member);
        self.connections_changed(member);
    }

    /// A connection is gone. Whether it was subscribed.
    pub(crate) fn unsubscribe(self: &Arc<Self>, sink: &Sink, state: &State) -> bool {
        let Some(member) = self.subscribers().remove(sink) else { return false };
        sink.leave(&self.room);
        self.disconnected(&member, state);
        true
    }

    /// Removes the connections of a member, or all, with a last message. Whether there were any.
    pub(crate) fn remove_all(self: &Arc<Self>, member: Option<&MemberId>, last: Option<&Message>, state: &State) -> bool {
        let removed = self.subscribers().remove_all(member);
        for (sink, member) in &removed {
            if let Some(message) = last {
                sink.urgent(message);
            }
            sink.leave(&self.room);
            self.disconnected(member, state);
        }
        !removed.is_empty()
    }

    fn disconnected(self: &Arc<Self>, member: &MemberId, state: &State) {
        {
            let mut presence = self.presence();
            presence.disconnect(member, self.clock.now_ms());
            if !state.members.contains_key(&**member) {
                presence.forget(member);
            }
        }
        self.connections_changed(member);
    }

    fn connections_changed(self: &Arc<Self>, member: &MemberId) {
        if let Some(cluster) = &self.cluster {
            cluster.presence(&self.room, &[(member.clone(), self.presence().devices_here(member))]);
        }
        self.announce(member);
    }

    /// Takes over what another server says about connections to it. Whether that changed anything.
    pub(crate) fn set_elsewhere(self: &Arc<Self>, server: &ServerId, members: Vec<(MemberId, usize)>) -> bool {
        let mut changed = Vec::new();
        {
            let mut presence = self.presence();
            for (member, devices) in members {
                let before = presence.devices(&member);
                presence.set_elsewhere(server, &member, devices, self.clock.now_ms());
                if presence.devices(&member) != before {
                    changed.push(member);
                }
            }
        }
        changed.iter().for_each(|member| self.announce(member));
        !changed.is_empty()
    }

    /// Forgets another server with the connections to it. Whether there were any.
    pub(crate) fn forget_server(self: &Arc<Self>, server: &ServerId) -> bool {
        let members = self.presence().forget_server(server, self.clock.now_ms());
        members.iter().for_each(|member| self.announce(member));
        !members.is_empty()
    }

    /// Tells the other servers who is connected here.
    pub(crate) fn publish_presence(&self) {
        let Some(cluster) = &self.cluster else { return };
        let here: Vec<(MemberId, usize)> = self.presence().here().map(|(member, devices)| (member.clone(), devices)).collect();
        cluster.presence(&self.room, &here);
    }

    /// Announces to the clients here how many connections a member has.
    fn announce(self: &Arc<Self>, member: &MemberId) {
        let Some(wait) = lock(&self.announcer).note(member, Instant::now()) else { return };
        let audience = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            audience.announce_changed();
        });
    }

    fn announce_changed(&self) {
        let changed = lock(&self.announcer).take(Instant::now());
        let mut list: Vec<Value> = {
            let presence = self.presence();
            let shown = |member: &MemberId| {
                let devices = presence.devices(member);
                json!({"room": self.room, "member": member, "online": devices > 0, "devices": devices})
            };
            changed.iter().map(shown).collect()
        };
        let payload = if list.len() == 1 { list.remove(0) } else { Value::Array(list) };
        self.emit_here("presence", &payload, None);
    }

    /// A member reacts.
    pub(crate) fn react(self: &Arc<Self>, by: &MemberId, emoji: &str) {
        if !lock(&self.reactions).add(by, emoji) {
            return;
        }
        self.emit_volatile("reaction", &json!({"room": self.room, "by": by, "emoji": emoji, "ts": self.clock.now_ms()}), None);
        let (audience, emoji) = (Arc::clone(self), emoji.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(GATHER).await;
            let gathered = lock(&audience.reactions).take(&emoji);
            if let Some((count, by)) = gathered {
                let payload = json!({"room": audience.room, "by": by, "count": count, "emoji": emoji, "ts": audience.clock.now_ms()});
                audience.emit_volatile("reaction", &payload, None);
            }
        });
    }

    /// A member is typing; all clients but the member's own connection are told.
    pub(crate) fn typing(&self, by: &MemberId, from: &Sink) {
        self.emit_volatile("typing", &json!({"room": self.room, "by": by}), Some(from));
    }

    /// An app's own event that is not logged; all clients of all members get it.
    pub(crate) fn app_event(&self, by: &MemberId, app: &AppAction) {
        let payload = json!({"room": self.room, "by": by, "name": app.name, "data": app.data, "ts": self.clock.now_ms()});
        self.emit_volatile("app", &payload, None);
    }

    /// Sends a message that may be lost, here and on the other servers.
    fn emit_volatile(&self, name: &str, payload: &Value, except: Option<&Sink>) {
        if let Some(cluster) = &self.cluster {
            cluster.volatile(&self.room, name, payload);
        }
        self.emit_here(name, payload, except);
    }

    /// Sends a message that may be lost to the clients here.
    pub(crate) fn emit_here(&self, name: &str, payload: &Value, except: Option<&Sink>) {
        self.subscribers().emit_volatile(&Message::new(name, payload), except);
    }
}
