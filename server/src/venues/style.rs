//! What a venue plays and does not play, and how that reads as a filter over the index of songs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Genres of a list.
const GENRES: usize = 100;
/// Songs that are blocked.
const BLOCKED: usize = 500;
/// Bytes of a genre or an id.
const NAME: usize = 256;
/// Between ids in a filter; ids with it are refused.
const BETWEEN: char = '|';

/// The style of a venue's music.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = VenueStyle)]
pub(crate) struct Style {
    /// Explicit songs may be played.
    pub(crate) explicit: bool,
    /// Genres that are not played, as the index has them.
    pub(crate) without: Vec<String>,
    /// The only genres that are played; empty for all.
    pub(crate) only: Vec<String>,
    /// First and last year.
    pub(crate) years: Option<(u16, u16)>,
    /// The energy wished for, 0 calm to 1 intense.
    pub(crate) energy: Option<f32>,
    /// Ids of songs that are never played.
    pub(crate) blocked: Vec<String>,
    /// When it is to be quieter.
    pub(crate) quiet: Option<Quiet>,
}

/// A part of every day with an energy of its own. It may go over midnight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuietHours)]
pub(crate) struct Quiet {
    /// Local time, like `23:00`.
    pub(crate) from: String,
    /// Local time, like `07:00`; from here on it is over.
    pub(crate) to: String,
    /// 0 to 1.
    pub(crate) energy: f32,
}

impl Default for Style {
    fn default() -> Style {
        Style { explicit: true, without: Vec::new(), only: Vec::new(), years: None, energy: None, blocked: Vec::new(), quiet: None }
    }
}

/// What is wrong with a style.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StyleError {
    /// Too many entries.
    #[error("`{0}` has more than {1} entries")]
    TooMany(&'static str, usize),
    /// An entry that is empty, too long, or has a character that cannot be.
    #[error("`{0}`: `{1}` is no entry: 1 to {NAME} bytes without `{BETWEEN}` or control characters")]
    Entry(&'static str, String),
    /// Years in the wrong order.
    #[error("`years` are the first and the last, like [1970, 1989]")]
    Years,
    /// An energy out of range.
    #[error("`{0}` is a number from 0 to 1")]
    Energy(&'static str),
    /// A time that is none.
    #[error("`quiet.{0}`: `{1}` is no time of day like 23:00")]
    Time(&'static str, String),
}

impl Style {
    /// Refuses what cannot be.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn check(&self) -> Result<(), StyleError> {
        for (name, list, most) in [("without", &self.without, GENRES), ("only", &self.only, GENRES), ("blocked", &self.blocked, BLOCKED)] {
            if list.len() > most {
                return Err(StyleError::TooMany(name, most));
            }
            let wrong =
                |entry: &&String| entry.is_empty() || entry.len() > NAME || entry.chars().any(|one| one.is_control() || one == BETWEEN);
            if let Some(entry) = list.iter().find(wrong) {
                return Err(StyleError::Entry(name, entry.chars().take(40).collect()));
            }
        }
        if self.years.is_some_and(|(first, last)| first > last) {
            return Err(StyleError::Years);
        }
        let share = |energy: f32| (0.0..=1.0).contains(&energy);
        if self.energy.is_some_and(|energy| !share(energy)) {
            return Err(StyleError::Energy("energy"));
        }
        let Some(quiet) = &self.quiet else { return Ok(()) };
        if !share(quiet.energy) {
            return Err(StyleError::Energy("quiet.energy"));
        }
        for (name, text) in [("from", &quiet.from), ("to", &quiet.to)] {
            minutes(text).ok_or_else(|| StyleError::Time(name, text.chars().take(20).collect()))?;
        }
        Ok(())
    }

    /// The songs of this style as an OData filter over the index of songs; none when all are.
    pub(crate) fn filter(&self) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        if !self.explicit {
            parts.push("explicit ne true".to_owned());
        }
        let listed = |names: &[String]| quoted(&names.join(&BETWEEN.to_string()));
        if !self.only.is_empty() {
            parts.push(format!("genres/any(g: search.in(g, {}, '{BETWEEN}'))", listed(&self.only)));
        }
        if !self.without.is_empty() {
            parts.push(format!("not genres/any(g: search.in(g, {}, '{BETWEEN}'))", listed(&self.without)));
        }
        if let Some((first, last)) = self.years {
            parts.push(format!("year ge {first} and year le {last}"));
        }
        if !self.blocked.is_empty() {
            parts.push(format!("not search.in(id, {}, '{BETWEEN}')", listed(&self.blocked)));
        }
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// The energy wished for at a minute of the day, 0 to 1439.
    pub(crate) fn energy_at(&self, minute: u16) -> Option<f32> {
        let quiet = self.quiet.as_ref().filter(|quiet| {
            let (Some(from), Some(to)) = (minutes(&quiet.from), minutes(&quiet.to)) else { return false };
            if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
        });
        quiet.map(|quiet| quiet.energy).or(self.energy)
    }
}

/// A string of OData.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Minutes since midnight of a time like `23:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, below: u16| (text.len() == 2).then(|| text.parse::<u16>().ok())?.filter(|number| *number < below);
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_reads_as_a_filter() {
        assert_eq!(Style::default().filter(), None);
        let style = Style {
            explicit: false,
            without: vec!["Rock 'n' Roll".to_owned(), "Metal".to_owned()],
            years: Some((1970, 1989)),
            blocked: vec!["s1".to_owned()],
            ..Style::default()
        };
        let filter = style.filter().unwrap();
        assert_eq!(
            filter,
            "explicit ne true and not genres/any(g: search.in(g, 'Rock ''n'' Roll|Metal', '|')) and year ge 1970 and year le 1989 and not search.in(id, 's1', '|')"
        );
        assert!(crate::query_parameters::filter(&filter).unwrap().is_some());
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let quiet = Some(Quiet { from: "23:00".to_owned(), to: "07:30".to_owned(), energy: 0.2 });
        let style = Style { energy: Some(0.8), quiet, ..Style::default() };
        let at = |hour: u16, minute: u16| style.energy_at(hour * 60 + minute);
        assert_eq!([at(22, 59), at(23, 0), at(0, 0), at(7, 29), at(7, 30)], [Some(0.8), Some(0.2), Some(0.2), Some(0.2), Some(0.8)]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let quiet = |from: &str| Some(Quiet { from: from.to_owned(), to: "07:00".to_owned(), energy: 0.2 });
        let wrong = [
            (Style { years: Some((1990, 1980)), ..Style::default() }, StyleError::Years),
            (Style { energy: Some(1.5), ..Style::default() }, StyleError::Energy("energy")),
            (Style { energy: Some(f32::NAN), ..Style::default() }, StyleError::Energy("energy")),
            (Style { quiet: quiet("24:00"), ..Style::default() }, StyleError::Time("from", "24:00".to_owned())),
            (Style { quiet: quiet("7:00"), ..Style::default() }, StyleError::Time("from", "7:00".to_owned())),
            (Style { without: vec!["a|b".to_owned()], ..Style::default() }, StyleError::Entry("without", "a|b".to_owned())),
            (Style { blocked: vec!["x".to_owned(); 501], ..Style::default() }, StyleError::TooMany("blocked", 500)),
        ];
        for (style, error) in wrong {
            assert_eq!(style.check(), Err(error));
        }
        assert_eq!(Style { quiet: quiet("23:00"), ..Style::default() }.check(), Ok(()));
    }
}
