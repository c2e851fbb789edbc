//! Text to terms, by the names Azure AI Search and Lucene give analyzers. The standard analyzer streams; every other one
//! is a chain of character filters, a tokenizer and token filters. Indexes, fields and queries are unknown here.

mod analyzer;
mod chain;
mod char_filters;
mod custom;
mod filters;
mod languages;
mod multi_value;
mod named;
mod standard;
mod text;
mod token;
mod tokenizers;
mod word_pairs;

pub use analyzer::AnalysisError;
pub(crate) use analyzer::Analyzer;
pub(crate) use multi_value::multi_value;
pub use named::AnalyzeWith;
pub(crate) use named::DEFAULT_ANALYZER;
pub(crate) use named::{analyze, analyzer, normalizer};
pub use token::Token;
pub(crate) use token::{PositionedTerms, by_position};
pub(crate) use word_pairs::word_pairs;

/// Between the values of a collection in the text handed to an analyzer.
pub(crate) const VALUE_SEPARATOR: char = '\u{1F}';

/// Latin letters and signs to ASCII where there is a likeness (Lucene's `ASCIIFoldingFilter`).
pub(crate) fn ascii_folded(text: &str) -> String {
    filters::folding::ascii(text)
}

#[cfg(test)]
mod tests;
