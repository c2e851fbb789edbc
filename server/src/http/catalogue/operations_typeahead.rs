//! Suggestions and completions, described.

use super::wire_typeahead::{Completions, Suggestions};
use crate::http::{Kind, Operation};

const Q: &str = "What was typed, 1 to 100 characters.";
const SUGGESTER: &str = "The suggester; the index's own unless given.";
const FUZZY: &str = "Whether each word may have one edit.";
const FILTER: &str = "An OData filter without full-text functions.";
const FIELDS: &str = "Source fields of the suggester to look in, separated by commas; all unless given.";
const MODE: &str = "Whether the last word is completed, with one that follows it, or only where it follows the one before it.";

pub(super) fn suggest() -> Operation {
    Operation::new("Documents for what is being typed")
        .path("index", "The index's name.")
        .query_needed("q", Kind::Text, Q)
        .query("suggester", Kind::Text, SUGGESTER)
        .query("fuzzy", Kind::Boolean, FUZZY)
        .query("filter", Kind::Text, FILTER)
        .query("fields", Kind::Text, FIELDS)
        .query("sort", Kind::Text, "Sort keys; best first unless given.")
        .query("select", Kind::Text, "Fields to return, separated by commas; all that can be, unless given.")
        .query("top", Kind::Integer, "Suggestions wanted, 1 to 100; 5 unless given.")
        .query("highlight_pre", Kind::Text, "Put before what was typed, in `text`; goes with `highlight_post`.")
        .query("highlight_post", Kind::Text, "Put after what was typed, in `text`.")
        .json::<Suggestions>(200, "Documents that fit.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
}

pub(super) fn complete() -> Operation {
    Operation::new("How what is being typed may go on")
        .path("index", "The index's name.")
        .query_needed("q", Kind::Text, Q)
        .query("suggester", Kind::Text, SUGGESTER)
        .query("mode", Kind::Word(&["oneTerm", "twoTerms", "oneTermWithContext"]), MODE)
        .query("fuzzy", Kind::Boolean, FUZZY)
        .query("filter", Kind::Text, FILTER)
        .query("fields", Kind::Text, FIELDS)
        .query("top", Kind::Integer, "Completions wanted, 1 to 100; 5 unless given.")
        .query("highlight_pre", Kind::Text, "Put before the completed words, in `query`; goes with `highlight_post`.")
        .query("highlight_post", Kind::Text, "Put after the completed words, in `query`.")
        .json::<Completions>(200, "Ways to go on.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
}
