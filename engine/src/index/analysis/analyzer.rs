//! An analyzer: text to tokens, and what is done to text that is not split.

use std::sync::Arc;

use tantivy::tokenizer::{TextAnalyzer, TokenStream};

use super::chain::{Chain, ChainTokenizer};
use super::standard::StandardTokenizer;
use super::text;
use super::token::Token;

/// Why an analyzer cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalysisError {
    /// No analyzer, tokenizer or filter has this name.
    #[error("there is no {kind} `{name}`; {available}")]
    Unknown {
        /// `analyzer`, `tokenizer`, `token filter`, `character filter`.
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// What there is.
        available: String,
    },
    /// An option has a value that cannot be used.
    #[error("{component}: {what}")]
    Option {
        /// The component.
        component: String,
        /// What is wrong.
        what: String,
    },
}

/// An analyzer, cheap to clone.
#[derive(Clone)]
pub(crate) struct Analyzer {
    text: TextAnalyzer,
    normalizer: Normalizer,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Analyzer")
    }
}

/// What is done to words that are not analysed: prefixes, wildcards, fuzzy words, range ends, patterns.
#[derive(Clone)]
enum Normalizer {
    Lowercase,
    Chain(Arc<Chain>),
}

impl Analyzer {
    /// The standard analyzer: UAX #29 and lower case.
    pub(super) fn standard(max_token_length: usize) -> Analyzer {
        let tokenizer = StandardTokenizer::lowercase().max_token_length(max_token_length);
        Analyzer { text: TextAnalyzer::builder(tokenizer).build(), normalizer: Normalizer::Lowercase }
    }

    /// The analyzer as tantivy takes it.
    pub(crate) fn text_analyzer(&self) -> TextAnalyzer {
        self.text.clone()
    }

    /// The tokens of a text.
    pub(crate) fn tokens(&self, text: &str) -> Vec<Token> {
        let mut analyzer = self.text.clone();
        let mut stream = analyzer.token_stream(text);
        let mut out = Vec::new();
        while stream.advance() {
            let token = stream.token();
            out.push(Token {
                text: token.text.clone(),
                position: token.position,
                start: token.offset_from,
                end: token.offset_to,
                position_length: token.position_length,
            });
        }
        out
    }

    /// A whole value as a normalizer changes it: its first token, or the value itself when nothing is left of it.
    pub(crate) fn value(&self, text: &str) -> String {
        self.tokens(text).into_iter().next().map_or_else(|| text.to_owned(), |token| token.text)
    }

    /// Lucene's `Analyzer.normalize`: the steps that change letters, without splitting into words or stemming.
    pub(crate) fn normalize(&self, word: &str) -> String {
        match &self.normalizer {
            Normalizer::Lowercase => {
                let mut out = String::with_capacity(word.len());
                text::push_lowercase(word, &mut out);
                out
            }
            Normalizer::Chain(chain) => chain.normalize(word),
        }
    }

    /// An analyzer over a chain.
    pub(super) fn of(chain: Chain) -> Analyzer {
        let chain = Arc::new(chain);
        let text = TextAnalyzer::builder(ChainTokenizer::new(Arc::clone(&chain))).build();
        Analyzer { text, normalizer: Normalizer::Chain(chain) }
    }
}
