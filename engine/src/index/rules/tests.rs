//! Rules as they are read, kept and resolved.

use serde_json::{Value, json};
use tutti_index_schema::IndexDefinition;

use super::{Rule, RuleError};
use crate::{Access, Engine};

fn definition() -> IndexDefinition {
    IndexDefinition::from_value(&json!({
        "name": "works",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "title", "type": "Edm.String", "searchable": true, "filterable": false},
            {"name": "year", "type": "Edm.Int32", "filterable": true},
        ],
    }))
    .unwrap()
}

fn engine() -> (tempfile::TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    engine.create_index(&definition()).unwrap();
    (folder, engine)
}

fn rule(value: Value) -> Rule {
    Rule::read("rule", value).unwrap()
}

#[test]
fn defaults_are_filled_in() {
    let read = rule(json!({"name": "rule", "when": {"query": "moon"}, "pin": ["a"]}));
    let shown = serde_json::to_value(&read).unwrap();
    let expected = json!({"when": {"query": "moon", "match": "is"}, "pin": ["a"], "hide": [], "boost": [], "priority": 0, "from": null, "until": null, "enabled": true});
    assert_eq!(shown, expected);
}

#[test]
fn what_is_no_rule_is_refused() {
    for value in [
        json!([]),
        json!({}),
        json!({"when": ["a"], "pin": ["a"]}),
        json!({"when": {}, "pin": ["a"]}),
        json!({"when": {"query": "a"}}),
        json!({"when": {"query": " "}, "pin": ["a"]}),
        json!({"when": {"query": "a", "match": "starts"}, "pin": ["a"]}),
        json!({"when": {"query": "a"}, "pin": ["a"], "hide": ["a"]}),
        json!({"when": {"query": "a"}, "pin": ["a"], "priority": 0.5}),
        json!({"when": {"query": "a"}, "pin": ["a"], "priority": 1001}),
        json!({"when": {"query": "a"}, "pin": ["a"], "until": "2027-01-06"}),
        json!({"when": {"query": "a"}, "pin": ["a"], "more": 1}),
        json!({"when": {"query": "a"}, "pin": ["a"], "name": "other"}),
        json!({"when": {"query": "a"}, "boost": [{"filter": "year ge 1980", "factor": 0}]}),
        json!({"when": {"query": "a"}, "boost": [["year ge 1980", 2]]}),
    ] {
        assert!(matches!(Rule::read("rule", value.clone()), Err(RuleError::Shape(_))), "{value}");
    }
}

#[test]
fn filters_must_bind() {
    let (_folder, engine) = engine();
    let index = engine.index("works").unwrap();
    for filter in ["year ge", "nope eq 1", "title eq 'x'"] {
        for value in
            [json!({"when": {"filter": filter}, "pin": ["a"]}), json!({"when": {"query": "a"}, "boost": [{"filter": filter, "factor": 2}]})]
        {
            assert!(matches!(index.put_rule("rule", rule(value)), Err(RuleError::Filter { .. })), "{filter}");
        }
    }
    assert!(matches!(index.put_rule("A", rule(json!({"when": {"query": "a"}, "pin": ["a"]}))), Err(RuleError::Shape(_))));
    assert_eq!(index.rules().unwrap().iter().count(), 0);
}

#[test]
fn they_outlive_a_bulk_build_and_go_with_the_index() {
    let (folder, engine) = engine();
    let index = engine.index("works").unwrap();
    let made = index.put_rule("rule", rule(json!({"when": {"query": "a"}, "pin": ["a"]}))).unwrap();
    engine.build_index(&definition(), &Default::default()).unwrap().finish().unwrap();
    index.refresh().unwrap();
    assert_eq!(index.rules().unwrap().get("rule"), Some(&made));
    let reader = Engine::open(folder.path(), Access::Read).unwrap().index("works").unwrap();
    assert_eq!(reader.rules().unwrap().get("rule"), Some(&made));
    assert!(reader.delete_rule("rule").is_err());
    let again = index.put_rule("rule", made.rule.clone()).unwrap();
    assert_ne!(again.etag(), made.etag());
    assert_eq!(reader.rules().unwrap().get("rule"), Some(&again), "a change by another process is seen");
    engine.delete_index("works").unwrap();
    let anew = engine.create_index(&definition()).unwrap();
    assert!(!anew.delete_rule("rule").unwrap());
}

#[test]
fn the_first_rule_that_names_a_key_decides() {
    let (_folder, engine) = engine();
    let index = engine.index("works").unwrap();
    let when = json!({"query": "moon"});
    for (name, value) in [
        ("zz", json!({"when": when, "pin": ["a"], "hide": ["b"], "priority": 10})),
        ("bb", json!({"when": when, "pin": ["d", "e", "e"], "hide": ["a", "c"]})),
        ("aa", json!({"when": when, "pin": ["b", "c", "a"], "hide": ["d"], "boost": [{"filter": "year ge 1980", "factor": 2}]})),
        ("off", json!({"when": when, "hide": ["e"], "priority": 20, "enabled": false})),
    ] {
        index.put_rule(name, rule(value)).unwrap();
    }
    let held = index.curation(" MOON", "", 0).unwrap();
    assert_eq!(held.rules, ["zz", "aa", "bb"]);
    let pins: Vec<_> = held.curation.pins.iter().map(|pin| (pin.key.as_str(), pin.rule.as_str())).collect();
    assert_eq!(pins, [("a", "zz"), ("c", "aa"), ("e", "bb")]);
    assert_eq!(held.curation.hides, ["b", "d"]);
    assert_eq!(held.curation.boosts.len(), 1);
    assert!(index.curation("sun", "", 0).unwrap().rules.is_empty());
}

#[test]
fn from_counts_and_until_does_not() {
    let (_folder, engine) = engine();
    let index = engine.index("works").unwrap();
    let times =
        json!({"when": {"filter": "year ge 1980"}, "hide": ["a"], "from": "1970-01-01T00:00:01Z", "until": "1970-01-01T01:00:02+01:00"});
    index.put_rule("rule", rule(times)).unwrap();
    for (now, holds) in [(999_999, false), (1_000_000, true), (1_999_999, true), (2_000_000, false)] {
        assert_eq!(index.curation("", "( year ge  1980 )", now).unwrap().rules.len(), usize::from(holds), "{now}");
    }
}
