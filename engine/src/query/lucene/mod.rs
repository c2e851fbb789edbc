//! Lucene's classic query syntax, as `QueryParser` of Lucene 8 reads it.
//!
//! ```ebnf
//! level      = clause { [ conjunction ] clause } ;            (* the first one without conjunction *)
//! conjunction = "AND" | "&&" | "OR" | "||" ;
//! clause     = [ "+" | "-" | "!" | "NOT" ] [ ( word | "*" ) ":" ] ( term | "(" level ")" [ boost ] ) ;
//! term       = ( word | "*" | prefix | wild | regex | bare sign | quoted ) [ boost [ suffix ] | suffix [ boost ] ]
//!            | ( "[" | "{" ) bound "TO" bound ( "]" | "}" ) [ boost ] ;
//! boost      = "^" number ;                                   suffix = "~" text ;
//! ```
//!
//! The parser keeps its own stack of open groups, so that depth costs no call stack. A level that is one clause without a
//! sign is that clause, as in Lucene; everything else stays as written and is resolved after analysis.

mod lexer;
mod paths;
mod text;

use self::lexer::{Kind, Token};
use super::{
    MAX_CLAUSES, MAX_DEPTH, QueryError,
    ast::{Clause, Conjunction, Modifier, Node, Query, RangeEnd, Span},
};

pub(super) use self::lexer::{is_blank, is_special};

/// Parses the classic Lucene syntax with Azure's field names: `home/city:oslo` looks in the field `home/city`.
///
/// # Errors
/// What Lucene's classic parser refuses, with its place in the text and, where it can be said, what would be right.
pub fn parse_lucene_with_paths(text: &str) -> Result<Query, QueryError> {
    parse_lucene(&paths::escaped(text))
}

/// Parses the classic Lucene syntax.
///
/// # Errors
/// What Lucene's classic parser refuses, with its place in the text and, where it can be said, what would be right.
pub fn parse_lucene(text: &str) -> Result<Query, QueryError> {
    let (tokens, lexical) = lexer::tokens(text);
    let mut parser = Parser { text, tokens, at: 0, levels: vec![Level::default()], clauses: 0 };
    match (parser.query(), lexical) {
        // The parser stopped where the tokens did.
        (Ok(_), Some(lexical)) => Err(lexical),
        (Err(error), Some(lexical)) if error.span.start >= lexical.span.start => Err(lexical),
        (result, _) => result,
    }
}

/// A group that is not closed yet.
#[derive(Default)]
struct Level {
    clauses: Vec<Clause>,
    /// What stands before the group: it belongs to the clause that the group becomes.
    conjunction: Option<Conjunction>,
    modifier: Option<Modifier>,
    field: Option<String>,
    start: usize,
}

/// What [`Parser::clause`] has read.
#[derive(PartialEq)]
enum Step {
    Clause,
    OpenedGroup,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    levels: Vec<Level>,
    clauses: usize,
}

impl<'a> Parser<'a> {
    fn query(&mut self) -> Result<Query, QueryError> {
        if self.peek().kind == Kind::End && self.text.chars().all(lexer::is_blank) {
            let whole = Span { start: 0, end: self.text.len() };
            return Err(QueryError::new(whole, "the query is empty").with_remedy("write `*:*` for every document"));
        }
        loop {
            if self.clause()? == Step::OpenedGroup {
                continue;
            }
            while self.peek().kind == Kind::Close && self.levels.len() > 1 {
                self.close_group()?;
            }
            if self.peek().kind == Kind::End {
                break;
            }
        }
        if self.levels.len() > 1 {
            let open = self.levels.last().map_or(0, |level| level.start);
            return Err(self.unexpected("`)` or another clause").with_remedy(format!("close the group that opens at position {open}")));
        }
        let level = self.levels.pop().unwrap_or_default();
        Ok(collapse(level.clauses, None, None, Span { start: 0, end: self.text.len() }, false))
    }

