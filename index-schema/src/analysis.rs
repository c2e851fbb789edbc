//! The predefined analyzers, tokenizers and filters of Azure AI Search by name, and the options of those that can be
//! customised, as data. What they do to text is the engine's business.

/// Every predefined analyzer.
pub const ANALYZERS: &[&str] = &[
    "standard.lucene", "standard", "standardasciifolding.lucene", "simple", "keyword", "whitespace", "stop", "pattern",
    "ar.lucene", "bg.lucene", "ca.lucene", "cs.lucene", "da.lucene", "de.lucene", "el.lucene", "en.lucene", "es.lucene", "eu.lucene",
    "fa.lucene", "fi.lucene", "fr.lucene", "ga.lucene", "gl.lucene", "hi.lucene", "hu.lucene", "hy.lucene", "id.lucene", "it.lucene",
    "ja.lucene", "ko.lucene", "lv.lucene", "nl.lucene", "no.lucene", "pl.lucene", "pt-BR.lucene", "pt-PT.lucene", "ro.lucene",
    "ru.lucene", "sv.lucene", "th.lucene", "tr.lucene", "zh-Hans.lucene", "zh-Hant.lucene",
    "ar.microsoft", "bg.microsoft", "bn.microsoft", "ca.microsoft", "cs.microsoft", "da.microsoft", "de.microsoft", "el.microsoft",
    "en.microsoft", "es.microsoft", "et.microsoft", "fi.microsoft", "fr.microsoft", "gu.microsoft", "he.microsoft", "hi.microsoft",
    "hr.microsoft", "hu.microsoft", "id.microsoft", "is.microsoft", "it.microsoft", "ja.microsoft", "kn.microsoft", "ko.microsoft",
    "lt.microsoft", "lv.microsoft", "ml.microsoft", "mr.microsoft", "ms.microsoft", "nb.microsoft", "nl.microsoft", "pa.microsoft",
    "pl.microsoft", "pt-BR.microsoft", "pt-PT.microsoft", "ro.microsoft", "ru.microsoft", "sk.microsoft", "sl.microsoft",
    "sr-cyrillic.microsoft", "sr-latin.microsoft", "sv.microsoft", "ta.microsoft", "te.microsoft", "th.microsoft", "tr.microsoft",
    "uk.microsoft", "ur.microsoft", "vi.microsoft", "zh-Hans.microsoft", "zh-Hant.microsoft",
];

/// Every predefined tokenizer.
pub const TOKENIZERS: &[&str] = &[
    "classic", "edgeNGram", "keyword", "keyword_v2", "letter", "lowercase", "microsoft_language_tokenizer",
    "microsoft_language_stemming_tokenizer", "nGram", "path_hierarchy", "path_hierarchy_v2", "pattern", "standard", "standard_v2",
    "uax_url_email", "whitespace",
];

/// Every predefined token filter.
pub const TOKEN_FILTERS: &[&str] = &[
    "apostrophe", "arabic_normalization", "asciifolding", "cjk_bigram", "cjk_width", "classic", "common_grams",
    "dictionary_decompounder", "edgeNGram", "edgeNGram_v2", "elision", "german_normalization", "hindi_normalization",
    "indic_normalization", "keep", "keyword_marker", "keyword_repeat", "kstem", "length", "limit", "lowercase", "nGram", "nGram_v2",
    "pattern_capture", "pattern_replace", "persian_normalization", "phonetic", "porter_stem", "reverse", "scandinavian_folding",
    "scandinavian_normalization", "shingle", "snowball", "sorani_normalization", "stemmer", "stemmer_override", "stopwords", "synonym",
    "trim", "truncate", "unique", "uppercase", "word_delimiter",
];

/// Every predefined character filter.
pub const CHAR_FILTERS: &[&str] = &["html_strip", "mapping", "pattern_replace"];

/// Every predefined normalizer.
pub const NORMALIZERS: &[&str] = &["asciifolding", "elision", "lowercase", "standard", "uppercase"];

/// Prefix of every `@odata.type` of an analysis component.
pub const ODATA_PREFIX: &str = "#Microsoft.Azure.Search.";

