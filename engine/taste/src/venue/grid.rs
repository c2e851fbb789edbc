//! A spatial index: points in cells of latitude and longitude, radius search, and the best k by a score that falls with distance.
//!
//! Rows have equal height; each row has its own number of columns, so cells are about square everywhere and the antimeridian is
//! an ordinary border. Distances are exact (haversine); cells only choose whom to measure.
//!
//! Must not hold: what a venue is, or how it is scored.

#[cfg(test)]
mod tests;

/// Mean radius of the earth in metres (IUGG R1).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Rings grow by this factor: few rings, and no more than a few times the needed points are measured twice.
const GROWTH: f64 = 1.5;

/// A place on earth, degrees (WGS 84). Latitude is within -90..=90, longitude within -180..180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    lat: f64,
    lon: f64,
}

impl Point {
    /// Returns `None` for numbers that are not finite and for latitudes beyond a pole. Longitudes wrap.
    #[must_use]
    pub fn new(lat: f64, lon: f64) -> Option<Point> {
        if !lon.is_finite() || !(-90.0..=90.0).contains(&lat) {
            return None;
        }
        let wrapped = (lon + 180.0).rem_euclid(360.0) - 180.0;
        // A tiny negative number can round up to the end of the range.
        Some(Point { lat, lon: if wrapped < 180.0 { wrapped } else { -180.0 } })
    }

    /// Latitude in degrees, north positive.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees, east positive.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Great-circle distance in metres by the haversine formula (Sinnott 1984).
    #[must_use]
    pub fn distance_m(self, other: Point) -> f64 {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let h = half(other.lat - self.lat) + self.lat.to_radians().cos() * other.lat.to_radians().cos() * half(other.lon - self.lon);
        2.0 * EARTH_RADIUS_M * h.min(1.0).sqrt().asin()
    }
}

/// A found point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Position in the slice the grid was built from.
    pub item: u32,
    /// Distance in metres.
    pub distance_m: f64,
}

/// A found point with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Position in the slice the grid was built from.
    pub item: u32,
    /// Distance in metres from the centre of the search.
    pub distance_m: f64,
    /// What the caller's score said.
    pub score: f64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    column: u32,
    item: u32,
    at: Point,
}

#[derive(Clone, Debug)]
struct Row {
    number: u32,
    columns: u32,
    entries: Vec<Entry>,
}

/// The index. It does not change: build a new one when points move.
#[derive(Clone, Debug)]
pub struct Grid {
    cell_m: f64,
    row_degrees: f64,
    /// Rows with points only, from south to north; entries sorted by column.
    rows: Vec<Row>,
    len: usize,
}

