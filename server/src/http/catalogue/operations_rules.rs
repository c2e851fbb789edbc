//! Curation rules, described.

use serde_json::json;

use super::wire_rules::{RuleAnswer, RuleBody, RuleList};
use crate::http::Operation;

pub(super) fn list() -> Operation {
    Operation::new("The curation rules of an index, by precedence")
        .path("index", "The index's name.")
        .json::<RuleList>(200, "The rules.")
        .fails(404, "The request is refused.")
}

pub(super) fn read() -> Operation {
    named(Operation::new("A curation rule")).json::<RuleAnswer>(200, "The rule, with its `ETag`.").fails(404, "The request is refused.")
}

pub(super) fn write() -> Operation {
    named(Operation::new("Make or replace a curation rule"))
        .about("For some queries documents stand first, are left out, or count for more. Takes `If-Match` and `If-None-Match`.")
        .body::<RuleBody>("")
        .example(json!({"when": {"query": "christmas", "match": "contains"}, "pin": ["s7", "s3"], "hide": ["s9"], "boost": [{"filter": "year ge 2000", "factor": 2}], "until": "2027-01-06T00:00:00Z"}))
        .json::<RuleAnswer>(200, "The rule was replaced.")
        .json::<RuleAnswer>(201, "The rule was made.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
        .fails(412, "A precondition does not hold.")
        .fails(413, "The request is refused.")
}

pub(super) fn delete() -> Operation {
    named(Operation::new("Remove a curation rule"))
        .about("Takes `If-Match`.")
        .empty(204, "It is gone.")
        .fails(404, "The request is refused.")
        .fails(412, "A precondition does not hold.")
}

fn named(operation: Operation) -> Operation {
    operation.path("index", "The index's name.").path("name", "The rule's name: 2 to 128 lower-case letters, digits, `-` or `_`.")
}
