//! All venues at one moment, ready to be asked: where they are, what they sound like, how full they are.

use std::collections::HashMap;

use super::grid::{Grid, Point};
use super::hours::Hours;
use super::score::{CenteredTaste, TasteMean, Venue, rating_factor};
use super::vector::{PRESENT_MINUTES, Present, Visit, VisitSums, venue_taste};
use crate::interactions::{InteractionTable, Kind};
use crate::model::Model;

/// Cells of the spatial index, in metres.
const CELL_M: f64 = 1000.0;
/// A venue whose capacity nobody stated is full with this many people.
const CAPACITY: f64 = 80.0;

/// What is stated of a venue.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Where it is: latitude and longitude in degrees; venues without one are left out.
    pub at: Option<Point>,
    /// When it is open; unreadable ones count as unknown.
    pub hours: Option<Hours>,
    /// How many people it holds.
    pub capacity: Option<u32>,
    /// Genres its owner plays, in lower case.
    pub genres: Vec<String>,
    /// 0 to 100, how popular it is.
    pub popularity: Option<f64>,
}

/// All venues at one moment.
#[derive(Debug)]
pub struct VenueIndex {
    /// The venues, as the score reads them.
    pub venues: Vec<Venue>,
    /// Their ids, in the same order.
    pub ids: Vec<String>,
    /// Where they are.
    pub grid: Grid,
    /// Who checked in within the last ninety minutes, by venue.
    pub present: Vec<Vec<String>>,
    /// Their tastes, as vectors of the song model; none where nothing is known.
    pub vectors: Vec<Option<Vec<f32>>>,
    by_id: HashMap<String, u32>,
    centre: TasteMean,
}

impl VenueIndex {
    /// The board at `now` (seconds since 1970): each venue's taste is the decayed sum over the visits and plays there, drawn to the mean of
    /// all, with the owner's genres as the mean of their best-known songs, and who is there now. O(all interactions d).
    pub fn new(places: Vec<Place>, model: &Model, table: &InteractionTable, now: i64) -> VenueIndex {
        let places: Vec<(Place, Point)> = places.into_iter().filter_map(|place| place.at.map(|at| (place, at))).collect();
        let by_id: HashMap<String, u32> = places.iter().enumerate().map(|(at, (place, _))| (place.id.clone(), at as u32)).collect();
        let d = model.dimensions();
        let Visits { sums, present, present_vectors } = Visits::of(&places, &by_id, model, table, now);
        let hour = now.div_euclid(3600);
        let mean = mean_visitor(&sums, hour, d);
        let styles = Styles::new(model);
        let vectors: Vec<Option<Vec<f32>>> = places
            .iter()
            .enumerate()
            .map(|(at, (place, _))| {
                let present: Vec<Present<'_>> =
                    present_vectors[at].iter().map(|(taste, minutes_ago)| Present { taste, minutes_ago: *minutes_ago }).collect();
                let style = styles.of(model, &place.genres);
                if sums[at].weight(hour) == 0.0 && style.is_none() && present.is_empty() {
                    return None;
                }
                venue_taste(&sums[at], hour, &mean, style.as_deref(), &present)
            })
            .collect();
        let centre = TasteMean::of(d, vectors.iter().flatten().map(Vec::as_slice));
        let venues: Vec<Venue> = places
            .iter()
            .enumerate()
            .map(|(at, (place, point))| Venue {
                at: *point,
                taste: vectors[at].as_ref().and_then(|vector| centre.apply(vector)),
                hours: place.hours.clone(),
                crowd: (!table.is_empty())
                    .then(|| (present[at].len() as f64 / place.capacity.map_or(CAPACITY, f64::from).max(1.0)).min(1.0)),
                rating: place.popularity.map_or(1.0, |popularity| rating_factor(popularity / 100.0, 10)),
            })
            .collect();
        let points: Vec<Point> = venues.iter().map(|venue| venue.at).collect();
        let ids = places.into_iter().map(|(place, _)| place.id).collect();
        VenueIndex { grid: Grid::new(&points, CELL_M), venues, ids, present, vectors, by_id, centre }
    }

