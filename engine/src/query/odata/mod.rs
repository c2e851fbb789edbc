//! OData's `$filter` and `$orderby`, as Azure AI Search reads them.
//!
//! ```ebnf
//! filter = and { "or" and } ;                             and = part { "and" part } ;
//! part   = "not" part | "(" filter ")" | comparison | call | lambda | path | "true" | "false" ;
//! comparison = ( path | distance ) op constant | constant op ( path | distance ) ;
//! op     = "eq" | "ne" | "gt" | "ge" | "lt" | "le" ;
//! lambda = path "/" ( "any" "(" [ name ":" filter ] ")" | "all" "(" name ":" filter ")" ) ;
//! path   = name { "/" name } ;
//! constant = "null" | "true" | "false" | "INF" | "-INF" | "NaN" | number | date | string ;
//! ```
//!
//! Functions are in [`calls`]. The parser keeps its own stack of open parentheses, so that depth costs no call stack.

mod calls;
mod dates;
mod geography;
mod keywords;
mod lexer;
mod order;
mod print;

pub use self::order::{OrderBy, OrderKey, parse_order_by};
pub use self::print::print_filter;

use self::{
    keywords::{check_name, literal, operator, reserved},
    lexer::{Kind, Lexer},
};
use super::{
    MAX_CLAUSES, MAX_DEPTH, QueryError,
    ast::{CompareOp, Lambda, Literal, Node, Query, Span},
};

/// Parses a `$filter`. A blank text is the filter that keeps everything.
///
/// # Errors
/// What is no filter, with its place in the text and, where it can be said, what would be right.
pub fn parse_filter(text: &str) -> Result<Query, QueryError> {
    if text.trim().is_empty() {
        return Ok(Query::new(Node::MatchAll, Span { start: 0, end: text.len() }));
    }
    Parser { lexer: Lexer::new(text)?, levels: vec![Level::new(Opening::Text, 0)], clauses: 0 }.filter()
}

/// What a level waits for its `)` for.
enum Opening {
    /// The whole text.
    Text,
    Parenthesis,
    Lambda {
        path: String,
        variable: String,
        all: bool,
    },
}

/// Parts of a filter that are not closed yet, each with its depth.
struct Level {
    opening: Opening,
    start: usize,
    /// The parts between two `or`s.
    ands: Vec<Query>,
    ors: Vec<Query>,
    /// Where the `not`s before the next part stand.
    nots: Vec<usize>,
    /// Of the deepest part.
    depth: usize,
}

impl Level {
    fn new(opening: Opening, start: usize) -> Level {
        Level { opening, start, ands: Vec::new(), ors: Vec::new(), nots: Vec::new(), depth: 0 }
    }

    /// `or` or the end of the level stands here: what came before is one.
    fn fold_and(&mut self) {
        let parts = std::mem::take(&mut self.ands);
        self.ors.extend(fold(parts, Node::And));
    }

    /// The whole level as one query with its depth, and what it was opened by.
    fn close(mut self) -> (Option<(Query, usize)>, Opening) {
        let nested = usize::from(self.ands.len() > 1 || self.ors.iter().any(|part| matches!(part.node, Node::And(_))));
        self.fold_and();
        let depth = self.depth + nested + usize::from(self.ors.len() > 1);
        (fold(self.ors, Node::Or).map(|query| (query, depth)), self.opening)
    }
}

fn fold(mut parts: Vec<Query>, node: fn(Vec<Query>) -> Node) -> Option<Query> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let span = Span { start: parts.first()?.span.start, end: parts.last()?.span.end };
    Some(Query::new(node(parts), span))
}

/// One side of a comparison.
enum Side {
    Constant(Literal),
    /// A path as the tree has it: relative to the range variable.
    Path(String),
    /// `geo.distance(path, point)`
    Distance(String, (f64, f64)),
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    levels: Vec<Level>,
    clauses: usize,
}

