//! Quoted text: a phrase of terms, a single term, or what synonyms make of either.

use super::plan::Plan;
use super::{Binder, Leaf, synonyms};
use crate::error::Result;
use crate::index::analysis::by_position;
use crate::query::QueryError;

impl Binder<'_> {
    /// Binds a phrase; `None` when analysis leaves nothing of it.
    pub(super) fn phrase(&self, text: &str, slop: i32, leaf: Leaf<'_>) -> Result<Option<Plan>> {
        let table = self.table(leaf.field)?;
        let boost = leaf.boost;
        let mut groups = by_position(leaf.analyzer.tokens(text));
        let Some(first) = groups.first().map(|(position, _)| *position) else { return Ok(None) };
        let several = groups.len() > 1;
        let slop = match u32::try_from(slop) {
            Err(_) if several => return Err(QueryError::new(leaf.span, "expected a slop of 0 or more, found a negative number").into()),
            slop => slop.unwrap_or(0),
        };
        let Some(field) = leaf.field else { return Ok(Some(Plan::MatchNone)) };
        if let Some(table) = table {
            let variants = table.variants(&groups).into_iter().map(|variant| synonyms::member(variant, field, slop, boost));
            return Ok(Some(Plan::any(variants.collect())));
        }
        if groups.len() == 1 {
            let (_, terms) = groups.remove(0);
            return Ok(Some(synonyms::alternatives(terms, field, boost)));
        }
        let terms = groups.into_iter().map(|(position, terms)| (position - first, terms)).collect();
        Ok(Some(Plan::Phrase { field, terms, slop, boost }))
    }
}
