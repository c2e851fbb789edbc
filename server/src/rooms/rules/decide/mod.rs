//! What becomes of an op: whether its sender may, whether the state allows it, and the events it causes. Pure: the
//! time, who is present and what a catalogue knows are handed in.

mod ack;
mod chat;
mod consequences;
mod members;
mod play;
mod songs;

use std::sync::Arc;

use serde_json::Value;

use crate::rooms::rules::event::{AppEvent, Event, EventKind, MemberRole, Private, Song};
use crate::rooms::rules::ids::{MemberId, PictureId, RoomId};
use crate::rooms::rules::op::Action;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::rules::state::{Member, State};

pub(crate) use ack::Stages;
pub(crate) use consequences::{FollowUp, OVERTIME_MS, consequences, overdue};
pub(crate) use songs::picked;

/// What a decision may go by besides the state.
pub(crate) struct Context<'a> {
    /// The room's id.
    pub(crate) room: &'a RoomId,
    /// Unix milliseconds.
    pub(crate) now: u64,
    /// Members with a connection, screens left out.
    pub(crate) present: usize,
    /// Connections of anybody, screens too.
    pub(crate) connected: bool,
    /// Where the venue is.
    pub(crate) venue: Option<Venue>,
    /// Whether a code is one that the venue's screen shows now, or showed a minute ago.
    pub(crate) screen_code: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Where a room is in the world.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Venue {
    /// Degrees.
    pub(crate) lat: f64,
    /// Degrees.
    pub(crate) lon: f64,
    /// Metres around it that belong to it.
    pub(crate) radius_m: f64,
}

/// What was found out about an op before the room had to decide.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookups {
    /// The song it names, as the catalogue or its sender has it.
    pub(crate) song: Option<Arc<Song>>,
    /// Whether the catalogue does not know the song.
    pub(crate) external: bool,
    /// The chat message it names.
    pub(crate) message: Option<Arc<Event>>,
    /// The picture it brings, checked and kept: id, content type, bytes.
    pub(crate) picture: Option<(PictureId, String, usize)>,
}

/// An event that is not numbered yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// Who.
    pub(crate) by: MemberId,
    /// What.
    pub(crate) kind: EventKind,
    /// What is kept and not shown.
    pub(crate) private: Private,
}

impl Draft {
    pub(crate) fn new(by: &MemberId, kind: EventKind) -> Draft {
        Draft { by: by.clone(), kind, private: Private::default() }
    }

    pub(crate) fn of_server(kind: EventKind) -> Draft {
        Draft { by: MemberId::server(), kind, private: Private::default() }
    }
}

/// The events an op causes itself. The one at `own` carries the op's id; none when nothing changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decision {
    /// In the order they are logged.
    pub(crate) events: Vec<Draft>,
    /// Index of the op's own event.
    pub(crate) own: usize,
}

impl Decision {
    fn one(by: &MemberId, kind: EventKind) -> Decision {
        Decision { events: vec![Draft::new(by, kind)], own: 0 }
    }

    fn unchanged() -> Decision {
        Decision::default()
    }
}

/// Who decides, and about what.
pub(crate) struct Case<'a> {
    /// The room now.
    pub(crate) state: &'a State,
    /// Who asks.
    pub(crate) by: &'a MemberId,
    /// As what.
    pub(crate) member: &'a Member,
    /// What else counts.
    pub(crate) context: &'a Context<'a>,
    /// What was found out before.
    pub(crate) lookups: &'a Lookups,
}

