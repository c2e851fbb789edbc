//! The taste of a venue: decayed sums over its visits, and the vector made from them (spec section 5).
//!
//! Sums are kept, not vectors, in whole numbers. Integer addition has no rounding, so taking a visit out again restores every bit,
//! whatever was added in between. Decay would round; therefore visits are summed per half-life period, relative to the period's
//! start, and decay is applied only when the sums are read.
//!
//! Must not hold: who visited. The caller keeps what is needed to take a person out: the same arguments, or a sum per person.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

/// Half-life of a visit at a venue, in hours (14 days).
pub const HALF_LIFE_HOURS: i64 = 14 * 24;
/// Weight of the city's mean vector, in visits.
pub const CITY_PRIOR: f64 = 20.0;
/// Weight of the owner's stated style, in visits.
pub const STYLE_STRENGTH: f64 = 5.0;
/// Weight of a customer who is there now, in visits.
pub const PRESENT_STRENGTH: f64 = 3.0;
/// A customer counts as present for this long after checking in, in minutes.
pub const PRESENT_MINUTES: i64 = 90;
/// Periods older than this weigh below 0.01 and are dropped: 2^-7 < 0.01.
const KEPT_PERIODS: i64 = 7;
/// Fraction bits of the sums. With strength at most [`MAX_STRENGTH`] a period holds 2^26 visits before it wraps.
const FRACTION: f64 = (1u64 << 32) as f64;
/// Greatest strength of one visit.
pub const MAX_STRENGTH: f64 = 16.0;

/// Why a visit cannot be added or withdrawn. The sums are unchanged then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// The vector has another number of factors than the sums.
    #[error("the vector has {found} factors, the sums have {expected}")]
    Dimensions {
        /// Factors of the sums.
        expected: usize,
        /// Factors of the vector.
        found: usize,
    },
    /// The vector is zero or not finite: such a person has no taste yet.
    #[error("the vector has no direction")]
    NoDirection,
    /// The strength is not above 0, or above [`MAX_STRENGTH`].
    #[error("a visit's strength is above 0 and at most {MAX_STRENGTH}")]
    Strength,
    /// More is withdrawn than was ever added in that period.
    #[error("this was not added before")]
    NotAdded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Period {
    visits: u64,
    weight: i64,
    sum: Box<[i64]>,
}

/// Sums over visits: per half-life period a vector sum, a weight and a count.
///
/// Equal histories give equal sums in any order, and `add` then `withdraw` of the same visit restores them bit for bit. The one
/// function with rounding, from a visit to its integers, uses only IEEE basic operations, so it is the same on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitSums {
    factors: usize,
    periods: BTreeMap<i64, Period>,
}

/// One visit or play.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The visitor's vector; only its direction counts, so that nobody weighs more for listening more.
    pub taste: &'a [f32],
    /// Hours since any fixed epoch, the same for all calls.
    pub hour: i64,
    /// Strength in visits, e.g. 1; above 0, at most [`MAX_STRENGTH`].
    pub strength: f64,
}

impl VisitSums {
    /// Empty sums for vectors of `factors` numbers.
    #[must_use]
    pub fn new(factors: usize) -> VisitSums {
        VisitSums { factors, periods: BTreeMap::new() }
    }

    /// Adds a visit. O(d).
    ///
    /// # Errors
    /// [`SumError`] for a vector or a strength that cannot be summed.
    pub fn add(&mut self, visit: &Visit<'_>) -> Result<(), SumError> {
        let number = visit.hour.div_euclid(HALF_LIFE_HOURS);
        let one = self.as_period(visit)?;
        self.put(number, &one);
        Ok(())
    }

    /// Takes a visit out that was added with the same arguments. Of a dropped period there is nothing left to take. O(d).
    ///
    /// # Errors
    /// [`SumError`] for a vector or a strength that cannot be summed, and when the period holds no visit.
    pub fn withdraw(&mut self, visit: &Visit<'_>) -> Result<(), SumError> {
        let number = visit.hour.div_euclid(HALF_LIFE_HOURS);
        let one = self.as_period(visit)?;
        self.check_holds(number, one.visits)?;
        self.take(number, &one);
        Ok(())
    }

    /// Takes out everything another sum holds, e.g. all visits of one person, kept beside the venue's. Dropped periods are skipped.
    ///
    /// # Errors
    /// [`SumError`] when the sums do not fit together or more is taken than is there.
    pub fn withdraw_all(&mut self, other: &VisitSums) -> Result<(), SumError> {
        if other.factors != self.factors {
            return Err(SumError::Dimensions { expected: self.factors, found: other.factors });
        }
        for (number, period) in &other.periods {
            self.check_holds(*number, period.visits)?;
        }
        for (number, period) in &other.periods {
            self.take(*number, period);
        }
        Ok(())
    }

    /// Drops periods that weigh below 0.01 at `now_hour`. Call it now and then; reading ignores them anyway.
    pub fn forget_old(&mut self, now_hour: i64) {
        let first = now_hour.div_euclid(HALF_LIFE_HOURS).saturating_sub(KEPT_PERIODS);
        self.periods = self.periods.split_off(&first);
    }

    /// The decayed total weight, in visits of today.
    #[must_use]
    pub fn weight(&self, now_hour: i64) -> f64 {
        self.live(now_hour).map(|(decay, period)| decay * period.weight as f64 / FRACTION).sum()
    }

