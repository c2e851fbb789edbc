//! A plan to tantivy weights. Terms and groups of terms use tantivy's own scorers, with their block-max skipping; the
//! rest uses the scorers beside this file.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{AllWeight, BooleanWeight, EmptyWeight, Occur, SumCombiner, Weight};
use tantivy::schema::Field as Slot;

use super::constant::{ColumnTest, Constant, Excluded, Filled, HasText, MultiTerm, Postings, Source};
use super::fuzzy;
use super::geography::PlacesWith;
use super::phrase::PhraseWeight;
use super::plan::{Bool, Plan, TermSet};
use super::statistics::Statistics;
use crate::error::Result;
use crate::index::layout::Kind;

/// Builds the weight of a plan. Without `scoring` only which documents match is right.
pub(crate) fn weight(plan: &Plan, statistics: &Statistics<'_>, scoring: bool) -> Result<Box<dyn Weight>> {
    let layout = &statistics.generation.layout;
    let text_slot = |field: usize| layout.fields[field].text.as_ref().map(|column| column.slot);
    Ok(match plan {
        Plan::Nothing => Box::new(EmptyWeight),
        Plan::All { boost } => Box::new(Constant::new(Source::All, *boost)),
        Plan::Term { field, term, boost } => match text_slot(*field) {
            Some(slot) => term_weight(statistics, slot, term, statistics.doc_freq(slot, term)?, *boost, scoring)?,
            None => Box::new(EmptyWeight),
        },
        Plan::Spelling { field, term, doc_freq, boost } => match text_slot(*field) {
            Some(slot) => term_weight(statistics, slot, term, *doc_freq, *boost, scoring)?,
            None => Box::new(EmptyWeight),
        },
        Plan::Phrase { field, terms, slop, boost } => match text_slot(*field) {
            Some(slot) => Box::new(PhraseWeight::new(slot, terms, *slop, statistics.phrase_bm25(slot, terms, *boost)?)),
            None => Box::new(EmptyWeight),
        },
        Plan::Fuzzy { field, word, edits, boost } => match text_slot(*field) {
            Some(slot) => fuzzy_weight(statistics, slot, word, *edits, *boost, scoring)?,
            None => Box::new(EmptyWeight),
        },
        Plan::Terms { field, set, boost } => match text_slot(*field) {
            Some(slot) => match set {
                TermSet::Automaton(dfa, _) if dfa.is_empty() => Box::new(EmptyWeight),
                TermSet::Automaton(dfa, _) if dfa.is_total() => Box::new(Constant::new(Source::HasText(HasText { slot }), *boost)),
                set => Box::new(Constant::new(Source::MultiTerm(MultiTerm { slot, set: set.clone() }), *boost)),
            },
            None => Box::new(EmptyWeight),
        },
        Plan::Exists { field, boost } => match text_slot(*field) {
            Some(slot) => Box::new(Constant::new(Source::HasText(HasText { slot }), *boost)),
            None => Box::new(EmptyWeight),
        },
        Plan::Value { field, test } => match &layout.fields[*field].value {
            Some((kind, column)) => match (kind, test.listed()) {
                (Kind::Exact, Some(values)) => {
                    let terms = values.into_iter().map(|value| Term::from_field_text(column.slot, value)).collect();
                    Box::new(Constant::new(Source::Postings(Postings { terms }), 0.0))
                }
                _ => Box::new(Constant::new(
                    Source::Column(ColumnTest {
                        columns: Arc::clone(&statistics.generation.columns),
                        kind: *kind,
                        column: column.name.clone(),
                        test: test.clone(),
                    }),
                    0.0,
                )),
            },
            None => Box::new(EmptyWeight),
        },
        Plan::Place { field, test } => match (&layout.fields[*field].value, &layout.fields[*field].longitude) {
            (Some((kind, latitude)), Some(longitude)) => Box::new(Constant::new(
                Source::Places(PlacesWith {
                    columns: Arc::clone(&statistics.generation.columns),
                    kind: *kind,
                    latitude: latitude.name.clone(),
                    longitude: longitude.name.clone(),
                    test: test.clone(),
                }),
                0.0,
            )),
            _ => Box::new(EmptyWeight),
        },
        Plan::Elements(test) => {
            Box::new(Constant::new(Source::Elements(Arc::clone(layout), Arc::clone(&statistics.generation.columns), test.clone()), 0.0))
        }
        Plan::HasValue { field } => match &layout.fields[*field].value {
            Some((kind, column)) => Box::new(Constant::new(
                Source::Filled(Filled { columns: Arc::clone(&statistics.generation.columns), kind: *kind, column: column.name.clone() }),
                0.0,
            )),
            None => Box::new(EmptyWeight),
        },
        Plan::Not(inner) => match &**inner {
            Plan::Nothing => Box::new(Constant::new(Source::All, 0.0)),
            inner => Box::new(Constant::new(Source::Excluded(Excluded { weight: weight(inner, statistics, false)? }), 0.0)),
        },
        Plan::Constant { plan, boost } => Box::new(Constant::new(Source::Inner(weight(plan, statistics, false)?), *boost)),
        Plan::Bool(parts) => bool_weight(parts, statistics, scoring)?,
    })
}

