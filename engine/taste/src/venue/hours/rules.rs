//! From text to rules, and from rules to the spans that start on one day.
//!
//! Must not hold: the state at a moment, which joins two days (`super`).

use chrono::NaiveDate;
use opening_hours::OpeningHours;
use opening_hours_syntax::error::Error as SyntaxError;
use opening_hours_syntax::rules::day::{DaySelector, WeekDayRange};
use opening_hours_syntax::rules::time::{Time, TimeEvent, TimeSelector, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleKind, RuleOperator, RuleSequence};
use time::Date;

use super::{DAY, HoursError, MAX_TEXT};

/// How long the state is unknown after an open end, in minutes. A guess: nobody states it.
const OPEN_END: i64 = 180;

/// What hours say about a minute. Ordered: where two days both speak, the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Closed,
    Unknown,
    Open,
}

/// A stretch of minutes `start..end`, counted from the midnight its day began with; it may pass 1440.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) answer: Answer,
}

#[derive(Clone, Debug)]
enum Days {
    /// Bit 0 is Monday.
    Weekdays(u8),
    /// Anything with years, months, weeks, holidays or nth weekdays.
    Calendar(OpeningHours),
}

/// One rule of the text.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    days: Days,
    parts: Vec<Part>,
    operator: RuleOperator,
    closes_day: bool,
}

impl Rule {
    pub(super) fn is_seasonal(&self) -> bool {
        matches!(self.days, Days::Calendar(_))
    }

    fn applies(&self, date: Date) -> bool {
        match &self.days {
            Days::Weekdays(mask) => mask & (1 << date.weekday().number_days_from_monday()) != 0,
            Days::Calendar(hours) => {
                let day = NaiveDate::from_yo_opt(date.year(), u32::from(date.ordinal()));
                day.is_some_and(|day| !hours.schedule_at(day).is_empty())
            }
        }
    }
}

/// The disjoint spans that start on `date`, closed ones left out.
///
/// A rule after `;` replaces what earlier rules said for the days it matches, one after `,` adds to it, one after `||` fills gaps.
pub(super) fn day(rules: &[Rule], date: Date) -> Vec<Part> {
    let mut said: Vec<Part> = Vec::new();
    let mut otherwise: Vec<Part> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.applies(date)) {
        match rule.operator {
            RuleOperator::Fallback => otherwise.extend(&rule.parts),
            _ if rule.closes_day => said.clear(),
            RuleOperator::Normal if rule.parts.iter().any(|part| part.answer != Answer::Closed) => said.clone_from(&rule.parts),
            RuleOperator::Normal | RuleOperator::Additional => said.extend(&rule.parts),
        }
    }
    flatten(&said, &otherwise)
}