    /// The decayed vector sum. O(d) per kept period, at most eight.
    #[must_use]
    pub fn sum(&self, now_hour: i64) -> Vec<f64> {
        let mut total = vec![0.0; self.factors];
        for (decay, period) in self.live(now_hour) {
            total.iter_mut().zip(&period.sum).for_each(|(t, x)| *t += decay * *x as f64 / FRACTION);
        }
        total
    }

    fn live(&self, now_hour: i64) -> impl Iterator<Item = (f64, &Period)> {
        let first = now_hour.div_euclid(HALF_LIFE_HOURS).saturating_sub(KEPT_PERIODS);
        self.periods.range(first..).map(move |(number, period)| {
            let age = now_hour.saturating_sub(number.saturating_mul(HALF_LIFE_HOURS));
            (1.0 / growth(age), period)
        })
    }

    /// A visit as a period of its own.
    fn as_period(&self, visit: &Visit<'_>) -> Result<Period, SumError> {
        if visit.taste.len() != self.factors {
            return Err(SumError::Dimensions { expected: self.factors, found: visit.taste.len() });
        }
        if !(visit.strength > 0.0 && visit.strength <= MAX_STRENGTH) {
            return Err(SumError::Strength);
        }
        let unit = direction(visit.taste).ok_or(SumError::NoDirection)?;
        let scale = visit.strength * growth(visit.hour.rem_euclid(HALF_LIFE_HOURS)) * FRACTION;
        let sum = unit.iter().map(|x| (x * scale).round() as i64).collect();
        Ok(Period { visits: 1, weight: scale.round() as i64, sum })
    }

    fn check_holds(&self, number: i64, visits: u64) -> Result<(), SumError> {
        let oldest = self.periods.first_key_value().map(|(oldest, _)| *oldest);
        match self.periods.get(&number) {
            Some(period) if period.visits >= visits => Ok(()),
            None if oldest.is_none_or(|oldest| number < oldest) => Ok(()),
            Some(_) | None => Err(SumError::NotAdded),
        }
    }

    fn put(&mut self, number: i64, one: &Period) {
        let empty = || Period { visits: 0, weight: 0, sum: vec![0; self.factors].into() };
        let period = self.periods.entry(number).or_insert_with(empty);
        // Wrapping keeps even an overflow reversible.
        period.visits = period.visits.wrapping_add(one.visits);
        period.weight = period.weight.wrapping_add(one.weight);
        period.sum.iter_mut().zip(&one.sum).for_each(|(total, x)| *total = total.wrapping_add(*x));
    }

    fn take(&mut self, number: i64, one: &Period) {
        let Some(period) = self.periods.get_mut(&number) else { return };
        period.visits = period.visits.wrapping_sub(one.visits);
        period.weight = period.weight.wrapping_sub(one.weight);
        period.sum.iter_mut().zip(&one.sum).for_each(|(total, x)| *total = total.wrapping_sub(*x));
        if period.visits == 0 {
            self.periods.remove(&number);
        }
    }
}

/// A customer who checked in.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The customer's vector; only its direction counts.
    pub taste: &'a [f32],
    /// Minutes since the check-in; counts from 0 up to [`PRESENT_MINUTES`], exclusive.
    pub minutes_ago: i64,
}

/// The unit vector of a venue: its visits, the city's mean as 20 visits, the owner's style as 5, each present customer as 3.
///
/// `city_mean` is the mean of unit vectors, so its length (below 1) says how much the city agrees. Parts of another length than the
/// sums, or without direction, are left out. `None` when nothing is known at all.
#[must_use]
pub fn venue_taste(sums: &VisitSums, now_hour: i64, city_mean: &[f32], style: Option<&[f32]>, present: &[Present<'_>]) -> Option<Vec<f32>> {
    let mut total = sums.sum(now_hour);
    let fits = |vector: &[f32]| vector.len() == sums.factors && vector.iter().all(|x| x.is_finite());
    let mut add = |vector: &[f64], weight: f64| total.iter_mut().zip(vector).for_each(|(t, x)| *t += weight * x);
    if fits(city_mean) {
        add(&city_mean.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(), CITY_PRIOR);
    }
    if let Some(unit) = style.filter(|vector| fits(vector)).and_then(direction) {
        add(&unit, STYLE_STRENGTH);
    }
    for customer in present.iter().filter(|c| (0..PRESENT_MINUTES).contains(&c.minutes_ago) && fits(c.taste)) {
        if let Some(unit) = direction(customer.taste) {
            add(&unit, PRESENT_STRENGTH);
        }
    }
    let length = total.iter().map(|x| x * x).sum::<f64>().sqrt();
    length.is_normal().then(|| total.iter().map(|x| (x / length) as f32).collect())
}

/// The vector scaled to length 1; `None` when it is zero or not finite.
fn direction(vector: &[f32]) -> Option<Vec<f64>> {
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    length.is_normal().then(|| vector.iter().map(|x| f64::from(*x) / length).collect())
}

/// `2^(hours / half-life)` by multiplication only, the same bits everywhere; `f64::exp2` may differ between platforms.
fn growth(hours: i64) -> f64 {
    /// 2^(1/336).
    const HOURLY: f64 = 1.002_065_067_358_021;
    let (whole, mut part) = (hours.div_euclid(HALF_LIFE_HOURS).clamp(-1_000, 1_000), hours.rem_euclid(HALF_LIFE_HOURS));
    let (mut power, mut square) = (1.0, HOURLY);
    while part > 0 {
        if part & 1 == 1 {
            power *= square;
        }
        square *= square;
        part >>= 1;
    }
    power * if whole >= 0 { 2f64.powi(whole as i32) } else { 0.5f64.powi(-whole as i32) }
}
