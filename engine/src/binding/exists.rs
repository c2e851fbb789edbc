//! Documents that have any term in a field: a lone `*`. That a field has a value at all is asked by `ne null`
//! ([`super::compare`]) and `any()` ([`super::nested`]).

use super::Leaf;
use super::plan::Plan;

/// Binds `field:*`.
pub(super) fn bind(leaf: Leaf<'_>) -> Plan {
    leaf.field.map_or(Plan::MatchNone, |field| Plan::Exists { field, boost: leaf.boost })
}