/// Cuts layers at every border; the last layer that holds a piece decides, fallbacks where nothing is open.
fn flatten(said: &[Part], otherwise: &[Part]) -> Vec<Part> {
    let mut cuts: Vec<i64> = said.iter().chain(otherwise).flat_map(|part| [part.start, part.end]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut parts: Vec<Part> = Vec::with_capacity(cuts.len());
    for (&start, &end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let decide = |layers: &[Part]| layers.iter().rev().find(|p| p.start <= start && end <= p.end).map_or(Answer::Closed, |p| p.answer);
        let answer = match decide(said) {
            Answer::Closed => decide(otherwise),
            known => known,
        };
        match parts.last_mut() {
            Some(last) if last.end == start && last.answer == answer => last.end = end,
            _ if answer == Answer::Closed => {}
            _ => parts.push(Part { start, end, answer }),
        }
    }
    parts
}

pub(super) fn parse(text: &str) -> Result<Vec<Rule>, HoursError> {
    if text.trim().is_empty() {
        return Err(HoursError::Empty);
    }
    if text.len() > MAX_TEXT {
        return Err(HoursError::TooLong(text.len()));
    }
    let text = tidy(text.trim());
    let expression = opening_hours_syntax::parse(&text).map_err(|error| refusal(&text, &error))?;
    expression.rules.into_iter().map(|rule| read_rule(rule, &text)).collect()
}

/// Repairs spacing that mappers use and the grammar does not know, outside quoted comments.
fn tidy(text: &str) -> String {
    let pieces = text.split('"').enumerate();
    let tidied: Vec<String> = pieces.map(|(at, piece)| if at % 2 == 0 { tidy_piece(piece) } else { piece.to_owned() }).collect();
    tidied.join("\"")
}

fn tidy_piece(piece: &str) -> String {
    const DAYS: [&str; 9] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH"];
    let mut tidied = piece.replace(" - ", "-");
    for day in DAYS {
        // `Fr, Sa 10:00-12:00` would be read as all of Friday, then Saturday's hours.
        for earlier in DAYS {
            tidied = tidied.replace(&format!("{earlier}, {day}"), &format!("{earlier},{day}"));
        }
        for end in "0123456789+".chars() {
            tidied = tidied.replace(&format!("{end},{day}"), &format!("{end}, {day}"));
        }
    }
    tidied
}

fn refusal(text: &str, error: &SyntaxError) -> HoursError {
    let shown = error.to_string();
    let SyntaxError::Syntax(_) = error else {
        return HoursError::Unsupported { text: text.to_owned(), what: shown };
    };
    // The parser's report is a drawing of several lines: `--> line:column` first, `= expected ...` last.
    let column = shown.lines().next().and_then(|line| line.rsplit(':').next()?.trim().parse().ok()).unwrap_or(1);
    let expected = shown.lines().last().map_or("", |line| line.trim_start_matches([' ', '=']));
    HoursError::Syntax { text: text.to_owned(), column, expected: expected.to_owned() }
}

fn read_rule(rule: RuleSequence, text: &str) -> Result<Rule, HoursError> {
    let answer = match rule.kind {
        RuleKind::Open if rule.comment.is_empty() => Answer::Open,
        RuleKind::Open | RuleKind::Unknown => Answer::Unknown,
        RuleKind::Closed => Answer::Closed,
    };
    let parts: Vec<Part> = rule.time_selector.spans.iter().flat_map(|span| read_span(span, answer)).collect();
    let closes_day = answer == Answer::Closed && rule.time_selector == TimeSelector::default();
    Ok(Rule { days: read_days(rule.day_selector, text)?, parts, operator: rule.operator, closes_day })
}

/// One span, and the unknown time after it when its end is open.
fn read_span(span: &TimeSpan, answer: Answer) -> Vec<Part> {
    let (start, stated) = (minutes(&span.range.start), minutes(&span.range.end));
    let end = if stated > start { stated } else { (stated + DAY).max(start + 1) };
    let end = end.min(2 * DAY);
    let mut parts = vec![Part { start, end, answer }];
    if span.open_end && answer == Answer::Open {
        parts.insert(0, Part { start: end, end: (end + OPEN_END).min(2 * DAY), answer: Answer::Unknown });
    }
    parts.retain(|part| part.start < part.end);
    parts
}

fn minutes(time: &Time) -> i64 {
    match time {
        Time::Fixed(fixed) => i64::from(fixed.mins_from_midnight()),
        Time::Variable(variable) => {
            let hour = match variable.event {
                TimeEvent::Dawn => 6,
                TimeEvent::Sunrise => 7,
                TimeEvent::Sunset => 19,
                TimeEvent::Dusk => 20,
            };
            (hour * 60 + i64::from(variable.offset)).clamp(0, 2 * DAY - 1)
        }
    }
}

fn read_days(selector: DaySelector, text: &str) -> Result<Days, HoursError> {
    if let Some(mask) = weekdays(&selector) {
        return Ok(Days::Weekdays(mask));
    }
    // Day matching is private in the crate, so a rule for whole days stands in for it.
    let whole_days = RuleSequence {
        day_selector: selector,
        time_selector: TimeSelector::default(),
        kind: RuleKind::Open,
        operator: RuleOperator::Normal,
        comment: "".into(),
    };
    let unsupported = |what: &str| HoursError::Unsupported { text: text.to_owned(), what: what.to_owned() };
    let expression = OpeningHoursExpression { rules: vec![whole_days] };
    let hours: OpeningHours = expression.to_string().parse().map_err(|_| unsupported("its days cannot be read back"))?;
    if *hours.get_expression() != expression {
        return Err(unsupported("its days are ambiguous"));
    }
    Ok(Days::Calendar(hours))
}

/// The weekdays of a selector that has nothing else; holidays add nothing, as they are unknown.
fn weekdays(selector: &DaySelector) -> Option<u8> {
    if !(selector.year.is_empty() && selector.monthday.is_empty() && selector.week.is_empty()) {
        return None;
    }
    if selector.weekday.is_empty() {
        return Some(0x7f);
    }
    let mut mask = 0;
    for range in &selector.weekday {
        match range {
            WeekDayRange::Fixed { range, offset: 0, nth_from_start, nth_from_end }
                if nth_from_start.iter().chain(nth_from_end).all(|set| *set) =>
            {
                let first = range.start().num_days_from_monday();
                let count = (range.end().num_days_from_monday() + 7 - first) % 7;
                mask |= (first..=first + count).fold(0, |bits, day| bits | 1 << (day % 7));
            }
            WeekDayRange::Fixed { .. } => return None,
            WeekDayRange::Holiday { .. } => {}
        }
    }
    Some(mask)
}
