//! Field names with slashes. Lucene reads `home/city:oslo` as the word `home` and the beginning of a pattern; Azure AI
//! Search, which writes parts of complex fields so, reads a field. Their slashes are escaped before Lucene's grammar sees
//! them.

use std::borrow::Cow;

/// `text` with a backslash before every slash of a field name that stands before a colon.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains('/') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 4);
    let mut quoted = false;
    let mut begins = true;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !quoted
            && begins
            && let Some(path) = path(rest)
        {
            out.push_str(&path.replace('/', "\\/"));
            rest = &rest[path.len()..];
            begins = false;
            continue;
        }
        let taken = if c == '\\' { rest.chars().take(2).map(char::len_utf8).sum() } else { c.len_utf8() };
        quoted ^= c == '"';
        begins = matches!(c, '(' | '+' | '-' | '!') || super::is_blank(c);
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// The field name with a slash in it that `text` begins with, when a colon comes next.
fn path(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '/'))?;
    let (path, after) = text.split_at(end);
    let named = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic());
    (path.contains('/') && after.starts_with(':') && path.split('/').all(named)).then_some(path)
}
