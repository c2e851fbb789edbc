//! What the server does by itself once something has happened: songs voted out, skips that passed, the next song, songs
//! that are over, members who are gone.

use super::{Context, Draft};
use crate::rooms::rules::event::{EventKind, MemberRole, Reason};
use crate::rooms::rules::ids::MemberId;
use crate::rooms::rules::state::State;

/// How much longer than its duration a song may play before the server ends it, in milliseconds.
pub(crate) const OVERTIME_MS: u64 = 5_000;

/// What the server wants to do next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FollowUp {
    /// Nothing.
    Nothing,
    /// To log this, and to look again.
    Log(Draft),
    /// A song from the autopilot, and to look again; without one, to start nothing.
    Pick,
}

/// What has to follow from a state. `stopped` says that a song was playing before and none is now.
pub(crate) fn consequences(state: &State, context: &Context<'_>, stopped: bool) -> FollowUp {
    if !state.open {
        return FollowUp::Nothing;
    }
    if let Some(draft) = unwanted(state, context).or_else(|| skipped(state, context)) {
        return FollowUp::Log(draft);
    }
    let autopilot = state.settings.autopilot && context.connected;
    if state.now.is_none() && stopped {
        return match state.head() {
            Some(next) => FollowUp::Log(Draft::of_server(EventKind::PlayStarted {
                at_ms: context.now.max(state.ts),
                item: next.item.clone(),
                song: next.song.clone(),
            })),
            None if autopilot => FollowUp::Pick,
            None => FollowUp::Nothing,
        };
    }
    if autopilot && state.now.is_some() && state.queue.len() < state.settings.autopilot_min_queue {
        return FollowUp::Pick;
    }
    FollowUp::Nothing
}

/// A song of the queue that has to go.
fn unwanted(state: &State, context: &Context<'_>) -> Option<Draft> {
    let least = -(context.present.div_ceil(2).max(2) as i64);
    let gone = state.queue.iter().find_map(|item| {
        let guests = item.vetoes.iter().filter(|member| state.members.get(*member).is_none_or(|member| member.role == MemberRole::Guest));
        if guests.count() >= state.settings.veto_count {
            return Some((item, Reason::Veto));
        }
        (item.score() <= least).then_some((item, Reason::Downvoted))
    });
    gone.map(|(item, reason)| Draft::of_server(EventKind::SongRemoved { item: item.item.clone(), reason }))
}

fn skipped(state: &State, context: &Context<'_>) -> Option<Draft> {
    let now = state.now.as_ref()?;
    let due = !now.skips.is_empty() && now.skips.len() >= needed_skips(state, context.present);
    due.then(|| Draft::of_server(EventKind::PlayEnded { item: now.item.clone(), reason: Reason::Voted }))
}

/// Votes that end what plays when so many are present.
pub(crate) fn needed_skips(state: &State, present: usize) -> usize {
    let share = (state.settings.skip_share * present as f64).floor() as usize + 1;
    share.min(present).max(1)
}

/// What time alone has brought about: a song that is over, members whose connection has been gone for too long.
/// `offline_since` says when a member's last connection ended.
pub(crate) fn overdue(state: &State, now_ms: u64, offline_since: impl Fn(&MemberId) -> Option<u64>) -> Vec<Draft> {
    if !state.open {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    if let Some(now) = &state.now
        && now.position(now_ms) >= now.song.duration_ms + OVERTIME_MS
    {
        drafts.push(Draft::of_server(EventKind::PlayEnded { item: now.item.clone(), reason: Reason::Timeout }));
    }
    for (id, member) in &state.members {
        let gone = offline_since(id).is_some_and(|since| since + state.settings.grace_ms <= now_ms);
        if gone && member.role != MemberRole::Host {
            drafts.push(Draft::of_server(EventKind::MemberLeft { detail: None, member: id.clone(), reason: Reason::Timeout }));
        }
    }
    drafts
}
