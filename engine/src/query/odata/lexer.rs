//! Tokens of OData expressions.
//!
//! ```ebnf
//! name   = ( letter | "_" ) { letter | digit | "_" | "." } ;
//! string = "'" { any but "'" | "''" } "'" ;             geography = "geography" string ;
//! number = [ "-" ] digit { digit | letter | "_" | "." | ":" | "+" | "-" } ;          (* dates, too *)
//! ```

use crate::query::{QueryError, ast::Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names, keywords, `INF` and `-INF`.
    Name,
    /// Quoted text, the quotes included.
    String,
    /// `geography'…'`
    Geography,
    /// Anything that begins like a number.
    Number,
    Open,
    Close,
    Comma,
    Colon,
    Slash,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) span: Span,
}

impl Token<'_> {
    /// Whether this is the keyword or function name `word`.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Name && self.text == word
    }

    /// What stands between the quotes, doubled quotes resolved.
    pub(super) fn unquoted(&self) -> String {
        let open = self.text.find('\'').map_or(0, |at| at + 1);
        self.text.get(open..self.text.len() - 1).unwrap_or_default().replace("''", "'")
    }
}

/// A text cut into tokens as they are asked for.
pub(super) struct Lexer<'a> {
    text: &'a str,
    next: Token<'a>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Result<Lexer<'a>, QueryError> {
        Ok(Lexer { text, next: token_at(text, 0)? })
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Token<'a> {
        self.next
    }

    /// The next token, which goes.
    pub(super) fn take(&mut self) -> Result<Token<'a>, QueryError> {
        let token = self.next;
        self.next = token_at(self.text, token.span.end)?;
        Ok(token)
    }

    /// Takes the next token when it is of this kind.
    pub(super) fn accept(&mut self, kind: Kind) -> Result<bool, QueryError> {
        let found = self.next.kind == kind;
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// Takes the next token, which must be of this kind.
    pub(super) fn expect(&mut self, kind: Kind, expected: &str) -> Result<Token<'a>, QueryError> {
        if self.next.kind == kind { self.take() } else { Err(self.unexpected(expected)) }
    }

    /// The error that something else stands here.
    pub(super) fn unexpected(&self, expected: &str) -> QueryError {
        let found = match self.next.kind {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.next.text),
        };
        QueryError::new(self.next.span, format!("expected {expected}, found {found}"))
    }
}

fn token_at(text: &str, from: usize) -> Result<Token<'_>, QueryError> {
    let rest = text.get(from..).unwrap_or_default();
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = rest.trim_start();
    let token = |kind, length| Token { kind, text: &rest[..length], span: Span { start, end: start + length } };
    let Some(first) = rest.chars().next() else { return Ok(token(Kind::End, 0)) };
    let minus = usize::from(first == '-');
    Ok(match first {
        '(' => token(Kind::Open, 1),
        ')' => token(Kind::Close, 1),
        ',' => token(Kind::Comma, 1),
        ':' => token(Kind::Colon, 1),
        '/' => token(Kind::Slash, 1),
        '\'' => token(Kind::String, string_length(rest, start)?),
        _ if rest[minus..].starts_with(|c: char| c.is_ascii_digit()) => {
            let in_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '+' | '-');
            token(Kind::Number, rest.find(|c| !in_number(c)).unwrap_or(rest.len()))
        }
        _ if minus == 1 && name_length(&rest[1..]) == 3 && rest[1..].starts_with("INF") => token(Kind::Name, 4),
        '_' | 'a'..='z' | 'A'..='Z' => {
            let length = name_length(rest);
            match &rest[..length] {
                "geography" if rest[length..].starts_with('\'') => {
                    token(Kind::Geography, length + string_length(&rest[length..], start + length)?)
                }
                _ => token(Kind::Name, length),
            }
        }
        other => {
            let span = Span { start, end: start + other.len_utf8() };
            let error = QueryError::new(span, format!("expected a field, a constant, a function or a parenthesis, found `{other}`"));
            return Err(match other {
                '"' | '`' => error.with_remedy("put text in single quotes: 'rock'"),
                '=' | '<' | '>' | '!' | '&' | '|' => error.with_remedy("write eq, ne, gt, ge, lt, le, and, or, not"),
                _ => error,
            });
        }
    })
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len())
}

/// The length of the string that begins at the quote `text` begins with.
fn string_length(text: &str, start: usize) -> Result<usize, QueryError> {
    let mut from = 1;
    while let Some(at) = text[from..].find('\'') {
        let after = from + at + 1;
        if !text[after..].starts_with('\'') {
            return Ok(after);
        }
        from = after + 1;
    }
    let span = Span { start, end: start + text.len() };
    Err(QueryError::new(span, "a string is not closed").with_remedy("close it with `'`; a quote inside is doubled: 'it''s'"))
}
