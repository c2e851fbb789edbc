//! Documents by their distance from the nearest of some places.

use crate::binding::plan::{GeoTest, Plan};
use crate::error::{Error, Result};
use crate::query::ast::CompareOp;
use crate::search::request::Near;
use crate::search::snapshot::Snapshot;
use tutti_index_schema::ValueType;

/// Places of one request.
const MAX_POINTS: usize = 20;

/// The documents that are near enough and far enough; `None` is all of them.
///
/// # Errors
/// A field that does not exist, holds no points or cannot be filtered by; too many places, or bounds the wrong way round.
pub(crate) fn bind(snapshot: &Snapshot, near: &Near) -> Result<Option<Plan>> {
    let info = snapshot.fields().require(&near.field)?;
    if info.value_type() != ValueType::GeographyPoint || info.multi_valued {
        return Err(Error::FieldNotAllowed { field: near.field.clone(), needed: "a single geography point" });
    }
    if near.points.is_empty() || near.points.len() > MAX_POINTS {
        return Err(Error::BadRequest(format!("`near` names {} places; give 1 to {MAX_POINTS}", near.points.len())));
    }
    let bounds = [near.at_most, near.above];
    if bounds.iter().flatten().any(|kilometres| !kilometres.is_finite() || *kilometres < 0.0) {
        return Err(Error::BadRequest("a distance is a number of 0 or more".to_owned()));
    }
    if let (Some(at_most), Some(above)) = (near.at_most, near.above)
        && above >= at_most
    {
        return Err(Error::BadRequest(format!("a ring from {above} to {at_most} holds nothing: its first distance is the smaller")));
    }
    if bounds.iter().all(Option::is_none) {
        return Ok(None);
    }
    if !info.definition.filterable {
        return Err(Error::FieldNotAllowed { field: near.field.clone(), needed: "filterable" });
    }
    let each = |op, kilometres| near.points.iter().map(|from| GeoTest::Distance { from: *from, op, kilometres }).collect();
    let mut tests = Vec::new();
    tests.extend(near.at_most.map(|kilometres| GeoTest::Or(each(CompareOp::Le, kilometres))));
    tests.extend(near.above.map(|kilometres| GeoTest::And(each(CompareOp::Gt, kilometres))));
    Ok(Some(Plan::Geo { field: info.id, test: GeoTest::And(tests) }))
}
