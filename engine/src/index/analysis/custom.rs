//! Analyzers that a definition puts together itself: components by name or with options, in Azure's names and defaults.

use std::collections::HashSet;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use tutti_index_schema::{Component, CustomAnalyzer, CustomNormalizer, IndexDefinition};

use super::analyzer::{AnalysisError, Analyzer};
use super::chain::Chain;
use super::char_filters::CharFilter;
use super::filters::{Delimiting, Filter, Synonyms, folding};
use super::languages;
use super::standard::{MAX_TOKEN_LENGTH, StandardTokenizer};
use super::tokenizers::{Kinds, Tokenizer};

const PREFIX: &str = "#Microsoft.Azure.Search.";
/// What an e-mail address or a web address looks like, nearly enough.
const ADDRESS: &str = r"(?i)[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+|\b(?:https?|ftp|file)://[^\s<>\x22]*[a-z0-9/]";

/// Options of a component, with the name it goes by in messages.
struct Options<'a> {
    component: &'a str,
    values: &'a Map<String, Value>,
}

impl Options<'_> {
    fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or(otherwise)
    }

    fn number(&self, name: &str, otherwise: usize) -> usize {
        self.values.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or(otherwise)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.values.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn words(&self, name: &str, ignore_case: bool) -> Arc<HashSet<String>> {
        let words = self.texts(name).into_iter();
        Arc::new(if ignore_case { words.map(|word| word.to_lowercase()).collect() } else { words.collect() })
    }

    fn letter(&self, name: &str, otherwise: char) -> char {
        self.text(name).and_then(|text| text.chars().next()).unwrap_or(otherwise)
    }

    fn wrong(&self, what: impl Into<String>) -> AnalysisError {
        AnalysisError::Option { component: self.component.to_owned(), what: what.into() }
    }

    /// A regular expression with Java's flags.
    fn pattern(&self, text: &str) -> Result<Regex, AnalysisError> {
        let flags = self.text("flags").unwrap_or_default();
        let has = |flag| flags.split('|').any(|part| part == flag);
        let literal;
        let text = if has("LITERAL") {
            literal = regex::escape(text);
            &literal
        } else {
            text
        };
        RegexBuilder::new(text)
            .case_insensitive(has("CASE_INSENSITIVE"))
            .multi_line(has("MULTILINE"))
            .dot_matches_new_line(has("DOTALL"))
            .ignore_whitespace(has("COMMENTS"))
            .size_limit(1 << 20)
            .build()
            .map_err(|error| self.wrong(format!("the pattern cannot be used: {error}")))
    }
}

/// Builds an analyzer of the definition.
pub(super) fn analyzer(custom: &CustomAnalyzer, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
    let options = Options { component: &custom.name, values: &custom.options };
    let chain = match custom.odata_type.strip_prefix(PREFIX).unwrap_or(&custom.odata_type) {
        "PatternAnalyzer" => {
            let pattern = options.pattern(options.text("pattern").unwrap_or(r"\W+"))?;
            let mut filters = if options.flag("lowercase", true) { vec![Filter::Lowercase] } else { Vec::new() };
            filters.push(Filter::stop(options.texts("stopwords")));
            Chain::new(Tokenizer::Pattern { pattern, group: -1 }, filters)
        }
        "StandardAnalyzer" | "LuceneStandardAnalyzer" => {
            let length = options.number("maxTokenLength", MAX_TOKEN_LENGTH);
            let stop = options.texts("stopwords");
            if stop.is_empty() {
                return Ok(Analyzer::standard(length));
            }
            let tokenizer = Tokenizer::Standard(StandardTokenizer::new().max_token_length(length));
            Chain::new(tokenizer, vec![Filter::Lowercase, Filter::stop(stop)])
        }
        "StopAnalyzer" => {
            let stop = options.texts("stopwords");
            let stop = if stop.is_empty() { languages::stop_filter("english") } else { Some(Filter::stop(stop)) };
            Chain::new(Tokenizer::Letters { lowercase: true }, stop.into_iter().collect())
        }
        _ => {
            let tokenizer = custom.tokenizer.as_deref().unwrap_or("standard_v2");
            return chain_of(tokenizer, &custom.char_filters, &custom.token_filters, definition);
        }
    };
    Ok(Analyzer::of(chain))
}

