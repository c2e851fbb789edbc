//! The grammar of Lucene 8's `RegExp`. Like there, a character is an operator only where the grammar looks for one:
//! `*` at the start, or `|` right after `|`, is an ordinary character.

use super::AutomatonError;
use super::nfa::MAX_CODE_POINT;

/// Parentheses may be nested this deep.
const MAX_DEPTH: usize = 250;

/// A parsed regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// Exactly this text.
    String(String),
    /// One character of the ranges; `negated`: one of none of them.
    Set {
        ranges: Vec<(u32, u32)>,
        negated: bool,
    },
    /// `@`
    AnyString,
    /// `#`
    Nothing,
    /// `<m-n>`: numbers of exactly so many digits, or of any number when 0.
    Interval {
        min: u32,
        max: u32,
        digits: usize,
    },
    Concat(Vec<Expr>),
    Union(Vec<Expr>),
    Intersection(Vec<Expr>),
    /// `~` this many times.
    Complement(Box<Expr>, usize),
    /// The operators after an expression, innermost first.
    Repeat(Box<Expr>, Vec<Repeat>),
}

/// An operator after an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Optional,
    Star,
    AtLeast(u32),
    Between(u32, u32),
}

/// Parses the whole pattern.
pub(super) fn parse(pattern: &str) -> Result<Expr, AutomatonError> {
    if pattern.is_empty() {
        return Ok(Expr::String(String::new()));
    }
    let mut parser = Parser { text: pattern, at: 0, depth: 0 };
    let expression = parser.union()?;
    if parser.at < pattern.len() {
        return Err(parser.error("unbalanced `)`"));
    }
    Ok(expression)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn error(&self, message: impl Into<String>) -> AutomatonError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, position: usize, message: impl Into<String>) -> AutomatonError {
        AutomatonError::BadRegex { position, message: message.into() }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn peek_any(&self, set: &str) -> bool {
        self.peek().is_some_and(|c| set.contains(c))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn next(&mut self) -> Result<char, AutomatonError> {
        let c = self.peek().ok_or_else(|| self.error("unexpected end of the expression"))?;
        self.at += c.len_utf8();
        Ok(c)
    }

    /// Takes everything up to the next `end` and `end` itself.
    fn until(&mut self, end: char) -> Result<&'a str, AutomatonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(length) = rest.find(end) else {
            return Err(self.error_at(self.text.len(), format!("expected `{end}`")));
        };
        self.at += length + end.len_utf8();
        Ok(&rest[..length])
    }

    fn union(&mut self) -> Result<Expr, AutomatonError> {
        let mut list = vec![self.intersection()?];
        while self.eat('|') {
            list.push(self.intersection()?);
        }
        Ok(single(list, Expr::Union))
    }

    fn intersection(&mut self) -> Result<Expr, AutomatonError> {
        let mut list = vec![self.concatenation()?];
        while self.eat('&') {
            list.push(self.concatenation()?);
        }
        Ok(single(list, Expr::Intersection))
    }

    fn concatenation(&mut self) -> Result<Expr, AutomatonError> {
        let mut list = Vec::new();
        loop {
            match (self.repeated()?, list.last_mut()) {
                (Expr::String(more), Some(Expr::String(text))) => text.push_str(&more),
                (next, _) => list.push(next),
            }
            if self.peek().is_none() || self.peek_any(")|&") {
                return Ok(single(list, Expr::Concat));
            }
        }
    }

    fn repeated(&mut self) -> Result<Expr, AutomatonError> {
        let inner = self.complemented()?;
        let mut operators = Vec::new();
        loop {
            operators.push(match self.peek() {
                Some('?') => Repeat::Optional,
                Some('*') => Repeat::Star,
                Some('+') => Repeat::AtLeast(1),
                Some('{') => {
                    self.at += 1;
                    let (min, max) = self.bounds()?;
                    operators.push(max.map_or(Repeat::AtLeast(min), |max| Repeat::Between(min, max)));
                    continue;
                }
                _ => break,
            });
            self.at += 1;
        }
        Ok(if operators.is_empty() { inner } else { Expr::Repeat(Box::new(inner), operators) })
    }

    /// `n}`, `n,}` or `n,m}`
    fn bounds(&mut self) -> Result<(u32, Option<u32>), AutomatonError> {
        let min = self.integer()?.ok_or_else(|| self.error("expected a number of repetitions"))?;
        let max = if self.eat(',') { self.integer()? } else { Some(min) };
        if !self.eat('}') {
            return Err(self.error("expected `}`"));
        }
        Ok((min, max))
    }

    fn integer(&mut self) -> Result<Option<u32>, AutomatonError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Ok(None);
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        number(digits).map(Some).ok_or_else(|| self.error_at(start, "the number is too large"))
    }

    fn complemented(&mut self) -> Result<Expr, AutomatonError> {
        let mut times = 0;
        while self.eat('~') {
            times += 1;
        }
        let inner = if self.eat('[') { self.class()? } else { self.simple()? };
        Ok(if times == 0 { inner } else { Expr::Complement(Box::new(inner), times) })
    }

    /// After `[`.
    fn class(&mut self) -> Result<Expr, AutomatonError> {
        let negated = self.eat('^');
        let mut ranges = Vec::new();
        loop {
            let start = self.at;
            let first = self.character()?;
            let last = if self.eat('-') { self.character()? } else { first };
            if first > last {
                return Err(self.error_at(start, format!("the range {first}-{last} runs backwards")));
            }
            ranges.push((u32::from(first), u32::from(last)));
            if self.peek().is_none_or(|c| c == ']') {
                break;
            }
        }
        if !self.eat(']') {
            return Err(self.error("expected `]`"));
        }
        if let ([(first, last)], false) = (ranges.as_slice(), negated)
            && first == last
        {
            return Ok(Expr::String(char::from_u32(*first).into_iter().collect()));
        }
        Ok(Expr::Set { ranges, negated })
    }

    fn character(&mut self) -> Result<char, AutomatonError> {
        self.eat('\\');
        self.next()
    }

    fn simple(&mut self) -> Result<Expr, AutomatonError> {
        let start = self.at;
        match self.peek() {
            Some('.') => {
                self.at += 1;
                Ok(Expr::Set { ranges: vec![(0, MAX_CODE_POINT)], negated: false })
            }
            Some('#') => {
                self.at += 1;
                Ok(Expr::Nothing)
            }
            Some('@') => {
                self.at += 1;
                Ok(Expr::AnyString)
            }
            Some('"') => {
                self.at += 1;
                Ok(Expr::String(self.until('"')?.to_owned()))
            }
            Some('(') => {
                self.at += 1;
                self.group(start)
            }
            Some('<') => {
                self.at += 1;
                let inside = self.until('>')?;
                interval(inside).ok_or_else(|| self.error_at(start, "expected an interval of two whole numbers such as `<1-20>`"))
            }
            _ => Ok(Expr::String(self.character()?.to_string())),
        }
    }

    /// After `(`.
    fn group(&mut self, start: usize) -> Result<Expr, AutomatonError> {
        if self.eat(')') {
            return Ok(Expr::String(String::new()));
        }
        if self.depth == MAX_DEPTH {
            return Err(self.error_at(start, format!("parentheses are nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let inner = self.union()?;
        self.depth -= 1;
        if !self.eat(')') {
            return Err(self.error("expected `)`"));
        }
        Ok(inner)
    }
}

fn single(mut list: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match list.pop() {
        Some(only) if list.is_empty() => only,
        Some(last) => {
            list.push(last);
            many(list)
        }
        None => Expr::Nothing,
    }
}

/// A number as Java's `Integer.parseInt` takes it, if not negative.
fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|&number| number <= i32::MAX as u32)
}

/// The inside of `<m-n>`.
fn interval(inside: &str) -> Option<Expr> {
    let (low, high) = inside.split_once('-')?;
    let (a, b) = (number(low)?, number(high)?);
    let digits = if low.len() == high.len() { low.len() } else { 0 };
    Some(Expr::Interval { min: a.min(b), max: a.max(b), digits })
}
