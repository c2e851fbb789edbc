//! `any` and `all`: over collections of simple values a test of values, over collections of complex values a test of elements.

mod rules;

use tutti_index_schema::ValueType;

use super::plan::{GeoTest, NestedTest, Plan, ValueTest};
use super::{compare, filterable, geo};
use crate::error::{Error, Result};
use crate::index::fields::{FieldInfo, Fields};
use crate::query::QueryError;
use crate::query::ast::{CompareOp, Lambda, Literal, Node, Query, Span};

/// Binds `path/any(...)` (`all` is false; without a lambda it asks whether the collection is not empty) or `path/all(...)`.
pub(super) fn bind(fields: &Fields, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<Plan> {
    if is_complex(fields, path) {
        let document = Element { fields, prefix: String::new(), depth: 0 };
        return Ok(match document.elements(path, lambda, all, span)? {
            NestedTest::Not(inner) => Plan::Not(Box::new(Plan::Nested(*inner))),
            test => Plan::Nested(test),
        });
    }
    let info = filterable(fields, path)?;
    check_collection(info, span)?;
    if info.depth > 0 {
        return Err(outside(path, span));
    }
    let field = info.id;
    let Some(lambda) = lambda else { return Ok(Plan::HasValue { field }) };
    rules::check_body(info, &lambda.body, all)?;
    let plan = match simple_test(info, &lambda.body, all)? {
        SimpleTest::Geo(test) => Plan::Geo { field, test },
        SimpleTest::Value(test) => Plan::Compare { field, test },
    };
    Ok(if all { Plan::Not(Box::new(plan)) } else { plan })
}

/// The error for a field of elements that is named outside of `any` and `all`.
pub(super) fn outside(path: &str, span: Span) -> Error {
    let collection = path.rsplit_once('/').map_or(path, |(parent, _)| parent);
    QueryError::new(span, format!("`{path}` is part of a collection: ask for `{collection}/any(x: x/... )`")).into()
}

fn is_complex(fields: &Fields, path: &str) -> bool {
    fields.definition().field(path).is_some_and(|field| field.field_type.value == ValueType::Complex)
}

fn check_collection(field: &FieldInfo, span: Span) -> Result<()> {
    if field.definition.field_type.collection { Ok(()) } else { Err(no_collection(&field.path, span)) }
}

fn no_collection(path: &str, span: Span) -> Error {
    QueryError::new(span, format!("`{path}` is no collection, so any and all do not apply")).into()
}

/// The body of a lambda over simple values.
enum SimpleTest {
    Value(ValueTest),
    Geo(GeoTest),
}

/// What one value has to pass for `any`, or, negated, to fail for `all`.
fn simple_test(field: &FieldInfo, body: &Query, negated: bool) -> Result<SimpleTest> {
    Ok(if field.value_type() == ValueType::GeographyPoint {
        let test = geo::test(body)?;
        SimpleTest::Geo(if negated { GeoTest::Not(Box::new(test)) } else { test })
    } else {
        let test = compare::body_test(field, body)?;
        SimpleTest::Value(if negated { ValueTest::Not(Box::new(test)) } else { test })
    })
}

/// Where the paths of a body begin: an element of a collection, or the document itself.
struct Element<'a> {
    fields: &'a Fields,
    /// The path of the collection; empty for the document.
    prefix: String,
    /// Collections of complex values around.
    depth: u32,
}

