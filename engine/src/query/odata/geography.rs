//! Points and polygons in well-known text: `POINT(lon lat)`, `POLYGON((lon lat, lon lat, ...))`.

use super::lexer::Token;
use crate::query::QueryError;

const POINT: &str = "write geography'POINT(longitude latitude)', longitude from -180 to 180, latitude from -90 to 90";
const POLYGON: &str = "write geography'POLYGON((lon lat, lon lat, ...))' with four or more points, the last one equal to the first";

/// The point that a `geography'…'` holds.
pub(super) fn point(token: Token) -> Result<(f64, f64), QueryError> {
    let text = token.unquoted();
    let inner = shape(&text, "POINT").and_then(in_parentheses);
    inner.and_then(position).ok_or_else(|| QueryError::new(token.span, "expected a point").with_remedy(POINT))
}

/// The ring of the polygon that a `geography'…'` holds, counter-clockwise whatever its order was.
pub(super) fn polygon(token: Token) -> Result<Vec<(f64, f64)>, QueryError> {
    let error = |message: &str| QueryError::new(token.span, message).with_remedy(POLYGON);
    let text = token.unquoted();
    let inner = shape(&text, "POLYGON").and_then(in_parentheses).and_then(in_parentheses);
    let ring: Option<Vec<_>> = inner.and_then(|inner| inner.split(',').map(position).collect());
    let mut ring = ring.ok_or_else(|| error("expected a polygon of one ring"))?;
    if ring.len() < 4 {
        return Err(error("expected four points or more in a polygon"));
    }
    if ring.first() != ring.last() {
        return Err(error("the ring of the polygon is not closed"));
    }
    if doubled_area(&ring) < 0.0 {
        ring.reverse();
    }
    Ok(ring)
}

/// Twice the area in square degrees, negative for a clockwise ring. Steps go the short way, also across the 180th meridian.
fn doubled_area(ring: &[(f64, f64)]) -> f64 {
    let mut area = 0.0;
    let mut x = 0.0;
    for pair in ring.windows(2) {
        let [(from, y), (to, next_y)] = *pair else { continue };
        let next_x = x + (to - from + 540.0).rem_euclid(360.0) - 180.0;
        area += x * next_y - next_x * y;
        x = next_x;
    }
    area
}

fn shape<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let text = text.trim();
    let text = text.strip_prefix("SRID=4326;").unwrap_or(text);
    let (head, tail) = text.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then_some(tail)
}

fn in_parentheses(text: &str) -> Option<&str> {
    text.trim().strip_prefix('(')?.strip_suffix(')')
}

fn position(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split_ascii_whitespace();
    let (longitude, latitude) = (number(numbers.next()?)?, number(numbers.next()?)?);
    let on_earth = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    (on_earth && numbers.next().is_none()).then_some((longitude, latitude))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