fn bool_weight(parts: &Bool, statistics: &Statistics<'_>, scoring: bool) -> Result<Box<dyn Weight>> {
    let mut weights: Vec<(Occur, Box<dyn Weight>)> = Vec::new();
    let selective = !parts.filter.is_empty() || parts.must.iter().any(|plan| !matches!(plan, Plan::All { .. }));
    for plan in &parts.must {
        // A match-all beside something else required adds a score or nothing at all.
        let idle = selective && matches!(plan, Plan::All { boost } if !scoring || *boost == 0.0);
        if !idle {
            weights.push((Occur::Must, weight(plan, statistics, scoring)?));
        }
    }
    for plan in &parts.filter {
        let inner = weight(plan, statistics, false)?;
        weights.push((Occur::Must, if scoring { Box::new(Constant::new(Source::Inner(inner), 0.0)) } else { inner }));
    }
    let required = parts.must.is_empty() && !parts.should.is_empty();
    if required && !parts.filter.is_empty() {
        // Beside required clauses tantivy would take these as optional.
        let should = Bool { should: parts.should.clone(), ..Bool::default() };
        weights.push((Occur::Must, bool_weight(&should, statistics, scoring)?));
    } else if scoring || required {
        for plan in &parts.should {
            weights.push((Occur::Should, weight(plan, statistics, scoring)?));
        }
    }
    for plan in &parts.must_not {
        weights.push((Occur::MustNot, weight(plan, statistics, false)?));
    }
    if weights.is_empty() {
        return Ok(Box::new(AllWeight));
    }
    Ok(union_or_more(weights, scoring))
}

pub(crate) fn union_or_more(weights: Vec<(Occur, Box<dyn Weight>)>, scoring: bool) -> Box<dyn Weight> {
    let only_should = weights.iter().all(|(occur, _)| *occur != Occur::Must);
    let minimum = usize::from(only_should);
    Box::new(BooleanWeight::with_minimum_number_should_match(weights, minimum, scoring, Box::new(SumCombiner::default)))
}

fn term_weight(statistics: &Statistics<'_>, slot: Slot, term: &str, doc_freq: u64, boost: f32, scoring: bool) -> Result<Box<dyn Weight>> {
    match (doc_freq, scoring) {
        (0, _) => Ok(Box::new(EmptyWeight)),
        (_, true) => statistics.term(slot, term, doc_freq, boost),
        (_, false) => statistics.term_only(slot, term),
    }
}

/// Lucene's `TopTermsBlendedFreqScoringRewrite`: the best terms as an OR, all with the largest document frequency.
fn fuzzy_weight(statistics: &Statistics<'_>, slot: Slot, word: &str, edits: u8, boost: f32, scoring: bool) -> Result<Box<dyn Weight>> {
    let expanded = fuzzy::expand(statistics.searcher, slot, word, edits)?;
    let blended = expanded.iter().map(|term| term.doc_freq).max().unwrap_or(0);
    let mut weights = Vec::with_capacity(expanded.len());
    for term in &expanded {
        weights.push((Occur::Should, term_weight(statistics, slot, &term.text, blended, boost * term.similarity.max(0.0), scoring)?));
    }
    if weights.is_empty() {
        return Ok(Box::new(EmptyWeight));
    }
    Ok(union_or_more(weights, scoring))
}
