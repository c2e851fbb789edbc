//! Every document, or none.

use super::plan::Plan;
use crate::query::ast::Node;

/// Binds [`Node::MatchAll`]; what is anything else matches nothing.
pub(super) fn bind(node: &Node, boost: f32) -> Plan {
    if *node == Node::MatchAll { Plan::MatchAll { boost } } else { Plan::MatchNone }
}
