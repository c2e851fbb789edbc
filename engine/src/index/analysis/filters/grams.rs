//! Filters that make grams: of characters, of neighbouring words, of neighbouring CJK characters.

use std::collections::HashSet;

use super::super::chain::Word;
use super::contains;

/// Lucene's `NGramTokenFilter`: all grams of a word stand at its position.
pub(super) fn ngrams(words: &[Word], min: usize, max: usize) -> Vec<Word> {
    let mut out = Vec::new();
    let mut missed = 0;
    for word in words {
        let ends: Vec<usize> = word.text.char_indices().map(|(at, _)| at).chain([word.text.len()]).collect();
        let mut step = word.step + missed;
        let mut none = true;
        for from in 0..ends.len().saturating_sub(1) {
            for length in min..=max.min(ends.len() - 1 - from) {
                out.push(Word { step, ..word.with_text(&word.text[ends[from]..ends[from + length]]) });
                step = 0;
                none = false;
            }
        }
        missed = if none { step } else { 0 };
    }
    out
}

/// Lucene's `EdgeNGramTokenFilter`.
pub(super) fn edge_ngrams(words: &[Word], min: usize, max: usize, back: bool) -> Vec<Word> {
    let mut out = Vec::new();
    let mut missed = 0;
    for word in words {
        let ends: Vec<usize> = word.text.char_indices().map(|(at, _)| at).chain([word.text.len()]).collect();
        let mut step = word.step + missed;
        let mut none = true;
        for length in min..=max.min(ends.len() - 1) {
            let text = if back { &word.text[ends[ends.len() - 1 - length]..] } else { &word.text[..ends[length]] };
            out.push(Word { step, ..word.with_text(text) });
            step = 0;
            none = false;
        }
        missed = if none { step } else { 0 };
    }
    out
}

/// Lucene's `ShingleFilter`: runs of `min` to `max` words, with a filler where words were taken out.
pub(super) fn shingles(words: &[Word], min: usize, max: usize, unigrams: bool, separator: &str, filler: &str) -> Vec<Word> {
    // Holes become filler words, which begin no shingle.
    let mut all: Vec<(Word, bool)> = Vec::new();
    for word in words {
        for _ in 1..word.step {
            all.push((Word::new(filler, word.start, word.start), true));
        }
        all.push((word.clone(), false));
    }
    let mut out = Vec::new();
    let mut missed = 0;
    for (at, (word, hole)) in all.iter().enumerate() {
        if *hole {
            missed += 1;
            continue;
        }
        let mut step = 1 + missed;
        missed = 0;
        let before = out.len();
        if unigrams {
            out.push(Word { step, ..word.clone() });
            step = 0;
        }
        for size in min.max(2)..=max {
            let Some(run) = all.get(at..at + size) else { break };
            let text: Vec<&str> = run.iter().map(|(word, _)| word.text.as_str()).collect();
            let end = run.iter().map(|(word, _)| word.end).max().unwrap_or(word.end);
            out.push(Word { step, end, length: size as u32, ..word.with_text(text.join(separator)) });
            step = 0;
        }
        if out.len() == before {
            missed = step;
        }
    }
    out
}

/// Lucene's `CJKBigramFilter`: neighbouring Han, Hiragana, Katakana and Hangul characters in pairs.
pub(super) fn cjk_bigrams(words: Vec<Word>, unigrams: bool) -> Vec<Word> {
    let mut out = Vec::new();
    let mut run: Vec<Word> = Vec::new();
    for word in words {
        if !word.text.chars().all(is_cjk) {
            flush(&mut run, &mut out, unigrams);
            out.push(word);
            continue;
        }
        let mut at = word.start;
        for c in word.text.chars() {
            let end = (at + c.len_utf8()).min(word.end.max(at));
            if run.last().is_some_and(|last| last.end != at) {
                flush(&mut run, &mut out, unigrams);
            }
            run.push(Word::new(c, at, end));
            at = end;
        }
    }
    flush(&mut run, &mut out, unigrams);
    out
}

fn flush(run: &mut Vec<Word>, out: &mut Vec<Word>, unigrams: bool) {
    if let [only] = run.as_slice() {
        out.push(only.clone());
    }
    for pair in run.windows(2) {
        let bigram = Word { end: pair[1].end, ..pair[0].with_text(format!("{}{}", pair[0].text, pair[1].text)) };
        if unigrams {
            out.push(pair[0].clone());
            out.push(Word { step: 0, length: 2, ..bigram });
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

/// Lucene's `CommonGramsFilter`: frequent words also joined with their neighbours; for queries (`CommonGramsQueryFilter`)
/// only the joined forms where there are any.
pub(super) fn common_grams(words: &[Word], common: &HashSet<String>, ignore_case: bool, query: bool) -> Vec<Word> {
    let joined = |pair: &[Word]| pair[1].step == 1 && pair.iter().any(|word| contains(common, &word.text, ignore_case));
    let mut out = Vec::new();
    for at in 0..words.len() {
        let pair = words.get(at..at + 2).filter(|pair| joined(pair));
        let after = at > 0 && joined(&words[at - 1..=at]);
        let gram = pair.map(|pair| Word { end: pair[1].end, length: 2, ..pair[0].with_text(format!("{}_{}", pair[0].text, pair[1].text)) });
        match gram {
            Some(gram) if query => out.push(Word { length: 1, ..gram }),
            Some(gram) => {
                out.push(words[at].clone());
                out.push(Word { step: 0, ..gram });
            }
            None if query && after => {}
            None => out.push(words[at].clone()),
        }
    }
    out
}
