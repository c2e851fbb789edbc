//! Tokens of Lucene's classic query syntax.
//!
//! Lucene's lexer is generated: at every position the longest match wins and, among equals, the rule written first. Three
//! lexical states matter: the usual one, `Range` between the brackets of a range and `Boost` right after a `^`.
//!
//! ```ebnf
//! blank      = " " | TAB | LF | CR | U+3000 ;
//! escaped    = "\" any ;
//! start      = escaped | any but blank + - ! ( ) : ^ [ ] " { } ~ * ? \ / ;
//! inner      = start | "-" | "+" ;
//! word       = start { inner } ;                    prefix = word "*" ;
//! wild       = ( start | "*" | "?" ) { inner | "*" | "?" } ;
//! quoted     = '"' { escaped | any but " \ } '"' ;
//! regex      = "/" { any but "/" | "\/" } "/" ;     suffix = "~" { inner } ;
//! bare sign  = ( "+" | "-" | "!" ) blank ;
//! (Boost)    number = digit { digit } [ "." digit { digit } ] ;
//! (Range)    quoted bound = '"' ( any but '"' | '\"' ) { ... } '"' ;  bound = ( any but " " "]" "}" ) { ... } ;
//! ```

use crate::query::{QueryError, ast::Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    And,
    Or,
    Not,
    Plus,
    Minus,
    /// A sign followed by a blank: it is a word, not an operator.
    BareSign,
    Open,
    Close,
    Colon,
    Star,
    Caret,
    Number,
    Quoted,
    Word,
    Suffix,
    Prefix,
    Wild,
    Regex,
    /// `[` (inclusive) or `{`.
    RangeOpen {
        inclusive: bool,
    },
    /// `]` (inclusive) or `}`.
    RangeClose {
        inclusive: bool,
    },
    RangeTo,
    RangeQuoted,
    RangeBound,
    End,
}

/// A token and the bytes it stands on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

enum State {
    Usual,
    Range,
    Boost,
}

/// The tokens of `text`, closed by [`Kind::End`]. A text that stops being tokens is closed early, with the error beside it:
/// a mistake in the grammar further left is reported first.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Option<QueryError>) {
    let mut lexer = Lexer { text, at: 0, state: State::Usual };
    let mut tokens = Vec::with_capacity(text.len() / 4 + 2);
    loop {
        match lexer.next() {
            Ok(token) => {
                tokens.push(token);
                if token.kind == Kind::End {
                    return (tokens, None);
                }
            }
            Err(error) => {
                tokens.push(Token { kind: Kind::End, span: error.span });
                return (tokens, Some(error));
            }
        }
    }
}

/// White space of the grammar. A no-break space is not.
pub(in crate::query) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

/// Characters that cannot begin a word unless escaped, blanks aside.
pub(in crate::query) fn is_special(c: char) -> bool {
    matches!(c, '+' | '-' | '!' | '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~' | '*' | '?' | '\\' | '/')
}

