//! `any` and `all` bound to an index: over collections of simple values a test of column numbers, over collections of
//! complex values a test of elements. Azure's rules for what a body may be are checked here.

use tutti_index_schema::ValueType;

use super::elements::ElementTest;
use super::geography::{PlaceTest, Polygon};
use super::plan::{Plan, ValueTest};
use super::values::{filterable, fits, normalized};
use crate::error::{Error, Result};
use crate::index::generation::Generation;
use crate::index::layout::FieldLayout;
use crate::query::QueryError;
use crate::query::ast::{CompareOp, Lambda, Literal, Node, Query, Span};

/// Binds `path/any(...)` (`all` is false; without a lambda it asks whether the collection is not empty) or `path/all(...)`.
pub(crate) fn bind(generation: &Generation, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<Plan> {
    if generation.definition.field(path).is_some_and(|field| field.field_type.value == ValueType::Complex) {
        let test = Around { generation, prefix: String::new(), level: 0 }.elements(path, lambda, all, span)?;
        return Ok(match test {
            ElementTest::Not(inner) => Plan::Not(Box::new(Plan::Elements(*inner))),
            test => Plan::Elements(test),
        });
    }
    let (position, field) = filterable(generation, path)?;
    collection(field, span)?;
    if field.level > 0 {
        return Err(outside(path, span));
    }
    let Some(lambda) = lambda else { return Ok(Plan::HasValue { field: position }) };
    let plan = |negated: bool| -> Result<Plan> {
        if field.field.field_type.value == ValueType::GeographyPoint {
            let test = place_test(&lambda.body)?;
            return Ok(Plan::Place { field: position, test: if negated { PlaceTest::Not(Box::new(test)) } else { test } });
        }
        let test = value_test(field, &lambda.body)?;
        Ok(Plan::Value { field: position, test: if negated { ValueTest::Not(Box::new(test)) } else { test } })
    };
    check_body(field, &lambda.body, all)?;
    if all { Ok(Plan::Not(Box::new(plan(true)?))) } else { plan(false) }
}

/// The error for a field of elements that is named outside of `any` and `all`.
pub(crate) fn outside(path: &str, span: Span) -> Error {
    let collection = path.rsplit_once('/').map_or(path, |(parent, _)| parent);
    QueryError::new(span, format!("`{path}` is part of a collection: ask for `{collection}/any(x: x/... )`")).into()
}

fn collection(field: &FieldLayout, span: Span) -> Result<()> {
    match field.field.field_type.collection {
        true => Ok(()),
        false => Err(QueryError::new(span, format!("`{}` is no collection, so any and all do not apply", field.path)).into()),
    }
}

/// Where the paths of a body begin.
struct Around<'a> {
    generation: &'a Generation,
    /// The path of the collection; empty at the top.
    prefix: String,
    /// Collections of complex values around.
    level: u32,
}

