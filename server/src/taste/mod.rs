//! Taste beside the indexes: what songs and venues are comes from their documents, indexes of venues and anonymous counts are kept
//! for a while, training runs one at a time. Knows neither routes nor JSON of answers.

mod catalogue;
mod content;
mod stale_while_revalidate;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tutti_engine::Engine;
use tutti_engine::search::Version;
use tutti_engine::taste::content::ItemContent;
use tutti_engine::taste::interactions::{InteractionRow, InteractionTable};
use tutti_engine::taste::train::Progress;
use tutti_engine::taste::venue::nearby::{
    self, Area, Cell, Hour, HourOfWeek, Partition, People, Policy, Release, Sighting, Snapshot, Square, Summary,
};
use tutti_engine::taste::venue::score::{CenteredTaste, Venue};
use tutti_engine::taste::venue::{Place, VenueIndex};
use tutti_engine::taste::{ItemSet, Model, ModelKind, Taste, TasteError};

pub(crate) use catalogue::Filter;
use catalogue::{Catalogue, SONGS, SameModel};
pub(crate) use content::{item_of, place_of};
use stale_while_revalidate::StaleWhileRevalidate;

use crate::clock::Clock;
use crate::covers::Places;

/// Seconds an index of venues is good for: who is there changes by the clock, too.
const REFRESH: i64 = 20;
/// Days that count for people nearby.
const WINDOW: u16 = 28;
/// Cells around a venue that are its area: itself and those beside it.
const REACH: u16 = 1;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// Taste as the server keeps it.
pub(crate) struct TasteService {
    pub(crate) taste: Taste,
    clock: Clock,
    venue_index: StaleWhileRevalidate<SameModel, VenueIndexOf, VenueIndex>,
    catalogue: Catalogue,
    places: StaleWhileRevalidate<SameModel, (), Places>,
    releases: Mutex<Option<Released>>,
    job: Mutex<Job>,
    stop: AtomicBool,
    /// Where the counts of people nearby are kept.
    published: std::path::PathBuf,
}

/// What an index of venues was made from.
#[derive(PartialEq)]
struct VenueIndexOf {
    venues: Version,
    interactions: u64,
    /// In steps of [`REFRESH`].
    time: i64,
}

/// What is published of the people near venues, one day long.
struct Released {
    release: Release,
    /// Genres and artists by the number the release has for them.
    labels: Arc<Model>,
}

/// What an owner learns of the people around.
pub(crate) struct Nearby {
    pub(crate) summary: Summary,
    /// Genres and artists they share.
    pub(crate) likes: Vec<String>,
    /// All hours of the week.
    pub(crate) week: Vec<Hour>,
    /// Where they are.
    pub(crate) squares: Vec<Square>,
}

