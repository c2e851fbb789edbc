//! `Edm.DateTimeOffset` text as microseconds since 1970 (UTC): RFC 3339, where, as in Azure, the offset may be left out (UTC) and
//! the seconds too. Written by hand because documents are checked a million times a second.

/// Microseconds since 1970-01-01T00:00:00Z; `None` when `text` is not a date and time of the years 1 to 9999. Finer fractions are cut off.
pub fn date_time_micros(text: &str) -> Option<i64> {
    let read = DateTime::read(text)?;
    // A leap second counts as the second before it: no clock of ours has one.
    if read.year == 0 || read.second > 60 { None } else { DateTime { second: read.second.min(59), ..read }.micros() }
}

/// A date and time as written, its numbers not checked against the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    /// Of the minute; as written.
    pub second: i64,
    micros: i64,
    /// Seconds that the local time is ahead of UTC; `None` when no offset was written.
    pub offset: Option<i64>,
    /// What stands between date and time: `T`, `t` or a space.
    pub separator: u8,
}

impl DateTime {
    /// Reads `2020-01-31T12:30[:15[.5]][Z|+02:00]`.
    #[inline]
    pub fn read(text: &str) -> Option<DateTime> {
        let b = text.as_bytes();
        if b.len() < 16 || b[4] != b'-' || b[7] != b'-' || !matches!(b[10], b'T' | b't' | b' ') || b[13] != b':' {
            return None;
        }
        let (year, month, day) = (digits(&b[0..4])?, digits(&b[5..7])?, digits(&b[8..10])?);
        let (hour, minute) = (digits(&b[11..13])?, digits(&b[14..16])?);
        let mut at = 16;
        let mut second = 0;
        let mut micros = 0;
        if b.get(at) == Some(&b':') {
            second = digits(b.get(at + 1..at + 3)?)?;
            at += 3;
            if b.get(at) == Some(&b'.') {
                at += 1;
                let start = at;
                let mut unit = 100_000;
                while let Some(digit) = b.get(at).filter(|c| c.is_ascii_digit()) {
                    micros += i64::from(digit - b'0') * unit;
                    unit /= 10;
                    at += 1;
                }
                if at == start {
                    return None;
                }
            }
        }
        let offset = match &b[at..] {
            [] => None,
            [b'Z' | b'z'] => Some(0),
            [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest[2] == b':' => {
                let (hours, minutes) = (digits(&rest[0..2])?, digits(&rest[3..5])?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let offset = hours * 3_600 + minutes * 60;
                Some(if *sign == b'-' { -offset } else { offset })
            }
            _ => return None,
        };
        Some(DateTime { year, month, day, hour, minute, second, micros, offset, separator: b[10] })
    }

    /// Microseconds since 1970-01-01T00:00:00Z, UTC where no offset was written; `None` for what the calendar does not have.
    #[inline]
    pub fn micros(&self) -> Option<i64> {
        let DateTime { year, month, day, hour, minute, second, .. } = *self;
        if !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - self.offset.unwrap_or(0);
        Some(seconds * 1_000_000 + self.micros)
    }
}

/// Microseconds since 1970 as RFC 3339 in UTC, with a fraction only where there is one. Years are those of the proleptic Gregorian
/// calendar; outside of 0 to 9999 they have a sign or more digits, which nothing reads back.
pub fn date_time_text(micros: i64) -> String {
    let days = micros.div_euclid(86_400_000_000);
    let (year, month, day) = civil_from_days(days);
    let of_day = micros.rem_euclid(86_400_000_000);
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    text.push('Z');
    text
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |n, c| if c.is_ascii_digit() { Some(n * 10 + i64::from(c - b'0')) } else { None })
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, by counting years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The other way.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    #[test]
    fn accepted_and_refused() {
        for text in [
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00Z",
            "2024-01-01",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00+0100",
            "é024-01-01T00:00:00Z",
        ] {
            assert_eq!(date_time_micros(text), None, "{text}");
        }
        assert_eq!(date_time_micros("1970-01-01T01:00+01:00"), Some(0));
        assert_eq!(date_time_micros("1970-01-01T00:00:01.5"), Some(1_500_000));
    }

    proptest! {
        #[test]
        fn agrees_with_the_time_crate(seconds in -60_000_000_000_i64..200_000_000_000, micros in 0..1_000_000_i64) {
            let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(seconds * 1_000_000 + micros) * 1000).unwrap();
            let text = moment.format(&Rfc3339).unwrap();
            prop_assert_eq!(date_time_micros(&text), Some(seconds * 1_000_000 + micros));
            prop_assert_eq!(date_time_text(seconds * 1_000_000 + micros), text);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}|[0-9TZ:+.-]{16,30}") {
            let _ = date_time_micros(&text);
        }
    }
}
