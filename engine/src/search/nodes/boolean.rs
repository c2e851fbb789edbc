//! Clauses: tantivy's boolean weight, with its block-max skipping.

use tantivy::query::{AllWeight, BooleanWeight, Occur, SumCombiner, Weight};

use super::constant_score::ConstantScoreWeight;
use crate::binding::plan::{Boolean, Plan};
use crate::error::Result;
use crate::search::snapshot::Snapshot;

/// The weight of clauses by role.
pub(super) fn weight(clauses: &Boolean, snapshot: &Snapshot, scoring: bool) -> Result<Box<dyn Weight>> {
    let mut weights: Vec<(Occur, Box<dyn Weight>)> = Vec::new();
    let selective = !clauses.filter.is_empty() || clauses.must.iter().any(|plan| !matches!(plan, Plan::MatchAll { .. }));
    for plan in &clauses.must {
        // A match-all beside something else required adds a score or nothing at all.
        let idle = selective && matches!(plan, Plan::MatchAll { boost } if !scoring || *boost == 0.0);
        if !idle {
            weights.push((Occur::Must, super::weight(plan, snapshot, scoring)?));
        }
    }
    for plan in &clauses.filter {
        let inner = super::weight(plan, snapshot, false)?;
        weights.push((Occur::Must, if scoring { Box::new(ConstantScoreWeight::of(inner, 0.0)) } else { inner }));
    }
    let required = clauses.must.is_empty() && !clauses.should.is_empty();
    if required && !clauses.filter.is_empty() {
        // Beside required clauses tantivy would take these as optional.
        let should = Boolean { should: clauses.should.clone(), ..Boolean::default() };
        weights.push((Occur::Must, weight(&should, snapshot, scoring)?));
    } else if scoring || required {
        for plan in &clauses.should {
            weights.push((Occur::Should, super::weight(plan, snapshot, scoring)?));
        }
    }
    for plan in &clauses.must_not {
        weights.push((Occur::MustNot, super::weight(plan, snapshot, false)?));
    }
    if weights.is_empty() {
        return Ok(Box::new(AllWeight));
    }
    Ok(joined(weights, scoring))
}

/// The weight of clauses of which so many have to match.
pub(super) fn at_least(clauses: &[Plan], least: usize, snapshot: &Snapshot, scoring: bool) -> Result<Box<dyn Weight>> {
    let clause = |plan| Ok((Occur::Should, super::weight(plan, snapshot, scoring)?));
    let weights = clauses.iter().map(clause).collect::<Result<Vec<(Occur, Box<dyn Weight>)>>>()?;
    Ok(Box::new(BooleanWeight::with_minimum_number_should_match(weights, least, scoring, Box::new(SumCombiner::default))))
}

/// Weights in one; without a required one, at least one has to match.
pub(crate) fn joined(weights: Vec<(Occur, Box<dyn Weight>)>, scoring: bool) -> Box<dyn Weight> {
    let only_should = weights.iter().all(|(occur, _)| *occur != Occur::Must);
    let minimum = usize::from(only_should);
    Box::new(BooleanWeight::with_minimum_number_should_match(weights, minimum, scoring, Box::new(SumCombiner::default)))
}
