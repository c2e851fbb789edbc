//! Text to terms, by the names Azure AI Search and Lucene give analyzers. The standard analyzer streams; every other one
//! is a chain of character filters, a tokenizer and token filters. Indexes, fields and queries are unknown here.

mod chain;
mod char_filters;
mod custom;
mod filters;
mod folding;
mod languages;
mod multi_value;
mod standard;
mod synonyms;
mod text;
mod tokenizers;
mod word_pairs;

use std::sync::Arc;

use tantivy::tokenizer::{TextAnalyzer, TokenStream};
use tutti_index_schema::IndexDefinition;

use chain::{Chain, ChainTokenizer};
pub use multi_value::multi_value;
use standard::StandardTokenizer;
pub(crate) use word_pairs::word_pairs;

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

/// A token as queries and highlighting see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Position among the words of the text, from 0; alternatives share one.
    pub position: usize,
    /// First byte in the original text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Positions it spans, usually 1.
    pub position_length: usize,
}

/// An analyzer, cheap to clone.
#[derive(Clone)]
pub struct Analyzer {
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
    /// The analyzer as tantivy takes it.
    pub fn text_analyzer(&self) -> TextAnalyzer {
        self.text.clone()
    }

    /// The tokens of a text.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
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
    pub fn value(&self, text: &str) -> String {
        self.tokens(text).into_iter().next().map_or_else(|| text.to_owned(), |token| token.text)
    }

    /// Lucene's `Analyzer.normalize`: the steps that change letters, without splitting into words or stemming.
    pub fn normalize(&self, word: &str) -> String {
        match &self.normalizer {
            Normalizer::Lowercase => {
                let mut out = String::with_capacity(word.len());
                text::push_lowercase(word, &mut out);
                out
            }
            Normalizer::Chain(chain) => chain.normalize(word),
        }
    }

    fn of(chain: Chain) -> Analyzer {
        let chain = Arc::new(chain);
        let text = TextAnalyzer::builder(ChainTokenizer::new(Arc::clone(&chain))).build();
        Analyzer { text, normalizer: Normalizer::Chain(chain) }
    }
}

/// The analyzer of this name: one of the definition's own, or a predefined one.
///
/// # Errors
/// When there is none, or one of its parts cannot be built.
pub fn analyzer(name: &str, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
    if let Some(custom) = definition.analyzers.iter().find(|custom| custom.name == name) {
        return custom::analyzer(custom, definition);
    }
    let name = equivalent(name).unwrap_or(name);
    if matches!(name, "standard" | "standard.lucene") {
        return Ok(standard_analyzer(standard::MAX_TOKEN_LENGTH));
    }
    match languages::chain(name) {
        Some(chain) => Ok(Analyzer::of(chain)),
        None => Err(AnalysisError::Unknown {
            kind: "analyzer",
            name: name.to_owned(),
            available: format!("there are {} and those of the definition", languages::names().collect::<Vec<_>>().join(", ")),
        }),
    }
}

/// The normalizer of this name: one of the definition's own, or a predefined one. Its [`Analyzer::value`] turns a value
/// into what filters, facets and sort keys compare.
///
/// # Errors
/// When there is none, or one of its parts cannot be built.
pub fn normalizer(name: &str, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
    let steps: &[&str] = match name {
        "lowercase" => &["lowercase"],
        "uppercase" => &["uppercase"],
        "asciifolding" => &["asciifolding"],
        "elision" => &["elision"],
        "standard" => &["lowercase", "asciifolding"],
        _ => {
            let custom = definition.normalizers.iter().find(|custom| custom.name == name);
            let unknown = || AnalysisError::Unknown {
                kind: "normalizer",
                name: name.to_owned(),
                available: format!("there are {} and those of the definition", tutti_index_schema::NORMALIZERS.join(", ")),
            };
            return custom::normalizer(custom.ok_or_else(unknown)?, definition);
        }
    };
    let steps: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
    custom::chain_of("keyword_v2", &[], &steps, definition)
}

/// The analyzer made of a tokenizer, character filters and token filters by name, as an analyze request puts it together.
///
/// # Errors
/// When one of the names is unknown, or a part cannot be built.
pub fn assembled(
    tokenizer: &str,
    char_filters: &[String],
    token_filters: &[String],
    definition: &IndexDefinition,
) -> Result<Analyzer, AnalysisError> {
    custom::chain_of(tokenizer, char_filters, token_filters, definition)
}

/// What a text is analysed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnalyzeWith {
    /// An analyzer by name.
    Analyzer(String),
    /// A normalizer by name: one token.
    Normalizer(String),
    /// Parts by name, applied in order.
    Parts {
        /// The tokenizer.
        tokenizer: String,
        /// Character filters before it.
        char_filters: Vec<String>,
        /// Token filters after it.
        token_filters: Vec<String>,
    },
}

/// The tokens that an analyzer, a chain of parts or a normalizer makes of a text.
///
/// # Errors
/// A part is unknown or cannot be built.
pub fn analyze(with: &AnalyzeWith, text: &str, definition: &IndexDefinition) -> Result<Vec<Token>, AnalysisError> {
    Ok(match with {
        AnalyzeWith::Analyzer(name) => analyzer(name, definition)?.tokens(text),
        AnalyzeWith::Normalizer(name) => normalizer(name, definition)?.tokens(text),
        AnalyzeWith::Parts { tokenizer, char_filters, token_filters } => {
            assembled(tokenizer, char_filters, token_filters, definition)?.tokens(text)
        }
    })
}

/// The analyzer that stands in for one of Microsoft's own, such as `fr.lucene` for `fr.microsoft`.
pub fn equivalent(name: &str) -> Option<&'static str> {
    let language = name.strip_suffix(".microsoft")?;
    let language = match language {
        "nb" => "no",
        "sr-cyrillic" | "sr-latin" | "hr" | "sl" | "sk" | "bn" | "et" | "gu" | "he" | "is" | "kn" | "lt" | "ml" | "mr" | "ms" | "pa"
        | "ta" | "te" | "uk" | "ur" | "vi" => return Some("standard.lucene"),
        language => language,
    };
    let wanted = format!("{language}.lucene");
    languages::names().find(|name| *name == wanted).or(Some("standard.lucene"))
}

fn standard_analyzer(max_token_length: usize) -> Analyzer {
    let tokenizer = StandardTokenizer::lowercase().max_token_length(max_token_length);
    Analyzer { text: TextAnalyzer::builder(tokenizer).build(), normalizer: Normalizer::Lowercase }
}

/// Tokens that share a position are alternatives.
pub(crate) fn by_position(tokens: Vec<Token>) -> Vec<(u32, Vec<String>)> {
    let mut groups: Vec<(u32, Vec<String>)> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let position = token.position as u32;
        match groups.last_mut() {
            Some((last, terms)) if *last == position => {
                if !terms.contains(&token.text) {
                    terms.push(token.text);
                }
            }
            _ => groups.push((position, vec![token.text])),
        }
    }
    groups
}

#[cfg(test)]
mod tests;
