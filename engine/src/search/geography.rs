//! Distances on the globe.

/// Mean radius of the earth (IUGG) in kilometres.
const EARTH_RADIUS: f64 = 6371.0088;

/// The great-circle distance between two points, each longitude and latitude in degrees (haversine formula).
pub(crate) fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (latitude, other) = (from.1.to_radians(), to.1.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let haversine = half(to.1 - from.1) + latitude.cos() * other.cos() * half(to.0 - from.0);
    2.0 * EARTH_RADIUS * haversine.clamp(0.0, 1.0).sqrt().asin()
}
