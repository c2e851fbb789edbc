//! What a host may set about a room, with defaults, ranges and the reading of a partial change.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::rooms::rules::refusal::Refusal;

/// The settings of a room, as they stand on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct RoomSettings {
    /// Another of the queue's songs may be the same song.
    pub(crate) allow_duplicates: bool,
    /// Events of an app's own, `app:NAME`, are taken.
    pub(crate) app_events: bool,
    /// The server adds songs when the queue runs low.
    pub(crate) autopilot: bool,
    /// The queue runs low when it is shorter than this.
    pub(crate) autopilot_min_queue: usize,
    /// Members may chat.
    pub(crate) chat: bool,
    /// The energy wished for over the evening: Unix milliseconds and 0 calm to 1 intense, ascending.
    pub(crate) energy_curve: Vec<(u64, f64)>,
    /// Explicit songs are allowed.
    pub(crate) explicit: bool,
    /// Songs that the catalogue does not know are allowed.
    pub(crate) external_songs: bool,
    /// What a device hears becomes what plays.
    pub(crate) follow_detected: bool,
    /// Milliseconds after which a member without a connection has left.
    pub(crate) grace_ms: u64,
    /// Guests may add songs.
    pub(crate) guests_add: bool,
    /// Guests may move songs.
    pub(crate) guests_move: bool,
    /// Queued songs of one member.
    pub(crate) max_per_member: usize,
    /// Queued songs of all.
    pub(crate) max_queue: usize,
    /// How the queue is ordered.
    pub(crate) order: QueueOrder,
    /// Members may share pictures.
    pub(crate) pictures: bool,
    /// Adding and voting need a check-in.
    pub(crate) require_checkin: bool,
    /// Part of those present whose votes end a song, 0 to 1.
    pub(crate) skip_share: f64,
    /// Guests whose vetoes remove a song.
    pub(crate) veto_count: usize,
    /// Vetoes of one guest in an evening.
    pub(crate) vetoes_per_member: usize,
}

/// How a queue is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QueueOrder {
    /// Members take turns.
    Fair,
    /// The best score first.
    Votes,
    /// First come, first served.
    Fifo,
}

impl Default for RoomSettings {
    fn default() -> RoomSettings {
        RoomSettings {
            allow_duplicates: false,
            app_events: false,
            autopilot: true,
            autopilot_min_queue: 1,
            chat: true,
            energy_curve: Vec::new(),
            explicit: true,
            external_songs: true,
            follow_detected: false,
            grace_ms: 600_000,
            guests_add: true,
            guests_move: false,
            max_per_member: 10,
            max_queue: 500,
            order: QueueOrder::Fair,
            pictures: true,
            require_checkin: false,
            skip_share: 0.5,
            veto_count: 2,
            vetoes_per_member: 3,
        }
    }
}

/// Ranges of the settings that are whole numbers, by name.
const RANGES: &[(&str, u64, u64)] = &[
    ("autopilotMinQueue", 0, 50),
    ("graceMs", 0, 7 * 86_400_000),
    ("maxPerMember", 1, 1000),
    ("maxQueue", 1, 10_000),
    ("vetoCount", 1, 1000),
    ("vetoesPerMember", 0, 1000),
];

/// Points of a curve of energy.
const POINTS: usize = 24;

impl RoomSettings {
    /// The energy wished for at a time: straight lines between the points, level before the first and after the last.
    pub(crate) fn energy_at(&self, now: u64) -> Option<f64> {
        let after = self.energy_curve.partition_point(|(at, _)| *at <= now);
        let later = self.energy_curve.get(after);
        let Some(before) = after.checked_sub(1).map(|at| self.energy_curve[at]) else { return later.map(|(_, energy)| *energy) };
        let Some(later) = later else { return Some(before.1) };
        let share = (now - before.0) as f64 / (later.0 - before.0) as f64;
        Some(before.1 + (later.1 - before.1) * share)
    }

    /// These settings with the given ones in their place.
    ///
    /// # Errors
    /// `BAD_REQUEST` naming the setting that is unknown, of the wrong type or out of range.
    pub(crate) fn changed(&self, partial: &Map<String, Value>) -> Result<RoomSettings, Refusal> {
        let Ok(Value::Object(mut all)) = serde_json::to_value(self) else { return Err(Refusal::internal()) };
        for (name, value) in partial {
            let Some(known) = all.get_mut(name) else { return Err(Refusal::bad(format!("`settings.{name}` is not a setting"))) };
            check(name, known, value)?;
            *known = value.clone();
        }
        serde_json::from_value(Value::Object(all)).map_err(|error| Refusal::bad(format!("`settings`: {error}")))
    }
}

/// Whether these are points of a curve of energy.
fn curve(value: &Value) -> bool {
    let Ok(points) = serde_json::from_value::<Vec<(u64, f64)>>(value.clone()) else { return false };
    points.len() <= POINTS && points.iter().all(|(_, energy)| (0.0..=1.0).contains(energy)) && points.is_sorted_by(|a, b| a.0 < b.0)
}

fn check(name: &str, known: &Value, value: &Value) -> Result<(), Refusal> {
    let bad = |wants: &str| Err(Refusal::bad(format!("`settings.{name}` must be {wants}")));
    if let Some((_, least, most)) = RANGES.iter().find(|range| range.0 == name) {
        return match value.as_u64() {
            Some(number) if (*least..=*most).contains(&number) => Ok(()),
            _ => bad(&format!("a whole number from {least} to {most}")),
        };
    }
    if name == "energyCurve" {
        return if curve(value) {
            Ok(())
        } else {
            bad("a list of at most 24 points [Unix milliseconds, energy from 0 to 1], later ones later")
        };
    }
    match (known, value) {
        (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Bool(_), _) => bad("true or false"),
        (Value::Number(_), Value::Number(share)) if share.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) => Ok(()),
        (Value::Number(_), _) => bad("a number from 0 to 1"),
        (_, Value::String(order)) if ["fair", "votes", "fifo"].contains(&order.as_str()) => Ok(()),
        _ => bad("\"fair\", \"votes\" or \"fifo\""),
    }
}
