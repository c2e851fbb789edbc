//! Queries back to Lucene text by `Display`; OData text is made by [`print_filter`](super::print_filter).

use std::fmt::{self, Display, Formatter, Write};

use super::{
    ast::{Clause, CompareOp, Conjunction, Link, Literal, Modifier, Node, Query, RangeEnd, WildcardPiece},
    lucene::{is_blank, is_special},
};

impl Display for Query {
    /// Lucene text. For a query that came from Lucene text it parses to the same query, spans aside; for the other
    /// syntaxes it is the nearest Lucene text.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { out: f, slash: if ends_in_backslash(self) { "\\u002f" } else { "\\/" } };
        let plain_level = self.field.is_none() && self.boost.is_none();
        match &self.node {
            Node::Clauses(clauses) if plain_level && !alone(clauses) => printer.clauses(clauses),
            _ => printer.clause(self),
        }
    }
}

/// One clause without a sign: without its parentheses it would be read as the clause itself.
fn alone(clauses: &[Clause]) -> bool {
    matches!(clauses, [] | [Clause { modifier: None, .. }])
}

/// A regex that ends in a backslash goes on at the next slash, wherever that is: then no other slash may be written as one.
fn ends_in_backslash(query: &Query) -> bool {
    match &query.node {
        Node::Regex(pattern) => pattern.ends_with('\\'),
        _ => query.children().into_iter().any(ends_in_backslash),
    }
}

/// 10^39: a boost that reads as infinite again.
const TOO_LARGE: &str = "1000000000000000000000000000000000000000";

struct Printer<'a, 'b> {
    out: &'a mut Formatter<'b>,
    slash: &'static str,
}

impl Printer<'_, '_> {
    fn clauses(&mut self, clauses: &[Clause]) -> fmt::Result {
        for (i, clause) in clauses.iter().enumerate() {
            if i > 0 {
                self.out.write_char(' ')?;
            }
            match clause.conjunction {
                Some(Conjunction::And) => self.out.write_str("AND ")?,
                Some(Conjunction::Or) => self.out.write_str("OR ")?,
                None => {}
            }
            match clause.modifier {
                Some(Modifier::Required) => self.out.write_char('+')?,
                Some(Modifier::Prohibited) => self.out.write_char('-')?,
                None => {}
            }
            self.clause(&clause.query)?;
        }
        Ok(())
    }

    /// A query where a clause may stand: with its field and boost, in parentheses when it is a group.
    fn clause(&mut self, query: &Query) -> fmt::Result {
        if let Some(field) = query.field.as_deref().filter(|_| query.node != Node::MatchAll) {
            match field {
                "*" => self.out.write_char('*')?,
                field => self.word(field)?,
            }
            self.out.write_char(':')?;
        }
        self.node(&query.node)?;
        match query.boost {
            Some(boost) if boost.is_infinite() => write!(self.out, "^{TOO_LARGE}"),
            Some(boost) => write!(self.out, "^{boost}"),
            None => Ok(()),
        }
    }

    fn node(&mut self, node: &Node) -> fmt::Result {
        match node {
            Node::MatchAll => self.out.write_str("*:*"),
            Node::MatchNone => self.out.write_str("\"\""),
            Node::Word(word) | Node::SimpleWord(word) => self.word(word),
            Node::Phrase { text, slop } => {
                self.quoted(text)?;
                if *slop != 0 { self.suffix(*slop) } else { Ok(()) }
            }
            Node::Fuzzy { word, edits } => {
                self.word(word)?;
                self.suffix(i32::from(*edits))
            }
            Node::Prefix(word) => {
                self.word(word)?;
                self.out.write_char('*')
            }
            Node::Wildcard(pieces) => self.wildcard(pieces),
            Node::Regex(pattern) => self.regex(pattern),
            Node::Exists => self.out.write_char('*'),
            Node::Range { lower, upper } => self.range(lower, upper),
            Node::Clauses(clauses) => {
                self.out.write_char('(')?;
                self.clauses(clauses)?;
                self.out.write_char(')')
            }
            Node::And(queries) => self.group(queries, " AND "),
            Node::Or(queries) => self.group(queries, " OR "),
            Node::Chain(links) => self.chain(links),
            Node::Not(inner) => {
                self.out.write_str("(*:* -")?;
                self.clause(inner)?;
                self.out.write_char(')')
            }
            Node::Compare { op, value } => self.compare(*op, value),
            Node::In(values) => self.any_of(values),
            Node::Any(Some(lambda)) => self.parenthesised(&lambda.body),
            Node::All(lambda) => self.parenthesised(&lambda.body),
            Node::Any(None) => self.out.write_char('*'),
            Node::IsTrue => self.out.write_str("true"),
            Node::FullText { query, .. } => self.parenthesised(query),
            Node::GeoDistance { .. } | Node::GeoIntersects(_) => self.place(node),
        }
    }