/// What the value of an option must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Bool,
    Int(i64, i64),
    Text,
    /// One character.
    Char,
    Texts,
    OneOf(&'static [&'static str]),
    SomeOf(&'static [&'static str]),
    /// Regular expression flags joined by `|`.
    Flags,
}

/// One option of a component type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionRule {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// A component type that can be customised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ComponentType {
    /// Without [`ODATA_PREFIX`].
    pub(crate) name: &'static str,
    pub(crate) options: &'static [OptionRule],
}

const fn may(name: &'static str, kind: Kind) -> OptionRule {
    OptionRule { name, kind, required: false }
}

const fn must(name: &'static str, kind: Kind) -> OptionRule {
    OptionRule { name, kind, required: true }
}

const fn of(name: &'static str, options: &'static [OptionRule]) -> ComponentType {
    ComponentType { name, options }
}

const TOKEN_LENGTH: Kind = Kind::Int(1, 300);
const GRAM: Kind = Kind::Int(1, 300);
const ANY_COUNT: Kind = Kind::Int(0, i32::MAX as i64);
const TOKEN_CHARS: Kind = Kind::SomeOf(&["letter", "digit", "whitespace", "punctuation", "symbol"]);
const NGRAM_FILTER: &[OptionRule] = &[may("minGram", GRAM), may("maxGram", GRAM)];
const EDGE_NGRAM_FILTER: &[OptionRule] = &[may("minGram", GRAM), may("maxGram", GRAM), may("side", Kind::OneOf(&["front", "back"]))];
const NGRAM_TOKENIZER: &[OptionRule] = &[may("minGram", GRAM), may("maxGram", GRAM), may("tokenChars", TOKEN_CHARS)];
const MAX_LENGTH: &[OptionRule] = &[may("maxTokenLength", TOKEN_LENGTH)];
const STANDARD_ANALYZER: &[OptionRule] = &[may("maxTokenLength", TOKEN_LENGTH), may("stopwords", Kind::Texts)];
const PATH_HIERARCHY: &[OptionRule] = &[
    may("delimiter", Kind::Char), may("replacement", Kind::Char), may("maxTokenLength", TOKEN_LENGTH), may("reverse", Kind::Bool),
    may("skip", ANY_COUNT),
];

pub(crate) const FLAGS: &[&str] =
    &["CANON_EQ", "CASE_INSENSITIVE", "COMMENTS", "DOTALL", "LITERAL", "MULTILINE", "UNICODE_CASE", "UNIX_LINES"];

pub(crate) const ANALYZER_TYPES: &[ComponentType] = &[
    of("CustomAnalyzer", &[]),
    of("PatternAnalyzer", &[
        may("lowercase", Kind::Bool), may("pattern", Kind::Text), may("flags", Kind::Flags), may("stopwords", Kind::Texts),
    ]),
    of("StandardAnalyzer", STANDARD_ANALYZER),
    of("LuceneStandardAnalyzer", STANDARD_ANALYZER),
    of("StopAnalyzer", &[may("stopwords", Kind::Texts)]),
];

pub(crate) const NORMALIZER_TYPES: &[ComponentType] = &[of("CustomNormalizer", &[])];

pub(crate) const TOKENIZER_TYPES: &[ComponentType] = &[
    of("ClassicTokenizer", MAX_LENGTH),
    of("EdgeNGramTokenizer", NGRAM_TOKENIZER),
    of("KeywordTokenizer", &[may("bufferSize", Kind::Int(1, i32::MAX as i64))]),
    of("KeywordTokenizerV2", MAX_LENGTH),
    of("MicrosoftLanguageTokenizer", &[
        may("maxTokenLength", TOKEN_LENGTH), may("isSearchTokenizer", Kind::Bool), may("language", Kind::OneOf(MICROSOFT_LANGUAGES)),
    ]),
    of("MicrosoftLanguageStemmingTokenizer", &[
        may("maxTokenLength", TOKEN_LENGTH), may("isSearchTokenizer", Kind::Bool), may("language", Kind::OneOf(MICROSOFT_STEMMED)),
    ]),
    of("NGramTokenizer", NGRAM_TOKENIZER),
    of("PathHierarchyTokenizer", PATH_HIERARCHY),
    of("PathHierarchyTokenizerV2", PATH_HIERARCHY),
    of("PatternTokenizer", &[may("pattern", Kind::Text), may("flags", Kind::Flags), may("group", Kind::Int(-1, 1000))]),
    of("StandardTokenizer", MAX_LENGTH),
    of("StandardTokenizerV2", MAX_LENGTH),
    of("UaxUrlEmailTokenizer", MAX_LENGTH),
];

