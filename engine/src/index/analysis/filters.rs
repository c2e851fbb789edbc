//! Token filters, by the names of Lucene's. Each takes the words of a text and gives back others.

mod grams;
mod parts;

use std::collections::HashSet;
use std::sync::Arc;

use frostem::{Algorithm, Stemmer};
use regex::Regex;

use super::chain::Word;
use super::folding;
use super::languages::StopList;
use super::synonyms::Synonyms;
pub(super) use parts::Delimiting;

/// A token filter.
#[derive(Clone)]
pub(super) enum Filter {
    Lowercase,
    Uppercase,
    /// A change of letters that keeps the word.
    Letters(fn(&str) -> String),
    /// Accents off; `keep` also gives the word as it was.
    AsciiFolding {
        keep: bool,
    },
    Trim,
    /// Takes words out, leaving a hole in the positions.
    Stop {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
    },
    /// Takes the words of one of tantivy's lists out.
    StopList(StopList),
    /// Takes all other words out.
    Keep {
        words: Arc<HashSet<String>>,
        ignore_case: bool,
    },
    Stem(Stemmer),
    /// Fixed stems for some words, which stemmers then leave alone.
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
    /// Stop words for a set of words.
    pub(super) fn stop(words: impl IntoIterator<Item = String>) -> Filter {
        Filter::Stop { words: Arc::new(words.into_iter().collect()), ignore_case: false }
    }

    /// What the filter does to a word that is not analysed: only changes of letters.
    pub(super) fn normalize(&self, word: String) -> String {
        match self {
            Filter::Lowercase | Filter::Uppercase | Filter::Letters(_) | Filter::Trim => self.change(&word).unwrap_or(word),
            Filter::AsciiFolding { .. } => folding::ascii(&word),
            _ => word,
        }
    }

    /// One word to one word, where the filter is of that kind.
    fn change(&self, word: &str) -> Option<String> {
        Some(match self {
            Filter::Lowercase => {
                let mut out = String::with_capacity(word.len());
                super::text::push_lowercase(word, &mut out);
                out
            }
            Filter::Uppercase => word.chars().map(super::text::uppercase).collect(),
            Filter::Letters(change) => change(word),
            Filter::Trim => word.trim().to_owned(),
            Filter::Possessive => {
                let cut = ["'s", "'S", "’s", "’S", "＇s", "＇S"].iter().find_map(|end| word.strip_suffix(end));
                cut.unwrap_or(word).to_owned()
            }
            Filter::Elision(articles) => match word.find(['\'', '’']) {
                Some(at) if articles.contains(&word[..at].to_lowercase()) => word[at..].chars().skip(1).collect(),
                _ => word.to_owned(),
            },
            Filter::Apostrophe => word.split(['\'', '’']).next().unwrap_or_default().to_owned(),
            Filter::Classic => {
                let without = word.strip_suffix("'s").or_else(|| word.strip_suffix("'S")).unwrap_or(word);
                let letters: Vec<&str> = without.trim_end_matches('.').split('.').collect();
                let acronym =
                    letters.len() > 1 && letters.iter().all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
                if acronym { letters.concat() } else { without.to_owned() }
            }
            Filter::Truncate(length) => word.chars().take(*length).collect(),
            Filter::Reverse => word.chars().rev().collect(),
            Filter::PatternReplace(pattern, with) => pattern.replace_all(word, with.as_str()).into_owned(),
            _ => return None,
        })
    }

    /// One stem, where the filter is a stemmer.
    fn stem(&self, word: &str) -> Option<String> {
        match self {
            // Porter, as Lucene has it, leaves words of two letters alone; no stemmer may leave nothing of a word.
            Filter::Stem(stemmer) if stemmer.algorithm() == Algorithm::Porter && word.chars().nth(2).is_none() => Some(word.to_owned()),
            Filter::Stem(stemmer) => Some(stemmer.stem(word).into_owned()).filter(|stem| !stem.is_empty()),
            Filter::StemWith(stem) => Some(stem(word)),
            _ => None,
        }
    }

