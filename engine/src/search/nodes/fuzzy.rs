//! A word and the terms of a dictionary within a number of edits of it, best first (Lucene: `FuzzyQuery`,
//! `TopTermsBlendedFreqScoringRewrite`).

use std::collections::HashMap;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::Searcher;
use tantivy::query::{EmptyWeight, Occur, Weight};
use tantivy::schema::Field as Slot;

use super::{boolean, term};
use crate::error::Result;
use crate::search::snapshot::Snapshot;
use crate::search::top_k::keep_first;

/// Lucene's `FuzzyQuery.defaultMaxExpansions`.
const MAX_EXPANSIONS: usize = 50;
/// Automata grow with the word; no analyzer makes terms this long except whole-value ones.
const MAX_CHARACTERS: usize = 300;

/// Parametric automata for one and two edits, neighbours swapped counting as one. Building them takes milliseconds.
pub(crate) static BUILDERS: LazyLock<[LevenshteinAutomatonBuilder; 3]> =
    LazyLock::new(|| [0, 1, 2].map(|edits| LevenshteinAutomatonBuilder::new(edits, true)));

/// The best terms as an OR, all with the largest document frequency.
pub(super) fn weight(snapshot: &Snapshot, slot: Slot, word: &str, edits: u8, boost: f32, scoring: bool) -> Result<Box<dyn Weight>> {
    let expanded = expand(&snapshot.segments, slot, word, edits)?;
    let blended = expanded.iter().map(|term| term.doc_freq).max().unwrap_or(0);
    let mut weights = Vec::with_capacity(expanded.len());
    for near in &expanded {
        let boost = boost * near.similarity.max(0.0);
        weights.push((Occur::Should, term::weight(snapshot, slot, &near.text, blended, boost, scoring)?));
    }
    if weights.is_empty() {
        return Ok(Box::new(EmptyWeight));
    }
    Ok(boolean::joined(weights, scoring))
}

/// A term near a word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NearTerm {
    pub(crate) text: String,
    /// Edits away from the word.
    pub(crate) edits: u8,
    /// 1 when equal, else 1 - edits / length of the shorter; below 0 for words of one letter.
    pub(crate) similarity: f32,
    /// Documents with the term.
    pub(crate) doc_freq: u64,
}

/// The best fifty terms within `edits` (0 to 2) of `word`: by similarity, then by smaller bytes.
pub(crate) fn expand(searcher: &Searcher, slot: Slot, word: &str, edits: u8) -> Result<Vec<NearTerm>> {
    let mut terms = near(searcher, slot, word, edits)?;
    let before = |a: &NearTerm, b: &NearTerm| b.similarity.total_cmp(&a.similarity).then_with(|| a.text.cmp(&b.text));
    keep_first(&mut terms, MAX_EXPANSIONS, before);
    Ok(terms)
}

/// Whether `term` is within `edits` of `word`.
pub(crate) fn is_near(word: &str, term: &str, edits: u8) -> bool {
    let (length, other) = (word.chars().count(), term.chars().count());
    length <= MAX_CHARACTERS
        && length.abs_diff(other) <= usize::from(edits)
        && matches!(BUILDERS[usize::from(edits.min(2))].build_dfa(word).eval(term), Distance::Exact(_))
}

/// All terms within `edits` of `word`, in no order.
pub(crate) fn near(searcher: &Searcher, slot: Slot, word: &str, edits: u8) -> Result<Vec<NearTerm>> {
    let length = word.chars().count();
    if length > MAX_CHARACTERS {
        return Ok(Vec::new());
    }
    let automaton = Near(BUILDERS[usize::from(edits.min(2))].build_dfa(word));
    let mut found: HashMap<String, NearTerm> = HashMap::new();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(slot)?;
        let mut stream = inverted.terms().search(&automaton).into_stream().map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            let Ok(text) = std::str::from_utf8(stream.key()) else { continue };
            let doc_freq = u64::from(stream.value().doc_freq);
            if let Some(known) = found.get_mut(text) {
                known.doc_freq += doc_freq;
                continue;
            }
            let Distance::Exact(distance) = automaton.0.eval(text) else { continue };
            let shorter = text.chars().count().min(length).max(1);
            let similarity = if distance == 0 { 1.0 } else { 1.0 - f32::from(distance) / shorter as f32 };
            let term = NearTerm { text: text.to_owned(), edits: distance, similarity, doc_freq };
            found.insert(text.to_owned(), term);
        }
    }
    Ok(found.into_values().collect())
}

/// The automaton as tantivy's dictionaries take it.
struct Near(DFA);

impl tantivy_fst::Automaton for Near {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}
