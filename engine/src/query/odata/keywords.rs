//! What single tokens mean: operators, reserved words, names and constants.

use super::{
    dates::parse_date,
    lexer::{Kind, Token},
};
use crate::query::{
    QueryError,
    ast::{CompareOp, Literal},
};

/// The comparison that `token` is, if it is one.
pub(super) fn operator(token: Token) -> Option<CompareOp> {
    use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
    [Eq, Ne, Gt, Ge, Lt, Le].into_iter().find(|op| token.is(op.keyword()))
}

/// Words of the language, which are no names.
pub(super) fn reserved(token: Token) -> bool {
    operator(token).is_some() || matches!(token.text, "and" | "or" | "not" | "true" | "false" | "null" | "INF" | "-INF" | "NaN")
}

/// Refuses what cannot be part of a path.
pub(super) fn check_name(token: Token) -> Result<(), QueryError> {
    if reserved(token) || token.text.contains('.') {
        let remedy = if token.text.contains('.') {
            "parts of a complex field are separated by `/`"
        } else {
            "words of the language cannot be fields"
        };
        return Err(QueryError::new(token.span, format!("expected a field, found `{}`", token.text)).with_remedy(remedy));
    }
    Ok(())
}

/// The constant that `token` is, if it is one.
pub(super) fn literal(token: Token) -> Result<Option<Literal>, QueryError> {
    Ok(Some(match (token.kind, token.text) {
        (Kind::Name, "null") => Literal::Null,
        (Kind::Name, "true") => Literal::Bool(true),
        (Kind::Name, "false") => Literal::Bool(false),
        (Kind::Name, "INF") => Literal::Double(f64::INFINITY),
        (Kind::Name, "-INF") => Literal::Double(f64::NEG_INFINITY),
        (Kind::Name, "NaN") => Literal::Double(f64::NAN),
        (Kind::String, _) => Literal::String(token.unquoted()),
        (Kind::Number, text) => number(text).ok_or_else(|| {
            let error = QueryError::new(token.span, format!("expected a number or a date with time and offset, found `{text}`"));
            error.with_remedy("write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z")
        })?,
        (Kind::Geography, _) => {
            let error = QueryError::new(token.span, "a place cannot be compared");
            return Err(error.with_remedy("write geo.distance(field, geography'POINT(13.4 52.5)') lt 10"));
        }
        _ => return Ok(None),
    }))
}

fn number(text: &str) -> Option<Literal> {
    if let Ok(whole) = text.parse() {
        return Some(Literal::Int(whole));
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let ends_well = text.ends_with(|c: char| c.is_ascii_digit()) && !text.contains(".e") && !text.contains(".E");
    match text.parse::<f64>() {
        Ok(number) if plain && ends_well && number.is_finite() => Some(Literal::Double(number)),
        _ => parse_date(text).map(Literal::DateTime),
    }
}