    pub(super) fn apply(&self, mut words: Vec<Word>) -> Vec<Word> {
        match self {
            Filter::Stem(_) | Filter::StemWith(_) => {
                for word in words.iter_mut().filter(|word| !word.protected) {
                    word.text = self.stem(&word.text).unwrap_or_default();
                }
                words
            }
            Filter::StemOverride(rules) => {
                for word in &mut words {
                    if let Some((_, stem)) = rules.iter().find(|(from, _)| *from == word.text) {
                        word.text.clone_from(stem);
                        word.protected = true;
                    }
                }
                words
            }
            Filter::AsciiFolding { keep } => {
                let mut out = Vec::with_capacity(words.len());
                for word in words {
                    let folded = folding::ascii(&word.text);
                    if *keep && folded != word.text {
                        out.push(word.with_text(folded));
                        out.push(Word { step: 0, ..word });
                    } else {
                        out.push(word.with_text(folded));
                    }
                }
                out
            }
            Filter::Stop { words: stop, ignore_case } => retain(words, |word| !contains(stop, &word.text, *ignore_case)),
            Filter::StopList(list) => {
                let is_stop_word = list.test();
                retain(words, |word| !is_stop_word(&word.text))
            }
            Filter::Keep { words: keep, ignore_case } => retain(words, |word| contains(keep, &word.text, *ignore_case)),
            Filter::Length { min, max } => retain(words, |word| (*min..=*max).contains(&word.text.chars().count())),
            Filter::Limit(count) => {
                words.truncate(*count);
                words
            }
            Filter::Unique { same_position } => unique(words, *same_position),
            Filter::KeywordMarker { words: marked, ignore_case } => {
                for word in &mut words {
                    word.protected |= contains(marked, &word.text, *ignore_case);
                }
                words
            }
            Filter::KeywordRepeat => {
                let twice = |word: Word| [Word { protected: true, ..word.clone() }, Word { step: 0, protected: false, ..word }];
                words.into_iter().flat_map(twice).collect()
            }
            Filter::Shingle { min, max, unigrams, separator, filler } => grams::shingles(&words, *min, *max, *unigrams, separator, filler),
            Filter::NGram { min, max } => grams::ngrams(&words, *min, *max),
            Filter::EdgeNGram { min, max, back } => grams::edge_ngrams(&words, *min, *max, *back),
            Filter::CjkBigram { unigrams } => grams::cjk_bigrams(words, *unigrams),
            Filter::CommonGrams { words: common, ignore_case, query } => grams::common_grams(&words, common, *ignore_case, *query),
            Filter::PatternCapture { patterns, keep } => parts::captures(words, patterns, *keep),
            Filter::WordDelimiter(options) => parts::delimit(words, options),
            Filter::Decompound { words: known, min_word, min_part, max_part, longest } => {
                parts::decompound(words, known, *min_word, *min_part..=*max_part, *longest)
            }
            Filter::Synonym(synonyms) => synonyms.apply(&words),
            _ => {
                for word in &mut words {
                    if let Some(changed) = self.change(&word.text) {
                        word.text = changed;
                    }
                }
                retain(words, |word| !word.text.is_empty())
            }
        }
    }
}

fn contains(set: &HashSet<String>, word: &str, ignore_case: bool) -> bool {
    set.contains(word) || (ignore_case && set.contains(&word.to_lowercase()))
}

/// Takes words out; the next one that stays steps over their places.
fn retain(words: Vec<Word>, keep: impl Fn(&Word) -> bool) -> Vec<Word> {
    let mut missed = 0;
    let mut out = Vec::with_capacity(words.len());
    for mut word in words {
        if keep(&word) {
            word.step += missed;
            missed = 0;
            out.push(word);
        } else {
            missed += word.step;
        }
    }
    out
}

fn unique(words: Vec<Word>, same_position: bool) -> Vec<Word> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        if same_position && word.step > 0 {
            seen.clear();
        }
        if seen.insert(word.text.clone()) {
            out.push(word);
        }
    }
    out
}
