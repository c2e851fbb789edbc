//! A connected device and what it sends: rates, membership, and a lane that keeps its ops in the order they were sent
//! even when one of them has to be looked up first. The same for sockets and plain streams.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::arrive::Arrival;
use super::desk::{find_facts, needs_facts};
use super::event::{Id, Role};
use super::limits::{Bucket, Limits};
use super::live::{Input, Live};
use super::op::{Ask, NAMES, Op, TEXT, unknown};
use super::outlet::Outlet;
use super::payload::{Fields, is_emoji};
use super::refusal::{Code, Refusal};
use super::registry::Rooms;
use crate::accounts::Caller;

/// Takes the answer to a message.
pub(crate) type Answer = Box<dyn FnOnce(Value) + Send + Sync>;

/// One message of a device.
pub(crate) struct Sent {
    /// The event's name.
    pub(crate) name: String,
    /// Its payload; null when there is none.
    pub(crate) payload: Value,
    /// Its binary parts.
    pub(crate) attachments: Vec<Bytes>,
    /// Bytes of its text.
    pub(crate) size: usize,
    /// How it is answered.
    pub(crate) answer: Answer,
}

/// A connected device.
pub(crate) struct Device {
    rooms: Arc<Rooms>,
    caller: Caller,
    joined: Mutex<Vec<Arc<Live>>>,
    rates: Mutex<Rates>,
    lane: Mutex<Lane>,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Job>,
    busy: bool,
}

enum Job {
    Join { sync: bool, payload: Value, answer: Answer },
    Op { live: Arc<Live>, op: Box<Op>, answer: Answer },
}

struct Rates {
    /// Joins have the rate of ops, and take nothing from them: who has just come may act at once.
    joins: Bucket,
    /// Joins by a code that no room has.
    wrong_codes: Bucket,
    ops: Bucket,
    chat: Bucket,
    reactions: Bucket,
    pictures: Bucket,
}