/// The last training.
#[derive(Clone, Debug, Default, serde::Serialize, utoipa::ToSchema)]
#[schema(as = TrainingJob)]
pub(crate) struct Job {
    /// `songs` or `venues`; none before the first.
    pub(crate) of: Option<&'static str>,
    /// Whether it goes on.
    pub(crate) running: bool,
    /// Passes done.
    pub(crate) passes: u32,
    /// The objective after the last.
    pub(crate) loss: Option<f64>,
    /// The last figure on the held-out part.
    pub(crate) held_out_ndcg: Option<f64>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TasteService {
    /// Opens the taste of a data directory. What fades with time fades by this clock.
    pub(crate) fn open(folder: &std::path::Path, clock: Clock) -> Result<TasteService, TasteError> {
        Ok(TasteService {
            taste: Taste::open(folder)?,
            clock,
            venue_index: StaleWhileRevalidate::default(),
            catalogue: Catalogue::default(),
            places: StaleWhileRevalidate::default(),
            releases: Mutex::default(),
            job: Mutex::default(),
            stop: AtomicBool::new(false),
            published: folder.join("taste").join("nearby.json"),
        })
    }

    /// Seconds since 1970, by the clock it was opened with.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// What songs are, from their index.
    fn content(engine: &Engine) -> Result<Vec<ItemContent>, tutti_engine::Error> {
        let mut out = Vec::new();
        engine.index(SONGS)?.each_document(|document| out.extend(item_of(&document)))?;
        Ok(out)
    }

    /// Trains and takes the model up. Blocks until it is done.
    pub(crate) fn train(&self, engine: &Engine, of: ModelKind, mut also: impl FnMut(Progress)) -> Result<Arc<Model>, TasteError> {
        {
            // Asked and taken in one step: of two who press the button at once, one begins.
            let mut job = lock(&self.job);
            if job.running {
                return Err(TasteError::BadRequest("a training goes on already".to_owned()));
            }
            *job = Job { of: Some(of.name()), running: true, ..Job::default() };
        }
        let trained = self.train_with(engine, of, &mut |progress| {
            if let Progress::Pass { number, loss, ndcg } = &progress {
                let mut job = lock(&self.job);
                (job.passes, job.loss) = (*number, Some(loss.total()));
                job.held_out_ndcg = ndcg.or(job.held_out_ndcg);
            }
            also(progress);
        });
        let mut job = lock(&self.job);
        job.running = false;
        job.error = trained.as_ref().err().map(ToString::to_string);
        trained
    }

    fn train_with(&self, engine: &Engine, of: ModelKind, report: &mut dyn FnMut(Progress)) -> Result<Arc<Model>, TasteError> {
        let content = match of {
            ModelKind::Songs => {
                Self::content(engine).map_err(|error| TasteError::BadRequest(format!("the songs cannot be read: {error}")))?
            }
            ModelKind::Venues => Vec::new(),
        };
        self.taste.train(of, content, self.now(), &self.stop, report)
    }

    /// The last training, or the one that goes on.
    pub(crate) fn job(&self) -> Job {
        lock(&self.job).clone()
    }

    /// Ends a training after its pass; for shutting down.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Takes up models that were written since. One of songs that the catalogue does not hold is refused.
    pub(crate) fn refresh(&self, engine: &Engine) -> bool {
        self.taste.refresh(&|of, model| match engine.index(SONGS) {
            Ok(index) if of == ModelKind::Songs => {
                let documents = usize::try_from(index.count()).unwrap_or(usize::MAX);
                let unread = |error| TasteError::BadRequest(format!("the songs cannot be read: {error}"));
                model.fits(&tutti_engine::items_of(model, &index, None).map_err(unread)?, documents)
            }
            _ => Ok(()),
        })
    }

    /// The model of songs and which of them may be recommended: those in the catalogue that a filter lets through.
    pub(crate) fn songs(&self, engine: &Engine, filter: Option<&Filter>) -> Result<(Arc<Model>, Arc<ItemSet>), crate::http::ApiError> {
        let model = self.taste.model(ModelKind::Songs)?;
        let songs = self.songs_of(engine, &model, filter)?;
        Ok((model, songs))
    }

    /// The songs of a model that may be recommended.
    pub(crate) fn songs_of(
        &self,
        engine: &Engine,
        model: &Arc<Model>,
        filter: Option<&Filter>,
    ) -> Result<Arc<ItemSet>, crate::http::ApiError> {
        let all = self.catalogue.songs(engine, model, None)?;
        if filter.is_none() { Ok(all) } else { self.catalogue.songs(engine, model, filter) }
    }

    /// The axes along which the songs of a model differ most.
    pub(crate) fn places(&self, model: &Arc<Model>) -> Arc<Places> {
        let made = self.places.get(SameModel::of(model), (), || Ok::<_, std::convert::Infallible>(Places::of(model)));
        match made {
            Ok(places) => places,
            Err(never) => match never {},
        }
    }

    /// The venues as they are now, or were some seconds ago, and the model whose vectors they have.
    pub(crate) fn venue_index(&self, engine: &Engine) -> Result<(Arc<Model>, Arc<VenueIndex>), crate::http::ApiError> {
        let index = engine.index("venues")?;
        let model = self.taste.model(ModelKind::Songs)?;
        let now = self.now();
        let from =
            VenueIndexOf { venues: index.version(), interactions: self.taste.history().table().last(), time: now.div_euclid(REFRESH) };
        let venue_index = self.venue_index.get(SameModel::of(&model), from, || {
            let mut places: Vec<Place> = Vec::new();
            index.each_document(|document| places.extend(place_of(&document)))?;
            Ok::<_, crate::http::ApiError>(VenueIndex::new(places, &model, &self.taste.history().table(), now))
        })?;
        Ok((model, venue_index))
    }

    /// How many people near a venue would like it, as published today, with the genres and artists they share.
    pub(crate) fn nearby(&self, engine: &Engine, venue: u32) -> Result<Nearby, crate::http::ApiError> {
        let (model, venue_index) = self.venue_index(engine)?;
        let mut kept = lock(&self.releases);
        let day = i32::try_from(self.now().div_euclid(DAY)).unwrap_or(0);
        if kept.as_ref().is_none_or(|kept| kept.release.day() < day) {
            // What was published goes on being what changes are measured against, over restarts too.
            let before = kept.take().map(|kept| kept.release).or_else(|| self.saved_release());
            let released = self.release(&venue_index, model, day, before);
            self.save_release(&released.release);
            *kept = Some(released);
        }
        let Some(released) = kept.as_ref() else { return Err(crate::http::ApiError::internal()) };
        let area = Area::new(Cell::at(venue_index.venues[venue as usize].at).around(REACH));
        let audience = number_of(&venue_index.ids[venue as usize]);
        let summary = released.release.summary(&area, audience, 5);
        let name = |wanted: &u32| released.labels.label_names().iter().find(|label| number_of(label) == *wanted).map(str::to_owned);
        let likes = summary.tastes.iter().filter_map(name).collect();
        let (week, squares) = (released.release.hours(&area, audience), released.release.squares(&area, audience));
        Ok(Nearby { summary, likes, week, squares })
    }

    fn saved_release(&self) -> Option<Release> {
        let bytes = std::fs::read(&self.published).ok()?;
        Release::restore(&serde_json::from_slice(&bytes).ok()?, Policy::default())
    }

    fn save_release(&self, release: &Release) {
        let written = serde_json::to_vec(&release.save()).map_err(std::io::Error::from);
        let written = written.and_then(|bytes| tutti_engine::replace_file(&self.published, |file| file.write_all(&bytes)));
        if let Err(error) = written {
            tracing::error!(%error, "the counts of people nearby cannot be kept");
        }
    }

    /// The counts of a day, going on from those of the day before.
    fn release(&self, venue_index: &VenueIndex, model: Arc<Model>, day: i32, before: Option<Release>) -> Released {
        let held = self.taste.history().table();
        let mut sightings = Vec::new();
        // What each person did and what the person likes, of those who agreed; the others are never looked at.
        let mut counted: Vec<Option<Counted<'_>>> = Vec::new();
        for (number, (person, done)) in held.users().enumerate() {
            if !self.taste.consents(person) {
                counted.push(None);
                continue;
            }
            let vector = model.user_ids().number(person).and_then(|number| model.user(number));
            counted.push(Some(Counted { done, taste: vector.and_then(|vector| bar(venue_index, vector)) }));
            for one in done {
                let id = if one.kind.is_of_venue() { held.item(one.item) } else { held.item(one.venue) };
                let Some(at) = id.and_then(|id| venue_index.number(id)).map(|venue| venue_index.venues[venue as usize].at) else {
                    continue;
                };
                let local = one.at + (at.lon() / 15.0).round() as i64 * 3600;
                let hour = (local.div_euclid(3600) + 72).rem_euclid(168) as u8;
                if let Some(hour) = HourOfWeek::new(hour) {
                    let day = i32::try_from(local.div_euclid(DAY)).unwrap_or(0);
                    sightings.push(Sighting { person: number as u32, day, cell: Cell::at(at), hour });
                }
            }
        }
        let snapshot = Snapshot::new(day, WINDOW, &sightings);
        let tasted = (0..venue_index.venues.len() as u32).filter(|venue| venue_index.vectors[*venue as usize].is_some());
        let by_number: BTreeMap<u32, u32> = tasted.map(|venue| (number_of(&venue_index.ids[venue as usize]), venue)).collect();
        let likes = |venue: u32, person: u32| {
            let person = counted.get(person as usize).and_then(Option::as_ref).and_then(|one| one.taste.as_ref());
            let venue = by_number.get(&venue).map(|venue| &venue_index.venues[*venue as usize]);
            person.zip(venue).is_some_and(|((taste, bar), venue)| nearby::likes(suits(taste, venue), *bar))
        };
        let tastes = |person: u32| {
            let done = counted.get(person as usize).and_then(Option::as_ref).map_or(&[] as &[InteractionRow], |one| one.done);
            favourites(&model, &held, done)
        };
        let audiences: Vec<u32> = by_number.keys().copied().collect();
        let people = People { audiences: &audiences, likes: &likes, tastes: &tastes };
        let release = match before {
            Some(before) if before.day() < day => before.next(&snapshot, &people),
            Some(before) => before,
            None => Release::first(Partition::build(&snapshot, 9), Policy::default(), &snapshot, &people),
        };
        Released { release, labels: model }
    }
}

/// A number for a venue or a label that stays the same over restarts and trainings (FNV-1a).
fn number_of(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Somebody who agreed to be counted: what they did, their taste, and from where on they would like a venue.
struct Counted<'a> {
    done: &'a [InteractionRow],
    taste: Option<(CenteredTaste, f32)>,
}

/// How well a venue suits a taste; the least for a venue of which nothing is known.
fn suits(taste: &CenteredTaste, venue: &Venue) -> f32 {
    venue.taste.as_ref().and_then(|other| taste.cosine(other)).unwrap_or(-1.0) as f32
}

/// A taste, and from where on a venue is one the person would like: the person's own 80th percentile.
fn bar(venue_index: &VenueIndex, vector: &[f32]) -> Option<(CenteredTaste, f32)> {
    let taste = venue_index.centred(vector)?;
    // Most venues have no taste yet: with them the bar would be where nothing is known.
    let known = venue_index.venues.iter().filter(|venue| venue.taste.is_some());
    let scores: Vec<f32> = known.map(|venue| suits(&taste, venue)).collect();
    let bar = nearby::own_threshold(&scores)?;
    Some((taste, bar))
}

/// The genres and tags of what somebody did most with.
fn favourites(model: &Model, held: &InteractionTable, done: &[InteractionRow]) -> Vec<u32> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for one in done {
        if let Some(item) = held.item(one.item).and_then(|id| model.item_ids().number(id)) {
            let names = model.labels(item).iter().filter_map(|label| model.label_names().name(*label));
            names.for_each(|name| *counts.entry(number_of(name)).or_default() += 1);
        }
    }
    let mut ranked: Vec<(u32, u32)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.into_iter().take(3).map(|(label, _)| label).collect()
}
