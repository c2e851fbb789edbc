//! A venue for its owner: who is there now, what to play for them, how many people nearby would like the venue, and its history.
//! Answers hold counts, never names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use tutti_engine::Engine;
use tutti_engine::taste::group::{Group, Member as GroupMember, Rules, Search};
use tutti_engine::taste::interactions::Kind;
use tutti_engine::taste::venue::VenueIndex;
use tutti_engine::taste::venue::grid::Point;
use tutti_engine::taste::venue::nearby::Hour;
use tutti_engine::taste::{ItemSet, Model, ModelKind, Profile};

use super::venue_wire::{
    Cell, GenreShare, HourCount, NearbyMatches, OftenPlayed, VenueHistory, VenueMusic, VenueOverview, VenueRoom, VenueTastes, VisitedDay,
};
use super::venues::degrees;
use super::wire::Song;
use super::{answers, body};
use crate::access::{Caller, Owner};
use crate::app::AppState;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::http::rooms::link;
use crate::rooms::{PlayedSong, Refusal, RoomSummary, Song as RoomSong, rest};
use crate::taste::{Nearby, TasteService};

/// People of whom something may be said, at least.
const LEAST: usize = 5;
/// Songs whose genres stand for a taste.
const SONGS: usize = 100;
/// Genres of a taste that are shown.
const GENRES: usize = 8;
/// Seconds in an hour and in a day.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Hours of a week.
const WEEK: usize = 168;
/// Songs of a history that are shown.
const SHOWN: usize = 50;
/// Days by name, as `nearby-matches` has them.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `GET /v1/venues/{venue}/house`: who is there now and how the venue suits them.
pub(super) async fn overview(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<VenueOverview>, ApiError> {
    let room = room(&state, &headers, &id).await?;
    state
        .on_taste(move |tastes, engine| {
            let (model, venue_index, number) = venue_of(tastes, engine, &id)?;
            let at = number as usize;
            let open = tastes.songs_of(engine, &model, None)?;
            let present = &venue_index.present[at];
            let evening = mean(&model, present).filter(|_| present.len() >= LEAST);
            let genres = |vector: &[f32]| genres(engine, &model, &open, vector);
            let house = venue_index.vectors[at].as_deref().map(genres);
            Ok(Json(VenueOverview {
                document: document(engine, &id)?,
                venue: id,
                present: present.len(),
                least: LEAST,
                fit: evening.as_deref().and_then(|evening| suits(&venue_index, at, evening)),
                taste: VenueTastes { house: house.unwrap_or_default(), evening: evening.as_deref().map(genres) },
                room,
            }))
        })
        .await
}

/// The venues as they are now, and the number of one of them.
fn venue_of(tastes: &TasteService, engine: &Engine, id: &str) -> Result<(Arc<Model>, Arc<VenueIndex>, u32), ApiError> {
    let (model, venue_index) = tastes.venue_index(engine)?;
    let number = venue_index.number(id).ok_or_else(|| body::unknown("venue", id))?;
    Ok((model, venue_index, number))
}

/// The open room of a venue as its owner needs it.
async fn room(state: &AppState, headers: &HeaderMap, venue: &str) -> Result<Option<VenueRoom>, ApiError> {
    let Some(id) = state.rooms.of_venue(venue).await? else { return Ok(None) };
    let room = state.rooms.find(&id).await?;
    let code = state.rooms.document(&room).await?.code.clone();
    let RoomSummary { id, code, link, members, online, queue, .. } = rest::summary(&room, link(state, headers, &code));
    Ok(Some(VenueRoom { id: id.to_string(), code, link, members, online, queue }))
}

/// What the index says of a venue.
fn document(engine: &Engine, id: &str) -> Result<Map<String, Value>, ApiError> {
    let mut known = engine.index("venues")?.get(id)?.unwrap_or_default();
    let taken = ["name", "kind", "city", "location", "opening_hours", "capacity"];
    Ok(taken.into_iter().filter_map(|name| Some((name.to_owned(), known.remove(name).filter(|value| !value.is_null())?))).collect())
}

/// The mean taste of people, each of the same weight; none when nobody's is known.
fn mean<'a>(model: &Model, people: impl IntoIterator<Item = &'a String>) -> Option<Vec<f32>> {
    let mut sum = vec![0.0; model.dimensions()];
    let mut any = false;
    for vector in people.into_iter().filter_map(|person| model.user(model.user_ids().number(person)?)) {
        let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt();
        if length > 0.0 {
            any = true;
            sum.iter_mut().zip(vector).for_each(|(sum, part)| *sum += part / length);
        }
    }
    any.then_some(sum)
}

