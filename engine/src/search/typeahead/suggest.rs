//! Suggestions: documents of which one value holds all words typed, the last of them perhaps only begun.
//!
//! Postings say which documents have the words in a field; the stored document says which value has them all. The
//! documents come from the strictest reading to the loosest: whole words, then a begun last word, then one edit a word;
//! a looser reading is looked at only while there are too few.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Occur, Weight};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{DocAddress, DocSet, SegmentReader, TERMINATED};

use super::BoundRequest;
use super::pattern::Pattern;
use crate::error::Result;
use crate::index::analysis::Token;
use crate::index::document::gather;
use crate::index::stored::StoredDocuments;
use crate::query::ast::Query;
use crate::search::collect::FullCollector;
use crate::search::docset::union;
use crate::search::hits::{self, HighlightOptions, highlight};
use crate::search::nodes::boolean::joined as joined_weights;
use crate::search::nodes::constant_score::{ConstantScoreWeight, DocSource};
use crate::search::nodes::weight;
use crate::search::request::SortKey;
use crate::search::snapshot::Snapshot;
use crate::search::sort::Keys;

/// One word begun, and nothing else asked: so many of its most frequent words give more documents than can be shown.
const MAX_WORDS: usize = 1000;
/// Documents read at most for one request; more are needed only where values of collections share the words.
const MAX_READ: usize = 10_000;

/// Asks for documents that fit what is being typed.
#[derive(Clone, Debug)]
pub struct SuggestRequest {
    /// What was typed, 1 to 100 characters.
    pub text: String,
    /// The name of the suggester.
    pub suggester: String,
    /// What must hold besides; no full-text functions.
    pub filter: Option<Query>,
    /// Whether each word may have one edit.
    pub fuzzy: bool,
    /// Source fields to look in; empty means all of the suggester.
    pub fields: Vec<String>,
    /// Fields to return; `None` is the key alone.
    pub select: Option<Vec<String>>,
    /// Sort keys; empty is best first.
    pub sort: Vec<SortKey>,
    /// Suggestions wanted, 1 to 100.
    pub top: usize,
    /// Put before and after what was typed.
    pub tags: Option<(String, String)>,
}

impl Default for SuggestRequest {
    fn default() -> SuggestRequest {
        SuggestRequest {
            text: String::new(),
            suggester: String::new(),
            filter: None,
            fuzzy: false,
            fields: Vec::new(),
            select: None,
            sort: Vec::new(),
            top: 5,
            tags: None,
        }
    }
}

/// A document suggested.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Its key.
    pub key: String,
    /// The value that holds the words, marked when tags were given.
    pub text: String,
    /// The selected fields.
    pub document: Map<String, Value>,
}

/// Documents that fit what is being typed, one suggestion each.
pub(crate) fn suggest(snapshot: &Snapshot, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
    let bound = BoundRequest::bind(snapshot, &request.text, &request.suggester, &request.fields, request.top, request.filter.as_ref())?;
    hits::check_select(snapshot.fields(), request.select.iter().flatten())?;
    let keys = Keys::bind(snapshot, &request.sort, None)?;
    let words = bound.analyzer.tokens(&request.text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let run = Run { snapshot, bound: &bound, request, readings: readings(&words, request.fuzzy) };
    match &keys {
        Some(keys) => run.sorted(keys, &words),
        None => run.best_first(&words),
    }
}

/// One way to read what was typed: a pattern a word.
type Reading = Vec<Arc<Pattern>>;

/// From the strictest to the loosest.
fn readings(words: &[Token], fuzzy: bool) -> Vec<Reading> {
    let Some((last, before)) = words.split_last() else { return Vec::new() };
    let reading = |fuzzy: bool, last: Pattern| {
        let mut patterns: Reading = before.iter().map(|word| Arc::new(Pattern::word(&word.text, fuzzy))).collect();
        patterns.push(Arc::new(last));
        patterns
    };
    let mut out = vec![reading(false, Pattern::word(&last.text, false)), reading(false, Pattern::beginning(&last.text, false))];
    if fuzzy {
        out.push(reading(true, Pattern::beginning(&last.text, true)));
    }
    out
}

struct Run<'a> {
    snapshot: &'a Snapshot,
    bound: &'a BoundRequest,
    request: &'a SuggestRequest,
    readings: Vec<Reading>,
}

