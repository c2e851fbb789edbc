//! The standard tokenizer: words by UAX #29, exactly as Lucene 8's `StandardTokenizer`, lower-cased on the way.
//!
//! ASCII text, which is most of what is indexed in bulk, is read by a small state machine of its own; a word that touches
//! anything else is given to the [`word_break`] automaton from its beginning.

mod class;
mod ranges;
mod word_break;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::text::push_lowercase;
use word_break::Machine;

/// Lucene's default for the longest token, in UTF-16 units; longer words are cut into pieces.
pub(super) const MAX_TOKEN_LENGTH: usize = 255;

/// What a byte does in a run of ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Skip,
    Letter,
    Digit,
    Underscore,
    /// `.` and `'`: join letters, and digits.
    Mid,
    /// `:` joins letters.
    MidLetter,
    /// `,` and `;` join digits.
    MidNumber,
    /// `#` and `*`, of which U+20E3 makes a token.
    Keycap,
    NotAscii,
}

const BYTES: [Byte; 256] = {
    let mut table = [Byte::Skip; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = match at as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Byte::Letter,
            b'0'..=b'9' => Byte::Digit,
            b'_' => Byte::Underscore,
            b'.' | b'\'' => Byte::Mid,
            b':' => Byte::MidLetter,
            b',' | b';' => Byte::MidNumber,
            b'#' | b'*' => Byte::Keycap,
            0x80.. => Byte::NotAscii,
            _ => Byte::Skip,
        };
        at += 1;
    }
    table
};

/// Splits text into words.
#[derive(Clone)]
pub(super) struct StandardTokenizer {
    machine: &'static Machine,
    lowercase: bool,
    limit: usize,
    fast: bool,
    token: Token,
}

impl StandardTokenizer {
    /// Words as they are written.
    pub(super) fn new() -> StandardTokenizer {
        StandardTokenizer { machine: Machine::get(), lowercase: false, limit: MAX_TOKEN_LENGTH, fast: true, token: Token::default() }
    }

    /// Words in lower case: the same as Lucene's `LowerCaseFilter` after the tokenizer, faster.
    pub(super) fn lowercase() -> StandardTokenizer {
        StandardTokenizer { lowercase: true, ..StandardTokenizer::new() }
    }

    /// Cuts words into pieces of at most `units` UTF-16 units.
    #[must_use]
    pub(super) fn max_token_length(self, units: usize) -> StandardTokenizer {
        StandardTokenizer { limit: units.max(1), ..self }
    }

    /// Without the machine for ASCII, to compare the two.
    #[cfg(test)]
    pub(super) fn without_fast_path(self) -> StandardTokenizer {
        StandardTokenizer { fast: false, ..self }
    }
}

impl Default for StandardTokenizer {
    fn default() -> StandardTokenizer {
        StandardTokenizer::new()
    }
}

impl Tokenizer for StandardTokenizer {
    type TokenStream<'a> = StandardTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StandardTokens<'a> {
        self.token.reset();
        StandardTokens {
            text,
            at: 0,
            machine: self.machine,
            lowercase: self.lowercase,
            limit: self.limit,
            fast: self.fast,
            token: &mut self.token,
        }
    }
}

/// The words of a text.
pub(super) struct StandardTokens<'a> {
    text: &'a str,
    at: usize,
    machine: &'static Machine,
    lowercase: bool,
    limit: usize,
    fast: bool,
    token: &'a mut Token,
}

/// What the machine for ASCII found.
enum Found {
    Word,
    Nothing,
    /// Something that is not ASCII, or too long, decides.
    Unsure,
}

impl StandardTokens<'_> {
    /// Reads a word at `self.at`, where a letter, digit or underscore is. On `Word` and `Nothing`, `self.at` is after it.
    #[inline]
    fn ascii_word(&mut self) -> Found {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start;
        let mut only_underscores = true;
        loop {
            while let Some(&byte) = bytes.get(at) {
                match BYTES[usize::from(byte)] {
                    Byte::Letter | Byte::Digit => only_underscores = false,
                    Byte::Underscore => {}
                    _ => break,
                }
                at += 1;
            }
            // `at` is after start: the caller has seen a first byte of the run, and a join is followed by another.
            let before = BYTES[usize::from(bytes[at - 1])];
            let Some(&byte) = bytes.get(at) else { break };
            let join = match BYTES[usize::from(byte)] {
                Byte::Mid => before,
                Byte::MidLetter if before == Byte::Letter => Byte::Letter,
                Byte::MidNumber if before == Byte::Digit => Byte::Digit,
                Byte::NotAscii => return Found::Unsure,
                _ => break,
            };
            if join == Byte::Underscore {
                break;
            }
            let Some(&after) = bytes.get(at + 1) else { break };
            let after = BYTES[usize::from(after)];
            if after == Byte::NotAscii {
                return Found::Unsure;
            }
            if after != join {
                break;
            }
            at += 1;
        }
        if at - start > self.limit {
            return Found::Unsure;
        }
        self.at = at;
        if only_underscores { Found::Nothing } else { Found::Word }
    }

    /// Makes the text since `start` the current token.
    #[inline]
    fn emit(&mut self, start: usize) {
        let token = &mut *self.token;
        let word = &self.text[start..self.at];
        token.text.clear();
        if !self.lowercase {
            token.text.push_str(word);
        } else {
            push_lowercase(word, &mut token.text);
        }
        token.offset_from = start;
        token.offset_to = self.at;
        token.position = token.position.wrapping_add(1);
    }
}

impl TokenStream for StandardTokens<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let start = self.at;
            if self.fast {
                match BYTES[usize::from(byte)] {
                    Byte::Letter | Byte::Digit | Byte::Underscore => match self.ascii_word() {
                        Found::Word => {
                            self.emit(start);
                            return true;
                        }
                        Found::Nothing => continue,
                        Found::Unsure => {}
                    },
                    Byte::Keycap if bytes.get(start + 1).is_some_and(|next| !next.is_ascii()) => {}
                    Byte::NotAscii => {}
                    _ => {
                        self.at += 1;
                        continue;
                    }
                }
            }
            let rest = &self.text[start..];
            if let Some(length) = self.machine.longest(rest, self.limit) {
                self.at += length;
                self.emit(start);
                return true;
            }
            self.at += rest.chars().next().map_or(1, char::len_utf8);
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests;
