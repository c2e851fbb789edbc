//! Autocompletion: the words, or two words side by side, that what is being typed may become. They come from the term
//! dictionary in order, so only as many are looked at as are wanted.

use std::collections::BTreeSet;

use tantivy::query::Weight;
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError};

use super::BoundRequest;
use super::pattern::Pattern;
use crate::error::Result;
use crate::index::analysis::Token;
use crate::query::ast::Query;
use crate::search::docset::BitSet;
use crate::search::nodes::weight;
use crate::search::snapshot::Snapshot;

/// Asks how what is being typed may go on.
#[derive(Clone, Debug)]
pub struct AutocompleteRequest {
    /// What was typed, 1 to 100 characters.
    pub text: String,
    /// The name of the suggester.
    pub suggester: String,
    /// What is completed.
    pub mode: AutocompleteMode,
    /// Only words of documents that pass; no full-text functions.
    pub filter: Option<Query>,
    /// Whether each word may have one edit.
    pub fuzzy: bool,
    /// Source fields to look in; empty means all of the suggester.
    pub fields: Vec<String>,
    /// Completions wanted, 1 to 100.
    pub top: usize,
    /// Put before and after the completed text in [`Completion::query_plus_text`].
    pub tags: Option<(String, String)>,
}

impl Default for AutocompleteRequest {
    fn default() -> AutocompleteRequest {
        AutocompleteRequest {
            text: String::new(),
            suggester: String::new(),
            mode: AutocompleteMode::OneTerm,
            filter: None,
            fuzzy: false,
            fields: Vec::new(),
            top: 5,
            tags: None,
        }
    }
}

/// What is completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutocompleteMode {
    /// The last word.
    #[default]
    OneTerm,
    /// The last word and one more that follows it somewhere.
    TwoTerms,
    /// The last word, which must follow the one before it somewhere. A single word has no context and is completed alone.
    OneTermWithContext,
}

/// A way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The completed words.
    pub text: String,
    /// The whole text with them in it.
    pub query_plus_text: String,
}

/// How what is being typed may go on, in alphabetical order.
pub(crate) fn autocomplete(snapshot: &Snapshot, request: &AutocompleteRequest) -> Result<Vec<Completion>> {
    let bound = BoundRequest::bind(snapshot, &request.text, &request.suggester, &request.fields, request.top, request.filter.as_ref())?;
    let words = bound.analyzer.tokens(&request.text);
    let Some((start, exact)) = pattern(&words, request.mode, false) else { return Ok(Vec::new()) };
    let filter = bound.filter.as_ref().map(|plan| weight(plan, snapshot, false)).transpose()?;
    let readers = snapshot.segments.segment_readers().iter();
    let segments = readers.map(|reader| Visible::new(reader, filter.as_deref())).collect::<Result<Vec<_>>>()?;
    let mut terms = first_terms(&segments, &bound, &exact, request.top)?;
    terms = terms.into_iter().take(request.top).collect();
    if request.fuzzy
        && terms.len() < request.top
        && let Some((_, fuzzy)) = pattern(&words, request.mode, true)
    {
        for term in first_terms(&segments, &bound, &fuzzy, request.top)? {
            if terms.len() < request.top {
                terms.insert(term);
            }
        }
    }
    let before = request.text.get(..start).unwrap_or_default();
    let (pre, post) = request.tags.as_ref().map_or(("", ""), |(pre, post)| (pre, post));
    let completion = |text: String| Completion { query_plus_text: format!("{before}{pre}{text}{post}"), text };
    Ok(terms.into_iter().map(completion).collect())
}

/// The pattern of what is completed and where in the text it begins.
fn pattern(words: &[Token], mode: AutocompleteMode, fuzzy: bool) -> Option<(usize, Pattern)> {
    let (last, before) = words.split_last()?;
    Some(match (mode, before.last()) {
        (AutocompleteMode::OneTermWithContext, Some(context)) => (context.start, Pattern::after(&context.text, &last.text, fuzzy)),
        (AutocompleteMode::TwoTerms, _) => (last.start, Pattern::pair(&last.text, fuzzy)),
        (AutocompleteMode::OneTerm | AutocompleteMode::OneTermWithContext, _) => (last.start, Pattern::beginning(&last.text, fuzzy)),
    })
}

/// At least the first `top` terms that fit and are in a visible document.
fn first_terms(segments: &[Visible<'_>], bound: &BoundRequest, pattern: &Pattern, top: usize) -> Result<BTreeSet<String>> {
    let mut out = BTreeSet::new();
    for segment in segments {
        for (_, slot) in &bound.fields {
            segment.first_terms(*slot, pattern, top, &mut out)?;
        }
    }
    Ok(out)
}

/// A segment and which of its documents count.
struct Visible<'a> {
    reader: &'a SegmentReader,
    /// The documents that pass the filter; `None` without one.
    passing: Option<BitSet>,
}

impl<'a> Visible<'a> {
    fn new(reader: &'a SegmentReader, filter: Option<&dyn Weight>) -> Result<Visible<'a>> {
        Ok(Visible { reader, passing: filter.map(|filter| BitSet::of(filter, reader)).transpose()? })
    }

    fn counts(&self, doc: DocId) -> bool {
        !self.reader.is_deleted(doc) && self.passing.as_ref().is_none_or(|passing| passing.contains(doc))
    }

    /// Adds the first `top` terms of the slot that fit.
    fn first_terms(&self, slot: Slot, pattern: &Pattern, top: usize, out: &mut BTreeSet<String>) -> Result<()> {
        let inverted = self.reader.inverted_index(slot)?;
        let mut stream = inverted.terms().search(pattern).into_stream().map_err(TantivyError::from)?;
        let everything = self.passing.is_none() && !self.reader.has_deletes();
        let mut found = 0;
        while found < top && stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !everything && !out.contains(term) {
                let mut postings =
                    inverted.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic).map_err(TantivyError::from)?;
                let mut doc = postings.doc();
                while doc != TERMINATED && !self.counts(doc) {
                    doc = postings.advance();
                }
                if doc == TERMINATED {
                    continue;
                }
            }
            found += 1;
            out.insert(term.to_owned());
        }
        Ok(())
    }
}
