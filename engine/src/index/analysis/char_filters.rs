//! Character filters: changes to the text before it is split, with a record of what moved, so that marks still point into
//! the original.

use regex::Regex;

/// A change to a text.
#[derive(Clone, Debug)]
pub(super) enum CharFilter {
    /// Lucene's `HTMLStripCharFilter`: markup out, entities resolved.
    HtmlStrip,
    /// Lucene's `MappingCharFilter`: the longest key at each place is replaced.
    Mapping(Vec<(String, String)>),
    /// Lucene's `PatternReplaceCharFilter`.
    Pattern(Regex, String),
}

/// Places where a filtered text moved against its original: (byte in the filtered text, byte in the original), ascending.
pub(super) type Changes = Vec<(usize, usize)>;

/// Offsets in a filtered text to offsets in the original: the changes of several filters, the first one first.
#[derive(Clone, Debug, Default)]
pub(super) struct OffsetMap(Vec<Changes>);

impl OffsetMap {
    pub(super) fn push(&mut self, changes: Changes) {
        self.0.push(changes);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// The byte of the original text for one of the filtered text.
    pub(super) fn original(&self, offset: usize) -> usize {
        self.0.iter().rev().fold(offset, |offset, changes| {
            let at = changes.partition_point(|(filtered, _)| *filtered <= offset);
            match at.checked_sub(1) {
                Some(at) => changes[at].1 + (offset - changes[at].0),
                None => offset,
            }
        })
    }
}

/// A text being rewritten.
struct Rewriter<'a> {
    text: &'a str,
    out: String,
    copied: usize,
    changes: Changes,
}

impl<'a> Rewriter<'a> {
    fn new(text: &'a str) -> Rewriter<'a> {
        Rewriter { text, out: String::with_capacity(text.len()), copied: 0, changes: Vec::new() }
    }

    /// Puts `with` in place of the bytes `start..end`.
    fn replace(&mut self, start: usize, end: usize, with: &str) {
        self.out.push_str(&self.text[self.copied..start]);
        self.out.push_str(with);
        self.copied = end;
        self.changes.push((self.out.len(), end));
    }

    fn finish(mut self) -> (String, Changes) {
        self.out.push_str(&self.text[self.copied..]);
        (self.out, self.changes)
    }
}

impl CharFilter {
    pub(super) fn apply(&self, text: &str) -> (String, Changes) {
        let mut rewriter = Rewriter::new(text);
        match self {
            CharFilter::HtmlStrip => strip_html(&mut rewriter),
            CharFilter::Mapping(pairs) => {
                let mut at = 0;
                while at < text.len() {
                    let longest = pairs
                        .iter()
                        .filter(|(from, _)| !from.is_empty() && text[at..].starts_with(from))
                        .max_by_key(|(from, _)| from.len());
                    match longest {
                        Some((from, to)) => {
                            rewriter.replace(at, at + from.len(), to);
                            at += from.len();
                        }
                        None => at += text[at..].chars().next().map_or(1, char::len_utf8),
                    }
                }
            }
            CharFilter::Pattern(pattern, replacement) => {
                for captures in pattern.captures_iter(text) {
                    let Some(whole) = captures.get(0) else { continue };
                    let mut with = String::new();
                    captures.expand(replacement, &mut with);
                    rewriter.replace(whole.start(), whole.end(), &with);
                }
            }
        }
        rewriter.finish()
    }
}

fn strip_html(rewriter: &mut Rewriter<'_>) {
    let text = rewriter.text;
    let mut at = 0;
    while let Some(found) = text[at..].find(['<', '&']) {
        let start = at + found;
        let rest = &text[start..];
        if rest.starts_with('&') {
            match entity(rest) {
                Some((length, letter)) => {
                    rewriter.replace(start, start + length, letter.encode_utf8(&mut [0; 4]));
                    at = start + length;
                }
                None => at = start + 1,
            }
            continue;
        }
        match markup(rest) {
            Some((length, breaks)) => {
                rewriter.replace(start, start + length, if breaks { "\n" } else { "" });
                at = start + length;
            }
            None => at = start + 1,
        }
    }
}

/// Length of the markup at the start of `rest` and whether words end there.
fn markup(rest: &str) -> Option<(usize, bool)> {
    if rest.starts_with("<!--") {
        return rest.find("-->").map(|end| (end + 3, false));
    }
    let name: String =
        rest[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let second = rest[1..].chars().next()?;
    if name.is_empty() && !matches!(second, '!' | '?') {
        return None;
    }
    let mut quote = None;
    let mut end = None;
    for (at, letter) in rest.char_indices().skip(1) {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, '>') => {
                end = Some(at + 1);
                break;
            }
            _ => {}
        }
    }
    let end = end?;
    if matches!(name.as_str(), "script" | "style") && second != '/' {
        let close = format!("</{name}");
        let inner = rest[end..].to_ascii_lowercase();
        let from = inner.find(&close)?;
        let tail = inner[from..].find('>')?;
        return Some((end + from + tail + 1, true));
    }
    let inline = matches!(
        name.as_str(),
        "a" | "abbr"
            | "b"
            | "cite"
            | "code"
            | "em"
            | "font"
            | "i"
            | "mark"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "tt"
            | "u"
    );
    Some((end, !inline))
}

/// A character reference at the start of `rest`: its length and what it stands for.
fn entity(rest: &str) -> Option<(usize, char)> {
    let end = rest.bytes().take(12).position(|byte| byte == b';')?;
    let name = &rest[1..end];
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "eacute" => 'é',
            "egrave" => 'è',
            "agrave" => 'à',
            "ccedil" => 'ç',
            "auml" => 'ä',
            "ouml" => 'ö',
            "uuml" => 'ü',
            "szlig" => 'ß',
            "ntilde" => 'ñ',
            "oslash" => 'ø',
            "aring" => 'å',
            "hellip" => '…',
            "mdash" => '—',
            "ndash" => '–',
            "lsquo" => '‘',
            "rsquo" => '’',
            "ldquo" => '“',
            "rdquo" => '”',
            _ => return None,
        },
    };
    Some((end + 1, letter))
}
