//! Which rules hold for a search, and what they make of it together.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::rule::{Match, Rule};
use super::text::{contains, same_filter, same_query};
use crate::query::parse_filter;
use crate::search::{Curation, Pin, RuleBoost};

/// A rule that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredRule {
    /// Its name.
    pub name: String,
    /// Another number with every write in this index.
    pub revision: u64,
    /// The rule.
    pub rule: Rule,
}

impl StoredRule {
    /// A number that is another one with every write and for every other rule.
    pub fn etag(&self) -> u64 {
        let text = serde_json::to_vec(&self.rule).unwrap_or_default();
        self.revision << 32 | u64::from(crc32fast::hash(&text))
    }
}

/// The rules that hold for a search.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// What they change in its list.
    pub curation: Curation,
    /// Their names, by precedence.
    pub rules: Vec<String>,
}

/// The rules of an index.
#[derive(Debug, Default)]
pub struct Rules {
    /// By precedence.
    ready: Vec<Ready>,
}

/// A rule with its texts read.
#[derive(Debug)]
struct Ready {
    stored: StoredRule,
    query: Option<String>,
    filter: Option<String>,
    from: Option<i64>,
    until: Option<i64>,
    boosts: Vec<RuleBoost>,
}

impl Rules {
    pub(super) fn new(rules: &BTreeMap<String, StoredRule>) -> Rules {
        let mut ready: Vec<Ready> = rules.values().cloned().map(Ready::new).collect();
        // They come by name, and this keeps it so among equals.
        ready.sort_by_key(|ready| std::cmp::Reverse(ready.stored.rule.priority));
        Rules { ready }
    }

    /// All of them, by precedence.
    pub fn iter(&self) -> impl Iterator<Item = &StoredRule> {
        self.ready.iter().map(|ready| &ready.stored)
    }

    /// The rule of this name.
    pub fn get(&self, name: &str) -> Option<&StoredRule> {
        self.iter().find(|stored| stored.name == name)
    }

    /// What the rules that hold make of a search. Of a key the first rule that names it decides; pins stand one rule after the other.
    pub fn hold(&self, query: &str, filter: &str, now_micros: i64) -> Held {
        let mut held = Held::default();
        if self.ready.is_empty() {
            return held;
        }
        let (query, filter) = (same_query(query), same_filter(filter));
        let holding: Vec<&Ready> = self.ready.iter().filter(|ready| ready.holds(&query, &filter, now_micros)).collect();
        let mut decided: HashSet<&str> = HashSet::new();
        for ready in holding {
            let name = ready.stored.name.as_str();
            for key in &ready.stored.rule.pin {
                // A key that the rule itself names again is pinned already.
                if decided.insert(key) {
                    held.curation.pins.push(Pin { key: key.clone(), rule: name.to_owned() });
                }
            }
            for key in &ready.stored.rule.hide {
                if decided.insert(key) {
                    held.curation.hides.push(key.clone());
                }
            }
            held.curation.boosts.extend(ready.boosts.iter().cloned());
            held.rules.push(name.to_owned());
        }
        held
    }
}

impl Ready {
    fn new(stored: StoredRule) -> Ready {
        let rule = &stored.rule;
        let (from, until) = rule.times().unwrap_or_default();
        let boosts = rule.boost.iter().filter_map(|boost| {
            let filter = parse_filter(&boost.filter).ok()?;
            Some(RuleBoost { filter, factor: boost.factor as f32, rule: stored.name.clone() })
        });
        Ready {
            query: rule.when.query.as_deref().map(same_query),
            filter: rule.when.filter.as_deref().map(same_filter),
            from,
            until,
            boosts: boosts.collect(),
            stored,
        }
    }

    fn holds(&self, query: &str, filter: &str, now: i64) -> bool {
        let rule = &self.stored.rule;
        rule.enabled
            && self.from.is_none_or(|from| from <= now)
            && self.until.is_none_or(|until| now < until)
            && self.filter.as_deref().is_none_or(|wanted| wanted == filter)
            && self.query.as_deref().is_none_or(|wanted| match rule.when.how.unwrap_or_default() {
                Match::Is => wanted == query,
                Match::Contains => contains(query, wanted),
            })
    }
}
