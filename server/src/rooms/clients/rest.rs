//! Rooms without a connection: ops of callers who just call, and what may be asked about a room.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::accounts::Identity;
use crate::rooms::clients::answers::{LogPage, MemberTaste, PlayedSong, RoomAt, RoomSummary, RoomTaste, SongPlace, SongTaste};
use crate::rooms::delivery::join_request::JoinRequest;
use crate::rooms::rules::event::{Event, EventKind, Song};
use crate::rooms::rules::ids::{ItemId, MemberId};
use crate::rooms::rules::op::{Action, Op};
use crate::rooms::rules::payload::is_id;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::state::State;
use crate::rooms::runtime::input::Input;
use crate::rooms::runtime::lookups::{look_up, needs_lookup};
use crate::rooms::runtime::registry::Rooms;
use crate::rooms::runtime::room::Room;

/// Events of one answer.
const PAGE: usize = 1_000;

/// Carries an op out for a caller who is a member.
///
/// # Errors
/// Those of the op; `FORBIDDEN` for a caller who is not a member.
pub(crate) async fn command(
    rooms: &Arc<Rooms>,
    caller: &Identity,
    room: &str,
    name: &str,
    payload: &Value,
    size: usize,
) -> Result<Map<String, Value>, Refusal> {
    let op = Op::read(name, payload, &[], size)?;
    take_rate(rooms, &caller.user, &op.action)?;
    let room = rooms.find(room).await?;
    room.needs_member(caller)?;
    room.take_op().map_err(|wait| Refusal::limited("ops in this room", wait))?;
    let lookups = if needs_lookup(&op.action) { look_up(&room, &caller.user, &op).await? } else { Default::default() };
    let (told, answered) = oneshot::channel();
    let reply = Box::new(move |outcome| {
        let _ = told.send(outcome);
    });
    room.submit(Input::Op { actor: MemberId::from(&*caller.user), op, lookups, reply });
    answered.await.unwrap_or_else(|_| Err(Refusal::internal()))
}

/// Makes the caller a member without a connection, or tells a member what was missed.
///
/// # Errors
/// Those of a join.
pub(crate) async fn join(rooms: &Arc<Rooms>, caller: &Identity, room: &str, payload: &Value) -> Result<Map<String, Value>, Refusal> {
    let mut request = JoinRequest::read(caller, payload, false)?;
    take_rate(rooms, &caller.user, &Action::Leave)?;
    let room = rooms.find(room).await?;
    let (told, answered) = oneshot::channel();
    request.reply = Box::new(move |outcome| {
        let _ = told.send(outcome);
    });
    room.submit(Input::Join(request));
    answered.await.unwrap_or_else(|_| Err(Refusal::internal()))
}

/// Takes an action from what the caller may do without a connection.
fn take_rate(rooms: &Rooms, user: &str, action: &Action) -> Result<(), Refusal> {
    let now = Instant::now();
    let user = user.to_owned();
    let rates = &rooms.callers;
    rates.ops.take(&user, 1, now).map_err(|wait| Refusal::limited("ops", wait))?;
    match action {
        Action::Chat { .. } => rates.chat.take(&user, 1, now).map_err(|wait| Refusal::limited("messages", wait)),
        Action::Picture { .. } => rates.pictures.take(&user, 1, now).map_err(|wait| Refusal::limited("pictures", wait)),
        _ => Ok(()),
    }
}

/// A room as it is shown to anyone who has its code, before joining.
pub(crate) struct RoomPreview {
    /// Its name.
    pub(crate) name: String,
    /// What plays.
    pub(crate) now: Option<Arc<Song>>,
    /// What comes, the next first.
    pub(crate) next: Vec<Arc<Song>>,
}

/// Songs of the queue whose scores are told.
const MAX_EXPLAINED: usize = 50;
/// Songs of the queue that are shown before joining.
const MAX_NEXT: usize = 20;

/// What anyone who has the room's id may know.
pub(crate) fn summary(room: &Room, link: String) -> RoomSummary {
    let (state, document) = (room.state(), room.document());
    let presence = room.audience().presence();
    let online = state.members.keys().filter(|member| presence.devices(member) > 0).count();
    RoomSummary {
        id: room.id().clone(),
        name: state.name.clone(),
        code: document.code.to_string(),
        link,
        rev: state.rev,
        open: state.open,
        members: state.members.len(),
        online,
        queue: state.queue.len(),
        settings: Arc::clone(&state.settings),
        venue_id: document.venue_id.as_ref().map(ToString::to_string),
    }
}

/// What anyone who has the room's code may see before joining.
pub(crate) fn preview(room: &Room) -> RoomPreview {
    let state = room.state();
    let next = state.order().into_iter().take(MAX_NEXT).map(|at| state.queue[at].song.clone()).collect();
    RoomPreview { name: state.name.clone(), now: state.now.as_ref().map(|now| now.song.clone()), next }
}

