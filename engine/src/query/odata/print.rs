//! Filters back to OData text.

use std::fmt::Write;

use tutti_index_schema::date_time_text;

use super::dates;
use crate::query::{
    ast::{CompareOp, Conjunction, Link, Literal, Node, Query, SearchMode},
    parse_lucene, parse_simple,
};

/// `query` as a `$filter` that parses to the same query; `None` when OData has no words for it (a bare word, a boost).
pub fn print_filter(query: &Query) -> Option<String> {
    let mut out = String::new();
    Printer { out: &mut out, variable: None }.part(query, Place::Free)?;
    Some(out)
}

/// What stands around a part; it decides about parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing, or parentheses.
    Free,
    /// One side of `or`.
    Or,
    /// One side of `and`.
    And,
    /// Behind `not`.
    Not,
}

struct Printer<'a> {
    out: &'a mut String,
    /// The innermost range variable.
    variable: Option<&'a str>,
}

impl Printer<'_> {
    fn part(&mut self, query: &Query, place: Place) -> Option<()> {
        if query.boost.is_some() {
            return None;
        }
        let parentheses = match &query.node {
            Node::Or(_) => place != Place::Free,
            Node::And(_) => matches!(place, Place::And | Place::Not),
            Node::Compare { .. } | Node::GeoDistance { .. } => place == Place::Not,
            _ => false,
        };
        self.out.push_str(if parentheses { "(" } else { "" });
        self.node(query)?;
        self.out.push_str(if parentheses { ")" } else { "" });
        Some(())
    }

    fn node(&mut self, query: &Query) -> Option<()> {
        match &query.node {
            Node::And(parts) if query.field.is_none() => self.list(parts, " and ", Place::And),
            Node::Or(parts) if query.field.is_none() => self.list(parts, " or ", Place::Or),
            Node::Not(inner) if query.field.is_none() => {
                self.out.push_str("not ");
                self.part(inner, Place::Not)
            }
            Node::MatchAll if query.field.is_none() => self.text("true"),
            Node::MatchNone if query.field.is_none() => self.text("false"),
            Node::FullText { query: inner, fields, scoring, mode } if query.field.is_none() => {
                let name = if *scoring { "search.ismatchscoring" } else { "search.ismatch" };
                let (text, syntax) = query_text(inner)?;
                let mode = if *mode == SearchMode::All { "all" } else { "any" };
                let fields = fields.join(",");
                write!(self.out, "{name}({}, {}, '{syntax}', '{mode}')", quoted(&text), quoted(&fields)).ok()
            }
            _ => self.on_field(query, query.field.as_deref()?),
        }
    }

    fn on_field(&mut self, query: &Query, field: &str) -> Option<()> {
        let path = match (self.variable, field) {
            (Some(variable), "") => variable.to_owned(),
            (Some(variable), field) => format!("{variable}/{field}"),
            (None, field) => field.to_owned(),
        };
        match &query.node {
            Node::IsTrue => self.text(&path),
            Node::Compare { op, value } => {
                let value = literal(value)?;
                self.text(&format!("{path} {} {value}", op.keyword()))
            }
            Node::In(values) => {
                let delimiter = [',', '|', ';', '\u{1f}'].into_iter().find(|c| !values.iter().any(|value| value.contains(*c)))?;
                if values.iter().any(|value| value.is_empty() || value.trim() != value) {
                    return None;
                }
                let joined = values.join(&delimiter.to_string());
                self.text(&format!("search.in({path}, {}, '{delimiter}')", quoted(&joined)))
            }
            Node::Any(None) => self.text(&format!("{path}/any()")),
            Node::Any(Some(lambda)) => self.lambda(&path, "any", &lambda.variable, &lambda.body),
            Node::All(lambda) => self.lambda(&path, "all", &lambda.variable, &lambda.body),
            Node::GeoDistance { point: (longitude, latitude), op, kilometres } if !matches!(op, CompareOp::Eq | CompareOp::Ne) => {
                let kilometres = literal(&Literal::Double(*kilometres))?;
                self.text(&format!("geo.distance({path}, geography'POINT({longitude} {latitude})') {} {kilometres}", op.keyword()))
            }
            Node::GeoIntersects(ring) => {
                let ring: Vec<String> = ring.iter().map(|(longitude, latitude)| format!("{longitude} {latitude}")).collect();
                self.text(&format!("geo.intersects({path}, geography'POLYGON(({}))')", ring.join(", ")))
            }
            _ => None,
        }
    }

    fn lambda(&mut self, path: &str, word: &str, variable: &str, body: &Query) -> Option<()> {
        write!(self.out, "{path}/{word}({variable}: ").ok()?;
        Printer { out: &mut *self.out, variable: Some(variable) }.part(body, Place::Free)?;
        self.text(")")
    }

    fn list(&mut self, parts: &[Query], between: &str, place: Place) -> Option<()> {
        if parts.len() < 2 {
            return None;
        }
        for (i, part) in parts.iter().enumerate() {
            self.out.push_str(if i > 0 { between } else { "" });
            self.part(part, place)?;
        }
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.out.push_str(text);
        Some(())
    }
}

fn literal(value: &Literal) -> Option<String> {
    Some(match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Double(value) if value.is_nan() => "NaN".to_owned(),
        Literal::Double(value) if value.is_infinite() => if *value > 0.0 { "INF" } else { "-INF" }.to_owned(),
        Literal::Double(value) => format!("{value:?}"),
        Literal::String(value) => quoted(value),
        Literal::DateTime(micros) => {
            let text = date_time_text(*micros);
            dates::parse_date(&text).filter(|again| again == micros)?;
            text
        }
    })
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text of a full-text query and its syntax, the one that gives the same query back.
fn query_text(query: &Query) -> Option<(String, &'static str)> {
    let plain = query.clone().without_spans();
    if plain == Query::new(Node::MatchAll, plain.span) {
        return Some(("*".to_owned(), "simple"));
    }
    let text = query.to_string();
    if parse_lucene(&text).is_ok_and(|again| again.without_spans() == plain) {
        return Some((text, "full"));
    }
    let mut text = String::new();
    simple(query, &mut text)?;
    parse_simple(&text).is_ok_and(|again| again.without_spans() == plain).then_some((text, "simple"))
}

/// `query` in the simple syntax.
fn simple(query: &Query, out: &mut String) -> Option<()> {
    match &query.node {
        Node::Word(text) | Node::SimpleWord(text) => escaped(text, out),
        Node::Prefix(text) => {
            escaped(text, out);
            out.push('*');
        }
        Node::Phrase { text, slop: 0 } => {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            write!(out, "\"{text}\"").ok()?;
        }
        Node::MatchAll => out.push('*'),
        Node::MatchNone => out.push_str("\"\""),
        Node::Not(inner) => {
            out.push_str("-(");
            simple(inner, out)?;
            out.push(')');
        }
        Node::Chain(links) => {
            for (at, Link { operator, query }) in links.iter().enumerate() {
                out.push_str(match operator {
                    Some(Conjunction::And) => " + ",
                    Some(Conjunction::Or) => " | ",
                    None if at == 0 => "",
                    None => " ",
                });
                let group = matches!(query.node, Node::Chain(_));
                out.push_str(if group { "(" } else { "" });
                simple(query, out)?;
                out.push_str(if group { ")" } else { "" });
            }
        }
        _ => return None,
    }
    Some(())
}

fn escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        let special = matches!(c, '+' | '-' | '|' | '"' | '(' | ')' | '*' | '~' | '\\' | ' ' | '\t' | '\n' | '\r');
        out.extend(special.then_some('\\'));
        out.push(c);
    }
}
