//! `Edm.DateTimeOffset` text as microseconds since 1970 (UTC): RFC 3339, where, as in Azure, the offset may be left out (UTC) and
//! the seconds too. Written by hand because documents are checked a million times a second.

/// Microseconds since 1970-01-01T00:00:00Z; `None` when `text` is not a date and time of the years 1 to 9999. Finer fractions are cut off.
pub fn date_time_micros(text: &str) -> Option<i64> {
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
        [] | [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest[2] == b':' => {
            let (hours, minutes) = (digits(&rest[0..2])?, digits(&rest[3..5])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 3_600 + minutes * 60;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // A leap second counts as the second before it: no clock of ours has one.
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59) - offset;
    Some(seconds * 1_000_000 + micros)
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
            prop_assert_eq!(date_time_micros(&moment.format(&Rfc3339).unwrap()), Some(seconds * 1_000_000 + micros));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}|[0-9TZ:+.-]{16,30}") {
            let _ = date_time_micros(&text);
        }
    }
}