    /// Lucene's syntax has no places: a phrase that says what was meant.
    fn place(&mut self, node: &Node) -> fmt::Result {
        match node {
            Node::GeoDistance { point: (longitude, latitude), op, kilometres } => {
                self.quoted(&format!("{} km {} of {longitude} {latitude}", op.keyword(), kilometres))
            }
            Node::GeoIntersects(ring) => {
                let corners: Vec<String> = ring.iter().map(|(longitude, latitude)| format!("{longitude} {latitude}")).collect();
                self.quoted(&corners.join(" "))
            }
            _ => Ok(()),
        }
    }

    fn any_of(&mut self, values: &[String]) -> fmt::Result {
        self.out.write_char('(')?;
        for (i, value) in values.iter().enumerate() {
            self.out.write_str(if i > 0 { " OR " } else { "" })?;
            self.quoted(value)?;
        }
        self.out.write_str(if values.is_empty() { "\"\")" } else { ")" })
    }

    fn suffix(&mut self, number: i32) -> fmt::Result {
        write!(self.out, "~{number}")
    }

    /// Grouped from the left: every change of operator closes a group.
    fn chain(&mut self, links: &[Link]) -> fmt::Result {
        let closing = |at: usize| links.get(at + 1).is_some_and(|next| at > 0 && next.operator != links[at].operator);
        for _ in 0..=(0..links.len()).filter(|at| closing(*at)).count() {
            self.out.write_char('(')?;
        }
        for (at, link) in links.iter().enumerate() {
            match link.operator {
                _ if at == 0 => {}
                Some(Conjunction::And) => self.out.write_str(" AND ")?,
                Some(Conjunction::Or) => self.out.write_str(" OR ")?,
                None => self.out.write_char(' ')?,
            }
            self.clause(&link.query)?;
            if closing(at) {
                self.out.write_char(')')?;
            }
        }
        self.out.write_char(')')
    }

    fn parenthesised(&mut self, query: &Query) -> fmt::Result {
        self.out.write_char('(')?;
        self.clause(query)?;
        self.out.write_char(')')
    }

    fn group(&mut self, queries: &[Query], between: &str) -> fmt::Result {
        self.out.write_char('(')?;
        for (i, query) in queries.iter().enumerate() {
            self.out.write_str(if i > 0 { between } else { "" })?;
            match &query.node {
                Node::Not(inner) if query.field.is_none() && query.boost.is_none() && between != " OR " && queries.len() > 1 => {
                    self.out.write_char('-')?;
                    self.clause(inner)?;
                }
                _ => self.clause(query)?,
            }
        }
        self.out.write_str(if queries.is_empty() { "\"\")" } else { ")" })
    }

