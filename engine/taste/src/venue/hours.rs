//! Opening hours in OpenStreetMap syntax: is a venue open at a local time, until when, and how much that is worth in a score.
//!
//! The grammar and the calendar selectors (months, weeks, Easter, nth weekday) come from `opening-hours`. Days are evaluated here,
//! because a span belongs to the day it starts on: with `Mo-Th 18:00-02:00; Fr 16:00-03:00` the venue is open on Friday at 01:00,
//! and `Su off` does not close Saturday night at midnight. The crate drops such tails, and it can panic on sun times with offsets.
//!
//! Must not hold: time zones, clocks, holiday calendars. Times are civil local time of the venue.

mod rules;
#[cfg(test)]
mod tests;

use time::{Date, Duration, PrimitiveDateTime, Time};

use rules::{Answer, Rule};

/// Longest accepted text in bytes: the limit OpenStreetMap puts on a tag value.
pub const MAX_TEXT: usize = 255;
/// A venue that stays open at least this long counts fully, in minutes (spec section 9).
pub const FULL_MINUTES: i64 = 45;

const DAY: i64 = 1440;
/// An unbroken opening longer than this counts as having no end.
const LONGEST_OPENING_DAYS: i64 = 8;
/// How far the next opening is searched when a rule depends on the season: a year, and some days for moving feasts.
const SEASON_DAYS: i64 = 400;

/// Why a text is not usable as opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Nothing but white space.
    #[error("opening hours are empty")]
    Empty,
    /// Longer than [`MAX_TEXT`] bytes.
    #[error("opening hours have {0} bytes, at most {MAX_TEXT} are allowed")]
    TooLong(usize),
    /// Not in the grammar. `column` counts characters from 1, in the text after harmless spacing was repaired.
    #[error("opening hours `{text}` are wrong at column {column}: {expected}")]
    Syntax {
        /// The text as it was parsed.
        text: String,
        /// Where parsing stopped.
        column: usize,
        /// What would have been right there.
        expected: String,
    },
    /// In the grammar, but without a meaning here (inverted years, single points in time).
    #[error("opening hours `{text}` cannot be used: {what}")]
    Unsupported {
        /// The text as it was parsed.
        text: String,
        /// What is not supported.
        what: String,
    },
}

/// Whether a venue is open at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenState {
    /// Open. `until` is `None` when no end is stated: `24/7`, or an open end such as `20:00+`.
    Open {
        /// First minute at which it is closed.
        until: Option<PrimitiveDateTime>,
    },
    /// Closed, opening at this time.
    ClosedUntil(PrimitiveDateTime),
    /// Closed, and no opening was found within 400 days.
    Closed,
    /// Not stated: no hours, "by appointment", or after an open end.
    Unknown,
}

impl OpenState {
    /// Minutes from `now` to closing, rounded down; `None` unless open with a stated end.
    #[must_use]
    pub fn minutes_left(self, now: PrimitiveDateTime) -> Option<i64> {
        match self {
            OpenState::Open { until: Some(until) } => Some((until - now).whole_minutes()),
            OpenState::Open { until: None } | OpenState::ClosedUntil(_) | OpenState::Closed | OpenState::Unknown => None,
        }
    }

    /// The factor `open(t)` of spec section 9: 1 open for [`FULL_MINUTES`] or more, 0.3 closing sooner, 0 closed, 0.7 unknown.
    #[must_use]
    pub fn factor(self, now: PrimitiveDateTime) -> f64 {
        match self {
            OpenState::Open { .. } if self.minutes_left(now).is_some_and(|left| left < FULL_MINUTES) => 0.3,
            OpenState::Open { .. } => 1.0,
            OpenState::ClosedUntil(_) | OpenState::Closed => 0.0,
            OpenState::Unknown => 0.7,
        }
    }
}

/// Parsed opening hours.
///
/// Public and school holidays are unknown, so rules for `PH` and `SH` never match. Sun times are read as dawn 06:00, sunrise 07:00,
/// sunset 19:00, dusk 20:00. A rule with a comment ("by appointment") says unknown, not open. After an open end the state is
/// unknown for three hours.
#[derive(Clone, Debug)]
pub struct Hours {
    rules: Vec<Rule>,
}

