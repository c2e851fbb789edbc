//! What matches without a score of its own: everything but something, and full text inside a filter.

use super::plan::Plan;
use super::{Binder, Scope};
use crate::error::Result;
use crate::query::ast::{Node, Query, SearchMode};

impl Binder<'_> {
    /// Every document but these.
    pub(super) fn not(&mut self, inner: &Query, scope: Scope, boost: f32) -> Result<Option<Plan>> {
        let inner = self.query(inner, scope, boost)?;
        Ok(inner.map(|inner| Plan::ConstantScore { plan: Box::new(Plan::Not(Box::new(inner))), boost }))
    }

    /// `search.ismatch` and `search.ismatchscoring`.
    pub(super) fn full_text(&mut self, query: &Query, fields: &[String], scoring: bool, mode: SearchMode) -> Result<Plan> {
        let weights: Vec<_> = fields.iter().map(|field| (field.clone(), 1.0)).collect();
        let mut binder = Binder::new(self.fields, mode, &weights)?.weighing(self.weights.clone());
        binder.limits = std::mem::take(&mut self.limits);
        let plan = binder.text(query, None)?;
        self.limits = binder.limits;
        self.unknown.append(&mut binder.unknown);
        Ok(if scoring { plan } else { Plan::ConstantScore { plan: Box::new(plan), boost: 0.0 } })
    }
}

/// Whether `search.ismatchscoring` stands somewhere in a filter.
pub(super) fn adds_to_score(filter: &Query) -> bool {
    let mut open = vec![filter];
    while let Some(query) = open.pop() {
        if matches!(query.node, Node::FullText { scoring: true, .. }) {
            return true;
        }
        open.extend(query.children());
    }
    false
}