    /// One clause, or the beginning of a group.
    fn clause(&mut self) -> Result<Step, QueryError> {
        let first = self.levels.last().is_none_or(|level| level.clauses.is_empty());
        let conjunction = match self.peek().kind {
            Kind::And if !first => Some(Conjunction::And),
            Kind::Or if !first => Some(Conjunction::Or),
            _ => None,
        };
        self.at += usize::from(conjunction.is_some());
        let modifier = match self.peek().kind {
            Kind::Plus => Some(Modifier::Required),
            Kind::Minus | Kind::Not => Some(Modifier::Prohibited),
            _ => None,
        };
        self.at += usize::from(modifier.is_some());
        let query_start = self.peek().span.start;
        let field = self.field()?;
        if self.peek().kind == Kind::Open {
            if self.levels.len() > MAX_DEPTH {
                return Err(QueryError::new(self.peek().span, format!("groups are nested deeper than {MAX_DEPTH} levels")));
            }
            self.at += 1;
            self.levels.push(Level { clauses: Vec::new(), conjunction, modifier, field, start: query_start });
            return Ok(Step::OpenedGroup);
        }
        let mut query = self.term(field.as_deref())?;
        query.span.start = query_start;
        if query.node != Node::MatchAll {
            query.field = field;
        }
        self.push(Clause { conjunction, modifier, query })?;
        Ok(Step::Clause)
    }