impl<'a> Parser<'a> {
    fn filter(mut self) -> Result<Query, QueryError> {
        loop {
            // A part of the filter begins here.
            let token = self.lexer.peek();
            if token.is("not") {
                self.lexer.take()?;
                self.open_not(token.span)?;
                continue;
            }
            if token.kind == Kind::Open {
                self.lexer.take()?;
                self.open(Opening::Parenthesis, token.span)?;
                continue;
            }
            let Some(leaf) = self.part()? else { continue };
            self.add(leaf, 1)?;
            // It ends here, and with it maybe what is around it.
            loop {
                let token = self.lexer.peek();
                if token.is("and") || token.is("or") {
                    self.lexer.take()?;
                    if let Some(level) = self.levels.last_mut().filter(|_| token.text == "or") {
                        level.fold_and();
                    }
                    break;
                }
                let Some(level) = self.levels.pop() else { return Err(self.lexer.unexpected("a filter")) };
                match (&level.opening, token.kind) {
                    (Opening::Text, Kind::End) => {
                        return level.close().0.map(|(query, _)| query).ok_or_else(|| self.lexer.unexpected("a filter"));
                    }
                    (Opening::Text, _) => return Err(self.not_and_or("`and`, `or` or the end")),
                    (_, Kind::Close) => {
                        self.lexer.take()?;
                        self.close(level, token.span.end)?;
                    }
                    _ => {
                        let remedy = format!("close the parenthesis that opens at position {}", level.start);
                        let error = self.not_and_or("`and`, `or` or `)`");
                        return Err(if error.remedy.is_none() { error.with_remedy(remedy) } else { error });
                    }
                }
            }
        }
    }

    /// Something other than `and` and `or` follows a part.
    fn not_and_or(&self, expected: &str) -> QueryError {
        let token = self.lexer.peek();
        let error = self.lexer.unexpected(expected);
        match token.text {
            _ if operator(token).is_some() => {
                error.with_remedy("a comparison has a field on one side and a constant on the other, with no parentheses around either")
            }
            "in" => error.with_remedy("write search.in(field, 'a,b')"),
            "add" | "sub" | "mul" | "div" | "mod" => error.with_remedy("there is no arithmetic in filters"),
            _ => error,
        }
    }

    fn open_not(&mut self, span: Span) -> Result<(), QueryError> {
        let open: usize = self.levels.iter().map(|level| level.nots.len()).sum();
        match self.levels.last_mut() {
            Some(level) if open < MAX_DEPTH => level.nots.push(span.start),
            _ => return Err(too_deep(span)),
        }
        Ok(())
    }

    fn open(&mut self, opening: Opening, span: Span) -> Result<(), QueryError> {
        if self.levels.len() > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.levels.push(Level::new(opening, span.start));
        Ok(())
    }

    /// A `)` has closed `level`.
    fn close(&mut self, level: Level, end: usize) -> Result<(), QueryError> {
        let span = Span { start: level.start, end };
        let (closed, opening) = level.close();
        let Some((mut body, depth)) = closed else { return Err(self.lexer.unexpected("a filter")) };
        let Opening::Lambda { path, variable, all } = opening else {
            body.span = span;
            return self.add(body, depth);
        };
        let lambda = Box::new(Lambda { variable, body });
        let node = if all { Node::All(lambda) } else { Node::Any(Some(lambda)) };
        self.add(Query { field: Some(path), node, boost: None, span }, depth + 1)
    }

