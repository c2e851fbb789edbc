//! Marking words in a value, and choosing the pieces of it worth showing. Pure text: which words matched is decided
//! elsewhere.

use std::ops::Range;

/// How marks are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HighlightOptions {
    /// Put before each mark.
    pub(crate) pre_tag: String,
    /// Put after each mark.
    pub(crate) post_tag: String,
    /// Characters a fragment should have; 0 is the whole value.
    pub(crate) fragment_chars: usize,
    /// Fragments at most.
    pub(crate) max_fragments: usize,
    /// Replaces `&`, `<` and `>` between the tags.
    pub(crate) escape_html: bool,
}

/// The best fragments of `text` with the byte ranges `marks` marked, in text order. Fragments with more marks come
/// first when there are too many. Marks that do not lie on character boundaries are left out.
pub(crate) fn highlight(text: &str, marks: &[Range<usize>], options: &HighlightOptions) -> Vec<String> {
    let marks = merged(text, marks);
    if marks.is_empty() || options.max_fragments == 0 {
        return Vec::new();
    }
    if options.fragment_chars == 0 {
        return vec![marked(text, 0..text.len(), &marks, options)];
    }
    let mut fragments = fragments(text, &marks, options.fragment_chars);
    if fragments.len() > options.max_fragments {
        let count = |fragment: &Range<usize>| marks.iter().filter(|mark| mark.start >= fragment.start && mark.end <= fragment.end).count();
        fragments.sort_by_key(|fragment| std::cmp::Reverse(count(fragment)));
        fragments.truncate(options.max_fragments);
        fragments.sort_by_key(|fragment| fragment.start);
    }
    fragments.into_iter().map(|fragment| marked(text, fragment, &marks, options)).collect()
}

/// Ascending marks, overlapping ones joined.
fn merged(text: &str, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted: Vec<_> = marks.iter().filter(|mark| mark.start < mark.end && text.get((*mark).clone()).is_some()).cloned().collect();
    sorted.sort_by_key(|mark| (mark.start, mark.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for mark in sorted {
        match out.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => out.push(mark),
        }
    }
    out
}

/// Pieces of about `chars` characters around the marks, cut between words, not overlapping.
fn fragments(text: &str, marks: &[Range<usize>], chars: usize) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        if out.last().is_some_and(|last| mark.end <= last.end) {
            continue;
        }
        let least = out.last().map_or(0, |last| last.end);
        // A third of the room before the first mark, the rest after it; more before it where the text ends sooner.
        let room = chars.saturating_sub(text[mark.clone()].chars().count());
        let after = text[mark.end..].chars().take(room).count();
        let lead = (room / 3).max(room - after);
        let start = back(text, mark.start, lead).max(least);
        let start = if start == 0 || start == least { start } else { after_blank(text, start, mark.start) };
        let end = forward(text, start, chars).max(mark.end);
        let end = if end == text.len() { end } else { before_blank(text, mark.end, end) };
        let piece = &text[start..end];
        let trimmed = start + (piece.len() - piece.trim_start().len());
        out.push(trimmed.min(mark.start)..(start + piece.trim_end().len()).max(mark.end));
    }
    out
}

fn back(text: &str, from: usize, chars: usize) -> usize {
    text[..from].char_indices().rev().take(chars).last().map_or(from, |(at, _)| at)
}

fn forward(text: &str, from: usize, chars: usize) -> usize {
    text[from..].char_indices().nth(chars).map_or(text.len(), |(at, _)| from + at)
}

/// The start of a sentence or word in `from..mark`, or `from`.
fn after_blank(text: &str, from: usize, mark: usize) -> usize {
    let piece = &text[from..mark];
    let sentence = piece.rfind(['.', '!', '?', '\n']).map(|at| from + at + 1);
    sentence.or_else(|| piece.find(char::is_whitespace).map(|at| from + at)).unwrap_or(from)
}

/// The end of the last whole word in `mark..end`, or `end`.
fn before_blank(text: &str, mark: usize, end: usize) -> usize {
    if text[end..].starts_with(char::is_whitespace) {
        return end;
    }
    text[mark..end].rfind(char::is_whitespace).map_or(end, |at| mark + at)
}

fn marked(text: &str, piece: Range<usize>, marks: &[Range<usize>], options: &HighlightOptions) -> String {
    let mut out = String::with_capacity(piece.len() + 32);
    let mut at = piece.start;
    for mark in marks.iter().filter(|mark| mark.start >= piece.start && mark.end <= piece.end) {
        push(&text[at..mark.start], options, &mut out);
        out.push_str(&options.pre_tag);
        push(&text[mark.clone()], options, &mut out);
        out.push_str(&options.post_tag);
        at = mark.end;
    }
    push(&text[at..piece.end], options, &mut out);
    out
}

fn push(text: &str, options: &HighlightOptions, out: &mut String) {
    if !options.escape_html {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
