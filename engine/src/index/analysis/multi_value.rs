//! Several values in one text: each is analysed on its own and stands a hundred positions from the one before, so that no
//! phrase reaches across (Lucene: `Analyzer.getPositionIncrementGap`, set to 100 as Solr and Azure do).

use std::mem;

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

use super::VALUE_SEPARATOR;

/// Lucene's gap; the first word of a value is one further.
const GAP: i64 = 100;

/// Wraps an analyzer so that its input is values joined by U+001F.
pub(crate) fn multi_value(inner: TextAnalyzer) -> TextAnalyzer {
    TextAnalyzer::builder(MultiValue { inner, tokens: Vec::new(), filled: 0, token: Token::default() }).build()
}

#[derive(Clone)]
struct MultiValue {
    inner: TextAnalyzer,
    /// Tokens of all values; their strings are used again for the next text.
    tokens: Vec<Token>,
    filled: usize,
    token: Token,
}

impl MultiValue {
    fn fill(&mut self, text: &str) {
        self.filled = 0;
        let mut position: i64 = -1;
        let mut start = 0;
        for (nth, value) in text.split(VALUE_SEPARATOR).enumerate() {
            if nth > 0 {
                position += GAP;
            }
            let base = position + 1;
            let mut stream = self.inner.token_stream(value);
            while stream.advance() {
                let token = stream.token();
                position = base + token.position as i64;
                if self.filled == self.tokens.len() {
                    self.tokens.push(Token::default());
                }
                let slot = &mut self.tokens[self.filled];
                self.filled += 1;
                slot.text.clear();
                slot.text.push_str(&token.text);
                slot.position = position as usize;
                slot.offset_from = start + token.offset_from;
                slot.offset_to = start + token.offset_to;
                slot.position_length = token.position_length;
            }
            start += value.len() + VALUE_SEPARATOR.len_utf8();
        }
    }
}

impl Tokenizer for MultiValue {
    type TokenStream<'a> = Values<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Values<'a> {
        self.fill(text);
        Values { source: self, next: 0 }
    }
}

struct Values<'a> {
    source: &'a mut MultiValue,
    next: usize,
}

impl TokenStream for Values<'_> {
    fn advance(&mut self) -> bool {
        if self.next == self.source.filled {
            return false;
        }
        mem::swap(&mut self.source.token, &mut self.source.tokens[self.next]);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.source.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.source.token
    }
}
