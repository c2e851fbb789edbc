//! Operations on the text of one word, as Lucene's `CharacterUtils` has them.

/// The lower case of a code point as a code point: `İ` is `i`, and a final sigma is not special.
#[inline]
pub(super) fn lowercase(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

/// The upper case of a code point as a code point: `ß` has none.
pub(super) fn uppercase(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

/// Appends `word` in lower case.
#[inline]
pub(super) fn push_lowercase(word: &str, out: &mut String) {
    if word.is_ascii() {
        let from = out.len();
        out.push_str(word);
        out[from..].make_ascii_lowercase();
    } else {
        out.extend(word.chars().map(lowercase));
    }
}