    /// A part is complete.
    fn add(&mut self, mut query: Query, mut depth: usize) -> Result<(), QueryError> {
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            return Err(QueryError::new(query.span, format!("the filter has more than {MAX_CLAUSES} parts"))
                .with_remedy("use search.in for many values"));
        }
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        while let Some(start) = level.nots.pop() {
            let span = Span { start, end: query.span.end };
            query = Query::new(Node::Not(Box::new(query)), span);
            depth += 1;
        }
        if depth > MAX_DEPTH + 1 {
            return Err(too_deep(query.span));
        }
        level.depth = level.depth.max(depth);
        level.ands.push(query);
        Ok(())
    }

    /// Whatever is no group: a comparison, a call, a field or a constant. `None` when it opened a lambda.
    fn part(&mut self) -> Result<Option<Query>, QueryError> {
        let first = self.lexer.peek();
        if let Some(call) = self.boolean_call()? {
            return Ok(Some(call));
        }
        let Some((left, left_span)) = self.side()? else { return self.lambda(first.span) };
        let Some(op) = operator(self.lexer.peek()) else {
            let node = match left {
                Side::Path(path) => return Ok(Some(Query { field: Some(path), node: Node::IsTrue, boost: None, span: left_span })),
                Side::Constant(Literal::Bool(true)) => Node::MatchAll,
                Side::Constant(Literal::Bool(false)) => Node::MatchNone,
                _ => return Err(self.not_compared()),
            };
            return Ok(Some(Query::new(node, left_span)));
        };
        let op_token = self.lexer.take()?;
        if let Some(start) = self.levels.last().and_then(|level| level.nots.last()) {
            let span = Span { start: *start, end: op_token.span.end };
            return Err(
                QueryError::new(span, format!("`not` binds tighter than `{}`", op_token.text)).with_remedy("write `not (field eq value)`")
            );
        }
        let Some((right, right_span)) = self.side()? else { return Err(self.lexer.unexpected("a constant")) };
        let span = Span { start: left_span.start, end: right_span.end };
        match (left, right) {
            (Side::Constant(value), side @ (Side::Path(_) | Side::Distance(..))) => comparison(side, op.mirrored(), value, span),
            (side @ (Side::Path(_) | Side::Distance(..)), Side::Constant(value)) => comparison(side, op, value, span),
            (Side::Constant(_), _) => Err(QueryError::new(span, "expected a field on one side, found two constants")),
            _ => {
                Err(QueryError::new(span, "expected a constant on one side, found two fields")
                    .with_remedy("put text in single quotes: 'rock'"))
            }
        }
        .map(Some)
    }

    fn not_compared(&self) -> QueryError {
        let error = self.lexer.unexpected("eq, ne, gt, ge, lt or le");
        match self.lexer.peek().text {
            "=" | "==" => error.with_remedy("write eq"),
            _ => error.with_remedy("a filter compares a field with a constant: year ge 1999"),
        }
    }

    /// A constant, a path or a distance; `None` when a path turned out to begin a lambda, whose `any` or `all` comes next.
    fn side(&mut self) -> Result<Option<(Side, Span)>, QueryError> {
        let token = self.lexer.peek();
        if let Some(literal) = literal(token)? {
            self.lexer.take()?;
            return Ok(Some((Side::Constant(literal), token.span)));
        }
        if token.is("geo.distance") {
            return self.distance().map(|(path, point, span)| Some((Side::Distance(path, point), span)));
        }
        match token.kind {
            Kind::Name if operator(token).is_none() && !matches!(token.text, "and" | "or" | "not") => {}
            _ => return Err(self.lexer.unexpected("a field, a constant, a function or `(`")),
        }
        let (path, span, lambda) = self.path()?;
        match lambda {
            Some(all) => {
                self.open(Opening::Lambda { path, variable: String::new(), all }, span)?;
                Ok(None)
            }
            None => Ok(Some((Side::Path(path), span))),
        }
    }

    /// The rest of a lambda whose `any(` or `all(` was read and whose level is open.
    fn lambda(&mut self, start: Span) -> Result<Option<Query>, QueryError> {
        let Some(level) = self.levels.last_mut() else { return Ok(None) };
        let Opening::Lambda { path, variable, all } = &mut level.opening else { return Ok(None) };
        let next = self.lexer.peek();
        if !*all && next.kind == Kind::Close {
            self.lexer.take()?;
            let query = Query {
                field: Some(std::mem::take(path)),
                node: Node::Any(None),
                boost: None,
                span: Span { start: start.start, end: next.span.end },
            };
            self.levels.pop();
            return Ok(Some(query));
        }
        let name = self.lexer.expect(Kind::Name, "the name of a range variable")?;
        variable.push_str(name.text);
        self.lexer.expect(Kind::Colon, "`:` after the range variable")?;
        let taken = self.variables().filter(|variable| *variable == name.text).count();
        if taken > 1 || name.text.contains('.') || reserved(name) {
            return Err(
                QueryError::new(name.span, format!("`{}` cannot be a range variable here", name.text)).with_remedy("choose another name")
            );
        }
        Ok(None)
    }

    /// The range variables that are open, the outermost first.
    fn variables(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.levels.iter().filter_map(|level| match &level.opening {
            Opening::Lambda { variable, .. } => Some(variable.as_str()),
            _ => None,
        })
    }

    /// A path, relative to the innermost range variable where there is one, and whether `any(` (`Some(false)`) or `all(`
    /// (`Some(true)`) came at its end.
    fn path(&mut self) -> Result<(String, Span, Option<bool>), QueryError> {
        let first = self.lexer.expect(Kind::Name, "a field")?;
        if self.lexer.peek().kind == Kind::Open {
            let known = "search.in, search.ismatch, search.ismatchscoring, geo.distance and geo.intersects";
            return Err(
                QueryError::new(first.span, format!("there is no function `{}` here", first.text)).with_remedy(format!("use {known}"))
            );
        }
        check_name(first)?;
        let mut span = first.span;
        let mut segments = vec![first.text];
        let mut lambda = None;
        while self.lexer.accept(Kind::Slash)? {
            let segment = self.lexer.expect(Kind::Name, "a field after `/`")?;
            span.end = segment.span.end;
            if matches!(segment.text, "any" | "all") && self.lexer.accept(Kind::Open)? {
                lambda = Some(segment.text == "all");
                break;
            }
            check_name(segment)?;
            segments.push(segment.text);
        }
        let innermost = self.variables().next_back();
        if let Some(variable) = innermost {
            if segments.first() != Some(&variable) {
                let message = format!("expected a path that begins with the range variable `{variable}`, found `{}`", segments.join("/"));
                return Err(QueryError::new(span, message).with_remedy(format!("write `{variable}` or `{variable}/field`")));
            }
            segments.remove(0);
        }
        Ok((segments.join("/"), span, lambda))
    }
}

