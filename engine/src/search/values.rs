//! Conditions on the values of fields, as OData filters write them, bound to columns.
//!
//! A condition on one field is a test that becomes, per segment, a set of intervals over the column's numbers (for
//! strings, over the ordinals of its dictionary). Sets of intervals are closed under and, or and not, so lambdas over
//! simple collections need no special cases: `any(x: test)` is "a value lies in the set", `all` is "none lies outside".

use std::ops::RangeInclusive;

use tantivy::columnar::StrColumn;
use tantivy::{f64_to_u64, i64_to_u64};
use tutti_index_schema::ValueType;

use super::lambda;
use super::plan::{Bool, Plan, ValueTest};
use crate::error::{Error, Result};
use crate::index::generation::Generation;
use crate::index::layout::{FieldLayout, Kind};
use crate::query::QueryError;
use crate::query::ast::{CompareOp, Literal, Node, Query, Span};

/// Binds a condition on values, or returns `None` when `query` is something else.
pub(crate) fn compile(generation: &Generation, query: &Query) -> Result<Option<Plan>> {
    let path = query.field.as_deref().unwrap_or_default();
    let plan = match &query.node {
        Node::Compare { op, value } => {
            let (position, field) = single(generation, path, query.span)?;
            match (op, value) {
                (CompareOp::Eq, Literal::Null) => Plan::Not(Box::new(Plan::HasValue { field: position })),
                (CompareOp::Ne, Literal::Null) => Plan::HasValue { field: position },
                // Whatever is not equal differs, a missing value too.
                (CompareOp::Ne, value) => Plan::Not(Box::new(value_plan(field, position, CompareOp::Eq, value, query.span)?)),
                (op, value) => value_plan(field, position, *op, value, query.span)?,
            }
        }
        Node::IsTrue => {
            let (position, field) = single(generation, path, query.span)?;
            value_plan(field, position, CompareOp::Eq, &Literal::Bool(true), query.span)?
        }
        Node::In(values) => {
            let (position, field) = single(generation, path, query.span)?;
            Plan::Value { field: position, test: lambda::one_of(field, values, query.span)? }
        }
        Node::Any(body) => lambda::bind(generation, path, body.as_deref(), false, query.span)?,
        Node::All(body) => lambda::bind(generation, path, Some(body), true, query.span)?,
        Node::GeoDistance { .. } | Node::GeoIntersects(_) => {
            let (position, field) = single(generation, path, query.span)?;
            lambda::point(field, query.span)?;
            Plan::Place { field: position, test: lambda::place_test(query)? }
        }
        _ => return Ok(None),
    };
    Ok(Some(plan))
}

/// Documents in which the field has one of these values, written as text (for facet choices).
pub(crate) fn one_of(generation: &Generation, path: &str, values: &[String]) -> Result<Plan> {
    let (position, field) = filterable(generation, path)?;
    let kind = field.field.field_type.value;
    if kind == ValueType::String {
        return Ok(Plan::Value { field: position, test: lambda::one_of(field, values, Span::default())? });
    }
    let mut tests = Vec::new();
    for text in values {
        let wrong = || Error::BadRequest(format!("`{text}` is not a value of field `{path}`"));
        let literal = match kind {
            ValueType::Boolean => Literal::Bool(text.parse().map_err(|_| wrong())?),
            ValueType::DateTimeOffset => Literal::DateTime(crate::index::document::micros(text).ok_or_else(wrong)?),
            ValueType::Int32 | ValueType::Int64 => Literal::Int(text.parse().map_err(|_| wrong())?),
            _ => Literal::Double(text.parse().map_err(|_| wrong())?),
        };
        tests.push(ValueTest::Compare(CompareOp::Eq, literal));
    }
    Ok(Plan::Value { field: position, test: ValueTest::Or(tests) })
}

