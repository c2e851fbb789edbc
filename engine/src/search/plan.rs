//! A query bound to one index: words are terms now, fields are slots, clauses are required, optional or prohibited.
//! Between the syntax tree, which knows no index, and tantivy's weights, which know one searcher.

use std::ops::Bound;
use std::sync::Arc;

use super::automaton::Dfa;
use super::elements::ElementTest;
use super::geography::PlaceTest;
use crate::query::ast::{CompareOp, Literal};

/// A bound query. `field` is a position in the layout's fields; boosts are multiplied down to the leaves.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Matches nothing.
    Nothing,
    /// Matches every document with a constant score.
    All { boost: f32 },
    /// BM25 over one term.
    Term { field: usize, term: String, boost: f32 },
    /// BM25 over one term as if `doc_freq` documents had it: a spelling of a fuzzy word.
    Spelling { field: usize, term: String, doc_freq: u64, boost: f32 },
    /// BM25 over a phrase: position offset and alternative terms at it.
    Phrase { field: usize, terms: Vec<(u32, Vec<String>)>, slop: u32, boost: f32 },
    /// BM25 over the terms within `edits` of a word.
    Fuzzy { field: usize, word: String, edits: u8, boost: f32 },
    /// A constant score for every document with a term that the set accepts.
    Terms { field: usize, set: TermSet, boost: f32 },
    /// A constant score for every document with any term in the field.
    Exists { field: usize, boost: f32 },
    /// Lucene's boolean query.
    Bool(Bool),
    /// Documents with a value that passes; no score.
    Value { field: usize, test: ValueTest },
    /// Documents with a point that passes; no score.
    Place { field: usize, test: PlaceTest },
    /// Documents with elements that pass; no score.
    Elements(ElementTest),
    /// Documents with any value; no score.
    HasValue { field: usize },
    /// Every document but these; no score.
    Not(Box<Plan>),
    /// Documents of which the inner plan holds, with this score whatever the inner one is.
    Constant { plan: Box<Plan>, boost: f32 },
}

/// Clauses by role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bool {
    pub(crate) must: Vec<Plan>,
    pub(crate) should: Vec<Plan>,
    pub(crate) must_not: Vec<Plan>,
    /// Must hold, without a score.
    pub(crate) filter: Vec<Plan>,
    /// Stays a group of its own inside another: a boost stood on it, and Lucene flattens such a group into none.
    pub(crate) sealed: bool,
}

/// A set of terms of a field's dictionary.
#[derive(Clone, Debug)]
pub(crate) enum TermSet {
    /// Terms that start so; the end is exclusive.
    Prefix(String),
    /// Terms that the automaton accepts.
    Automaton(Arc<Dfa>, String),
    /// Terms between two byte strings.
    Range(Bound<Vec<u8>>, Bound<Vec<u8>>),
}

/// A test of one value. Over a column it becomes a set of intervals, so `and`, `or` and `not` are exact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueTest {
    Compare(CompareOp, Literal),
    OneOf(Vec<String>),
    And(Vec<ValueTest>),
    Or(Vec<ValueTest>),
    Not(Box<ValueTest>),
}

impl Plan {
    /// A boolean query, simplified: what matches nothing is taken out or makes the whole match nothing, and groups of
    /// one kind inside the same kind are merged, which changes no score and lets tantivy skip over whole blocks.
    pub(crate) fn boolean(parts: Bool) -> Plan {
        let mut out = Bool::default();
        for plan in parts.must {
            match plan {
                Plan::Nothing => return Plan::Nothing,
                Plan::Bool(Bool { must, should, must_not, filter, .. }) if should.is_empty() && must_not.is_empty() => {
                    out.must.extend(must);
                    out.filter.extend(filter);
                }
                plan => out.must.push(plan),
            }
        }
        for plan in parts.filter {
            if matches!(plan, Plan::Nothing) {
                return Plan::Nothing;
            }
            out.filter.push(plan);
        }
        let asked = !parts.should.is_empty();
        for plan in parts.should {
            match plan {
                Plan::Nothing => {}
                Plan::Bool(Bool { must, should, must_not, filter, sealed: false })
                    if must.is_empty() && must_not.is_empty() && filter.is_empty() =>
                {
                    out.should.extend(should);
                }
                plan => out.should.push(plan),
            }
        }
        out.must_not.extend(parts.must_not.into_iter().filter(|plan| !matches!(plan, Plan::Nothing)));
        if out.must.is_empty() && out.should.is_empty() && (asked || out.filter.is_empty()) {
            return Plan::Nothing;
        }
        let alone = out.must_not.is_empty() && out.filter.is_empty();
        match (out.must.len(), out.should.len()) {
            (1, 0) if alone => out.must.pop().unwrap_or(Plan::Nothing),
            (0, 1) if alone => out.should.pop().unwrap_or(Plan::Nothing),
            _ => Plan::Bool(out),
        }
    }

    /// The same as a group that no other swallows.
    pub(crate) fn sealed(self) -> Plan {
        match self {
            Plan::Bool(parts) => Plan::Bool(Bool { sealed: true, ..parts }),
            Plan::Fuzzy { .. } => Plan::Bool(Bool { should: vec![self], sealed: true, ..Bool::default() }),
            plan => plan,
        }
    }

    /// Whether every document that matches has the same score.
    pub(crate) fn scores_alike(&self) -> bool {
        match self {
            Plan::Terms { .. }
            | Plan::Exists { .. }
            | Plan::Value { .. }
            | Plan::HasValue { .. }
            | Plan::Place { .. }
            | Plan::Elements(_)
            | Plan::Not(_)
            | Plan::Constant { .. } => true,
            Plan::Nothing
            | Plan::All { .. }
            | Plan::Term { .. }
            | Plan::Spelling { .. }
            | Plan::Phrase { .. }
            | Plan::Fuzzy { .. }
            | Plan::Bool(_) => false,
        }
    }

    /// Any of these, scores added.
    pub(crate) fn any(mut plans: Vec<Plan>) -> Plan {
        match plans.len() {
            1 => plans.pop().unwrap_or(Plan::Nothing),
            _ => Plan::boolean(Bool { should: plans, ..Bool::default() }),
        }
    }

    /// All of these, scores added.
    pub(crate) fn all(plans: Vec<Plan>) -> Plan {
        if plans.is_empty() { Plan::All { boost: 0.0 } } else { Plan::boolean(Bool { must: plans, ..Bool::default() }) }
    }
}
