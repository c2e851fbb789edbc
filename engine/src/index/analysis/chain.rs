//! Character filters, a tokenizer and token filters one after the other, over whole token lists.

use std::sync::Arc;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::char_filters::{CharFilter, Corrections};
use super::filters::Filter;
use super::tokenizers::WordBreaker;

/// A word on its way through a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Bytes of the filtered text, later of the original.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Positions from the word before; 0 is an alternative to it.
    pub(super) step: u32,
    /// Positions it spans.
    pub(super) length: u32,
    /// Stemmers leave it alone.
    pub(super) protected: bool,
}

impl Word {
    pub(super) fn new(text: impl Into<String>, start: usize, end: usize) -> Word {
        Word { text: text.into(), start, end, step: 1, length: 1, protected: false }
    }

    /// The same place with another text.
    pub(super) fn with_text(&self, text: impl Into<String>) -> Word {
        Word { text: text.into(), ..self.clone() }
    }
}

/// An analysis chain.
pub(super) struct Chain {
    pub(super) char_filters: Vec<CharFilter>,
    pub(super) tokenizer: WordBreaker,
    pub(super) filters: Vec<Filter>,
}

impl Chain {
    pub(super) fn new(tokenizer: WordBreaker, filters: Vec<Filter>) -> Chain {
        Chain { char_filters: Vec::new(), tokenizer, filters }
    }

    /// The words of a text with offsets in that text.
    pub(super) fn words(&self, text: &str) -> Vec<Word> {
        let mut corrections = Corrections::default();
        let mut filtered = None;
        for filter in &self.char_filters {
            let (text, changes) = filter.apply(filtered.as_deref().unwrap_or(text));
            corrections.push(changes);
            filtered = Some(text);
        }
        let mut words = self.tokenizer.words(filtered.as_deref().unwrap_or(text));
        for filter in &self.filters {
            words = filter.apply(words);
        }
        if !corrections.is_empty() {
            for word in &mut words {
                word.start = corrections.correct(word.start).min(text.len());
                word.end = corrections.correct(word.end).clamp(word.start, text.len());
                // A correction may point into a character that was replaced whole.
                while !text.is_char_boundary(word.start) {
                    word.start -= 1;
                }
                while !text.is_char_boundary(word.end) {
                    word.end += 1;
                }
            }
        }
        words
    }

    /// Applies the steps that change letters to one word.
    pub(super) fn normalize(&self, word: &str) -> String {
        let mut text = word.to_owned();
        for filter in &self.char_filters {
            text = filter.apply(&text).0;
        }
        if self.tokenizer.lowercases() {
            let mut lower = String::with_capacity(text.len());
            super::text::push_lowercase(&text, &mut lower);
            text = lower;
        }
        for filter in &self.filters {
            text = filter.normalize(text);
        }
        text
    }
}

/// A chain as tantivy's tokenizer.
#[derive(Clone)]
pub(super) struct ChainTokenizer {
    chain: Arc<Chain>,
    token: Token,
}

impl ChainTokenizer {
    pub(super) fn new(chain: Arc<Chain>) -> ChainTokenizer {
        ChainTokenizer { chain, token: Token::default() }
    }
}

impl Tokenizer for ChainTokenizer {
    type TokenStream<'a> = ChainStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ChainStream<'a> {
        self.token.reset();
        ChainStream { words: self.chain.words(text).into_iter(), token: &mut self.token, position: -1 }
    }
}

pub(super) struct ChainStream<'a> {
    words: std::vec::IntoIter<Word>,
    token: &'a mut Token,
    position: i64,
}

impl TokenStream for ChainStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        // The first word stands at 0 or later, whatever was taken out before it.
        self.position = (self.position + i64::from(word.step)).max(0);
        self.token.text = word.text;
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        self.token.position = self.position as usize;
        self.token.position_length = word.length as usize;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
