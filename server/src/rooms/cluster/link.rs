//! The messages between servers, sent over the Socket.IO server's Redis adapter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tutti_realtime::{Adapter, AdapterError, Server};

use crate::rooms::random::random_id;
use crate::rooms::rules::ids::{MemberId, RoomId, ServerId};

/// The Socket.IO namespace of rooms.
pub(crate) const NAMESPACE: &str = "/rooms";
/// Time between two looks at the logs of rooms that have subscribers here, and how long others may take to answer a request for presence.
pub(crate) const POLL: Duration = Duration::from_secs(2);
/// After so long without a message a server counts as gone.
const LEASE: Duration = Duration::from_secs(15);
/// Members that one message about presence names at most.
const MAX_MEMBERS: usize = 500;

/// Names of the messages on the wire.
const LOGGED: &str = "tutti:logged";
const PRESENCE: &str = "tutti:presence";
const VOLATILE: &str = "tutti:whisper";
const ALIVE: &str = "tutti:alive";
const PRESENCE_REQUEST: &str = "tutti:who";

/// What one server tells the others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PeerMessage {
    /// A room's log has grown to a revision.
    Logged {
        /// The room.
        room: RoomId,
        /// Its revision now.
        rev: u64,
    },
    /// How many connections members have to the sender.
    Presence {
        /// The room.
        room: RoomId,
        /// Members and their connections.
        members: Vec<(MemberId, usize)>,
    },
    /// A message that may be lost, for everyone connected to a room.
    Volatile {
        /// The room.
        room: RoomId,
        /// The event's name.
        name: String,
        /// Its payload.
        payload: Value,
    },
    /// The sender is alive.
    Alive,
    /// The sender asks for [`PeerMessage::Presence`] of one room, or of all.
    PresenceRequest {
        /// The room; all without one.
        room: Option<RoomId>,
    },
}

/// Called for each message of another server.
pub(crate) type OnPeerMessage = Box<dyn Fn(&ServerId, PeerMessage) + Send + Sync>;

/// The link to the other servers.
pub(crate) struct Cluster {
    adapter: Arc<Adapter>,
    /// This server's name among them.
    id: ServerId,
    last_heard: Mutex<HashMap<ServerId, Instant>>,
}

impl Cluster {
    /// Joins the servers at a Redis.
    ///
    /// # Errors
    /// When the address makes no sense.
    pub(crate) fn join(server: &Arc<Server>, url: &str) -> Result<Cluster, AdapterError> {
        let id: ServerId = random_id();
        let adapter = Adapter::start(server, url, &format!("tutti-{id}"))?;
        Ok(Cluster { adapter, id, last_heard: Mutex::default() })
    }

    /// Whether Redis is reached, and how many messages were lost since the start.
    pub(crate) fn health(&self) -> (bool, usize) {
        (self.adapter.is_connected(), self.adapter.lost())
    }

    /// Has `hook` called for each message of another server. The first hook stays.
    pub(crate) fn on_message(self: &Arc<Self>, hook: OnPeerMessage) {
        let cluster = Arc::downgrade(self);
        self.adapter.set_server_side(Box::new(move |namespace, args| {
            if let (NAMESPACE, Some(cluster), [Value::String(name), Value::String(from), rest]) = (namespace, cluster.upgrade(), args) {
                cluster.receive(name, from, rest, &hook);
            }
            Value::Null
        }));
    }

    fn receive(&self, name: &str, from: &str, rest: &Value, hook: &OnPeerMessage) {
        let from = ServerId::from(from);
        if from == self.id {
            return;
        }
        let first = self.last_heard.lock().unwrap_or_else(PoisonError::into_inner).insert(from.clone(), Instant::now()).is_none();
        if first {
            self.request_presence(None);
        }
        if let Some(message) = parse(name, rest) {
            hook(&from, message);
        }
    }

    /// Servers that have not been heard of for too long; each is returned once.
    pub(crate) fn expired(&self) -> Vec<ServerId> {
        let mut heard = self.last_heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extract_if(|_, last| last.elapsed() > LEASE).map(|(server, _)| server).collect()
    }

    /// Tells that a room's log has grown.
    pub(crate) fn logged(&self, room: &RoomId, rev: u64) {
        self.send(LOGGED, &json!({"room": room, "rev": rev}));
    }

    /// Tells how many connections members have to this server.
    pub(crate) fn presence(&self, room: &RoomId, members: &[(MemberId, usize)]) {
        for some in members.chunks(MAX_MEMBERS) {
            self.send(PRESENCE, &json!({"room": room, "members": some}));
        }
    }

    /// Passes on a message that may be lost.
    pub(crate) fn volatile(&self, room: &RoomId, name: &str, payload: &Value) {
        self.send(VOLATILE, &json!({"room": room, "name": name, "payload": payload}));
    }

    /// Tells that this server is alive.
    pub(crate) fn alive(&self) {
        self.send(ALIVE, &Value::Null);
    }

    /// Asks who is connected elsewhere: to one room, or to any.
    pub(crate) fn request_presence(&self, room: Option<&RoomId>) {
        self.send(PRESENCE_REQUEST, &json!({"room": room}));
    }

    fn send(&self, name: &str, rest: &Value) {
        self.adapter.server_side_emit(NAMESPACE, &[json!(name), json!(self.id), rest.clone()]);
    }
}

/// Reads a message; none when it is not understood, as from a newer version.
fn parse(name: &str, rest: &Value) -> Option<PeerMessage> {
    let room = || rest["room"].as_str().map(RoomId::from);
    Some(match name {
        LOGGED => PeerMessage::Logged { room: room()?, rev: rest["rev"].as_u64()? },
        PRESENCE => PeerMessage::Presence { room: room()?, members: serde_json::from_value(rest["members"].clone()).ok()? },
        VOLATILE => PeerMessage::Volatile { room: room()?, name: rest["name"].as_str()?.to_owned(), payload: rest["payload"].clone() },
        ALIVE => PeerMessage::Alive,
        PRESENCE_REQUEST => PeerMessage::PresenceRequest { room: room() },
        _ => return None,
    })
}
