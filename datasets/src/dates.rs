//! Dates as public data sets write them, to full RFC 3339.

use tutti_index_schema::date_time_micros;

/// `2001`, `2001-05`, `2001-05-03` or a date and time, as a full date and time.
pub(crate) fn full(text: &str) -> Option<String> {
    let text = text.trim();
    let candidate = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    date_time_micros(&candidate)?;
    // The offset may be left out in what is read, never in what is written.
    let clock = candidate.get(10..).unwrap_or_default();
    Some(if clock.contains(['Z', 'z', '+', '-']) { candidate } else { format!("{candidate}Z") })
}

/// The year a date begins with.
pub(crate) fn year(text: &str) -> Option<i32> {
    text.get(..4)?.parse().ok().filter(|year| *year > 0)
}
