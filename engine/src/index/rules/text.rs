//! When two queries, or two filters, are the same.

use unicode_normalization::UnicodeNormalization as _;

/// A query in NFC, lower case, with single blanks.
pub(super) fn same_query(text: &str) -> String {
    let lower = text.nfc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the words of one query stand in a row in another; both as [`same_query`] has them.
pub(super) fn contains(query: &str, words: &str) -> bool {
    format!(" {query} ").contains(&format!(" {words} "))
}

/// A filter without blanks that say nothing and without parentheses around all of it. Text in quotes stays as it is.
pub(super) fn same_filter(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut blank) = (false, false);
    for letter in text.chars() {
        if !quoted && letter.is_whitespace() {
            blank = true;
            continue;
        }
        // Between two words a blank says something.
        if blank && is_word(letter) && out.chars().next_back().is_some_and(is_word) {
            out.push(' ');
        }
        blank = false;
        if letter == '\'' {
            quoted = !quoted;
        }
        out.push(letter);
    }
    let mut inner = out.as_str();
    while let Some(rest) = without_parentheses(inner) {
        inner = rest;
    }
    inner.to_owned()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// What stands between the first and the last character, if these are parentheses that belong together.
fn without_parentheses(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let (mut depth, mut quoted) = (0_usize, false);
    for letter in inner.chars() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0 && !quoted).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::{contains, same_filter, same_query};

    #[test]
    fn queries_are_the_same_but_for_case_and_blanks() {
        assert_eq!(same_query("  Moon \t RIVER "), "moon river");
        assert_eq!(same_query("Cafe\u{301}"), "caf\u{e9}");
    }

    #[test]
    fn words_are_contained_in_a_row() {
        for (query, words, held) in [
            ("blue moon river", "moon river", true),
            ("moon blue river", "moon river", false),
            ("moons", "moon", false),
            ("moon", "moon", true),
            ("", "moon", false),
        ] {
            assert_eq!(contains(query, words), held, "{query}");
        }
    }

    #[test]
    fn filters_are_the_same_but_for_blanks_and_outer_parentheses() {
        for same in [" year  ge 1980 ", "(year ge 1980)", "( (year ge 1980 ))", "((year\nge 1980))"] {
            assert_eq!(same_filter(same), "year ge 1980", "{same}");
        }
        for (text, other) in [("a eq ' b'", "a eq 'b'"), ("not live", "notlive"), ("(a) or (b)", "a or b"), ("(a eq ')') or (b)", "a")] {
            assert_ne!(same_filter(text), same_filter(other), "{text}");
        }
        assert_eq!(same_filter("tags/any(t: t eq 'Rock')"), same_filter("( tags/any( t:t  eq 'Rock' ) )"));
    }
}
