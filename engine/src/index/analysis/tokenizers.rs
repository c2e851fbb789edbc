//! Splitting text into words, by the names of Lucene's tokenizers.

use std::sync::LazyLock;

use regex::Regex;
use tantivy::tokenizer::{TokenStream, Tokenizer as _};

use super::standard::{MAX_TOKEN_LENGTH, StandardTokenizer};
use super::token::ChainToken;

/// A way to split text.
#[derive(Clone)]
pub(super) enum Tokenizer {
    /// Words by UAX #29.
    Standard(StandardTokenizer),
    /// The whole text as one word.
    Keyword,
    /// Runs of letters (`LetterTokenizer`, with `lowercase` `LowerCaseTokenizer`).
    Letters { lowercase: bool },
    /// What stands between white space.
    Whitespace,
    /// The parts between matches (group -1), or a group of every match (`PatternTokenizer`).
    Pattern { pattern: Regex, group: i32 },
    /// Every run of `min` to `max` characters of the allowed kinds.
    NGrams { min: usize, max: usize, kinds: Kinds },
    /// The same from the start of each run of allowed characters.
    EdgeNGrams { min: usize, max: usize, kinds: Kinds },
    /// `a/b/c` as `a`, `a/b`, `a/b/c` (`PathHierarchyTokenizer`).
    Path { delimiter: char, replacement: char, skip: usize, reverse: bool },
    /// Addresses whole, other words as the standard tokenizer has them (`UAX29URLEmailTokenizer`, nearest).
    Addresses { addresses: Regex, words: StandardTokenizer },
}

/// Kinds of characters that n-grams may hold; none named allows all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kinds {
    pub(super) letter: bool,
    pub(super) digit: bool,
    pub(super) whitespace: bool,
    pub(super) punctuation: bool,
    pub(super) symbol: bool,
}

impl Kinds {
    fn allow(self, c: char) -> bool {
        if !(self.letter || self.digit || self.whitespace || self.punctuation || self.symbol) {
            return true;
        }
        let symbol = matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
            || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace());
        (self.letter && c.is_alphabetic())
            || (self.digit && c.is_numeric())
            || (self.whitespace && c.is_whitespace())
            || (self.symbol && symbol)
            || (self.punctuation && !symbol && !c.is_alphanumeric() && !c.is_whitespace())
    }
}

impl Tokenizer {
    pub(super) fn standard() -> Tokenizer {
        Tokenizer::Standard(StandardTokenizer::new())
    }

    /// Whether splitting also lowers the case.
    pub(super) fn lowercases(&self) -> bool {
        matches!(self, Tokenizer::Letters { lowercase: true })
    }

    pub(super) fn tokens(&self, text: &str) -> Vec<ChainToken> {
        match self {
            Tokenizer::Standard(tokenizer) => standard(tokenizer, text, 0),
            Tokenizer::Keyword => {
                if text.is_empty() {
                    Vec::new()
                } else {
                    vec![ChainToken::new(text, 0, text.len())]
                }
            }
            Tokenizer::Letters { lowercase } => {
                let mut tokens = letters(text);
                if *lowercase {
                    for token in &mut tokens {
                        let mut lower = String::with_capacity(token.text.len());
                        super::text::push_lowercase(&token.text, &mut lower);
                        token.text = lower;
                    }
                }
                tokens
            }
            Tokenizer::Whitespace => cut(runs(text, |c| !is_whitespace(c))),
            Tokenizer::Pattern { pattern, group } => match usize::try_from(*group) {
                Err(_) => between(pattern, text),
                Ok(group) => {
                    let found = pattern.captures_iter(text).filter_map(|captures| captures.get(group));
                    found.filter(|part| !part.is_empty()).map(|part| ChainToken::new(part.as_str(), part.start(), part.end())).collect()
                }
            },
            Tokenizer::NGrams { min, max, kinds } => {
                let runs = runs(text, |c| kinds.allow(c));
                runs.iter()
                    .flat_map(|run| {
                        (0..run.text.len()).filter(|at| run.text.is_char_boundary(*at)).flat_map(|at| grams(run, at, *min, *max))
                    })
                    .collect()
            }
            Tokenizer::EdgeNGrams { min, max, kinds } => {
                runs(text, |c| kinds.allow(c)).iter().flat_map(|run| grams(run, 0, *min, *max)).collect()
            }
            Tokenizer::Path { delimiter, replacement, skip, reverse } => path(text, *delimiter, *replacement, *skip, *reverse),
            Tokenizer::Addresses { addresses, words } => {
                let mut out = Vec::new();
                let mut from = 0;
                for address in addresses.find_iter(text) {
                    out.extend(standard(words, &text[from..address.start()], from));
                    out.push(ChainToken::new(address.as_str(), address.start(), address.end()));
                    from = address.end();
                }
                out.extend(standard(words, &text[from..], from));
                out
            }
        }
    }
}

