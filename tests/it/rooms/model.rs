//! What a room is by the contract alone: an own fold of the log, written from sections 6 and 8 of the specification and
//! sharing nothing with the server. It is strict: an event that makes no sense on what came before is an error.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

const HISTORY: usize = 50;
const CHAT: usize = 100;
const PICTURES: usize = 50;

/// Somebody in the room.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) role: String,
}

/// A song that waits.
#[derive(Clone, Debug)]
pub(super) struct Song {
    pub(super) item: String,
    pub(super) song: Value,
    pub(super) by: String,
    note: Value,
    added: u64,
    scored: u64,
    /// 1 for up, -1 for down.
    pub(super) votes: BTreeMap<String, i64>,
    pub(super) vetoes: BTreeSet<String>,
    /// Index, and the number of the move.
    pin: Option<(usize, u64)>,
}

/// What plays.
#[derive(Clone, Debug)]
pub(super) struct Now {
    pub(super) item: String,
    pub(super) song: Value,
    by: String,
    state: String,
    position: u64,
    at: u64,
    started: u64,
    pub(super) skips: BTreeSet<String>,
}

/// A room at one revision.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) rev: u64,
    pub(super) ts: u64,
    name: String,
    pub(super) open: bool,
    host: String,
    pub(super) settings: Map<String, Value>,
    /// In the order they joined.
    pub(super) members: Vec<Member>,
    pub(super) queue: Vec<Song>,
    pub(super) now: Option<Now>,
    history: Vec<Value>,
    chat: Vec<Value>,
    pictures: Vec<Value>,
    pub(super) bans: BTreeMap<String, Value>,
    turns: BTreeMap<String, u64>,
    pub(super) vetoes: BTreeMap<String, u64>,
    checked_in: BTreeMap<String, u64>,
}