/// Refuses what a role may not ask for, whatever the state.
pub(crate) fn may(role: MemberRole, action: &Action, settings: &RoomSettings) -> Result<(), Refusal> {
    use MemberRole::{Cohost, Guest, Host, Screen};
    let allowed = match action {
        Action::Leave => true,
        Action::Add { .. } => matches!(role, Host | Cohost) || role == Guest && settings.guests_add,
        Action::Move { .. } => matches!(role, Host | Cohost) || role == Guest && settings.guests_move,
        Action::App(_) if !settings.app_events => {
            return Err(Refusal::forbidden("this room takes no events of apps: the host has not set `appEvents`"));
        }
        Action::Remove { .. }
        | Action::App(_)
        | Action::Vote { .. }
        | Action::Veto { .. }
        | Action::SkipVote { .. }
        | Action::Chat { .. }
        | Action::ChatDelete { .. }
        | Action::Picture { .. }
        | Action::PictureDelete { .. }
        | Action::Learn { .. }
        | Action::CheckIn(_) => role != Screen,
        Action::Skip { .. } | Action::Role { .. } | Action::Kick { .. } => matches!(role, Host | Cohost),
        Action::Start { .. } | Action::Pause { .. } | Action::Resume { .. } | Action::Seek { .. } | Action::Ended { .. } => role != Guest,
        Action::Detected { .. } | Action::Next => role != Guest,
        Action::Ban { .. } | Action::Unban { .. } | Action::Settings { .. } | Action::Close => role == Host,
    };
    if allowed { Ok(()) } else { Err(Refusal::forbidden(format!("a {} may not do this in this room", text(role)))) }
}

fn text(role: MemberRole) -> String {
    serde_json::to_value(role).ok().and_then(|role: Value| role.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The events that an op causes, or why it causes none. `Action::Next` is decided by [`picked`].
pub(crate) fn decide(case: &Case<'_>, action: &Action) -> Result<Decision, Refusal> {
    match action {
        Action::Add { note, .. } => songs::add(case, note.as_deref()),
        Action::Remove { item } => songs::remove(case, item),
        Action::Move { item, to } => songs::shift(case, item, *to),
        Action::Vote { item, vote } => songs::vote(case, item, *vote),
        Action::Veto { item } => songs::veto(case, item),
        Action::Detected { song, confidence, source } => songs::detected(case, song, *confidence, source),
        Action::SkipVote { item } => play::vote(case, item),
        Action::Skip { item } => play::end(case, item, crate::rooms::rules::event::Reason::Skipped),
        Action::Ended { item } => play::end(case, item, crate::rooms::rules::event::Reason::Finished),
        Action::Start { item } => play::start(case, item.as_ref()),
        Action::Pause { position } => play::state(case, *position, Some(crate::rooms::rules::event::PlayState::Paused)),
        Action::Resume { position } => play::state(case, *position, Some(crate::rooms::rules::event::PlayState::Playing)),
        Action::Seek { position } => play::state(case, Some(*position), None),
        Action::Chat { text, reply_to } => chat::send_message(case, text, *reply_to),
        Action::ChatDelete { seq } => chat::delete_message(case, *seq),
        Action::Picture { caption, .. } => chat::share(case, caption.clone()),
        Action::PictureDelete { picture } => chat::delete_picture(case, picture),
        Action::Role { member, role } => members::role(case, member, *role),
        Action::Kick { member, reason } => members::kick(case, member, reason.clone()),
        Action::Ban { member, reason } => members::ban(case, member, reason.clone()),
        Action::Unban { member } => members::unban(case, member),
        Action::Leave => Ok(members::leave(case)),
        Action::CheckIn(how) => members::check_in(case, how),
        Action::Settings { name, settings } => {
            case.state.settings.changed(settings)?;
            Ok(Decision::one(case.by, EventKind::RoomSettings { name: name.clone(), settings: settings.clone() }))
        }
        Action::Close => Ok(Decision::one(case.by, EventKind::RoomClosed {})),
        Action::App(app) if app.ephemeral => Ok(Decision::unchanged()),
        Action::App(app) => Ok(Decision::one(case.by, EventKind::App(AppEvent::new(&app.name, app.data.clone())))),
        Action::Learn { .. } => Ok(Decision::unchanged()),
        Action::Next => Err(Refusal::new(Code::NothingToPick, "there is no song to pick")),
    }
}