impl Run<'_> {
    fn best_first(&self, words: &[Token]) -> Result<Vec<Suggestion>> {
        let mut documents = StoredDocuments::new(&self.snapshot.generation, &self.snapshot.segments);
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        let most = if words.len() == 1 && self.bound.filter.is_none() { MAX_WORDS } else { usize::MAX };
        for (at, reading) in self.readings.iter().enumerate() {
            let weight = self.weight(reading, most)?;
            for (ord, reader) in self.snapshot.segments.segment_readers().iter().enumerate() {
                let mut scorer = weight.scorer(reader, 1.0)?;
                let alive = reader.alive_bitset();
                let mut doc = scorer.doc();
                while doc != TERMINATED {
                    let address = DocAddress::new(ord as u32, doc);
                    if alive.is_none_or(|alive| alive.is_alive(doc)) && seen.insert(address) {
                        let document = documents.read(address)?;
                        match self.suggestion(document, words, &self.readings[at..=at]) {
                            Some(suggestion) => out.push(suggestion),
                            // A looser reading may find its words in one value.
                            None => _ = seen.remove(&address),
                        }
                        if out.len() == self.request.top || documents.count() > MAX_READ {
                            return Ok(out);
                        }
                    }
                    doc = scorer.advance();
                }
            }
        }
        Ok(out)
    }

    fn sorted(&self, keys: &Keys, words: &[Token]) -> Result<Vec<Suggestion>> {
        let Some(loosest) = self.readings.last() else { return Ok(Vec::new()) };
        let weight = self.weight(loosest, usize::MAX)?;
        let mut limit = self.request.top;
        loop {
            let collector = FullCollector { keys: Some(keys), limit, ..FullCollector::default() };
            let found = collector.collect(&self.snapshot.segments, weight.as_ref(), &mut [])?.found;
            let mut documents = StoredDocuments::new(&self.snapshot.generation, &self.snapshot.segments);
            let mut out = Vec::new();
            for found in &found {
                out.extend(self.suggestion(documents.read(found.address)?, words, &self.readings));
            }
            if out.len() >= self.request.top || found.len() < limit || limit > MAX_READ {
                out.truncate(self.request.top);
                return Ok(out);
            }
            limit *= 4;
        }
    }

    /// Documents that have the words of a reading in one field and pass the filter.
    fn weight(&self, reading: &Reading, most: usize) -> Result<Box<dyn Weight>> {
        let mut fields: Vec<(Occur, Box<dyn Weight>)> = Vec::new();
        for (_, slot) in &self.bound.fields {
            let word = |pattern: &Arc<Pattern>| {
                let source = PatternTerms { slot: *slot, pattern: Arc::clone(pattern), most };
                (Occur::Must, Box::new(ConstantScoreWeight::new(source, 1.0)) as Box<dyn Weight>)
            };
            fields.push((Occur::Should, joined(reading.iter().map(word).collect())));
        }
        let found = joined(fields);
        let Some(filter) = &self.bound.filter else { return Ok(found) };
        let filter = weight(filter, self.snapshot, false)?;
        Ok(joined(vec![(Occur::Must, found), (Occur::Must, filter)]))
    }

    /// The suggestion a document makes, with the first value that fits the strictest of `readings`.
    fn suggestion(&self, mut document: Map<String, Value>, words: &[Token], readings: &[Reading]) -> Option<Suggestion> {
        let text = readings.iter().find_map(|reading| self.value(&document, words, reading))?;
        let key_name = self.snapshot.fields().definition().key_field().map_or("", |field| field.name.as_str());
        let key = document.get(key_name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key_only = [key_name.to_owned()];
        hits::select(self.snapshot.fields().definition(), &mut document, Some(self.request.select.as_deref().unwrap_or(&key_only)));
        Some(Suggestion { key, text, document })
    }

    /// The first value that holds all words.
    fn value(&self, document: &Map<String, Value>, words: &[Token], reading: &Reading) -> Option<String> {
        for (field, _) in &self.bound.fields {
            for value in gather(document, &self.snapshot.fields().get(*field).path) {
                let Some(text) = value.as_str() else { continue };
                let tokens = self.bound.analyzer.tokens(text);
                if !reading.iter().all(|pattern| tokens.iter().any(|token| pattern.fits(&token.text))) {
                    continue;
                }
                let Some((pre_tag, post_tag)) = self.request.tags.clone() else { return Some(text.to_owned()) };
                let options = HighlightOptions { pre_tag, post_tag, max_fragments: 1, ..HighlightOptions::default() };
                let marked = highlight(text, &marks(text, &tokens, words, reading), &options);
                return Some(marked.into_iter().next().unwrap_or_else(|| text.to_owned()));
            }
        }
        None
    }
}

fn joined(mut weights: Vec<(Occur, Box<dyn Weight>)>) -> Box<dyn Weight> {
    match weights.pop() {
        Some((_, only)) if weights.is_empty() => only,
        Some(last) => {
            weights.push(last);
            joined_weights(weights, false)
        }
        None => joined_weights(weights, false),
    }
}

/// Whole words, and of a begun one as much as was typed.
fn marks(text: &str, tokens: &[Token], words: &[Token], reading: &Reading) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (at, (pattern, word)) in reading.iter().zip(words).enumerate() {
        for token in tokens.iter().filter(|token| pattern.fits(&token.text)) {
            let begun = at + 1 == words.len() && token.text.starts_with(&word.text);
            let end = if begun { typed_end(text, token, &word.text) } else { None };
            out.push(token.start..end.unwrap_or(token.end));
        }
    }
    out
}

/// Where in the text the first characters of a token end that were typed, when lower-casing kept their number.
fn typed_end(text: &str, token: &Token, typed: &str) -> Option<usize> {
    let original = text.get(token.start..token.end)?;
    if original.chars().count() != token.text.chars().count() {
        return None;
    }
    original.char_indices().nth(typed.chars().count()).map(|(at, _)| token.start + at)
}

/// Documents with one of the words a pattern stands for.
struct PatternTerms {
    slot: Slot,
    pattern: Arc<Pattern>,
    /// With more words than this only the most frequent ones count.
    most: usize,
}

impl DocSource for PatternTerms {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(union(self.lists(reader)?))
    }
}

impl PatternTerms {
    fn lists(&self, reader: &SegmentReader) -> tantivy::Result<Vec<BlockSegmentPostings>> {
        let inverted = reader.inverted_index(self.slot)?;
        let mut stream = inverted.terms().search(&*self.pattern).without_keys().into_stream()?;
        let mut words = Vec::new();
        while stream.advance() {
            words.push(stream.value().clone());
        }
        if words.len() > self.most {
            words.select_nth_unstable_by_key(self.most, |word| std::cmp::Reverse(word.doc_freq));
            words.truncate(self.most);
        }
        let lists = words.iter().map(|word| inverted.read_block_postings_from_terminfo(word, IndexRecordOption::Basic));
        Ok(lists.collect::<std::io::Result<_>>()?)
    }
}
