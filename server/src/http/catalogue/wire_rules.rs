//! What curation rules are called on the wire, and in `tutti rules`.

use serde::Serialize;
use tutti_engine::index::{Match, Rules, StoredRule};
use utoipa::ToSchema;

/// The rules of an index, by precedence.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleList {
    rules: Vec<RuleAnswer>,
}

impl RuleList {
    pub(crate) fn new(rules: &Rules) -> RuleList {
        RuleList { rules: rules.iter().map(RuleAnswer::from).collect() }
    }
}

/// A rule: what it does to a list, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = Rule)]
pub(crate) struct RuleAnswer {
    name: String,
    when: RuleWhen,
    /// Keys of documents that join the matches and stand first, in this order.
    pin: Vec<String>,
    /// Keys of documents that are left out.
    hide: Vec<String>,
    boost: Vec<RuleFactor>,
    /// The higher, the earlier it decides, -1000 to 1000.
    priority: i64,
    /// From when on it holds, RFC 3339.
    from: Option<String>,
    /// Until when it holds, RFC 3339.
    until: Option<String>,
    enabled: bool,
}

/// When a rule holds: both must where both are given.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleWhen {
    /// What is searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    query: Option<String>,
    /// With `query`: whether it is what is searched, or its words stand in a row in it.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    how: Option<RuleMatch>,
    /// The filter of the search, blanks and outer parentheses aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    filter: Option<String>,
}

/// How queries are compared.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuleMatch {
    Is,
    Contains,
}

/// A factor of the scores of documents that a filter holds of.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleFactor {
    filter: String,
    /// 0.01 to 100.
    factor: f64,
}

/// A rule as it is given.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the engine reads rules, so that each mistake has its place; this is their shape for the description")]
pub(crate) struct RuleBody {
    when: RuleWhen,
    /// Up to 100 keys.
    #[schema(required = false)]
    pin: Vec<String>,
    /// Up to 1,000 keys.
    #[schema(required = false)]
    hide: Vec<String>,
    /// Up to 10.
    #[schema(required = false)]
    boost: Vec<RuleFactor>,
    #[schema(required = false)]
    priority: i64,
    from: Option<String>,
    until: Option<String>,
    #[schema(required = false)]
    enabled: bool,
}

impl From<&StoredRule> for RuleAnswer {
    fn from(stored: &StoredRule) -> RuleAnswer {
        let rule = stored.rule.clone();
        let how = rule.when.how.map(|how| match how {
            Match::Is => RuleMatch::Is,
            Match::Contains => RuleMatch::Contains,
        });
        RuleAnswer {
            name: stored.name.clone(),
            when: RuleWhen { query: rule.when.query, how, filter: rule.when.filter },
            pin: rule.pin,
            hide: rule.hide,
            boost: rule.boost.into_iter().map(|boost| RuleFactor { filter: boost.filter, factor: boost.factor }).collect(),
            priority: rule.priority,
            from: rule.from,
            until: rule.until,
            enabled: rule.enabled,
        }
    }
}