fn comparison(side: Side, op: CompareOp, value: Literal, span: Span) -> Result<Query, QueryError> {
    let ordering = !matches!(op, CompareOp::Eq | CompareOp::Ne);
    let (path, node) = match side {
        Side::Distance(path, point) => {
            let kilometres = match value {
                #[expect(clippy::cast_precision_loss, reason = "no distance on Earth is that long")]
                Literal::Int(value) => value as f64,
                Literal::Double(value) if !value.is_nan() => value,
                _ => return Err(QueryError::new(span, "expected a number of kilometres to compare a distance with")),
            };
            if !ordering {
                return Err(QueryError::new(span, format!("a distance cannot be compared with {}", op.keyword()))
                    .with_remedy("use lt, le, gt or ge"));
            }
            (path, Node::GeoDistance { point, op, kilometres })
        }
        Side::Path(path) => {
            let unordered = match value {
                Literal::Null => Some("null"),
                Literal::Bool(_) => Some("true and false"),
                Literal::String(_) => Some("strings"),
                _ => None,
            };
            if let Some(what) = unordered.filter(|_| ordering) {
                return Err(QueryError::new(span, format!("{what} can only be compared with eq and ne, not with {}", op.keyword())));
            }
            (path, Node::Compare { op, value })
        }
        Side::Constant(_) => return Err(QueryError::new(span, "expected a field on one side")),
    };
    Ok(Query { field: Some(path), node, boost: None, span })
}

fn too_deep(span: Span) -> QueryError {
    QueryError::new(span, format!("the filter is nested deeper than {MAX_DEPTH} levels"))
}