/// Builds a normalizer of the definition: a chain over the whole value.
pub(super) fn normalizer(custom: &CustomNormalizer, definition: &IndexDefinition) -> Result<Analyzer, AnalysisError> {
    chain_of("keyword_v2", &custom.char_filters, &custom.token_filters, definition)
}

/// A chain of parts by name.
pub(super) fn chain_of(
    tokenizer: &str,
    char_filters: &[String],
    token_filters: &[String],
    definition: &IndexDefinition,
) -> Result<Analyzer, AnalysisError> {
    let mut chain = Chain::new(tokenizer_named(tokenizer, &definition.tokenizers)?, Vec::new());
    for name in char_filters {
        chain.char_filters.push(char_filter_named(name, &definition.char_filters)?);
    }
    for name in token_filters {
        chain.filters.push(filter_named(name, &definition.token_filters)?);
    }
    Ok(Analyzer::of(chain))
}

fn resolve<'a>(name: &'a str, components: &'a [Component], none: &'a Map<String, Value>) -> (String, Options<'a>) {
    match components.iter().find(|component| component.name == name) {
        Some(component) => {
            let kind = component.odata_type.strip_prefix(PREFIX).unwrap_or(&component.odata_type);
            (kind.to_owned(), Options { component: &component.name, values: &component.options })
        }
        None => (name.to_owned(), Options { component: name, values: none }),
    }
}

fn unknown(kind: &'static str, name: &str) -> AnalysisError {
    AnalysisError::Unknown {
        kind,
        name: name.to_owned(),
        available: "this one is not available here; leave it out or take a similar one".to_owned(),
    }
}

fn tokenizer_named(name: &str, components: &[Component]) -> Result<Tokenizer, AnalysisError> {
    let none = Map::new();
    let (kind, options) = resolve(name, components, &none);
    let standard = |options: &Options<'_>| StandardTokenizer::new().max_token_length(options.number("maxTokenLength", MAX_TOKEN_LENGTH));
    let grams = |options: &Options<'_>| (options.number("minGram", 1).max(1), options.number("maxGram", 2).max(1), kinds(options));
    Ok(match kind.as_str() {
        "standard"
        | "standard_v2"
        | "StandardTokenizer"
        | "StandardTokenizerV2"
        | "classic"
        | "ClassicTokenizer"
        | "microsoft_language_tokenizer"
        | "microsoft_language_stemming_tokenizer"
        | "MicrosoftLanguageTokenizer"
        | "MicrosoftLanguageStemmingTokenizer" => Tokenizer::Standard(standard(&options)),
        "keyword" | "keyword_v2" | "KeywordTokenizer" | "KeywordTokenizerV2" => Tokenizer::Keyword,
        "letter" => Tokenizer::Letters { lowercase: false },
        "lowercase" => Tokenizer::Letters { lowercase: true },
        "whitespace" => Tokenizer::Whitespace,
        "uax_url_email" | "UaxUrlEmailTokenizer" => {
            let addresses = Regex::new(ADDRESS).map_err(|error| options.wrong(error.to_string()))?;
            Tokenizer::Addresses { addresses, words: standard(&options) }
        }
        "pattern" | "PatternTokenizer" => {
            let pattern = options.pattern(options.text("pattern").unwrap_or(r"\W+"))?;
            let group = options.values.get("group").and_then(Value::as_i64).and_then(|group| i32::try_from(group).ok()).unwrap_or(-1);
            Tokenizer::Pattern { pattern, group }
        }
        "nGram" | "NGramTokenizer" => {
            let (min, max, kinds) = grams(&options);
            Tokenizer::NGrams { min, max, kinds }
        }
        "edgeNGram" | "EdgeNGramTokenizer" => {
            let (min, max, kinds) = grams(&options);
            Tokenizer::EdgeNGrams { min, max, kinds }
        }
        "path_hierarchy" | "path_hierarchy_v2" | "PathHierarchyTokenizer" | "PathHierarchyTokenizerV2" => {
            let delimiter = options.letter("delimiter", '/');
            Tokenizer::Path {
                delimiter,
                replacement: options.letter("replacement", delimiter),
                skip: options.number("skip", 0),
                reverse: options.flag("reverse", false),
            }
        }
        _ => return Err(unknown("tokenizer", name)),
    })
}

