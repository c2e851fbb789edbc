//! Suggestions: documents of which one value holds all words typed, the last of them perhaps only begun.
//!
//! Postings say which documents have the words in a field; the stored document says which value has them all. The
//! documents come from the strictest reading to the loosest: whole words, then a begun last word, then one edit a word;
//! a looser reading is looked at only while there are too few.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::query::{Occur, Weight};
use tantivy::store::StoreReader;
use tantivy::{DocAddress, Searcher, TERMINATED, TantivyDocument};

use super::Asked;
use super::pattern::Pattern;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::index::analysis::Token;
use crate::index::document::gather;
use crate::index::generation::Generation;
use crate::index::stored::{parse, source_of};
use crate::query::ast::Query;
use crate::search::collect::in_one_pass;
use crate::search::constant::{Constant, Source, Spelled};
use crate::search::highlight::{HighlightOptions, highlight};
use crate::search::request::SortKey;
use crate::search::sort::Keys;
use crate::search::statistics::Statistics;
use crate::search::weights::{union_or_more, weight};
use crate::search::{check_select, hits};

/// One word begun, and nothing else asked: so many of its most frequent words give more documents than can be shown.
const MOST_WORDS: usize = 1000;
/// Documents read at most for one request; more are needed only where values of collections share the words.
const MOST_READ: usize = 10_000;

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

impl Index {
    /// Documents that fit what is being typed, one suggestion each.
    ///
    /// # Errors
    /// A suggester or field that does not exist, a text too long, a filter with full text: all the caller's.
    pub fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
        let generation = self.generation();
        let searcher = generation.searcher();
        let asked = Asked::bind(&generation, &request.text, &request.suggester, &request.fields, request.top, request.filter.as_ref())?;
        check_select(&generation, request.select.iter().flatten())?;
        let keys = Keys::bind(&generation, &request.sort)?;
        let words = asked.analyzer.tokens(&request.text);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let run = Run { generation: &generation, searcher: &searcher, asked: &asked, request, readings: readings(&words, request.fuzzy) };
        match &keys {
            Some(keys) => run.sorted(keys, &words),
            None => run.best_first(&words),
        }
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
    generation: &'a Generation,
    searcher: &'a Searcher,
    asked: &'a Asked,
    request: &'a SuggestRequest,
    readings: Vec<Reading>,
}

impl Run<'_> {
    fn best_first(&self, words: &[Token]) -> Result<Vec<Suggestion>> {
        let mut documents = Documents::new(self.generation, self.searcher);
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        let most = if words.len() == 1 && self.asked.filter.is_none() { MOST_WORDS } else { usize::MAX };
        for (at, reading) in self.readings.iter().enumerate() {
            let weight = self.weight(reading, most)?;
            for (ord, reader) in self.searcher.segment_readers().iter().enumerate() {
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
                        if out.len() == self.request.top || documents.read > MOST_READ {
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
            let (found, _) = in_one_pass(self.searcher, weight.as_ref(), &[], Some(keys), &mut [], limit, None)?;
            let mut documents = Documents::new(self.generation, self.searcher);
            let mut out = Vec::new();
            for found in &found {
                out.extend(self.suggestion(documents.read(found.address)?, words, &self.readings));
            }
            if out.len() >= self.request.top || found.len() < limit || limit > MOST_READ {
                out.truncate(self.request.top);
                return Ok(out);
            }
            limit *= 4;
        }
    }

    /// Documents that have the words of a reading in one field and pass the filter.
    fn weight(&self, reading: &Reading, most: usize) -> Result<Box<dyn Weight>> {
        let mut fields: Vec<(Occur, Box<dyn Weight>)> = Vec::new();
        for (_, slot) in &self.asked.fields {
            let word = |pattern: &Arc<Pattern>| {
                let source = Source::Spelled(Spelled { slot: *slot, pattern: Arc::clone(pattern), most });
                (Occur::Must, Box::new(Constant::new(source, 1.0)) as Box<dyn Weight>)
            };
            fields.push((Occur::Should, joined(reading.iter().map(word).collect())));
        }
        let found = joined(fields);
        let Some(filter) = &self.asked.filter else { return Ok(found) };
        let filter = weight(filter, &Statistics::new(self.generation, self.searcher), false)?;
        Ok(joined(vec![(Occur::Must, found), (Occur::Must, filter)]))
    }

    /// The suggestion a document makes, with the first value that fits the strictest of `readings`.
    fn suggestion(&self, mut document: Map<String, Value>, words: &[Token], readings: &[Reading]) -> Option<Suggestion> {
        let text = readings.iter().find_map(|reading| self.value(&document, words, reading))?;
        let key_name = self.generation.definition.key_field().map_or("", |field| field.name.as_str());
        let key = document.get(key_name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key_only = [key_name.to_owned()];
        hits::select(&self.generation.definition, &mut document, Some(self.request.select.as_deref().unwrap_or(&key_only)));
        Some(Suggestion { key, text, document })
    }

    /// The first value that holds all words.
    fn value(&self, document: &Map<String, Value>, words: &[Token], reading: &Reading) -> Option<String> {
        for (field, _) in &self.asked.fields {
            for value in gather(document, &self.generation.layout.fields[*field].path) {
                let Some(text) = value.as_str() else { continue };
                let tokens = self.asked.analyzer.tokens(text);
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
            union_or_more(weights, false)
        }
        None => union_or_more(weights, false),
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

/// Stored documents, each segment's store opened when first needed.
struct Documents<'a> {
    generation: &'a Generation,
    searcher: &'a Searcher,
    stores: Vec<Option<StoreReader>>,
    read: usize,
}

impl<'a> Documents<'a> {
    fn new(generation: &'a Generation, searcher: &'a Searcher) -> Documents<'a> {
        Documents { generation, searcher, stores: searcher.segment_readers().iter().map(|_| None).collect(), read: 0 }
    }

    fn read(&mut self, address: DocAddress) -> Result<Map<String, Value>> {
        self.read += 1;
        let name = &self.generation.definition.name;
        let damaged = || Error::Damaged { index: name.clone(), what: "a document has no stored text".to_owned() };
        let store = self.stores.get_mut(address.segment_ord as usize).ok_or_else(damaged)?;
        if store.is_none() {
            let reader = self.searcher.segment_reader(address.segment_ord);
            *store = Some(reader.get_store_reader(4).map_err(tantivy::TantivyError::from)?);
        }
        let document: TantivyDocument = store.as_ref().ok_or_else(damaged)?.get(address.doc_id)?;
        parse(name, source_of(self.generation.layout.source, &document).ok_or_else(damaged)?)
    }
}
