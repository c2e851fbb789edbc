//! What suggesters index: every word of a value, and every two words that stand side by side, joined by a space. Words of
//! the standard tokenizer hold no space, so one dictionary answers "which words begin so" and "which words follow".

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

use super::VALUE_SEPARATOR;

/// Terms longer than this are left out: tantivy's limit is near 65,000 bytes and nobody types even this much.
const MAX_TERM_BYTES: usize = 300;

/// Wraps an analyzer so that it gives the words and the pairs of words of values joined by U+001F. Pairs never span values.
pub(crate) fn word_pairs(inner: TextAnalyzer) -> TextAnalyzer {
    TextAnalyzer::builder(WordPairs { inner, terms: Vec::new(), filled: 0, token: Token { position: 0, ..Token::default() } }).build()
}

#[derive(Clone)]
struct WordPairs {
    inner: TextAnalyzer,
    /// Words and pairs of all values; the strings are used again for the next text.
    terms: Vec<String>,
    filled: usize,
    token: Token,
}

impl WordPairs {
    fn fill(&mut self, text: &str) {
        self.filled = 0;
        for value in text.split(VALUE_SEPARATOR) {
            let mut before: Option<usize> = None;
            let mut stream = self.inner.token_stream(value);
            while stream.advance() {
                let word = &stream.token().text;
                let this = push(&mut self.terms, &mut self.filled, None, word);
                if let Some(before) = before {
                    push(&mut self.terms, &mut self.filled, Some(before), word);
                }
                before = Some(this);
            }
        }
    }
}

/// Adds `word`, after the term at `before` and a space if there is one; returns where it stands.
fn push(terms: &mut Vec<String>, filled: &mut usize, before: Option<usize>, word: &str) -> usize {
    let at = *filled;
    if at == terms.len() {
        terms.push(String::new());
    }
    let (known, rest) = terms.split_at_mut(at);
    let term = &mut rest[0];
    term.clear();
    if let Some(first) = before.and_then(|before| known.get(before)) {
        term.push_str(first);
        term.push(' ');
    }
    term.push_str(word);
    *filled += 1;
    at
}

impl Tokenizer for WordPairs {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.fill(text);
        Terms { source: self, next: 0 }
    }
}

struct Terms<'a> {
    source: &'a mut WordPairs,
    next: usize,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        while self.next < self.source.filled {
            let at = self.next;
            self.next += 1;
            if self.source.terms[at].len() <= MAX_TERM_BYTES {
                std::mem::swap(&mut self.source.token.text, &mut self.source.terms[at]);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        &self.source.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.source.token
    }
}