impl Element<'_> {
    fn path(&self, relative: &str) -> String {
        match (self.prefix.as_str(), relative) {
            ("", relative) => relative.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, relative) => format!("{prefix}/{relative}"),
        }
    }

    /// `any` or `all` over a collection of complex values.
    fn elements(&self, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<NestedTest> {
        let known = self.fields.collections().iter().find(|known| known.path == path && known.depth == self.depth + 1);
        let Some(collection) = known.map(|known| known.id) else {
            return Err(match self.fields.definition().field(path) {
                Some(field) if field.field_type.collection => outside(path, span),
                _ => no_collection(path, span),
            });
        };
        let Some(lambda) = lambda else { return Ok(NestedTest::Any { collection, body: None }) };
        let inner = Element { fields: self.fields, prefix: path.to_owned(), depth: self.depth + 1 };
        let body = inner.test(&lambda.body)?;
        let any = |body| NestedTest::Any { collection, body: Some(Box::new(body)) };
        Ok(if all { NestedTest::Not(Box::new(any(NestedTest::Not(Box::new(body))))) } else { any(body) })
    }

    /// The body of a lambda over complex values.
    fn test(&self, query: &Query) -> Result<NestedTest> {
        let every = |parts: &[Query]| parts.iter().map(|part| self.test(part)).collect::<Result<Vec<_>>>();
        let path = self.path(query.field.as_deref().unwrap_or_default());
        let span = query.span;
        Ok(match &query.node {
            Node::MatchAll => NestedTest::MatchAll,
            Node::MatchNone => NestedTest::MatchNone,
            Node::And(parts) => NestedTest::And(every(parts)?),
            Node::Or(parts) => NestedTest::Or(every(parts)?),
            Node::Not(inner) => NestedTest::Not(Box::new(self.test(inner)?)),
            Node::Compare { op, value } => self.compare(&path, *op, value, span)?,
            Node::IsTrue => self.compare(&path, CompareOp::Eq, &Literal::Bool(true), span)?,
            Node::In(values) => {
                let info = self.single_valued(&path, span)?;
                NestedTest::Compare { field: info.id, test: compare::one_of(info, values, span)? }
            }
            Node::GeoDistance { .. } | Node::GeoIntersects(_) => {
                let info = self.single_valued(&path, span)?;
                geo::check_type(info, span)?;
                NestedTest::Geo { field: info.id, test: geo::test(query)? }
            }
            Node::Any(lambda) => self.inner(&path, lambda.as_deref(), false, span)?,
            Node::All(lambda) => self.inner(&path, Some(lambda), true, span)?,
            _ => return Err(QueryError::new(span, "this condition is not available inside any and all").into()),
        })
    }

    fn compare(&self, path: &str, op: CompareOp, value: &Literal, span: Span) -> Result<NestedTest> {
        let info = self.single_valued(path, span)?;
        let field = info.id;
        let test = |op| Ok::<_, Error>(NestedTest::Compare { field, test: compare::test(info, op, value, span)? });
        Ok(match (op, value) {
            (CompareOp::Eq, Literal::Null) => NestedTest::Not(Box::new(NestedTest::HasValue { field })),
            (CompareOp::Ne, Literal::Null) => NestedTest::HasValue { field },
            (CompareOp::Ne, _) => NestedTest::Not(Box::new(test(CompareOp::Eq)?)),
            (op, _) => test(op)?,
        })
    }

    /// `any` or `all` inside a body.
    fn inner(&self, path: &str, lambda: Option<&Lambda>, all: bool, span: Span) -> Result<NestedTest> {
        if is_complex(self.fields, path) {
            return self.elements(path, lambda, all, span);
        }
        let info = self.leaf(path, span)?;
        check_collection(info, span)?;
        let field = info.id;
        let Some(lambda) = lambda else { return Ok(NestedTest::HasValue { field }) };
        rules::check_body(info, &lambda.body, all)?;
        let test = match simple_test(info, &lambda.body, all)? {
            SimpleTest::Geo(test) => NestedTest::Geo { field, test },
            SimpleTest::Value(test) => NestedTest::Compare { field, test },
        };
        Ok(if all { NestedTest::Not(Box::new(test)) } else { test })
    }

    /// A field of the element, not further inside another collection of complex values.
    fn leaf(&self, path: &str, span: Span) -> Result<&FieldInfo> {
        if path == self.prefix {
            return Err(QueryError::new(span, "an element of a complex collection cannot be compared; name one of its fields").into());
        }
        let field = filterable(self.fields, path)?;
        if field.depth == self.depth { Ok(field) } else { Err(outside(path, span)) }
    }

    fn single_valued(&self, path: &str, span: Span) -> Result<&FieldInfo> {
        let field = self.leaf(path, span)?;
        if field.definition.field_type.collection {
            return Err(QueryError::new(span, format!("`{path}` is a collection: ask for `{path}/any(x: x eq ...)`")).into());
        }
        Ok(field)
    }
}
