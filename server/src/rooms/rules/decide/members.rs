//! Members: roles, leaving, kicks and bans, and being there.

use super::{Case, Decision, Draft, Venue};
use crate::rooms::rules::event::{EventKind, MemberRole, Reason};
use crate::rooms::rules::ids::MemberId;
use crate::rooms::rules::op::CheckIn;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::state::Member;

/// How long a check-in lasts, in milliseconds.
const CHECKED_IN: u64 = 4 * 3_600_000;
/// Metres of a position's uncertainty that are taken in the member's favour.
const DOUBT: f64 = 50.0;
/// Metres.
const EARTH: f64 = 6_371_008.8;

fn member<'a>(case: &'a Case<'_>, id: &str) -> Result<&'a Member, Refusal> {
    let missing = || Refusal::new(Code::MemberNotFound, format!("`{id}` is not a member of this room"));
    case.state.members.get(id).map(|member| &**member).ok_or_else(missing)
}

pub(super) fn role(case: &Case<'_>, id: &MemberId, role: MemberRole) -> Result<Decision, Refusal> {
    let now = member(case, id)?.role;
    if case.member.role == MemberRole::Cohost {
        let swaps = matches!((now, role), (MemberRole::Guest, MemberRole::Screen) | (MemberRole::Screen, MemberRole::Guest));
        if !swaps {
            return Err(Refusal::forbidden("a cohost may make guests screens and screens guests, and change no other role"));
        }
    }
    if now == role {
        return Ok(Decision::unchanged());
    }
    if now == MemberRole::Host {
        return Err(Refusal::forbidden("make another member the host first"));
    }
    if now == MemberRole::Screen && matches!(role, MemberRole::Host | MemberRole::Cohost) {
        return Err(Refusal::forbidden("a screen cannot be host or cohost"));
    }
    Ok(Decision::one(case.by, EventKind::MemberRole { member: id.clone(), role }))
}

pub(super) fn kick(case: &Case<'_>, id: &MemberId, detail: Option<String>) -> Result<Decision, Refusal> {
    let role = member(case, id)?.role;
    let untouchable = role == MemberRole::Host || case.member.role == MemberRole::Cohost && role == MemberRole::Cohost;
    if untouchable {
        return Err(Refusal::forbidden("the host cannot be kicked, and a cohost can kick guests and screens only"));
    }
    Ok(Decision::one(case.by, EventKind::MemberLeft { detail, member: id.clone(), reason: Reason::Kicked }))
}

/// A ban takes the banned member's songs out of the queue. A user who was kicked a moment ago can be banned too.
pub(super) fn ban(case: &Case<'_>, id: &MemberId, reason: Option<String>) -> Result<Decision, Refusal> {
    if !case.state.kicked.contains_key(id) {
        member(case, id)?;
    }
    if case.state.host.as_ref() == Some(id) {
        return Err(Refusal::forbidden("the host cannot be banned"));
    }
    let mut decision = Decision::one(case.by, EventKind::MemberBanned { member: id.clone(), reason });
    let songs = case.state.queue.iter().filter(|item| item.by == *id);
    decision.events.extend(songs.map(|item| Draft::of_server(EventKind::SongRemoved { item: item.item.clone(), reason: Reason::Banned })));
    Ok(decision)
}

pub(super) fn unban(case: &Case<'_>, id: &MemberId) -> Result<Decision, Refusal> {
    if !case.state.bans.contains_key(id) {
        return Err(Refusal::new(Code::MemberNotFound, format!("`{id}` is not banned")));
    }
    Ok(Decision::one(case.by, EventKind::MemberUnbanned { member: id.clone() }))
}

/// A host who leaves hands the room to the cohost who has been there longest. Without a cohost the role stays with the user who left.
pub(super) fn leave(case: &Case<'_>) -> Decision {
    let left = EventKind::MemberLeft { detail: None, member: case.by.clone(), reason: Reason::Left };
    let mut decision = Decision::one(case.by, left);
    if case.member.role == MemberRole::Host {
        let cohosts = case.state.members.iter().filter(|(_, member)| member.role == MemberRole::Cohost);
        if let Some((heir, _)) = cohosts.min_by_key(|(_, member)| member.joined_seq) {
            let handed = EventKind::MemberRole { member: heir.clone(), role: MemberRole::Host };
            decision.events.insert(0, Draft::of_server(handed));
            decision.own = 1;
        }
    }
    decision
}

pub(super) fn check_in(case: &Case<'_>, how: &CheckIn) -> Result<Decision, Refusal> {
    let method = match how {
        CheckIn::Code(code) if (case.context.screen_code)(code) => "qr",
        CheckIn::Code(_) => return Err(Refusal::new(Code::BadCode, "this is not the code the screen shows")),
        CheckIn::Place { lat, lon, accuracy } => {
            let venue = case.context.venue.ok_or_else(|| Refusal::new(Code::NoVenue, "this room has no venue"))?;
            if distance(venue, *lat, *lon) > venue.radius_m + accuracy.min(DOUBT) {
                return Err(Refusal::new(Code::OutOfRange, "this is too far from the venue"));
            }
            "geo"
        }
    };
    let until = case.context.now + CHECKED_IN;
    Ok(Decision::one(case.by, EventKind::MemberCheckedin { member: case.by.clone(), method: method.to_owned(), until }))
}

/// Metres on the great circle, by the haversine formula.
fn distance(venue: Venue, lat: f64, lon: f64) -> f64 {
    let (a, b) = (venue.lat.to_radians(), lat.to_radians());
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let h = half(b - a) + a.cos() * b.cos() * half((lon - venue.lon).to_radians());
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}
