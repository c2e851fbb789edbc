//! Values of a string facet by what is typed: those of which a word begins with it, with one edit allowed from four characters on.

use levenshtein_automata::Distance;
use tutti_index_schema::ValueType;

use super::{BucketCounter, Counter, SegmentCounter};
use crate::binding::Binder;
use crate::binding::plan::Plan;
use crate::error::{Error, Result};
use crate::index::analysis::ascii_folded;
use crate::query::ast::{Query, SearchMode};
use crate::search::nodes::{fuzzy, weight};
use crate::search::request::{FacetKind, FacetOrder, FacetRequest};
use crate::search::snapshot::Snapshot;

/// Characters that can be typed.
const MAX_CHARACTERS: usize = 100;
/// Values of one answer.
const MAX_TOP: usize = 100;
/// Characters from which on one edit is allowed.
const FORGIVING: usize = 4;

/// What is typed into a facet.
#[derive(Clone, Debug)]
pub struct FacetValuesRequest {
    /// A facetable field of strings.
    pub field: String,
    /// What is typed, up to 100 characters; blank finds every value.
    pub text: String,
    /// What documents must pass to be counted.
    pub filter: Option<Query>,
    /// Values to return, 1 to 100.
    pub top: usize,
}

/// Values of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValues {
    /// Values with the documents that have them: those found without an edit first, then most documents first, then by code point.
    pub values: Vec<(String, u64)>,
    /// How many values match.
    pub total: u64,
}

/// Answers what was typed. O(matching documents + different values).
pub(crate) fn facet_values(snapshot: &Snapshot, request: &FacetValuesRequest) -> Result<FacetValues> {
    let characters = request.text.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(Error::BadRequest(format!("`q` has {characters} characters; give up to {MAX_CHARACTERS}")));
    }
    if !(1..=MAX_TOP).contains(&request.top) {
        return Err(Error::BadRequest(format!("`top` is {}; it must be from 1 to {MAX_TOP}", request.top)));
    }
    if snapshot.fields().require(&request.field)?.value_type() != ValueType::String {
        return Err(Error::FieldNotAllowed { field: request.field.clone(), needed: "a field of strings" });
    }
    let typed = ascii_folded(&request.text.trim().to_lowercase());
    let mut found: Vec<(bool, String, u64)> = counts(snapshot, request)?
        .into_iter()
        .filter_map(|(value, count)| matching(&typed, &value).map(|edited| (edited, value, count)))
        .collect();
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.2.cmp(&a.2)).then_with(|| a.1.cmp(&b.1)));
    let total = found.len() as u64;
    found.truncate(request.top);
    Ok(FacetValues { values: found.into_iter().map(|(_, value, count)| (value, count)).collect(), total })
}

/// Documents that pass the filter by value.
fn counts(snapshot: &Snapshot, request: &FacetValuesRequest) -> Result<std::collections::HashMap<String, u64>> {
    let plan = match &request.filter {
        Some(filter) => Binder::new(snapshot.fields(), SearchMode::Any, &[])?.filter(filter).map_err(Error::in_filter)?,
        None => Plan::MatchAll { boost: 0.0 },
    };
    let kind = FacetKind::Values { count: usize::MAX, order: FacetOrder::default(), include: None, exclude: None };
    let facet = FacetRequest { field: request.field.clone(), kind };
    let mut counter = Counter::Buckets(Box::new(BucketCounter::bind(snapshot, &facet, false)?));
    let matching = weight(&plan, snapshot, false)?;
    for reader in snapshot.segments.segment_readers() {
        let mut segment: SegmentCounter = counter.segment(reader)?;
        let alive = reader.alive_bitset();
        matching.for_each_no_score(reader, &mut |docs| {
            docs.iter().filter(|doc| alive.is_none_or(|alive| alive.is_alive(**doc))).for_each(|doc| segment.count(*doc, 0));
        })?;
        counter.merge(segment)?;
    }
    Ok(match counter {
        Counter::Buckets(buckets) => buckets.into_texts(),
        Counter::Metric(_) => Default::default(),
    })
}

/// Whether a value is found by folded text, and with an edit or without.
fn matching(typed: &str, value: &str) -> Option<bool> {
    let folded = ascii_folded(&value.to_lowercase());
    if typed.is_empty() {
        return Some(false);
    }
    let mut starts = word_starts(&folded).peekable();
    let tails: Vec<&str> = if starts.peek().is_none() { vec![&folded] } else { starts.map(|at| &folded[at..]).collect() };
    if tails.iter().any(|tail| tail.starts_with(typed)) {
        return Some(false);
    }
    let forgiving = typed.chars().count() >= FORGIVING;
    (forgiving && tails.iter().any(|tail| begins_within_one_edit(typed, tail))).then_some(true)
}

/// Where runs of letters and digits begin.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was = std::mem::replace(&mut inside, c.is_alphanumeric());
        (inside && !was).then_some(at)
    })
}

fn begins_within_one_edit(typed: &str, tail: &str) -> bool {
    let dfa = fuzzy::BUILDERS[1].build_prefix_dfa(typed);
    matches!(dfa.eval(tail), Distance::Exact(_))
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn words_begin_with_what_is_typed_or_nearly() {
        for (typed, value, found) in [
            ("ro", "Indie Rock", Some(false)),
            ("rock", "Rocksteady", Some(false)),
            ("rokc", "Post-Rock", Some(true)),
            ("rcok", "Rock", Some(true)),
            ("elektro", "Électro", Some(true)),
            ("strasse", "Straße", Some(false)),
            ("jas", "Jazz", None),
            ("jazs", "Acid Jazz", Some(true)),
            ("", "R&B", Some(false)),
            ("zzz", "Rock", None),
        ] {
            assert_eq!(matching(typed, value), found, "{typed} in {value}");
        }
    }
}