fn kinds(options: &Options<'_>) -> Kinds {
    let mut kinds = Kinds::default();
    for kind in options.texts("tokenChars") {
        match kind.as_str() {
            "letter" => kinds.letter = true,
            "digit" => kinds.digit = true,
            "whitespace" => kinds.whitespace = true,
            "punctuation" => kinds.punctuation = true,
            "symbol" => kinds.symbol = true,
            _ => {}
        }
    }
    kinds
}

fn char_filter_named(name: &str, components: &[Component]) -> Result<CharFilter, AnalysisError> {
    let none = Map::new();
    let (kind, options) = resolve(name, components, &none);
    Ok(match kind.as_str() {
        "html_strip" => CharFilter::HtmlStrip,
        "mapping" | "MappingCharFilter" => {
            let mut pairs = Vec::new();
            for line in options.texts("mappings") {
                let Some((from, to)) = line.split_once("=>") else {
                    return Err(options.wrong(format!("`{line}` is not a mapping: write a=>b")));
                };
                pairs.push((from.to_owned(), to.to_owned()));
            }
            CharFilter::Mapping(pairs)
        }
        "pattern_replace" | "PatternReplaceCharFilter" => {
            CharFilter::Pattern(options.pattern(options.text("pattern").unwrap_or_default())?, replacement(&options))
        }
        _ => return Err(unknown("character filter", name)),
    })
}

/// Java writes a group as `$1`; the regex crate needs braces where letters follow.
fn replacement(options: &Options<'_>) -> String {
    let text = options.text("replacement").unwrap_or_default();
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '$' => {
                let mut digits = String::new();
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                out.push_str(&if digits.is_empty() { "$$".to_owned() } else { format!("${{{digits}}}") });
            }
            '\\' => out.extend(rest.next()),
            c => out.push(c),
        }
    }
    out
}

fn filter_named(name: &str, components: &[Component]) -> Result<Filter, AnalysisError> {
    let none = Map::new();
    let (kind, options) = resolve(name, components, &none);
    Ok(match kind.as_str() {
        "lowercase" => Filter::Lowercase,
        "uppercase" => Filter::Uppercase,
        "trim" => Filter::Trim,
        "reverse" => Filter::Reverse,
        "apostrophe" => Filter::Apostrophe,
        "classic" => Filter::Classic,
        "cjk_width" => Filter::Letters(folding::cjk_width),
        "arabic_normalization" => Filter::Letters(folding::arabic),
        "german_normalization" => Filter::Letters(folding::german),
        "persian_normalization" => Filter::Letters(folding::persian),
        "scandinavian_normalization" => Filter::Letters(folding::scandinavian),
        "scandinavian_folding" => Filter::Letters(folding::scandinavian_fold),
        "keyword_repeat" => Filter::KeywordRepeat,
        "kstem" | "porter_stem" => languages::stem_filter("porter").ok_or_else(|| unknown("token filter", name))?,
        "asciifolding" | "AsciiFoldingTokenFilter" => Filter::AsciiFolding { keep: options.flag("preserveOriginal", false) },
        "stemmer" | "StemmerTokenFilter" | "snowball" | "SnowballTokenFilter" => {
            let language = options.text("language").unwrap_or("english");
            languages::stem_filter(language).ok_or_else(|| options.wrong(format!("there is no stemmer for {language}")))?
        }
        "length" | "LengthTokenFilter" => Filter::Length { min: options.number("min", 0), max: options.number("max", 300) },
        "limit" | "LimitTokenFilter" => Filter::Limit(options.number("maxTokenCount", 1)),
        "truncate" | "TruncateTokenFilter" => Filter::Truncate(options.number("length", 300)),
        "unique" | "UniqueTokenFilter" => Filter::Unique { same_position: options.flag("onlyOnSamePosition", false) },
        kind => {
            let found = match word_filter(kind, &options)? {
                None => splitting_filter(kind, &options)?,
                found => found,
            };
            found.ok_or_else(|| unknown("token filter", name))?
        }
    })
}