/// How a taste suits a venue, 0 to 1, where 0.5 is neither; none while the venue has no taste.
fn suits(venue_index: &VenueIndex, at: usize, taste: &[f32]) -> Option<f64> {
    let cosine = venue_index.venues[at].taste.as_ref()?.cosine(&venue_index.centred(taste)?)?;
    Some((f64::midpoint(cosine, 1.0) * 1000.0).round() / 1000.0)
}

/// The genres of the songs that suit a taste best, each song by how much it does, with their shares; the greatest first.
fn genres(engine: &Engine, model: &Model, open: &ItemSet, vector: &[f32]) -> Vec<GenreShare> {
    let Ok(index) = engine.index("songs") else { return Vec::new() };
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    for item in model.best_for_vector(vector, SONGS, &|item| open.has(item)) {
        let suits: f32 = model.item(item).into_iter().flatten().zip(vector).map(|(song, taste)| song * taste).sum();
        let document = model.item_ids().name(item).and_then(|id| index.get(id).ok().flatten()).unwrap_or_default();
        let names: Vec<&str> = document.get("genres").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let weight = f64::from(suits.max(0.0)) / names.len().max(1) as f64;
        names.iter().for_each(|name| *shares.entry((*name).to_owned()).or_default() += weight);
    }
    let all = shares.values().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut ranked: Vec<(String, f64)> = shares.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.into_iter().take(GENRES).map(|(genre, share)| GenreShare { genre, share: (share / all * 1000.0).round() / 1000.0 }).collect()
}

/// Seconds that local time is ahead of UTC by the sun: an hour for every 15 degrees of longitude.
fn ahead(at: Point) -> i64 {
    (at.lon() / 15.0).round() as i64 * HOUR
}

/// The minute of the local day.
fn minute_of_day(at: Point, time: i64) -> u16 {
    ((time + ahead(at)).rem_euclid(DAY) / 60) as u16
}