    fn compare(&mut self, op: CompareOp, value: &Literal) -> fmt::Result {
        let text = match value {
            Literal::Null => "null".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => value.to_string(),
            Literal::Double(value) => value.to_string(),
            Literal::String(value) => value.clone(),
            Literal::DateTime(micros) => tutti_index_schema::date_time_text(*micros),
        };
        match op {
            CompareOp::Eq => self.quoted(&text),
            CompareOp::Ne => {
                self.out.write_str("(*:* -")?;
                self.quoted(&text)?;
                self.out.write_char(')')
            }
            CompareOp::Gt => self.range(&RangeEnd::Excluded(text), &RangeEnd::Open),
            CompareOp::Ge => self.range(&RangeEnd::Included(text), &RangeEnd::Open),
            CompareOp::Lt => self.range(&RangeEnd::Open, &RangeEnd::Excluded(text)),
            CompareOp::Le => self.range(&RangeEnd::Open, &RangeEnd::Included(text)),
        }
    }

    /// A word with everything escaped that would end it or make it an operator. The sign of a bare sign is such a word.
    fn word(&mut self, word: &str) -> fmt::Result {
        if matches!(word, "AND" | "OR" | "NOT" | "&&" | "||") {
            self.out.write_char('\\')?;
            return self.out.write_str(word);
        }
        for c in word.chars() {
            self.escaped(c)?;
        }
        Ok(())
    }

    fn escaped(&mut self, c: char) -> fmt::Result {
        match c {
            '/' => return self.out.write_str(self.slash),
            c if is_special(c) || is_blank(c) => self.out.write_char('\\')?,
            _ => {}
        }
        self.out.write_char(c)
    }

    fn wildcard(&mut self, pieces: &[WildcardPiece]) -> fmt::Result {
        for piece in pieces {
            match piece {
                WildcardPiece::AnyChar => self.out.write_char('?')?,
                WildcardPiece::AnyString => self.out.write_char('*')?,
                WildcardPiece::Escaped(c) => write!(self.out, "\\{c}")?,
                // Here `\u` would be the letter u: patterns know one-character escapes only.
                WildcardPiece::Literal(text) => {
                    for c in text.chars() {
                        if is_special(c) || is_blank(c) {
                            self.out.write_char('\\')?;
                        }
                        self.out.write_char(c)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn regex(&mut self, pattern: &str) -> fmt::Result {
        self.out.write_char('/')?;
        let mut before = ' ';
        for c in pattern.chars() {
            if c == '/' && before != '\\' {
                self.out.write_char('\\')?;
            }
            self.out.write_char(c)?;
            before = c;
        }
        self.out.write_char('/')
    }

    fn quoted(&mut self, text: &str) -> fmt::Result {
        self.out.write_char('"')?;
        for c in text.chars() {
            match c {
                '"' | '\\' => write!(self.out, "\\{c}")?,
                '/' if self.slash != "\\/" => self.out.write_str(self.slash)?,
                c => self.out.write_char(c)?,
            }
        }
        self.out.write_char('"')
    }

    fn range(&mut self, lower: &RangeEnd, upper: &RangeEnd) -> fmt::Result {
        self.out.write_char(if matches!(lower, RangeEnd::Excluded(_)) { '{' } else { '[' })?;
        self.bound(lower)?;
        self.out.write_str(" TO ")?;
        self.bound(upper)?;
        self.out.write_char(if matches!(upper, RangeEnd::Excluded(_)) { '}' } else { ']' })
    }

    /// Inside a range a quote always stays raw text up to the last possible quote, so what is not a plain word is written
    /// in code units.
    fn bound(&mut self, bound: &RangeEnd) -> fmt::Result {
        let (RangeEnd::Included(text) | RangeEnd::Excluded(text)) = bound else { return self.out.write_char('*') };
        if text.is_empty() {
            // Quotes hold at least one character there; an escape that stands for nothing does not exist, so the nearest.
            return self.out.write_str("\\u0000");
        }
        let raw = text == "*" || text == "TO";
        for (i, c) in text.chars().enumerate() {
            let mut units = [0; 2];
            match c {
                c if c.is_alphanumeric() && !(raw && i == 0) => self.out.write_char(c)?,
                '-' | '.' | '+' | ':' | '_' => self.out.write_char(c)?,
                c => c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(self.out, "\\u{unit:04x}"))?,
            }
        }
        Ok(())
    }
}
