//! The functions of filters.
//!
//! ```ebnf
//! call     = "search.in" "(" path "," string [ "," string ] ")"
//!          | ( "search.ismatch" | "search.ismatchscoring" ) "(" string [ "," fields [ "," string [ "," string ] ] ] ")"
//!          | "geo.intersects" "(" path "," polygon ")" ;                   fields = string | "null" ;
//! distance = "geo.distance" "(" ( path "," point | point "," path ) ")" ;
//! ```

use super::{
    Parser, geography,
    lexer::{Kind, Token},
};
use crate::query::{
    QueryError,
    ast::{Node, Query, SearchMode, Span},
    parse_lucene_with_paths, parse_simple,
};

impl<'a> Parser<'a> {
    /// A call that is true or false, when one stands here.
    pub(super) fn boolean_call(&mut self) -> Result<Option<Query>, QueryError> {
        let name = self.lexer.peek();
        if name.kind != Kind::Name {
            return Ok(None);
        }
        let (field, node) = match name.text {
            "search.in" => self.search_in()?,
            "search.ismatch" => (None, self.full_text(false)?),
            "search.ismatchscoring" => (None, self.full_text(true)?),
            "geo.intersects" => self.intersects()?,
            _ => return Ok(None),
        };
        let end = self.lexer.expect(Kind::Close, "`)`")?.span.end;
        Ok(Some(Query { field, node, boost: None, span: Span { start: name.span.start, end } }))
    }

    fn open_call(&mut self) -> Result<Token<'a>, QueryError> {
        let name = self.lexer.take()?;
        self.lexer.expect(Kind::Open, &format!("`(` after {}", name.text))?;
        Ok(name)
    }

    fn argument_path(&mut self) -> Result<String, QueryError> {
        let (path, span, lambda) = self.path()?;
        match lambda {
            None => Ok(path),
            Some(_) => Err(QueryError::new(span, "expected a field, found any or all")
                .with_remedy("put the function inside: tags/any(t: search.in(t, 'a,b'))")),
        }
    }

    fn search_in(&mut self) -> Result<(Option<String>, Node), QueryError> {
        self.open_call()?;
        let path = self.argument_path()?;
        self.lexer.expect(Kind::Comma, "`,` and a string of values")?;
        let values = self.lexer.expect(Kind::String, "a string of values such as 'rock,pop'")?.unquoted();
        let delimiters = match self.lexer.accept(Kind::Comma)? {
            true => self.lexer.expect(Kind::String, "a string of delimiters such as '|'")?.unquoted(),
            false => " ,".to_owned(),
        };
        let values = values.split(|c| delimiters.contains(c)).map(str::trim).filter(|value| !value.is_empty());
        Ok((Some(path), Node::In(values.map(str::to_owned).collect())))
    }

    fn full_text(&mut self, scoring: bool) -> Result<Node, QueryError> {
        let name = self.open_call()?;
        if self.variables().next().is_some() {
            return Err(QueryError::new(name.span, format!("{} cannot stand inside any and all", name.text)));
        }
        let text = self.lexer.expect(Kind::String, "the query as a string")?;
        let mut rest = Vec::new();
        while rest.len() < 3 && self.lexer.accept(Kind::Comma)? {
            let may_be_null = rest.is_empty() && self.lexer.peek().is("null");
            rest.push(if may_be_null { self.lexer.take()? } else { self.lexer.expect(Kind::String, "a string")? });
        }
        if rest.len() == 2 {
            return Err(QueryError::new(name.span, format!("{} takes one, two or four arguments, not three", name.text))
                .with_remedy("give the search mode too: 'any' or 'all'"));
        }
        let fields = rest.first().filter(|fields| fields.kind == Kind::String).map(Token::unquoted).unwrap_or_default();
        let fields = fields.split(',').map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect();
        let lucene = self.choice(rest.get(1), "simple", "full", "the query syntax")?;
        let all = self.choice(rest.get(2), "any", "all", "the search mode")?;
        let query = query_text(text, lucene)?;
        Ok(Node::FullText { query: Box::new(query), fields, scoring, mode: if all { SearchMode::All } else { SearchMode::Any } })
    }

    /// Whether an argument is its second choice; without the argument it is the first.
    fn choice(&self, argument: Option<&Token>, first: &str, second: &str, what: &str) -> Result<bool, QueryError> {
        let Some(argument) = argument else { return Ok(false) };
        match argument.unquoted() {
            text if text == first => Ok(false),
            text if text == second => Ok(true),
            other => Err(QueryError::new(argument.span, format!("expected '{first}' or '{second}' as {what}, found '{other}'"))),
        }
    }

    fn intersects(&mut self) -> Result<(Option<String>, Node), QueryError> {
        self.open_call()?;
        let path = self.argument_path()?;
        self.lexer.expect(Kind::Comma, "`,` and a polygon")?;
        let polygon = self.lexer.expect(Kind::Geography, "geography'POLYGON((lon lat, ...))'")?;
        Ok((Some(path), Node::GeoIntersects(geography::polygon(polygon)?)))
    }

    /// `geo.distance(…)`, which stands here.
    pub(super) fn distance(&mut self) -> Result<(String, (f64, f64), Span), QueryError> {
        let name = self.open_call()?;
        let point_first = self.lexer.peek().kind == Kind::Geography;
        let before = if point_first { Some(self.lexer.take()?) } else { None };
        if point_first {
            self.lexer.expect(Kind::Comma, "`,` and a field")?;
        }
        let path = self.argument_path()?;
        let point = match before {
            Some(point) => point,
            None => {
                self.lexer.expect(Kind::Comma, "`,` and a point")?;
                self.lexer.expect(Kind::Geography, "geography'POINT(lon lat)'")?
            }
        };
        let end = self.lexer.expect(Kind::Close, "`)`")?.span.end;
        Ok((path, geography::point(point)?, Span { start: name.span.start, end }))
    }
}

/// The query inside a string. Mistakes in it are reported for the whole string: positions differ where quotes are doubled.
fn query_text(token: Token, lucene: bool) -> Result<Query, QueryError> {
    let text = token.unquoted();
    // Blank is what the grammars of the text call so; other white space is a word.
    let parsed = match text.trim_matches([' ', '\t', '\r', '\n', '\u{3000}']) {
        "" | "*" => Ok(Query::new(Node::MatchAll, token.span)),
        _ if lucene => parse_lucene_with_paths(&text),
        _ => parse_simple(&text),
    };
    parsed.map_err(|error| QueryError {
        span: token.span,
        message: format!("byte {} of the query string: {}", error.span.start, error.message),
        remedy: error.remedy,
    })
}