/// `GET /v1/venues/{venue}/music`: songs for those who are there now; for the venue's own taste when nobody is.
pub(super) async fn music(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<VenueMusic>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["k"], &[])?;
    let k = parameters.number("k", 20, 200)?.max(1);
    let style = state.styles.of(&id).await.map_err(Refusal::from)?;
    state
        .on_taste(move |tastes, engine| {
            let (model, venue_index, number) = venue_of(tastes, engine, &id)?;
            let open = tastes.songs_of(engine, &model, body::filter(style.filter().as_deref())?.as_ref())?;
            let open = |item: u32| open.has(item);
            let present = &venue_index.present[number as usize];
            let profiles: Vec<Profile> = present
                .iter()
                .filter_map(|person| tastes.taste.recent_profile(ModelKind::Songs, &model, person, tastes.now()).ok())
                .take(body::MOST)
                .collect();
            if profiles.is_empty() {
                let Some(vector) = &venue_index.vectors[number as usize] else {
                    let songs = shown_plain(&model, &model.cold_start_items(k, &open));
                    return Ok(Json(VenueMusic { venue: id, present: 0, r#for: "popular here", songs }));
                };
                let songs = shown_plain(&model, &model.best_for_vector(vector, k, &open));
                return Ok(Json(VenueMusic { venue: id, present: 0, r#for: "who usually comes", songs }));
            }
            let rules =
                Rules { energy: style.energy_at(minute_of_day(venue_index.venues[number as usize].at, tastes.now())), ..Rules::default() };
            let members = profiles.into_iter().map(GroupMember::new).collect();
            let group = Group { members, rules, include_known: true, ..Group::default() };
            let picks = model.group_picks(&group, k, Search::Fast, &open)?;
            // An owner is told what to play, not who likes it.
            let songs = picks.iter().map(|pick| pick.item).collect::<Vec<u32>>();
            Ok(Json(VenueMusic { venue: id, present: present.len(), r#for: "who is there now", songs: shown_plain(&model, &songs) }))
        })
        .await
}

fn shown_plain(model: &Model, items: &[u32]) -> Vec<Song> {
    items.iter().map(|item| answers::song(model, *item)).collect()
}

/// `GET /v1/venues/{venue}/nearby-matches`: how many people nearby would like the place. See the engine's `venue::nearby` for what is
/// guaranteed.
pub(super) async fn nearby(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<NearbyMatches>, ApiError> {
    state
        .on_taste(move |tastes, engine| {
            let (_, _, number) = venue_of(tastes, engine, &id)?;
            let Nearby { summary, likes, week, squares } = tastes.nearby(engine, number)?;
            let cells = squares.iter().map(|square| Cell {
                lat: degrees(square.middle.lat()),
                lon: degrees(square.middle.lon()),
                size_m: square.side_m.round(),
                people: square.people,
                matches: square.matches,
            });
            Ok(Json(NearbyMatches {
                venue: id,
                day: summary.day,
                people: summary.people,
                matches: summary.matches,
                share: summary.share,
                best_hour: summary.best_hour.as_ref().map(hour_count),
                like: likes,
                hours: week.iter().filter(|hour| hour.people > 0).map(hour_count).collect(),
                cells: cells.collect(),
                note: "counts of people who agreed to be counted, rounded down to fives, over the kilometre around; made once a day",
            }))
        })
        .await
}

fn hour_count(hour: &Hour) -> HourCount {
    let number = hour.hour.get();
    HourCount { day: DAYS[usize::from(number / 24)], hour: number % 24, people: hour.people, matches: hour.matches }
}

/// `GET /v1/venues/{venue}/history`: visits by day and by hour of the week, how the visitors of each day suited the venue, and what its
/// room played most.
pub(super) async fn history(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<VenueHistory>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["days"], &[])?;
    let days = parameters.number("days", 28, 366)?.max(1);
    let songs = played(&state, &id).await?;
    state
        .on_taste(move |tastes, engine| {
            let (model, venue_index, number) = venue_of(tastes, engine, &id)?;
            let at = number as usize;
            let visits = visits(tastes, &id, days as i64, ahead(venue_index.venues[at].at));
            let mut hours = vec![0u32; WEEK];
            visits.iter().flat_map(|day| &day.hours).for_each(|hour| hours[usize::from(*hour)] += 1);
            let shown = visits.iter().map(|day| {
                let fit = mean(&model, &day.people).filter(|_| day.people.len() >= LEAST).and_then(|taste| suits(&venue_index, at, &taste));
                VisitedDay { day: day.date.clone(), visits: day.hours.len(), people: day.people.len(), fit }
            });
            let days = shown.collect();
            Ok(Json(VenueHistory { venue: id, days, hours, songs }))
        })
        .await
}

/// A local day of a venue.
struct Visits {
    date: String,
    /// The hour of the week of each visit.
    hours: Vec<u8>,
    people: BTreeSet<String>,
}

/// The check-ins of the last days, today last; every day is there.
fn visits(tastes: &TasteService, venue: &str, days: i64, ahead: i64) -> Vec<Visits> {
    let today = (tastes.now() + ahead).div_euclid(DAY);
    let first = today - days + 1;
    let date =
        |day: i64| time::OffsetDateTime::from_unix_timestamp(day * DAY).map_or_else(|_| String::new(), |time| time.date().to_string());
    let mut all: Vec<Visits> = (first..=today).map(|day| Visits { date: date(day), hours: Vec::new(), people: BTreeSet::new() }).collect();
    let held = tastes.taste.history().table();
    for (person, done) in held.users() {
        for one in done.iter().filter(|one| one.kind == Kind::CheckIn && held.item(one.item) == Some(venue)) {
            let local = one.at + ahead;
            let day = local.div_euclid(DAY) - first;
            let Some(visits) = usize::try_from(day).ok().and_then(|day| all.get_mut(day)) else { continue };
            // 1970 began on a Thursday.
            visits.hours.push((local.div_euclid(HOUR) + 72).rem_euclid(WEEK as i64) as u8);
            visits.people.insert(person.to_owned());
        }
    }
    all
}

/// What the venue's room played, the most often played first.
async fn played(state: &AppState, venue: &str) -> Result<Vec<OftenPlayed>, ApiError> {
    let Some(id) = state.rooms.of_venue(venue).await? else { return Ok(Vec::new()) };
    let evening = rest::play_history(&state.rooms.find(&id).await?).await?;
    let mut songs: BTreeMap<String, (u32, Arc<RoomSong>)> = BTreeMap::new();
    for PlayedSong { song, .. } in evening {
        songs.entry(song.id.to_string()).or_insert((0, song)).0 += 1;
    }
    let mut ranked: Vec<(u32, Arc<RoomSong>)> = songs.into_values().collect();
    ranked.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    let shown = ranked.into_iter().take(SHOWN);
    let song = |(times, song): (u32, Arc<RoomSong>)| OftenPlayed {
        id: song.id.to_string(),
        title: song.title.clone(),
        artist: song.artist.clone(),
        times,
    };
    Ok(shown.map(song).collect())
}
