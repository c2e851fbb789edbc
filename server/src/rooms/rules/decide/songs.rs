//! Songs of the queue: adding, removing, moving, votes and vetoes, what a device heard, what the autopilot picked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Case, Decision, Draft};
use crate::rooms::rules::event::{EventKind, MemberRole, PlayState, Reason, Song, Vote};
use crate::rooms::rules::ids::{ItemId, MemberId};
use crate::rooms::rules::op::Detection;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::state::{Item, State};

/// How sure a device must be of what it heard for the room to follow.
const SURE: f64 = 0.8;

/// The id of the item that an event numbered `seq` adds.
fn item_id(seq: u64) -> ItemId {
    format!("i{seq}").into()
}

fn item<'a>(case: &'a Case<'_>, id: &str) -> Result<&'a Arc<Item>, Refusal> {
    case.state.item(id).ok_or_else(|| Refusal::no_item(id))
}

fn needs_checkin(case: &Case<'_>) -> Result<(), Refusal> {
    if case.state.settings.require_checkin && !case.state.is_checked_in(case.by, case.context.now) {
        return Err(Refusal::new(Code::CheckinRequired, "check in at the venue first"));
    }
    Ok(())
}

pub(super) fn add(case: &Case<'_>, note: Option<&str>) -> Result<Decision, Refusal> {
    let (state, settings) = (case.state, &case.state.settings);
    needs_checkin(case)?;
    let Some(song) = &case.lookups.song else { return Err(Refusal::new(Code::SongNotFound, "the catalogue has no such song")) };
    if case.lookups.external && !settings.external_songs {
        return Err(Refusal::new(Code::SongNotFound, "the catalogue has no such song, and this room allows only songs of the catalogue"));
    }
    if song.explicit && !settings.explicit {
        return Err(Refusal::new(Code::Explicit, "this room does not allow explicit songs"));
    }
    if let Some(same) = state.queue.iter().find(|item| item.song.id == song.id).filter(|_| !settings.allow_duplicates) {
        return Err(Refusal::new(Code::DuplicateSong, "this song is in the queue").with("item", &*same.item));
    }
    if state.queue.len() >= settings.max_queue {
        return Err(Refusal::new(Code::QueueFull, format!("the queue is full with {} songs", settings.max_queue)));
    }
    if state.queue.iter().filter(|item| item.by == *case.by).count() >= settings.max_per_member {
        let message = format!("you have {} songs in the queue already, the most a member may have", settings.max_per_member);
        return Err(Refusal::new(Code::MemberLimit, message));
    }
    let item = item_id(state.rev + 1);
    Ok(Decision::one(case.by, EventKind::SongAdded { item, note: note.map(str::to_owned), song: song.clone() }))
}

pub(super) fn remove(case: &Case<'_>, id: &str) -> Result<Decision, Refusal> {
    let item = item(case, id)?;
    if case.member.role == MemberRole::Guest && item.by != *case.by {
        return Err(Refusal::forbidden("guests may remove only their own songs"));
    }
    Ok(Decision::one(case.by, EventKind::SongRemoved { item: item.item.clone(), reason: Reason::Removed }))
}

pub(super) fn shift(case: &Case<'_>, id: &str, to: usize) -> Result<Decision, Refusal> {
    let item = item(case, id)?;
    Ok(Decision::one(case.by, EventKind::SongMoved { item: item.item.clone(), to }))
}

pub(super) fn vote(case: &Case<'_>, id: &str, vote: Vote) -> Result<Decision, Refusal> {
    needs_checkin(case)?;
    let item = item(case, id)?;
    if item.votes.get(case.by).copied().unwrap_or(Vote::None) == vote {
        return Ok(Decision::unchanged());
    }
    Ok(Decision::one(case.by, EventKind::SongVoted { item: item.item.clone(), vote }))
}

pub(super) fn veto(case: &Case<'_>, id: &str) -> Result<Decision, Refusal> {
    let item = item(case, id)?;
    if item.vetoes.contains(case.by) {
        return Ok(Decision::unchanged());
    }
    let vetoed = EventKind::SongVetoed { item: item.item.clone() };
    if case.member.role != MemberRole::Guest {
        let removed = Draft::of_server(EventKind::SongRemoved { item: item.item.clone(), reason: Reason::Veto });
        return Ok(Decision { events: vec![Draft::new(case.by, vetoed), removed], own: 0 });
    }
    if case.state.vetoes.get(case.by).copied().unwrap_or(0) >= case.state.settings.vetoes_per_member {
        return Err(Refusal::new(Code::VetoSpent, "you have no vetoes left"));
    }
    Ok(Decision::one(case.by, vetoed))
}

/// The song may be one of this room or of the catalogue.
pub(super) fn detected(case: &Case<'_>, song: &Detection, confidence: f64, source: &str) -> Result<Decision, Refusal> {
    let state = case.state;
    let of_room = match song {
        Detection::Song(id) => song_of_room(state, id),
        Detection::Fingerprint => None,
    };
    let Some(song) = of_room.or_else(|| case.lookups.song.clone()) else {
        return Err(Refusal::new(Code::SongNotFound, "this song is not known here"));
    };
    let heard = EventKind::SongDetected { confidence, song_id: song.id.clone(), source: source.to_owned() };
    let mut decision = Decision::one(case.by, heard);
    let playing = state.now.as_ref();
    let same = playing.is_some_and(|now| now.song.id == song.id && now.state == PlayState::Playing);
    if !state.settings.follow_detected || confidence < SURE || same {
        return Ok(decision);
    }
    if let Some(now) = playing {
        decision.events.push(Draft::of_server(EventKind::PlayEnded { item: now.item.clone(), reason: Reason::Replaced }));
    }
    let queued = state.queue.iter().find(|item| item.song.id == song.id);
    let item = queued.map_or_else(|| item_id(state.rev + 1), |item| item.item.clone());
    decision.events.push(Draft::of_server(EventKind::PlayStarted { at_ms: case.context.now, item, song: song.clone() }));
    Ok(decision)
}

/// A song of the room with this id, wherever it stands.
fn song_of_room(state: &State, id: &str) -> Option<Arc<Song>> {
    let queued = state.queue.iter().map(|item| &item.song);
    let others = state.now.iter().map(|now| &now.song).chain(state.history.iter().map(|played| &played.song));
    queued.chain(others).find(|song| &*song.id == id).cloned()
}

/// The events of a pick: the reasons, then the song. `by` is the member who asked for it; without one the server logs both.
pub(crate) fn picked(
    state: &State,
    by: Option<&MemberId>,
    song: &Arc<Song>,
    scores: BTreeMap<MemberId, f64>,
    weights: BTreeMap<MemberId, f64>,
) -> Decision {
    let why = EventKind::AutopilotPicked { scores, song_id: song.id.clone(), weights };
    let why = by.map_or_else(|| Draft::of_server(why.clone()), |by| Draft::new(by, why.clone()));
    let added = EventKind::SongAdded { item: item_id(state.rev + 2), note: None, song: song.clone() };
    Decision { events: vec![why, Draft::of_server(added)], own: 0 }
}