impl Song {
    pub(super) fn score(&self) -> i64 {
        self.votes.values().sum()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn keep(list: &mut Vec<Value>, value: Value, most: usize) {
    list.push(value);
    if list.len() > most {
        list.remove(0);
    }
}

impl Model {
    pub(super) fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    pub(super) fn song(&self, item: &str) -> Option<&Song> {
        self.queue.iter().find(|song| song.item == item)
    }

    pub(super) fn flag(&self, setting: &str) -> bool {
        self.settings[setting].as_bool().expect("a setting that is true or false")
    }

    pub(super) fn number(&self, setting: &str) -> u64 {
        self.settings[setting].as_u64().expect("a setting that is a number")
    }

    pub(super) fn is_checked_in(&self, member: &str, at: u64) -> bool {
        self.checked_in.get(member).is_some_and(|until| *until > at)
    }

    /// The state after one more event.
    pub(super) fn apply(&mut self, event: &Value) -> Result<(), String> {
        let (seq, ts) = (event["seq"].as_u64().unwrap_or(0), event["ts"].as_u64().unwrap_or(0));
        if seq != self.rev + 1 || ts < self.ts {
            return Err(format!("behind {} at {} comes {event}", self.rev, self.ts));
        }
        (self.rev, self.ts) = (seq, ts);
        let (by, data) = (text(&event["by"]), &event["data"]);
        let kind = text(&event["type"]);
        let area = kind.split('.').next().unwrap_or_default();
        let sound = match area {
            "room" => self.room(&kind, data),
            "member" => self.users(&kind, data),
            "chat" | "picture" => self.talk(&kind, &by, event),
            "play" | "skip" => self.run_until_over(&kind, &by, data),
            "song" => self.songs(&kind, &by, data),
            "autopilot" => Some(()),
            _ => None,
        };
        sound.ok_or_else(|| format!("an event that makes no sense here: {event}"))
    }

    fn room(&mut self, kind: &str, data: &Value) -> Option<()> {
        match kind {
            "room.created" => {
                self.open = true;
                self.name = text(&data["name"]);
                self.host = text(&data["host"]);
                self.settings = data["settings"].as_object()?.clone();
                self.members.push(Member { id: self.host.clone(), name: text(&data["hostName"]), role: "host".to_owned() });
            }
            "room.settings" => {
                if let Some(name) = data["name"].as_str() {
                    self.name = name.to_owned();
                }
                for (setting, value) in data["settings"].as_object()? {
                    *self.settings.get_mut(setting)? = value.clone();
                }
            }
            "room.closed" => self.open = false,
            _ => return None,
        }
        Some(())
    }

    fn users(&mut self, kind: &str, data: &Value) -> Option<()> {
        let id = text(&data["member"]);
        match kind {
            "member.joined" if self.member(&id).is_none() && !self.bans.contains_key(&id) => {
                self.members.push(Member { id, name: text(&data["name"]), role: text(&data["role"]) });
            }
            "member.left" => {
                self.member(&id)?;
                self.leave(&id);
            }
            "member.role" => {
                self.member(&id)?;
                if data["role"] == "host" {
                    let old = std::mem::replace(&mut self.host, id.clone());
                    self.members.iter_mut().filter(|member| member.id == old).for_each(|member| member.role = "cohost".to_owned());
                }
                self.members.iter_mut().filter(|member| member.id == id).for_each(|member| member.role = text(&data["role"]));
            }
            "member.banned" => {
                let name = self.member(&id).map(|member| member.name.clone()).unwrap_or_default();
                self.bans.insert(id.clone(), json!({"id": id, "name": name, "reason": data["reason"]}));
                self.leave(&id);
            }
            "member.unbanned" => drop(self.bans.remove(&id)?),
            "member.checkedin" => drop(self.checked_in.insert(id, data["until"].as_u64()?)),
            _ => return None,
        }
        Some(())
    }

    /// His songs stay; his votes on what waits do not count any more.
    fn leave(&mut self, id: &str) {
        self.members.retain(|member| member.id != id);
        for song in &mut self.queue {
            if song.votes.remove(id).is_some() {
                song.scored = self.rev;
            }
        }
        if let Some(now) = &mut self.now {
            now.skips.remove(id);
        }
    }

    fn talk(&mut self, kind: &str, by: &str, event: &Value) -> Option<()> {
        let data = &event["data"];
        match kind {
            "chat.message" => {
                let message =
                    json!({"by": by, "deleted": false, "replyTo": data["replyTo"], "seq": self.rev, "text": data["text"], "ts": self.ts});
                keep(&mut self.chat, message, CHAT);
            }
            "chat.deleted" => {
                for message in self.chat.iter_mut().filter(|message| message["seq"] == data["seq"]) {
                    (message["deleted"], message["text"]) = (json!(true), json!(""));
                }
            }
            "picture.shared" => {
                let mut picture = json!({"by": by, "ts": self.ts});
                for field in ["caption", "mime", "picture", "url"] {
                    picture[field] = data[field].clone();
                }
                keep(&mut self.pictures, picture, PICTURES);
            }
            "picture.deleted" => self.pictures.retain(|picture| picture["picture"] != data["picture"]),
            _ => return None,
        }
        Some(())
    }

    fn run_until_over(&mut self, kind: &str, by: &str, data: &Value) -> Option<()> {
        let item = text(&data["item"]);
        if kind == "play.started" {
            return self.start(item, by, data);
        }
        let ts = self.ts;
        let now = self.now.as_mut().filter(|now| now.item == item)?;
        match kind {
            "play.state" => {
                (now.at, now.position) = (data["atMs"].as_u64()?, data["positionMs"].as_u64()?);
                now.state = text(&data["state"]);
            }
            "skip.voted" => {
                now.skips.insert(by.to_owned()).then_some(())?;
            }
            "play.ended" => {
                let now = self.now.take()?;
                let played = now.position + if now.state == "playing" { ts.saturating_sub(now.at) } else { 0 };
                let cut = matches!(data["reason"].as_str()?, "skipped" | "voted" | "veto");
                if cut && played < 30_000 && now.by != "server" {
                    *self.turns.get_mut(&now.by)? -= 1;
                }
                let (by, item, song, reason) = (&now.by, &now.item, &now.song, &data["reason"]);
                let ended = json!({"by": by, "endedMs": ts, "item": item, "reason": reason, "song": song, "startedMs": now.started});
                keep(&mut self.history, ended, HISTORY);
            }
            _ => return None,
        }
        Some(())
    }

    /// A song that plays already has to end first. One that was heard need not have been in the queue.
    fn start(&mut self, item: String, by: &str, data: &Value) -> Option<()> {
        self.now.is_none().then_some(())?;
        let by = self.take(&item).map_or_else(|| by.to_owned(), |song| song.by);
        if by != "server" {
            *self.turns.entry(by.clone()).or_default() += 1;
        }
        let at = data["atMs"].as_u64()?;
        let song = data["song"].clone();
        let state = "playing".to_owned();
        self.now = Some(Now { item, song, by, state, position: 0, at, started: at, skips: BTreeSet::new() });
        Some(())
    }

    fn songs(&mut self, kind: &str, by: &str, data: &Value) -> Option<()> {
        let (item, seq) = (text(&data["item"]), self.rev);
        let guest = self.member(by).is_some_and(|member| member.role == "guest");
        match kind {
            "song.added" => {
                self.song(&item).is_none().then_some(())?;
                let votes = if by == "server" { BTreeMap::new() } else { BTreeMap::from([(by.to_owned(), 1)]) };
                let (song, by, note) = (data["song"].clone(), by.to_owned(), data["note"].clone());
                self.queue.push(Song { item, song, by, note, added: seq, scored: seq, votes, vetoes: BTreeSet::new(), pin: None });
            }
            "song.removed" => drop(self.take(&item)?),
            "song.detected" => {}
            _ => {
                let song = self.queue.iter_mut().find(|song| song.item == item)?;
                match kind {
                    "song.moved" => song.pin = Some((data["to"].as_u64()? as usize, seq)),
                    "song.voted" => {
                        let before = song.score();
                        match data["vote"].as_str()? {
                            "up" => song.votes.insert(by.to_owned(), 1),
                            "down" => song.votes.insert(by.to_owned(), -1),
                            _ => song.votes.remove(by),
                        };
                        if song.score() != before {
                            song.scored = seq;
                        }
                    }
                    "song.vetoed" => {
                        song.vetoes.insert(by.to_owned()).then_some(())?;
                        if guest {
                            *self.vetoes.entry(by.to_owned()).or_default() += 1;
                        }
                    }
                    _ => return None,
                }
            }
        }
        Some(())
    }

    /// Takes a song out of the queue. The contract leaves open what becomes of pins behind it: they move up with the others.
    fn take(&mut self, item: &str) -> Option<Song> {
        let order = self.order();
        let place = order.iter().position(|id| id == item)?;
        for song in self.queue.iter_mut().filter(|song| order[place + 1..].contains(&song.item)) {
            if let Some((index, _)) = &mut song.pin {
                *index = index.saturating_sub(1);
            }
        }
        let at = self.queue.iter().position(|song| song.item == item)?;
        Some(self.queue.remove(at))
    }

    /// The ids of the queue in the order they will play.
    pub(super) fn order(&self) -> Vec<String> {
        let rounds = self.rounds();
        let mut free: Vec<&Song> = self.queue.iter().filter(|song| song.pin.is_none()).collect();
        match self.settings.get("order").and_then(Value::as_str) {
            Some("fifo") => free.sort_by_key(|song| song.added),
            Some("votes") => free.sort_by_key(|song| (Reverse(song.score()), song.scored, song.added)),
            _ => free.sort_by_key(|song| (song.by == "server", rounds[&song.item], Reverse(song.score()), song.scored, song.added)),
        }
        let mut pinned: Vec<(usize, Reverse<u64>, &str)> =
            self.queue.iter().filter_map(|song| song.pin.map(|(index, seq)| (index, Reverse(seq), &*song.item))).collect();
        pinned.sort();
        // From the end: the last pin stands at the last place at most, the one before it at least one before that.
        let length = self.queue.len();
        let most = |nth: usize| length - (pinned.len() - nth);
        let mut places: Vec<Option<&str>> = vec![None; length];
        let mut from = 0;
        for (nth, (index, _, item)) in pinned.iter().enumerate() {
            let at = (*index).max(from).min(most(nth));
            places[at] = Some(item);
            from = at + 1;
        }
        let mut free = free.into_iter();
        places.into_iter().filter_map(|place| place.or_else(|| free.next().map(|song| &*song.item))).map(str::to_owned).collect()
    }

    /// The round of each song: the k-th of a member has max(turns, T - 1) + k.
    fn rounds(&self) -> BTreeMap<String, u64> {
        let turns = |member: &str| self.turns.get(member).copied().unwrap_or(0);
        let most = self.members.iter().map(|member| turns(&member.id)).max().unwrap_or(0);
        let mut rounds = BTreeMap::new();
        for song in &self.queue {
            let before = |other: &&Song| other.by == song.by && (Reverse(other.score()), other.added) < (Reverse(song.score()), song.added);
            let k = self.queue.iter().filter(before).count() as u64;
            rounds.insert(song.item.clone(), turns(&song.by).max(most.saturating_sub(1)) + k);
        }
        rounds
    }

    /// The state as a member of a role is told it, without who is online.
    pub(super) fn view(&self, role: &str) -> Value {
        let members = self.members.iter().map(|member| {
            let until = self.checked_in.get(&member.id).filter(|until| **until > self.ts);
            let vetoes = self.vetoes.get(&member.id).copied().unwrap_or(0);
            json!({"checkedIn": until.is_some(), "checkedInUntil": until, "id": member.id, "name": member.name, "role": member.role, "vetoes": vetoes})
        });
        let queue = self.order().into_iter().filter_map(|item| self.song(&item).map(view_of_song));
        let now = self.now.as_ref().map(|now| {
            json!({
                "atMs": now.at, "by": now.by, "item": now.item, "positionMs": now.position, "skips": now.skips, "song": now.song,
                "startedMs": now.started, "state": now.state,
            })
        });
        let mut view = json!({
            "chat": self.chat, "history": self.history, "members": members.collect::<Vec<_>>(), "name": self.name, "now": now,
            "open": self.open, "pictures": self.pictures, "queue": queue.collect::<Vec<_>>(), "rev": self.rev,
            "settings": self.settings, "turns": self.turns,
        });
        if matches!(role, "host" | "cohost") {
            view["bans"] = self.bans.values().cloned().collect();
        }
        view
    }
}

fn view_of_song(song: &Song) -> Value {
    let count = |one: i64| song.votes.values().filter(|vote| **vote == one).count();
    let words: BTreeMap<&String, &str> = song.votes.iter().map(|(id, vote)| (id, if *vote > 0 { "up" } else { "down" })).collect();
    json!({
        "addedSeq": song.added, "by": song.by, "down": count(-1), "item": song.item, "note": song.note, "pin": song.pin.map(|pin| pin.0), "pinned": song.pin.is_some(),
        "score": song.score(), "scoreSeq": song.scored, "song": song.song, "up": count(1), "vetoes": song.vetoes, "votes": words,
    })
}
