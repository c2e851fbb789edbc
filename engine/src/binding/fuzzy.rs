//! A word and what is within one or two edits of it. The word is not analysed, only normalised (Lucene: `getFuzzyQuery`).

use super::Leaf;
use super::plan::Plan;
use crate::query::ast::{Node, Query};

/// Binds a fuzzy word.
pub(super) fn bind(word: &str, edits: u8, leaf: Leaf<'_>) -> Plan {
    let term = leaf.analyzer.normalize(word);
    leaf.field.map_or(Plan::MatchNone, |field| Plan::Fuzzy { field, term, edits, boost: leaf.boost })
}

/// Whether a fuzzy word stands somewhere in a query.
pub(super) fn is_in(query: &Query) -> bool {
    matches!(query.node, Node::Fuzzy { .. }) || query.children().into_iter().any(is_in)
}
