//! Filters that take tokens apart.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use regex::Regex;

use super::super::token::ChainToken;

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

/// A part of a token: its bytes and whether it is a number.
struct Part {
    start: usize,
    end: usize,
    number: bool,
}

/// Lucene's `WordDelimiterFilter`: at signs, changes of case and between letters and digits.
pub(super) fn delimit(tokens: Vec<ChainToken>, options: &Delimiting) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut missed = 0;
    for token in tokens {
        if options.protected.contains(&token.text) {
            out.push(ChainToken { position_increment: token.position_increment + missed, ..token });
            missed = 0;
            continue;
        }
        let parts = split(&token.text, options);
        let straight = token.end - token.start == token.text.len();
        let cut = |start: usize, end: usize, text: String, position_increment: u32| {
            let (from, to) = if straight { (token.start + start, token.start + end) } else { (token.start, token.end) };
            ChainToken { start: from, end: to, position_increment, ..token.with_text(text) }
        };
        let before = out.len();
        let mut position_increment = token.position_increment + missed;
        if options.keep || (parts.len() == 1 && parts[0].end - parts[0].start == token.text.len()) {
            out.push(ChainToken { position_increment, ..token.clone() });
            position_increment = 0;
        }
        if parts.len() > 1 || parts.iter().any(|part| part.end - part.start < token.text.len()) {
            for (at, part) in parts.iter().enumerate() {
                if if part.number { options.number_parts } else { options.word_parts } {
                    let first = out.len() == before || at == 0;
                    out.push(cut(
                        part.start,
                        part.end,
                        token.text[part.start..part.end].to_owned(),
                        if first { position_increment } else { 1 },
                    ));
                    position_increment = if first { 0 } else { position_increment };
                }
                let kind = if part.number { options.catenate_numbers } else { options.catenate_words };
                let run_starts = at == 0 || parts[at - 1].number != part.number;
                let run = parts[at..].iter().take_while(|other| other.number == part.number).count();
                if kind && run_starts && run > 1 {
                    out.push(joined(&token, &parts[at..at + run], cut, if out.len() == before { position_increment } else { 0 }));
                }
            }
            if options.catenate_all && parts.len() > 1 {
                out.push(joined(&token, &parts, cut, if out.len() == before { position_increment } else { 0 }));
            }
        }
        missed = if out.len() == before { position_increment } else { 0 };
    }
    out
}

fn joined(
    token: &ChainToken,
    parts: &[Part],
    cut: impl Fn(usize, usize, String, u32) -> ChainToken,
    position_increment: u32,
) -> ChainToken {
    let text = parts.iter().map(|part| &token.text[part.start..part.end]).collect();
    let (start, end) = (parts.first().map_or(0, |part| part.start), parts.last().map_or(0, |part| part.end));
    cut(start, end, text, position_increment)
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
pub(super) fn captures(tokens: Vec<ChainToken>, patterns: &[Regex], keep: bool) -> Vec<ChainToken> {
    let mut out = Vec::new();
    for token in tokens {
        let before = out.len();
        if keep {
            out.push(token.clone());
        }
        for pattern in patterns {
            for captures in pattern.captures_iter(&token.text) {
                for group in captures.iter().skip(1).flatten().filter(|group| !group.is_empty() && group.as_str() != token.text) {
                    let position_increment = if out.len() == before { token.position_increment } else { 0 };
                    out.push(ChainToken { position_increment, ..token.with_text(group.as_str()) });
                }
            }
        }
        if out.len() == before {
            out.push(token);
        }
    }
    out
}

/// Lucene's `DictionaryCompoundWordTokenFilter`: the token and the known tokens in it.
pub(super) fn decompound(
    tokens: Vec<ChainToken>,
    known: &HashSet<String>,
    min_word: usize,
    parts: RangeInclusive<usize>,
    longest: bool,
) -> Vec<ChainToken> {
    let mut out = Vec::new();
    for token in tokens {
        let letters: Vec<usize> = token.text.char_indices().map(|(at, _)| at).chain([token.text.len()]).collect();
        let mut found = Vec::new();
        if letters.len() > min_word {
            for from in 0..letters.len() - 1 {
                let mut best = None;
                for length in parts.clone() {
                    let Some(end) = letters.get(from + length) else { break };
                    let part = &token.text[letters[from]..*end];
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
        let places: Vec<ChainToken> = found.into_iter().map(|text| ChainToken { position_increment: 0, ..token.with_text(text) }).collect();
        out.push(token);
        out.extend(places);
    }
    out
}
