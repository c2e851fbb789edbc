//! A bound plan carried out on tantivy: one file a node, under the names of `binding`. Each says which documents match and with
//! what score, how its part of a score is described, and which tokens of a text it accounts for. Terms and groups of terms use
//! tantivy's own scorers, with their block-max skipping; the rest uses scorers of its own.

pub(crate) mod boolean;
pub(in crate::search) mod compare;
pub(crate) mod constant_score;
mod exists;
pub(crate) mod fuzzy;
mod geo;
mod match_all;
mod multi_term;
mod nested;
mod phrase;
mod term;

use std::collections::HashSet;

use tantivy::query::Weight;
use tantivy::schema::Field as Slot;

use constant_score::ConstantScoreWeight;

use super::snapshot::Snapshot;
use crate::binding::Binder;
use crate::binding::plan::Plan;
use crate::error::{Error, Result};
use crate::index::analysis::Token;
use crate::index::fields::{FieldId, Fields};
use crate::query::ast::{Query, SearchMode};

/// Builds the weight of a plan. Without `scoring` only which documents match is right.
pub(crate) fn weight(plan: &Plan, snapshot: &Snapshot, scoring: bool) -> Result<Box<dyn Weight>> {
    Ok(match plan {
        Plan::MatchNone => match_all::none(),
        Plan::MatchAll { boost } => match_all::weight(*boost),
        Plan::Term { field, term, boost } => {
            on_text(snapshot, *field, |slot| term::weight(snapshot, slot, term, snapshot.doc_freq(slot, term)?, *boost, scoring))?
        }
        Plan::BlendedTerm { field, term, doc_freq, boost } => {
            on_text(snapshot, *field, |slot| term::weight(snapshot, slot, term, *doc_freq, *boost, scoring))?
        }
        Plan::Phrase { field, terms, slop, boost } => {
            on_text(snapshot, *field, |slot| phrase::weight(snapshot, slot, terms, *slop, *boost))?
        }
        Plan::Fuzzy { field, term, edits, boost } => {
            on_text(snapshot, *field, |slot| fuzzy::weight(snapshot, slot, term, *edits, *boost, scoring))?
        }
        Plan::MultiTerm { field, terms, boost } => on_text(snapshot, *field, |slot| Ok(multi_term::weight(slot, terms, *boost)))?,
        Plan::Exists { field, boost } => on_text(snapshot, *field, |slot| Ok(exists::weight(slot, *boost)))?,
        Plan::HasValue { field } => exists::has_value(snapshot, *field),
        Plan::Compare { field, test } => compare::weight(snapshot, *field, test),
        Plan::Geo { field, test } => geo::weight(snapshot, *field, test),
        Plan::Nested(test) => nested::weight(snapshot, test),
        Plan::Not(inner) => match &**inner {
            Plan::MatchNone => match_all::weight(0.0),
            inner => Box::new(ConstantScoreWeight::excluding(weight(inner, snapshot, false)?)),
        },
        Plan::ConstantScore { plan, boost } => Box::new(ConstantScoreWeight::of(weight(plan, snapshot, false)?, *boost)),
        Plan::Boolean(clauses) => boolean::weight(clauses, snapshot, scoring)?,
        Plan::AtLeast { clauses, least } => boolean::at_least(clauses, *least, snapshot, scoring)?,
    })
}

/// The weight of a filter that stands alone; without a score.
///
/// # Errors
/// A filter that does not bind.
pub(crate) fn filter_weight(snapshot: &Snapshot, filter: &Query) -> Result<Box<dyn Weight>> {
    let plan = Binder::new(snapshot.fields(), SearchMode::Any, &[])?.filter(filter).map_err(Error::in_filter)?;
    weight(&plan, snapshot, false)
}

/// A weight over the text of a field; one without text matches nothing.
fn on_text(snapshot: &Snapshot, field: FieldId, weight: impl FnOnce(Slot) -> Result<Box<dyn Weight>>) -> Result<Box<dyn Weight>> {
    snapshot.text_slot(field).map_or_else(|| Ok(match_all::none()), weight)
}

/// A leaf in Lucene syntax, for explanations.
pub(crate) fn describe(plan: &Plan, fields: &Fields) -> String {
    let on = |field: &FieldId, text: &str| format!("{}:{text}", fields.get(*field).path);
    let boosted = |text: String, boost: f32| if boost == 1.0 { text } else { format!("{text}^{boost}") };
    match plan {
        Plan::MatchNone => "nothing".to_owned(),
        Plan::MatchAll { boost } => boosted("*:*".to_owned(), *boost),
        Plan::Term { field, term, boost } | Plan::BlendedTerm { field, term, boost, .. } => boosted(on(field, term), *boost),
        Plan::Phrase { field, terms, slop, boost } => boosted(on(field, &phrase::describe(terms, *slop)), *boost),
        Plan::Fuzzy { field, term, edits, boost } => boosted(on(field, &format!("{term}~{edits}")), *boost),
        Plan::MultiTerm { field, terms, boost } => boosted(on(field, &multi_term::describe(terms)), *boost),
        Plan::Exists { field, boost } => boosted(on(field, "*"), *boost),
        Plan::Nested(_) => "filter on elements".to_owned(),
        Plan::Compare { field, .. } | Plan::HasValue { field } | Plan::Geo { field, .. } => {
            format!("filter on {}", fields.get(*field).path)
        }
        Plan::Not(_) => "exclusion".to_owned(),
        Plan::ConstantScore { boost, .. } => boosted("constant score".to_owned(), *boost),
        Plan::Boolean(_) | Plan::AtLeast { .. } => "sum of".to_owned(),
    }
}

/// Marks the tokens of a text of `field` that a leaf accounts for. `near` gives the terms that a fuzzy word stands for.
pub(crate) fn mark_tokens<'a>(
    leaf: &Plan,
    field: FieldId,
    tokens: &[Token],
    marked: &mut [bool],
    near: impl FnOnce(&str, u8) -> Result<&'a HashSet<String>>,
) -> Result<()> {
    match leaf {
        Plan::Term { field: at, term, .. } | Plan::BlendedTerm { field: at, term, .. } if *at == field => {
            mark(marked, tokens, |text| text == term);
        }
        Plan::Fuzzy { field: at, term, edits, .. } if *at == field => {
            let near = near(term, *edits)?;
            mark(marked, tokens, |text| near.contains(text));
        }
        Plan::MultiTerm { field: at, terms, .. } if *at == field => mark(marked, tokens, |text| multi_term::contains(terms, text)),
        Plan::Phrase { field: at, terms, slop, .. } if *at == field => {
            for token in phrase::matching_tokens(tokens, terms, *slop) {
                marked[token] = true;
            }
        }
        _ => {}
    }
    Ok(())
}

fn mark(marked: &mut [bool], tokens: &[Token], test: impl Fn(&str) -> bool) {
    for (marked, token) in marked.iter_mut().zip(tokens) {
        *marked = *marked || test(&token.text);
    }
}
