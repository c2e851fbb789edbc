//! Synonyms in Solr's format inside an analysis chain: `a, b c` (each stands for all) and `a, b => c` (left becomes
//! right). Phrases on the left are looked for word by word, the longest first.

use super::chain::Word;

/// Rules, each a phrase and what it becomes.
#[derive(Clone, Debug, Default)]
pub(super) struct Synonyms {
    rules: Vec<(Vec<String>, Vec<Vec<String>>)>,
}

impl Synonyms {
    /// Reads rules. Without `expand` equivalent words all become the first.
    pub(super) fn parse(lines: &[String], ignore_case: bool, expand: bool) -> Synonyms {
        let phrase = |text: &str| -> Vec<String> {
            text.split_whitespace().map(|word| if ignore_case { word.to_lowercase() } else { word.to_owned() }).collect()
        };
        let list = |text: &str| -> Vec<Vec<String>> {
            split_commas(text).iter().map(|part| phrase(part)).filter(|words| !words.is_empty()).collect()
        };
        let mut synonyms = Synonyms::default();
        for line in lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (from, to) = match line.split_once("=>") {
                Some((from, to)) => (list(from), list(to)),
                None => {
                    let all = list(line);
                    let to = if expand { all.clone() } else { all.iter().take(1).cloned().collect() };
                    (all, to)
                }
            };
            for phrase in from {
                match synonyms.rules.iter_mut().find(|(known, _)| *known == phrase) {
                    Some((_, targets)) => targets.extend(to.iter().cloned()),
                    None => synonyms.rules.push((phrase, to.clone())),
                }
            }
        }
        synonyms.rules.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        synonyms
    }

    /// Replaces what matches. Words of a longer replacement follow each other; the positions of the text around stay.
    pub(super) fn apply(&self, words: &[Word]) -> Vec<Word> {
        let mut out: Vec<Word> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let fits = |phrase: &[String]| {
                words.len() - at >= phrase.len()
                    && phrase
                        .iter()
                        .zip(&words[at..])
                        .enumerate()
                        .all(|(nth, (wanted, word))| *wanted == word.text && (nth == 0 || word.step == 1))
            };
            let Some((phrase, targets)) = self.rules.iter().find(|(phrase, _)| fits(phrase)) else {
                out.push(words[at].clone());
                at += 1;
                continue;
            };
            let (first, last) = (&words[at], &words[at + phrase.len() - 1]);
            let span = phrase.len() as u32;
            // Column by column: the first words of all replacements, then the second ones.
            let longest = targets.iter().map(Vec::len).max().unwrap_or(0).max(phrase.len());
            for column in 0..longest {
                let mut step = if column == 0 { first.step } else { 1 };
                for target in targets {
                    let Some(text) = target.get(column) else { continue };
                    if out.iter().rev().take_while(|word| word.step == 0).chain(out.last()).any(|word| step == 0 && word.text == *text) {
                        continue;
                    }
                    let length = if target.len() == 1 { span } else { 1 };
                    out.push(Word { step, length, ..Word::new(text.as_str(), first.start, last.end) });
                    step = 0;
                }
            }
            at += phrase.len();
        }
        out
    }
}

/// Splits at commas that no backslash escapes.
fn split_commas(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ',' if !escaped => parts.push(String::new()),
            c => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
        escaped = false;
    }
    parts
}
