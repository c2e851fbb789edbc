//! Character filters, a tokenizer and token filters one after the other, over whole token lists.

use std::sync::Arc;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer as TantivyTokenizer};

use super::char_filters::{CharFilter, OffsetMap};
use super::filters::Filter;
use super::token::ChainToken;
use super::tokenizers::Tokenizer;

/// An analysis chain.
pub(super) struct Chain {
    pub(super) char_filters: Vec<CharFilter>,
    pub(super) tokenizer: Tokenizer,
    pub(super) filters: Vec<Filter>,
}

impl Chain {
    pub(super) fn new(tokenizer: Tokenizer, filters: Vec<Filter>) -> Chain {
        Chain { char_filters: Vec::new(), tokenizer, filters }
    }

    /// The tokens of a text with offsets in that text.
    pub(super) fn tokens(&self, text: &str) -> Vec<ChainToken> {
        let mut offsets = OffsetMap::default();
        let mut filtered = None;
        for filter in &self.char_filters {
            let (text, changes) = filter.apply(filtered.as_deref().unwrap_or(text));
            offsets.push(changes);
            filtered = Some(text);
        }
        let mut tokens = self.tokenizer.tokens(filtered.as_deref().unwrap_or(text));
        for filter in &self.filters {
            tokens = filter.apply(tokens);
        }
        if !offsets.is_empty() {
            for token in &mut tokens {
                token.start = offsets.original(token.start).min(text.len());
                token.end = offsets.original(token.end).clamp(token.start, text.len());
                // An offset may point into a character that was replaced whole.
                while !text.is_char_boundary(token.start) {
                    token.start -= 1;
                }
                while !text.is_char_boundary(token.end) {
                    token.end += 1;
                }
            }
        }
        tokens
    }

    /// Applies the steps that change letters to one word.
    pub(super) fn normalize(&self, token: &str) -> String {
        let mut text = token.to_owned();
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

impl TantivyTokenizer for ChainTokenizer {
    type TokenStream<'a> = ChainStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ChainStream<'a> {
        self.token.reset();
        ChainStream { tokens: self.chain.tokens(text).into_iter(), token: &mut self.token, position: -1 }
    }
}

pub(super) struct ChainStream<'a> {
    tokens: std::vec::IntoIter<ChainToken>,
    token: &'a mut Token,
    position: i64,
}

impl TokenStream for ChainStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(token) = self.tokens.next() else { return false };
        // The first token stands at 0 or later, whatever was taken out before it.
        self.position = (self.position + i64::from(token.position_increment)).max(0);
        self.token.text = token.text;
        self.token.offset_from = token.start;
        self.token.offset_to = token.end;
        self.token.position = self.position as usize;
        self.token.position_length = token.position_length as usize;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
