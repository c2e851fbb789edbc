//! `$orderby`.
//!
//! ```ebnf
//! order = key [ "asc" | "desc" ] { "," key [ "asc" | "desc" ] } ;
//! key   = path | "search.score" "(" ")" | distance ;
//! ```

use super::{
    Parser,
    lexer::{Kind, Lexer},
};
use crate::query::QueryError;

/// Sort keys that one request may have.
const MAX_KEYS: usize = 32;

/// One sort key.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy {
    /// What to sort by.
    pub by: OrderKey,
    /// Largest first.
    pub descending: bool,
}

/// What results can be sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderKey {
    /// The value of a field, named by its path.
    Field(String),
    /// `search.score()`
    Score,
    /// `geo.distance(path, point)`
    GeoDistance {
        /// The field with the place.
        path: String,
        /// Longitude and latitude, degrees.
        point: (f64, f64),
    },
}

/// Parses an `$orderby`. A blank text has no keys.
///
/// # Errors
/// What is no list of sort keys, with its place in the text.
pub fn parse_order_by(text: &str) -> Result<Vec<OrderBy>, QueryError> {
    let mut parser = Parser { lexer: Lexer::new(text)?, levels: Vec::new(), clauses: 0 };
    let mut keys = Vec::new();
    if parser.lexer.peek().kind == Kind::End {
        return Ok(keys);
    }
    loop {
        let first = parser.lexer.peek();
        if keys.len() == MAX_KEYS {
            return Err(QueryError::new(first.span, format!("more than {MAX_KEYS} sort keys")).with_remedy("leave out the last ones"));
        }
        let by = parser.order_key()?;
        let direction = parser.lexer.peek();
        let descending = direction.is("desc");
        if descending || direction.is("asc") {
            parser.lexer.take()?;
        }
        keys.push(OrderBy { by, descending });
        if parser.lexer.peek().kind == Kind::End {
            return Ok(keys);
        }
        parser.lexer.expect(Kind::Comma, "`asc`, `desc`, `,` or the end")?;
    }
}

impl Parser<'_> {
    fn order_key(&mut self) -> Result<OrderKey, QueryError> {
        let first = self.lexer.peek();
        if first.is("geo.distance") {
            let (path, point, _) = self.distance()?;
            return Ok(OrderKey::GeoDistance { path, point });
        }
        if first.is("search.score") {
            self.lexer.take()?;
            self.lexer.expect(Kind::Open, "`()` after search.score")?;
            self.lexer.expect(Kind::Close, "`)`")?;
            return Ok(OrderKey::Score);
        }
        if first.kind != Kind::Name {
            return Err(self.lexer.unexpected("a field, search.score() or geo.distance(...)"));
        }
        match self.path()? {
            (path, _, None) => Ok(OrderKey::Field(path)),
            (_, span, Some(_)) => Err(QueryError::new(span, "any and all cannot be sorted by")),
        }
    }
}