/// Filters that know a list of words.
fn word_filter(kind: &str, options: &Options<'_>) -> Result<Option<Filter>, AnalysisError> {
    let ignore_case = options.flag("ignoreCase", false);
    Ok(Some(match kind {
        "stopwords" | "StopwordsTokenFilter" => {
            let words = options.texts("stopwords");
            let language = options.text("stopwordsList").unwrap_or("english");
            if words.is_empty() {
                languages::stop_filter(language)
                    .ok_or_else(|| options.wrong(format!("there is no list of {language} stop words; give stopwords")))?
            } else {
                Filter::Stop { words: options.words("stopwords", ignore_case), ignore_case }
            }
        }
        "keep" | "KeepTokenFilter" => {
            let ignore_case = options.flag("keepWordsCase", false);
            Filter::Keep { words: options.words("keepWords", ignore_case), ignore_case }
        }
        "keyword_marker" | "KeywordMarkerTokenFilter" => {
            Filter::KeywordMarker { words: options.words("keywords", ignore_case), ignore_case }
        }
        "common_grams" | "CommonGramTokenFilter" => {
            Filter::CommonGrams { words: options.words("commonWords", ignore_case), ignore_case, query: options.flag("queryMode", false) }
        }
        "dictionary_decompounder" | "DictionaryDecompounderTokenFilter" => Filter::Decompound {
            words: options.words("wordList", true),
            min_word: options.number("minWordSize", 5),
            min_part: options.number("minSubwordSize", 2).max(1),
            max_part: options.number("maxSubwordSize", 15),
            longest: options.flag("onlyLongestMatch", false),
        },
        "synonym" | "SynonymTokenFilter" => {
            Filter::Synonym(Arc::new(Synonyms::parse(&options.texts("synonyms"), ignore_case, options.flag("expand", true))))
        }
        "elision" | "ElisionTokenFilter" => match options.texts("articles").is_empty() {
            true => languages::default_elision(),
            false => Filter::Elision(options.words("articles", true)),
        },
        "stemmer_override" | "StemmerOverrideTokenFilter" => {
            let rules = options.texts("rules");
            let pairs =
                rules.iter().filter_map(|rule| rule.split_once("=>")).map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()));
            Filter::StemOverride(Arc::new(pairs.collect()))
        }
        _ => return Ok(None),
    }))
}

/// Filters that make other tokens of the parts of tokens, or of neighbours.
fn splitting_filter(kind: &str, options: &Options<'_>) -> Result<Option<Filter>, AnalysisError> {
    let grams = (options.number("minGram", 1).max(1), options.number("maxGram", 2).max(1));
    Ok(Some(match kind {
        "shingle" | "ShingleTokenFilter" => Filter::Shingle {
            min: options.number("minShingleSize", 2),
            max: options.number("maxShingleSize", 2),
            unigrams: options.flag("outputUnigrams", true),
            separator: options.text("tokenSeparator").unwrap_or(" ").to_owned(),
            filler: options.text("filterToken").unwrap_or("_").to_owned(),
        },
        "nGram" | "nGram_v2" | "NGramTokenFilter" | "NGramTokenFilterV2" => Filter::NGram { min: grams.0, max: grams.1 },
        "edgeNGram" | "edgeNGram_v2" | "EdgeNGramTokenFilter" | "EdgeNGramTokenFilterV2" => {
            Filter::EdgeNGram { min: grams.0, max: grams.1, back: options.text("side") == Some("back") }
        }
        "cjk_bigram" | "CjkBigramTokenFilter" => Filter::CjkBigram { unigrams: options.flag("outputUnigrams", false) },
        "word_delimiter" | "WordDelimiterTokenFilter" => Filter::WordDelimiter(Arc::new(Delimiting {
            word_parts: options.flag("generateWordParts", true),
            number_parts: options.flag("generateNumberParts", true),
            catenate_words: options.flag("catenateWords", false),
            catenate_numbers: options.flag("catenateNumbers", false),
            catenate_all: options.flag("catenateAll", false),
            case_changes: options.flag("splitOnCaseChange", true),
            numerics: options.flag("splitOnNumerics", true),
            keep: options.flag("preserveOriginal", false),
            possessive: options.flag("stemEnglishPossessive", true),
            protected: options.texts("protectedWords").into_iter().collect(),
        })),
        "pattern_replace" | "PatternReplaceTokenFilter" => {
            Filter::PatternReplace(options.pattern(options.text("pattern").unwrap_or_default())?, replacement(options))
        }
        "pattern_capture" | "PatternCaptureTokenFilter" => {
            let patterns = options.texts("patterns").iter().map(|text| options.pattern(text)).collect::<Result<Vec<_>, _>>()?;
            Filter::PatternCapture { patterns: Arc::new(patterns), keep: options.flag("preserveOriginal", true) }
        }
        _ => return Ok(None),
    }))
}
