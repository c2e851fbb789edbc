use std::io::Read;

use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, PrimitiveDateTime};

use super::{HoursError, OpenState, parse};

/// The state in short: `open`, `open until 27 02:00`, `closed until 27 16:00`, `closed`, `unknown`.
fn shown(state: OpenState) -> String {
    let at = |t: PrimitiveDateTime| format!("{:02} {:02}:{:02}", t.day(), t.hour(), t.minute());
    match state {
        OpenState::Open { until: Some(until) } => format!("open until {}", at(until)),
        OpenState::Open { until: None } => "open".to_owned(),
        OpenState::ClosedUntil(next) => format!("closed until {}", at(next)),
        OpenState::Closed => "closed".to_owned(),
        OpenState::Unknown => "unknown".to_owned(),
    }
}

/// November 2026: the 23rd is a Monday.
#[track_caller]
fn check(text: &str, day: u8, hour: u8, minute: u8, expected: &str) {
    let hours = parse(text).unwrap();
    let now =
        datetime!(2026-11-01 00:00) + Duration::days(i64::from(day) - 1) + Duration::minutes(i64::from(hour) * 60 + i64::from(minute));
    assert_eq!(shown(hours.state(now)), expected, "{text} at {now}");
}

#[test]
fn weekdays_and_closing_times() {
    let text = "Mo-Th 10:00-23:00; Fr,Sa 10:00-24:00; Su 12:00-20:00";
    check(text, 23, 9, 59, "closed until 23 10:00");
    check(text, 23, 10, 0, "open until 23 23:00");
    check(text, 23, 22, 59, "open until 23 23:00");
    check(text, 23, 23, 0, "closed until 24 10:00");
    check(text, 27, 23, 30, "open until 28 00:00");
    check(text, 29, 20, 0, "closed until 30 10:00");
}

#[test]
fn past_midnight_belongs_to_the_day_it_started() {
    check("Mo-Th 18:00-02:00; Fr 16:00-03:00", 27, 1, 0, "open until 27 02:00");
    check("Mo-Th 18:00-02:00; Fr 16:00-03:00", 28, 2, 30, "open until 28 03:00");
    check("16:00-24:00; Fr-Sa 12:00-02:00", 29, 1, 30, "open until 29 02:00");
    check("Mo-Sa 18:00-02:00; Su off", 29, 1, 0, "open until 29 02:00");
    check("Mo-Sa 18:00-02:00; Su off", 29, 20, 0, "closed until 30 18:00");
    check("Mo-Sa 18:00-02:00; Su off", 30, 1, 0, "closed until 30 18:00");
    check("Fr 22:00-30:00", 28, 5, 59, "open until 28 06:00");
}

#[test]
fn always_never_and_breaks() {
    check("24/7", 23, 3, 0, "open");
    check("24/7 closed", 23, 3, 0, "closed");
    check("24/7; Su off", 28, 12, 0, "open until 29 00:00");
    check("24/7; Su off", 29, 12, 0, "closed until 30 00:00");
    check("Mo-Su 00:00-24:00", 23, 3, 0, "open");
    check("10:00-12:00,14:00-18:00", 23, 13, 0, "closed until 23 14:00");
    check("10:00-20:00; Mo 12:00-13:00 off", 23, 11, 0, "open until 23 12:00");
    check("10:00-20:00; Mo 12:00-13:00 off", 23, 12, 30, "closed until 23 13:00");
    check("Mo 10:00-12:00 || Mo-Fr 15:00-16:00", 24, 15, 30, "open until 24 16:00");
}

#[test]
fn open_ends_are_open_until_midnight_then_unknown() {
    check("20:00+", 23, 23, 30, "open");
    check("20:00+", 24, 1, 0, "unknown");
    check("20:00+", 24, 3, 0, "closed until 24 20:00");
    check("We-Sa 20:00-24:00+", 26, 0, 30, "unknown");
}

#[test]
fn seasons_weeks_and_easter() {
    check("Jun-Aug", 23, 12, 0, "closed until 01 00:00");
    check("Nov-Dec Fr,Sa 18:00+", 27, 19, 0, "open");
    check("Tu-Th 14:00-24:00, Fr-Sa 14:00-02:00; week 48 off", 24, 15, 0, "closed until 01 14:00");
    check("Mo[4] 10:00-12:00", 23, 11, 0, "open until 23 12:00");
    check("Mo[1] 10:00-12:00", 23, 11, 0, "closed until 07 10:00");
    check("Jan 1 off; 10:00-12:00", 23, 11, 0, "open until 23 12:00");
}

#[test]
fn what_is_not_stated_is_unknown() {
    check("\"by appointment for pickup\"", 23, 12, 0, "unknown");
    check("Mo-Fr 10:00-12:00 unknown", 23, 11, 0, "unknown");
    check("PH,Mo-Su 09:00-24:00", 23, 10, 0, "open until 24 00:00");
    check("Mo-Fr 09:00-24:00; PH off", 23, 10, 0, "open until 24 00:00");
}