fn is_inner(c: char) -> bool {
    matches!(c, '+' | '-') || !(is_special(c) || is_blank(c))
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    state: State,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Token, QueryError> {
        match self.state {
            State::Usual => self.usual(),
            State::Range => self.range(),
            State::Boost => self.boost(),
        }
    }

    fn token(&mut self, kind: Kind, end: usize) -> Token {
        let span = Span { start: self.at, end };
        self.at = end;
        Token { kind, span }
    }

    fn error(&self, message: &str, remedy: &str) -> QueryError {
        QueryError::new(Span { start: self.at, end: self.text.len() }, message).with_remedy(remedy)
    }

    fn end(&mut self) -> Token {
        self.token(Kind::End, self.at)
    }

    fn usual(&mut self) -> Result<Token, QueryError> {
        let skipped = self.text[self.at..].find(|c| !is_blank(c));
        self.at = skipped.map_or(self.text.len(), |n| self.at + n);
        let mut rest = self.text[self.at..].chars();
        let Some(first) = rest.next() else { return Ok(self.end()) };
        let second = rest.next();
        let blank_after = second.filter(|&c| is_blank(c)).map(char::len_utf8);
        let token = match first {
            '+' | '-' | '!' => match (first, blank_after) {
                (_, Some(blank)) => self.token(Kind::BareSign, self.at + 1 + blank),
                ('+', None) => self.token(Kind::Plus, self.at + 1),
                ('-', None) => self.token(Kind::Minus, self.at + 1),
                _ => self.token(Kind::Not, self.at + 1),
            },
            '(' => self.token(Kind::Open, self.at + 1),
            ')' => self.token(Kind::Close, self.at + 1),
            ':' => self.token(Kind::Colon, self.at + 1),
            '^' => {
                self.state = State::Boost;
                self.token(Kind::Caret, self.at + 1)
            }
            '[' | '{' => {
                self.state = State::Range;
                self.token(Kind::RangeOpen { inclusive: first == '[' }, self.at + 1)
            }
            '"' => match self.quoted_end() {
                Some(end) => self.token(Kind::Quoted, end),
                None => return Err(self.error("a quote is not closed", "close it with `\"`, or write `\\\"` for a quote in a word")),
            },
            '/' => match self.delimited_end('/', 0) {
                Some(end) => self.token(Kind::Regex, end),
                None => {
                    return Err(self.error("a regular expression is not closed", "close it with `/`, or write `\\/` for a slash in a word"));
                }
            },
            '~' => {
                let (end, _, _) = self.run(self.at + 1, false);
                self.token(Kind::Suffix, end)
            }
            ']' | '}' => {
                return Err(self.error("a range ends here that never began", "write `\\]` or `\\}` for the character itself"));
            }
            '\\' if second.is_none() => {
                return Err(self.error("nothing follows the escape character", "write `\\\\` for a backslash"));
            }
            _ => self.word(),
        };
        Ok(token)
    }

    /// A word with or without wildcards; the caller has seen that one begins here.
    fn word(&mut self) -> Token {
        let (end, wildcards, ends_with_star) = self.run(self.at, true);
        let image = &self.text[self.at..end];
        let kind = match (image, wildcards) {
            ("AND" | "&&", _) => Kind::And,
            ("OR" | "||", _) => Kind::Or,
            ("NOT", _) => Kind::Not,
            ("*", _) => Kind::Star,
            (_, 0) => Kind::Word,
            (_, 1) if ends_with_star => Kind::Prefix,
            _ => Kind::Wild,
        };
        self.token(kind, end)
    }

    /// The end of the longest run of word characters from `from`, how many wildcards are in it, and whether it ends with a
    /// `*` that is one.
    fn run(&self, from: usize, wildcards: bool) -> (usize, usize, bool) {
        let mut end = from;
        let mut count = 0;
        let mut star_last = false;
        let mut rest = self.text[from..].chars();
        while let Some(c) = rest.next() {
            let wildcard = wildcards && matches!(c, '*' | '?');
            let mut width = c.len_utf8();
            if c == '\\' {
                let Some(escaped) = rest.next() else { break };
                width += escaped.len_utf8();
            } else if !(wildcard || is_inner(c)) {
                break;
            }
            count += usize::from(wildcard);
            star_last = wildcard && c == '*';
            end += width;
        }
        (end, count, star_last)
    }

    fn quoted_end(&self) -> Option<usize> {
        let mut escaped = false;
        for (i, c) in self.text[self.at..].char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Some(self.at + i + 1),
                _ => {}
            }
        }
        None
    }

    /// The end of the longest text between two `delimiter`s where a delimiter may stand inside after a backslash, whatever
    /// stands before that backslash. At least `least` characters are between them.
    fn delimited_end(&self, delimiter: char, least: usize) -> Option<usize> {
        let mut end = None;
        let mut before = delimiter;
        for (count, (i, c)) in self.text[self.at..].char_indices().skip(1).enumerate() {
            if c == delimiter {
                if count >= least {
                    end = Some(self.at + i + 1);
                }
                if before != '\\' {
                    break;
                }
            }
            before = c;
        }
        end
    }

    fn boost(&mut self) -> Result<Token, QueryError> {
        let digits = |from: usize| self.text[from..].bytes().take_while(u8::is_ascii_digit).count();
        if self.at == self.text.len() {
            return Ok(self.end());
        }
        let whole = digits(self.at);
        if whole == 0 {
            return Err(self.error("expected a number right after `^`", "write a boost such as `^2` or `^0.5`"));
        }
        let mut end = self.at + whole;
        if self.text[end..].starts_with('.') {
            let fraction = digits(end + 1);
            if fraction > 0 {
                end += 1 + fraction;
            }
        }
        self.state = State::Usual;
        Ok(self.token(Kind::Number, end))
    }

    fn range(&mut self) -> Result<Token, QueryError> {
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else { return Ok(self.end()) };
            if matches!(first, ']' | '}') {
                self.state = State::Usual;
                return Ok(self.token(Kind::RangeClose { inclusive: first == ']' }, self.at + 1));
            }
            let bound = self.at + rest.find([' ', ']', '}']).unwrap_or(rest.len());
            // A tab or line feed begins a bound when more of the bound follows: the longer match wins.
            if is_blank(first) && bound <= self.at + first.len_utf8() {
                self.at += first.len_utf8();
                continue;
            }
            let quoted = if first == '"' { self.delimited_end('"', 1) } else { None };
            return Ok(match quoted {
                Some(end) if end >= bound => self.token(Kind::RangeQuoted, end),
                _ if &self.text[self.at..bound] == "TO" => self.token(Kind::RangeTo, bound),
                _ => self.token(Kind::RangeBound, bound),
            });
        }
    }
}
