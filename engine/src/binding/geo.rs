//! Conditions on points: `geo.distance` and `geo.intersects`.

use tutti_index_schema::ValueType;
use tutti_index_schema::geo::Polygon;

use super::plan::{GeoTest, Plan};
use super::single_valued;
use crate::error::Result;
use crate::index::fields::{FieldInfo, Fields};
use crate::query::QueryError;
use crate::query::ast::{Node, Query, Span};

/// Binds a condition on a field of points.
pub(super) fn bind(fields: &Fields, path: &str, query: &Query) -> Result<Plan> {
    let field = single_valued(fields, path, query.span)?;
    check_type(field, query.span)?;
    Ok(Plan::Geo { field: field.id, test: test(query)? })
}

/// Refuses fields that hold no points.
pub(super) fn check_type(field: &FieldInfo, span: Span) -> Result<()> {
    if field.value_type() == ValueType::GeographyPoint {
        return Ok(());
    }
    Err(QueryError::new(span, format!("`{}` holds no geography points", field.path)).into())
}

/// One test of a point, or several joined.
pub(super) fn test(body: &Query) -> Result<GeoTest> {
    let every = |parts: &[Query]| parts.iter().map(test).collect::<Result<Vec<_>>>();
    Ok(match &body.node {
        Node::GeoDistance { point, op, kilometres } => GeoTest::Distance { from: *point, op: *op, kilometres: *kilometres },
        Node::GeoIntersects(ring) => GeoTest::Within(Polygon::new(ring)),
        Node::And(parts) => GeoTest::And(every(parts)?),
        Node::Or(parts) => GeoTest::Or(every(parts)?),
        Node::Not(inner) => GeoTest::Not(Box::new(test(inner)?)),
        _ => return Err(QueryError::new(body.span, "points can only be tested with geo.distance and geo.intersects").into()),
    })
}
