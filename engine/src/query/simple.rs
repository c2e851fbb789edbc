//! Azure's simple syntax, which never refuses a text for its form: stray signs, quotes and parentheses are passed over.
//!
//! ```ebnf
//! query  = { blank | operand | "+" | "|" } ;            (* of equal weight, grouped from the left *)
//! operand = { "-" } ( phrase | "(" query ")" | token ) ;
//! phrase = '"' { escaped | any but " \ } '"' ;
//! token  = ( escaped | any but an end ) { escaped | any but an end } ;   escaped = "\" any ;
//! end    = blank | '"' | "+" | "|" | "(" | ")" ;        blank = " " | TAB | LF | CR ;
//! ```
//!
//! There are no fields, fuzzy words or distances: `:`, `~` and `/` are text.
//!
//! It walks as Lucene's `SimpleQueryParser` does, but on a stack of its own: `a b | c` is `(a b) | c`. A chain that
//! alternates between operators grows one level with every change, so it is bounded like parentheses are.

use super::{
    MAX_CLAUSES, MAX_DEPTH, QueryError,
    ast::{Conjunction, Link, Node, Query, Span},
};

/// Parses the simple syntax. A text that is only `*`, or empty, asks for every document; elsewhere a lone `*` is a word, of which
/// analysis leaves nothing. Only a text nested too deep or with too many clauses is refused.
///
/// # Errors
/// Groups that are too deep, too many clauses: nearly everything else the simple syntax takes as text.
pub fn parse_simple(text: &str) -> Result<Query, QueryError> {
    let whole = Span { start: 0, end: text.len() };
    if matches!(text.trim_matches(is_blank), "" | "*") {
        return Ok(Query::new(Node::MatchAll, whole));
    }
    let parser = Parser { text, at: 0, closes: matching_parentheses(text), levels: vec![Level::until(text.len(), 0)], clauses: 0 };
    Ok(parser.query()?.unwrap_or_else(|| Query::new(Node::MatchNone, whole)))
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn ends_token(c: char) -> bool {
    is_blank(c) || matches!(c, '"' | '+' | '|' | '(' | ')')
}

/// The pairs of parentheses by their opening one, ascending. As in Lucene, quotes do not hide a parenthesis here.
fn matching_parentheses(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => open.push(at),
            ')' => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The inside of one pair of parentheses, or the whole text.
struct Level {
    end: usize,
    /// What was read so far.
    links: Vec<Link>,
    /// How deep that is once it is grouped from the left.
    depth: usize,
    next: Option<Conjunction>,
    /// Whether an odd number of `-` stands right before.
    negated: bool,
    /// The first of these signs, or where the group begins.
    start: usize,
}

impl Level {
    fn until(end: usize, start: usize) -> Level {
        Level { end, links: Vec::new(), depth: 0, next: None, negated: false, start }
    }

    /// The level as one query; `None` when nothing is in it.
    fn into_query(mut self) -> Option<Query> {
        let (first, last) = (self.links.first()?, self.links.last()?);
        let span = Span { start: first.query.span.start, end: last.query.span.end };
        if self.links.len() > 1 {
            return Some(Query::new(Node::Chain(self.links), span));
        }
        self.links.pop().map(|link| link.query)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    closes: Vec<(usize, usize)>,
    levels: Vec<Level>,
    clauses: usize,
}

impl Parser<'_> {
    fn query(mut self) -> Result<Option<Query>, QueryError> {
        while let Some(level) = self.levels.last_mut() {
            let inside = &self.text[self.at..level.end];
            let Some(c) = inside.chars().next() else {
                let Some(level) = self.levels.pop() else { break };
                let (start, depth) = (level.start, level.depth);
                let top = level.into_query();
                let Some(outer) = self.levels.last_mut() else { return Ok(top) };
                self.at += 1;
                match top {
                    Some(mut query) => {
                        query.span = Span { start, end: self.at };
                        self.operand(query, depth)?;
                    }
                    // `()` uses an operator up; for a group with something in it that is nothing, it waits for the next operand.
                    None if self.at == start + 2 => outer.next = None,
                    None => {}
                }
                self.reset();
                continue;
            };
            match c {
                '-' => {
                    level.negated = !level.negated;
                    self.at += 1;
                    continue;
                }
                '(' => {
                    if let Ok(pair) = self.closes.binary_search_by_key(&self.at, |pair| pair.0) {
                        if self.levels.len() > MAX_DEPTH {
                            return Err(too_deep(Span { start: self.at, end: self.at + 1 }));
                        }
                        self.levels.push(Level::until(self.closes[pair].1, self.at));
                        self.at += 1;
                        continue;
                    }
                    self.at += 1;
                }
                '+' | '|' => {
                    if !level.links.is_empty() && level.next.is_none() {
                        level.next = Some(if c == '+' { Conjunction::And } else { Conjunction::Or });
                    }
                    self.at += 1;
                }
                '"' => self.phrase(inside)?,
                c if is_blank(c) || c == ')' => self.at += 1,
                _ => self.token(inside)?,
            }
            self.reset();
        }
        Ok(None)
    }

    /// Minus signs count only right before an operand.
    fn reset(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.negated = false;
        }
    }

    fn phrase(&mut self, inside: &str) -> Result<(), QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = inside.char_indices().skip(1);
        let closed = loop {
            match chars.next() {
                Some((at, '"')) => break Some(at),
                Some((_, '\\')) => text.extend(chars.next().map(|(_, c)| c)),
                Some((_, c)) => text.push(c),
                None => break None,
            }
        };
        let Some(close) = closed else {
            self.at += 1;
            return Ok(());
        };
        self.at += close + 1;
        if text.is_empty() {
            if let Some(level) = self.levels.last_mut() {
                level.next = None;
            }
            return Ok(());
        }
        self.operand(Query::new(Node::Phrase { text, slop: 0 }, Span { start, end: self.at }), 1)
    }

    fn token(&mut self, inside: &str) -> Result<(), QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut prefix = false;
        let mut chars = inside.char_indices().peekable();
        let mut end = inside.len();
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                prefix = false;
                text.extend(chars.next().map(|(_, c)| c));
                continue;
            }
            if ends_token(c) {
                end = at;
                break;
            }
            prefix = c == '*' && !text.is_empty();
            text.push(c);
        }
        self.at += end;
        if text.is_empty() {
            return Ok(());
        }
        let node = if prefix {
            text.pop();
            Node::Prefix(text)
        } else {
            Node::SimpleWord(text)
        };
        self.operand(Query::new(node, Span { start, end: self.at }), 1)
    }

    fn operand(&mut self, mut branch: Query, mut depth: usize) -> Result<(), QueryError> {
        self.clauses += 1;
        let span = branch.span;
        if self.clauses > MAX_CLAUSES {
            return Err(QueryError::new(span, format!("the query has more than {MAX_CLAUSES} clauses")));
        }
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        if level.negated {
            branch = Query::new(Node::Not(Box::new(branch)), span);
            depth += 1;
        }
        let operator = level.next.take();
        // A change of operator groups what was read so far.
        level.depth = match level.links.as_slice() {
            [] => depth,
            [.., _, last] if last.operator == operator => level.depth.max(depth + 1),
            _ => level.depth.max(depth) + 1,
        };
        level.links.push(Link { operator, query: branch });
        // The innermost operand is no group.
        if level.depth > MAX_DEPTH + 1 { Err(too_deep(span)) } else { Ok(()) }
    }
}

fn too_deep(span: Span) -> QueryError {
    QueryError::new(span, format!("groups are nested deeper than {MAX_DEPTH} levels"))
        .with_remedy("put chains of one operator side by side")
}
