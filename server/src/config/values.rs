//! Values as they are written: durations, sizes, rates, lists, switches. From TOML or from text (environment, flags); every mistake
//! says what would be right.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use toml::de::DeValue;

use crate::limits::{Rate, TrustedProxies};

/// A value that somebody wrote.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    /// Of an environment variable or a flag.
    Text(&'a str),
    /// Of a TOML file.
    Toml(&'a DeValue<'a>),
}

/// What is wrong with a value and what would be right.
type Read<T> = Result<T, String>;

impl Input<'_> {
    /// A text that is not empty.
    pub(super) fn text(self) -> Read<String> {
        let text = match self {
            Input::Text(text) => text,
            Input::Toml(DeValue::String(text)) => text,
            Input::Toml(other) => return Err(format!("is a TOML {}; write a text in quotes", other.type_str())),
        };
        if text.is_empty() { Err("is empty; leave the key out instead".to_owned()) } else { Ok(text.to_owned()) }
    }

    /// The same for a value that may also be written as a number.
    fn number_or_text(self) -> Read<String> {
        match self {
            Input::Toml(DeValue::Integer(number)) => Ok(number.as_str().replace('_', "")),
            other => other.text(),
        }
    }

    pub(super) fn number(self, range: &RangeInclusive<u64>) -> Read<u64> {
        let text = match self {
            Input::Text(text) => text.to_owned(),
            Input::Toml(DeValue::Integer(number)) => number.as_str().replace('_', ""),
            Input::Toml(other) => return Err(format!("is a TOML {}; write a whole number", other.type_str())),
        };
        let wanted = || format!("`{text}` is not a whole number from {} to {}", range.start(), range.end());
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(wanted)
    }

    pub(super) fn duration(self, range: &RangeInclusive<Duration>) -> Read<Duration> {
        const RIGHT: &str = "write 250ms, 30s, 5m, 12h or whole seconds";
        let text = self.number_or_text().map_err(|_| format!("is not a duration; {RIGHT}"))?;
        let unit_at = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let milliseconds = match unit.trim() {
            "ms" => 1,
            "s" | "" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(format!("`{text}` is not a duration; {RIGHT}")),
        };
        let number: u64 = number.parse().map_err(|_| format!("`{text}` is not a duration; {RIGHT}"))?;
        let duration = Duration::from_millis(number.saturating_mul(milliseconds));
        if range.contains(&duration) {
            return Ok(duration);
        }
        Err(format!("`{text}` is out of range; from {} to {}", duration_text(*range.start()), duration_text(*range.end())))
    }

    pub(super) fn size(self, range: &RangeInclusive<u64>) -> Read<u64> {
        const RIGHT: &str = "write 64MiB, 512KiB, 1GiB or bytes";
        let text = self.number_or_text().map_err(|_| format!("is not a size; {RIGHT}"))?;
        let unit_at = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let bytes = match unit.trim() {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "TiB" => 1u64 << 40,
            "kB" | "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            _ => return Err(format!("`{text}` is not a size; {RIGHT}")),
        };
        let number: u64 = number.parse().map_err(|_| format!("`{text}` is not a size; {RIGHT}"))?;
        let size = number.saturating_mul(bytes);
        if range.contains(&size) {
            return Ok(size);
        }
        Err(format!("`{text}` is out of range; from {} to {}", size_text(*range.start()), size_text(*range.end())))
    }

    pub(super) fn switch(self) -> Read<bool> {
        let text = match self {
            Input::Toml(DeValue::Boolean(on)) => return Ok(*on),
            Input::Toml(DeValue::String(text)) => text,
            Input::Text(text) => text,
            Input::Toml(other) => return Err(format!("is a TOML {}; write true or false", other.type_str())),
        };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(format!("`{text}` is not a switch; write true or false")),
        }
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(self, of: &[(&str, T)]) -> Read<T> {
        let right = || of.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
        let text = match self {
            Input::Toml(DeValue::Boolean(on)) => on.to_string(),
            other => other.number_or_text().map_err(|_| format!("is not one of the words it takes; write {}", right()))?,
        };
        let found = of.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
        found.map(|(_, value)| *value).ok_or_else(|| format!("`{text}` is not known here; write {}", right()))
    }

    /// Texts: an array in TOML, separated by commas elsewhere.
    pub(super) fn list(self) -> Read<Vec<String>> {
        match self {
            Input::Toml(DeValue::Array(items)) => items.iter().map(|item| Input::Toml(item.get_ref()).text()).collect(),
            other => Ok(other.text()?.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()),
        }
    }

    pub(super) fn address(self) -> Read<SocketAddr> {
        const RIGHT: &str = "write an address and a port, like 127.0.0.1:7070";
        let text = self.text().map_err(|_| format!("is not an address; {RIGHT}"))?;
        text.parse().map_err(|_| format!("`{text}` is not an address; {RIGHT}"))
    }

    /// `100/s`, `20/h burst 20`; the burst is four times the rate when it is not given.
    pub(super) fn rate(self) -> Read<Rate> {
        const RIGHT: &str = "write 100/s, 10/min or `20/h burst 20`";
        let text = self.text().map_err(|_| format!("is not a rate; {RIGHT}"))?;
        let wrong = || format!("`{text}` is not a rate; {RIGHT}");
        let (rate, burst) = match text.split_once("burst") {
            Some((rate, burst)) => (rate.trim(), Some(burst.trim().parse::<f64>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let (number, unit) = rate.split_once('/').ok_or_else(wrong)?;
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "min" | "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return Err(wrong()),
        };
        let burst = burst.unwrap_or(number * 4.0);
        let right = |number: f64| number.is_finite() && number > 0.0;
        if right(number) && burst.is_finite() && burst >= 1.0 { Ok(Rate { per_second: number / seconds, burst }) } else { Err(wrong()) }
    }

    /// `true`, `false`, or networks.
    pub(super) fn proxies(self) -> Read<TrustedProxies> {
        if let Ok(all) = self.switch() {
            return Ok(if all { TrustedProxies::All } else { TrustedProxies::None });
        }
        let networks = self.list().map_err(|_| "is not a list of networks; write [\"10.0.0.0/8\"] or true".to_owned())?;
        TrustedProxies::networks(&networks)
    }
}

/// A duration as it would be written.
pub(super) fn duration_text(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0 => "0s".to_owned(),
        _ if milliseconds.is_multiple_of(3_600_000) => format!("{}h", milliseconds / 3_600_000),
        _ if milliseconds.is_multiple_of(60_000) && milliseconds >= 120_000 => format!("{}m", milliseconds / 60_000),
        _ if milliseconds.is_multiple_of(1_000) => format!("{}s", milliseconds / 1_000),
        _ => format!("{milliseconds}ms"),
    }
}

/// A size as it would be written.
pub(super) fn size_text(bytes: u64) -> String {
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let whole = units.iter().find(|(_, shift)| bytes > 0 && bytes.is_multiple_of(1 << shift));
    whole.map_or_else(|| bytes.to_string(), |(unit, shift)| format!("{}{unit}", bytes >> shift))
}

/// A rate as it would be written.
pub(super) fn rate_text(rate: Rate) -> String {
    let units = [("s", 1.0), ("min", 60.0), ("h", 3_600.0), ("d", 86_400.0)];
    let near = |seconds: f64| ((rate.per_second * seconds) - (rate.per_second * seconds).round()).abs() < 1e-6;
    let (unit, seconds) = units.into_iter().find(|(_, seconds)| rate.per_second * seconds > 0.5 && near(*seconds)).unwrap_or(("s", 1.0));
    let number = rate.per_second * seconds;
    let number = if near(seconds) { number.round() } else { number };
    format!("{number}/{unit} burst {}", rate.burst)
}
