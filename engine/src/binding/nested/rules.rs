//! Azure's rules for the bodies of `any` and `all` over collections of simple values.

use tutti_index_schema::ValueType;

use crate::error::Result;
use crate::index::fields::FieldInfo;
use crate::query::QueryError;
use crate::query::ast::{CompareOp, Node, Query, Span};

/// What a test inside a body is, `not` pushed down to it.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    And,
    Or,
    Equal,
    Different,
    Order,
}

/// Azure's rules for bodies over simple collections: over strings `any` takes equalities joined by `or`, `all` inequalities
/// joined by `and`; over booleans one test stands alone; points as strings, near and far; numbers and dates: `any` an `or` of
/// `and`s without `ne` in them, `all` an `and` of `or`s without `eq` in them.
pub(in crate::binding) fn check_body(field: &FieldInfo, body: &Query, all: bool) -> Result<()> {
    let kind = field.value_type();
    let (single, joined) = if all { (Shape::Different, Shape::And) } else { (Shape::Equal, Shape::Or) };
    let word = if all { "all" } else { "any" };
    let refuse = |span: Span, remedy: &str| -> Result<()> {
        let message = format!("this combination is not available inside {word} over `{}`", field.path);
        Err(QueryError::new(span, message).with_remedy(remedy).into())
    };
    let mut open = vec![(body, false, None)];
    while let Some((query, negated, within)) = open.pop() {
        if let Node::Not(inner) = &query.node {
            open.push((inner, !negated, within));
            continue;
        }
        let shape = shape(query, negated);
        let strict = matches!(kind, ValueType::String | ValueType::GeographyPoint);
        match kind {
            ValueType::Boolean if matches!(shape, Shape::And | Shape::Or) => return refuse(query.span, "write a single test"),
            ValueType::String if shape == Shape::Order => {}
            _ if strict && shape != single && shape != joined => {
                let remedy = if all { "use ne or not search.in, joined by and" } else { "use eq or search.in, joined by or" };
                return refuse(query.span, remedy);
            }
            _ if strict || kind == ValueType::Boolean => {}
            _ => {
                let outer = if all { Shape::And } else { Shape::Or };
                let inner = if all { Shape::Or } else { Shape::And };
                let barred = if all { Shape::Equal } else { Shape::Different };
                if within == Some(inner) && (shape == barred || shape == outer) {
                    let remedy = if all {
                        "write an `and` of `or`s, without eq inside an `or`"
                    } else {
                        "write an `or` of `and`s, without ne inside an `and`"
                    };
                    return refuse(query.span, remedy);
                }
            }
        }
        if let Node::And(parts) | Node::Or(parts) = &query.node {
            open.extend(parts.iter().map(|part| (part, negated, Some(shape))));
        }
    }
    Ok(())
}

fn shape(query: &Query, negated: bool) -> Shape {
    let flip = |yes: Shape, no: Shape| if negated { no } else { yes };
    match &query.node {
        Node::And(_) => flip(Shape::And, Shape::Or),
        Node::Or(_) => flip(Shape::Or, Shape::And),
        Node::Compare { op: CompareOp::Eq, .. } | Node::In(_) | Node::IsTrue | Node::GeoIntersects(_) => {
            flip(Shape::Equal, Shape::Different)
        }
        Node::Compare { op: CompareOp::Ne, .. } => flip(Shape::Different, Shape::Equal),
        Node::GeoDistance { op: CompareOp::Lt | CompareOp::Le, .. } => flip(Shape::Equal, Shape::Different),
        Node::GeoDistance { .. } => flip(Shape::Different, Shape::Equal),
        _ => Shape::Order,
    }
}
