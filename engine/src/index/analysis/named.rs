//! Analyzers and normalizers by name: those of a definition, the predefined ones, and chains put together part by part.

use tutti_index_schema::IndexDefinition;

use super::analyzer::{AnalysisError, Analyzer};
use super::standard::MAX_TOKEN_LENGTH;
use super::token::Token;
use super::{custom, languages};

/// The analyzer of a searchable field that names none.
pub(crate) const DEFAULT_ANALYZER: &str = "standard.lucene";

/// The analyzer of this name: one of the definition's own, or a predefined one.
///
/// # Errors
/// When there is none, or one of its parts cannot be built.
pub(crate) fn analyzer(name: &str, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
    if let Some(custom) = definition.analyzers.iter().find(|custom| custom.name == name) {
        return custom::analyzer(custom, definition);
    }
    let name = equivalent(name).unwrap_or(name);
    if matches!(name, "standard" | "standard.lucene") {
        return Ok(Analyzer::standard(MAX_TOKEN_LENGTH));
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
pub(crate) fn normalizer(name: &str, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
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
fn assembled(
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
pub(crate) fn analyze(with: &AnalyzeWith, text: &str, definition: &IndexDefinition) -> Result<Vec<Token>, AnalysisError> {
    Ok(match with {
        AnalyzeWith::Analyzer(name) => analyzer(name, definition)?.tokens(text),
        AnalyzeWith::Normalizer(name) => normalizer(name, definition)?.tokens(text),
        AnalyzeWith::Parts { tokenizer, char_filters, token_filters } => {
            assembled(tokenizer, char_filters, token_filters, definition)?.tokens(text)
        }
    })
}

/// The analyzer that stands in for one of Microsoft's own, such as `fr.lucene` for `fr.microsoft`.
fn equivalent(name: &str) -> Option<&'static str> {
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
