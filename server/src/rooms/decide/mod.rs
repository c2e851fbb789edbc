//! What becomes of an op: whether its sender may, whether the state allows it, and the events it causes. Pure: the
//! time, who is present and what a catalogue knows are handed in.

mod answer;
mod consequences;
mod people;
mod play;
mod songs;
mod talk;

use serde_json::Value;

use super::event::{Event, Id, Private, Role, SERVER, Song, What};
use super::op::Ask;
use super::refusal::{Code, Refusal};
use super::settings::Settings;
use super::state::{Member, State};
use std::sync::Arc;

pub(crate) use answer::Stages;
pub(crate) use consequences::{Need, OVER, consequences, overdue};
pub(crate) use songs::picked;

/// What a decision may go by besides the state.
pub(crate) struct Context<'a> {
    /// The room's id.
    pub(crate) room: &'a Id,
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
pub(crate) struct Facts {
    /// The song it names, as the catalogue or its sender has it.
    pub(crate) song: Option<Arc<Song>>,
    /// Whether the catalogue does not know the song.
    pub(crate) external: bool,
    /// The chat message it names.
    pub(crate) message: Option<Arc<Event>>,
    /// The picture it brings, checked and kept: id, content type, bytes.
    pub(crate) picture: Option<(Id, String, usize)>,
}

/// An event that is not numbered yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// Who.
    pub(crate) by: Id,
    /// What.
    pub(crate) what: What,
    /// What is kept and not shown.
    pub(crate) private: Private,
}

impl Draft {
    pub(crate) fn new(by: &Id, what: What) -> Draft {
        Draft { by: by.clone(), what, private: Private::default() }
    }

    pub(crate) fn of_server(what: What) -> Draft {
        Draft { by: SERVER.into(), what, private: Private::default() }
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
    fn one(by: &Id, what: What) -> Decision {
        Decision { events: vec![Draft::new(by, what)], own: 0 }
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
    pub(crate) by: &'a Id,
    /// As what.
    pub(crate) member: &'a Member,
    /// What else counts.
    pub(crate) context: &'a Context<'a>,
    /// What was found out before.
    pub(crate) facts: &'a Facts,
}

/// Refuses what a role may not ask for, whatever the state.
pub(crate) fn may(role: Role, ask: &Ask, settings: &Settings) -> Result<(), Refusal> {
    use Role::{Cohost, Guest, Host, Screen};
    let allowed = match ask {
        Ask::Leave => true,
        Ask::Add { .. } => matches!(role, Host | Cohost) || role == Guest && settings.guests_add,
        Ask::Move { .. } => matches!(role, Host | Cohost) || role == Guest && settings.guests_move,
        Ask::Remove { .. }
        | Ask::Vote { .. }
        | Ask::Veto { .. }
        | Ask::SkipVote { .. }
        | Ask::Chat { .. }
        | Ask::ChatDelete { .. }
        | Ask::Picture { .. }
        | Ask::PictureDelete { .. }
        | Ask::Learn { .. }
        | Ask::Checkin(_) => role != Screen,
        Ask::Skip { .. } | Ask::Role { .. } | Ask::Kick { .. } => matches!(role, Host | Cohost),
        Ask::Start { .. } | Ask::Pause { .. } | Ask::Resume { .. } | Ask::Seek { .. } | Ask::Ended { .. } => role != Guest,
        Ask::Detected { .. } | Ask::Next => role != Guest,
        Ask::Ban { .. } | Ask::Unban { .. } | Ask::Settings { .. } | Ask::Close => role == Host,
    };
    if allowed { Ok(()) } else { Err(Refusal::forbidden(format!("a {} may not do this here", text(role)))) }
}

fn text(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|role: Value| role.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The events that an op causes, or why it causes none. `Ask::Next` is decided by [`picked`].
pub(crate) fn decide(case: &Case<'_>, ask: &Ask) -> Result<Decision, Refusal> {
    match ask {
        Ask::Add { note, .. } => songs::add(case, note.as_deref()),
        Ask::Remove { item } => songs::remove(case, item),
        Ask::Move { item, to } => songs::shift(case, item, *to),
        Ask::Vote { item, vote } => songs::vote(case, item, *vote),
        Ask::Veto { item } => songs::veto(case, item),
        Ask::Detected { song, confidence, source } => songs::detected(case, song, *confidence, source),
        Ask::SkipVote { item } => play::vote(case, item),
        Ask::Skip { item } => play::end(case, item, super::event::Why::Skipped),
        Ask::Ended { item } => play::end(case, item, super::event::Why::Finished),
        Ask::Start { item } => play::start(case, item.as_ref()),
        Ask::Pause { position } => play::state(case, *position, Some(super::event::PlayState::Paused)),
        Ask::Resume { position } => play::state(case, *position, Some(super::event::PlayState::Playing)),
        Ask::Seek { position } => play::state(case, Some(*position), None),
        Ask::Chat { text, reply_to } => talk::say(case, text, *reply_to),
        Ask::ChatDelete { seq } => talk::take_back(case, *seq),
        Ask::Picture { caption, .. } => talk::share(case, caption.clone()),
        Ask::PictureDelete { picture } => talk::take_down(case, picture),
        Ask::Role { member, role } => people::role(case, member, *role),
        Ask::Kick { member, reason } => people::kick(case, member, reason.clone()),
        Ask::Ban { member, reason } => people::ban(case, member, reason.clone()),
        Ask::Unban { member } => people::unban(case, member),
        Ask::Leave => Ok(people::leave(case)),
        Ask::Checkin(how) => people::check_in(case, how),
        Ask::Settings { name, settings } => {
            case.state.settings.changed(settings)?;
            Ok(Decision::one(case.by, What::RoomSettings { name: name.clone(), settings: settings.clone() }))
        }
        Ask::Close => Ok(Decision::one(case.by, What::RoomClosed {})),
        Ask::Learn { .. } => Ok(Decision::unchanged()),
        Ask::Next => Err(Refusal::new(Code::NothingToPick, "there is no song to pick")),
    }
}
