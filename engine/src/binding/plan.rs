//! The bound plan: what a query means for one index. Words are terms, fields are numbers, clauses are required, optional or
//! prohibited, values have the type of their field. Nothing of tantivy is named, so whatever keeps such an index can
//! carry a plan out; `search::nodes` does it on tantivy, one file a node under the names of the files here.

use std::ops::Bound;
use std::sync::Arc;

use tutti_automata::Dfa;
use tutti_index_schema::geo::{LonLat, Polygon};

pub(crate) use crate::index::analysis::PositionedTerms;
use crate::index::fields::{CollectionId, FieldId};
use crate::query::ast::{CompareOp, Literal};

/// A bound query. Boosts are multiplied down to the leaves.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Matches nothing.
    MatchNone,
    /// Matches every document with a constant score.
    MatchAll { boost: f32 },
    /// BM25 over one term.
    Term { field: FieldId, term: String, boost: f32 },
    /// BM25 over one term as if `doc_freq` documents had it: one of the terms that a fuzzy word stands for.
    BlendedTerm { field: FieldId, term: String, doc_freq: u64, boost: f32 },
    /// BM25 over a phrase whose terms may move by `slop` positions.
    Phrase { field: FieldId, terms: PositionedTerms, slop: u32, boost: f32 },
    /// BM25 over the terms within `edits` of a term.
    Fuzzy { field: FieldId, term: String, edits: u8, boost: f32 },
    /// A constant score for every document with a term of the set.
    MultiTerm { field: FieldId, terms: TermSet, boost: f32 },
    /// A constant score for every document with any term in the field.
    Exists { field: FieldId, boost: f32 },
    /// Documents with any value in the field; no score.
    HasValue { field: FieldId },
    /// Documents with a value that passes; no score.
    Compare { field: FieldId, test: ValueTest },
    /// Documents with a point that passes; no score.
    Geo { field: FieldId, test: GeoTest },
    /// Documents with elements of collections of complex values that pass; no score.
    Nested(NestedTest),
    /// Lucene's boolean query.
    Boolean(Boolean),
    /// Documents of which so many of the clauses hold, scores added (Lucene: `minimumNumberShouldMatch`).
    AtLeast { clauses: Vec<Plan>, least: usize },
    /// Every document but these; no score.
    Not(Box<Plan>),
    /// Documents of which the inner plan holds, with this score whatever the inner one is.
    ConstantScore { plan: Box<Plan>, boost: f32 },
}

/// Clauses by role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Boolean {
    /// Must hold, scores added.
    pub(crate) must: Vec<Plan>,
    /// May hold, scores added; at least one has to where nothing else is required.
    pub(crate) should: Vec<Plan>,
    /// Must not hold.
    pub(crate) must_not: Vec<Plan>,
    /// Must hold, without a score.
    pub(crate) filter: Vec<Plan>,
    /// Stays a group of its own inside another: a boost stood on it, and Lucene does not flatten such a group.
    pub(crate) sealed: bool,
}

/// A set of terms of a field's dictionary.
#[derive(Clone, Debug)]
pub(crate) enum TermSet {
    /// Terms that start so.
    Prefix(String),
    /// Terms that a wildcard or regular expression accepts.
    Pattern {
        /// The compiled pattern.
        dfa: Arc<Dfa>,
        /// The pattern in Lucene syntax.
        text: String,
    },
    /// Terms between two byte strings.
    Range(Bound<Vec<u8>>, Bound<Vec<u8>>),
}

/// A test of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueTest {
    /// Compares with a constant.
    Compare(CompareOp, Literal),
    /// Equals one of these strings.
    OneOf(Vec<String>),
    /// Passes all of these.
    And(Vec<ValueTest>),
    /// Passes one of these.
    Or(Vec<ValueTest>),
    /// Does not pass this one.
    Not(Box<ValueTest>),
}

/// A test of one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GeoTest {
    /// Compares the distance from a point, in kilometres.
    Distance { from: LonLat, op: CompareOp, kilometres: f64 },
    /// Lies in a polygon or on its edge.
    Within(Polygon),
    /// Passes all of these.
    And(Vec<GeoTest>),
    /// Passes one of these.
    Or(Vec<GeoTest>),
    /// Does not pass this one.
    Not(Box<GeoTest>),
}

/// A test of one element of a collection of complex values, or of a whole document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NestedTest {
    /// Always passes.
    MatchAll,
    /// Never passes.
    MatchNone,
    /// Passes all of these.
    And(Vec<NestedTest>),
    /// Passes one of these.
    Or(Vec<NestedTest>),
    /// Does not pass this one.
    Not(Box<NestedTest>),
    /// A value of the field in this element passes.
    Compare { field: FieldId, test: ValueTest },
    /// The field has a value in this element.
    HasValue { field: FieldId },
    /// A point of the field in this element passes.
    Geo { field: FieldId, test: GeoTest },
    /// An element of a collection inside this one passes; without a body, there is one.
    Any { collection: CollectionId, body: Option<Box<NestedTest>> },
}

