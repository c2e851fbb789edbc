//! Who may do what, from section 6 of the specification: whether an event of the log was allowed on the state before it,
//! and whether a refusal can be explained by a state.

use serde_json::Value;

use super::model::Model;

/// The op of each event that members cause themselves.
fn op_of(kind: &str, data: &Value) -> Option<&'static str> {
    Some(match kind {
        "song.added" => "song:add",
        "song.removed" => "song:remove",
        "song.moved" => "song:move",
        "song.voted" => "song:vote",
        "song.vetoed" => "song:veto",
        "song.detected" => "song:detected",
        "skip.voted" => "skip:vote",
        "play.started" => "play:start",
        "play.ended" if data["reason"] == "skipped" => "play:skip",
        "play.ended" if data["reason"] == "finished" => "play:ended",
        "play.state" => "play:seek",
        "chat.message" => "chat:send",
        "chat.deleted" => "chat:delete",
        "picture.shared" => "picture:share",
        "picture.deleted" => "picture:delete",
        "member.joined" => "room:join",
        "member.left" if data["reason"] == "kicked" => "member:kick",
        "member.left" if data["reason"] == "left" => "room:leave",
        "member.role" => "member:role",
        "member.banned" => "member:ban",
        "member.unbanned" => "member:unban",
        "member.checkedin" => "presence:checkin",
        "room.settings" => "room:settings",
        "autopilot.picked" => "autopilot:next",
        _ => return None,
    })
}

/// Names of ops under which an event of this type and data may be acked.
pub(super) fn fits(op: &str, event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    match op {
        "play:pause" | "play:resume" | "play:seek" => kind == "play.state",
        _ => op_of(kind, &event["data"]) == Some(op),
    }
}

/// Whether a role may, whatever the state but the settings.
fn may(model: &Model, role: &str, op: &str) -> bool {
    let (host, cohost, guest, screen) = (role == "host", role == "cohost", role == "guest", role == "screen");
    match op {
        "room:join" | "room:leave" => true,
        "song:add" => host || cohost || guest && model.flag("guestsAdd"),
        "song:move" => host || cohost || guest && model.flag("guestsMove"),
        "song:remove" | "song:vote" | "song:veto" | "skip:vote" | "chat:send" | "chat:delete" | "picture:share" | "picture:delete"
        | "presence:checkin" => !screen,
        "play:skip" | "member:role" | "member:kick" => host || cohost,
        "play:start" | "play:pause" | "play:resume" | "play:seek" | "play:ended" | "song:detected" | "autopilot:next" => !guest,
        "member:ban" | "member:unban" | "room:settings" => host,
        _ => panic!("no rule for {op}"),
    }
}

/// Checks that a logged event was allowed on the state before it.
pub(super) fn allowed(model: &Model, event: &Value) -> Result<(), String> {
    let (by, data) = (event["by"].as_str().unwrap_or_default(), &event["data"]);
    let kind = event["type"].as_str().unwrap_or_default();
    if kind == "room.created" || by == "server" {
        return if event["op"].is_null() || kind == "room.created" { Ok(()) } else { Err(format!("the server has no ops: {event}")) };
    }
    let send_malformed = |why: &str| Err(format!("{why}: {event}"));
    let Some(op) = op_of(kind, data) else { return send_malformed("not an event of a member") };
    if op == "room:join" {
        return if data["member"] == by && !model.bans.contains_key(by) { Ok(()) } else { send_malformed("not his to join") };
    }
    let Some(member) = model.member(by) else { return send_malformed("of nobody in the room") };
    if !may(model, &member.role, op) {
        return send_malformed(&format!("a {} did it", member.role));
    }
    let song = data["item"].as_str().and_then(|item| model.song(item));
    let other = data["member"].as_str().and_then(|id| model.member(id));
    let fine = match op {
        "song:add" => add_fits(model, by, &data["song"]),
        "song:remove" => song.is_some_and(|song| member.role != "guest" || song.by == by),
        "song:vote" => song.is_some() && is_here(model, by, event["ts"].as_u64().unwrap_or(0)),
        "song:veto" => member.role != "guest" || model.vetoes.get(by).copied().unwrap_or(0) < model.number("vetoesPerMember"),
        "chat:send" => model.flag("chat"),
        "picture:share" => model.flag("pictures"),
        "member:kick" => other.is_some_and(|other| other.role != "host" && (member.role == "host" || other.role != "cohost")),
        "member:ban" => other.is_none_or(|other| other.role != "host"),
        "member:role" if member.role == "cohost" => {
            let role = data["role"].as_str().unwrap_or_default();
            other.is_some_and(|other| matches!((&*other.role, role), ("guest", "screen") | ("screen", "guest")))
        }
        _ => true,
    };
    if fine { Ok(()) } else { send_malformed("against the rules") }
}