impl Grid {
    /// Builds the index over `points` with cells of about `cell_m` metres, held within 10 m and 1,000 km. O(n log n).
    #[must_use]
    pub fn new(points: &[Point], cell_m: f64) -> Grid {
        let cell_m = if cell_m.is_finite() { cell_m.clamp(10.0, 1_000_000.0) } else { 1_000.0 };
        let mut grid = Grid { cell_m, row_degrees: (cell_m / EARTH_RADIUS_M).to_degrees(), rows: Vec::new(), len: points.len() };
        let mut placed: Vec<(u32, u32, Entry)> = Vec::with_capacity(points.len());
        for (item, &at) in (0..).zip(points) {
            let number = grid.row_of(at.lat);
            let columns = grid.columns_of(number);
            placed.push((number, columns, Entry { column: column_of(at.lon, columns), item, at }));
        }
        placed.sort_unstable_by_key(|(number, _, entry)| (*number, entry.column, entry.item));
        for (number, columns, entry) in placed {
            match grid.rows.last_mut() {
                Some(row) if row.number == number => row.entries.push(entry),
                _ => grid.rows.push(Row { number, columns, entries: vec![entry] }),
            }
        }
        grid
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The points at most `radius_m` metres from `centre`, nearest first, equal ones by item.
    #[must_use]
    pub fn within(&self, centre: Point, radius_m: f64) -> Vec<Near> {
        let mut found = Vec::new();
        self.ring(centre, -1.0, radius_m, &mut |near| found.push(near));
        found.sort_unstable_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.item.cmp(&b.item)));
        found
    }

    /// The `k` points of greatest score, best first; equal scores by distance, then by item.
    ///
    /// `score(item, distance_m)` may refuse a point with `None`; a score that is not finite is refused too. `bound(distance_m)` must
    /// never rise with distance, and no point at that distance or farther may score above it. Rings go outward until the k-th score
    /// reaches the bound of all that is left. Same answer as scoring every point.
    pub fn best(&self, centre: Point, k: usize, bound: impl Fn(f64) -> f64, mut score: impl FnMut(u32, f64) -> Option<f64>) -> Vec<Scored> {
        let mut best: Vec<Scored> = Vec::new();
        let (mut inner, mut outer, mut seen) = (-1.0, self.cell_m, 0);
        while seen < self.len && k > 0 {
            self.ring(centre, inner, outer, &mut |Near { item, distance_m }| {
                seen += 1;
                if let Some(score) = score(item, distance_m).filter(|score| score.is_finite()) {
                    best.push(Scored { item, distance_m, score });
                }
            });
            best.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.distance_m.total_cmp(&b.distance_m)).then(a.item.cmp(&b.item)));
            best.truncate(k);
            // Ties are safe: whatever is left is farther away than anything seen.
            if best.len() == k && best.last().is_some_and(|worst| worst.score >= bound(outer)) {
                break;
            }
            (inner, outer) = (outer, outer * GROWTH);
        }
        best
    }

    /// Calls `visit` for every point with `inner < distance <= outer`.
    fn ring(&self, centre: Point, inner: f64, outer: f64, visit: &mut dyn FnMut(Near)) {
        if outer.is_nan() || outer < 0.0 {
            return;
        }
        // The box is a little larger than the circle, so rounding cannot lose a point: cells may only add work.
        let angle = ((outer * (1.0 + 1e-9) + 1.0) / EARTH_RADIUS_M).min(std::f64::consts::PI);
        let (south, north) = (centre.lat - angle.to_degrees(), centre.lat + angle.to_degrees());
        let (lowest, highest) = (self.row_of(south.max(-90.0)), self.row_of(north.min(90.0)));
        let half_width = half_width_degrees(centre.lat, angle);
        let first = self.rows.partition_point(|row| row.number < lowest);
        for row in self.rows.iter().skip(first).take_while(|row| row.number <= highest) {
            row.visit(centre.lon, half_width, &mut |entry| {
                let distance_m = centre.distance_m(entry.at);
                if inner < distance_m && distance_m <= outer {
                    visit(Near { item: entry.item, distance_m });
                }
            });
        }
    }

    fn row_of(&self, lat: f64) -> u32 {
        // In range by construction: at most 180 degrees over at least 10 m.
        ((lat + 90.0) / self.row_degrees).max(0.0) as u32
    }

    fn columns_of(&self, row: u32) -> u32 {
        let middle = (f64::from(row) + 0.5) * self.row_degrees - 90.0;
        let around = std::f64::consts::TAU * EARTH_RADIUS_M * middle.to_radians().cos().max(0.0);
        ((around / self.cell_m) as u32).max(1)
    }
}

impl Row {
    /// Calls `visit` for the entries of the columns within `half_width` degrees of `lon`, each once.
    fn visit(&self, lon: f64, half_width: f64, visit: &mut dyn FnMut(&Entry)) {
        let (west, east) = (column_of(lon - half_width, self.columns), column_of(lon + half_width, self.columns));
        let whole = half_width * 2.0 + 720.0 / f64::from(self.columns) >= 360.0;
        let mut visit_columns = |from: u32, to: u32| {
            let start = self.entries.partition_point(|entry| entry.column < from);
            self.entries.iter().skip(start).take_while(|entry| entry.column <= to).for_each(&mut *visit);
        };
        if whole {
            visit_columns(0, u32::MAX);
        } else if west <= east {
            visit_columns(west, east);
        } else {
            visit_columns(0, east);
            visit_columns(west, u32::MAX);
        }
    }
}

/// Half the width in longitude of a circle of `angle` radians around latitude `lat` (Bronstein; Matuschek 2010).
fn half_width_degrees(lat: f64, angle: f64) -> f64 {
    if lat.abs().to_radians() + angle >= std::f64::consts::FRAC_PI_2 {
        return 180.0;
    }
    (angle.sin() / lat.to_radians().cos()).min(1.0).asin().to_degrees()
}

fn column_of(lon: f64, columns: u32) -> u32 {
    let share = (lon + 180.0).rem_euclid(360.0) / 360.0;
    ((share * f64::from(columns)) as u32).min(columns - 1)
}
