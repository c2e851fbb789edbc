//! Points on Earth: distances and polygons. The one place for this arithmetic.

/// Longitude and latitude in degrees.
pub type LonLat = (f64, f64);

/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_RADIUS: f64 = 6371.0088;

/// The great-circle distance of two points in kilometres (haversine formula).
#[inline]
#[must_use]
pub fn kilometres(a: LonLat, b: LonLat) -> f64 {
    let (a_latitude, b_latitude) = (a.1.to_radians(), b.1.to_radians());
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(b_latitude - a_latitude) + a_latitude.cos() * b_latitude.cos() * half((b.0 - a.0).to_radians());
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

/// The distance of two points, exact up to `bound`; beyond it perhaps a lower bound that is greater than `bound` too. Two points
/// are at least as far apart as their latitudes, and most points are told from that alone.
#[inline]
#[must_use]
pub fn kilometres_or_more(a: LonLat, b: LonLat, bound: f64) -> f64 {
    let apart = (a.1 - b.1).abs().to_radians() * EARTH_RADIUS;
    if apart > bound * 1.000_001 + 0.001 { apart } else { kilometres(a, b) }
}

/// A ring with its longitudes unrolled, so that it may cross the 180th meridian. Edges are straight in degrees, as they are
/// drawn on most maps, not along great circles. The edge belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    ring: Vec<LonLat>,
    west: f64,
    east: f64,
    south: f64,
    north: f64,
}

impl Polygon {
    /// The polygon inside a closed ring. Each step goes the short way around the Earth.
    #[must_use]
    pub fn new(ring: &[LonLat]) -> Polygon {
        let mut unrolled: Vec<LonLat> = Vec::with_capacity(ring.len());
        for (longitude, latitude) in ring {
            let longitude = match unrolled.last() {
                Some((before, _)) => before + (longitude - before + 540.0).rem_euclid(360.0) - 180.0,
                None => *longitude,
            };
            unrolled.push((longitude, *latitude));
        }
        let bound = |pick: fn(&LonLat) -> f64, join: fn(f64, f64) -> f64, from: f64| unrolled.iter().map(pick).fold(from, join);
        Polygon {
            west: bound(|point| point.0, f64::min, f64::INFINITY),
            east: bound(|point| point.0, f64::max, f64::NEG_INFINITY),
            south: bound(|point| point.1, f64::min, f64::INFINITY),
            north: bound(|point| point.1, f64::max, f64::NEG_INFINITY),
            ring: unrolled,
        }
    }

    /// Whether a point lies inside or on the edge.
    #[inline]
    #[must_use]
    pub fn contains(&self, (longitude, latitude): LonLat) -> bool {
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

#[cfg(test)]
mod tests;
