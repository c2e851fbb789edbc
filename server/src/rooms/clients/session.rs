//! A client session: one connection and what it sends. Its rates, the rooms it joined, and a queue that keeps its ops in the order they
//! were sent even when one of them needs a lookup first. The same for Socket.IO and streams of JSON.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::accounts::Identity;
use crate::rooms::delivery::join_request::JoinRequest;
use crate::rooms::delivery::offsets;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::delivery::subscribers::MAX_BEHIND;
use crate::rooms::rules::decide::Lookups;
use crate::rooms::rules::event::MemberRole;
use crate::rooms::rules::ids::{MemberId, RoomId};
use crate::rooms::rules::op::{Action, MAX_TEXT, Op, is_op, unknown};
use crate::rooms::rules::payload::{Fields, is_emoji};
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::limits::{RoomLimits, TokenBucket};
use crate::rooms::runtime::lookups::{look_up, needs_lookup};
use crate::rooms::runtime::registry::Rooms;
use crate::rooms::runtime::room::Room;

/// Takes the ack of a message.
pub(crate) type AckSender = Box<dyn FnOnce(Value) + Send + Sync>;

/// One message of a client.
pub(crate) struct ClientMessage {
    /// The event's name.
    pub(crate) name: String,
    /// Its payload; null when there is none.
    pub(crate) payload: Value,
    /// Its binary parts.
    pub(crate) attachments: Vec<Bytes>,
    /// Bytes of its text.
    pub(crate) size: usize,
    /// How it is answered.
    pub(crate) answer: AckSender,
}

/// A client's connection.
pub(crate) struct ClientSession {
    rooms: Arc<Rooms>,
    caller: Identity,
    joined: Mutex<Vec<Arc<Room>>>,
    rates: Mutex<Rates>,
    queue: Mutex<OpQueue>,
}

#[derive(Default)]
struct OpQueue {
    waiting: VecDeque<Job>,
    busy: bool,
}

enum Job {
    Join { sync: bool, payload: Value, answer: AckSender },
    Op { room: Arc<Room>, op: Box<Op>, answer: AckSender },
}

struct Rates {
    /// Joins have the rate of ops and take nothing from them, so that a client that has just joined may act at once.
    joins: TokenBucket,
    /// Joins by a code that no room has.
    wrong_codes: TokenBucket,
    ops: TokenBucket,
    chat: TokenBucket,
    reactions: TokenBucket,
    pictures: TokenBucket,
}

