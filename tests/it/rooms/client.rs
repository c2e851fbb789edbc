//! A member's device as the official clients behave: Socket.IO over a WebSocket, or the plain JSON stream. It keeps
//! all it saw of each room, over all its connections, and checks every event: ascending, no gap, no repeat, no way back in time.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// How long an answer may take while the connection lasts.
const PATIENCE: Duration = Duration::from_secs(20);

/// The connection is gone, or none could be made.
#[derive(Debug)]
pub(super) struct ConnectionLost;

/// How a device talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Socket.IO, namespace `/rooms`.
    SocketIo,
    /// `/v1/rooms/{id}/stream`; one room only.
    Plain,
}

/// What a device saw of one room.
#[derive(Debug, Default)]
pub(super) struct Observed {
    /// Number of the last event.
    pub(super) at: u64,
    ts: u64,
    /// Every event it was told of.
    pub(super) events: BTreeMap<u64, Value>,
    /// Every state it was told, with its revision.
    pub(super) states: Vec<(u64, Value)>,
    /// It was sent out of the room, or has not joined with this connection.
    pub(super) out: bool,
}

/// A device of a member.
pub(super) struct TestClient {
    /// For messages of failed checks.
    pub(super) name: String,
    /// The member's id.
    pub(super) user: String,
    /// The member's token.
    pub(super) token: String,
    dialect: Dialect,
    socket: Option<WebSocket<TcpStream>>,
    sent: u64,
    answers: HashMap<u64, Value>,
    /// What it saw, by room.
    pub(super) observed: BTreeMap<String, Observed>,
    /// Events that came in since somebody took them from here.
    pub(super) new_events: Vec<Value>,
    /// Ephemeral messages by name.
    pub(super) volatile_received: BTreeMap<String, usize>,
}

impl TestClient {
    pub(super) fn new(name: String, user: &str, token: &str, dialect: Dialect) -> TestClient {
        TestClient {
            name,
            user: user.to_owned(),
            token: token.to_owned(),
            dialect,
            socket: None,
            sent: 0,
            answers: HashMap::new(),
            observed: BTreeMap::new(),
            new_events: Vec::new(),
            volatile_received: BTreeMap::new(),
        }
    }

    /// Begins as one who has seen a room up to a revision.
    pub(super) fn remember(&mut self, room: &str, at: u64) {
        self.observed.insert(room.to_owned(), Observed { at, ..Observed::default() });
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Drops the connection without a word, as a lost network does.
    pub(super) fn drop_connection(&mut self) {
        self.socket = None;
        self.answers.clear();
        self.observed.values_mut().for_each(|observed| observed.out = true);
    }

    /// Connects to a server and joins rooms; `resume` says whether with what it knows. The answer to each join.
    pub(super) fn connect(&mut self, base: &str, rooms: &[String], resume: bool) -> Result<Vec<(String, Value)>, ConnectionLost> {
        self.drop_connection();
        match self.dialect {
            Dialect::SocketIo => {
                self.open(base, "/socket.io/?EIO=4&transport=websocket")?;
                let open = self.text()?;
                assert!(open.starts_with("0{"), "{}: the first packet is {open}", self.name);
                let hello = json!({"token": self.token});
                self.say(format!("40/rooms,{hello}"))?;
                let hello = self.text()?;
                assert!(hello.starts_with("40/rooms,{"), "{}: connecting is answered {hello}", self.name);
                let rooms = rooms.iter().map(|room| Ok((room.clone(), self.join(room, resume)?)));
                rooms.collect()
            }
            Dialect::Plain => {
                let room = &rooms[0];
                let since = self.since(room, resume);
                let query = since.map(|since| format!("&since={since}")).unwrap_or_default();
                self.open(base, &format!("/v1/rooms/{room}/stream?token={}{query}", self.token))?;
                let ack: Value = serde_json::from_str(&self.text()?).expect("the stream sends JSON");
                assert_eq!(ack["event"], "room:joined", "{}: the stream begins with {ack}", self.name);
                self.joined(room, since, &ack["data"]);
                Ok(vec![(room.clone(), ack["data"].clone())])
            }
        }
    }

    fn since(&self, room: &str, resume: bool) -> Option<u64> {
        self.observed.get(room).map(|observed| observed.at).filter(|at| resume && *at > 0)
    }

    /// Joins a room over an open Socket.IO connection.
    pub(super) fn join(&mut self, room: &str, resume: bool) -> Result<Value, ConnectionLost> {
        let since = self.since(room, resume);
        let mut payload = json!({"op": format!("join-{}-{}", self.name, self.sent), "room": room});
        if let Some(since) = since {
            payload["since"] = json!(since);
        }
        let ack = self.ask("room:join", &payload, None)?;
        self.joined(room, since, &ack);
        Ok(ack)
    }

    /// Takes over the answer to a join: the events that were missed, or a state.
    fn joined(&mut self, room: &str, since: Option<u64>, ack: &Value) {
        if ack["ok"] != json!(true) {
            return;
        }
        let rev = ack["rev"].as_u64().expect("a join tells the revision");
        let name = self.name.clone();
        let few = since.is_some_and(|since| since <= rev && rev - since <= 500);
        assert_eq!(ack["events"].is_array(), few, "{name}: resuming behind {since:?} at revision {rev}: {ack}");
        let observed = self.observed.entry(room.to_owned()).or_default();
        observed.out = false;
        match (ack["events"].as_array(), ack.get("state")) {
            (Some(events), None) => {
                let since = since.unwrap_or_else(|| panic!("{name}: events without `since`: {ack}"));
                let numbers: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().expect("a number")).collect();
                assert_eq!(numbers, (since + 1..=rev).collect::<Vec<_>>(), "{name}: resuming behind {since} at revision {rev}");
                for event in events.iter().filter(|event| event["seq"].as_u64() > Some(observed.at)).cloned().collect::<Vec<_>>() {
                    self.take(room, event);
                }
            }
            (None, Some(state)) => {
                assert_eq!(state["rev"], json!(rev), "{name}: the state of a join");
                // Another server may not be as far yet as the one before: what comes then is a repetition, checked as such.
                (observed.at, observed.ts) = (rev, 0);
                observed.states.push((rev, state.clone()));
            }
            _ => panic!("{name}: a join answers events or a state: {ack}"),
        }
    }

