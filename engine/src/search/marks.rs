//! Which bytes of a stored value a query matched.

use std::collections::{HashMap, HashSet};
use std::ops::{Bound, Range};

use tantivy::Searcher;

use super::fuzzy;
use super::highlight::phrase_marks;
use super::plan::{Plan, TermSet};
use crate::error::Result;
use crate::index::analysis::Token;
use crate::index::generation::Generation;

/// The spellings each fuzzy word of a request stands for, looked up once.
#[derive(Default)]
pub(crate) struct Spellings {
    known: HashMap<(usize, String, u8), HashSet<String>>,
}

impl Spellings {
    fn of(&mut self, generation: &Generation, searcher: &Searcher, field: usize, word: &str, edits: u8) -> Result<&HashSet<String>> {
        let key = (field, word.to_owned(), edits);
        if !self.known.contains_key(&key) {
            let terms = match &generation.layout.fields[field].text {
                Some(text) => fuzzy::expand(searcher, text.slot, word, edits)?,
                None => Vec::new(),
            };
            self.known.insert(key.clone(), terms.into_iter().map(|term| term.text).collect());
        }
        Ok(&self.known[&key])
    }
}

/// The byte ranges of the tokens of one value that the matched leaves account for.
pub(crate) fn marks(
    generation: &Generation,
    searcher: &Searcher,
    spellings: &mut Spellings,
    field: usize,
    leaves: &[&Plan],
    tokens: &[Token],
) -> Result<Vec<Range<usize>>> {
    let mut marked = vec![false; tokens.len()];
    for leaf in leaves {
        match leaf {
            Plan::Term { field: at, term, .. } | Plan::Spelling { field: at, term, .. } if *at == field => {
                mark(&mut marked, tokens, |text| text == term);
            }
            Plan::Fuzzy { field: at, word, edits, .. } if *at == field => {
                let spellings = spellings.of(generation, searcher, field, word, *edits)?;
                mark(&mut marked, tokens, |text| spellings.contains(text));
            }
            Plan::Terms { field: at, set, .. } if *at == field => mark(&mut marked, tokens, |text| set.contains(text)),
            Plan::Phrase { field: at, terms, slop, .. } if *at == field => {
                for token in phrase_marks(tokens, terms, *slop) {
                    marked[token] = true;
                }
            }
            _ => {}
        }
    }
    Ok(tokens.iter().zip(marked).filter(|(_, marked)| *marked).map(|(token, _)| token.start..token.end).collect())
}

fn mark(marked: &mut [bool], tokens: &[Token], test: impl Fn(&str) -> bool) {
    for (marked, token) in marked.iter_mut().zip(tokens) {
        *marked = *marked || test(&token.text);
    }
}

impl TermSet {
    /// Whether a term is in the set.
    fn contains(&self, term: &str) -> bool {
        match self {
            TermSet::Prefix(prefix) => term.starts_with(prefix.as_str()),
            TermSet::Automaton(dfa, _) => dfa.matches(term.as_bytes()),
            TermSet::Range(lower, upper) => {
                let bytes = term.as_bytes();
                (match lower {
                    Bound::Included(bound) => bytes >= bound.as_slice(),
                    Bound::Excluded(bound) => bytes > bound.as_slice(),
                    Bound::Unbounded => true,
                }) && (match upper {
                    Bound::Included(bound) => bytes <= bound.as_slice(),
                    Bound::Excluded(bound) => bytes < bound.as_slice(),
                    Bound::Unbounded => true,
                })
            }
        }
    }
}
