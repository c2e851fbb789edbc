//! Venues for people. For their owners: `venue_owner` and `styles`.

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::Value;
use time::PrimitiveDateTime;
use tutti_engine::Engine;
use tutti_engine::taste::venue::VenueIndex;
use tutti_engine::taste::venue::grid::Point;
use tutti_engine::taste::venue::hours::OpenState;
use tutti_engine::taste::venue::score::{Combine, HALF_ON_FOOT_M, Member, Request, VenuePick, recommend as best_venues};
use tutti_engine::taste::{Model, ModelKind, Profile, TasteError};

use super::answers;
use super::wire::{GeoPoint, VenueAnswer, Venues};
use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::taste::TasteService;

/// Metres around that are searched, unless asked otherwise.
const RADIUS: usize = 3000;

/// Where somebody looks for a venue, and for whom.
pub(crate) struct Around {
    near: Point,
    radius: f64,
    k: usize,
    /// Metres after which a venue counts half.
    half: f64,
    local: PrimitiveDateTime,
    /// How full it should be, 0 to 1.
    crowd: Option<f64>,
    combine: Combine<'static>,
    people: Vec<String>,
    /// Kinds of venues, as the index has them; empty for all.
    kinds: Vec<String>,
    /// Only those that are known to be open.
    open: bool,
}

impl Around {
    /// The `k` best within a walk for these people, at `now` (seconds since 1970).
    pub(crate) fn here(near: Point, people: &[&str], k: usize, now: i64) -> Around {
        Around {
            near,
            radius: RADIUS as f64,
            k,
            half: HALF_ON_FOOT_M,
            local: by_the_sun(near, now),
            crowd: None,
            combine: Combine::Average,
            people: people.iter().map(|name| (*name).to_owned()).collect(),
            kinds: Vec::new(),
            open: false,
        }
    }

    fn of(parameters: &Parameters, now: i64) -> Result<Around, ApiError> {
        parameters.allow(&["near", "radius", "for", "k", "at", "half", "crowd", "combine", "kind", "open"], &[])?;
        let near = point(parameters.get("near").ok_or_else(|| ApiError::bad("parameter `near`: say where, as latitude,longitude"))?)?;
        let listed = |name: &str| -> Vec<String> {
            let text = parameters.get(name).unwrap_or_default();
            text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
        };
        Ok(Around {
            near,
            radius: parameters.number("radius", RADIUS, 100_000)? as f64,
            k: parameters.number("k", 10, 100)?.max(1),
            half: parameters.number("half", HALF_ON_FOOT_M as usize, 100_000)?.max(1) as f64,
            local: parameters.get("at").map_or_else(|| Ok(by_the_sun(near, now)), local_time)?,
            crowd: share(parameters, "crowd")?,
            combine: match parameters.get("combine") {
                None | Some("average") => Combine::Average,
                Some("least_misery") => Combine::LeastMisery,
                Some(other) => {
                    return Err(ApiError::bad(format!("parameter `combine`: `{other}` is neither average nor least_misery")));
                }
            },
            people: listed("for"),
            kinds: listed("kind"),
            open: parameters.flag("open", false)?,
        })
    }
}

