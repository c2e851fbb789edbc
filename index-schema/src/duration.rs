//! `xsd:dayTimeDuration` (`-P1DT2H3M4S`) as whole seconds. Years and months have no fixed length and are not read.

/// The seconds of a day-time duration; `None` when it is not one, or does not fit.
pub(crate) fn parse_seconds(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let rest = rest.strip_prefix('P')?;
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None => (rest, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let mut total: i64 = 0;
    if !days.is_empty() {
        total = number(days.strip_suffix('D')?)?.checked_mul(86_400)?;
    }
    let mut clock = clock;
    for (unit, seconds) in [('H', 3_600), ('M', 60), ('S', 1)] {
        if let Some((value, rest)) = clock.split_once(unit) {
            // A fraction of a second is allowed by the standard and too fine to matter here.
            let value = if unit == 'S' { value.split_once('.').map_or(value, |(whole, _)| whole) } else { value };
            total = total.checked_add(number(value)?.checked_mul(seconds)?)?;
            clock = rest;
        }
    }
    if clock.is_empty() { Some(sign * total) } else { None }
}

fn number(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The canonical text of a duration.
pub(crate) fn format_seconds(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let rest = seconds.unsigned_abs();
    let (days, hours, minutes, secs) = (rest / 86_400, rest / 3_600 % 24, rest / 60 % 60, rest % 60);
    let mut out = format!("{sign}P");
    if days > 0 {
        out.push_str(&format!("{days}D"));
    }
    if hours + minutes + secs > 0 || days == 0 {
        out.push('T');
        for (value, unit) in [(hours, 'H'), (minutes, 'M'), (secs, 'S')] {
            if value > 0 || (unit == 'S' && hours + minutes == 0 && days == 0) {
                out.push_str(&format!("{value}{unit}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn written_forms() {
        for (text, seconds) in
            [("P1D", Some(86_400)), ("-PT5M", Some(-300)), ("PT1H30M", Some(5_400)), ("P2DT1S", Some(172_801)), ("PT0S", Some(0))]
        {
            assert_eq!(parse_seconds(text), seconds, "{text}");
        }
        for text in ["", "P", "PT", "1D", "P1Y", "P1M", "PT1D", "P1DT", "PT1M1H", "P-1D", "P99999999999999999999D"] {
            assert_eq!(parse_seconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn format_then_parse_is_the_identity(seconds in -4_000_000_000_i64..4_000_000_000) {
            prop_assert_eq!(parse_seconds(&format_seconds(seconds)), Some(seconds));
        }

        #[test]
        fn never_panics(text in "[-PTDHMS.0-9é]{0,24}") {
            let _ = parse_seconds(&text);
        }
    }
}
