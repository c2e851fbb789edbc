//! The one rewriting of a plan that needs the dictionary: the same term twice among the optional clauses of a group, written out
//! and as a spelling of a fuzzy word, or as a spelling of two. Lucene (`BooleanQuery.rewrite`) makes one clause of them, with the boosts added and the document frequency of
//! the one that came first, and that frequency differs: a fuzzy word's spellings share a blended one.
//!
//! When the boosts differ, which of them counts as first depends on a hash seed in Lucene and changes from run to run;
//! here it is always the one written first.

use std::collections::HashMap;

use super::nodes::fuzzy;
use super::snapshot::Snapshot;
use crate::binding::plan::{Boolean, Plan};
use crate::error::Result;
use crate::index::fields::FieldId;

/// The plan with such clauses merged. Everything else stays as it is.
pub(crate) fn without_duplicates(plan: Plan, snapshot: &Snapshot) -> Result<Plan> {
    let Plan::Boolean(clauses) = plan else { return Ok(plan) };
    let every = |plans: Vec<Plan>| plans.into_iter().map(|plan| without_duplicates(plan, snapshot)).collect::<Result<Vec<_>>>();
    let (must, should) = (every(clauses.must)?, every(clauses.should)?);
    let should = if overlap(&should) { spelt_out(should, snapshot)? } else { should };
    Ok(Plan::Boolean(Boolean { must, should, ..clauses }))
}

/// Whether a fuzzy word may stand for a term that another clause has too.
fn overlap(plans: &[Plan]) -> bool {
    plans.iter().enumerate().any(|(at, plan)| {
        let Plan::Fuzzy { field, term: word, edits, .. } = plan else { return false };
        plans.iter().enumerate().any(|(other, plan)| match plan {
            Plan::Fuzzy { field: same, .. } => other != at && same == field,
            Plan::Term { field: same, term, .. } => same == field && fuzzy::is_near(word, term, *edits),
            _ => false,
        })
    })
}

/// Fuzzy words as their spellings, each term once.
fn spelt_out(plans: Vec<Plan>, snapshot: &Snapshot) -> Result<Vec<Plan>> {
    let mut out = Vec::with_capacity(plans.len());
    let mut clause_of: HashMap<(FieldId, String), usize> = HashMap::new();
    for plan in plans {
        match plan {
            Plan::Term { field, ref term, boost } if boost > 0.0 => add(&mut out, &mut clause_of, (field, term.clone()), boost, plan),
            Plan::Fuzzy { field, term: word, edits, boost } => {
                let Some(slot) = snapshot.text_slot(field) else { continue };
                let spellings = fuzzy::expand(&snapshot.segments, slot, &word, edits)?;
                let doc_freq = spellings.iter().map(|term| term.doc_freq).max().unwrap_or(0);
                for near in spellings {
                    let boost = boost * near.similarity.max(0.0);
                    let spelling = Plan::BlendedTerm { field, term: near.text.clone(), doc_freq, boost };
                    // Without a score it is another kind of clause, and stays.
                    if boost > 0.0 { add(&mut out, &mut clause_of, (field, near.text), boost, spelling) } else { out.push(spelling) }
                }
            }
            plan => out.push(plan),
        }
    }
    Ok(out)
}

/// Adds a clause, or its boost to the clause of the same term.
fn add(out: &mut Vec<Plan>, clause_of: &mut HashMap<(FieldId, String), usize>, term: (FieldId, String), more: f32, plan: Plan) {
    let at = *clause_of.entry(term).or_insert(out.len());
    match out.get_mut(at) {
        Some(Plan::Term { boost, .. } | Plan::BlendedTerm { boost, .. }) => *boost += more,
        _ => out.push(plan),
    }
}
