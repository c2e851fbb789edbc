//! One rule as it is given, and what is wrong with it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::text::same_query;
use crate::error::Error;
use crate::query::ast::{Query, Span};
use crate::query::{QueryError, parse_filter};

/// Keys that a rule may pin.
const MOST_PINS: usize = 100;
/// Keys that a rule may hide.
const MOST_HIDES: usize = 1000;
/// Boosts of a rule.
const MOST_BOOSTS: usize = 10;
const FACTORS: std::ops::RangeInclusive<f64> = 0.01..=100.0;
const PRIORITIES: std::ops::RangeInclusive<i64> = -1000..=1000;

/// A rule: what it does to a list, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// When it holds.
    pub when: When,
    /// Keys of documents that stand first, in this order.
    #[serde(default)]
    pub pin: Vec<String>,
    /// Keys of documents that are left out.
    #[serde(default)]
    pub hide: Vec<String>,
    /// What counts for more, or less.
    #[serde(default)]
    pub boost: Vec<Boost>,
    /// The higher, the earlier it decides.
    #[serde(default)]
    pub priority: i64,
    /// From when on it holds, RFC 3339.
    #[serde(default)]
    pub from: Option<String>,
    /// Until when it holds, RFC 3339; at this moment it does no more.
    #[serde(default)]
    pub until: Option<String>,
    /// Whether it holds at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

/// When a rule holds: both must hold where both are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// What is searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How `query` is compared; with none given there is nothing to compare.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub how: Option<Match>,
    /// The filter of the search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// How queries are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// The same query.
    #[default]
    Is,
    /// A query with these words in a row in it.
    Contains,
}

/// A factor of scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boost {
    /// Where it counts, in OData.
    pub filter: String,
    /// What scores are multiplied by.
    pub factor: f64,
}

/// Why a rule is none, or cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Something in it is not as it must be.
    #[error("{0}")]
    Shape(String),
    /// A filter that does not parse or does not bind.
    #[error("`{place}`: {error}")]
    Filter {
        /// The member of the rule.
        place: String,
        /// The filter.
        text: String,
        /// What is wrong with it.
        error: QueryError,
    },
    /// The rules cannot be read or written.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl RuleError {
    /// A filter whose fields cannot answer it; what is not about the filter stays what it is.
    pub(super) fn unbound(place: String, text: String, error: Error) -> RuleError {
        let error = match error {
            Error::Filter(error) | Error::Query(error) => error,
            error if error.is_callers_fault() => QueryError::new(Span { start: 0, end: text.len() }, error.to_string()),
            error => return RuleError::Engine(error),
        };
        RuleError::Filter { place, text, error }
    }
}

fn shape<T>(message: impl Into<String>) -> Result<T, RuleError> {
    Err(RuleError::Shape(message.into()))
}

impl Rule {
    /// Reads a rule called `name`; its own `name` may stand in it. Whether its filters bind is not looked at.
    ///
    /// # Errors
    /// What is not as it must be.
    pub fn read(name: &str, rule: Value) -> Result<Rule, RuleError> {
        let Value::Object(mut members) = rule else { return shape("a rule is a JSON object") };
        match members.remove("name") {
            None => {}
            Some(Value::String(other)) if other == name => {}
            Some(other) => return shape(format!("`name`: it is {other}, and the rule's name is `{name}`")),
        }
        let lists =
            [members.get("when"), members.get("boost").and_then(Value::as_array).and_then(|boosts| boosts.iter().find(|b| !b.is_object()))];
        if lists.into_iter().flatten().any(|part| !part.is_object()) {
            return shape("`when` and every entry of `boost` are JSON objects");
        }
        let mut rule: Rule = serde_json::from_value(Value::Object(members)).map_err(|error| RuleError::Shape(error.to_string()))?;
        if rule.when.query.is_some() {
            rule.when.how = Some(rule.when.how.unwrap_or_default());
        }
        rule.check()?;
        Ok(rule)
    }

    fn check(&self) -> Result<(), RuleError> {
        if self.when.query.is_none() && self.when.filter.is_none() {
            return shape("`when`: give `query`, `filter` or both");
        }
        if self.when.query.as_deref().is_some_and(|query| same_query(query).is_empty()) {
            return shape("`when.query`: it is empty");
        }
        if self.when.filter.as_deref().is_some_and(|filter| filter.trim().is_empty()) {
            return shape("`when.filter`: it is empty");
        }
        if self.pin.is_empty() && self.hide.is_empty() && self.boost.is_empty() {
            return shape("the rule does nothing: give `pin`, `hide` or `boost`");
        }
        for (name, count, most) in
            [("pin", self.pin.len(), MOST_PINS), ("hide", self.hide.len(), MOST_HIDES), ("boost", self.boost.len(), MOST_BOOSTS)]
        {
            if count > most {
                return shape(format!("`{name}`: it has {count} entries; at most {most} are allowed"));
            }
        }
        let pinned: HashSet<&String> = self.pin.iter().collect();
        if let Some(key) = self.hide.iter().find(|key| pinned.contains(key)) {
            return shape(format!("`{key}` is in `pin` and in `hide`"));
        }
        if let Some(at) = self.boost.iter().position(|boost| !FACTORS.contains(&boost.factor)) {
            return shape(format!("`boost[{at}].factor`: it is {}; use 0.01 to 100", self.boost[at].factor));
        }
        if !PRIORITIES.contains(&self.priority) {
            return shape(format!("`priority`: it is {}; use -1000 to 1000", self.priority));
        }
        self.times().map(drop)
    }

    /// From and until, in microseconds since 1970.
    pub(super) fn times(&self) -> Result<(Option<i64>, Option<i64>), RuleError> {
        Ok((time("from", self.from.as_deref())?, time("until", self.until.as_deref())?))
    }

    /// Its filters, with their places and texts.
    pub(super) fn filters(&self) -> Result<Vec<(String, String, Query)>, RuleError> {
        let when = self.when.filter.iter().map(|text| ("when.filter".to_owned(), text));
        let boosts = self.boost.iter().enumerate().map(|(at, boost)| (format!("boost[{at}].filter"), &boost.filter));
        when.chain(boosts)
            .map(|(place, text)| match parse_filter(text) {
                Ok(filter) => Ok((place, text.clone(), filter)),
                Err(error) => Err(RuleError::Filter { place, text: text.clone(), error }),
            })
            .collect()
    }
}

fn time(name: &str, text: Option<&str>) -> Result<Option<i64>, RuleError> {
    let Some(text) = text else { return Ok(None) };
    match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(time) => Ok(Some((time.unix_timestamp_nanos() / 1000) as i64)),
        Err(_) => shape(format!("`{name}`: `{text}` is no time like 2027-01-06T00:00:00Z")),
    }
}
