//! Cells of about 1 km, hours of the week, and the fixed hierarchy in which they merge.
//!
//! Must not hold: people.

use super::super::grid::Point;
use time::PrimitiveDateTime;

/// Rows per degree of latitude: 0.993 km each.
const ROWS_PER_DEGREE: f64 = 112.0;
const ROWS: u16 = 20_160;
/// Metres of a degree of latitude on the mean sphere.
const METRES_PER_DEGREE: f64 = super::super::grid::EARTH_RADIUS_M * std::f64::consts::PI / 180.0;
/// Rows that share a number of columns, so that cells nest up to 16 by 16.
const BAND: u16 = 16;

/// How parts merge, finest first: (halvings of the grid, hours). Each level's parts lie within one part of the next.
pub(super) const LEVELS: [(u16, u8); 8] = [(0, 1), (1, 1), (1, 4), (2, 4), (2, 24), (3, 24), (4, 24), (4, 168)];

/// A fixed cell of about 1 km by 1 km. The only place a sighting knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    row: u16,
    column: u16,
}

impl Cell {
    /// The cell a point lies in. Keep the cell, forget the point.
    #[must_use]
    pub fn at(point: Point) -> Cell {
        // In range: a point's latitude and longitude are checked when it is made.
        let row = (((point.lat() + 90.0) * ROWS_PER_DEGREE) as u16).min(ROWS - 1);
        let columns = columns(row);
        let column = ((point.lon() + 180.0) / 360.0 * f64::from(columns)) as u16;
        Cell { row, column: column.min(columns - 1) }
    }

    /// The cells within `reach` rows and columns, this one among them: a common shape for an owner's area. Columns wrap at the
    /// antimeridian; rows with another number of columns are matched by longitude.
    #[must_use]
    pub fn around(self, reach: u16) -> Vec<Cell> {
        let longitude = (f64::from(self.column) + 0.5) / f64::from(columns(self.row));
        let rows = self.row.saturating_sub(reach)..=self.row.saturating_add(reach).min(ROWS - 1);
        let mut cells = Vec::new();
        for row in rows {
            let count = i64::from(columns(row));
            let middle = (longitude * count as f64) as i64;
            let reach = i64::from(reach).min((count - 1) / 2);
            cells.extend((middle - reach..=middle + reach).map(|column| Cell { row, column: column.rem_euclid(count) as u16 }));
        }
        cells
    }
}

/// The middle of a square of cells and its height in metres.
pub(super) fn middle((halvings, row, column): (u16, u16, u16)) -> Option<(Point, f64)> {
    let cells = f64::from(1u16 << halvings);
    let lat = (f64::from(row) + 0.5) * cells / ROWS_PER_DEGREE - 90.0;
    let lon = (f64::from(column) + 0.5) * cells / f64::from(columns((row << halvings).min(ROWS - 1))) * 360.0 - 180.0;
    Some((Point::new(lat, lon)?, METRES_PER_DEGREE / ROWS_PER_DEGREE * cells))
}

/// Columns of a row: cells as wide as high in the middle of its band, at least 16.
fn columns(row: u16) -> u16 {
    let middle = f64::from(row / BAND * BAND + BAND / 2) / ROWS_PER_DEGREE - 90.0;
    let around = 360.0 * ROWS_PER_DEGREE * middle.to_radians().cos() / f64::from(BAND);
    (around.round() as u16).max(1) * BAND
}

/// An hour of the week, 0 (Monday 00:00) to 167 (Sunday 23:00), local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HourOfWeek(u8);

impl HourOfWeek {
    /// Hours in a week.
    pub const COUNT: u8 = 168;

    /// Returns `None` from 168 on.
    #[must_use]
    pub fn new(hour: u8) -> Option<HourOfWeek> {
        (hour < Self::COUNT).then_some(HourOfWeek(hour))
    }

    /// The hour a local time falls in.
    #[must_use]
    pub fn of(local: PrimitiveDateTime) -> HourOfWeek {
        HourOfWeek(local.weekday().number_days_from_monday() * 24 + local.hour())
    }

    /// All hours, Monday 00:00 first.
    pub fn all() -> impl Iterator<Item = HourOfWeek> {
        (0..Self::COUNT).map(HourOfWeek)
    }

    /// The number, 0 to 167.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A part of the partition: a square of cells and a stretch of hours at one level of the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Part {
    pub(super) level: u8,
    pub(super) row: u16,
    pub(super) column: u16,
    pub(super) slot: u8,
}

impl Part {
    /// The part of `level` that holds a cell and an hour.
    pub(super) fn of(level: usize, cell: Cell, hour: HourOfWeek) -> Part {
        let (halvings, hours) = LEVELS[level];
        // There are eight levels.
        Part { level: level as u8, row: cell.row >> halvings, column: cell.column >> halvings, slot: hour.0 / hours }
    }

    /// Level, row, column, slot: for storage.
    pub(super) fn words(self) -> [u16; 4] {
        [u16::from(self.level), self.row, self.column, u16::from(self.slot)]
    }

    /// `None` for a level or a slot that does not exist.
    pub(super) fn from_words([level, row, column, slot]: [u16; 4]) -> Option<Part> {
        let (_, hours) = LEVELS.get(usize::from(level))?;
        let slot = u8::try_from(slot).ok().filter(|slot| *slot < HourOfWeek::COUNT / hours)?;
        Some(Part { level: u8::try_from(level).ok()?, row, column, slot })
    }

    /// The square of cells it covers: halvings of the grid, row and column at that size.
    pub(super) fn square(self) -> (u16, u16, u16) {
        let halvings = LEVELS.get(usize::from(self.level)).map_or(0, |level| level.0);
        (halvings, self.row, self.column)
    }

    /// How many hours of the week the part spans.
    pub(super) fn hours(self) -> u8 {
        LEVELS.get(usize::from(self.level)).map_or(HourOfWeek::COUNT, |level| level.1)
    }
}
