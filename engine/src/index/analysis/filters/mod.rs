//! Token filters, by the names of Lucene's. Each takes the tokens of a text and gives back others.

pub(super) mod folding;
mod grams;
mod parts;
mod stop_list;
mod synonyms;

use std::collections::HashSet;
use std::sync::Arc;

use frostem::{Algorithm, Stemmer};
use regex::Regex;

use super::token::ChainToken;
pub(super) use parts::Delimiting;
pub(super) use stop_list::StopList;
pub(super) use synonyms::Synonyms;

/// A token filter.
#[derive(Clone)]
pub(super) enum Filter {
    Lowercase,
    Uppercase,
    /// A change of letters that keeps the token.
    Letters(fn(&str) -> String),
    /// Accents off; `keep` also gives the token as it was.
    AsciiFolding {
        keep: bool,
    },
    Trim,
    /// Takes tokens out, leaving a hole in the positions.
    Stop {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
    },
    /// Takes the tokens of one of tantivy's lists out.
    StopList(StopList),
    /// Takes all other tokens out.
    Keep {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
    },
    Stem(Stemmer),
    /// Fixed stems for some tokens, which stemmers then leave alone.
    StemOverride(Arc<Vec<(String, String)>>),
    /// A stem of our own making.
    StemWith(fn(&str) -> String),
    /// `'s` off the end (`EnglishPossessiveFilter`).
    Possessive,
    /// `l'`, `d'`, `qu'` off the front (`ElisionFilter`).
    Elision(Arc<HashSet<String>>),
    /// From the apostrophe on (`ApostropheFilter`).
    Apostrophe,
    /// Dots of acronyms and `'s` (`ClassicFilter`).
    Classic,
    Length {
        min: usize,
        max: usize,
    },
    Limit(usize),
    Truncate(usize),
    Unique {
        same_position: bool,
    },
    Reverse,
    Shingle {
        min: usize,
        max: usize,
        unigrams: bool,
        separator: String,
        filler: String,
    },
    NGram {
        min: usize,
        max: usize,
    },
    EdgeNGram {
        min: usize,
        max: usize,
        back: bool,
    },
    CjkBigram {
        unigrams: bool,
    },
    KeywordMarker {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
    },
    KeywordRepeat,
    PatternReplace(Regex, String),
    PatternCapture {
        patterns: Arc<Vec<Regex>>,
        keep: bool,
    },
    WordDelimiter(Arc<Delimiting>),
    CommonGrams {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
        query: bool,
    },
    Decompound {
        words: Arc<HashSet<String>>,
        min_word: usize,
        min_part: usize,
        max_part: usize,
        longest: bool,
    },
    Synonym(Arc<Synonyms>),
}

impl Filter {
    /// A stop filter for a set of words.
    pub(super) fn stop(words: impl IntoIterator<Item = String>) -> Filter {
        Filter::Stop { words: Arc::new(words.into_iter().collect()), ignore_case: false }
    }

    /// What the filter does to a token that is not analysed: only changes of letters.
    pub(super) fn normalize(&self, token: String) -> String {
        match self {
            Filter::Lowercase | Filter::Uppercase | Filter::Letters(_) | Filter::Trim => self.change(&token).unwrap_or(token),
            Filter::AsciiFolding { .. } => folding::ascii(&token),
            _ => token,
        }
    }

    /// One token to one token, where the filter is of that kind.
    fn change(&self, token: &str) -> Option<String> {
        Some(match self {
            Filter::Lowercase => {
                let mut out = String::with_capacity(token.len());
                super::text::push_lowercase(token, &mut out);
                out
            }
            Filter::Uppercase => token.chars().map(super::text::uppercase).collect(),
            Filter::Letters(change) => change(token),
            Filter::Trim => token.trim().to_owned(),
            Filter::Possessive => {
                let cut = ["'s", "'S", "’s", "’S", "＇s", "＇S"].iter().find_map(|end| token.strip_suffix(end));
                cut.unwrap_or(token).to_owned()
            }
            Filter::Elision(articles) => match token.find(['\'', '’']) {
                Some(at) if articles.contains(&token[..at].to_lowercase()) => token[at..].chars().skip(1).collect(),
                _ => token.to_owned(),
            },
            Filter::Apostrophe => token.split(['\'', '’']).next().unwrap_or_default().to_owned(),
            Filter::Classic => {
                let without = token.strip_suffix("'s").or_else(|| token.strip_suffix("'S")).unwrap_or(token);
                let letters: Vec<&str> = without.trim_end_matches('.').split('.').collect();
                let acronym =
                    letters.len() > 1 && letters.iter().all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
                if acronym { letters.concat() } else { without.to_owned() }
            }
            Filter::Truncate(length) => token.chars().take(*length).collect(),
            Filter::Reverse => token.chars().rev().collect(),
            Filter::PatternReplace(pattern, with) => pattern.replace_all(token, with.as_str()).into_owned(),
            _ => return None,
        })
    }

    /// One stem, where the filter is a stemmer.
    fn stem(&self, token: &str) -> Option<String> {
        match self {
            // Porter, as Lucene has it, leaves tokens of two letters alone; no stemmer may leave nothing of a token.
            Filter::Stem(stemmer) if stemmer.algorithm() == Algorithm::Porter && token.chars().nth(2).is_none() => Some(token.to_owned()),
            Filter::Stem(stemmer) => Some(stemmer.stem(token).into_owned()).filter(|stem| !stem.is_empty()),
            Filter::StemWith(stem) => Some(stem(token)),
            _ => None,
        }
    }

