//! Filters that make grams: of characters, of neighbouring tokens, of neighbouring CJK characters.

use std::collections::HashSet;

use super::super::token::ChainToken;
use super::contains;

/// Lucene's `NGramTokenFilter`: all grams of a token stand at its position.
pub(super) fn ngrams(tokens: &[ChainToken], min: usize, max: usize) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut missed = 0;
    for token in tokens {
        let ends: Vec<usize> = token.text.char_indices().map(|(at, _)| at).chain([token.text.len()]).collect();
        let mut position_increment = token.position_increment + missed;
        let mut none = true;
        for from in 0..ends.len().saturating_sub(1) {
            for length in min..=max.min(ends.len() - 1 - from) {
                out.push(ChainToken { position_increment, ..token.with_text(&token.text[ends[from]..ends[from + length]]) });
                position_increment = 0;
                none = false;
            }
        }
        missed = if none { position_increment } else { 0 };
    }
    out
}

/// Lucene's `EdgeNGramTokenFilter`.
pub(super) fn edge_ngrams(tokens: &[ChainToken], min: usize, max: usize, back: bool) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut missed = 0;
    for token in tokens {
        let ends: Vec<usize> = token.text.char_indices().map(|(at, _)| at).chain([token.text.len()]).collect();
        let mut position_increment = token.position_increment + missed;
        let mut none = true;
        for length in min..=max.min(ends.len() - 1) {
            let text = if back { &token.text[ends[ends.len() - 1 - length]..] } else { &token.text[..ends[length]] };
            out.push(ChainToken { position_increment, ..token.with_text(text) });
            position_increment = 0;
            none = false;
        }
        missed = if none { position_increment } else { 0 };
    }
    out
}

/// Lucene's `ShingleFilter`: runs of `min` to `max` tokens, with a filler where tokens were taken out.
pub(super) fn shingles(tokens: &[ChainToken], min: usize, max: usize, unigrams: bool, separator: &str, filler: &str) -> Vec<ChainToken> {
    // Holes become filler tokens, which begin no shingle.
    let mut all: Vec<(ChainToken, bool)> = Vec::new();
    for token in tokens {
        for _ in 1..token.position_increment {
            all.push((ChainToken::new(filler, token.start, token.start), true));
        }
        all.push((token.clone(), false));
    }
    let mut out = Vec::new();
    let mut missed = 0;
    for (at, (token, hole)) in all.iter().enumerate() {
        if *hole {
            missed += 1;
            continue;
        }
        let mut position_increment = 1 + missed;
        missed = 0;
        let before = out.len();
        if unigrams {
            out.push(ChainToken { position_increment, ..token.clone() });
            position_increment = 0;
        }
        for size in min.max(2)..=max {
            let Some(run) = all.get(at..at + size) else { break };
            let text: Vec<&str> = run.iter().map(|(token, _)| token.text.as_str()).collect();
            let end = run.iter().map(|(token, _)| token.end).max().unwrap_or(token.end);
            out.push(ChainToken { position_increment, end, position_length: size as u32, ..token.with_text(text.join(separator)) });
            position_increment = 0;
        }
        if out.len() == before {
            missed = position_increment;
        }
    }
    out
}

/// Lucene's `CJKBigramFilter`: neighbouring Han, Hiragana, Katakana and Hangul characters in pairs.
pub(super) fn cjk_bigrams(tokens: Vec<ChainToken>, unigrams: bool) -> Vec<ChainToken> {
    let mut out = Vec::new();
    let mut run: Vec<ChainToken> = Vec::new();
    for token in tokens {
        if !token.text.chars().all(is_cjk) {
            flush(&mut run, &mut out, unigrams);
            out.push(token);
            continue;
        }
        let mut at = token.start;
        for c in token.text.chars() {
            let end = (at + c.len_utf8()).min(token.end.max(at));
            if run.last().is_some_and(|last| last.end != at) {
                flush(&mut run, &mut out, unigrams);
            }
            run.push(ChainToken::new(c, at, end));
            at = end;
        }
    }
    flush(&mut run, &mut out, unigrams);
    out
}

fn flush(run: &mut Vec<ChainToken>, out: &mut Vec<ChainToken>, unigrams: bool) {
    if let [only] = run.as_slice() {
        out.push(only.clone());
    }
    for pair in run.windows(2) {
        let bigram = ChainToken { end: pair[1].end, ..pair[0].with_text(format!("{}{}", pair[0].text, pair[1].text)) };
        if unigrams {
            out.push(pair[0].clone());
            out.push(ChainToken { position_increment: 0, position_length: 2, ..bigram });
        } else {
            out.push(bigram);
        }
    }
    if let (true, [_, .., last]) = (unigrams, run.as_slice()) {
        out.push(last.clone());
    }
    run.clear();
}

fn is_cjk(c: char) -> bool {
    matches!(c as u32,
        0x1100..=0x11FF | 0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3130..=0x318F | 0x31F0..=0x31FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

/// Lucene's `CommonGramsFilter`: frequent tokens also joined with their neighbours; for queries (`CommonGramsQueryFilter`)
/// only the joined forms where there are any.
pub(super) fn common_grams(tokens: &[ChainToken], common: &HashSet<String>, ignore_case: bool, query: bool) -> Vec<ChainToken> {
    let joined =
        |pair: &[ChainToken]| pair[1].position_increment == 1 && pair.iter().any(|token| contains(common, &token.text, ignore_case));
    let mut out = Vec::new();
    for at in 0..tokens.len() {
        let pair = tokens.get(at..at + 2).filter(|pair| joined(pair));
        let after = at > 0 && joined(&tokens[at - 1..=at]);
        let gram = pair.map(|pair| ChainToken {
            end: pair[1].end,
            position_length: 2,
            ..pair[0].with_text(format!("{}_{}", pair[0].text, pair[1].text))
        });
        match gram {
            Some(gram) if query => out.push(ChainToken { position_length: 1, ..gram }),
            Some(gram) => {
                out.push(tokens[at].clone());
                out.push(ChainToken { position_increment: 0, ..gram });
            }
            None if query && after => {}
            None => out.push(tokens[at].clone()),
        }
    }
    out
}