impl Around<'_> {
    fn path(&self, relative: &str) -> String {
        match (self.prefix.as_str(), relative) {
            ("", relative) => relative.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, relative) => format!("{prefix}/{relative}"),
        }
    }

    /// `any` or `all` over a collection of complex values.
    fn elements(&self, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<ElementTest> {
        let layout = &self.generation.layout;
        let position = layout.elements.iter().position(|elements| elements.path == path && elements.level == self.level + 1);
        let Some(elements) = position else {
            let field = self.generation.definition.field(path);
            return Err(match field {
                Some(field) if field.field_type.collection => outside(path, span),
                _ => QueryError::new(span, format!("`{path}` is no collection, so any and all do not apply")).into(),
            });
        };
        let Some(lambda) = lambda else { return Ok(ElementTest::Any { elements, body: None }) };
        let inner = Around { generation: self.generation, prefix: path.to_owned(), level: self.level + 1 };
        let body = inner.test(&lambda.body)?;
        let any = |body| ElementTest::Any { elements, body: Some(Box::new(body)) };
        Ok(if all { ElementTest::Not(Box::new(any(ElementTest::Not(Box::new(body))))) } else { any(body) })
    }

    /// The body of a lambda over complex values.
    fn test(&self, query: &Query) -> Result<ElementTest> {
        let every = |parts: &[Query]| parts.iter().map(|part| self.test(part)).collect::<Result<Vec<_>>>();
        let path = self.path(query.field.as_deref().unwrap_or_default());
        let span = query.span;
        Ok(match &query.node {
            Node::MatchAll => ElementTest::Everything,
            Node::MatchNone => ElementTest::Nothing,
            Node::And(parts) => ElementTest::And(every(parts)?),
            Node::Or(parts) => ElementTest::Or(every(parts)?),
            Node::Not(inner) => ElementTest::Not(Box::new(self.test(inner)?)),
            Node::Compare { op, value } => {
                let (field, layout) = self.single(&path, span)?;
                match (op, value) {
                    (CompareOp::Eq, Literal::Null) => ElementTest::Not(Box::new(ElementTest::HasValue { field })),
                    (CompareOp::Ne, Literal::Null) => ElementTest::HasValue { field },
                    (CompareOp::Ne, value) => ElementTest::Not(Box::new(compare(field, layout, CompareOp::Eq, value, span)?)),
                    (op, value) => compare(field, layout, *op, value, span)?,
                }
            }
            Node::IsTrue => {
                let (field, layout) = self.single(&path, span)?;
                compare(field, layout, CompareOp::Eq, &Literal::Bool(true), span)?
            }
            Node::In(values) => {
                let (field, layout) = self.single(&path, span)?;
                ElementTest::Value { field, test: one_of(layout, values, span)? }
            }
            Node::GeoDistance { .. } | Node::GeoIntersects(_) => {
                let (field, layout) = self.single(&path, span)?;
                point(layout, span)?;
                ElementTest::Place { field, test: place_test(query)? }
            }
            Node::Any(lambda) => self.inner(&path, lambda.as_deref(), false, span)?,
            Node::All(lambda) => self.inner(&path, Some(lambda), true, span)?,
            _ => return Err(QueryError::new(span, "this condition is not available inside any and all").into()),
        })
    }

    /// `any` or `all` inside a body.
    fn inner(&self, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<ElementTest> {
        if self.generation.definition.field(path).is_some_and(|field| field.field_type.value == ValueType::Complex) {
            return self.elements(path, lambda, all, span);
        }
        let (field, layout) = self.leaf(path, span)?;
        collection(layout, span)?;
        let Some(lambda) = lambda else { return Ok(ElementTest::HasValue { field }) };
        check_body(layout, &lambda.body, all)?;
        let negated = |test: ElementTest| ElementTest::Not(Box::new(test));
        if layout.field.field_type.value == ValueType::GeographyPoint {
            let test = place_test(&lambda.body)?;
            return Ok(match all {
                true => negated(ElementTest::Place { field, test: PlaceTest::Not(Box::new(test)) }),
                false => ElementTest::Place { field, test },
            });
        }
        let test = value_test(layout, &lambda.body)?;
        Ok(match all {
            true => negated(ElementTest::Value { field, test: ValueTest::Not(Box::new(test)) }),
            false => ElementTest::Value { field, test },
        })
    }

    /// A field of the element, not further inside another collection of complex values.
    fn leaf(&self, path: &str, span: Span) -> Result<(usize, &FieldLayout)> {
        if path == self.prefix {
            return Err(QueryError::new(span, "an element of a complex collection cannot be compared; name one of its fields").into());
        }
        let (position, field) = filterable(self.generation, path)?;
        if field.level == self.level { Ok((position, field)) } else { Err(outside(path, span)) }
    }

    fn single(&self, path: &str, span: Span) -> Result<(usize, &FieldLayout)> {
        let (position, field) = self.leaf(path, span)?;
        match field.field.field_type.collection {
            true => Err(QueryError::new(span, format!("`{path}` is a collection: ask for `{path}/any(x: x eq ...)`")).into()),
            false => Ok((position, field)),
        }
    }
}

fn compare(field: usize, layout: &FieldLayout, op: CompareOp, value: &Literal, span: Span) -> Result<ElementTest> {
    fits(layout, value, span)?;
    Ok(ElementTest::Value { field, test: ValueTest::Compare(op, normalized(layout, value)) })
}

/// `search.in` over a field of strings.
pub(crate) fn one_of(field: &FieldLayout, values: &[String], span: Span) -> Result<ValueTest> {
    if field.field.field_type.value != ValueType::String {
        return Err(QueryError::new(span, format!("search.in needs a string field, `{}` is none", field.path)).into());
    }
    Ok(ValueTest::OneOf(match &field.normalizer {
        Some(normalizer) => values.iter().map(|value| normalizer.value(value)).collect(),
        None => values.to_vec(),
    }))
}

/// Refuses conditions on places for other fields.
pub(crate) fn point(field: &FieldLayout, span: Span) -> Result<()> {
    if field.field.field_type.value == ValueType::GeographyPoint {
        return Ok(());
    }
    Err(QueryError::new(span, format!("`{}` holds no geography points", field.path)).into())
}

/// The body of a lambda over a collection of simple values.
fn value_test(field: &FieldLayout, body: &Query) -> Result<ValueTest> {
    let every = |parts: &[Query]| parts.iter().map(|part| value_test(field, part)).collect::<Result<Vec<_>>>();
    let on_element = body.field.as_deref().unwrap_or_default().is_empty();
    Ok(match &body.node {
        Node::Compare { op, value } if on_element => {
            fits(field, value, body.span)?;
            if *value == Literal::Null {
                return Err(QueryError::new(body.span, "the values of a collection are never null").into());
            }
            ValueTest::Compare(*op, normalized(field, value))
        }
        Node::IsTrue if on_element => {
            fits(field, &Literal::Bool(true), body.span)?;
            ValueTest::Compare(CompareOp::Eq, Literal::Bool(true))
        }
        Node::In(values) if on_element => one_of(field, values, body.span)?,
        Node::MatchAll => ValueTest::Not(Box::new(ValueTest::Or(Vec::new()))),
        Node::MatchNone => ValueTest::Or(Vec::new()),
        Node::And(parts) => ValueTest::And(every(parts)?),
        Node::Or(parts) => ValueTest::Or(every(parts)?),
        Node::Not(inner) => ValueTest::Not(Box::new(value_test(field, inner)?)),
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

/// A condition on a point: one test, or several joined.
pub(crate) fn place_test(body: &Query) -> Result<PlaceTest> {
    let every = |parts: &[Query]| parts.iter().map(place_test).collect::<Result<Vec<_>>>();
    Ok(match &body.node {
        Node::GeoDistance { point, op, kilometres } => PlaceTest::Distance { from: *point, op: *op, kilometres: *kilometres },
        Node::GeoIntersects(ring) => PlaceTest::Within(Polygon::new(ring)),
        Node::And(parts) => PlaceTest::And(every(parts)?),
        Node::Or(parts) => PlaceTest::Or(every(parts)?),
        Node::Not(inner) => PlaceTest::Not(Box::new(place_test(inner)?)),
        _ => return Err(QueryError::new(body.span, "points can only be tested with geo.distance and geo.intersects").into()),
    })
}

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
fn check_body(field: &FieldLayout, body: &Query, all: bool) -> Result<()> {
    let kind = field.field.field_type.value;
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
