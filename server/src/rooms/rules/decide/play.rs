//! What plays: starting, ending, skipping, and the playback clock.

use std::sync::Arc;

use super::{Case, Decision, Draft};
use crate::rooms::rules::event::{EventKind, PlayState, Reason};
use crate::rooms::rules::ids::ItemId;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::state::Now;

fn playing<'a>(case: &'a Case<'_>) -> Result<&'a Arc<Now>, Refusal> {
    case.state.now.as_ref().ok_or_else(|| Refusal::new(Code::NotPlaying, "nothing is playing"))
}

fn playing_item<'a>(case: &'a Case<'_>, item: &str) -> Result<&'a Arc<Now>, Refusal> {
    let now = playing(case)?;
    if &*now.item == item { Ok(now) } else { Err(Refusal::new(Code::NotPlaying, format!("`{item}` is not playing"))) }
}

pub(super) fn start(case: &Case<'_>, item: Option<&ItemId>) -> Result<Decision, Refusal> {
    let state = case.state;
    let next = match item {
        Some(item) => state.item(item).map(|item| &**item).ok_or_else(|| Refusal::no_item(item))?,
        None => state.head().ok_or_else(|| Refusal::new(Code::QueueEmpty, "the queue is empty"))?,
    };
    let mut events = Vec::new();
    if let Some(now) = &state.now {
        events.push(Draft::of_server(EventKind::PlayEnded { item: now.item.clone(), reason: Reason::Replaced }));
    }
    let started = EventKind::PlayStarted { at_ms: case.context.now, item: next.item.clone(), song: next.song.clone() };
    events.push(Draft::new(case.by, started));
    Ok(Decision { own: events.len() - 1, events })
}

pub(super) fn end(case: &Case<'_>, item: &str, reason: Reason) -> Result<Decision, Refusal> {
    let now = playing_item(case, item)?;
    Ok(Decision::one(case.by, EventKind::PlayEnded { item: now.item.clone(), reason }))
}

/// Each member votes once for each item.
pub(super) fn vote(case: &Case<'_>, item: &str) -> Result<Decision, Refusal> {
    let now = playing_item(case, item)?;
    if now.skips.contains(case.by) {
        return Ok(Decision::unchanged());
    }
    Ok(Decision::one(case.by, EventKind::SkipVoted { item: now.item.clone() }))
}

/// Pauses, resumes or seeks. A position behind the song's end is its end.
pub(super) fn state(case: &Case<'_>, position: Option<u64>, state: Option<PlayState>) -> Result<Decision, Refusal> {
    let now = playing(case)?;
    let at_ms = case.context.now.max(now.at_ms);
    let position_ms = position.unwrap_or_else(|| now.position(at_ms)).min(now.song.duration_ms);
    let state = state.unwrap_or(now.state);
    Ok(Decision::one(case.by, EventKind::PlayState { at_ms, item: now.item.clone(), position_ms, state }))
}
