//! Places on Earth: distances, polygons, and the documents whose points pass a test.

use std::sync::Arc;

use tantivy::query::EmptyScorer;
use tantivy::{DocSet, SegmentReader};

use super::constant::scan;
use crate::index::columns::Columns;
use crate::index::layout::Kind;
use crate::query::ast::CompareOp;

/// Longitude and latitude in degrees.
pub(crate) type Place = (f64, f64);

/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_RADIUS: f64 = 6371.0088;

/// The great-circle distance of two places in kilometres (haversine formula).
pub(crate) fn kilometres(a: Place, b: Place) -> f64 {
    let (a_latitude, b_latitude) = (a.1.to_radians(), b.1.to_radians());
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(b_latitude - a_latitude) + a_latitude.cos() * b_latitude.cos() * half((b.0 - a.0).to_radians());
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

/// A test of one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PlaceTest {
    Distance { from: Place, op: CompareOp, kilometres: f64 },
    Within(Polygon),
    And(Vec<PlaceTest>),
    Or(Vec<PlaceTest>),
    Not(Box<PlaceTest>),
}

impl PlaceTest {
    /// Whether a point passes.
    pub(crate) fn passes(&self, place: Place) -> bool {
        match self {
            PlaceTest::Distance { from, op, kilometres: bound } => {
                // Two places are at least as far apart as their latitudes: most places are told from that alone.
                let apart = (from.1 - place.1).abs().to_radians() * EARTH_RADIUS;
                let distance = if apart > bound * 1.000_001 + 0.001 { apart } else { kilometres(*from, place) };
                match op {
                    CompareOp::Lt => distance < *bound,
                    CompareOp::Le => distance <= *bound,
                    CompareOp::Gt => distance > *bound,
                    CompareOp::Ge => distance >= *bound,
                    CompareOp::Eq | CompareOp::Ne => false,
                }
            }
            PlaceTest::Within(polygon) => polygon.contains(place),
            PlaceTest::And(parts) => parts.iter().all(|part| part.passes(place)),
            PlaceTest::Or(parts) => parts.iter().any(|part| part.passes(place)),
            PlaceTest::Not(inner) => !inner.passes(place),
        }
    }
}

/// A ring with its longitudes unrolled, so that it may cross the 180th meridian. Edges are straight in degrees, as they are
/// drawn on most maps, not along great circles. The edge belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Polygon {
    ring: Vec<Place>,
    west: f64,
    east: f64,
    south: f64,
    north: f64,
}

impl Polygon {
    /// The polygon inside a closed ring. Each step goes the short way around the Earth.
    pub(crate) fn new(ring: &[Place]) -> Polygon {
        let mut unrolled: Vec<Place> = Vec::with_capacity(ring.len());
        for (longitude, latitude) in ring {
            let longitude = match unrolled.last() {
                Some((before, _)) => before + (longitude - before + 540.0).rem_euclid(360.0) - 180.0,
                None => *longitude,
            };
            unrolled.push((longitude, *latitude));
        }
        let bound = |pick: fn(&Place) -> f64, join: fn(f64, f64) -> f64, from: f64| unrolled.iter().map(pick).fold(from, join);
        Polygon {
            west: bound(|place| place.0, f64::min, f64::INFINITY),
            east: bound(|place| place.0, f64::max, f64::NEG_INFINITY),
            south: bound(|place| place.1, f64::min, f64::INFINITY),
            north: bound(|place| place.1, f64::max, f64::NEG_INFINITY),
            ring: unrolled,
        }
    }

    /// Whether a place lies inside or on the edge.
    pub(crate) fn contains(&self, (longitude, latitude): Place) -> bool {
        if latitude < self.south || latitude > self.north {
            return false;
        }
        [longitude - 360.0, longitude, longitude + 360.0]
            .into_iter()
            .filter(|longitude| (self.west..=self.east).contains(longitude))
            .any(|longitude| self.contains_unrolled(longitude, latitude))
    }

    /// The even-odd rule, edges included.
    fn contains_unrolled(&self, x: f64, y: f64) -> bool {
        let mut inside = false;
        for edge in self.ring.windows(2) {
            let [(x1, y1), (x2, y2)] = *edge else { continue };
            let cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
            let between = x >= x1.min(x2) && x <= x1.max(x2) && y >= y1.min(y2) && y <= y1.max(y2);
            if cross == 0.0 && between {
                return true;
            }
            if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
                inside = !inside;
            }
        }
        inside
    }
}

/// Documents with a point that passes.
pub(crate) struct PlacesWith {
    pub(crate) columns: Arc<Columns>,
    pub(crate) kind: Kind,
    pub(crate) latitude: String,
    pub(crate) longitude: String,
    pub(crate) test: PlaceTest,
}

impl PlacesWith {
    pub(crate) fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let latitudes = self.columns.numbers(reader, self.kind, &self.latitude)?;
        let longitudes = self.columns.numbers(reader, self.kind, &self.longitude)?;
        let (Some((latitudes, _)), Some((longitudes, _))) = (latitudes, longitudes) else { return Ok(Box::new(EmptyScorer)) };
        let test = self.test.clone();
        let degrees = tantivy::u64_to_f64;
        Ok(scan(reader, move |doc| {
            let mut points = longitudes.values_for_doc(doc).zip(latitudes.values_for_doc(doc));
            points.any(|(longitude, latitude)| test.passes((degrees(longitude), degrees(latitude))))
        }))
    }
}

#[cfg(test)]
mod tests;