/// A filterable field with one value per document.
fn single<'a>(generation: &'a Generation, path: &str, span: Span) -> Result<(usize, &'a FieldLayout)> {
    let (position, field) = filterable(generation, path)?;
    if field.level > 0 {
        return Err(lambda::outside(path, span));
    }
    if field.many {
        return Err(QueryError::new(span, format!("`{path}` is a collection: ask for `{path}/any(x: x eq ...)`")).into());
    }
    Ok((position, field))
}

/// A constant as the field's column holds it.
pub(crate) fn normalized(field: &FieldLayout, value: &Literal) -> Literal {
    match (value, &field.normalizer) {
        (Literal::String(text), Some(normalizer)) => Literal::String(normalizer.value(text)),
        (value, _) => value.clone(),
    }
}

pub(crate) fn filterable<'a>(generation: &'a Generation, path: &str) -> Result<(usize, &'a FieldLayout)> {
    let position = generation.layout.position(path).ok_or_else(|| super::no_such_field(generation, path))?;
    let field = &generation.layout.fields[position];
    if !field.field.filterable || field.value.is_none() {
        return Err(Error::FieldNotAllowed { field: path.to_owned(), needed: "filterable" });
    }
    Ok((position, field))
}

fn value_plan(field: &FieldLayout, position: usize, op: CompareOp, value: &Literal, span: Span) -> Result<Plan> {
    fits(field, value, span)?;
    Ok(Plan::Value { field: position, test: ValueTest::Compare(op, normalized(field, value)) })
}

/// Whether a constant can be compared with the field's values.
pub(crate) fn fits(field: &FieldLayout, value: &Literal, span: Span) -> Result<()> {
    let kind = field.field.field_type.value;
    let fits = match value {
        Literal::Null => true,
        Literal::String(_) => kind == ValueType::String,
        Literal::Bool(_) => kind == ValueType::Boolean,
        Literal::DateTime(_) => kind == ValueType::DateTimeOffset,
        Literal::Double(number) if !number.is_finite() => matches!(kind, ValueType::Double | ValueType::Single),
        Literal::Int(_) | Literal::Double(_) => matches!(kind, ValueType::Int32 | ValueType::Int64 | ValueType::Double | ValueType::Single),
    };
    if fits {
        return Ok(());
    }
    let (wanted, example) = match kind {
        ValueType::String => ("a string", "'rock'"),
        ValueType::Boolean => ("true or false", "true"),
        ValueType::GeographyPoint => ("a distance", "geo.distance(field, geography'POINT(13.4 52.5)') lt 10"),
        ValueType::DateTimeOffset => ("a date with offset", "2020-05-17T00:00:00Z"),
        _ => ("a number", "1999"),
    };
    Err(QueryError::new(span, format!("field `{}` holds another type: compare it with {wanted}, like {example}", field.path)).into())
}

/// Disjoint ascending intervals of column numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<RangeInclusive<u64>>);

impl Intervals {
    fn one(low: u64, high: u64) -> Intervals {
        Intervals(if low <= high { vec![low..=high] } else { Vec::new() })
    }

    fn union(mut self, other: Intervals) -> Intervals {
        self.0.extend(other.0);
        Intervals::joined(self.0)
    }

    /// The intervals that these make up.
    fn joined(mut intervals: Vec<RangeInclusive<u64>>) -> Intervals {
        intervals.sort_unstable_by_key(|interval| *interval.start());
        let mut out: Vec<RangeInclusive<u64>> = Vec::with_capacity(intervals.len());
        for interval in intervals {
            match out.last_mut() {
                Some(last) if *interval.start() <= last.end().saturating_add(1) => *last = *last.start()..=*last.end().max(interval.end()),
                _ => out.push(interval),
            }
        }
        Intervals(out)
    }

    fn complement(&self) -> Intervals {
        let mut out = Vec::new();
        let mut next = Some(0u64);
        for interval in &self.0 {
            if let Some(from) = next.filter(|from| from < interval.start()) {
                out.push(from..=interval.start() - 1);
            }
            next = interval.end().checked_add(1);
        }
        out.extend(next.map(|from| from..=u64::MAX));
        Intervals(out)
    }