    fn push(&mut self, clause: Clause) -> Result<(), QueryError> {
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            return Err(QueryError::new(clause.query.span, format!("the query has more than {MAX_CLAUSES} clauses")));
        }
        if let Some(level) = self.levels.last_mut() {
            level.clauses.push(clause);
        }
        Ok(())
    }

    /// `word:` or `*:`, when it stands here.
    fn field(&mut self) -> Result<Option<String>, QueryError> {
        let name = self.peek();
        let colon = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == Kind::Colon);
        if !colon || !matches!(name.kind, Kind::Word | Kind::Star) {
            return Ok(None);
        }
        self.at += 2;
        text::unescape(self.image(name), name.span.start).map(Some)
    }

    /// A `)` stands here and closes the innermost group.
    fn close_group(&mut self) -> Result<(), QueryError> {
        self.at += 1;
        let boost = self.boost()?;
        let Some(level) = self.levels.pop() else { return Ok(()) };
        let query = collapse(level.clauses, level.field, boost, Span { start: level.start, end: self.consumed() }, true);
        self.push(Clause { conjunction: level.conjunction, modifier: level.modifier, query })
    }

    fn term(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let token = self.peek();
        let image = self.image(token);
        let start = token.span.start;
        let mut boost = None;
        let node = match token.kind {
            Kind::RangeOpen { inclusive } => {
                self.at += 1;
                let range = self.range(inclusive)?;
                boost = self.boost()?;
                range
            }
            Kind::Quoted => {
                let inner = &image[1..image.len() - 1];
                self.at += 1;
                let suffix = self.suffixes(&mut boost)?;
                let text = text::unescape(inner, start + 1)?;
                let slop = match suffix {
                    Some(token) => self.slop(token),
                    None => 0,
                };
                Node::Phrase { text, slop }
            }
            Kind::Word | Kind::BareSign | Kind::Star | Kind::Prefix | Kind::Wild | Kind::Regex => {
                self.at += 1;
                let suffix = self.suffixes(&mut boost)?;
                let image = if token.kind == Kind::BareSign { &image[..1] } else { image };
                // Lucene resolves the escapes of the whole token first, even where it then uses the token as written.
                let plain = text::unescape(image, start)?;
                match (token.kind, suffix) {
                    (Kind::Star, _) if self.in_field_star(field) => Node::MatchAll,
                    (Kind::Star, _) => Node::Exists,
                    (Kind::Prefix, _) => Node::Prefix(text::unescape(&image[..image.len() - 1], start)?),
                    (Kind::Wild, _) => Node::Wildcard(text::wildcard_pieces(image)),
                    (Kind::Regex, _) => Node::Regex(image[1..image.len() - 1].to_owned()),
                    (_, Some(suffix)) => {
                        let edits = text::fuzzy_edits(&self.image(suffix)[1..], &plain, suffix.span)?;
                        Node::Fuzzy { word: plain, edits }
                    }
                    (_, None) => Node::Word(plain),
                }
            }
            _ => return Err(self.unexpected("a word, a phrase, a range, a regular expression or `(`")),
        };
        Ok(Query { field: None, node, boost, span: Span { start, end: self.consumed() } })
    }

    /// Whether the field that counts here is literally `*`.
    fn in_field_star(&self, own: Option<&str>) -> bool {
        let enclosing = || self.levels.iter().rev().find_map(|level| level.field.as_deref());
        own.or_else(enclosing) == Some("*")
    }

    /// A boost and a `~`, in either order, each at most once.
    fn suffixes(&mut self, boost: &mut Option<f32>) -> Result<Option<Token>, QueryError> {
        *boost = self.boost()?;
        let suffix = self.peek();
        if suffix.kind != Kind::Suffix {
            return Ok(None);
        }
        self.at += 1;
        if boost.is_none() {
            *boost = self.boost()?;
        }
        Ok(Some(suffix))
    }

    fn boost(&mut self) -> Result<Option<f32>, QueryError> {
        if self.peek().kind != Kind::Caret {
            return Ok(None);
        }
        self.at += 1;
        let number = self.peek();
        if number.kind != Kind::Number {
            return Err(self.unexpected("a number after `^`"));
        }
        self.at += 1;
        // One that is too large is infinite here, and refused where analysis leaves something to boost.
        Ok(self.image(number).parse().ok())
    }

    /// A negative slop is refused when the text turns out to be several words, which analysis says.
    #[expect(clippy::cast_possible_truncation, reason = "Java's conversion to int saturates and drops the fraction, too")]
    fn slop(&self, token: Token) -> i32 {
        text::java_float(&self.image(token)[1..]).map_or(0, |number| number as i32)
    }

    fn range(&mut self, lower_inclusive: bool) -> Result<Node, QueryError> {
        let lower = self.bound(lower_inclusive)?;
        if self.peek().kind != Kind::RangeTo {
            return Err(self.unexpected("`TO` between the two ends of the range"));
        }
        self.at += 1;
        let upper = self.peek();
        self.bound(true)?;
        let Kind::RangeClose { inclusive } = self.peek().kind else {
            return Err(self.unexpected("`]` or `}` at the end of the range"));
        };
        self.at += 1;
        Ok(Node::Range { lower, upper: self.range_end(upper, inclusive)? })
    }

    fn bound(&mut self, inclusive: bool) -> Result<RangeEnd, QueryError> {
        let token = self.peek();
        if !matches!(token.kind, Kind::RangeBound | Kind::RangeQuoted | Kind::RangeTo) {
            return Err(self.unexpected("a word, a quoted text or `*` as the end of the range"));
        }
        self.at += 1;
        self.range_end(token, inclusive)
    }

    fn range_end(&self, token: Token, inclusive: bool) -> Result<RangeEnd, QueryError> {
        let image = self.image(token);
        if token.kind != Kind::RangeQuoted && image == "*" {
            return Ok(RangeEnd::Open);
        }
        let quotes = usize::from(token.kind == Kind::RangeQuoted);
        let bound = text::unescape(&image[quotes..image.len() - quotes], token.span.start + quotes)?;
        Ok(if inclusive { RangeEnd::Included(bound) } else { RangeEnd::Excluded(bound) })
    }

    fn peek(&self) -> Token {
        let end = Token { kind: Kind::End, span: Span { start: self.text.len(), end: self.text.len() } };
        self.tokens.get(self.at).or(self.tokens.last()).copied().unwrap_or(end)
    }

    fn image(&self, token: Token) -> &'a str {
        &self.text[token.span.start..token.span.end]
    }

    /// One past the last byte of the last token read.
    fn consumed(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    fn unexpected(&self, expected: &str) -> QueryError {
        let token = self.peek();
        let message = match token.kind {
            Kind::End => format!("expected {expected}, found the end of the query"),
            _ => format!("expected {expected}, found `{}`", self.image(token).trim_end()),
        };
        let error = QueryError::new(token.span, message);
        match token.kind {
            Kind::End => error,
            Kind::Open | Kind::Close | Kind::Colon | Kind::Caret | Kind::Plus | Kind::Minus | Kind::Not | Kind::BareSign | Kind::Suffix => {
                error.with_remedy(format!("write `\\{}` for the character itself", self.image(token).chars().next().unwrap_or(' ')))
            }
            Kind::And | Kind::Or => error.with_remedy("write it in small letters, or after a `\\`, to look for the word"),
            _ => error,
        }
    }
}