impl Rates {
    fn full(limits: &Limits) -> Rates {
        Rates {
            joins: Bucket::full(limits.ops),
            wrong_codes: Bucket::full(limits.wrong_codes),
            ops: Bucket::full(limits.ops),
            chat: Bucket::full(limits.chat),
            reactions: Bucket::full(limits.reactions),
            pictures: Bucket::full(limits.pictures),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Device {
    pub(crate) fn new(rooms: Arc<Rooms>, caller: Caller) -> Device {
        let rates = Mutex::new(Rates::full(&rooms.services.limits));
        Device { rooms, caller, joined: Mutex::default(), rates, lane: Mutex::default() }
    }

    /// Takes a message. `outlet` is this device.
    pub(crate) fn take(self: &Arc<Device>, outlet: &Outlet, sent: Sent) {
        let received = self.rooms.services.now();
        match &*sent.name {
            "clock:ping" => self.clock(sent, received),
            "reaction:send" => answer(sent.answer, self.react(&sent.payload, sent.size)),
            "chat:typing" => answer(sent.answer, self.typing(outlet, &sent.payload)),
            "screen:code" => answer(sent.answer, self.screen_code(&sent.payload)),
            "room:join" | "room:sync" => self.join(outlet, sent),
            name if NAMES.contains(&name) => self.op(outlet, sent),
            name => {
                let refusal = self.rate(|rates, limits| rates.ops.take(limits.ops), "messages").err().unwrap_or_else(|| unknown(name));
                answer(sent.answer, Err(refusal));
            }
        }
    }

    /// The device has drained after it was behind.
    pub(crate) fn drained(&self, outlet: &Outlet) {
        let joined = lock(&self.joined).clone();
        joined.iter().for_each(|live| live.catch_up(outlet.clone()));
    }

    /// The device is gone.
    pub(crate) fn end(&self, outlet: &Outlet) {
        let joined = std::mem::take(&mut *lock(&self.joined));
        joined.iter().for_each(|live| live.unseat(outlet));
    }

    fn rate(&self, take: impl FnOnce(&mut Rates, &Limits) -> Result<(), std::time::Duration>, what: &str) -> Result<(), Refusal> {
        take(&mut lock(&self.rates), &self.rooms.services.limits).map_err(|wait| Refusal::limited(what, wait))
    }

    fn clock(&self, sent: Sent, received: u64) {
        let t0 = sent.payload.get("t0").cloned().unwrap_or(Value::Null);
        (sent.answer)(json!({"t0": t0, "t1": received, "t2": self.rooms.services.now().max(received)}));
    }

    /// The joined room that a payload names.
    fn room_of(&self, payload: &Value, outlet: &Outlet) -> Result<Arc<Live>, Refusal> {
        let id = Fields::of(payload, &[])?.id("room")?;
        let live = lock(&self.joined).iter().find(|live| live.id == id).cloned();
        match live {
            Some(live) if live.seats().member_of(outlet).is_some() => Ok(live),
            Some(_) => {
                lock(&self.joined).retain(|live| live.id != id);
                Err(not_in())
            }
            None => Err(not_in()),
        }
    }

    fn known(&self, payload: &Value) -> Result<Arc<Live>, Refusal> {
        let id = Fields::of(payload, &[])?.id("room")?;
        lock(&self.joined).iter().find(|live| live.id == id).cloned().ok_or_else(not_in)
    }

    fn role_in(&self, live: &Live) -> Result<Role, Refusal> {
        live.state().members.get(&*self.caller.user).map(|member| member.role).ok_or_else(not_in)
    }

    fn react(&self, payload: &Value, size: usize) -> Result<Map<String, Value>, Refusal> {
        let fields = Fields::of(payload, &[])?;
        let emoji = match fields.value("emoji") {
            Some(Value::String(emoji)) if is_emoji(emoji) => emoji,
            _ => return Err(fields.bad("emoji", "one emoji of at most 32 bytes")),
        };
        fields.id("room")?;
        if size > TEXT {
            return Err(Refusal::new(Code::TooLarge, format!("at most {TEXT} bytes are taken")));
        }
        self.rate(|rates, limits| rates.reactions.take(limits.reactions), "reactions")?;
        let live = self.known(payload)?;
        if self.role_in(&live)? == Role::Screen {
            return Err(Refusal::forbidden("a screen does not react"));
        }
        live.react(&Id::from(&*self.caller.user), emoji);
        Ok(done())
    }

    fn typing(&self, outlet: &Outlet, payload: &Value) -> Result<Map<String, Value>, Refusal> {
        Fields::of(payload, &[])?.id("room")?;
        self.rate(|rates, limits| rates.reactions.take(limits.reactions), "messages")?;
        let live = self.known(payload)?;
        if self.role_in(&live)? == Role::Screen {
            return Err(Refusal::forbidden("a screen does not type"));
        }
        live.typing(&Id::from(&*self.caller.user), outlet);
        Ok(done())
    }

    fn screen_code(&self, payload: &Value) -> Result<Map<String, Value>, Refusal> {
        Fields::of(payload, &[])?.id("room")?;
        self.rate(|rates, limits| rates.ops.take(limits.ops), "messages")?;
        let live = self.known(payload)?;
        if self.role_in(&live)? != Role::Screen {
            return Err(Refusal::forbidden("the code is shown by screens only"));
        }
        let (code, until) = live.meta().screen_code(live.now());
        let mut answer = done();
        answer.insert("code".to_owned(), json!(code));
        answer.insert("until".to_owned(), json!(until));
        Ok(answer)
    }

    fn join(self: &Arc<Device>, outlet: &Outlet, sent: Sent) {
        if sent.size > TEXT {
            return answer(sent.answer, Err(Refusal::new(Code::TooLarge, format!("at most {TEXT} bytes are taken"))));
        }
        if let Err(refusal) = self.rate(|rates, limits| rates.joins.take(limits.ops), "joins") {
            return answer(sent.answer, Err(refusal));
        }
        self.queue(outlet, Job::Join { sync: sent.name == "room:sync", payload: sent.payload, answer: sent.answer });
    }

    fn op(self: &Arc<Device>, outlet: &Outlet, sent: Sent) {
        let read = Op::read(&sent.name, &sent.payload, &sent.attachments, sent.size).and_then(|op| {
            self.rate(|rates, limits| rates.ops.take(limits.ops), "ops")?;
            match op.ask {
                Ask::Chat { .. } => self.rate(|rates, limits| rates.chat.take(limits.chat), "messages")?,
                Ask::Picture { .. } => self.rate(|rates, limits| rates.pictures.take(limits.pictures), "pictures")?,
                _ => {}
            }
            let live = self.room_of(&sent.payload, outlet)?;
            live.within_budget().map_err(|wait| Refusal::limited("ops in this room", wait))?;
            Ok((live, op))
        });
        match read {
            Err(refusal) => answer(sent.answer, Err(refusal)),
            Ok((live, op)) if needs_facts(&op.ask) || lock(&self.lane).busy => {
                self.queue(outlet, Job::Op { live, op: Box::new(op), answer: sent.answer });
            }
            Ok((live, op)) => self.hand_in(&live, op, Default::default(), sent.answer),
        }
    }

    fn hand_in(&self, live: &Arc<Live>, op: Op, facts: super::decide::Facts, answer_to: Answer) {
        let reply = Box::new(move |outcome| answer(answer_to, outcome));
        live.hand_in(Input::Op { actor: Id::from(&*self.caller.user), op, facts, reply });
    }

    fn queue(self: &Arc<Device>, outlet: &Outlet, job: Job) {
        let start = {
            let mut lane = lock(&self.lane);
            lane.waiting.push_back(job);
            !std::mem::replace(&mut lane.busy, true)
        };
        if start {
            let (device, outlet) = (self.clone(), outlet.clone());
            tokio::spawn(async move { device.work(&outlet).await });
        }
    }

    /// Works the lane off, one job after the other.
    async fn work(self: &Arc<Device>, outlet: &Outlet) {
        loop {
            let job = {
                let mut lane = lock(&self.lane);
                match lane.waiting.pop_front() {
                    Some(job) => job,
                    None => {
                        lane.busy = false;
                        return;
                    }
                }
            };
            match job {
                Job::Join { sync, payload, answer: to } => {
                    if let Err((refusal, to)) = self.enter(outlet, sync, &payload, to).await {
                        answer(to, Err(refusal));
                    }
                }
                Job::Op { live, op, answer: to } => match find_facts(&self.rooms, &live, &self.caller.user, &op).await {
                    Ok(facts) => self.hand_in(&live, *op, facts, to),
                    Err(refusal) => answer(to, Err(refusal)),
                },
            }
        }
    }

    /// Brings the device into a room; done once it is answered.
    async fn enter(self: &Arc<Device>, outlet: &Outlet, sync: bool, payload: &Value, to: Answer) -> Result<(), (Refusal, Answer)> {
        let arrival = match self.arrival(payload, sync) {
            Ok(arrival) => arrival,
            Err(refusal) => return Err((refusal, to)),
        };
        let live = match self.door(payload).await {
            Ok(live) => live,
            Err(refusal) => return Err((refusal, to)),
        };
        if !sync {
            let mut joined = lock(&self.joined);
            joined.retain(|other| other.id == live.id || other.seats().member_of(outlet).is_some());
            if joined.iter().all(|other| other.id != live.id) && joined.len() >= self.rooms.services.limits.of_device {
                drop(joined);
                let message = format!("a device is in at most {} rooms", self.rooms.services.limits.of_device);
                return Err((Refusal::new(Code::RoomFull, message), to));
            }
        }
        let (told, heard) = tokio::sync::oneshot::channel();
        let (device, entered) = (self.clone(), live.clone());
        let reply = Box::new(move |outcome: Result<Map<String, Value>, Refusal>| {
            if outcome.is_ok() && !sync {
                let mut joined = lock(&device.joined);
                if joined.iter().all(|other| other.id != entered.id) {
                    joined.push(entered);
                }
            }
            answer(to, outcome);
            let _ = told.send(());
        });
        live.hand_in(Input::Join(Arrival { outlet: Some(outlet.clone()), reply, ..arrival }));
        let _ = heard.await;
        if !self.is_there(outlet) {
            live.unseat(outlet);
        }
        Ok(())
    }

    fn is_there(&self, outlet: &Outlet) -> bool {
        match outlet {
            Outlet::Socket(socket) => socket.is_connected(),
            Outlet::Stream(stream) => !stream.is_closed(),
        }
    }

    /// The room that a payload names by id or code.
    async fn door(&self, payload: &Value) -> Result<Arc<Live>, Refusal> {
        let fields = Fields::of(payload, &[])?;
        if let Some(id) = fields.id_if_given("room")? {
            return self.rooms.find(&id).await;
        }
        let code = fields.text("code", 1, 32).map_err(|_| Refusal::bad("`room` or `code` is missing; one names the room"))?;
        self.rate(|rates, limits| rates.wrong_codes.take(limits.wrong_codes), "wrong codes")?;
        let id = self.rooms.id_of_code(&code).await?;
        lock(&self.rates).wrong_codes.give_back();
        self.rooms.find(&id).await
    }

    fn arrival(&self, payload: &Value, sync: bool) -> Result<Arrival, Refusal> {
        arrival(&self.caller, payload, sync)
    }
}

/// Reads the payload of a join or a sync.
pub(super) fn arrival(caller: &Caller, payload: &Value, sync: bool) -> Result<Arrival, Refusal> {
    let fields = Fields::of(payload, &[])?;
    let name = fields.text_if_given("name", 1, 40)?;
    Ok(Arrival {
        user: caller.user.as_str().into(),
        name: name.unwrap_or_else(|| caller.name.clone()),
        device: caller.device.clone(),
        screen_of: caller.screen_of.as_deref().map(Id::from),
        taste: fields.vector_if_given("taste", 2, 512)?,
        since: if sync { Some(fields.whole("since", 0, u64::MAX)?) } else { fields.whole_if_given("since", 0, u64::MAX)? },
        op: fields.id("op")?,
        if_rev: fields.whole_if_given("ifRev", 0, u64::MAX)?,
        outlet: None,
        sync,
        reply: Box::new(drop),
    })
}

fn not_in() -> Refusal {
    Refusal::new(Code::NotInRoom, "join the room first")
}

fn done() -> Map<String, Value> {
    Map::from_iter([("ok".to_owned(), json!(true))])
}

fn answer(to: Answer, outcome: Result<Map<String, Value>, Refusal>) {
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
