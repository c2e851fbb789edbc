//! Synonyms in Solr's format inside an analysis chain: `a, b c` (each stands for all) and `a, b => c` (left becomes
//! right). Phrases on the left are looked for token by token, the longest first.

use tutti_index_schema::{SynonymRule, parse_synonym_rule};

use super::super::token::ChainToken;

/// Rules, each a phrase and what it becomes.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Synonyms {
    rules: Vec<(Vec<String>, Vec<Vec<String>>)>,
}

impl Synonyms {
    /// Reads rules. Without `expand` equivalent words all become the first.
    pub(in super::super) fn parse(lines: &[String], ignore_case: bool, expand: bool) -> Synonyms {
        let phrase = |text: &str| -> Vec<String> {
            text.split_whitespace().map(|token| if ignore_case { token.to_lowercase() } else { token.to_owned() }).collect()
        };
        let phrases =
            |terms: &[String]| -> Vec<Vec<String>> { terms.iter().map(|term| phrase(term)).filter(|words| !words.is_empty()).collect() };
        let mut synonyms = Synonyms::default();
        // Definitions are checked when they are read, so every line is a rule.
        for rule in lines.iter().filter_map(|line| parse_synonym_rule(line).ok()) {
            let (from, to) = match &rule {
                SynonymRule::Explicit { from, to } => (phrases(from), phrases(to)),
                SynonymRule::Equivalent(terms) if terms.len() < 2 => continue,
                SynonymRule::Equivalent(terms) => {
                    let all = phrases(terms);
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
    pub(in super::super) fn apply(&self, tokens: &[ChainToken]) -> Vec<ChainToken> {
        let mut out: Vec<ChainToken> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let fits = |phrase: &[String]| {
                tokens.len() - at >= phrase.len()
                    && phrase
                        .iter()
                        .zip(&tokens[at..])
                        .enumerate()
                        .all(|(nth, (wanted, token))| *wanted == token.text && (nth == 0 || token.position_increment == 1))
            };
            let Some((phrase, targets)) = self.rules.iter().find(|(phrase, _)| fits(phrase)) else {
                out.push(tokens[at].clone());
                at += 1;
                continue;
            };
            let (first, last) = (&tokens[at], &tokens[at + phrase.len() - 1]);
            let span = phrase.len() as u32;
            // Column by column: the first tokens of all replacements, then the second ones.
            let longest = targets.iter().map(Vec::len).max().unwrap_or(0).max(phrase.len());
            for column in 0..longest {
                let mut position_increment = if column == 0 { first.position_increment } else { 1 };
                for target in targets {
                    let Some(text) = target.get(column) else { continue };
                    if out
                        .iter()
                        .rev()
                        .take_while(|token| token.position_increment == 0)
                        .chain(out.last())
                        .any(|token| position_increment == 0 && token.text == *text)
                    {
                        continue;
                    }
                    let position_length = if target.len() == 1 { span } else { 1 };
                    out.push(ChainToken { position_increment, position_length, ..ChainToken::new(text.as_str(), first.start, last.end) });
                    position_increment = 0;
                }
            }
            at += phrase.len();
        }
        out
    }
}