/// What a level of clauses is, seen from outside. One clause without a sign is that clause, with two exceptions: it has a
/// boost of its own besides the group's, or it is a bare word, which Lucene analyses together with the bare words beside it
/// unless it stands in parentheses ([`word_runs`]).
fn collapse(mut clauses: Vec<Clause>, field: Option<String>, boost: Option<f32>, span: Span, in_parentheses: bool) -> Query {
    if let [Clause { modifier: None, query, .. }] = clauses.as_slice() {
        let boosted_twice = boost.is_some() && query.boost.is_some();
        let bare_word = matches!(query, Query { field: None, boost: None, node: Node::Word(_), .. });
        let stays_a_group = boosted_twice || (bare_word && in_parentheses && field.is_none() && boost.is_none());
        if !stays_a_group && let Some(clause) = clauses.pop() {
            let mut query = clause.query;
            if query.node != Node::MatchAll {
                query.field = query.field.or(field);
            }
            query.boost = query.boost.or(boost);
            query.span = span;
            // A word that stayed a group stays one no longer when the group has a field or boost: `f:((a))` is `f:a`.
            if (query.field.is_some() || query.boost.is_some())
                && let Node::Clauses(inner) = &mut query.node
                && let [Clause { modifier: None, query: Query { field: None, boost: None, node: word @ Node::Word(_), .. }, .. }] =
                    inner.as_mut_slice()
            {
                query.node = std::mem::replace(word, Node::MatchNone);
            }
            return query;
        }
    }
    Query { field, node: Node::Clauses(clauses), boost, span }
}

/// The runs of two and more clauses that Lucene hands to the analyzer as one text: bare words side by side. It matters for
/// words that become several terms: in a run each term is a clause of the level, elsewhere they are a group of their own.
pub(crate) fn word_runs(clauses: &[Clause]) -> Vec<std::ops::Range<usize>> {
    let plain = |clause: &Clause| {
        // A sign with a blank behind it is a word by itself and never part of a run.
        let bare = match &clause.query {
            Query { field: None, boost: None, node: Node::Word(word), .. } => !matches!(word.as_str(), "+" | "-" | "!"),
            _ => false,
        };
        bare && clause.conjunction.is_none() && clause.modifier.is_none()
    };
    // A word does not join the run when `AND`, `OR` or a lone `*` comes after it.
    let joins = |at: usize| {
        clauses.get(at).is_some_and(plain)
            && clauses.get(at + 1).is_none_or(|next| {
                let star = next.query.node == Node::MatchAll
                    || next.query.field.as_deref() == Some("*")
                    || (next.query.node == Node::Exists && next.query.field.is_none());
                next.conjunction.is_none() && !(star && next.modifier.is_none())
            })
    };
    let mut runs = Vec::new();
    let mut at = 0;
    while at < clauses.len() {
        let mut end = at + 1;
        if plain(&clauses[at]) {
            while joins(end) {
                end += 1;
            }
        }
        if end > at + 1 {
            runs.push(at..end);
        }
        at = end;
    }
    runs
}