pub(crate) const TOKEN_FILTER_TYPES: &[ComponentType] = &[
    of("AsciiFoldingTokenFilter", &[may("preserveOriginal", Kind::Bool)]),
    of("CjkBigramTokenFilter", &[
        may("ignoreScripts", Kind::SomeOf(&["han", "hiragana", "katakana", "hangul"])), may("outputUnigrams", Kind::Bool),
    ]),
    of("CommonGramTokenFilter", &[must("commonWords", Kind::Texts), may("ignoreCase", Kind::Bool), may("queryMode", Kind::Bool)]),
    of("DictionaryDecompounderTokenFilter", &[
        must("wordList", Kind::Texts), may("minWordSize", TOKEN_LENGTH), may("minSubwordSize", TOKEN_LENGTH),
        may("maxSubwordSize", TOKEN_LENGTH), may("onlyLongestMatch", Kind::Bool),
    ]),
    of("EdgeNGramTokenFilter", EDGE_NGRAM_FILTER),
    of("EdgeNGramTokenFilterV2", EDGE_NGRAM_FILTER),
    of("ElisionTokenFilter", &[may("articles", Kind::Texts)]),
    of("IndicNormalizationTokenFilter", &[]),
    of("KeepTokenFilter", &[must("keepWords", Kind::Texts), may("keepWordsCase", Kind::Bool)]),
    of("KeywordMarkerTokenFilter", &[must("keywords", Kind::Texts), may("ignoreCase", Kind::Bool)]),
    of("LengthTokenFilter", &[may("min", Kind::Int(0, 300)), may("max", Kind::Int(0, 300))]),
    of("LimitTokenFilter", &[may("maxTokenCount", Kind::Int(0, i32::MAX as i64)), may("consumeAllTokens", Kind::Bool)]),
    of("NGramTokenFilter", NGRAM_FILTER),
    of("NGramTokenFilterV2", NGRAM_FILTER),
    of("PatternCaptureTokenFilter", &[must("patterns", Kind::Texts), may("preserveOriginal", Kind::Bool)]),
    of("PatternReplaceTokenFilter", &[must("pattern", Kind::Text), must("replacement", Kind::Text)]),
    of("PhoneticTokenFilter", &[may("encoder", Kind::OneOf(ENCODERS)), may("replace", Kind::Bool)]),
    of("ShingleTokenFilter", &[
        may("maxShingleSize", Kind::Int(2, 1000)), may("minShingleSize", Kind::Int(2, 1000)), may("outputUnigrams", Kind::Bool),
        may("outputUnigramsIfNoShingles", Kind::Bool), may("tokenSeparator", Kind::Text), may("filterToken", Kind::Text),
    ]),
    of("SnowballTokenFilter", &[must("language", Kind::OneOf(SNOWBALL))]),
    of("SoraniNormalizationTokenFilter", &[]),
    of("StemmerTokenFilter", &[must("language", Kind::OneOf(STEMMERS))]),
    of("StemmerOverrideTokenFilter", &[must("rules", Kind::Texts)]),
    of("StopwordsTokenFilter", &[
        may("stopwords", Kind::Texts), may("stopwordsList", Kind::OneOf(STOPWORDS)), may("ignoreCase", Kind::Bool),
        may("removeTrailing", Kind::Bool),
    ]),
    of("SynonymTokenFilter", &[must("synonyms", Kind::Texts), may("ignoreCase", Kind::Bool), may("expand", Kind::Bool)]),
    of("TruncateTokenFilter", &[may("length", TOKEN_LENGTH)]),
    of("UniqueTokenFilter", &[may("onlyOnSamePosition", Kind::Bool)]),
    of("WordDelimiterTokenFilter", &[
        may("generateWordParts", Kind::Bool), may("generateNumberParts", Kind::Bool), may("catenateWords", Kind::Bool),
        may("catenateNumbers", Kind::Bool), may("catenateAll", Kind::Bool), may("splitOnCaseChange", Kind::Bool),
        may("preserveOriginal", Kind::Bool), may("splitOnNumerics", Kind::Bool), may("stemEnglishPossessive", Kind::Bool),
        may("protectedWords", Kind::Texts),
    ]),
];