impl Rates {
    fn full(limits: &RoomLimits) -> Rates {
        Rates {
            joins: TokenBucket::full(limits.ops),
            wrong_codes: TokenBucket::full(limits.wrong_codes),
            ops: TokenBucket::full(limits.ops),
            chat: TokenBucket::full(limits.chat),
            reactions: TokenBucket::full(limits.reactions),
            pictures: TokenBucket::full(limits.pictures),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ClientSession {
    pub(crate) fn new(rooms: Arc<Rooms>, caller: Identity) -> ClientSession {
        let rates = Mutex::new(Rates::full(&rooms.services().limits));
        ClientSession { rooms, caller, joined: Mutex::default(), rates, queue: Mutex::default() }
    }

    /// Takes a message. `sink` is this connection.
    pub(crate) fn take(self: &Arc<ClientSession>, sink: &Sink, sent: ClientMessage) {
        let received = self.rooms.services().clock.now_ms();
        match &*sent.name {
            "clock:ping" => self.clock(sent, received),
            "reaction:send" => answer(sent.answer, self.react(&sent.payload, sent.size)),
            "chat:typing" => answer(sent.answer, self.typing(sink, &sent.payload)),
            "screen:code" => answer(sent.answer, self.screen_code(&sent.payload)),
            "room:join" | "room:sync" => self.join(sink, sent),
            name if is_op(name) => self.op(sink, sent),
            name => {
                let refusal = self.rate(|rates, limits| rates.ops.take(limits.ops), "messages").err().unwrap_or_else(|| unknown(name));
                answer(sent.answer, Err(refusal));
            }
        }
    }

    /// The connection has drained after it refused a message.
    pub(crate) fn drain(&self, sink: &Sink) {
        let joined = lock(&self.joined).clone();
        joined.iter().for_each(|room| room.catch_up(sink.clone()));
    }

    /// The connection is gone.
    pub(crate) fn end(&self, sink: &Sink) {
        let joined = std::mem::take(&mut *lock(&self.joined));
        joined.iter().for_each(|room| room.unsubscribe(sink));
    }

    /// Takes the connection, which was lost for a while, back into the rooms that its offset names, each from the event behind the last it
    /// was sent. Nothing is done unless it can go on in all of them without a gap; whether it does.
    pub(crate) async fn recover(&self, sink: &Sink, offset: &str) -> bool {
        let Some(seen) = offsets::parse(offset, self.rooms.services().limits.rooms_of_connection) else { return false };
        let mut rooms = Vec::with_capacity(seen.len());
        for (id, seq) in seen {
            let Some(room) = self.recoverable(&id, seq).await else { return false };
            rooms.push((room, seq));
        }
        for (room, seq) in &rooms {
            sink.resume_from(room.id(), *seq);
            room.audience().subscribe(sink, &self.member(), *seq);
            lock(&self.joined).push(room.clone());
        }
        // Who was removed from a room meanwhile was perhaps not in it for whoever carried that out.
        let stays = rooms.iter().all(|(room, _)| room.state().members.contains_key(&*self.caller.user));
        if !stays {
            self.end(sink);
        }
        stays
    }

    /// The room, if the caller is still a member and what was logged behind `seq` is little enough to be sent.
    async fn recoverable(&self, id: &RoomId, seq: u64) -> Option<Arc<Room>> {
        let room = self.rooms.find(id).await.ok()?;
        room.refresh().await;
        let state = room.state();
        let behind = state.rev.checked_sub(seq)?;
        let may = state.open && state.members.contains_key(&*self.caller.user) && behind <= MAX_BEHIND;
        (may && room.subscriber_count() < self.rooms.services().limits.connections).then_some(room)
    }

    /// The caller as a member.
    fn member(&self) -> MemberId {
        MemberId::from(&*self.caller.user)
    }

    fn rate(&self, take: impl FnOnce(&mut Rates, &RoomLimits) -> Result<(), std::time::Duration>, kind: &str) -> Result<(), Refusal> {
        take(&mut lock(&self.rates), &self.rooms.services().limits).map_err(|wait| Refusal::limited(kind, wait))
    }

    fn clock(&self, sent: ClientMessage, received: u64) {
        let t0 = sent.payload.get("t0").cloned().unwrap_or(Value::Null);
        (sent.answer)(json!({"t0": t0, "t1": received, "t2": self.rooms.services().clock.now_ms().max(received)}));
    }

    /// The joined room that a payload names, while this connection gets its events.
    fn room_of(&self, payload: &Value, sink: &Sink) -> Result<Arc<Room>, Refusal> {
        let id: RoomId = Fields::of(payload, &[])?.id("room")?;
        let room = lock(&self.joined).iter().find(|room| *room.id() == id).cloned();
        match room {
            Some(room) if room.audience().subscribers().member_of(sink).is_some() => Ok(room),
            Some(_) => {
                lock(&self.joined).retain(|room| *room.id() != id);
                Err(Refusal::not_in_room())
            }
            None => Err(Refusal::not_in_room()),
        }
    }

    /// The joined room that a payload names.
    fn joined_room(&self, payload: &Value) -> Result<Arc<Room>, Refusal> {
        let id: RoomId = Fields::of(payload, &[])?.id("room")?;
        lock(&self.joined).iter().find(|room| *room.id() == id).cloned().ok_or_else(Refusal::not_in_room)
    }

    fn role_in(&self, room: &Room) -> Result<MemberRole, Refusal> {
        room.state().members.get(&*self.caller.user).map(|member| member.role).ok_or_else(Refusal::not_in_room)
    }

    fn react(&self, payload: &Value, size: usize) -> Result<Map<String, Value>, Refusal> {
        let fields = Fields::of(payload, &[])?;
        let emoji = match fields.value("emoji") {
            Some(Value::String(emoji)) if is_emoji(emoji) => emoji,
            _ => return Err(fields.bad("emoji", "one emoji of at most 32 bytes")),
        };
        fields.id::<RoomId>("room")?;
        if size > MAX_TEXT {
            return Err(Refusal::new(Code::TooLarge, format!("at most {MAX_TEXT} bytes are taken")));
        }
        self.rate(|rates, limits| rates.reactions.take(limits.reactions), "reactions")?;
        let room = self.joined_room(payload)?;
        if self.role_in(&room)? == MemberRole::Screen {
            return Err(Refusal::forbidden("a screen cannot react"));
        }
        room.audience().react(&self.member(), emoji);
        Ok(done())
    }

    fn typing(&self, sink: &Sink, payload: &Value) -> Result<Map<String, Value>, Refusal> {
        Fields::of(payload, &[])?.id::<RoomId>("room")?;
        self.rate(|rates, limits| rates.reactions.take(limits.reactions), "messages")?;
        let room = self.joined_room(payload)?;
        if self.role_in(&room)? == MemberRole::Screen {
            return Err(Refusal::forbidden("a screen cannot type"));
        }
        room.audience().typing(&self.member(), sink);
        Ok(done())
    }

    fn screen_code(&self, payload: &Value) -> Result<Map<String, Value>, Refusal> {
        Fields::of(payload, &[])?.id::<RoomId>("room")?;
        self.rate(|rates, limits| rates.ops.take(limits.ops), "messages")?;
        let room = self.joined_room(payload)?;
        if self.role_in(&room)? != MemberRole::Screen {
            return Err(Refusal::forbidden("only screens get the check-in code"));
        }
        let (code, until) = room.document().screen_code(self.rooms.services().clock.now_ms());
        let mut answer = done();
        answer.insert("code".to_owned(), json!(code));
        answer.insert("until".to_owned(), json!(until));
        Ok(answer)
    }

    fn join(self: &Arc<ClientSession>, sink: &Sink, sent: ClientMessage) {
        if sent.size > MAX_TEXT {
            return answer(sent.answer, Err(Refusal::new(Code::TooLarge, format!("at most {MAX_TEXT} bytes are taken"))));
        }
        if let Err(refusal) = self.rate(|rates, limits| rates.joins.take(limits.ops), "joins") {
            return answer(sent.answer, Err(refusal));
        }
        self.queue(sink, Job::Join { sync: sent.name == "room:sync", payload: sent.payload, answer: sent.answer });
    }

    fn op(self: &Arc<ClientSession>, sink: &Sink, sent: ClientMessage) {
        let read = Op::read(&sent.name, &sent.payload, &sent.attachments, sent.size).and_then(|op| {
            self.rate(|rates, limits| rates.ops.take(limits.ops), "ops")?;
            match op.action {
                Action::Chat { .. } => self.rate(|rates, limits| rates.chat.take(limits.chat), "messages")?,
                Action::Picture { .. } => self.rate(|rates, limits| rates.pictures.take(limits.pictures), "pictures")?,
                _ => {}
            }
            let room = self.room_of(&sent.payload, sink)?;
            room.take_op().map_err(|wait| Refusal::limited("ops in this room", wait))?;
            Ok((room, op))
        });
        match read {
            Err(refusal) => answer(sent.answer, Err(refusal)),
            Ok((room, op)) if needs_lookup(&op.action) || lock(&self.queue).busy => {
                self.queue(sink, Job::Op { room, op: Box::new(op), answer: sent.answer });
            }
            Ok((room, op)) => self.submit(&room, op, Default::default(), sent.answer),
        }
    }

    fn submit(&self, room: &Arc<Room>, op: Op, lookups: Lookups, answer_to: AckSender) {
        let reply = Box::new(move |outcome| answer(answer_to, outcome));
        room.submit(Input::Op { actor: self.member(), op, lookups, reply });
    }

    fn queue(self: &Arc<ClientSession>, sink: &Sink, job: Job) {
        let start = {
            let mut queue = lock(&self.queue);
            queue.waiting.push_back(job);
            !std::mem::replace(&mut queue.busy, true)
        };
        if start {
            let (session, sink) = (self.clone(), sink.clone());
            tokio::spawn(async move { session.work(&sink).await });
        }
    }

    /// Works the lane off, one job after the other.
    async fn work(self: &Arc<ClientSession>, sink: &Sink) {
        loop {
            let job = {
                let mut queue = lock(&self.queue);
                match queue.waiting.pop_front() {
                    Some(job) => job,
                    None => {
                        queue.busy = false;
                        return;
                    }
                }
            };
            match job {
                Job::Join { sync, payload, answer: to } => {
                    if let Err((refusal, to)) = self.enter(sink, sync, &payload, to).await {
                        answer(to, Err(refusal));
                    }
                }
                Job::Op { room, op, answer: to } => match look_up(&room, &self.caller.user, &op).await {
                    Ok(lookups) => self.submit(&room, *op, lookups, to),
                    Err(refusal) => answer(to, Err(refusal)),
                },
            }
        }
    }

    /// Joins a room, or asks what was missed; done once it is answered.
    async fn enter(self: &Arc<ClientSession>, sink: &Sink, sync: bool, payload: &Value, to: AckSender) -> Result<(), (Refusal, AckSender)> {
        let request = match JoinRequest::read(&self.caller, payload, sync) {
            Ok(request) => request,
            Err(refusal) => return Err((refusal, to)),
        };
        let room = match self.resolve_room(payload).await {
            Ok(room) => room,
            Err(refusal) => return Err((refusal, to)),
        };
        if !sync {
            let mut joined = lock(&self.joined);
            joined.retain(|other| other.id() == room.id() || other.audience().subscribers().member_of(sink).is_some());
            if joined.iter().all(|other| other.id() != room.id()) && joined.len() >= self.rooms.services().limits.rooms_of_connection {
                drop(joined);
                let message = format!("one connection may be in at most {} rooms", self.rooms.services().limits.rooms_of_connection);
                return Err((Refusal::new(Code::RoomFull, message), to));
            }
        }
        let (told, heard) = tokio::sync::oneshot::channel();
        let (session, entered) = (self.clone(), room.clone());
        let reply = Box::new(move |outcome: Result<Map<String, Value>, Refusal>| {
            if outcome.is_ok() && !sync {
                let mut joined = lock(&session.joined);
                if joined.iter().all(|other| other.id() != entered.id()) {
                    joined.push(entered);
                }
            }
            answer(to, outcome);
            let _ = told.send(());
        });
        room.submit(Input::Join(JoinRequest { sink: Some(sink.clone()), reply, ..request }));
        let _ = heard.await;
        if !sink.is_connected() {
            room.unsubscribe(sink);
        }
        Ok(())
    }

    /// The room that a payload names by id or code.
    async fn resolve_room(&self, payload: &Value) -> Result<Arc<Room>, Refusal> {
        let fields = Fields::of(payload, &[])?;
        if let Some(id) = fields.id_if_given::<RoomId>("room")? {
            return self.rooms.find(&id).await;
        }
        let code = fields.text("code", 1, 32).map_err(|_| Refusal::bad("`room` or `code` is missing: give the room's id or its code"))?;
        self.rate(|rates, limits| rates.wrong_codes.take(limits.wrong_codes), "wrong codes")?;
        let id = self.rooms.id_of_code(&code).await?;
        lock(&self.rates).wrong_codes.give_back();
        self.rooms.find(&id).await
    }
}

fn done() -> Map<String, Value> {
    Map::from_iter([("ok".to_owned(), json!(true))])
}

fn answer(to: AckSender, outcome: Result<Map<String, Value>, Refusal>) {
    to(acked(outcome));
}

/// An ack as it stands on the wire.
pub(crate) fn acked(outcome: Result<Map<String, Value>, Refusal>) -> Value {
    match outcome {
        Ok(answer) => Value::Object(answer),
        Err(refusal) => {
            let mut ack = json!({"ok": false, "error": refusal.error()});
            if let Some(rev) = refusal.more.get("rev") {
                ack["rev"] = rev.clone();
            }
            ack
        }
    }
}
