//! Conditions on the values of one field, as OData filters write them. A condition becomes one test of a value, whatever its
//! shape: tests are closed under and, or and not, so lambdas over simple collections need no special cases: `any(x: test)` is
//! "a value passes", `all` is "none fails".

use tutti_index_schema::ValueType;

use super::plan::{Plan, ValueTest};
use super::{filterable, single_valued};
use crate::error::{Error, Result};
use crate::index::fields::{FieldInfo, Fields};
use crate::query::QueryError;
use crate::query::ast::{CompareOp, Literal, Node, Query, Span};

/// Binds `field op value`.
pub(super) fn bind(fields: &Fields, path: &str, op: CompareOp, value: &Literal, span: Span) -> Result<Plan> {
    let info = single_valued(fields, path, span)?;
    let field = info.id;
    Ok(match (op, value) {
        (CompareOp::Eq, Literal::Null) => Plan::Not(Box::new(Plan::HasValue { field })),
        (CompareOp::Ne, Literal::Null) => Plan::HasValue { field },
        // Whatever is not equal differs, a missing value too.
        (CompareOp::Ne, value) => Plan::Not(Box::new(Plan::Compare { field, test: test(info, CompareOp::Eq, value, span)? })),
        (op, value) => Plan::Compare { field, test: test(info, op, value, span)? },
    })
}

/// Binds a boolean field on its own.
pub(super) fn is_true(fields: &Fields, path: &str, span: Span) -> Result<Plan> {
    bind(fields, path, CompareOp::Eq, &Literal::Bool(true), span)
}

/// Binds `search.in`.
pub(super) fn is_in(fields: &Fields, path: &str, values: &[String], span: Span) -> Result<Plan> {
    let info = single_valued(fields, path, span)?;
    Ok(Plan::Compare { field: info.id, test: one_of(info, values, span)? })
}

/// Documents in which the field has one of these values, written as text.
pub(super) fn one_of_texts(fields: &Fields, path: &str, values: &[String]) -> Result<Plan> {
    let info = filterable(fields, path)?;
    let field = info.id;
    if info.value_type() == ValueType::String {
        return Ok(Plan::Compare { field, test: one_of(info, values, Span::default())? });
    }
    let mut tests = Vec::new();
    for text in values {
        let wrong = || Error::BadRequest(format!("`{text}` is not a value of field `{path}`"));
        let literal = match info.value_type() {
            ValueType::Boolean => Literal::Bool(text.parse().map_err(|_| wrong())?),
            ValueType::DateTimeOffset => Literal::DateTime(tutti_index_schema::date_time_micros(text).ok_or_else(wrong)?),
            ValueType::Int32 | ValueType::Int64 => Literal::Int(text.parse().map_err(|_| wrong())?),
            _ => Literal::Double(text.parse().map_err(|_| wrong())?),
        };
        tests.push(ValueTest::Compare(CompareOp::Eq, literal));
    }
    Ok(Plan::Compare { field, test: ValueTest::Or(tests) })
}

/// A comparison with a constant of the field's type, as its values are kept.
pub(super) fn test(field: &FieldInfo, op: CompareOp, value: &Literal, span: Span) -> Result<ValueTest> {
    check_type(field, value, span)?;
    Ok(ValueTest::Compare(op, normalized(field, value)))
}

/// `search.in` over a field of strings.
pub(super) fn one_of(field: &FieldInfo, values: &[String], span: Span) -> Result<ValueTest> {
    if field.value_type() != ValueType::String {
        return Err(QueryError::new(span, format!("search.in needs a string field, `{}` is none", field.path)).into());
    }
    Ok(ValueTest::OneOf(match &field.normalizer {
        Some(normalizer) => values.iter().map(|value| normalizer.value(value)).collect(),
        None => values.to_vec(),
    }))
}

/// The body of `any` and `all` over a collection of simple values.
pub(super) fn body_test(field: &FieldInfo, body: &Query) -> Result<ValueTest> {
    let every = |parts: &[Query]| parts.iter().map(|part| body_test(field, part)).collect::<Result<Vec<_>>>();
    let on_element = body.field.as_deref().unwrap_or_default().is_empty();
    Ok(match &body.node {
        Node::Compare { op, value } if on_element => {
            let test = test(field, *op, value, body.span)?;
            if *value == Literal::Null {
                return Err(QueryError::new(body.span, "the values of a collection are never null").into());
            }
            test
        }
        Node::IsTrue if on_element => test(field, CompareOp::Eq, &Literal::Bool(true), body.span)?,
        Node::In(values) if on_element => one_of(field, values, body.span)?,
        Node::MatchAll => ValueTest::Not(Box::new(ValueTest::Or(Vec::new()))),
        Node::MatchNone => ValueTest::Or(Vec::new()),
        Node::And(parts) => ValueTest::And(every(parts)?),
        Node::Or(parts) => ValueTest::Or(every(parts)?),
        Node::Not(inner) => ValueTest::Not(Box::new(body_test(field, inner)?)),
        Node::GeoDistance { .. } | Node::GeoIntersects(_) if on_element => {
            return Err(QueryError::new(body.span, format!("`{}` holds no geography points", field.path)).into());
        }
        _ if !on_element => {
            let message = format!("the values of `{}` are simple and have no fields", field.path);
            return Err(QueryError::new(body.span, message).with_remedy("compare the range variable itself").into());
        }
        _ => return Err(QueryError::new(body.span, "this condition is not available inside any and all").into()),
    })
}

/// A constant as the field's values are kept.
fn normalized(field: &FieldInfo, value: &Literal) -> Literal {
    match (value, &field.normalizer) {
        (Literal::String(text), Some(normalizer)) => Literal::String(normalizer.value(text)),
        (value, _) => value.clone(),
    }
}

/// Whether a constant can be compared with the field's values.
fn check_type(field: &FieldInfo, value: &Literal, span: Span) -> Result<()> {
    let of = field.value_type();
    let is_number = matches!(of, ValueType::Int32 | ValueType::Int64 | ValueType::Double | ValueType::Single);
    let fits = match value {
        Literal::Null => true,
        Literal::String(_) => of == ValueType::String,
        Literal::Bool(_) => of == ValueType::Boolean,
        Literal::DateTime(_) => of == ValueType::DateTimeOffset,
        Literal::Double(number) if !number.is_finite() => matches!(of, ValueType::Double | ValueType::Single),
        Literal::Int(_) | Literal::Double(_) => is_number,
    };
    if fits {
        return Ok(());
    }
    let (wanted, example) = match of {
        ValueType::String => ("a string", "'rock'"),
        ValueType::Boolean => ("true or false", "true"),
        ValueType::GeographyPoint => ("a distance", "geo.distance(field, geography'POINT(13.4 52.5)') lt 10"),
        ValueType::DateTimeOffset => ("a date with offset", "2020-05-17T00:00:00Z"),
        _ => ("a number", "1999"),
    };
    Err(QueryError::new(span, format!("field `{}` holds another type: compare it with {wanted}, like {example}", field.path)).into())
}