fn is_here(model: &Model, by: &str, at: u64) -> bool {
    !model.flag("requireCheckin") || model.is_checked_in(by, at)
}

fn add_fits(model: &Model, by: &str, song: &Value) -> bool {
    let own = model.queue.iter().filter(|queued| queued.by == by).count() as u64;
    let twice = model.queue.iter().any(|queued| queued.song["id"] == song["id"]);
    (model.flag("explicit") || song["explicit"] != true)
        && (model.flag("allowDuplicates") || !twice)
        && (model.queue.len() as u64) < model.number("maxQueue")
        && own < model.number("maxPerMember")
}

/// Whether the server itself has to act on this state before anything else is logged, whoever is online: a song is voted
/// out, vetoed by enough guests, or skipped by enough, or the music has stopped. `played` says whether something played
/// before.
pub(super) fn due(model: &Model, played: bool) -> Option<String> {
    let users = model.members.iter().filter(|member| member.role != "screen").count();
    let least = -(users.div_ceil(2).max(2) as i64);
    let guests = |member: &&String| model.member(member).is_none_or(|member| member.role == "guest");
    for song in &model.queue {
        if song.score() <= least {
            return Some(format!("{} has {} votes", song.item, song.score()));
        }
        if song.vetoes.iter().filter(guests).count() as u64 >= model.number("vetoCount") {
            return Some(format!("{} is vetoed by {:?}", song.item, song.vetoes));
        }
    }
    let share = model.settings["skipShare"].as_f64().unwrap_or(0.5);
    let needed = ((share * users as f64).floor() as usize + 1).min(users).max(1);
    match &model.now {
        Some(now) if now.skips.len() >= needed => Some(format!("{} is skipped by {:?}", now.item, now.skips)),
        None if played && !model.queue.is_empty() => Some("nothing plays, and songs wait".to_owned()),
        _ => None,
    }
}

/// Checks what the server does by itself: the song it starts is the first one, what it throws out has it coming. `heard`
/// says that a device has just told what plays.
pub(super) fn of_server(model: &Model, event: &Value, received: bool) -> Result<(), String> {
    let data = &event["data"];
    let item = data["item"].as_str().unwrap_or_default();
    let fine = match (event["type"].as_str().unwrap_or_default(), data["reason"].as_str()) {
        ("play.started", _) => received || model.order().first().is_some_and(|first| first == item),
        ("song.removed", Some("downvoted")) => model.song(item).is_some_and(|song| song.score() <= -2),
        ("song.removed", Some("veto")) => model.song(item).is_some_and(|song| !song.vetoes.is_empty()),
        ("song.removed", Some("banned")) => model.song(item).is_some_and(|song| model.bans.contains_key(&song.by)),
        ("play.ended", Some("voted")) => model.now.as_ref().is_some_and(|now| !now.skips.is_empty()),
        ("play.ended", Some("timeout" | "replaced")) | ("member.left", Some("timeout")) | ("member.role", _) => true,
        ("song.added" | "autopilot.picked", _) => true,
        _ => false,
    };
    if fine { Ok(()) } else { Err(format!("the server should not: {event}; the queue is {:?}", model.order())) }
}