    fn intersection(self, other: &Intervals) -> Intervals {
        self.complement().union(other.complement()).complement()
    }

    /// Whether nothing lies in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` lies in it.
    #[inline]
    pub(crate) fn contain(&self, value: u64) -> bool {
        match self.0.as_slice() {
            [] => false,
            [only] => only.contains(&value),
            many => {
                let at = many.partition_point(|interval| *interval.end() < value);
                many.get(at).is_some_and(|interval| *interval.start() <= value)
            }
        }
    }
}

/// What a column's numbers stand for.
pub(crate) enum Domain<'a> {
    Whole,
    Decimal,
    Strings(&'a StrColumn),
}

impl<'a> Domain<'a> {
    pub(crate) fn of(kind: Kind, strings: Option<&'a StrColumn>) -> Domain<'a> {
        match (strings, kind) {
            (Some(strings), _) => Domain::Strings(strings),
            (None, Kind::Decimal | Kind::DecimalColumn) => Domain::Decimal,
            (None, _) => Domain::Whole,
        }
    }
}

impl ValueTest {
    /// The numbers of the column that pass.
    pub(crate) fn intervals(&self, domain: &Domain<'_>) -> Result<Intervals> {
        Ok(match self {
            ValueTest::Compare(op, value) => compare(domain, *op, value)?,
            ValueTest::OneOf(values) => match domain {
                Domain::Strings(column) => ordinals(column, values)?,
                Domain::Whole | Domain::Decimal => Intervals::default(),
            },
            ValueTest::And(parts) => {
                let mut out = Intervals::one(0, u64::MAX);
                for part in parts {
                    out = out.intersection(&part.intervals(domain)?);
                }
                out
            }
            ValueTest::Or(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.intervals(domain)?.0);
                }
                Intervals::joined(all)
            }
            ValueTest::Not(inner) => inner.intervals(domain)?.complement(),
        })
    }

    /// The exact strings that pass, when the test is no more than a list of them.
    pub(crate) fn listed(&self) -> Option<Vec<&str>> {
        match self {
            ValueTest::OneOf(values) => Some(values.iter().map(String::as_str).collect()),
            ValueTest::Compare(CompareOp::Eq, Literal::String(text)) => Some(vec![text]),
            ValueTest::Or(parts) => {
                let lists: Option<Vec<_>> = parts.iter().map(ValueTest::listed).collect();
                lists.map(|lists| lists.concat())
            }
            ValueTest::Compare(..) | ValueTest::And(_) | ValueTest::Not(_) => None,
        }
    }
}

fn compare(domain: &Domain<'_>, op: CompareOp, value: &Literal) -> Result<Intervals> {
    if op == CompareOp::Ne {
        return Ok(compare(domain, CompareOp::Eq, value)?.complement());
    }
    // Where the constant stands among the numbers: everything below `from` is less, everything from `to` on is greater.
    let (from, to) = match (domain, value) {
        (_, Literal::Null) => return Ok(Intervals::default()),
        (Domain::Strings(column), Literal::String(text)) => {
            let found = column.dictionary().term_ord(text.as_bytes()).map_err(tantivy::TantivyError::from)?;
            match found {
                Some(ord) => around(ord),
                None => between(insertion(column, text.as_bytes())?),
            }
        }
        (Domain::Whole, Literal::Int(number) | Literal::DateTime(number)) => around(i64_to_u64(*number)),
        (Domain::Whole, Literal::Bool(truth)) => around(i64_to_u64(i64::from(*truth))),
        (Domain::Whole, Literal::Double(number)) => {
            if number.is_nan() {
                return Ok(Intervals::default());
            }
            let (floor, ceiling) = (number.floor(), number.ceil());
            if ceiling >= i64::MAX as f64 {
                (BEYOND, BEYOND)
            } else if floor < i64::MIN as f64 {
                between(0)
            } else if floor == ceiling {
                around(i64_to_u64(floor as i64))
            } else {
                between(i64_to_u64(ceiling as i64))
            }
        }
        (Domain::Decimal, Literal::Int(number)) => around(f64_to_u64(*number as f64)),
        (Domain::Decimal, Literal::Double(number)) => {
            if number.is_nan() {
                return Ok(Intervals::default());
            }
            // Both zeros are equal; columns hold the positive one.
            around(f64_to_u64(if *number == 0.0 { 0.0 } else { *number }))
        }
        _ => return Ok(Intervals::default()),
    };
    // NaN stands above infinity in the column and is comparable with nothing.
    let top = if matches!(domain, Domain::Decimal) { f64_to_u64(f64::INFINITY) } else { u64::MAX };
    let below = |end: u128| match end.checked_sub(1) {
        Some(last) => Intervals::one(0, u64::try_from(last).unwrap_or(u64::MAX)),
        None => Intervals::default(),
    };
    let above = |start: u128| u64::try_from(start).map_or_else(|_| Intervals::default(), |start| Intervals::one(start, top));
    Ok(match op {
        CompareOp::Eq => below(to).intersection(&above(from)),
        CompareOp::Lt => below(from),
        CompareOp::Le => below(to),
        CompareOp::Gt => above(to),
        CompareOp::Ge => above(from),
        CompareOp::Ne => Intervals::default(),
    })
}