/// How songs suit those present: members with their satisfaction, songs with their score for each member.
pub(crate) async fn taste(room: &Room) -> RoomTaste {
    let (state, fit) = room.fit().await;
    let members = fit.members.iter().map(|(id, known, pleased)| MemberTaste {
        id: id.clone(),
        name: state.members.get(id).map(|member| member.name.clone()),
        known: *known,
        satisfaction: pleased.filter(|_| *known),
    });
    // A member without a taste gets no score here; in picks such a member counts with the mean.
    let scores = |song: &Song| {
        let scores = fit.members.iter().zip(fit.songs.get(&song.id).into_iter().flatten());
        scores.filter(|((_, known, _), _)| *known).map(|((id, ..), score)| (id.clone(), *score)).collect()
    };
    let shown =
        |place: SongPlace, item: &ItemId, song: &Song| SongTaste { song: song.id.clone(), item: item.clone(), place, scores: scores(song) };
    let queue =
        state.order().into_iter().take(MAX_EXPLAINED).map(|at| shown(SongPlace::Queue, &state.queue[at].item, &state.queue[at].song));
    let now = state.now.iter().map(|now| shown(SongPlace::Now, &now.item, &now.song));
    let history = state.history.iter().map(|one| shown(SongPlace::History, &one.item, &one.song));
    RoomTaste { rev: state.rev, members: members.collect(), songs: now.chain(queue).chain(history).collect() }
}

/// The state at a revision, as a member sees it.
///
/// # Errors
/// `NOT_FOUND` for a revision that is not there, or not kept any more.
pub(crate) async fn state_at(room: &Arc<Room>, member: &str, rev: Option<u64>) -> Result<RoomAt, Refusal> {
    room.refresh().await;
    let state: Arc<State> = match rev {
        None => room.state(),
        Some(rev) if rev == room.state().rev => room.state(),
        Some(rev) if rev > room.state().rev || rev == 0 => {
            return Err(Refusal::new(Code::NotFound, format!("the room has no revision {rev}")));
        }
        Some(rev) => {
            let gone = || Refusal::new(Code::NotFound, format!("revision {rev} is not kept any more"));
            Arc::new(room.journal().state_at(rev).await?.ok_or_else(gone)?)
        }
    };
    Ok(RoomAt { rev: state.rev, state: room.audience().view(&state, member) })
}

/// Events numbered `from` and up, at most 1,000, and the number to go on with, if there are more.
///
/// # Errors
/// `BUSY` when the log cannot be read now.
pub(crate) async fn log_from(room: &Arc<Room>, from: u64, limit: usize) -> Result<LogPage, Refusal> {
    room.refresh().await;
    let rev = room.state().rev;
    let entries = room.journal().read(from.max(1), limit.min(PAGE)).await?;
    let events: Vec<Event> = entries.into_iter().map(|entry| entry.event).filter(|event| event.seq <= rev).collect();
    let next = events.last().map(|event| event.seq + 1).filter(|next| *next <= rev);
    Ok(LogPage { events, next })
}

/// The songs that were played, oldest first.
///
/// # Errors
/// `BUSY` when the log cannot be read now.
pub(crate) async fn play_history(room: &Arc<Room>) -> Result<Vec<PlayedSong>, Refusal> {
    room.refresh().await;
    let rev = room.state().rev;
    let mut songs: Vec<PlayedSong> = Vec::new();
    let mut added: HashMap<ItemId, MemberId> = HashMap::new();
    let mut from = 1;
    while from <= rev {
        let page = room.journal().read(from, PAGE).await?;
        let Some(last) = page.last() else { break };
        from = last.event.seq + 1;
        for entry in &page {
            let event = &entry.event;
            match &event.kind {
                EventKind::SongAdded { item, .. } => drop(added.insert(item.clone(), event.by.clone())),
                EventKind::PlayStarted { at_ms, item, song } => {
                    let by = added.get(item).unwrap_or(&event.by).clone();
                    let (item, song) = (item.clone(), Arc::clone(song));
                    songs.push(PlayedSong { item, song, by, started_ms: *at_ms, ended_ms: None, reason: None });
                }
                EventKind::PlayEnded { item, reason } => {
                    if let Some(song) = songs.iter_mut().rfind(|song| song.item == *item) {
                        song.ended_ms = Some(event.ts);
                        song.reason = Some(*reason);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(songs)
}

/// A picture that was shared here.
///
/// # Errors
/// `NOT_FOUND`.
pub(crate) async fn picture(room: &Room, id: &str) -> Result<(&'static str, Bytes), Refusal> {
    let missing = || Refusal::new(Code::NotFound, "there is no such picture");
    if !is_id(id) {
        return Err(missing());
    }
    room.services().pictures.get(room.id(), id).await?.ok_or_else(missing)
}