fn standard(tokenizer: &StandardTokenizer, text: &str, base: usize) -> Vec<ChainToken> {
    let mut tokenizer = tokenizer.clone();
    let mut stream = tokenizer.token_stream(text);
    let mut out = Vec::new();
    while stream.advance() {
        let token = stream.token();
        out.push(ChainToken::new(token.text.as_str(), base + token.offset_from, base + token.offset_to));
    }
    out
}

fn runs(text: &str, inside: impl Fn(char) -> bool) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let within = at < text.len() && inside(c);
        match start {
            None if within => start = Some(at),
            Some(from) if !within => {
                out.push(ChainToken::new(&text[from..at], from, at));
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// Runs of what Java calls letters: unlike Rust's alphabetic characters, neither marks nor numerals.
fn letters(text: &str) -> Vec<ChainToken> {
    static LETTERS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{L}+").ok());
    match &*LETTERS {
        Some(run) => cut(run.find_iter(text).map(|run| ChainToken::new(run.as_str(), run.start(), run.end())).collect()),
        None => cut(runs(text, char::is_alphabetic)),
    }
}

/// Java's `Character.isWhitespace`: not the spaces that do not break, but the separators U+001C to U+001F.
fn is_whitespace(c: char) -> bool {
    matches!(c, '\u{1C}'..='\u{1F}') || c.is_whitespace() && !matches!(c, '\u{85}' | '\u{A0}' | '\u{2007}' | '\u{202F}')
}

/// Cuts long runs into pieces of 255 UTF-16 units (`CharTokenizer`); a pair of surrogates may make it one more.
fn cut(runs: Vec<ChainToken>) -> Vec<ChainToken> {
    if runs.iter().all(|run| run.text.len() <= MAX_TOKEN_LENGTH) {
        return runs;
    }
    let mut out = Vec::with_capacity(runs.len() + 1);
    for run in runs {
        let (mut from, mut units) = (0, 0);
        for (at, c) in run.text.char_indices() {
            units += c.len_utf16();
            let to = at + c.len_utf8();
            if units >= MAX_TOKEN_LENGTH || to == run.text.len() {
                out.push(ChainToken::new(&run.text[from..to], run.start + from, run.start + to));
                (from, units) = (to, 0);
            }
        }
    }
    out
}

fn between(pattern: &Regex, text: &str) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut from = 0;
    for found in pattern.find_iter(text) {
        if found.start() > from {
            out.push(ChainToken::new(&text[from..found.start()], from, found.start()));
        }
        from = found.end();
    }
    if from < text.len() {
        out.push(ChainToken::new(&text[from..], from, text.len()));
    }
    out
}

/// The grams of `run` that start at byte `at`, shortest first.
fn grams(run: &ChainToken, at: usize, min: usize, max: usize) -> Vec<ChainToken> {
    let mut out = Vec::new();
    for (count, (offset, c)) in run.text[at..].char_indices().enumerate().take(max) {
        if count + 1 >= min {
            let end = at + offset + c.len_utf8();
            out.push(ChainToken::new(&run.text[at..end], run.start + at, run.start + end));
        }
    }
    out
}

fn path(text: &str, delimiter: char, replacement: char, skip: usize, reverse: bool) -> Vec<ChainToken> {
    let replaced = |part: &str| part.replace(delimiter, replacement.encode_utf8(&mut [0; 4]));
    let mut out = Vec::new();
    let cuts: Vec<usize> = text.match_indices(delimiter).map(|(at, _)| at).filter(|at| *at > 0).collect();
    if reverse {
        let starts = [0].into_iter().chain(cuts.iter().map(|at| at + delimiter.len_utf8()));
        let end = if skip == 0 { text.len() } else { cuts.len().checked_sub(skip).and_then(|at| cuts.get(at)).copied().unwrap_or(0) };
        out.extend(starts.filter(|start| *start < end).map(|start| ChainToken::new(replaced(&text[start..end]), start, end)));
    } else {
        let start = if skip == 0 { 0 } else { cuts.get(skip - 1).copied().unwrap_or(text.len()) };
        let ends = cuts.iter().copied().filter(|end| *end > start).chain([text.len()]);
        out.extend(ends.filter(|end| *end > start).map(|end| ChainToken::new(replaced(&text[start..end]), start, end)));
    }
    for token in out.iter_mut().skip(1) {
        token.position_increment = 0;
    }
    out
}