#[test]
fn harmless_spacing_is_repaired() {
    check("Mo - Sa 19:00 - 3:00", 24, 2, 0, "open until 24 03:00");
    check("Fr, Sa 14:00-02:00", 27, 3, 0, "closed until 27 14:00");
    check("16:00-01:00,Fr-Sa 16:00-02:00,Su-Tu off", 29, 1, 30, "open until 29 02:00");
    check("16:00-01:00,Fr-Sa 16:00-02:00,Su-Tu off", 29, 18, 0, "closed until 02 16:00");
}

#[test]
fn factors_of_section_9() {
    let hours = parse("18:00-02:00").unwrap();
    let factor = |now: PrimitiveDateTime| hours.present(now).factor(now);
    assert_eq!(factor(datetime!(2026-11-24 01:15)), 1.0);
    assert_eq!(hours.present(datetime!(2026-11-24 01:15)).minutes_left(datetime!(2026-11-24 01:15)), Some(45));
    assert_eq!(factor(datetime!(2026-11-24 01:15:01)), 0.3);
    assert_eq!(factor(datetime!(2026-11-24 02:00)), 0.0);
    assert_eq!(OpenState::Unknown.factor(datetime!(2026-11-24 02:00)), 0.7);
    assert_eq!(OpenState::Open { until: None }.factor(datetime!(2026-11-24 02:00)), 1.0);
}

#[test]
fn errors_say_where_and_what() {
    assert!(matches!(parse("  "), Err(HoursError::Empty)));
    assert!(matches!(parse(&"Mo".repeat(128)), Err(HoursError::TooLong(256))));
    let error = parse("Th-Fr 14:00-18:00; Sat 11:00-16:00").unwrap_err();
    assert!(matches!(&error, HoursError::Syntax { column: 22, .. }), "{error}");
    assert!(matches!(parse("2030-2020 10:00-11:00"), Err(HoursError::Unsupported { .. })));
}

#[test]
fn sun_times_with_offsets_do_not_panic() {
    check("(sunset+23:00)-(sunset+22:00)", 23, 12, 0, "closed until 23 18:00");
}

/// Every text in the data parses, apart from those with a spelling no reader can be sure of.
#[test]
fn real_texts_parse_or_say_why() {
    let packed = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/demo/venues.jsonl.gz")).unwrap();
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap();
    let (mut parsed, mut refused) = (0, Vec::new());
    for line in lines.lines() {
        let venue: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(text) = venue["opening_hours"].as_str() else { continue };
        match parse(text) {
            Ok(hours) => {
                parsed += 1;
                let _ = hours.state(datetime!(2026-11-27 01:00));
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    assert_eq!(parsed + refused.len(), 313);
    assert_eq!(refused.len(), 3, "{refused:#?}");
    assert!(refused.iter().all(|error| error.contains("wrong at column")), "{refused:#?}");
}

proptest! {
    #[test]
    fn no_text_panics(words in prop::collection::vec(prop::sample::select(vec![
        "Mo", "Fr-Su", "PH", "SH", "[1]", "[-1]", "-", ",", ", ", ";", " ", "||", "10:00", "-26:00", "24:00", "48:00", "+", "off", "open", "unknown",
        "\"x\"", "week", "53", "1-10/2", "Jan", "Feb 29", "Dec 31", "easter", " -400 days", " +9999 days", "(sunset+23:59)", "(dawn-23:59)", "dusk",
        "2026", "1900-9999/7", "24/7", ":",
    ]), 0..12), minutes in 0i64..6_000_000) {
        if let Ok(hours) = parse(&words.concat()) {
            let now = datetime!(2020-01-01 00:00) + Duration::minutes(minutes);
            let state = hours.state(now);
            if let OpenState::Open { until: Some(until) } | OpenState::ClosedUntil(until) = state {
                prop_assert!(until > now);
            }
            let _ = hours.state(PrimitiveDateTime::MAX);
            let _ = hours.state(PrimitiveDateTime::MIN);
        }
    }

    /// What `state` promises about the future is what it says when asked then.
    #[test]
    fn until_is_the_first_change(open in 0i64..24, length in 1i64..26, days in 1u8..127, minutes in 0i64..20_000) {
        let names = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
        let list: Vec<&str> = (0..7).filter(|d| days & (1 << d) != 0).map(|d| names[d]).collect();
        let hours = parse(&format!("{} {open:02}:00-{:02}:00; We 05:00-06:00", list.join(","), open + length)).unwrap();
        let now = datetime!(2026-11-01 00:00) + Duration::minutes(minutes);
        let is_open = |t: PrimitiveDateTime| matches!(hours.present(t), OpenState::Open { .. });
        match hours.state(now) {
            OpenState::Open { until: Some(until) } => {
                prop_assert!(!is_open(until));
                prop_assert!((0..(until - now).whole_minutes()).all(|m| is_open(now + Duration::minutes(m))));
            }
            OpenState::ClosedUntil(until) => {
                prop_assert!(is_open(until));
                prop_assert!((0..(until - now).whole_minutes()).all(|m| !is_open(now + Duration::minutes(m))));
            }
            OpenState::Open { until: None } => prop_assert!((0..10_000).all(|m| is_open(now + Duration::minutes(m)))),
            OpenState::Closed | OpenState::Unknown => prop_assert!(false, "hours every week"),
        }
    }
}