    /// The tokens of a text to others.
    pub(super) fn apply(&self, tokens: Vec<ChainToken>) -> Vec<ChainToken> {
        match self {
            Filter::Stem(_) | Filter::StemWith(_) | Filter::StemOverride(_) | Filter::KeywordMarker { .. } | Filter::KeywordRepeat => {
                self.stem_or_mark(tokens)
            }
            Filter::Stop { .. }
            | Filter::StopList(_)
            | Filter::Keep { .. }
            | Filter::Length { .. }
            | Filter::Limit(_)
            | Filter::Unique { .. } => self.leave_out(tokens),
            Filter::AsciiFolding { keep } => fold(tokens, *keep),
            Filter::Shingle { min, max, unigrams, separator, filler } => grams::shingles(&tokens, *min, *max, *unigrams, separator, filler),
            Filter::NGram { min, max } => grams::ngrams(&tokens, *min, *max),
            Filter::EdgeNGram { min, max, back } => grams::edge_ngrams(&tokens, *min, *max, *back),
            Filter::CjkBigram { unigrams } => grams::cjk_bigrams(tokens, *unigrams),
            Filter::CommonGrams { words, ignore_case, query } => grams::common_grams(&tokens, words, *ignore_case, *query),
            Filter::PatternCapture { patterns, keep } => parts::captures(tokens, patterns, *keep),
            Filter::WordDelimiter(options) => parts::delimit(tokens, options),
            Filter::Decompound { words, min_word, min_part, max_part, longest } => {
                parts::decompound(tokens, words, *min_word, *min_part..=*max_part, *longest)
            }
            Filter::Synonym(synonyms) => synonyms.apply(&tokens),
            _ => self.change_each(tokens),
        }
    }

    /// Stemmers, and what tells them to leave a token alone.
    fn stem_or_mark(&self, mut tokens: Vec<ChainToken>) -> Vec<ChainToken> {
        match self {
            Filter::StemOverride(rules) => {
                for token in &mut tokens {
                    if let Some((_, stem)) = rules.iter().find(|(from, _)| *from == token.text) {
                        token.text.clone_from(stem);
                        token.keyword = true;
                    }
                }
                tokens
            }
            Filter::KeywordMarker { words, ignore_case } => {
                for token in &mut tokens {
                    token.keyword |= contains(words, &token.text, *ignore_case);
                }
                tokens
            }
            Filter::KeywordRepeat => {
                let twice = |token: ChainToken| {
                    [ChainToken { keyword: true, ..token.clone() }, ChainToken { position_increment: 0, keyword: false, ..token }]
                };
                tokens.into_iter().flat_map(twice).collect()
            }
            _ => {
                for token in tokens.iter_mut().filter(|token| !token.keyword) {
                    token.text = self.stem(&token.text).unwrap_or_default();
                }
                tokens
            }
        }
    }

    /// Filters that only take tokens out.
    fn leave_out(&self, mut tokens: Vec<ChainToken>) -> Vec<ChainToken> {
        match self {
            Filter::Stop { words, ignore_case } => retain(tokens, |token| !contains(words, &token.text, *ignore_case)),
            Filter::StopList(list) => {
                let is_stop_word = list.test();
                retain(tokens, |token| !is_stop_word(&token.text))
            }
            Filter::Keep { words, ignore_case } => retain(tokens, |token| contains(words, &token.text, *ignore_case)),
            Filter::Length { min, max } => retain(tokens, |token| (*min..=*max).contains(&token.text.chars().count())),
            Filter::Limit(count) => {
                tokens.truncate(*count);
                tokens
            }
            Filter::Unique { same_position } => unique(tokens, *same_position),
            _ => tokens,
        }
    }

    /// Filters that change every token by itself; what nothing is left of goes.
    fn change_each(&self, mut tokens: Vec<ChainToken>) -> Vec<ChainToken> {
        for token in &mut tokens {
            if let Some(changed) = self.change(&token.text) {
                token.text = changed;
            }
        }
        retain(tokens, |token| !token.text.is_empty())
    }
}

/// Accents off; with `keep` each token that changes also stays as it was.
fn fold(tokens: Vec<ChainToken>, keep: bool) -> Vec<ChainToken> {
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        let folded = folding::ascii(&token.text);
        let changed = folded != token.text;
        out.push(token.with_text(folded));
        if keep && changed {
            out.push(ChainToken { position_increment: 0, ..token });
        }
    }
    out
}

fn contains(set: &HashSet<String>, token: &str, ignore_case: bool) -> bool {
    set.contains(token) || (ignore_case && set.contains(&token.to_lowercase()))
}

/// Takes tokens out; the next one that stays steps over their places.
fn retain(tokens: Vec<ChainToken>, keep: impl Fn(&ChainToken) -> bool) -> Vec<ChainToken> {
    let mut missed = 0;
    let mut out = Vec::with_capacity(tokens.len());
    for mut token in tokens {
        if keep(&token) {
            token.position_increment += missed;
            missed = 0;
            out.push(token);
        } else {
            missed += token.position_increment;
        }
    }
    out
}

fn unique(tokens: Vec<ChainToken>, same_position: bool) -> Vec<ChainToken> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut out: Vec<ChainToken> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if same_position && token.position_increment > 0 {
            seen.clear();
        }
        if seen.insert(token.text.clone()) {
            out.push(token);
        }
    }
    out
}
