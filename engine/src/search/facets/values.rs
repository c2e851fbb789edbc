//! Values of a string facet by what is typed: those of which a word begins with it, with one edit allowed from four characters on.

use std::collections::HashMap;

use levenshtein_automata::{DFA, Distance};
use tantivy::query::AllWeight;
use tutti_index_schema::ValueType;

use super::BucketCounter;
use crate::error::{Error, Result};
use crate::index::analysis::ascii_folded;
use crate::query::ast::Query;
use crate::search::nodes::{filter_weight, fuzzy};
use crate::search::request::{FacetKind, FacetRequest};
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
    let typed = Typed::new(&request.text);
    let mut found: Vec<(bool, String, u64)> = counts(snapshot, request)?
        .into_iter()
        .filter_map(|(value, count)| typed.finds(&value).map(|edited| (edited, value, count)))
        .collect();
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.2.cmp(&a.2)).then_with(|| a.1.cmp(&b.1)));
    let total = found.len() as u64;
    found.truncate(request.top);
    Ok(FacetValues { values: found.into_iter().map(|(_, value, count)| (value, count)).collect(), total })
}

/// Documents that pass the filter by value.
fn counts(snapshot: &Snapshot, request: &FacetValuesRequest) -> Result<HashMap<String, u64>> {
    let facet = FacetRequest { field: request.field.clone(), kind: FacetKind::values(usize::MAX) };
    let mut counter = BucketCounter::bind(snapshot, &facet, false)?;
    let matching = match &request.filter {
        Some(filter) => filter_weight(snapshot, filter)?,
        None => Box::new(AllWeight),
    };
    for reader in snapshot.segments.segment_readers() {
        let mut segment = counter.segment(reader)?;
        let alive = reader.alive_bitset();
        matching.for_each_no_score(reader, &mut |docs| {
            docs.iter().filter(|doc| alive.is_none_or(|alive| alive.is_alive(**doc))).for_each(|doc| segment.count(*doc, 0));
        })?;
        counter.merge(segment)?;
    }
    Ok(counter.into_texts())
}

/// What is typed, ready to be held against values.
struct Typed {
    /// Folded.
    text: String,
    /// Accepts what begins with it but for one edit; `None` of a short text.
    nearly: Option<DFA>,
}

impl Typed {
    fn new(text: &str) -> Typed {
        let text = ascii_folded(&text.trim().to_lowercase());
        let nearly = (text.chars().count() >= FORGIVING).then(|| fuzzy::BUILDERS[1].build_prefix_dfa(&text));
        Typed { text, nearly }
    }

    /// Whether a value is found, and with an edit or without.
    fn finds(&self, value: &str) -> Option<bool> {
        if self.text.is_empty() {
            return Some(false);
        }
        let folded = ascii_folded(&value.to_lowercase());
        let mut tails: Vec<&str> = word_starts(&folded).map(|at| &folded[at..]).collect();
        if tails.is_empty() {
            tails.push(&folded);
        }
        if tails.iter().any(|tail| tail.starts_with(&self.text)) {
            return Some(false);
        }
        let nearly = self.nearly.as_ref()?;
        tails.iter().any(|tail| matches!(nearly.eval(tail), Distance::Exact(_))).then_some(true)
    }
}

/// Where runs of letters and digits begin.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was = std::mem::replace(&mut inside, c.is_alphanumeric());
        (inside && !was).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::Typed;

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
            assert_eq!(Typed::new(typed).finds(value), found, "{typed} in {value}");
        }
    }
}
