//! Several servers: telling each other what was logged and who is connected where. Messages may be lost: a log is
//! looked at every two seconds anyway, and who is not heard of for a while is gone. The log itself is the store's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::event::Id;
use super::live::{Input, Live};
use super::meta::fresh_id;
use super::outlet::{Message, NAMESPACE};
use super::registry::Rooms;
use tutti_realtime::{Adapter, AdapterError, Server};

/// Time between two signs of life.
const ALIVE: Duration = Duration::from_secs(5);
/// After so long without one a server is gone.
const LEASE: Duration = Duration::from_secs(15);
/// Time between two looks at the logs.
pub(super) const POLL: Duration = Duration::from_secs(2);
/// Members that one message tells of.
const MANY: usize = 500;

/// Names of the messages between servers.
const LOGGED: &str = "tutti:logged";
const PRESENCE: &str = "tutti:presence";
const WHISPER: &str = "tutti:whisper";
const LIFE: &str = "tutti:alive";
const WHO: &str = "tutti:who";

/// The other servers.
pub(crate) struct Cluster {
    adapter: Arc<Adapter>,
    /// This server's name among them.
    id: Id,
    heard: Mutex<HashMap<Id, Instant>>,
}

impl Cluster {
    /// Joins the servers at a Redis.
    ///
    /// # Errors
    /// When the address makes no sense.
    pub(crate) fn join(server: &Arc<Server>, url: &str) -> Result<Cluster, AdapterError> {
        let id = fresh_id();
        let adapter = Adapter::start(server, url, &format!("tutti-{id}"))?;
        Ok(Cluster { adapter, id, heard: Mutex::default() })
    }

    fn send(&self, name: &str, rest: Value) {
        self.adapter.server_side_emit(NAMESPACE, &[json!(name), json!(self.id), rest]);
    }

    /// A room's log has grown.
    pub(super) fn logged(&self, room: &Id, rev: u64) {
        self.send(LOGGED, json!({"room": room, "rev": rev}));
    }

    /// A member's connections to this server.
    pub(super) fn presence(&self, room: &Id, members: &[(Id, usize)]) {
        self.send(PRESENCE, json!({"room": room, "members": members}));
    }

    /// What may be lost.
    pub(super) fn whisper(&self, room: &Id, name: &str, payload: &Value) {
        self.send(WHISPER, json!({"room": room, "name": name, "payload": payload}));
    }

    /// Asks who is connected elsewhere: to one room, or to any.
    pub(super) fn who(&self, room: Option<&Id>) {
        self.send(WHO, json!({"room": room}));
    }

    /// Notes a sign of life; whether it is the first for a while.
    fn hear(&self, server: &Id) -> bool {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(server.clone(), Instant::now()).is_none()
    }

    /// Servers that have not been heard of for too long.
    fn lost(&self) -> Vec<Id> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extract_if(|_, last| last.elapsed() > LEASE).map(|(server, _)| server).collect()
    }
}

impl Rooms {
    /// How the link to the other servers is: whether it is there, and how many messages were lost; none without others.
    pub(crate) fn company(&self) -> Option<(bool, usize)> {
        self.services.cluster.as_ref().map(|cluster| (cluster.adapter.is_connected(), cluster.adapter.lost()))
    }

    /// Listens to the other servers and tells them that this one is there. Runs for ever.
    pub(crate) async fn keep_company(self: Arc<Rooms>) {
        let Some(cluster) = &self.services.cluster else { return };
        let rooms = Arc::downgrade(&self);
        cluster.adapter.set_server_side(Box::new(move |namespace, args| {
            if let (NAMESPACE, Some(rooms), [name, from, rest]) = (namespace, rooms.upgrade(), args) {
                rooms.heard(name, from, rest);
            }
            Value::Null
        }));
        cluster.who(None);
        let mut alive = tokio::time::interval(ALIVE);
        let mut poll = tokio::time::interval(POLL);
        loop {
            tokio::select! {
                _ = alive.tick() => {
                    cluster.send(LIFE, Value::Null);
                }
                _ = poll.tick() => {
                    cluster.lost().iter().for_each(|server| self.forget(server));
                    self.all_in_memory().iter().filter(|live| live.seats().len() > 0).for_each(|live| live.hand_in(Input::Sync(None)));
                }
            }
        }
    }

    fn heard(self: &Arc<Rooms>, name: &Value, from: &Value, rest: &Value) {
        let (Some(name), Some(from), Some(cluster)) = (name.as_str(), from.as_str(), &self.services.cluster) else { return };
        let from = Id::from(from);
        if from == cluster.id {
            return;
        }
        if cluster.hear(&from) {
            cluster.who(None);
        }
        let room = rest["room"].as_str();
        let live = room.and_then(|room| self.in_memory(room));
        match (name, live) {
            (LOGGED, Some(live)) if rest["rev"].as_u64().is_some_and(|rev| rev > live.state().rev) => live.hand_in(Input::Sync(None)),
            (PRESENCE, Some(live)) => live.hear_presence(&from, rest),
            (WHISPER, Some(live)) => {
                let message = Message::new(rest["name"].as_str().unwrap_or_default(), &rest["payload"]);
                live.seats().whisper(&message, None);
            }
            (WHO, Some(live)) => live.tell_all_presence(cluster),
            (WHO, None) if room.is_none() => self.all_in_memory().iter().for_each(|live| live.tell_all_presence(cluster)),
            _ => {}
        }
    }

    /// A server is gone, and with it everybody who was connected to it.
    fn forget(&self, server: &Id) {
        tracing::warn!(server = &**server, "another server is not heard of any more");
        for live in self.all_in_memory() {
            let members = live.presence().forget_server(server, live.now());
            live.presence_elsewhere(&members);
        }
    }
}

impl Live {
    fn hear_presence(self: &Arc<Live>, from: &Id, told: &Value) {
        let Ok(members) = serde_json::from_value::<Vec<(Id, usize)>>(told["members"].clone()) else { return };
        let now = self.now();
        let mut changed = Vec::new();
        {
            let mut presence = self.presence();
            for (member, devices) in members {
                let before = presence.devices(&member);
                presence.set_elsewhere(from, &member, devices, now);
                if presence.devices(&member) != before {
                    changed.push(member);
                }
            }
        }
        self.presence_elsewhere(&changed);
    }

    fn presence_elsewhere(self: &Arc<Live>, members: &[Id]) {
        if members.is_empty() {
            return;
        }
        members.iter().for_each(|member| self.announce(member));
        self.hand_in(Input::Look);
    }

    fn tell_all_presence(&self, cluster: &Cluster) {
        let here: Vec<(Id, usize)> = self.presence().here().map(|(member, devices)| (member.clone(), devices)).collect();
        here.chunks(MANY).for_each(|some| cluster.presence(&self.id, some));
    }
}
