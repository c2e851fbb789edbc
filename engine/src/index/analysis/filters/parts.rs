//! Filters that take words apart.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use regex::Regex;

use super::super::chain::Word;

/// Options of Lucene's `WordDelimiterFilter`.
#[derive(Clone, Debug)]
pub(in super::super) struct Delimiting {
    pub(in super::super) word_parts: bool,
    pub(in super::super) number_parts: bool,
    pub(in super::super) catenate_words: bool,
    pub(in super::super) catenate_numbers: bool,
    pub(in super::super) catenate_all: bool,
    pub(in super::super) case_changes: bool,
    pub(in super::super) numerics: bool,
    pub(in super::super) keep: bool,
    pub(in super::super) possessive: bool,
    pub(in super::super) protected: HashSet<String>,
}

impl Default for Delimiting {
    fn default() -> Delimiting {
        Delimiting {
            word_parts: true,
            number_parts: true,
            catenate_words: false,
            catenate_numbers: false,
            catenate_all: false,
            case_changes: true,
            numerics: true,
            keep: false,
            possessive: true,
            protected: HashSet::new(),
        }
    }
}

/// A part of a word: its bytes and whether it is a number.
struct Part {
    start: usize,
    end: usize,
    number: bool,
}

/// Lucene's `WordDelimiterFilter`: at signs, changes of case and between letters and digits.
pub(super) fn delimit(words: Vec<Word>, options: &Delimiting) -> Vec<Word> {
    let mut out = Vec::new();
    let mut missed = 0;
    for word in words {
        if options.protected.contains(&word.text) {
            out.push(Word { step: word.step + missed, ..word });
            missed = 0;
            continue;
        }
        let parts = split(&word.text, options);
        let straight = word.end - word.start == word.text.len();
        let cut = |start: usize, end: usize, text: String, step: u32| {
            let (from, to) = if straight { (word.start + start, word.start + end) } else { (word.start, word.end) };
            Word { start: from, end: to, step, ..word.with_text(text) }
        };
        let before = out.len();
        let mut step = word.step + missed;
        if options.keep || (parts.len() == 1 && parts[0].end - parts[0].start == word.text.len()) {
            out.push(Word { step, ..word.clone() });
            step = 0;
        }
        if parts.len() > 1 || parts.iter().any(|part| part.end - part.start < word.text.len()) {
            for (at, part) in parts.iter().enumerate() {
                if if part.number { options.number_parts } else { options.word_parts } {
                    let first = out.len() == before || at == 0;
                    out.push(cut(part.start, part.end, word.text[part.start..part.end].to_owned(), if first { step } else { 1 }));
                    step = if first { 0 } else { step };
                }
                let kind = if part.number { options.catenate_numbers } else { options.catenate_words };
                let run_starts = at == 0 || parts[at - 1].number != part.number;
                let run = parts[at..].iter().take_while(|other| other.number == part.number).count();
                if kind && run_starts && run > 1 {
                    out.push(joined(&word, &parts[at..at + run], cut, if out.len() == before { step } else { 0 }));
                }
            }
            if options.catenate_all && parts.len() > 1 {
                out.push(joined(&word, &parts, cut, if out.len() == before { step } else { 0 }));
            }
        }
        missed = if out.len() == before { step } else { 0 };
    }
    out
}

fn joined(word: &Word, parts: &[Part], cut: impl Fn(usize, usize, String, u32) -> Word, step: u32) -> Word {
    let text = parts.iter().map(|part| &word.text[part.start..part.end]).collect();
    let (start, end) = (parts.first().map_or(0, |part| part.start), parts.last().map_or(0, |part| part.end));
    cut(start, end, text, step)
}

fn split(text: &str, options: &Delimiting) -> Vec<Part> {
    let text = if options.possessive { text.strip_suffix("'s").or_else(|| text.strip_suffix("'S")).unwrap_or(text) } else { text };
    let mut parts: Vec<Part> = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            let number = c.is_numeric();
            let end = at + c.len_utf8();
            let goes_on = parts.last().is_some_and(|part| {
                part.end == at
                    && !(options.numerics && part.number != number)
                    && !(options.case_changes && before.is_lowercase() && c.is_uppercase())
            });
            match parts.last_mut() {
                Some(part) if goes_on => part.end = end,
                _ => parts.push(Part { start: at, end, number }),
            }
        }
        before = c;
    }
    parts
}

/// Lucene's `PatternCaptureGroupTokenFilter`.
pub(super) fn captures(words: Vec<Word>, patterns: &[Regex], keep: bool) -> Vec<Word> {
    let mut out = Vec::new();
    for word in words {
        let before = out.len();
        if keep {
            out.push(word.clone());
        }
        for pattern in patterns {
            for captures in pattern.captures_iter(&word.text) {
                for group in captures.iter().skip(1).flatten().filter(|group| !group.is_empty() && group.as_str() != word.text) {
                    let step = if out.len() == before { word.step } else { 0 };
                    out.push(Word { step, ..word.with_text(group.as_str()) });
                }
            }
        }
        if out.len() == before {
            out.push(word);
        }
    }
    out
}

/// Lucene's `DictionaryCompoundWordTokenFilter`: the word and the known words in it.
pub(super) fn decompound(
    words: Vec<Word>,
    known: &HashSet<String>,
    min_word: usize,
    parts: RangeInclusive<usize>,
    longest: bool,
) -> Vec<Word> {
    let mut out = Vec::new();
    for word in words {
        let letters: Vec<usize> = word.text.char_indices().map(|(at, _)| at).chain([word.text.len()]).collect();
        let mut found = Vec::new();
        if letters.len() > min_word {
            for from in 0..letters.len() - 1 {
                let mut best = None;
                for length in parts.clone() {
                    let Some(end) = letters.get(from + length) else { break };
                    let part = &word.text[letters[from]..*end];
                    if known.contains(&part.to_lowercase()) {
                        if !longest {
                            found.push(part.to_owned());
                        }
                        best = Some(part);
                    }
                }
                if longest {
                    found.extend(best.map(str::to_owned));
                }
            }
        }
        let places: Vec<Word> = found.into_iter().map(|text| Word { step: 0, ..word.with_text(text) }).collect();
        out.push(word);
        out.extend(places);
    }
    out
}
