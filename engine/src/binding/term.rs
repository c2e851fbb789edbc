//! Bare words: one alone, or several side by side, which Lucene analyses as one text.

use super::limits::{MAX_CLAUSES, too_many_clauses};
use super::plan::Plan;
use super::{Binder, Leaf, Scope, synonyms};
use crate::error::Result;
use crate::index::analysis::by_position;
use crate::query::ast::{SearchMode, Span};

impl Binder<'_> {
    /// A bare word: a term, or, when analysis splits it, a group of terms under the default operator. Over several fields
    /// Lucene's multi-field parser makes that group a plain OR. `None` when analysis leaves nothing of it.
    pub(super) fn word(&self, text: &str, leaf: Leaf<'_>) -> Result<Option<Plan>> {
        let groups = by_position(leaf.analyzer.tokens(text));
        if groups.is_empty() {
            return Ok(None);
        }
        if groups.len() > MAX_CLAUSES {
            return Err(too_many_clauses(leaf.span));
        }
        let Some(field) = leaf.field else { return Ok(Some(Plan::MatchNone)) };
        let terms = synonyms::units(&groups, field, leaf.boost, self.table(Some(field))?.as_deref());
        Ok(Some(match self.mode {
            SearchMode::All if !leaf.spread => Plan::all(terms),
            _ => Plan::any(terms),
        }))
    }

    /// The terms of bare words side by side, each over all fields of the scope. `true` says that the words are a single term over
    /// several fields, which joins its level as optional clauses whatever the default operator
    /// (`QueryParserBase.addMultiTermClauses`, `MultiFieldQueryParser.getFieldQuery`).
    pub(super) fn words(&mut self, text: &str, scope: Scope, boost: f32, span: Span) -> Result<(bool, Vec<Plan>)> {
        let fields = self.fields_of(scope);
        let mut by_term: Vec<Vec<Plan>> = Vec::new();
        for (field, weight) in &fields {
            let boost = boost * self.weight_of(*field);
            let Some(analyzer) = self.analyzer_of(*field) else { continue };
            let groups = by_position(analyzer.tokens(text));
            let plans = match field {
                Some(field) => synonyms::each_position(&groups, *field, boost * weight, self.table(Some(*field))?.as_deref()),
                None => vec![Plan::MatchNone; groups.len()],
            };
            self.limits.add_leaves(plans.len());
            for (at, plan) in plans.into_iter().enumerate() {
                if at == by_term.len() {
                    by_term.push(Vec::new());
                }
                by_term[at].push(plan);
            }
        }
        if by_term.len() > MAX_CLAUSES {
            return Err(too_many_clauses(span));
        }
        self.limits.check_leaves(span)?;
        if by_term.len() == 1 && fields.len() > 1 {
            return Ok((true, by_term.remove(0)));
        }
        Ok((false, by_term.into_iter().map(Plan::any).collect()))
    }
}