    /// Sends an op without waiting. A number to wait for its answer with.
    pub(super) fn send(&mut self, event: &str, payload: &Value, attachment: Option<&[u8]>) -> Result<u64, ConnectionLost> {
        self.sent += 1;
        let id = self.sent;
        match (self.dialect, attachment) {
            (Dialect::Plain, _) => self.say(json!({"event": event, "data": payload, "ack": id}).to_string())?,
            (Dialect::SocketIo, None) => self.say(format!("42/rooms,{id}{}", json!([event, payload])))?,
            (Dialect::SocketIo, Some(bytes)) => {
                self.say(format!("451-/rooms,{id}{}", json!([event, payload])))?;
                self.write(Message::binary(bytes.to_vec()))?;
            }
        }
        Ok(id)
    }

    /// The answer to what was sent.
    pub(super) fn answer(&mut self, id: u64) -> Result<Value, ConnectionLost> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return Ok(answer);
            }
            assert!(Instant::now() < until, "{}: message {id} is not answered", self.name);
            self.hear_one(Duration::from_millis(200))?;
        }
    }

    /// Sends an op and waits for its answer.
    pub(super) fn ask(&mut self, event: &str, payload: &Value, attachment: Option<&[u8]>) -> Result<Value, ConnectionLost> {
        let id = self.send(event, payload, attachment)?;
        self.answer(id)
    }

    /// Takes what comes in for a while.
    pub(super) fn receive(&mut self, time: Duration) -> Result<(), ConnectionLost> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| *left > Duration::from_millis(1)) {
            self.hear_one(left)?;
        }
        Ok(())
    }

    fn hear_one(&mut self, time: Duration) -> Result<(), ConnectionLost> {
        let Some(text) = self.read(time)? else { return Ok(()) };
        match self.dialect {
            Dialect::Plain => {
                let message: Value = serde_json::from_str(&text).expect("the stream sends JSON");
                match (message["ack"].as_u64(), message["event"].as_str()) {
                    (Some(id), _) => self.answered(id, message["data"].clone()),
                    (None, Some(event)) => self.told(event, &message["data"]),
                    _ => panic!("{}: a message of no kind: {message}", self.name),
                }
            }
            Dialect::SocketIo if text == "2" => self.say("3".to_owned())?,
            Dialect::SocketIo => self.packet(&text)?,
        }
        Ok(())
    }

    fn packet(&mut self, text: &str) -> Result<(), ConnectionLost> {
        if text == "1" || text.starts_with("41") {
            self.drop_connection();
            return Err(ConnectionLost);
        }
        let (kind, rest) = text.split_once("/rooms,").unwrap_or_else(|| panic!("{}: a packet of no room: {text}", self.name));
        let start = rest.find('[').expect("a packet holds a list");
        let list: Value = serde_json::from_str(&rest[start..]).expect("a packet holds JSON");
        match kind {
            "43" => self.answered(rest[..start].parse().expect("an answer has a number"), list[0].clone()),
            "42" => self.told(list[0].as_str().expect("a name"), &list[1]),
            _ => panic!("{}: an unexpected packet: {text}", self.name),
        }
        Ok(())
    }

    fn answered(&mut self, id: u64, answer: Value) {
        assert!(id <= self.sent, "{}: an answer to {id}, which was not sent", self.name);
        let twice = self.answers.insert(id, answer);
        assert!(twice.is_none(), "{}: {id} is answered twice", self.name);
    }

    fn told(&mut self, event: &str, data: &Value) {
        let room = data["room"].as_str().unwrap_or_default().to_owned();
        match event {
            "room:event" => self.take(&room, data.clone()),
            "room:snapshot" => {
                let rev = data["rev"].as_u64().expect("a snapshot has a revision");
                let observed = self.observed.get_mut(&room).expect("a snapshot of a joined room");
                assert!(rev >= observed.at, "{}: a snapshot of {rev} behind {}", self.name, observed.at);
                observed.at = rev;
                observed.states.push((rev, data["state"].clone()));
            }
            "room:removed" | "room:closed" => self.observed.get_mut(&room).expect("a joined room").out = true,
            other => *self.volatile_received.entry(other.to_owned()).or_default() += 1,
        }
    }

    /// One event: the next one, and the same as when it was seen before.
    fn take(&mut self, room: &str, event: Value) {
        let name = &self.name;
        let rooms: Vec<String> = self.observed.keys().cloned().collect();
        let observed = self.observed.get_mut(room).unwrap_or_else(|| panic!("{name}: is in {rooms:?} and told of another room: {event}"));
        assert_eq!(event["room"], *room, "{name}: an event of another room: {event}");
        let seq = event["seq"].as_u64().expect("an event has a number");
        assert_eq!(seq, observed.at + 1, "{name}: behind {} comes {event}", observed.at);
        let ts = event["ts"].as_u64().expect("an event has a time");
        assert!(ts >= observed.ts, "{name}: time goes back from {} in {event}", observed.ts);
        (observed.at, observed.ts) = (seq, ts);
        if let Some(before) = observed.events.insert(seq, event.clone()) {
            assert!(is_same(&before, &event), "{name}: {seq} was {before} and is {event}");
        }
        self.new_events.push(event);
    }

    fn open(&mut self, base: &str, path: &str) -> Result<(), ConnectionLost> {
        let address = base.strip_prefix("http://").expect("a plain server");
        let stream = TcpStream::connect(address).map_err(|_| ConnectionLost)?;
        stream.set_nodelay(true).map_err(|_| ConnectionLost)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|_| ConnectionLost)?;
        let (socket, _) = tungstenite::client(format!("ws://{address}{path}"), stream).map_err(|_| ConnectionLost)?;
        self.socket = Some(socket);
        Ok(())
    }

    /// The next text, which must come.
    fn text(&mut self) -> Result<String, ConnectionLost> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(text) = self.read(PATIENCE)? {
                return Ok(text);
            }
        }
        panic!("{}: connected, and the server says nothing", self.name);
    }

    /// The next text, if one comes in time.
    fn read(&mut self, time: Duration) -> Result<Option<String>, ConnectionLost> {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        let Some(socket) = &mut self.socket else { return Err(ConnectionLost) };
        if socket.get_ref().set_read_timeout(Some(time.max(Duration::from_millis(1)))).is_err() {
            self.drop_connection();
            return Err(ConnectionLost);
        }
        match socket.read() {
            Ok(Message::Text(text)) => Ok(Some(text.to_string())),
            Ok(Message::Close(_)) => {
                self.drop_connection();
                Err(ConnectionLost)
            }
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(error)) if matches!(error.kind(), TimedOut | WouldBlock) => Ok(None),
            Err(_) => {
                self.drop_connection();
                Err(ConnectionLost)
            }
        }
    }

    fn say(&mut self, text: String) -> Result<(), ConnectionLost> {
        self.write(Message::text(text))
    }

    fn write(&mut self, message: Message) -> Result<(), ConnectionLost> {
        let Some(socket) = &mut self.socket else { return Err(ConnectionLost) };
        if socket.send(message).is_err() {
            self.drop_connection();
            return Err(ConnectionLost);
        }
        Ok(())
    }
}

/// Whether two tellings of one event agree; the text of a message may have been taken back between them.
pub(super) fn is_same(before: &Value, after: &Value) -> bool {
    if before == after {
        return true;
    }
    let mut blanked = before.clone();
    if after["type"] == "chat.message" && after["data"]["text"] == "" {
        blanked["data"]["text"] = json!("");
    }
    blanked == *after
}
