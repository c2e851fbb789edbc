//! Synonym maps in Solr's format. One rule per line: `a, b, c` (each means all) or `a, b => c, d` (left becomes right);
//! `\` takes the next character literally, `#` begins a comment line. Applying them to queries is the engine's business.

/// A named list of synonym rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymMap {
    /// The name fields refer to.
    pub name: String,
    /// The rules, in the order written.
    pub rules: Vec<SynonymRule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SynonymRule {
    /// `a, b, c`: each stands for all.
    Equivalent(Vec<String>),
    /// `a, b => c`: what is on the left is replaced by what is on the right.
    Explicit {
        /// What is replaced.
        from: Vec<String>,
        /// What takes its place.
        to: Vec<String>,
    },
}

/// A error in a synonym map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct SynonymError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// Solr rules expand to at most this many terms (Azure's limit, too).
const MAX_TERMS: usize = 20;
const MAX_RULES: usize = 20_000;

impl SynonymMap {
    /// Reads the rules of a map, one per line.
    ///
    /// # Errors
    /// Every line that is not a rule; and too many rules.
    pub fn parse(name: &str, text: &str) -> Result<SynonymMap, Vec<SynonymError>> {
        let mut rules = Vec::new();
        let mut errors = Vec::new();
        if !crate::names::is_index_name(name) {
            errors.push(SynonymError {
                line: 1,
                column: 1,
                what: format!(
                    "`{}` cannot name a synonym map; use 2 to 128 lower-case letters, digits, `-` or `_`",
                    crate::names::shown(name)
                ),
            });
        }
        // A carriage return alone ends a line, too: no term can hold one, so every map can be written as text again.
        for (i, line) in text.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            match parse_rule(line) {
                Ok(rule) => rules.push(rule),
                Err(error) => errors.push(SynonymError { line: i + 1, column: error.column, what: error.what }),
            }
        }
        if rules.len() > MAX_RULES {
            errors.push(SynonymError { line: 1, column: 1, what: format!("{} rules; at most {MAX_RULES} are allowed", rules.len()) });
        }
        if errors.is_empty() { Ok(SynonymMap { name: name.to_owned(), rules }) } else { Err(errors) }
    }

    /// The rules as text that [`SynonymMap::parse`] reads back.
    pub fn to_solr(&self) -> String {
        let list = |terms: &[String]| terms.iter().map(|term| escape(term)).collect::<Vec<_>>().join(", ");
        let mut out = String::new();
        for rule in &self.rules {
            match rule {
                SynonymRule::Equivalent(terms) => out.push_str(&list(terms)),
                SynonymRule::Explicit { from, to } => out.push_str(&format!("{} => {}", list(from), list(to))),
            }
            out.push('\n');
        }
        out
    }
}

/// What is wrong within one rule.
pub(crate) struct RuleError {
    pub(crate) column: usize,
    pub(crate) what: String,
}

/// Reads one rule: a line that is neither empty nor a comment.
///
/// # Errors
/// What is wrong with it; the line is 1.
pub fn parse_synonym_rule(line: &str) -> Result<SynonymRule, SynonymError> {
    parse_rule(line).map_err(|error| SynonymError { line: 1, column: error.column, what: error.what })
}

/// Reads one line that is neither empty nor a comment.
pub(crate) fn parse_rule(line: &str) -> Result<SynonymRule, RuleError> {
    let mut sides: Vec<Vec<String>> = vec![Vec::new()];
    let mut term = String::new();
    let mut start = 1;
    // Spaces at the ends of a term do not count unless escaped: `kept` is the length up to the last character that does.
    let mut kept = 0;
    let mut chars = line.chars().enumerate().peekable();
    let finish = |term: &mut String, kept: &mut usize, start: usize, side: &mut Vec<String>| {
        term.truncate(*kept);
        if term.is_empty() {
            return Err(RuleError { column: start, what: "a term is missing here".to_owned() });
        }
        side.push(std::mem::take(term));
        *kept = 0;
        Ok(())
    };
    while let Some((i, c)) = chars.next() {
        let last = sides.len() - 1;
        match c {
            '\\' => {
                let Some((_, next)) = chars.next() else {
                    return Err(RuleError { column: i + 1, what: "`\\` at the end of the line escapes nothing".to_owned() });
                };
                term.push(next);
                kept = term.len();
            }
            ',' => {
                finish(&mut term, &mut kept, start, &mut sides[last])?;
                start = i + 2;
            }
            '=' if chars.peek().is_some_and(|(_, next)| *next == '>') => {
                chars.next();
                if sides.len() == 2 {
                    return Err(RuleError { column: i + 1, what: "a second `=>`; a rule has at most one".to_owned() });
                }
                finish(&mut term, &mut kept, start, &mut sides[last])?;
                sides.push(Vec::new());
                start = i + 3;
            }
            c if c.is_whitespace() && term.is_empty() => {}
            c => {
                term.push(c);
                if !c.is_whitespace() {
                    kept = term.len();
                }
            }
        }
    }
    let last = sides.len() - 1;
    finish(&mut term, &mut kept, start, &mut sides[last])?;
    if let Some(side) = sides.iter().find(|side| side.len() > MAX_TERMS) {
        return Err(RuleError { column: 1, what: format!("{} terms on one side; at most {MAX_TERMS} are allowed", side.len()) });
    }
    let to = if sides.len() == 2 { sides.pop() } else { None };
    let from = sides.pop().unwrap_or_default();
    match to {
        Some(to) => Ok(SynonymRule::Explicit { from, to }),
        // A rule of one term is allowed, as in Lucene, and says nothing.
        None => Ok(SynonymRule::Equivalent(from)),
    }
}

fn escape(term: &str) -> String {
    let mut out = String::with_capacity(term.len());
    let last = term.chars().count().saturating_sub(1);
    for (i, c) in term.chars().enumerate() {
        let at_end = c.is_whitespace() && (i == 0 || i == last);
        if matches!(c, ',' | '\\' | '=') || (c == '#' && i == 0) || at_end {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
