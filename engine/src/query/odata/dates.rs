//! Dates of OData: text to microseconds since 1970 in UTC, with an offset that has to be there.

use tutti_index_schema::DateTime;

/// Reads `2020-01-31T12:30[:15[.5]](Z|+02:00)`; seconds may be left out, fractions beyond microseconds are cut off. `None`
/// when it is no date, or one that the calendar does not have.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let read = DateTime::read(text)?;
    // The farthest offset is fourteen hours and some minutes.
    let has_offset = read.offset.is_some_and(|seconds| seconds.abs() < 15 * 3_600);
    if has_offset && read.separator != b' ' { read.micros() } else { None }
}
