//! How much binding one query may take, over all its parts.

use std::collections::HashMap;
use std::sync::Arc;

use tutti_automata::{Allowance, AutomatonError, Dfa};

use crate::error::{Error, Result};
use crate::query::QueryError;
use crate::query::ast::Span;

/// Lucene's `BooleanQuery.getMaxClauseCount`.
pub(super) const MAX_CLAUSES: usize = 1024;
/// A plan may not hold more leaves than this after words were spread over fields.
const MAX_LEAVES: usize = 100_000;

/// What binding has taken so far.
#[derive(Default)]
pub(super) struct Limits {
    leaves: usize,
    allowance: Allowance,
    /// Patterns that were compiled already, for another field or another clause.
    patterns: HashMap<String, Arc<Dfa>>,
}

impl Limits {
    /// Counts leaves that are checked later.
    pub(super) fn add_leaves(&mut self, leaves: usize) {
        self.leaves += leaves;
    }

    /// Counts one more leaf.
    pub(super) fn count_leaf(&mut self, span: Span) -> Result<()> {
        self.leaves += 1;
        self.check_leaves(span)
    }

    /// # Errors
    /// More leaves were counted than a plan may have.
    pub(super) fn check_leaves(&self, span: Span) -> Result<()> {
        if self.leaves > MAX_LEAVES { Err(too_many_clauses(span)) } else { Ok(()) }
    }

    /// The automaton of a pattern; each is compiled once.
    pub(super) fn pattern(
        &mut self,
        key: String,
        span: Span,
        compile: impl FnOnce(&mut Allowance) -> std::result::Result<Dfa, AutomatonError>,
    ) -> Result<Arc<Dfa>> {
        if let Some(known) = self.patterns.get(&key) {
            return Ok(Arc::clone(known));
        }
        let dfa = Arc::new(compile(&mut self.allowance).map_err(|error| QueryError::new(span, error.to_string()))?);
        self.patterns.insert(key, Arc::clone(&dfa));
        Ok(dfa)
    }
}

/// The error for a group with more clauses than Lucene takes.
pub(super) fn too_many_clauses(span: Span) -> Error {
    QueryError::new(span, format!("too many clauses: at most {MAX_CLAUSES} are allowed in one group"))
        .with_remedy("split the query, or use a filter with search.in for long lists")
        .into()
}
