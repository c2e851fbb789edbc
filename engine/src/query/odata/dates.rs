//! Dates of OData: text to microseconds since 1970 in UTC, and back, in the proleptic Gregorian calendar.

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Days from 1970-01-01 to a date whose month and day may be out of range; Howard Hinnant's algorithm.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// Reads `2020-01-31T12:30[:15[.5]](Z|+02:00)`; seconds may be left out, fractions beyond microseconds are cut off. `None`
/// when it is no date, or one that the calendar does not have.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut number = |digits: usize, after: &str| -> Option<i64> {
        let (head, tail) = rest.split_at_checked(digits)?;
        if !head.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        rest = tail.strip_prefix(|c| after.contains(c)).or(after.is_empty().then_some(tail))?;
        head.parse().ok()
    };
    let (year, month, day) = (number(4, "-")?, number(2, "-")?, number(2, "Tt")?);
    let (hour, minute) = (number(2, ":")?, number(2, "")?);
    let (seconds, fraction) = match rest.strip_prefix(':') {
        Some(tail) => {
            let (seconds, tail) = tail.split_at_checked(2)?;
            rest = tail;
            (two_digits(seconds)?, take_fraction(&mut rest)?)
        }
        None => (0, 0),
    };
    let offset = offset_minutes(rest)?;
    let month_days = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let last = *month_days.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if !(1..=last).contains(&day) || hour > 23 || minute > 59 || seconds > 59 {
        return None;
    }
    let minutes = hour * 60 + minute - offset;
    Some(days_from_civil(year, month, day) * DAY + (minutes * 60 + seconds) * SECOND + fraction)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Microseconds of `.123…` at the beginning of `rest`; 0 when there is none, `None` for a dot without digits.
fn take_fraction(rest: &mut &str) -> Option<i64> {
    let Some(tail) = rest.strip_prefix('.') else { return Some(0) };
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let mut micros = 0;
    for i in 0..6 {
        let digit = if i < digits { tail.as_bytes()[i] - b'0' } else { 0 };
        micros = micros * 10 + i64::from(digit);
    }
    *rest = &tail[digits..];
    Some(micros)
}

fn offset_minutes(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, tail) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = tail.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    if hours > 14 || minutes > 59 { None } else { Some(sign * (hours * 60 + minutes)) }
}

/// The date in UTC, with a fraction only where there is one.
pub(in crate::query) fn date_text(micros: i64) -> String {
    let (year, month, day) = civil_from_days(micros.div_euclid(DAY));
    let of_day = micros.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / SECOND, of_day % SECOND);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    text.push('Z');
    text
}
