//! Sparse matrices of who has to do with what, row by row. Numbers only: whose numbers they are, [`crate::string_table`] knows.

/// A sparse matrix in compressed rows. A value is a confidence: positive for a target of 1 (likes), negative for a target of 0
/// (skips), never 0. Columns of a row ascend; a row may have a column twice, once with each sign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Where each row begins in the two arrays below; one more than there are rows.
    pub starts: Vec<u64>,
    /// Columns.
    pub columns: Vec<u32>,
    /// Confidences.
    pub values: Vec<f32>,
    /// How many columns there are.
    pub width: usize,
}

/// One row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row<'a> {
    /// Columns, ascending.
    pub columns: &'a [u32],
    /// A confidence for each.
    pub values: &'a [f32],
}

/// A matrix that lies elsewhere, for example in a mapped file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows<'a> {
    pub(crate) starts: &'a [u64],
    pub(crate) columns: &'a [u32],
    pub(crate) values: &'a [f32],
}

impl Matrix {
    /// The matrix of `(row, column, confidence)` in any order. Confidences of one sign at one place add up; zeros and what is not
    /// a number are left out. O(n log n).
    pub fn of(height: usize, width: usize, mut cells: Vec<(u32, u32, f32)>) -> Matrix {
        cells.retain(|(row, column, value)| value.is_finite() && *value != 0.0 && (*row as usize) < height && (*column as usize) < width);
        cells.sort_by_key(|(row, column, value)| (*row, *column, *value < 0.0));
        let mut out = Matrix { starts: vec![0; height + 1], width, ..Matrix::default() };
        let mut before = None;
        for (row, column, value) in cells {
            if before == Some((row, column, value < 0.0)) {
                if let Some(last) = out.values.last_mut() {
                    *last += value;
                }
                continue;
            }
            before = Some((row, column, value < 0.0));
            out.columns.push(column);
            out.values.push(value);
            out.starts[row as usize + 1] += 1;
        }
        accumulate(&mut out.starts);
        out
    }

    /// How many rows there are.
    pub fn height(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many cells are filled.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether no cell is filled.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// A row; an empty one beyond the last.
    pub fn row(&self, at: usize) -> Row<'_> {
        self.rows().row(at)
    }

    /// All rows.
    pub fn rows(&self) -> Rows<'_> {
        Rows { starts: &self.starts, columns: &self.columns, values: &self.values }
    }

    /// Rows become columns. O(cells).
    pub fn transposed(&self) -> Matrix {
        let mut starts = vec![0u64; self.width + 1];
        for column in &self.columns {
            starts[*column as usize + 1] += 1;
        }
        accumulate(&mut starts);
        let mut next = starts.clone();
        let mut out = Matrix { starts, columns: vec![0; self.len()], values: vec![0.0; self.len()], width: self.height() };
        for at in 0..self.height() {
            let row = self.row(at);
            for (column, value) in row.columns.iter().zip(row.values) {
                let place = &mut next[*column as usize];
                out.columns[*place as usize] = at as u32;
                out.values[*place as usize] = *value;
                *place += 1;
            }
        }
        out
    }
}

impl<'a> Rows<'a> {
    /// A row; an empty one beyond the last.
    pub fn row(&self, at: usize) -> Row<'a> {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => {
                let range = *start as usize..*end as usize;
                Row { columns: self.columns.get(range.clone()).unwrap_or(&[]), values: self.values.get(range).unwrap_or(&[]) }
            }
            _ => Row::default(),
        }
    }

    /// How many rows there are.
    pub fn height(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

impl Row<'_> {
    /// The sum of all confidences.
    pub fn confidence(&self) -> f32 {
        self.values.iter().map(|value| value.abs()).sum()
    }

    /// Whether the column is in the row with a positive confidence.
    pub fn likes(&self, column: u32) -> bool {
        let at = self.columns.partition_point(|other| *other < column);
        self.columns.get(at) == Some(&column) && self.values[at] > 0.0
    }
}

/// Columns with their confidences.
pub(crate) fn pairs(row: Row<'_>) -> impl Iterator<Item = (u32, f32)> {
    row.columns.iter().copied().zip(row.values.iter().copied())
}

fn accumulate(counts: &mut [u64]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}
