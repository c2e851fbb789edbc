//! Members: roles, leaving, kicks and bans, and being there.

use super::{Case, Decision, Draft, Venue};
use crate::rooms::event::{Id, Role, What, Why};
use crate::rooms::op::Checkin;
use crate::rooms::refusal::{Code, Refusal};
use crate::rooms::state::Member;

/// How long a check-in lasts, in milliseconds.
const CHECKED_IN: u64 = 4 * 3_600_000;
/// Metres of uncertainty that count for somebody.
const DOUBT: f64 = 50.0;
/// Metres.
const EARTH: f64 = 6_371_008.8;

fn member<'a>(case: &'a Case<'_>, id: &str) -> Result<&'a Member, Refusal> {
    let missing = || Refusal::new(Code::MemberNotFound, format!("`{id}` is not a member of this room"));
    case.state.members.get(id).map(|member| &**member).ok_or_else(missing)
}

pub(super) fn role(case: &Case<'_>, id: &Id, role: Role) -> Result<Decision, Refusal> {
    let now = member(case, id)?.role;
    if case.member.role == Role::Cohost {
        let swaps = matches!((now, role), (Role::Guest, Role::Screen) | (Role::Screen, Role::Guest));
        if !swaps {
            return Err(Refusal::forbidden("a cohost turns guests into screens and back, no more"));
        }
    }
    if now == role {
        return Ok(Decision::unchanged());
    }
    if now == Role::Host {
        return Err(Refusal::forbidden("hand the room over to somebody else first"));
    }
    if now == Role::Screen && matches!(role, Role::Host | Role::Cohost) {
        return Err(Refusal::forbidden("a screen is nobody's host"));
    }
    Ok(Decision::one(case.by, What::MemberRole { member: id.clone(), role }))
}

pub(super) fn kick(case: &Case<'_>, id: &Id, detail: Option<String>) -> Result<Decision, Refusal> {
    let role = member(case, id)?.role;
    let untouchable = role == Role::Host || case.member.role == Role::Cohost && role == Role::Cohost;
    if untouchable {
        return Err(Refusal::forbidden("hosts and cohosts are not kicked by cohosts, and hosts by nobody"));
    }
    Ok(Decision::one(case.by, What::MemberLeft { detail, member: id.clone(), reason: Why::Kicked }))
}

/// A ban takes the banned one's songs out of the queue. Somebody who was kicked a moment ago can be banned too.
pub(super) fn ban(case: &Case<'_>, id: &Id, reason: Option<String>) -> Result<Decision, Refusal> {
    if !case.state.kicked.contains_key(id) {
        member(case, id)?;
    }
    if case.state.host.as_ref() == Some(id) {
        return Err(Refusal::forbidden("the host is not banned"));
    }
    let mut decision = Decision::one(case.by, What::MemberBanned { member: id.clone(), reason });
    let songs = case.state.queue.iter().filter(|item| item.by == *id);
    decision.events.extend(songs.map(|item| Draft::of_server(What::SongRemoved { item: item.item.clone(), reason: Why::Banned })));
    Ok(decision)
}

pub(super) fn unban(case: &Case<'_>, id: &Id) -> Result<Decision, Refusal> {
    if !case.state.bans.contains_key(id) {
        return Err(Refusal::new(Code::MemberNotFound, format!("`{id}` is not banned")));
    }
    Ok(Decision::one(case.by, What::MemberUnbanned { member: id.clone() }))
}

/// A host who leaves hands the room to the cohost who has been there longest. Without a cohost it stays his.
pub(super) fn leave(case: &Case<'_>) -> Decision {
    let left = What::MemberLeft { detail: None, member: case.by.clone(), reason: Why::Left };
    let mut decision = Decision::one(case.by, left);
    if case.member.role == Role::Host {
        let cohosts = case.state.members.iter().filter(|(_, member)| member.role == Role::Cohost);
        if let Some((heir, _)) = cohosts.min_by_key(|(_, member)| member.joined_seq) {
            let handed = What::MemberRole { member: heir.clone(), role: Role::Host };
            decision.events.insert(0, Draft::of_server(handed));
            decision.own = 1;
        }
    }
    decision
}

pub(super) fn check_in(case: &Case<'_>, how: &Checkin) -> Result<Decision, Refusal> {
    let method = match how {
        Checkin::Code(code) if (case.context.screen_code)(code) => "qr",
        Checkin::Code(_) => return Err(Refusal::new(Code::BadCode, "this is not the code the screen shows")),
        Checkin::Place { lat, lon, accuracy } => {
            let venue = case.context.venue.ok_or_else(|| Refusal::new(Code::NoVenue, "this room has no place"))?;
            if distance(venue, *lat, *lon) > venue.radius_m + accuracy.min(DOUBT) {
                return Err(Refusal::new(Code::OutOfRange, "this is too far from the venue"));
            }
            "geo"
        }
    };
    let until = case.context.now + CHECKED_IN;
    Ok(Decision::one(case.by, What::MemberCheckedin { member: case.by.clone(), method: method.to_owned(), until }))
}

/// Metres on the great circle, by the haversine formula.
fn distance(venue: Venue, lat: f64, lon: f64) -> f64 {
    let (a, b) = (venue.lat.to_radians(), lat.to_radians());
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let h = half(b - a) + a.cos() * b.cos() * half((lon - venue.lon).to_radians());
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}