    /// The number of a venue.
    pub fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// A taste as venues are compared with: without what all venues share.
    pub fn centred(&self, vector: &[f32]) -> Option<CenteredTaste> {
        self.centre.apply(vector)
    }
}

/// What the interactions say of venues, one entry a venue.
struct Visits {
    /// The visitors' tastes.
    sums: Vec<VisitSums>,
    /// Who is there now.
    present: Vec<Vec<String>>,
    /// Their vectors, and the minutes since they came.
    present_vectors: Vec<Vec<(Vec<f32>, i64)>>,
}

impl Visits {
    fn of(places: &[(Place, Point)], by_id: &HashMap<String, u32>, model: &Model, table: &InteractionTable, now: i64) -> Visits {
        let d = model.dimensions();
        let mut sums: Vec<VisitSums> = places.iter().map(|_| VisitSums::new(d)).collect();
        let mut present: Vec<Vec<String>> = vec![Vec::new(); places.len()];
        let mut present_vectors: Vec<Vec<(Vec<f32>, i64)>> = vec![Vec::new(); places.len()];
        for (user, events) in table.users() {
            let Some(vector) = model.user_ids().number(user).and_then(|number| model.user(number)) else { continue };
            let mut last: Option<(u32, i64)> = None;
            for one in events {
                let venue = if one.kind == Kind::CheckIn { table.item(one.item) } else { table.item(one.venue) };
                let Some(at) = venue.and_then(|id| by_id.get(id)) else { continue };
                // A visit counts twice what a song played there does.
                let strength = if one.kind == Kind::CheckIn { 1.0 } else { 0.5 };
                // What has no direction yet adds nothing.
                let _ = sums[*at as usize].add(&Visit { taste: vector, hour: one.at.div_euclid(3600), strength });
                if one.kind == Kind::CheckIn && last.is_none_or(|(_, time)| one.at >= time) {
                    last = Some((*at, one.at));
                }
            }
            if let Some((at, time)) = last {
                let minutes = (now - time).div_euclid(60);
                if (0..PRESENT_MINUTES).contains(&minutes) {
                    present[at as usize].push(user.to_owned());
                    present_vectors[at as usize].push((vector.to_vec(), minutes));
                }
            }
        }
        Visits { sums, present, present_vectors }
    }
}

/// The mean of all visitors' tastes.
fn mean_visitor(sums: &[VisitSums], hour: i64, d: usize) -> Vec<f32> {
    let mut out = vec![0.0f64; d];
    let mut weight = 0.0;
    for sums in sums {
        weight += sums.weight(hour);
        out.iter_mut().zip(sums.sum(hour)).for_each(|(out, value)| *out += value);
    }
    out.into_iter().map(|value| (value / weight.max(1.0)) as f32).collect()
}

/// Songs of each genre, the best known first.
struct Styles(HashMap<u32, Vec<u32>>);

/// Songs that stand for a genre.
const SONGS: usize = 20;

impl Styles {
    fn new(model: &Model) -> Styles {
        let mut out: HashMap<u32, Vec<u32>> = HashMap::new();
        for item in model.most_popular() {
            for label in model.labels(*item) {
                let songs = out.entry(*label).or_default();
                if songs.len() < SONGS {
                    songs.push(*item);
                }
            }
        }
        Styles(out)
    }

    /// The fold-in of genres: of the best-known songs of each, as if liked.
    fn of(&self, model: &Model, genres: &[String]) -> Option<Vec<f32>> {
        let numbers = genres.iter().filter_map(|genre| model.label_names().number(genre));
        let songs: Vec<(u32, f32)> = numbers.filter_map(|label| self.0.get(&label)).flatten().map(|song| (*song, 1.0)).collect();
        (!songs.is_empty()).then(|| model.profile(&songs).vector)
    }
}