/// `GET /v1/venues/recommendations?near=lat,lon&radius=&for=user[,user...]`.
pub(super) async fn recommend(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Venues>, ApiError> {
    let around = Around::of(&Parameters::parse(raw.as_deref())?, state.tastes.now())?;
    state.on_taste(move |tastes, engine| venues_around(tastes, engine, &around).map(Json)).await
}

/// Venues around, the best first, with reasons.
pub(crate) fn venues_around(tastes: &TasteService, engine: &Engine, around: &Around) -> Result<Venues, ApiError> {
    let Around { near, radius, k, .. } = *around;
    let (model, venue_index) = tastes.venue_index(engine)?;
    let Asked { people, profiles, unknown } = asked(tastes, &model, &around.people)?;
    let member = |(name, profile): (&String, &Profile)| member(tastes, &venue_index, name, profile, near);
    let mut members: Vec<Member> = people.iter().zip(&profiles).map(member).collect();
    if members.is_empty() {
        members.push(Member { at: near, taste: None, visited: Vec::new() });
    }
    let within = venue_index.grid.within(near, radius).len();
    // Asked for more than wanted: those outside the circle fall away.
    let request = Request {
        members: &members,
        combine: around.combine,
        now: around.local,
        half_m: around.half,
        crowd: around.crowd,
        k: k.max(within),
    };
    let found = best_venues(&request, &venue_index.venues, &venue_index.grid);
    let of_kind = |pick: &VenuePick| around.kinds.is_empty() || around.kinds.contains(&kind(engine, &venue_index, pick.venue));
    let open = |pick: &VenuePick| !around.open || matches!(pick.parts.open, OpenState::Open { .. });
    let inside = found.into_iter().filter(|pick| pick.parts.distance_m <= radius && open(pick)).filter(of_kind).take(k);
    let shown = inside.map(|pick| {
        let suits = suits(&model, &venue_index, &pick, &people, &profiles);
        venue(engine, &venue_index, &pick, suits)
    });
    Ok(Venues {
        near: [degrees(near.lat()), degrees(near.lon())],
        local_time: around.local.format(LOCAL).unwrap_or_default(),
        unknown,
        venues: shown.collect(),
    })
}

/// Those for whom it is, as far as their tastes are known.
struct Asked {
    people: Vec<String>,
    profiles: Vec<Profile>,
    unknown: Vec<String>,
}

/// Leaves out those of whom nothing is known, unless nobody would be left.
fn asked(tastes: &TasteService, model: &Model, names: &[String]) -> Result<Asked, ApiError> {
    let mut asked = Asked { people: Vec::new(), profiles: Vec::new(), unknown: Vec::new() };
    for name in names {
        match tastes.taste.profile(ModelKind::Songs, model, name, tastes.now()) {
            Ok(profile) => {
                asked.people.push(name.clone());
                asked.profiles.push(profile);
            }
            Err(TasteError::Unknown { .. }) => asked.unknown.push(name.clone()),
            Err(error) => return Err(error.into()),
        }
    }
    match asked.unknown.first() {
        Some(name) if asked.people.is_empty() => Err(super::body::unknown("person", name)),
        _ => Ok(asked),
    }
}

fn member(tastes: &TasteService, venue_index: &VenueIndex, name: &str, profile: &Profile, at: Point) -> Member {
    let held = tastes.taste.history().table();
    let visits = held.of(name).iter().filter(|done| done.kind.is_of_venue());
    let mut visited: Vec<u32> = visits.filter_map(|done| venue_index.number(held.item(done.item)?)).collect();
    visited.sort_unstable();
    visited.dedup();
    Member { at, taste: venue_index.centred(profile.vector()), visited }
}

/// Likes of a person that a venue's taste is compared with, at most: the strongest.
const LIKES: usize = 200;
/// The cosine from which a taste suits a venue, and a liked song is one for its music.
const SUITS: f64 = 0.5;

/// Whom a venue's music suits most and what of it they play; none where its music is nobody's.
fn suits(model: &Model, venue_index: &VenueIndex, pick: &VenuePick, people: &[String], profiles: &[Profile]) -> Option<String> {
    let venue = venue_index.venues[pick.venue as usize].taste.as_ref()?;
    let (member, taste) = pick.tastes.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (name, profile) = people.get(member).zip(profiles.get(member)).filter(|_| taste > SUITS * SUITS)?;
    let who = if people.len() == 1 { "you" } else { name };
    let known = profile.known();
    let mut likes: Vec<(u32, f32)> =
        known.columns.iter().copied().zip(known.values.iter().copied()).filter(|(_, value)| *value > 0.0).collect();
    likes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let cosine = |(song, _): &(u32, f32)| Some((venue.cosine(&venue_index.centred(model.item(*song)?)?)?, *song));
    let best = likes.iter().take(LIKES).filter_map(cosine).max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(cosine, _)| *cosine > SUITS);
    Some(match best.map(|(_, song)| answers::liked(model, song)) {
        Some(artist) => format!("who goes there plays {artist}, like {who}"),
        None => format!("the people who go there share the taste of {who}"),
    })
}