pub(crate) const CHAR_FILTER_TYPES: &[ComponentType] = &[
    of("MappingCharFilter", &[must("mappings", Kind::Texts)]),
    of("PatternReplaceCharFilter", &[must("pattern", Kind::Text), must("replacement", Kind::Text)]),
];

const ENCODERS: &[&str] = &[
    "metaphone", "doubleMetaphone", "soundex", "refinedSoundex", "caverphone1", "caverphone2", "cologne", "nysiis", "koelnerPhonetik",
    "haasePhonetik", "beiderMorse",
];

const MICROSOFT_LANGUAGES: &[&str] = &[
    "bangla", "bulgarian", "catalan", "chineseSimplified", "chineseTraditional", "croatian", "czech", "danish", "dutch", "english",
    "french", "german", "greek", "gujarati", "hindi", "icelandic", "indonesian", "italian", "japanese", "kannada", "korean", "malay",
    "malayalam", "marathi", "norwegianBokmaal", "polish", "portuguese", "portugueseBrazilian", "punjabi", "romanian", "russian",
    "serbianCyrillic", "serbianLatin", "slovenian", "spanish", "swedish", "tamil", "telugu", "thai", "ukrainian", "urdu", "vietnamese",
];

const MICROSOFT_STEMMED: &[&str] = &[
    "arabic", "bangla", "bulgarian", "catalan", "croatian", "czech", "danish", "dutch", "english", "estonian", "finnish", "french",
    "german", "greek", "gujarati", "hebrew", "hindi", "hungarian", "icelandic", "indonesian", "italian", "kannada", "latvian",
    "lithuanian", "malay", "malayalam", "marathi", "norwegianBokmaal", "polish", "portuguese", "portugueseBrazilian", "punjabi",
    "romanian", "russian", "serbianCyrillic", "serbianLatin", "slovak", "slovenian", "spanish", "swedish", "tamil", "telugu", "turkish",
    "ukrainian", "urdu",
];

const SNOWBALL: &[&str] = &[
    "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "german2", "hungarian", "italian", "kp",
    "lovins", "norwegian", "porter", "portuguese", "romanian", "russian", "spanish", "swedish", "turkish",
];

const STEMMERS: &[&str] = &[
    "arabic", "armenian", "basque", "brazilian", "bulgarian", "catalan", "czech", "danish", "dutch", "dutchKp", "english", "lightEnglish",
    "minimalEnglish", "possessiveEnglish", "porter2", "lovins", "finnish", "lightFinnish", "french", "lightFrench", "minimalFrench",
    "galician", "minimalGalician", "german", "german2", "lightGerman", "minimalGerman", "greek", "hindi", "hungarian", "lightHungarian",
    "indonesian", "irish", "italian", "lightItalian", "sorani", "latvian", "norwegian", "lightNorwegian", "minimalNorwegian",
    "lightNynorsk", "minimalNynorsk", "portuguese", "lightPortuguese", "minimalPortuguese", "portugueseRslp", "romanian", "russian",
    "lightRussian", "spanish", "lightSpanish", "swedish", "lightSwedish", "turkish",
];

const STOPWORDS: &[&str] = &[
    "arabic", "armenian", "basque", "brazilian", "bulgarian", "catalan", "czech", "danish", "dutch", "english", "finnish", "french",
    "galician", "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "latvian", "norwegian", "persian", "portuguese",
    "romanian", "russian", "sorani", "spanish", "swedish", "thai", "turkish",
];