/// Whether an answer says what came of an op: `event` is its own event, `model` the state after it.
pub(super) fn says(answer: &Value, op: &str, event: &Value, model: &Model) -> bool {
    let data = &event["data"];
    let song = data["item"].as_str().and_then(|item| model.song(item));
    match op {
        "song:add" | "play:start" => answer["item"] == data["item"],
        "song:vote" => song.is_some_and(|song| answer["score"] == song.score()),
        "song:veto" => {
            // A host's veto removes at once; what it counts then is left open.
            let by = event["by"].as_str().and_then(|by| model.member(by));
            by.is_none_or(|by| by.role != "guest") || song.is_some_and(|song| answer["vetoes"] == song.vetoes.len())
        }
        "skip:vote" => model.now.as_ref().is_some_and(|now| answer["votes"] == now.skips.len()),
        "picture:share" => answer["picture"] == data["picture"] && answer["url"] == data["url"],
        "presence:checkin" => answer["until"] == data["until"],
        _ => true,
    }
}

/// An op as it was sent, without what is not of interest here.
pub(super) struct AskedOp<'a> {
    pub(super) by: &'a str,
    pub(super) op: &'a str,
    pub(super) payload: &'a Value,
}

/// Whether a refusal makes sense on this state.
pub(super) fn explains(model: &Model, asked: &AskedOp<'_>, code: &str) -> bool {
    let payload = asked.payload;
    let role = model.member(asked.by).map(|member| member.role.clone());
    let song = payload["item"].as_str().and_then(|item| model.song(item));
    let other = payload["member"].as_str().and_then(|id| model.member(id));
    let known = |song: &Value| model.queue.iter().any(|queued| queued.song["id"] == song["id"]);
    match code {
        "FORBIDDEN" => role.is_none_or(|role| !may(model, &role, asked.op) || forbids(model, asked, &role)),
        "NOT_IN_ROOM" => role.is_none(),
        "ITEM_NOT_FOUND" => song.is_none(),
        "MEMBER_NOT_FOUND" if asked.op == "member:unban" => payload["member"].as_str().is_none_or(|id| !model.bans.contains_key(id)),
        "MEMBER_NOT_FOUND" => other.is_none(),
        "NOT_PLAYING" => model.now.as_ref().is_none_or(|now| payload["item"].is_string() && now.item != payload["item"]),
        "QUEUE_EMPTY" => model.queue.is_empty(),
        "DUPLICATE_SONG" => !model.flag("allowDuplicates") && known(&payload["song"]),
        "QUEUE_FULL" => model.queue.len() as u64 >= model.number("maxQueue"),
        "MEMBER_LIMIT" => model.queue.iter().filter(|song| song.by == asked.by).count() as u64 >= model.number("maxPerMember"),
        "EXPLICIT" => !model.flag("explicit") && payload["song"]["explicit"] == true,
        "VETO_SPENT" => model.vetoes.get(asked.by).copied().unwrap_or(0) >= model.number("vetoesPerMember"),
        "CHECKIN_REQUIRED" => !is_here(model, asked.by, model.ts),
        "CHAT_OFF" => !model.flag("chat"),
        "PICTURES_OFF" => !model.flag("pictures"),
        "CONFLICT" => payload["ifRev"].as_u64().is_some_and(|rev| rev != model.rev),
        // What these depend on is not in the state, or not in the op as it is kept here.
        "RATE_LIMITED" | "BUSY" | "NOTHING_TO_PICK" | "NOT_FOUND" | "SONG_NOT_FOUND" => true,
        "NO_VENUE" | "OUT_OF_RANGE" | "BAD_CODE" => asked.op == "presence:checkin",
        _ => false,
    }
}

/// What is forbidden to a role that may in general.
fn forbids(model: &Model, asked: &AskedOp<'_>, role: &str) -> bool {
    let payload = asked.payload;
    let other = payload["member"].as_str().and_then(|id| model.member(id));
    match asked.op {
        "song:remove" => {
            role == "guest" && payload["item"].as_str().and_then(|item| model.song(item)).is_some_and(|song| song.by != asked.by)
        }
        "chat:delete" | "picture:delete" => role == "guest",
        "member:kick" => other.is_some_and(|other| other.role == "host" || role == "cohost" && other.role == "cohost"),
        "member:ban" => other.is_some_and(|other| other.role == "host"),
        "member:role" => {
            role == "cohost" || other.is_some_and(|other| other.role == "host" || other.role == "screen" && payload["role"] != "guest")
        }
        _ => false,
    }
}