/// Parses opening hours. Spacing that is common and harmless is repaired first (`Mo - Sa`, `Fr, Sa 10:00-12:00`, `12:00,Fr`).
///
/// # Errors
/// [`HoursError`] for an empty, too long or malformed text.
pub fn parse(text: &str) -> Result<Hours, HoursError> {
    Ok(Hours { rules: rules::parse(text)? })
}

impl Hours {
    /// The state at `now`, local time of the venue. Costs a few microseconds when open, at most one look at each of
    /// 400 days when closed.
    #[must_use]
    pub fn state(&self, now: PrimitiveDateTime) -> OpenState {
        match self.present(now) {
            OpenState::Closed => self.next_opening(now).map_or(OpenState::Closed, OpenState::ClosedUntil),
            known => known,
        }
    }

    /// Like [`Hours::state`] without looking for the next opening: never `ClosedUntil`. For scoring many venues.
    #[must_use]
    pub fn present(&self, now: PrimitiveDateTime) -> OpenState {
        let minute = i64::from(now.hour()) * 60 + i64::from(now.minute());
        match self.answer_at(now.date(), minute) {
            Answer::Open => OpenState::Open { until: self.closing(now.date(), minute) },
            Answer::Unknown => OpenState::Unknown,
            Answer::Closed => OpenState::Closed,
        }
    }

    /// The best answer of the day `minute` falls on and of the day before, whose spans may reach past midnight.
    fn answer_at(&self, day: Date, minute: i64) -> Answer {
        let shift = minute.div_euclid(DAY);
        let of = |back: i64| {
            let Some(date) = day.checked_add(Duration::days(shift - back)) else { return Answer::Closed };
            let at = minute - (shift - back) * DAY;
            let parts = rules::day(&self.rules, date);
            parts.iter().filter(|part| part.start <= at && at < part.end).map(|part| part.answer).max().unwrap_or(Answer::Closed)
        };
        of(0).max(of(1))
    }

    /// The end of the opening that holds `minute` of `day`; `None` when there is none or it is not stated.
    fn closing(&self, day: Date, minute: i64) -> Option<PrimitiveDateTime> {
        let limit = minute + LONGEST_OPENING_DAYS * DAY;
        let mut end = minute;
        while end <= limit {
            let Some(longer) = self.open_through(day, end) else {
                return if self.answer_at(day, end) == Answer::Unknown { None } else { moment(day, end) };
            };
            end = longer;
        }
        None
    }

    /// The latest end of an open span that holds `minute`.
    fn open_through(&self, day: Date, minute: i64) -> Option<i64> {
        let today = minute.div_euclid(DAY);
        let mut latest = None;
        for offset in [today - 1, today] {
            let Some(date) = day.checked_add(Duration::days(offset)) else { continue };
            for part in rules::day(&self.rules, date) {
                let (start, end) = (part.start + offset * DAY, part.end + offset * DAY);
                if part.answer == Answer::Open && start <= minute && minute < end {
                    latest = latest.max(Some(end));
                }
            }
        }
        latest
    }

    /// The next moment after `now` at which an open span starts.
    fn next_opening(&self, now: PrimitiveDateTime) -> Option<PrimitiveDateTime> {
        let minute = i64::from(now.hour()) * 60 + i64::from(now.minute());
        let days = if self.rules.iter().any(Rule::is_seasonal) { SEASON_DAYS } else { LONGEST_OPENING_DAYS };
        let mut next: Option<i64> = None;
        for offset in -1..=days {
            if next.is_some_and(|found| found < offset * DAY) {
                break;
            }
            let Some(date) = now.date().checked_add(Duration::days(offset)) else { continue };
            let starts = rules::day(&self.rules, date).into_iter().filter(|part| part.answer == Answer::Open);
            let first = starts.map(|part| part.start + offset * DAY).filter(|start| *start > minute).min();
            next = next.into_iter().chain(first).min();
        }
        next.and_then(|found| moment(now.date(), found))
    }
}

/// `minutes` after the start of `day`.
fn moment(day: Date, minutes: i64) -> Option<PrimitiveDateTime> {
    PrimitiveDateTime::new(day, Time::MIDNIGHT).checked_add(Duration::minutes(minutes))
}
