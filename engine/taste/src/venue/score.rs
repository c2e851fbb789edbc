//! The score of a venue for a person or a group, with its parts (spec section 9), and the best venues by it.
//!
//! `score = cos(w, v)_+^g * 2^(-distance / half) * open * crowd * (1 + 0.1 new_to_you) * rating`. Every factor but the distance has
//! a known greatest value; that is the bound by which the spatial search stops early.
//!
//! Must not hold: where vectors come from, storage, wording of answers.

#[cfg(test)]
mod tests;

use super::grid::{Grid, Point};
use super::hours::{Hours, OpenState};

use time::PrimitiveDateTime;

/// Exponent of the cosine.
pub const TASTE_EXPONENT: f64 = 2.0;
/// Cosine assumed where a person or a venue has no direction of its own. Spec section 9 leaves it open.
pub const UNKNOWN_COSINE: f64 = 0.5;
/// Distance at which a venue is worth half, on foot, in metres.
pub const HALF_ON_FOOT_M: f64 = 1_000.0;
/// Distance at which a venue is worth half otherwise, in metres.
pub const HALF_OTHERWISE_M: f64 = 5_000.0;
const CROWD_LEAST: f64 = 0.6;
const CROWD_UNKNOWN: f64 = 0.9;
const NEW_BONUS: f64 = 0.1;
/// Ratings move a score by at most this share, up or down.
const RATING_SPAN: f64 = 0.2;
/// Weight of the neutral prior, in ratings.
const RATING_PRIOR: f64 = 10.0;

/// A taste with what everybody shares taken out, scaled to length 1. Made by [`TasteMean::apply`].
#[derive(Clone, Debug, PartialEq)]
pub struct CenteredTaste(Box<[f32]>);

impl CenteredTaste {
    /// The cosine; `None` when the two come from different spaces.
    #[must_use]
    pub fn cosine(&self, other: &CenteredTaste) -> Option<f64> {
        (self.0.len() == other.0.len())
            .then(|| self.0.iter().zip(&other.0).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>().clamp(-1.0, 1.0))
    }
}

/// The mean direction of all venues. Without it popular taste makes every bar alike.
#[derive(Clone, Debug, PartialEq)]
pub struct TasteMean(Vec<f64>);

impl TasteMean {
    /// The mean of the unit vectors of `venues`; vectors of another length than `factors` or without direction are skipped. O(n d).
    pub fn of<'a>(factors: usize, venues: impl IntoIterator<Item = &'a [f32]>) -> TasteMean {
        let mut mean = vec![0.0; factors];
        let mut count = 0.0;
        for unit in venues.into_iter().filter(|v| v.len() == factors).filter_map(unit) {
            mean.iter_mut().zip(unit).for_each(|(m, x)| *m += x);
            count += 1.0;
        }
        mean.iter_mut().for_each(|m| *m /= f64::max(count, 1.0));
        TasteMean(mean)
    }

    /// Scales to length 1, subtracts the mean, scales again: for persons and venues alike. `None` without direction, or when nothing
    /// but the mean is in it. O(d).
    #[must_use]
    pub fn apply(&self, vector: &[f32]) -> Option<CenteredTaste> {
        if vector.len() != self.0.len() {
            return None;
        }
        let rest: Vec<f64> = unit(vector)?.iter().zip(&self.0).map(|(x, m)| x - m).collect();
        let length = rest.iter().map(|x| x * x).sum::<f64>().sqrt();
        // What is left of a vector equal to the mean is rounding, not a taste.
        (length > 1e-6).then(|| CenteredTaste(rest.iter().map(|x| (x / length) as f32).collect()))
    }
}

fn unit(vector: &[f32]) -> Option<Vec<f64>> {
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    length.is_normal().then(|| vector.iter().map(|x| f64::from(*x) / length).collect())
}

/// What the score reads of a venue.
#[derive(Clone, Debug)]
pub struct Venue {
    /// Where it is; the same point the grid was built from.
    pub at: Point,
    /// Its centred taste, if it has one.
    pub taste: Option<CenteredTaste>,
    /// Its opening hours, if stated.
    pub hours: Option<Hours>,
    /// How full it is, 0 to 1, if known.
    pub crowd: Option<f64>,
    /// From [`rating_factor`].
    pub rating: f64,
}

/// One of the people who go out.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where the member starts from.
    pub at: Point,
    /// The member's centred taste, if there is one.
    pub taste: Option<CenteredTaste>,
    /// Venues the member has been to, as positions in the slice of venues, sorted.
    pub visited: Vec<u32>,
}

/// How the members' tastes become one, each from 0 to 1 (spec section 6).
#[derive(Clone, Copy)]
pub enum Combine<'a> {
    /// The mean.
    Average,
    /// The least.
    LeastMisery,
    /// The mean, or 0 when anybody is below this.
    AverageWithoutMisery(f64),
    /// Anything else; the answer is held within 0 and 1.
    By(&'a (dyn Fn(&[f64]) -> f64 + Sync)),
}

impl Combine<'_> {
    fn of(&self, tastes: &[f64]) -> f64 {
        let mean = || tastes.iter().sum::<f64>() / tastes.len().max(1) as f64;
        let least = || tastes.iter().copied().fold(1.0, f64::min);
        match self {
            Combine::Average => mean(),
            Combine::LeastMisery => least(),
            Combine::AverageWithoutMisery(limit) if least() < *limit => 0.0,
            Combine::AverageWithoutMisery(_) => mean(),
            Combine::By(rule) => f64::clamp(rule(tastes), 0.0, 1.0),
        }
    }
}