/// The ordinals of those `values` that the column has. A long list is looked up in the order of the dictionary.
fn ordinals(column: &StrColumn, values: &[String]) -> Result<Intervals> {
    let mut sorted: Vec<&str> = values.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found = Vec::new();
    if sorted.len() > column.num_terms() {
        let mut terms = column.dictionary().stream().map_err(tantivy::TantivyError::from)?;
        while terms.advance() {
            if sorted.binary_search_by(|value| value.as_bytes().cmp(terms.key())).is_ok() {
                found.push(terms.term_ord()..=terms.term_ord());
            }
        }
    } else {
        for value in sorted {
            let ord = column.dictionary().term_ord(value.as_bytes()).map_err(tantivy::TantivyError::from)?;
            found.extend(ord.map(|ord| ord..=ord));
        }
    }
    Ok(Intervals::joined(found))
}

/// Past every number a column can hold.
const BEYOND: u128 = 1 << 64;

/// A constant that is the column's number: from it, and from the next one on.
fn around(number: u64) -> (u128, u128) {
    (u128::from(number), u128::from(number) + 1)
}

/// A constant that lies just below the column's number.
fn between(number: u64) -> (u128, u128) {
    (u128::from(number), u128::from(number))
}

/// The ordinal of the first term not less than `text`: a binary search, one dictionary look-up a step.
fn insertion(column: &StrColumn, text: &[u8]) -> Result<u64> {
    let (mut low, mut high) = (0, column.num_terms() as u64);
    let mut term = Vec::new();
    while low < high {
        let middle = low + (high - low) / 2;
        column.dictionary().ord_to_term(middle, &mut term).map_err(tantivy::TantivyError::from)?;
        if term.as_slice() < text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// `text` where the filter holds. A filter with `search.ismatchscoring` in it adds to the score; beside it a search for
/// everything adds nothing.
pub(crate) fn filtered(text: Plan, filter: Option<(Plan, bool)>) -> Plan {
    match filter {
        None => text,
        Some((filter, false)) => Plan::boolean(Bool { must: vec![text], filter: vec![filter], ..Bool::default() }),
        Some((filter, true)) => {
            let text = if let Plan::All { .. } = text { Plan::All { boost: 0.0 } } else { text };
            Plan::boolean(Bool { must: vec![text, filter], ..Bool::default() })
        }
    }
}

/// Whether `search.ismatchscoring` stands somewhere in a filter.
pub(crate) fn scores(filter: &Query) -> bool {
    let mut open = vec![filter];
    while let Some(query) = open.pop() {
        if matches!(query.node, Node::FullText { scoring: true, .. }) {
            return true;
        }
        open.extend(query.children());
    }
    false
}

#[cfg(test)]
mod tests;