/// What kind of venue it is.
fn kind(engine: &Engine, venue_index: &VenueIndex, number: u32) -> String {
    let document = engine.index("venues").and_then(|index| index.get(&venue_index.ids[number as usize])).ok().flatten().unwrap_or_default();
    document.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A venue as a map needs it.
fn venue(engine: &Engine, venue_index: &VenueIndex, pick: &VenuePick, suits: Option<String>) -> VenueAnswer {
    let (number, parts) = (pick.venue, &pick.parts);
    let id = &venue_index.ids[number as usize];
    let mut known = engine.index("venues").and_then(|index| index.get(id)).ok().flatten().unwrap_or_default();
    let taken = ["name", "kind", "city", "genres", "opening_hours"];
    let document = taken.into_iter().filter_map(|name| Some((name.to_owned(), known.remove(name).filter(|value| !value.is_null())?)));
    let at = venue_index.venues[number as usize].at;
    let (open, until) = match parts.open {
        OpenState::Open { until } => ("open", until),
        OpenState::ClosedUntil(until) => ("closed", Some(until)),
        OpenState::Closed => ("closed", None),
        OpenState::Unknown => ("unknown", None),
    };
    let mut because: Vec<String> = suits.into_iter().collect();
    because.push(format!("{} m away", parts.distance_m.round()));
    match parts.open {
        OpenState::Open { until: Some(until) } => because.push(format!("open until {:02}:{:02}", until.hour(), until.minute())),
        OpenState::Open { until: None } => because.push("open now".to_owned()),
        _ => {}
    }
    VenueAnswer {
        id: id.clone(),
        document: document.collect(),
        location: GeoPoint { r#type: "Point", coordinates: [degrees(at.lon()), degrees(at.lat())] },
        score: parts.score,
        taste: parts.taste,
        distance_m: parts.distance_m.round(),
        open,
        open_until: until.and_then(|until| until.format(LOCAL).ok()),
        crowd: venue_index.venues[number as usize].crowd,
        new_to_you: parts.new_to_you,
        because,
    }
}

fn point(text: &str) -> Result<Point, ApiError> {
    let wrong = || ApiError::bad(format!("parameter `near`: `{text}` is no latitude,longitude like 51.5142,-0.1494"));
    let (lat, lon) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().ok();
    number(lat).zip(number(lon)).and_then(|(lat, lon)| Point::new(lat, lon)).ok_or_else(wrong)
}

fn share(parameters: &Parameters, name: &str) -> Result<Option<f64>, ApiError> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.map(Some).ok_or_else(|| ApiError::bad(format!("parameter `{name}`: `{text}` is no number between 0 and 1")))
}

/// Degrees with as many digits as anybody asks with: a centimetre.
pub(super) fn degrees(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

/// How local times are written.
const LOCAL: &[time::format_description::BorrowedFormatItem<'_>] =
    time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]");

/// The local time asked for.
fn local_time(text: &str) -> Result<PrimitiveDateTime, ApiError> {
    PrimitiveDateTime::parse(text.get(..16).unwrap_or(text), LOCAL)
        .map_err(|_| ApiError::bad(format!("parameter `at`: `{text}` is no local time like 2026-11-27T21:30")))
}

/// The local time at `now` (seconds since 1970) by the sun: an hour for every 15 degrees of longitude.
fn by_the_sun(near: Point, now: i64) -> PrimitiveDateTime {
    let utc = time::OffsetDateTime::from_unix_timestamp(now).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let local = utc + time::Duration::hours((near.lon() / 15.0).round() as i64);
    PrimitiveDateTime::new(local.date(), local.time())
}