impl Plan {
    /// Whether every document that matches has the same score.
    pub(crate) fn has_constant_score(&self) -> bool {
        match self {
            Plan::MultiTerm { .. }
            | Plan::Exists { .. }
            | Plan::HasValue { .. }
            | Plan::Compare { .. }
            | Plan::Geo { .. }
            | Plan::Nested(_)
            | Plan::Not(_)
            | Plan::ConstantScore { .. } => true,
            Plan::MatchNone
            | Plan::MatchAll { .. }
            | Plan::Term { .. }
            | Plan::BlendedTerm { .. }
            | Plan::Phrase { .. }
            | Plan::Fuzzy { .. }
            | Plan::AtLeast { .. }
            | Plan::Boolean(_) => false,
        }
    }

    /// The same as a group that no other swallows.
    pub(crate) fn sealed(self) -> Plan {
        match self {
            Plan::Boolean(clauses) => Plan::Boolean(Boolean { sealed: true, ..clauses }),
            Plan::Fuzzy { .. } => Plan::Boolean(Boolean { should: vec![self], sealed: true, ..Boolean::default() }),
            plan => plan,
        }
    }

    /// Any of these, scores added.
    pub(crate) fn any(mut plans: Vec<Plan>) -> Plan {
        match plans.len() {
            1 => plans.pop().unwrap_or(Plan::MatchNone),
            _ => Plan::boolean(Boolean { should: plans, ..Boolean::default() }),
        }
    }

    /// All of these, scores added.
    pub(crate) fn all(plans: Vec<Plan>) -> Plan {
        if plans.is_empty() { Plan::MatchAll { boost: 0.0 } } else { Plan::boolean(Boolean { must: plans, ..Boolean::default() }) }
    }

    /// A boolean query, simplified: what matches nothing is taken out or makes the whole match nothing, and groups of
    /// one kind inside the same kind are merged, which changes no score and lets tantivy skip over whole blocks.
    pub(crate) fn boolean(clauses: Boolean) -> Plan {
        let mut out = Boolean::default();
        for plan in clauses.must {
            match plan {
                Plan::MatchNone => return Plan::MatchNone,
                Plan::Boolean(Boolean { must, should, must_not, filter, .. }) if should.is_empty() && must_not.is_empty() => {
                    out.must.extend(must);
                    out.filter.extend(filter);
                }
                plan => out.must.push(plan),
            }
        }
        if clauses.filter.iter().any(|plan| matches!(plan, Plan::MatchNone)) {
            return Plan::MatchNone;
        }
        out.filter.extend(clauses.filter);
        let asked = !clauses.should.is_empty();
        for plan in clauses.should {
            match plan {
                Plan::MatchNone => {}
                Plan::Boolean(Boolean { must, should, must_not, filter, sealed: false })
                    if must.is_empty() && must_not.is_empty() && filter.is_empty() =>
                {
                    out.should.extend(should);
                }
                plan => out.should.push(plan),
            }
        }
        out.must_not.extend(clauses.must_not.into_iter().filter(|plan| !matches!(plan, Plan::MatchNone)));
        if out.must.is_empty() && out.should.is_empty() && (asked || out.filter.is_empty()) {
            return Plan::MatchNone;
        }
        let alone = out.must_not.is_empty() && out.filter.is_empty();
        match (out.must.len(), out.should.len()) {
            (1, 0) if alone => out.must.pop().unwrap_or(Plan::MatchNone),
            (0, 1) if alone => out.should.pop().unwrap_or(Plan::MatchNone),
            _ => Plan::Boolean(out),
        }
    }
}

impl GeoTest {
    /// Whether a point passes.
    pub(crate) fn passes(&self, point: LonLat) -> bool {
        match self {
            GeoTest::Distance { from, op, kilometres } => {
                let distance = tutti_index_schema::geo::kilometres_or_more(*from, point, *kilometres);
                match op {
                    CompareOp::Lt => distance < *kilometres,
                    CompareOp::Le => distance <= *kilometres,
                    CompareOp::Gt => distance > *kilometres,
                    CompareOp::Ge => distance >= *kilometres,
                    CompareOp::Eq | CompareOp::Ne => false,
                }
            }
            GeoTest::Within(polygon) => polygon.contains(point),
            GeoTest::And(parts) => parts.iter().all(|part| part.passes(point)),
            GeoTest::Or(parts) => parts.iter().any(|part| part.passes(point)),
            GeoTest::Not(inner) => !inner.passes(point),
        }
    }
}
