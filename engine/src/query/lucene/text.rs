//! What stands behind the characters of a token: escapes resolved, and the numbers after `~`.

use crate::query::{
    QueryError,
    ast::{Span, WildcardPiece},
};

/// `image` without its escapes: `\x` is x, `\uXXXX` a UTF-16 code unit. Halves of a surrogate pair that stay alone become
/// U+FFFD, as they do when Lucene writes UTF-8.
pub(super) fn unescape(image: &str, start: usize) -> Result<String, QueryError> {
    if !image.contains('\\') {
        return Ok(image.to_owned());
    }
    let mut out = String::with_capacity(image.len());
    let mut high: Option<u16> = None;
    let mut chars = image.char_indices();
    while let Some((at, c)) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        let plain = match escaped {
            Some((_, 'u')) => {
                let unit = code_unit(&image[at..], start + at)?;
                chars.nth(3);
                push_unit(&mut out, &mut high, unit);
                continue;
            }
            Some((_, other)) => other,
            None if c == '\\' => {
                let span = Span { start: start + at, end: start + image.len() };
                return Err(QueryError::new(span, "nothing follows the escape character").with_remedy("write `\\\\` for a backslash"));
            }
            None => c,
        };
        if high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        out.push(plain);
    }
    if high.is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    Ok(out)
}

fn code_unit(escape: &str, start: usize) -> Result<u16, QueryError> {
    let mut unit = 0;
    let mut digits = 0;
    for c in escape.chars().skip(2).take(4) {
        let Some(digit) = c.to_digit(16) else { break };
        unit = unit * 16 + digit;
        digits += 1;
    }
    match u16::try_from(unit) {
        Ok(unit) if digits == 4 => Ok(unit),
        _ => {
            let span = Span { start, end: start + 2 + digits };
            Err(QueryError::new(span, "expected four hexadecimal digits after `\\u`").with_remedy("write `\\\\u` for a backslash and a u"))
        }
    }
}

fn push_unit(out: &mut String, high: &mut Option<u16>, unit: u16) {
    let waiting = high.take();
    match (waiting, unit) {
        (Some(first), 0xDC00..=0xDFFF) => out.extend(char::decode_utf16([first, unit]).flatten()),
        (waiting, unit) => {
            if waiting.is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            match unit {
                0xD800..=0xDBFF => *high = Some(unit),
                unit => out.push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
        }
    }
}

/// The pieces of a word with wildcards. Here `\u` is the letter u: Lucene hands the pattern on with its escapes, and only
/// the pattern's own escapes, one character each, are resolved. A letter that was escaped is not folded
/// (`QueryParserBase.analyzeWildcard`).
pub(super) fn wildcard_pieces(image: &str) -> Vec<WildcardPiece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut chars = image.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '*' => WildcardPiece::AnyString,
            '?' => WildcardPiece::AnyChar,
            '\\' => match chars.next() {
                Some(c) if c.is_alphabetic() => WildcardPiece::Escaped(c),
                escaped => {
                    literal.extend(escaped);
                    continue;
                }
            },
            c => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            pieces.push(WildcardPiece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(piece);
    }
    if !literal.is_empty() {
        pieces.push(WildcardPiece::Literal(literal));
    }
    pieces
}

/// What Java's `Float.valueOf` reads from the text after `~`; `None` where it throws.
pub(super) fn java_float(text: &str) -> Option<f32> {
    let text = text.trim_matches(|c| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    let sign = |value: f32| if negative { -value } else { value };
    match unsigned {
        "NaN" => return Some(f32::NAN),
        "Infinity" => return Some(sign(f32::INFINITY)),
        _ => {}
    }
    let number = unsigned.strip_suffix(['f', 'F', 'd', 'D']);
    if let Some(hex) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        return hex_float(hex).map(sign);
    }
    let number = number.unwrap_or(unsigned);
    let decimal = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if decimal && !number.starts_with(['+', '-']) { number.parse().ok().map(sign) } else { None }
}

/// `1.8p1`, with the leading `0x` taken off; the exponent is obligatory.
fn hex_float(text: &str) -> Option<f32> {
    let text = text.strip_suffix(['f', 'F', 'd', 'D']).filter(|t| t.contains(['p', 'P'])).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let exponent: i32 = exponent.parse().unwrap_or(if exponent.starts_with('-') { -100_000 } else { 100_000 });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0f64;
    for c in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    let scale = exponent.saturating_sub(i32::try_from(fraction.len()).ok()?.saturating_mul(4));
    #[expect(clippy::cast_possible_truncation, reason = "Java rounds to float as well")]
    Some((value * 2f64.powi(scale)) as f32)
}

/// The edits that the number after a word's `~` asks for, as Lucene 8 reads it: whole numbers are edits, fractions below 1
/// the similarity of old, anything that is no number is ignored.
pub(super) fn fuzzy_edits(suffix: &str, word: &str, span: Span) -> Result<u8, QueryError> {
    let Some(number) = java_float(suffix) else { return Ok(2) };
    if number < 0.0 {
        return Err(QueryError::new(span, "expected edits from 0 to 2, found a negative number"));
    }
    if number >= 1.0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "Lucene's own test, with Java's casts")]
        let whole = number == (number as i32) as f32;
        if !whole {
            return Err(QueryError::new(span, "edits cannot be fractional").with_remedy("write `~1` or `~2`"));
        }
        return Ok(if number >= 2.0 { 2 } else { 1 });
    }
    if number == 0.0 {
        return Ok(0);
    }
    #[expect(clippy::cast_precision_loss, reason = "words are short")]
    let edits = (1.0 - f64::from(number)) * word.chars().count() as f64;
    Ok(if edits >= 2.0 { 2 } else { u8::from(edits >= 1.0) })
}