/// A wish for places to go.
#[derive(Clone)]
pub struct Request<'a> {
    /// Who goes out; nobody gets no answer.
    pub members: &'a [Member],
    /// How tastes are combined; with one member all but `By` agree.
    pub combine: Combine<'a>,
    /// Local time at the venues.
    pub now: PrimitiveDateTime,
    /// Distance at which a venue is worth half, in metres, above 0: [`HALF_ON_FOOT_M`], [`HALF_OTHERWISE_M`] or what was asked.
    pub half_m: f64,
    /// Wished crowd, 0 empty to 1 full; `None` when it does not matter.
    pub crowd: Option<f64>,
    /// How many venues to return.
    pub k: usize,
}

/// A score and what it is the product of: `taste * nearness * open_factor * crowd * novelty * rating`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// The product, from 0 on.
    pub score: f64,
    /// Combined `cos^g`, 0 to 1.
    pub taste: f64,
    /// Distance of the member farthest away, in metres.
    pub distance_m: f64,
    /// `2^(-distance / half)`.
    pub nearness: f64,
    /// Open, and until when. Never `ClosedUntil`: the next opening is not looked up for scoring.
    pub open: OpenState,
    /// 1, 0.3, 0.7 or 0.
    pub open_factor: f64,
    /// 0.6 to 1.
    pub crowd: f64,
    /// Share of the members who have not been there, 0 to 1.
    pub new_to_you: f64,
    /// `1 + 0.1 * new_to_you`.
    pub novelty: f64,
    /// From [`rating_factor`].
    pub rating: f64,
}

/// A venue of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct VenuePick {
    /// Position in the slice of venues.
    pub venue: u32,
    /// The score and its factors.
    pub parts: Parts,
    /// `cos^g` per member, in the order of the request: who gains most, for `because`.
    pub tastes: Vec<f64>,
}

/// The factor of ratings from 0 (worst) to 1 (best): 0.8 to 1.2, exactly 1 without ratings. The mean is shrunk toward the middle as
/// if ten more had been given there.
#[must_use]
pub fn rating_factor(mean: f64, count: u32) -> f64 {
    let mean = if mean.is_finite() { mean.clamp(0.0, 1.0) } else { 0.5 };
    let count = f64::from(count);
    let shrunk = (mean * count + 0.5 * RATING_PRIOR) / (count + RATING_PRIOR);
    1.0 + RATING_SPAN * (2.0 * shrunk - 1.0)
}

/// The factor of the crowd: 1 at the wished level, falling linearly to 0.6 a whole scale away, 0.9 when it is not known.
#[must_use]
pub fn crowd_factor(wished: Option<f64>, level: Option<f64>) -> f64 {
    match (wished, level.filter(|level| level.is_finite())) {
        (None, _) => 1.0,
        (Some(_), None) => CROWD_UNKNOWN,
        (Some(wished), Some(level)) => 1.0 - (1.0 - CROWD_LEAST) * (wished.clamp(0.0, 1.0) - level.clamp(0.0, 1.0)).abs().min(1.0),
    }
}

/// The score of one venue. O(members * d). `None` when nobody goes out.
#[must_use]
pub fn score(request: &Request<'_>, number: u32, venue: &Venue) -> Option<VenuePick> {
    let members = request.members;
    if members.is_empty() {
        return None;
    }
    let tastes: Vec<f64> = members.iter().map(|member| taste_of(member, venue)).collect();
    let distance_m = members.iter().map(|member| member.at.distance_m(venue.at)).fold(0.0, f64::max);
    let open = venue.hours.as_ref().map_or(OpenState::Unknown, |hours| hours.present(request.now));
    let new = members.iter().filter(|member| member.visited.binary_search(&number).is_err()).count();
    let mut parts = Parts {
        score: 0.0,
        taste: request.combine.of(&tastes),
        distance_m,
        nearness: nearness(distance_m, request.half_m),
        open,
        open_factor: open.factor(request.now),
        crowd: crowd_factor(request.crowd, venue.crowd),
        new_to_you: new as f64 / members.len() as f64,
        novelty: 1.0 + NEW_BONUS * new as f64 / members.len() as f64,
        rating: venue.rating,
    };
    parts.score = parts.taste * parts.nearness * parts.open_factor * parts.crowd * parts.novelty * parts.rating;
    Some(VenuePick { venue: number, parts, tastes })
}

/// The best venues with a score above 0, best first. The same as scoring all; the search goes outward from the first member and
/// stops when nothing farther can be better.
///
/// `grid` must have been built from the points of `venues`, in their order.
#[must_use]
pub fn recommend(request: &Request<'_>, venues: &[Venue], grid: &Grid) -> Vec<VenuePick> {
    let Some(first) = request.members.first() else { return Vec::new() };
    let best_rating = venues.iter().map(|venue| venue.rating).fold(0.0, f64::max);
    // The farthest member is at least as far as the first, so the first one's distance bounds the score of the group.
    let bound = |distance_m: f64| nearness(distance_m, request.half_m) * (1.0 + NEW_BONUS) * best_rating * (1.0 + 1e-9);
    let pick = |item: u32| score(request, item, venues.get(item as usize)?);
    let found = grid.best(first.at, request.k, bound, |item, _| pick(item).map(|pick| pick.parts.score).filter(|score| *score > 0.0));
    found.iter().filter_map(|hit| pick(hit.item)).collect()
}

fn taste_of(member: &Member, venue: &Venue) -> f64 {
    let cosine = member.taste.as_ref().zip(venue.taste.as_ref()).and_then(|(w, v)| w.cosine(v));
    cosine.unwrap_or(UNKNOWN_COSINE).max(0.0).powf(TASTE_EXPONENT)
}

fn nearness(distance_m: f64, half_m: f64) -> f64 {
    (-distance_m / half_m.max(1.0)).exp2()
}
